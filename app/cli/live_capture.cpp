// SPDX-License-Identifier: GPL-3.0-or-later
#include "live_capture.h"

#include <random>
#include <system_error>

namespace frameglass::cli {

namespace {

std::filesystem::path temporaryPath()
{
    std::random_device random;
    const std::string name = "fglass-" + std::to_string(random()) + std::to_string(random()) + ".fglass";
    return std::filesystem::temp_directory_path() / name;
}

} // namespace

LiveCapture::LiveCapture(const std::optional<std::filesystem::path> &saveTo, capture::Payloads payloads)
    : m_path(saveTo ? *saveTo : temporaryPath()), m_temporary(!saveTo), m_payloads(payloads),
      m_writer(std::make_shared<capture::CaptureWriter>(m_path))
{
    m_writer->onCommit([this](capture::RecordId last) {
        {
            const std::lock_guard lock(m_mutex);
            m_committed = last;
        }
        m_changed.notify_all();
    });
    m_reader = std::make_unique<capture::CaptureReader>(m_path);
    // An existing file that is carried on has records of its own: connection numbers go on after them, and this
    // command reports on none of them.
    m_folded = m_reader->lastId();
}

LiveCapture::~LiveCapture()
{
    m_reader.reset();
    m_writer.reset();
    if (m_temporary) {
        std::error_code ignored;
        std::filesystem::remove(m_path, ignored);
    }
}

const analysis::ConnectionFacts &LiveCapture::facts(capture::ConnectionId id) const
{
    static const analysis::ConnectionFacts none;
    const auto *found = m_facts.find(id);
    return found ? *found : none;
}

Nanoseconds LiveCapture::now() const
{
    return m_writer->sinceStart(std::chrono::steady_clock::now());
}

void LiveCapture::fold(const Visitor &visit)
{
    const capture::RecordId last = m_reader->lastId();
    if (last <= m_folded)
        return;
    m_reader->forEach(m_folded + 1, last, m_payloads, [&](capture::Record &&record) {
        m_folded = record.id;
        m_facts.add(record);
        if (visit)
            visit(record);
        return true;
    });
}

bool LiveCapture::follow(const std::optional<TimePoint> &deadline, const std::function<bool()> &done,
                         const Visitor &visit)
{
    for (;;) {
        fold(visit);
        if (done())
            return true;
        std::unique_lock lock(m_mutex);
        const auto news = [this] { return m_woken || m_committed > m_folded; };
        if (!deadline)
            m_changed.wait(lock, news);
        else if (!m_changed.wait_until(lock, *deadline, news))
            return false;
        m_woken = false;
    }
}

void LiveCapture::catchUp(const Visitor &visit)
{
    m_writer->flush();
    fold(visit);
}

void LiveCapture::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_changed.notify_all();
}

} // namespace frameglass::cli
