// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/capture.h"
#include "core/session/client_session.h"
#include "core/session/redirect.h"
#include "core/session/server_session.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>

namespace frameglass::ui {

/// The sink that sessions write into. Its writer can be exchanged under them while the file moves: records that come
/// meanwhile wait. Without a writer they are thrown away.
class SwitchSink final : public capture::RecordSink
{
public:
    capture::ConnectionId newConnection() override;
    void add(capture::ConnectionId connection, TimePoint now, capture::RecordBody body) override;
    void addBatch(capture::ConnectionId connection, TimePoint now, std::span<capture::RecordBody> bodies) override;
    Nanoseconds sinceStart(TimePoint now) const override;

    /// Runs `change` on the writer while no record passes.
    void exchange(const std::function<void(std::unique_ptr<capture::CaptureWriter> &)> &change);
    capture::CaptureWriter *writer() const { return m_writer.get(); }
    /// CaptureWriter::flush(), from any thread.
    void flush();

private:
    mutable std::shared_mutex m_mutex; // exclusive only to exchange: a record that waits for the disk stops no reader
    std::unique_ptr<capture::CaptureWriter> m_writer;
};

/// What is live in one capture. Members are destroyed from the last: sessions, then their thread, then the writer.
struct CaptureSession
{
    std::shared_ptr<SwitchSink> sink = std::make_shared<SwitchSink>();
    std::unique_ptr<session::NetworkThread> network;
    std::map<capture::ConnectionId, std::unique_ptr<session::ClientSession>> clients;
    std::map<capture::ConnectionId, session::ClientOptions> clientOptions;
    struct Redirects
    {
        session::RedirectSeries series;
        bool settled = false; ///< followed, or refused
    };
    std::map<capture::ConnectionId, Redirects> redirects; ///< of attempts whose redirects may be followed
    std::unique_ptr<session::ServerSession> server;
};

/// Ends sessions on a thread of its own, since that waits for closing handshakes. Jobs run in order; the destructor
/// waits for all of them.
class Reaper
{
public:
    Reaper();
    ~Reaper();
    void post(std::function<void()> job);
    /// Waits until all jobs posted before are done.
    void settle();

private:
    void loop();
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_jobs;
    bool m_busy = false;
    bool m_ending = false;
    std::thread m_thread;
};

} // namespace frameglass::ui
