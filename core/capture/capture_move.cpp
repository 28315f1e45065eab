// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture_move.h"

#include "capture.h"
#include "capture_copy.h"

#include <utility>

namespace frameglass::capture {

namespace {

/// What finish() is left with takes some ten milliseconds.
constexpr std::int64_t littleRecords = 5'000;
constexpr int mostRounds = 20; ///< with a disk slower than the records come, it stays at that

std::string utf8Of(const std::filesystem::path &path)
{
    const auto text = path.u8string();
    return {reinterpret_cast<const char *>(text.data()), text.size()};
}

/// Adds what the source holds beyond the copy, in one transaction. The tables only grow, by rising ids. Returns the
/// number of records.
std::int64_t follow(const std::filesystem::path &from, const std::filesystem::path &copy)
{
    const Database database(copy, OpenMode::ReadWrite);
    const std::int64_t last = database.integer("SELECT max(id) FROM record");
    if (CaptureReader(from).lastId() <= static_cast<RecordId>(last)) // which opens what ATTACH cannot
        return 0;
    database.exec("PRAGMA journal_mode=MEMORY"); // an unfinished copy is thrown away
    const std::string source = utf8Of(from);
    Statement(database, "ATTACH ?1 AS source").bind(1, std::string_view(source)).run();
    Transaction transaction(database);
    for (const char *grown : {"INSERT INTO main.secret SELECT * FROM source.secret WHERE record > ?1",
                              "INSERT INTO main.record SELECT * FROM source.record WHERE id > ?1"})
        Statement(database, grown).bind(1, last).run();
    const std::int64_t records = sqlite3_changes64(database.handle());
    const std::int64_t lastChunk = database.integer("SELECT max(id) FROM main.chunk");
    Statement(database, "INSERT INTO main.chunk SELECT * FROM source.chunk WHERE id > ?1").bind(1, lastChunk).run();
    database.exec("INSERT OR REPLACE INTO main.meta SELECT * FROM source.meta WHERE key <> 'open'"); // nobody writes it
    transaction.commit();
    return records;
}

} // namespace

CaptureMove::CaptureMove(std::filesystem::path from, std::filesystem::path to)
    : m_from(std::move(from)), m_to(std::move(to))
{
    refuseOccupied(m_from, m_to);
}

CaptureMove::~CaptureMove() = default;

bool CaptureMove::rename()
{
    std::error_code error;
    if (std::filesystem::exists(beside(m_from, "-wal"), error))
        return false;
    refuseOccupied(m_from, m_to);
    // Not even on trial where it cannot be: the log of what lies at the target must not go before that does.
    const auto folder = m_to.parent_path();
    const UnfinishedCopy trial(m_to);
    std::filesystem::create_hard_link(m_from, trial.path(), error);
    if (error)
        return false;
    takePlace(trial.path(), m_to);
    std::filesystem::remove(m_from, error);
    return true;
}

bool CaptureMove::copy(const std::function<bool(double)> &progress)
{
    m_copy = std::make_unique<UnfinishedCopy>(m_to);
    if (!CaptureReader(m_from).saveCopy(m_copy->path(), true, progress)) {
        m_copy.reset();
        return false;
    }
    for (int round = 0; round < mostRounds && follow(m_from, m_copy->path()) > littleRecords; ++round) {
        if (progress && !progress(1.0)) {
            m_copy.reset();
            return false;
        }
    }
    return true;
}

void CaptureMove::finish()
{
    follow(m_from, m_copy->path());
    refuseOccupied(m_from, m_to);
    takePlace(m_copy->path(), m_to);
    m_copy.reset();
}

} // namespace frameglass::capture
