// SPDX-License-Identifier: GPL-3.0-or-later
#include "resolver.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#if defined(ASIO_WINDOWS)
#include <ws2tcpip.h>
#else
#include <netdb.h>
#endif

namespace frameglass::transport {

LookupResult systemLookup(const std::string &host, std::uint16_t port)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo *found = nullptr;
    LookupResult result;
    const int number = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (number != 0) {
        result.error = lookupErrorOf(number, errno);
        return result;
    }
    for (const auto *entry = found; entry; entry = entry->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (entry->ai_addrlen > endpoint.capacity())
            continue;
        std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
        endpoint.resize(entry->ai_addrlen);
        if (std::find(result.endpoints.begin(), result.endpoints.end(), endpoint) == result.endpoints.end())
            result.endpoints.push_back(endpoint);
    }
    ::freeaddrinfo(found);
    if (result.endpoints.empty())
        result.error = lookupErrorOf(EAI_NONAME, 0);
    return result;
}

void Resolver::resolve(const Lookup &lookup, const std::string &host, std::uint16_t port,
                       std::function<void(LookupResult)> done)
{
    asio::error_code notAnAddress;
    const auto address = asio::ip::make_address(host, notAnAddress);
    if (!notAnAddress) {
        m_helper.tell({{}, {asio::ip::tcp::endpoint(address, port)}}, std::move(done));
        return;
    }
    const auto error = m_helper.start([lookup, host, port](const auto &report) { report(lookup(host, port)); }, done);
    if (error)
        m_helper.tell({systemErrorOf(error->code()), {}}, std::move(done));
}

} // namespace frameglass::transport
