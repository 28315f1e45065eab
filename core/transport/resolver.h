// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "system_error.h"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <functional>
#include <memory>
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
    explicit Resolver(asio::io_context &context);
    /// Abandons the lookup.
    ~Resolver();

    /// Calls `done` from the loop once, unless cancelled. An address needs no lookup.
    void resolve(const Lookup &lookup, const std::string &host, std::uint16_t port,
                 std::function<void(LookupResult)> done);
    void cancel();

private:
    struct Shared;
    asio::io_context &m_context;
    std::shared_ptr<Shared> m_shared;
};

} // namespace frameglass::transport
