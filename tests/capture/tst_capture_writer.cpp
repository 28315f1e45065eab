// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/capture.h"

#include "record_samples.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

using namespace frameglass;
using namespace frameglass::capture;
using namespace frameglass::capture::test;
using namespace std::chrono_literals;

namespace {

constexpr auto deadline = 20s;

TimePoint now()
{
    return std::chrono::steady_clock::now();
}

template<typename F>
CaptureErrorCode codeOf(const F &call)
{
    try {
        call();
    } catch (const CaptureError &error) {
        return error.code();
    }
    ADD_FAILURE() << "nothing was thrown";
    return CaptureErrorCode::Io;
}

/// Waits on the writer thread's callback.
class Commits
{
public:
    explicit Commits(CaptureWriter &writer)
    {
        writer.onCommit([this](RecordId id) {
            const std::lock_guard guard(m_mutex);
            m_last = id;
            m_changed.notify_all();
        });
    }
    bool reached(RecordId id)
    {
        std::unique_lock guard(m_mutex);
        return m_changed.wait_for(guard, deadline, [&] { return m_last >= id; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    RecordId m_last = 0;
};

TEST(CaptureWriter, TwoThreadsGiveIdsWithoutGaps)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    constexpr int each = 20'000;
    {
        CaptureWriter writer(path);
        const auto add = [&](ConnectionId connection) {
            for (int i = 0; i < each; ++i)
                writer.add(connection, now(), textFrame(std::to_string(i)));
        };
        std::thread one(add, writer.newConnection());
        std::thread two(add, writer.newConnection());
        one.join();
        two.join();
        writer.flush();
        EXPECT_EQ(writer.counters().records, 2u * each);
        EXPECT_EQ(writer.counters().committed, 2u * each);
        EXPECT_EQ(writer.counters().dropped, 0u);
    }
    const CaptureReader reader(path);
    RecordId expected = 0;
    int next[3] = {};
    reader.forEach(1, reader.lastId(), Payloads::Full, [&](Record &&record) {
        EXPECT_EQ(record.id, ++expected);
        const auto *frame = as<FrameRecord>(record);
        EXPECT_EQ(protocol::textOf(frame->payload), std::to_string(next[record.connection]++));
        return !testing::Test::HasFailure();
    });
    EXPECT_EQ(expected, 2u * each);
    EXPECT_EQ(next[1], each);
    EXPECT_EQ(next[2], each);
}

TEST(CaptureWriter, CommitsByItselfAndSaysSo)
{
    const TemporaryFolder folder;
    CaptureWriter writer(folder / "a.fglass");
    Commits commits(writer);
    const CaptureReader reader(folder / "a.fglass");
    EXPECT_EQ(reader.lastId(), 0u);
    EXPECT_TRUE(reader.wasLeftOpen());
    const auto before = now();
    writer.add(1, now(), Note{"one"});
    ASSERT_TRUE(commits.reached(1));
    EXPECT_LT(now() - before, 1s);
    EXPECT_EQ(reader.lastId(), 1u);
    writer.add(1, now(), Note{"two"});
    ASSERT_TRUE(commits.reached(2));
    EXPECT_EQ(as<Note>(*reader.record(2))->text, "two");
}

TEST(CaptureWriter, FlushReturnsWhenAllIsVisible)
{
    const TemporaryFolder folder;
    CaptureWriter writer(folder / "a.fglass");
    const CaptureReader reader(folder / "a.fglass");
    writer.flush();
    for (RecordId id = 1; id <= 100; ++id) {
        writer.add(1, now(), textFrame("x"));
        writer.flush();
        ASSERT_EQ(reader.lastId(), id);
    }
    EXPECT_EQ(writer.counters().octets, 100u);
}

TEST(CaptureWriter, LeavesOneFile)
{
    const TemporaryFolder folder;
    {
        CaptureWriter writer(folder / "a.fglass");
        writer.add(1, now(), Note{"x"});
    }
    EXPECT_EQ(folder.names(), std::vector<std::string>{"a.fglass"});
    EXPECT_FALSE(CaptureReader(folder / "a.fglass").wasLeftOpen());
    EXPECT_EQ(folder.names(), std::vector<std::string>{"a.fglass"});
    EXPECT_EQ(sql(folder / "a.fglass", "PRAGMA journal_mode"), "delete");
}

TEST(CaptureWriter, LeavesOneFileAlsoWhenAReaderStaysLonger)
{
    const TemporaryFolder folder;
    {
        auto writer = std::make_unique<CaptureWriter>(folder / "a.fglass");
        const CaptureReader reader(folder / "a.fglass");
        writer->add(1, now(), Note{"x"});
        writer.reset();
        EXPECT_EQ(reader.lastId(), 1u);
        EXPECT_FALSE(reader.wasLeftOpen());
    }
    EXPECT_EQ(folder.names(), std::vector<std::string>{"a.fglass"});
    EXPECT_EQ(CaptureReader(folder / "a.fglass").lastId(), 1u);
}

TEST(CaptureWriter, AppendingCarriesOnConnectionsIdsAndTime)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    {
        CaptureWriter writer(path);
        EXPECT_EQ(writer.newConnection(), 1u);
        EXPECT_EQ(writer.newConnection(), 2u);
        writer.add(2, now() + 1h, Note{"an hour later"});
    }
    {
        CaptureWriter writer(path);
        EXPECT_EQ(writer.newConnection(), 3u);
        EXPECT_GE(writer.sinceStart(now()), 1h);
        EXPECT_EQ(writer.counters().committed, 1u);
        writer.add(3, now(), textFrame("again"));
    }
    const CaptureReader reader(path);
    ASSERT_EQ(reader.lastId(), 2u);
    EXPECT_GE(reader.record(2)->time, 1h);
    EXPECT_EQ(reader.record(2)->connection, 3u);
    EXPECT_EQ(protocol::textOf(as<FrameRecord>(*reader.record(2))->payload), "again");
    EXPECT_EQ(sql(path, "SELECT count(*) FROM record WHERE kind = 17"), "0");
}

TEST(CaptureWriter, TimeGoesOnByTheWallClockBetweenWriters)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    {
        CaptureWriter writer(path);
    }
    sql(path, "UPDATE meta SET value = value - 7200000 WHERE key = 'start_wall_ms'");
    CaptureWriter writer(path);
    EXPECT_GE(writer.sinceStart(now()), 2h);
    EXPECT_LT(writer.sinceStart(now()), 3h);
}

TEST(CaptureWriter, AbsurdAnchorsDoNotOverflow)
{
    for (const char *anchor : {"-9223372036854775808", "9223372036854775807", "0", "'text'", "NULL"}) {
        const TemporaryFolder folder;
        const std::string path = folder / "a.fglass";
        {
            CaptureWriter writer(path);
            writer.add(1, now(), Note{"x"});
        }
        sql(path, std::string("UPDATE meta SET value = ") + anchor + " WHERE key = 'start_wall_ms'");
        CaptureWriter writer(path);
        EXPECT_GE(writer.sinceStart(now()), 0s) << anchor;
        EXPECT_LT(writer.sinceStart(now()), 1h) << anchor;
    }
}

TEST(CaptureWriter, AbsurdTimesDoNotOverflow)
{
    for (const char *time : {"-9223372036854775808", "9223372036854775807"}) {
        const TemporaryFolder folder;
        const std::string path = folder / "a.fglass";
        {
            CaptureWriter writer(path);
            writer.add(1, now(), Note{"x"});
        }
        sql(path, std::string("UPDATE record SET t_ns = ") + time);
        CaptureWriter writer(path);
        EXPECT_GE(writer.sinceStart(now() + 24h), 24h) << time;
    }
}

TEST(CaptureWriter, ASecondWriterIsRefusedAndReadersAreNot)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    std::filesystem::create_symlink(path, folder / "link.fglass");
    {
        CaptureWriter first(path);
        EXPECT_EQ(codeOf([&] { CaptureWriter second(path); }), CaptureErrorCode::InUse);
        EXPECT_EQ(codeOf([&] { CaptureWriter second(folder / "link.fglass"); }), CaptureErrorCode::InUse);
        EXPECT_EQ(CaptureReader(path).lastId(), 0u);
        first.add(1, now(), Note{"still works"});
        first.flush();
        EXPECT_EQ(CaptureReader(path).lastId(), 1u);
    }
    CaptureWriter third(path);
    EXPECT_EQ(third.counters().committed, 1u);
}

