// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"
#include "core/capture/capture.h"

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace frameglass::cli {

/// A capture that is being written while a command folds it: the file of `--save`, or a private temporary one that is
/// removed at the end. One thread follows; any thread may wake it.
class LiveCapture
{
public:
    /// Throws capture::CaptureError when the file cannot be made. An existing capture is carried on.
    explicit LiveCapture(const std::optional<std::filesystem::path> &saveTo,
                         capture::Payloads payloads = capture::Payloads::ControlOnly);
    ~LiveCapture();
    LiveCapture(const LiveCapture &) = delete;
    LiveCapture &operator=(const LiveCapture &) = delete;

    std::shared_ptr<capture::RecordSink> sink() const { return m_writer; }
    const analysis::CaptureFacts &facts() const { return m_facts; }
    const analysis::ConnectionFacts &facts(capture::ConnectionId id) const;
    Nanoseconds now() const;
    const capture::CaptureReader &reader() const { return *m_reader; }
    /// The capture's start, ms since 1970.
    std::int64_t startWallMs() const { return m_reader->startWallMs(); }

    /// Sees every record once, in order, after it was folded.
    using Visitor = std::function<void(const capture::Record &)>;
    /// Folds what is committed and waits for more until `done()`; false when `deadline` passed first. `done` is asked
    /// after each batch and after each wake().
    bool follow(const std::optional<TimePoint> &deadline, const std::function<bool()> &done, const Visitor &visit = {});
    /// Folds all that was added so far.
    void catchUp(const Visitor &visit = {});
    /// Makes follow() ask `done` again. Any thread.
    void wake();

    std::optional<capture::CaptureError> failure() const { return m_writer->failure(); }

private:
    void fold(const Visitor &visit);

    std::filesystem::path m_path;
    bool m_temporary;
    capture::Payloads m_payloads;
    std::shared_ptr<capture::CaptureWriter> m_writer;
    std::unique_ptr<capture::CaptureReader> m_reader;
    analysis::CaptureFacts m_facts;
    capture::RecordId m_folded = 0;

    std::mutex m_mutex;
    std::condition_variable m_changed;
    capture::RecordId m_committed = 0;
    bool m_woken = false;
};

} // namespace frameglass::cli
