// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/record_codec.h"

#include "core/capture/capture.h"
#include "core/capture/record_json.h"
#include "record_samples.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

using namespace frameglass;
using namespace frameglass::capture;
using namespace frameglass::capture::test;
using namespace std::chrono_literals;

namespace {

TEST(RecordCodec, EveryKindHasASample)
{
    std::set<std::size_t> kinds;
    for (const Sample &sample : samples())
        kinds.insert(sample.body.index());
    EXPECT_EQ(kinds.size(), std::variant_size_v<RecordBody>);
}

TEST(RecordCodec, EveryKindSurvivesTheFile)
{
    const TemporaryFolder folder;
    const std::string path = folder / "all.fglass";
    const auto all = samples();
    {
        CaptureWriter writer(path);
        const TimePoint start = std::chrono::steady_clock::now();
        const auto zero = writer.sinceStart(start);
        for (std::size_t i = 0; i < all.size(); ++i)
            writer.add(static_cast<ConnectionId>(i), start - zero + Nanoseconds(i * 1000), all[i].body);
    }
    EXPECT_EQ(folder.names(), std::vector<std::string>{"all.fglass"});

    const CaptureReader reader(path);
    ASSERT_EQ(reader.lastId(), all.size());
    std::size_t i = 0;
    reader.forEach(1, reader.lastId(), Payloads::Full, [&](Record &&record) {
        EXPECT_TRUE(same(record.body, all[i].body)) << all[i].name;
        EXPECT_EQ(record.id, i + 1);
        EXPECT_EQ(record.connection, i);
        EXPECT_EQ(record.time, Nanoseconds(i * 1000));
        ++i;
        return true;
    });
    EXPECT_EQ(i, all.size());
}

TEST(RecordCodec, FrameHeadersEncodeToTheOctetsThatWereSent)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    {
        CaptureWriter writer(path);
        auto nonMinimal = textFrame("abc");
        nonMinimal.header.lengthOctets = 8;
        nonMinimal.header.maskKey = protocol::MaskKey{};
        writer.add(1, {}, nonMinimal);
    }
    EXPECT_EQ(sql(path, "SELECT hex(header) FROM record"), "81FF000000000000000300000000");
    EXPECT_EQ(sql(path, "SELECT fin || rsv || opcode || masked || length || payload FROM frame"), "10113abc");
}

TEST(RecordCodec, ViewShowsGatheredInlineAndLargePayloads)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    {
        CaptureWriter writer(path);
        writer.add(1, {}, textFrame("first"));
        writer.add(1, {}, textFrame("second"));
        writer.add(1, {}, frame(9, protocol::octetsOf("third")));
        writer.add(1, {}, frame(2, Octets(20'000, std::byte{'z'})));
        writer.add(1, {}, Note{"fifth"});
    }
    EXPECT_EQ(sql(path, "SELECT payload FROM frame WHERE id = 1"), "first");
    EXPECT_EQ(sql(path, "SELECT payload FROM frame WHERE id = 2"), "second");
    EXPECT_EQ(sql(path, "SELECT payload FROM frame WHERE id = 3"), "third");
    EXPECT_EQ(sql(path, "SELECT length(payload) FROM frame WHERE id = 4"), "20000");
    EXPECT_EQ(sql(path, "SELECT count(*) FROM frame"), "4");
    EXPECT_EQ(sql(path, "SELECT kind || detail FROM event WHERE id = 5"), R"(note{"text":"fifth"})");
}

TEST(RecordCodec, ControlPayloadsAndHeadsComeWithoutAskingForPayloads)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    {
        CaptureWriter writer(path);
        writer.add(1, {}, frame(9, protocol::octetsOf("ping")));
        writer.add(1, {}, textFrame("text"));
        writer.add(1, {}, HeadRecord{.raw = protocol::octetsOf("GET / HTTP/1.1\r\n\r\n")});
        writer.add(1, {}, compressedFrame(protocol::octetsOf("wire"), protocol::octetsOf("as meant")));
        writer.add(1, {}, compressedFrame(protocol::octetsOf("wire"), protocol::octetsOf("ab")));
    }
    const CaptureReader reader(path);
    const auto ping = reader.record(1, Payloads::ControlOnly);
    const auto text = reader.record(2, Payloads::ControlOnly);
    const auto head = reader.record(3, Payloads::ControlOnly);
    ASSERT_TRUE(ping && text && head);
    EXPECT_EQ(protocol::textOf(as<FrameRecord>(*ping)->payload), "ping");
    EXPECT_TRUE(as<FrameRecord>(*text)->payload.empty());
    EXPECT_EQ(as<FrameRecord>(*text)->payloadOctets, 4u);
    EXPECT_TRUE(as<FrameRecord>(*text)->complete());
    EXPECT_EQ(protocol::textOf(as<HeadRecord>(*head)->raw), "GET / HTTP/1.1\r\n\r\n");
    EXPECT_EQ(protocol::textOf(as<FrameRecord>(*reader.record(2))->payload), "text");
    const auto compressed = reader.record(4, Payloads::ControlOnly);
    const auto brief = reader.record(5, Payloads::ControlOnly);
    ASSERT_TRUE(compressed && brief);
    EXPECT_TRUE(as<FrameRecord>(*compressed)->payloadMeant().empty());
    EXPECT_EQ(as<FrameRecord>(*compressed)->octetsMeant(), 8u);
    EXPECT_EQ(protocol::textOf(as<FrameRecord>(*compressed)->inflated->begin), "as m");
    EXPECT_EQ(protocol::textOf(as<FrameRecord>(*brief)->inflated->begin), std::string_view("ab\0", 4));
    EXPECT_FALSE(reader.record(6));
    EXPECT_FALSE(reader.record(~RecordId(0)));
}

TEST(RecordCodec, PayloadLargerThanAChunkIsPutTogetherAgain)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    Octets payload(RecordBatch::largestChunk + 1000, std::byte{'a'});
    payload.front() = std::byte{'f'};
    payload[RecordBatch::largestChunk] = std::byte{'m'};
    payload.back() = std::byte{'l'};
    {
        CaptureWriter writer(path);
        writer.add(1, {}, textFrame("before"));
        writer.add(1, {}, frame(2, payload));
    }
    EXPECT_EQ(sql(path, "SELECT count(*) FROM chunk"), "3");
    const auto record = CaptureReader(path).record(2);
    ASSERT_TRUE(record && as<FrameRecord>(*record));
    EXPECT_TRUE(as<FrameRecord>(*record)->payload == payload);
}