TEST(CaptureWriter, RefusesWhatIsNoCapture)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "text") << std::string(5000, 'x');
    sql(folder / "foreign.db", "CREATE TABLE record(id)");
    const std::string foreign = contentOf(folder / "foreign.db");
    EXPECT_EQ(codeOf([&] { CaptureWriter writer(folder / "text"); }), CaptureErrorCode::NotACapture);
    EXPECT_EQ(codeOf([&] { CaptureWriter writer(folder / "foreign.db"); }), CaptureErrorCode::NotACapture);
    EXPECT_EQ(contentOf(folder / "foreign.db"), foreign);
    EXPECT_EQ(codeOf([&] { CaptureWriter writer(folder / "nowhere/a.fglass"); }), CaptureErrorCode::NotFound);
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"foreign.db", "text"}));
}

TEST(CaptureWriter, DoesNotAppendWhereIdsEnd)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    {
        CaptureWriter writer(path);
    }
    sql(path, "INSERT INTO record(id, connection, t_ns, kind) VALUES (9223372036854775807, 1, 1, 18)");
    EXPECT_EQ(codeOf([&] { CaptureWriter writer(path); }), CaptureErrorCode::Corrupted);
}

TEST(CaptureWriter, AnEmptyFileBecomesACapture)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "a.fglass").flush();
    {
        CaptureWriter writer(folder / "a.fglass");
    }
    EXPECT_EQ(CaptureReader(folder / "a.fglass").lastId(), 0u);
}

