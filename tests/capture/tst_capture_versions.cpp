// SPDX-License-Identifier: GPL-3.0-or-later
// Captures of older versions: read as they are, brought up to date when they are written to.
#include "core/capture/capture.h"
#include "core/capture/capture_schema.h"

#include "record_samples.h"

#include <gtest/gtest.h>

using namespace frameglass;
using namespace frameglass::capture;
using namespace frameglass::capture::test;

namespace {

/// What a program of schema version 1 left behind: a text frame whose payload is in a chunk, a ping, a message.
constexpr const char *version1 = R"sql(
PRAGMA application_id=1179085939;
PRAGMA user_version=1;
CREATE TABLE meta(key TEXT PRIMARY KEY NOT NULL, value) WITHOUT ROWID;
CREATE TABLE kind(number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE direction(number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE record(
    id INTEGER PRIMARY KEY,
    connection INTEGER NOT NULL,
    t_ns INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    direction INTEGER,
    first_octet INTEGER,
    stream_offset INTEGER,
    length INTEGER,
    octets INTEGER,
    header BLOB,
    chunk INTEGER,
    chunk_offset INTEGER,
    payload BLOB,
    detail TEXT);
CREATE TABLE chunk(id INTEGER PRIMARY KEY, octets BLOB NOT NULL);
CREATE TABLE secret(
    record INTEGER NOT NULL,
    field TEXT NOT NULL,
    item INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    octets BLOB NOT NULL,
    PRIMARY KEY(record, field, item, offset)) WITHOUT ROWID;
INSERT INTO direction VALUES (0, 'sent'), (1, 'received');
INSERT INTO kind VALUES (0, 'connection-started'), (1, 'stage'), (2, 'addresses-resolved'), (3, 'address-tried'), (4, 'socket-facts')
   , (5, 'transfer'), (6, 'head'), (7, 'body'), (8, 'frame'), (9, 'message')
   , (10, 'state'), (11, 'violation'), (12, 'heartbeat'), (13, 'transport-ended'), (14, 'connection-ended')
   , (15, 'listener'), (16, 'dropped'), (17, 'interrupted'), (18, 'note');
CREATE VIEW frame AS
SELECT r.id, r.length FROM record r WHERE r.kind = 8;
INSERT INTO meta VALUES ('start_wall_ms', 1790000000000), ('last_connection', 1), ('open', 0);
INSERT INTO chunk VALUES (1, x'48656c6c6f');
INSERT INTO record VALUES (1, 1, 1000, 8, 1, 129, 0, 5, NULL, x'8105', 1, 0, NULL, NULL);
INSERT INTO record VALUES (2, 1, 2000, 8, 1, 137, 7, 2, NULL, x'8902', NULL, NULL, x'6964', NULL);
INSERT INTO record VALUES (3, 1, 3000, 9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    '{"direction":"received","opcode":1,"octets":5,"fragments":2}');
)sql";

void expectWhatVersion1Held(const CaptureReader &reader)
{
    const auto text = reader.record(1, Payloads::Full);
    ASSERT_TRUE(text && as<FrameRecord>(*text));
    EXPECT_EQ(protocol::textOf(as<FrameRecord>(*text)->payload), "Hello");
    EXPECT_FALSE(as<FrameRecord>(*text)->inflated);
    EXPECT_EQ(as<FrameRecord>(*text)->octetsMeant(), 5u);
    const auto ping = reader.record(2, Payloads::Full);
    ASSERT_TRUE(ping && as<FrameRecord>(*ping));
    EXPECT_EQ(protocol::textOf(as<FrameRecord>(*ping)->payload), "id");
    const auto message = reader.record(3, Payloads::Full);
    ASSERT_TRUE(message && as<MessageRecord>(*message));
    EXPECT_FALSE(as<MessageRecord>(*message)->compressed);
    EXPECT_EQ(as<MessageRecord>(*message)->octetsMeant, 5u);
}

} // namespace

TEST(CaptureVersions, AnOlderFileIsReadAsItIs)
{
    const TemporaryFolder folder;
    const std::string path = folder / "old.fglass";
    sql(path, version1);
    expectWhatVersion1Held(CaptureReader(path));
    EXPECT_EQ(sql(path, "PRAGMA user_version"), "1");
}

TEST(CaptureVersions, WritingBringsAnOlderFileUpToDate)
{
    const TemporaryFolder folder;
    const std::string path = folder / "old.fglass";
    sql(path, version1);
    {
        CaptureWriter writer(path);
        writer.add(1, {}, compressedFrame(protocol::octetsOf("wire"), protocol::octetsOf("as meant")));
    }
    EXPECT_EQ(sql(path, "PRAGMA user_version"), std::to_string(schemaVersion));
    EXPECT_EQ(sql(path, "PRAGMA integrity_check"), "ok");
    const CaptureReader reader(path);
    expectWhatVersion1Held(reader);
    const auto added = reader.record(4, Payloads::Full);
    ASSERT_TRUE(added && as<FrameRecord>(*added));
    ASSERT_TRUE(as<FrameRecord>(*added)->inflated);
    EXPECT_EQ(protocol::textOf(as<FrameRecord>(*added)->payloadMeant()), "as meant");
    // The view of a new file and that of one brought up to date are the same.
    const std::string fresh = folder / "new.fglass";
    {
        CaptureWriter writer(fresh);
    }
    const char *frameView = "SELECT sql FROM sqlite_schema WHERE name = 'frame'";
    EXPECT_EQ(sql(path, frameView), sql(fresh, frameView));
    const char *kinds = "SELECT group_concat(number || name) FROM (SELECT * FROM kind ORDER BY number)";
    EXPECT_EQ(sql(path, kinds), sql(fresh, kinds));
    EXPECT_EQ(sql(path, "SELECT hex(inflated) FROM frame WHERE id = 4"), "6173206D65616E74");
}
