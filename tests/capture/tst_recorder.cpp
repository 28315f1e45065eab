// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/recorder.h"

#include "core/capture/record_kind.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

using namespace frameglass;
using namespace frameglass::capture;
using namespace std::chrono_literals;

namespace {

TEST(MemorySink, KeepsRecordsInOrderWithIdsAndTimes)
{
    const TimePoint start = TimePoint(100s);
    MemorySink sink(start);
    EXPECT_EQ(sink.newConnection(), 1u);
    EXPECT_EQ(sink.newConnection(), 2u);
    sink.add(2, start + 5ns, Note{"a"});
    sink.add(1, start + 6ns, Note{"b"});
    const auto records = sink.records();
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].id, 1u);
    EXPECT_EQ(records[0].connection, 2u);
    EXPECT_EQ(records[0].time, 5ns);
    EXPECT_EQ(as<Note>(records[1])->text, "b");
    EXPECT_EQ(records[1].id, 2u);
    EXPECT_EQ(sink.sinceStart(start + 1s), 1s);
}

TEST(MemorySink, TwoThreads)
{
    MemorySink sink;
    const auto add = [&] {
        for (int i = 0; i < 1000; ++i)
            sink.add(sink.newConnection(), {}, Note{});
    };
    std::thread other(add);
    add();
    other.join();
    std::set<ConnectionId> connections;
    RecordId expected = 0;
    for (const Record &record : sink.records()) {
        EXPECT_EQ(record.id, ++expected);
        connections.insert(record.connection);
    }
    EXPECT_EQ(connections.size(), 2000u);
}

TEST(NullSink, CountsConnectionsOnly)
{
    NullSink sink;
    sink.add(1, {}, Note{});
    EXPECT_EQ(sink.newConnection(), 1u);
    EXPECT_EQ(sink.newConnection(), 2u);
    EXPECT_EQ(sink.sinceStart(TimePoint(5s)), 0ns);
}

TEST(RecordKind, NamesAreKebabCaseAndDistinct)
{
    std::set<std::string_view> names;
    for (std::size_t kind = 0; kind < std::variant_size_v<RecordBody>; ++kind) {
        const std::string_view name = kindName(kind);
        EXPECT_FALSE(name.empty());
        EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos) << name;
        names.insert(name);
    }
    EXPECT_EQ(names.size(), std::variant_size_v<RecordBody>);
    EXPECT_EQ(kindName(std::variant_size_v<RecordBody>), "");
    EXPECT_EQ(nameOf(RecordBody(FrameRecord{})), "frame");
    EXPECT_EQ(nameOf(RecordBody(Note{})), "note");
}

TEST(RecordKind, NamesReadBack)
{
    for (const auto value :
         {TransportEnd::FinReceived, TransportEnd::FinSent, TransportEnd::ResetReceived, TransportEnd::Error,
          TransportEnd::TimedOut, TransportEnd::ClosedByUs, TransportEnd::ResetByUs})
        EXPECT_EQ(fromName<TransportEnd>(nameOf(value)), value);
    EXPECT_EQ(nameOf(StageOutcome::TimedOut), "timed-out");
    EXPECT_EQ(fromName<StageOutcome>("timed-out"), StageOutcome::TimedOut);
    EXPECT_EQ(fromName<StageOutcome>("Timed-out"), std::nullopt);
    EXPECT_EQ(nameOf(static_cast<Stage>(77)), "");
}

} // namespace
