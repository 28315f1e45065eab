// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "raw_socket.h"

#include <exception>
#include <functional>
#include <string>
#include <thread>

namespace frameglass::test {

/// Listens on a free loopback port and plays one script with the first client, on a thread of its own.
class RawServer
{
public:
    using Script = std::function<void(RawSocket &)>;
    explicit RawServer(Script script);
    /// Joins; what the script threw and nobody asked for by finish() is lost.
    ~RawServer();

    std::uint16_t port() const { return m_port; }
    std::string url(const std::string &resource = "/") const;
    /// Waits for the end of the script and throws what it threw.
    void finish();

private:
    std::uint16_t m_port = 0;
    RawSocket m_listener;
    std::exception_ptr m_thrown;
    std::thread m_thread;
};

/// A listener whose backlog is full: connecting to it hangs in SYN-SENT (Linux).
class DeafListener
{
public:
    DeafListener();
    std::uint16_t port() const { return m_port; }

private:
    std::uint16_t m_port = 0;
    RawSocket m_listener;
    RawSocket m_filler[4];
};

/// A port on which nothing listens.
std::uint16_t closedPort();

} // namespace frameglass::test
