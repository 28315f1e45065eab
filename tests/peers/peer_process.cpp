// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_process.h"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char **environ;

namespace frameglass::peers {

namespace {

struct Pipe
{
    int readEnd = -1;
    int writeEnd = -1;

    /// Close-on-exec, or a peer started meanwhile would hold the other's standard input open.
    bool make()
    {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            return false;
        readEnd = ends[0];
        writeEnd = ends[1];
        return true;
    }
};

void closeEnd(int &descriptor)
{
    if (descriptor >= 0)
        ::close(descriptor);
    descriptor = -1;
}

int statusOf(int waited)
{
    return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited);
}

} // namespace

bool peersAreRequired()
{
    const char *value = std::getenv("FRAMEGLASS_REQUIRE_PEERS");
    return value && std::string(value) == "1";
}

class PeerProcess::Private
{
public:
    ~Private()
    {
        stop();
        if (m_reader.joinable())
            m_reader.join();
        if (m_waiter.joinable())
            m_waiter.join();
        closeEnd(m_output.readEnd);
    }

    void start(const Arguments &words)
    {
        if (words.empty() || !m_input.make() || !m_output.make())
            return;
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, m_input.readEnd, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, m_output.writeEnd, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, m_output.writeEnd, STDERR_FILENO);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        // A group of its own, so that what the peer starts can be ended with it.
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
        posix_spawnattr_setpgroup(&attributes, 0);

        std::vector<char *> argv;
        for (const std::string &word : words)
            argv.push_back(const_cast<char *>(word.c_str())); // posix_spawn's signature predates const
        argv.push_back(nullptr);
        const int error = posix_spawnp(&m_pid, argv[0], &actions, &attributes, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        closeEnd(m_input.readEnd);
        closeEnd(m_output.writeEnd);
        if (error != 0) {
            m_pid = -1;
            m_exit = 127;
            m_outputEnded = true;
            return;
        }
        m_reader = std::thread([this] { readLines(); });
        m_waiter = std::thread([this] { waitForEnd(); });
    }

    void stop()
    {
        {
            const std::lock_guard lock(m_mutex);
            closeEnd(m_input.writeEnd);
        }
        if (m_pid <= 0)
            return;
        if (!waitForExit(std::chrono::seconds(2))) {
            ::kill(-m_pid, SIGTERM);
            waitForExit(std::chrono::seconds(5));
        }
        // The peer itself is gone or stuck; this reaches what it left behind.
        ::kill(-m_pid, SIGKILL);
    }

    void kill()
    {
        if (m_pid > 0)
            ::kill(-m_pid, SIGKILL);
    }

    std::optional<int> waitForExit(Limit limit)
    {
        std::unique_lock lock(m_mutex);
        // Its last lines count as well: an exit is told once both are done.
        m_changed.wait_for(lock, limit, [this] { return m_exit && m_outputEnded; });
        return m_exit;
    }

    std::optional<std::string> waitForLine(const std::function<bool(const std::string &)> &wanted, Limit limit)
    {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        std::unique_lock lock(m_mutex);
        for (std::size_t next = 0;;) {
            for (; next < m_lines.size(); ++next) {
                if (wanted(m_lines[next]))
                    return m_lines[next];
            }
            if (m_outputEnded)
                return std::nullopt;
            const auto grown = [&] { return m_lines.size() > next || m_outputEnded; };
            if (!m_changed.wait_until(lock, deadline, grown))
                return std::nullopt;
        }
    }

    std::vector<std::string> lines()
    {
        const std::lock_guard lock(m_mutex);
        return m_lines;
    }

    bool running()
    {
        const std::lock_guard lock(m_mutex);
        return m_pid > 0 && !m_exit;
    }

private:
    void readLines()
    {
        std::string pending;
        std::array<char, 4096> buffer{};
        for (;;) {
            const ssize_t count = ::read(m_output.readEnd, buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                break;
            pending.append(buffer.data(), static_cast<std::size_t>(count));
            const std::lock_guard lock(m_mutex);
            for (std::size_t end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
                m_lines.push_back(pending.substr(0, end));
                pending.erase(0, end + 1);
            }
            m_changed.notify_all();
        }
        const std::lock_guard lock(m_mutex);
        if (!pending.empty())
            m_lines.push_back(std::move(pending));
        m_outputEnded = true;
        m_changed.notify_all();
    }

    void waitForEnd()
    {
        int waited = 0;
        while (::waitpid(m_pid, &waited, 0) < 0 && errno == EINTR) {}
        const std::lock_guard lock(m_mutex);
        m_exit = statusOf(waited);
        m_changed.notify_all();
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<std::string> m_lines;
    std::optional<int> m_exit;
    bool m_outputEnded = false;
    pid_t m_pid = -1;
    Pipe m_input;
    Pipe m_output;
    std::thread m_reader;
    std::thread m_waiter;
};

PeerProcess::PeerProcess(const Command &command) : d(std::make_unique<Private>())
{
    d->start(command.words);
}

PeerProcess::~PeerProcess() = default;

bool PeerProcess::running() const
{
    return d->running();
}

std::optional<std::uint16_t> PeerProcess::port(Limit limit) const
{
    const auto line = waitForLine([](const std::string &text) { return text.starts_with("PORT "); }, limit);
    if (!line)
        return std::nullopt;
    const long number = std::strtol(line->c_str() + 5, nullptr, 10);
    if (number <= 0 || number > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(number);
}

std::optional<std::string> PeerProcess::waitForLine(const std::function<bool(const std::string &)> &wanted,
                                                    Limit limit) const
{
    return d->waitForLine(wanted, limit);
}

std::optional<int> PeerProcess::waitForExit(Limit limit) const
{
    return d->waitForExit(limit);
}

std::vector<std::string> PeerProcess::lines() const
{
    return d->lines();
}

std::string PeerProcess::output() const
{
    std::string all;
    for (const std::string &line : lines())
        all += line + '\n';
    return all;
}

void PeerProcess::stop()
{
    d->stop();
}

void PeerProcess::kill()
{
    d->kill();
}

} // namespace frameglass::peers
