// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "document.h"

#include "core/analysis/filter_run.h"

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace frameglass::ui {

/// Applies a filter to one connection of a document: to what is recorded on a thread of its own, telling what it finds
/// as it finds it, and then to what comes. GUI thread only.
class FilterSearch : public QObject
{
    Q_OBJECT
public:
    explicit FilterSearch(const Document *document, QObject *parent = nullptr);
    ~FilterSearch() override;

    /// Begins anew; what was found before is forgotten.
    void start(const analysis::Filter &filter, capture::ConnectionId connection);
    /// No filter any more.
    void stop();
    bool isSearching() const { return m_thread != nullptr; }
    std::uint64_t matches() const { return m_matches; }

signals:
    /// In ascending order, none twice.
    void found(const std::vector<frameglass::capture::RecordId> &records);
    /// How much of what is recorded was looked at, 0-1.
    void progressed(double share);
    /// All that is recorded was looked at. `error`, if any, is why the rest was not.
    void finished(const QString &error);

private:
    struct Thread;
    void follow();
    void tell(std::vector<capture::RecordId> records);

    const Document *m_document;
    std::unique_ptr<Thread> m_thread;
    std::shared_ptr<analysis::FilterRun> m_run; ///< when the thread is done with it
    capture::RecordId m_reached = 0;
    std::uint64_t m_matches = 0;
    int m_generation = 0;
};

} // namespace frameglass::ui