// An echo, or a broadcast to many clients. What only looks alike where the batch samples it is another payload.
TEST(RecordCodec, EqualPayloadsOfABatchAreStoredOnce)
{
    const std::string small(100, 's');
    std::string other = small;
    other[20] = 'o';
    const std::string large(RecordBatch::gatheredPayload + 1, 'l');
    const std::string longer = large + 'l';
    const std::vector<std::string> payloads = {small, other, large, small, large, longer, other, "short", "", small};
    RecordBatch batch;
    for (int round = 0; round < 2; ++round) {
        for (const std::string &payload : payloads)
            batch.add(1, Nanoseconds{0}, textFrame(payload));
        batch.encode();

        std::size_t stored = 0;
        for (const Octets &chunk : batch.chunks())
            stored += chunk.size();
        // `other` takes the place of `small` among the late ones, and the other way round, where their samples agree.
        EXPECT_GE(stored, small.size() + other.size() + large.size() + longer.size() + 5);
        EXPECT_LE(stored, 3 * small.size() + 2 * other.size() + large.size() + longer.size() + 5);
        ASSERT_EQ(batch.size(), payloads.size());
        for (std::size_t i = 0; i < payloads.size(); ++i) {
            const RecordBatch::Row &row = batch.rows()[i];
            ASSERT_EQ(row.octets, payloads[i].size()) << i;
            if (!payloads[i].empty()) {
                const auto chunk = OctetView(batch.chunks().at(row.chunk));
                EXPECT_EQ(protocol::textOf(chunk.subspan(row.chunkOffset, row.octets)), payloads[i]) << i;
            }
        }
        EXPECT_EQ(batch.rows()[4].chunk, batch.rows()[2].chunk);
        batch.clear();
    }
}

