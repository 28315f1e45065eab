// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "helper_thread.h"
#include "system_error.h"

#include <asio/ip/tcp.hpp>

#include <functional>
#include <string>
#include <vector>

namespace frameglass::transport {

struct LookupResult
{
    SystemError error; ///< EAI_* of getaddrinfo; 0: `endpoints` is not empty
    std::vector<asio::ip::tcp::endpoint> endpoints;
};

/// Turns a name into addresses; runs on a thread of its own and may take as long as it likes.
using Lookup = std::function<LookupResult(const std::string &host, std::uint16_t port)>;

/// getaddrinfo for both families, in the system's order, duplicates removed.
LookupResult systemLookup(const std::string &host, std::uint16_t port);

/// One lookup at a time that can be abandoned at any moment: no one waits for getaddrinfo, which cannot be cancelled.
class Resolver
{
public:
    explicit Resolver(asio::io_context &context) : m_helper(context) {}

    /// Calls `done` from the loop once, unless cancelled. An address needs no lookup.
    void resolve(const Lookup &lookup, const std::string &host, std::uint16_t port,
                 std::function<void(LookupResult)> done);
    void cancel() { m_helper.abandon(); }

private:
    HelperThread<LookupResult> m_helper;
};

} // namespace frameglass::transport
