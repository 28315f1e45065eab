// SPDX-License-Identifier: GPL-3.0-or-later
#include "filter_search.h"

#include "core/diagnosis/wording.h"

#include <QElapsedTimer>

#include <algorithm>
#include <utility>

namespace frameglass::ui {

using capture::RecordId;

struct FilterSearch::Thread
{
    std::atomic<bool> cancelled = false;
    std::thread thread;
    ~Thread()
    {
        cancelled = true;
        thread.join();
    }
};

FilterSearch::FilterSearch(const Document *document, QObject *parent) : QObject(parent), m_document(document)
{
    connect(document, &Document::captureReset, this, &FilterSearch::stop);
    connect(document, &Document::recordsAdded, this, &FilterSearch::follow);
}

FilterSearch::~FilterSearch() = default;

void FilterSearch::stop()
{
    ++m_generation;
    m_thread.reset();
    m_run.reset();
    m_reached = 0;
    m_matches = 0;
}

void FilterSearch::start(const analysis::Filter &filter, capture::ConnectionId connection)
{
    stop();
    m_thread = std::make_unique<Thread>();
    auto run = std::make_shared<analysis::FilterRun>(filter, connection);
    const std::filesystem::path path(m_document->path().toStdU16String());
    m_thread->thread = std::thread([this, run, path, mine = m_generation, &cancelled = m_thread->cancelled] {
        // Pieces that take some 20 ms, whatever is in the records: so soon is the thread done when it is told to be.
        constexpr std::int64_t pieceMs = 20;
        constexpr RecordId largestStep = 65'536;
        RecordId step = 1'024;
        const auto post = [this, mine](auto call) {
            QMetaObject::invokeMethod(
                this,
                [this, mine, call = std::move(call)] {
                    if (mine == m_generation)
                        call();
                },
                Qt::QueuedConnection);
        };
        RecordId reached = 0;
        QString error;
        try {
            const capture::CaptureReader reader(path);
            for (RecordId last = reader.lastId(); reached < last && !cancelled; last = reader.lastId()) {
                const auto next = reader.nextId(reached); // leaps over what a damaged file lacks
                if (!next)
                    break;
                reached = *next - 1;
                const RecordId until = last - reached > step ? reached + step : last;
                std::vector<RecordId> records;
                QElapsedTimer clock;
                clock.start();
                run->run(reader, reached + 1, until, [&](RecordId id) {
                    records.push_back(id);
                    return !cancelled;
                });
                reached = until;
                if (clock.elapsed() < pieceMs / 2)
                    step = std::min(step * 2, largestStep);
                else if (clock.elapsed() > pieceMs * 2)
                    step = std::max<RecordId>(step / 2, 1);
                post([this, records = std::move(records), share = double(until) / double(last)] {
                    tell(records);
                    emit progressed(share);
                });
            }
        } catch (const capture::CaptureError &failure) {
            error = diagnosis::textOf(failure.code(), QString::fromStdU16String(path.u16string()));
        }
        post([this, run, reached, error] {
            m_thread.reset();
            m_run = run;
            m_reached = reached;
            emit finished(error);
            follow();
        });
    });
}

void FilterSearch::tell(std::vector<RecordId> records)
{
    m_matches += records.size();
    if (!records.empty())
        emit found(records);
}

void FilterSearch::follow()
{
    const RecordId last = m_document->foldedTo();
    if (!m_run || last <= m_reached)
        return;
    std::vector<RecordId> records;
    m_run->run(m_document->reader(), m_reached + 1, last, [&](RecordId id) {
        records.push_back(id);
        return true;
    });
    m_reached = last;
    tell(std::move(records));
}

} // namespace frameglass::ui
