// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/capture.h"

#include "record_samples.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>

using namespace frameglass;
using namespace frameglass::capture;
using namespace frameglass::capture::test;
namespace fs = std::filesystem;

namespace {

constexpr auto readOnly = fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read;
constexpr auto readAndEnter = readOnly | fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;

void makeCapture(const std::string &path, int frames = 50)
{
    CaptureWriter writer(path);
    for (int i = 0; i < frames; ++i) {
        writer.add(1, {}, textFrame("frame " + std::to_string(i)));
        writer.add(1, {}, HeadRecord{.raw = protocol::octetsOf("GET / HTTP/1.1\r\nCookie: a\r\n\r\n")});
    }
}

std::size_t readAll(const std::string &path)
{
    const CaptureReader reader(path);
    std::size_t count = 0;
    reader.forEach(1, ~RecordId(0), Payloads::Full, [&](Record &&) { return ++count < 100'000; });
    return count;
}

std::optional<CaptureErrorCode> errorOf(const std::string &path)
{
    try {
        readAll(path);
    } catch (const CaptureError &error) {
        EXPECT_EQ(error.path(), path);
        return error.code();
    }
    return std::nullopt;
}

/// Gives up root's right to write everywhere for as long as it lives.
class Unprivileged
{
public:
    Unprivileged() : m_was(::geteuid())
    {
        if (m_was == 0) {
            EXPECT_EQ(::seteuid(65534), 0);
        }
    }
    ~Unprivileged() { EXPECT_EQ(::seteuid(m_was), 0); }
    Unprivileged(const Unprivileged &) = delete;
    Unprivileged &operator=(const Unprivileged &) = delete;

private:
    uid_t m_was;
};

TEST(CaptureReader, NamesWhatIsNoCapture)
{
    const TemporaryFolder folder;
    EXPECT_EQ(errorOf(folder / "nothing"), CaptureErrorCode::NotFound);
    EXPECT_EQ(folder.names(), std::vector<std::string>{});
    std::ofstream(folder / "text") << std::string(5000, 'x');
    EXPECT_EQ(errorOf(folder / "text"), CaptureErrorCode::NotACapture);
    std::ofstream(folder / "empty").flush();
    EXPECT_EQ(errorOf(folder / "empty"), CaptureErrorCode::NotACapture);
    sql(folder / "foreign", "CREATE TABLE record(id)");
    EXPECT_EQ(errorOf(folder / "foreign"), CaptureErrorCode::NotACapture);
    fs::create_directory(folder / "folder");
    EXPECT_NE(errorOf(folder / "folder"), std::nullopt);
}

TEST(CaptureReader, NewerVersionIsRefused)
{
    const TemporaryFolder folder;
    makeCapture(folder / "a");
    sql(folder / "a", "PRAGMA user_version = 99");
    EXPECT_EQ(errorOf(folder / "a"), CaptureErrorCode::NewerVersion);
    sql(folder / "a", "PRAGMA user_version = 0");
    EXPECT_EQ(errorOf(folder / "a"), CaptureErrorCode::Corrupted);
}

TEST(CaptureReader, TablesMustBeTables)
{
    for (const char *change : {"DROP TABLE secret", "DROP TABLE meta", "DROP TABLE chunk",
                               "DROP VIEW frame; DROP VIEW event; DROP TABLE record",
                               "DROP TABLE secret; CREATE VIEW secret AS WITH RECURSIVE r(record, field, item, offset,"
                               " octets) AS (SELECT 1, 1, 1, 1, 1 UNION ALL SELECT * FROM r) SELECT * FROM r",
                               "DROP TABLE secret; CREATE VIRTUAL TABLE secret USING fts5(record)",
                               "DROP TABLE secret; CREATE TABLE secret(record, field, item, offset, octets AS (1))",
                               "ALTER TABLE record RENAME COLUMN header TO header2"}) {
        const TemporaryFolder folder;
        makeCapture(folder / "a", 1);
        sql(folder / "a", change);
        EXPECT_EQ(errorOf(folder / "a"), CaptureErrorCode::Corrupted) << change;
    }
}

TEST(CaptureReader, TruncatedAtAnyPlaceIsAnErrorOrShorterAndNeverACrash)
{
    const TemporaryFolder folder;
    makeCapture(folder / "a", 2000);
    const auto size = fs::file_size(folder / "a");
    ASSERT_GT(size, 100'000u);
    std::size_t refused = 0;
    for (std::uintmax_t kept = 1; kept < size; kept += size / 40 + 1) {
        fs::copy_file(folder / "a", folder / "b", fs::copy_options::overwrite_existing);
        fs::resize_file(folder / "b", kept);
        const auto error = errorOf(folder / "b");
        if (error) {
            ++refused;
            EXPECT_TRUE(*error == CaptureErrorCode::Corrupted || *error == CaptureErrorCode::NotACapture ||
                        *error == CaptureErrorCode::Io)
                << kept << ": " << static_cast<int>(*error);
        }
    }
    EXPECT_GT(refused, 30u);
}

TEST(CaptureReader, DamagedOctetsNeverCrash)
{
    const TemporaryFolder folder;
    makeCapture(folder / "a", 500);
    const std::string good = contentOf(folder / "a");
    std::mt19937 random(20260101);
    std::size_t refused = 0;
    for (int round = 0; round < 150; ++round) {
        std::string bad = good;
        for (int i = 0; i < 1 + round; ++i)
            bad[random() % bad.size()] = static_cast<char>(random());
        std::ofstream(folder / "b", std::ios::binary | std::ios::trunc) << bad;
        refused += errorOf(folder / "b") ? 1 : 0;
    }
    EXPECT_GT(refused, 10u);
}

TEST(CaptureReader, StopsWhenTheVisitorHasEnoughAndMayBeAskedMeanwhile)
{
    const TemporaryFolder folder;
    makeCapture(folder / "a");
    const CaptureReader reader(folder / "a");
    std::vector<RecordId> seen;
    reader.forEach(3, 90, Payloads::ControlOnly, [&](Record &&record) {
        seen.push_back(record.id);
        EXPECT_EQ(reader.record(record.id + 1)->id, record.id + 1);
        return seen.size() < 4;
    });
    EXPECT_EQ(seen, (std::vector<RecordId>{3, 4, 5, 6}));
    seen.clear();
    reader.forEach(99, 200, Payloads::Full, [&](Record &&record) {
        seen.push_back(record.id);
        return true;
    });
    EXPECT_EQ(seen, (std::vector<RecordId>{99, 100}));
}

TEST(CaptureReader, KnowsTheWallClockOfItsStart)
{
    const TemporaryFolder folder;
    const auto wall = [] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    };
    const auto before = wall();
    makeCapture(folder / "a", 1);
    const CaptureReader reader(folder / "a");
    EXPECT_GE(reader.startWallMs(), before);
    EXPECT_LE(reader.startWallMs(), wall());
    EXPECT_FALSE(reader.wasLeftOpen());
}

TEST(CaptureReader, ReadOnlyFileIsReadWithoutAFileBesideIt)
{
    const TemporaryFolder folder;
    fs::permissions(folder.path(), fs::perms::all);
    makeCapture(folder / "a");
    sql(folder / "a", "PRAGMA journal_mode=WAL"); // as a user may have left it: reading would need files beside it
    fs::permissions(folder / "a", readOnly);
    ASSERT_EQ(folder.names(), std::vector<std::string>{"a"});
    const Unprivileged user;
    {
        const CaptureReader reader(folder / "a");
        EXPECT_EQ(reader.lastId(), 100u);
        EXPECT_EQ(folder.names(), std::vector<std::string>{"a"});
    }
    EXPECT_EQ(folder.names(), std::vector<std::string>{"a"});
}

TEST(CaptureReader, ReadOnlyFolder)
{
    const TemporaryFolder folder;
    makeCapture(folder / "a");
    sql(folder / "a", "PRAGMA journal_mode=WAL");
    fs::permissions(folder / "a", fs::perms::all);
    fs::permissions(folder.path(), readAndEnter);
    const Unprivileged user;
    EXPECT_EQ(readAll(folder / "a"), 100u);
    EXPECT_EQ(folder.names(), std::vector<std::string>{"a"});
}

TEST(CaptureReader, LogInAReadOnlyFolderIsRespected)
{
    const TemporaryFolder live;
    const TemporaryFolder folder;
    {
        CaptureWriter writer(live / "a");
        for (int i = 0; i < 10; ++i)
            writer.add(1, {}, textFrame("only in the log"));
        writer.flush();
        fs::copy_file(live / "a", folder / "a");
        fs::copy_file(live / "a-wal", folder / "a-wal");
    }
    for (const char *name : {"a", "a-wal"})
        fs::permissions(folder / name, readOnly);
    fs::permissions(folder.path(), readAndEnter);
    const Unprivileged user;
    const CaptureReader reader(folder / "a");
    EXPECT_EQ(reader.lastId(), 10u);
    EXPECT_TRUE(reader.wasLeftOpen());
    EXPECT_EQ(protocol::textOf(as<FrameRecord>(*reader.record(10))->payload), "only in the log");
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"a", "a-wal"}));
}

