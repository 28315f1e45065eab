// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "raw_socket.h"

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace frameglass::test {

/// A name server on a free UDP port of loopback, on a thread of its own.
class DnsResponder
{
public:
    /// One record of an answer. `data` is its RDATA as on the wire.
    struct Resource
    {
        std::string name;
        int type = 1;
        std::uint32_t ttl = 0;
        std::string data;
    };
    struct Answer
    {
        int rcode = 0; ///< RFC 1035 §4.1.1
        std::vector<Resource> resources;
        std::string raw; ///< sent instead, behind the identifier, unless empty
    };
    /// Nothing: it stays silent. Names come in small letters without the root's dot.
    using Script = std::function<std::optional<Answer>(const std::string &name, int type)>;

    explicit DnsResponder(Script script);
    ~DnsResponder();

    std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }
    int asked() const { return m_asked; }

private:
    void run(const Script &script);

    std::uint16_t m_port = 0;
    RawSocket m_socket;
    std::atomic<bool> m_stop = false;
    std::atomic<int> m_asked = 0;
    std::thread m_thread;
};

/// A name as RFC 1035 §3.1 writes it.
std::string dnsName(const std::string &name);
/// A number of two octets.
std::string dnsNumber(int value);

} // namespace frameglass::test