TEST(CaptureWriter, RefusesANewerVersion)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    {
        CaptureWriter writer(path);
    }
    sql(path, "PRAGMA user_version = 99");
    EXPECT_EQ(codeOf([&] { CaptureWriter writer(path); }), CaptureErrorCode::NewerVersion);
}

TEST(CaptureWriter, AFileThatIsTakenAwayIsAFailure)
{
    const TemporaryFolder folder;
    CaptureWriter writer(folder / "a.fglass");
    writer.add(1, now(), Note{"x"});
    writer.flush();
    EXPECT_FALSE(writer.failure());
    std::filesystem::remove(folder / "a.fglass");
    writer.add(1, now(), textFrame("lost"));
    writer.flush();
    ASSERT_TRUE(writer.failure());
    EXPECT_EQ(writer.failure()->code(), CaptureErrorCode::NotFound);
    writer.add(1, now(), textFrame("lost too"));
    EXPECT_EQ(writer.counters().committed, 1u);
    EXPECT_EQ(writer.counters().dropped, 2u);
}

TEST(CaptureWriter, NotesWhatWasDroppedOnceItCanWriteAgain)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    {
        CaptureWriter writer(path);
        Commits commits(writer);
        std::filesystem::rename(path, folder / "away");
        writer.add(1, now(), textFrame("12345"));
        writer.flush();
        ASSERT_TRUE(writer.failure());
        writer.add(1, now(), textFrame("678"));
        EXPECT_EQ(writer.counters().dropped, 2u);
        std::filesystem::rename(folder / "away", path);
        ASSERT_TRUE(commits.reached(1));
        writer.add(1, now(), textFrame("kept"));
        ASSERT_TRUE(commits.reached(2));
        EXPECT_EQ(writer.counters().dropped, 2u);
    }
    const CaptureReader reader(path);
    ASSERT_EQ(reader.lastId(), 2u);
    const auto dropped = reader.record(1);
    ASSERT_TRUE(as<Dropped>(*dropped));
    EXPECT_EQ(as<Dropped>(*dropped)->records, 2u);
    EXPECT_EQ(as<Dropped>(*dropped)->octets, 8u);
    EXPECT_EQ(dropped->connection, 0u);
    EXPECT_EQ(protocol::textOf(as<FrameRecord>(*reader.record(2))->payload), "kept");
}

TEST(CaptureWriter, AddWaitsWhileTheDiskIsBehind)
{
    const TemporaryFolder folder;
    CaptureWriter writer(folder / "a.fglass");
    std::mutex gate;
    std::unique_lock shut(gate);
    writer.onCommit(
        [&](RecordId) { const std::lock_guard wait(gate); }); // the writer stands still after its first commit
    writer.add(1, now(), Note{"first"});
    writer.flush();

    constexpr std::size_t size = 1 << 20;
    constexpr int frames = 200;
    std::atomic<int> added = 0;
    std::mutex mutex;
    std::condition_variable changed;
    std::thread adder([&] {
        for (int i = 0; i < frames; ++i) {
            writer.add(1, now(), frame(2, Octets(size, std::byte{1})));
            const std::lock_guard guard(mutex);
            ++added;
            changed.notify_all();
        }
    });
    {
        std::unique_lock guard(mutex);
        EXPECT_TRUE(changed.wait_for(guard, deadline, [&] { return added >= 60; }));
        EXPECT_FALSE(changed.wait_for(guard, 300ms, [&] { return added > 64; }));
    }
    EXPECT_LE(writer.counters().octets, 64 * size + 5);
    shut.unlock();
    adder.join();
    writer.flush();
    EXPECT_EQ(writer.counters().committed, frames + 1u);
    EXPECT_EQ(writer.counters().dropped, 0u);
}

TEST(CaptureWriter, SecretsStayOutOfTheMainTables)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    {
        CaptureWriter writer(path);
        writer.add(1, now(), ConnectionStarted{.url = "ws://h/?token=QUASAR-SECRET"});
        writer.add(1, now(),
                   HeadRecord{.raw = protocol::octetsOf("GET /?token=QUASAR-SECRET HTTP/1.1\r\n"
                                                        "Cookie: NEBULA-SECRET\r\n\r\n")});
    }
    EXPECT_EQ(sql(path, "SELECT count(*) FROM secret"), "3");
    EXPECT_EQ(sql(path, "SELECT json_extract(detail, '$.url') FROM record WHERE id = 1"),
              "ws://h/?token=*************");
    EXPECT_EQ(sql(path, "SELECT instr(payload, 'SECRET') FROM record WHERE id = 2"), "0");
    const CaptureReader reader(path);
    EXPECT_EQ(as<ConnectionStarted>(*reader.record(1))->url, "ws://h/?token=QUASAR-SECRET");
    EXPECT_NE(protocol::textOf(as<HeadRecord>(*reader.record(2))->raw).find("NEBULA-SECRET"), std::string_view::npos);
}

} // namespace