TEST(CaptureReader, WriterOnAReadOnlyFileSaysReadOnly)
{
    const TemporaryFolder folder;
    fs::permissions(folder.path(), fs::perms::all);
    makeCapture(folder / "a");
    fs::permissions(folder / "a", readOnly);
    const Unprivileged user;
    try {
        const CaptureWriter writer(folder / "a");
        ADD_FAILURE() << "opened";
    } catch (const CaptureError &error) {
        EXPECT_EQ(error.code(), CaptureErrorCode::ReadOnly) << error.what();
    }
}

TEST(CaptureReader, SketchesAreOfTheRecords)
{
    const TemporaryFolder folder;
    {
        CaptureWriter writer(folder / "a");
        ConnectionId connection = 0;
        for (const Sample &sample : samples())
            writer.add(1 + connection++ % 3, TimePoint(std::chrono::milliseconds(connection)), sample.body);
    }
    const CaptureReader reader(folder / "a");
    std::vector<RecordSketch> wanted;
    reader.forEach(1, ~RecordId(0), Payloads::ControlOnly, [&](Record &&record) {
        wanted.push_back(sketchOf(record));
        return true;
    });
    ASSERT_EQ(wanted.size(), samples().size());
    const auto sketches = [&](RecordId first, RecordId last, ConnectionId connection, std::size_t most) {
        std::vector<RecordSketch> found;
        reader.forEachSketch(first, last, connection, [&](const RecordSketch &sketch) {
            found.push_back(sketch);
            return found.size() < most;
        });
        return found;
    };
    EXPECT_EQ(sketches(1, ~RecordId(0), 0, ~std::size_t(0)), wanted);
    EXPECT_EQ(sketches(3, 7, 0, 3), std::vector(wanted.begin() + 2, wanted.begin() + 5));
    std::erase_if(wanted, [](const RecordSketch &sketch) { return sketch.connection != 2; });
    EXPECT_EQ(sketches(1, ~RecordId(0), 2, ~std::size_t(0)), wanted);
    EXPECT_GT(wanted.size(), 3u);
    EXPECT_EQ(reader.nextId(0), 1u);
    EXPECT_EQ(reader.nextId(4), 5u);
    EXPECT_EQ(reader.nextId(reader.lastId()), std::nullopt);
}

} // namespace
