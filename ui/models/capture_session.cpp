// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture_session.h"

namespace frameglass::ui {

capture::ConnectionId SwitchSink::newConnection()
{
    const std::shared_lock lock(m_mutex);
    return m_writer ? m_writer->newConnection() : 0;
}

void SwitchSink::add(capture::ConnectionId connection, TimePoint now, capture::RecordBody body)
{
    const std::shared_lock lock(m_mutex);
    if (m_writer)
        m_writer->add(connection, now, std::move(body));
}

void SwitchSink::addBatch(capture::ConnectionId connection, TimePoint now, std::span<capture::RecordBody> bodies)
{
    const std::shared_lock lock(m_mutex);
    if (m_writer)
        m_writer->addBatch(connection, now, bodies);
}

Nanoseconds SwitchSink::sinceStart(TimePoint now) const
{
    const std::shared_lock lock(m_mutex);
    return m_writer ? m_writer->sinceStart(now) : Nanoseconds{0};
}

void SwitchSink::exchange(const std::function<void(std::unique_ptr<capture::CaptureWriter> &)> &change)
{
    const std::lock_guard lock(m_mutex);
    change(m_writer);
}

void SwitchSink::flush()
{
    const std::shared_lock lock(m_mutex);
    if (m_writer)
        m_writer->flush();
}

Reaper::Reaper() : m_thread([this] { loop(); }) {}

Reaper::~Reaper()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void Reaper::post(std::function<void()> job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_changed.notify_all();
}

void Reaper::settle()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_jobs.empty() && !m_busy; });
}

void Reaper::loop()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_ending || !m_jobs.empty(); });
        if (m_jobs.empty())
            return;
        auto job = std::move(m_jobs.front());
        m_jobs.pop_front();
        m_busy = true;
        lock.unlock();
        job();
        job = nullptr; // what it holds may wait in its destructor
        lock.lock();
        m_busy = false;
        m_changed.notify_all();
    }
}

} // namespace frameglass::ui