TEST(RecordCodec, RowsThatMakeNoSenseBecomeNotes)
{
    struct Case
    {
        const char *name;
        const char *change;
    };
    const Case cases[] = {
        {"kind out of range", "kind = 200"},
        {"kind negative", "kind = -1"},
        {"kind at the end of 64 bits", "kind = 9223372036854775807"},
        {"connection negative", "connection = -1"},
        {"connection above 32 bits", "connection = 4294967296"},
        {"direction out of range", "direction = 2"},
        {"header missing", "header = NULL"},
        {"header too short", "header = x'81'"},
        {"header too long", "header = x'8104ffff'"},
        {"stored length negative", "octets = -1"},
        {"length negative", "length = -5"},
        {"stored length above the chunk", "octets = 5"},
        {"stored length far above everything", "octets = 9223372036854775807"},
        {"chunk that is not there", "chunk = 99"},
        {"chunk negative", "chunk = -1"},
        {"chunk offset negative", "chunk_offset = -1"},
        {"chunk offset after the end", "chunk_offset = 4"},
        {"chunk offset above 64 bits less one", "chunk_offset = 9223372036854775807"},
        {"no chunk and no payload", "chunk = NULL"},
        {"detail of a frame is not JSON", "detail = '{'"},
        {"detail of a frame is another one", "detail = '{\"a\":1}'"},
        {"a note without detail", "kind = 18"},
        {"a note whose detail is a list", "kind = 18, detail = '[]'"},
        {"a note whose text is a number", "kind = 18, detail = '{\"text\":1}'"},
        {"a note whose octets are odd", "kind = 18, detail = '{\"text\":{\"octets_hex\":\"abc\"}}'"},
        {"a note whose octets are no hex", "kind = 18, detail = '{\"text\":{\"octets_hex\":\"zz\"}}'"},
        {"a note in invalid UTF-8", "kind = 18, detail = CAST(x'7b2274657874223a22ff227d' AS TEXT)"},
        {"a detail nested deeply", "kind = 18, detail = printf('%.100000c', '[')"},
        {"a state of unknown name", "kind = 10, detail = '{\"from\":\"x\",\"to\":\"open\",\"trigger\":\"y\"}'"},
        {"a port of a code too large", "kind = 14, detail = '{\"was_clean\":true,\"code\":65536,\"reason\":\"\"}'"},
        {"a transfer longer than 32 bits", "kind = 5, length = 4294967296"},
        {"a body in a chunk that is too short",
         "kind = 7, length = 6, detail = '{\"direction\":\"sent\",\"skipped\":0}'"},
        {"a body of negative length", "kind = 7, length = -6, detail = '{\"direction\":\"sent\",\"skipped\":0}'"},
    };
    for (const Case &row : cases) {
        const TemporaryFolder folder;
        const std::string path = folder / "a.fglass";
        {
            CaptureWriter writer(path);
            writer.add(1, {}, textFrame("text"));
            writer.add(1, {}, Note{"after"});
        }
        sql(path, std::string("UPDATE record SET ") + row.change + " WHERE id = 1");
        const CaptureReader reader(path);
        const auto bad = reader.record(1);
        ASSERT_TRUE(bad) << row.name;
        ASSERT_TRUE(as<Note>(*bad)) << row.name;
        EXPECT_TRUE(as<Note>(*bad)->text.starts_with("unreadable record: ")) << row.name;
        const auto after = reader.record(2);
        ASSERT_TRUE(after && as<Note>(*after)) << row.name;
        EXPECT_EQ(as<Note>(*after)->text, "after") << row.name;
    }
}

TEST(RecordJson, TextsThatAreNotUtf8AreNotLost)
{
    const nlohmann::ordered_json json = detailOf(Record{1, 2, 3ns,
                                                        ConnectionEnded{true, 1000,
                                                                        "\xff"
                                                                        "a"}});
    EXPECT_EQ(json.dump(), R"({"was_clean":true,"code":1000,"reason":{"octets_hex":"ff61"}})");
}

TEST(RecordJson, LineOfAnExport)
{
    const Record record{7, 2, 3ns, textFrame("hi")};
    EXPECT_EQ(jsonOf(record).dump(),
              R"({"id":7,"connection":2,"t_ns":3,"kind":"frame","direction":"received","fin":true,"rsv":0,)"
              R"("opcode":1,"masked":false,"length":2,"payload_octets":2,"stream_offset":4711,"header_hex":"8102",)"
              R"("payload_hex":"6869"})");
}

TEST(RecordJson, DetailsReadBackWithoutAFile)
{
    for (const Sample &sample : samples()) {
        if (std::holds_alternative<FrameRecord>(sample.body) || std::holds_alternative<TransferBoundary>(sample.body) ||
            std::holds_alternative<HeadRecord>(sample.body) || std::holds_alternative<BodyRecord>(sample.body))
            continue; // their octets are in columns
        const auto json = nlohmann::ordered_json::parse(detailOf(sample.body, Bulk::Omit).dump());
        EXPECT_TRUE(same(bodyFrom(sample.body.index(), json), sample.body)) << sample.name;
    }
}

} // namespace
