// SPDX-License-Identifier: GPL-3.0-or-later
#include "resolver.h"

#include <asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>

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

/// What the lookup's thread and the loop both know. `done` is only touched on the loop's thread.
struct Resolver::Shared
{
    std::mutex mutex;
    asio::io_context *context = nullptr; ///< null once abandoned
    std::function<void(LookupResult)> done;
};

Resolver::Resolver(asio::io_context &context) : m_context(context) {}

Resolver::~Resolver()
{
    cancel();
}

void Resolver::resolve(const Lookup &lookup, const std::string &host, std::uint16_t port,
                       std::function<void(LookupResult)> done)
{
    cancel();
    auto shared = std::make_shared<Shared>();
    shared->context = &m_context;
    shared->done = std::move(done);
    m_shared = shared;

    const auto deliver = [](const std::shared_ptr<Shared> &to, LookupResult result) {
        const std::scoped_lock lock(to->mutex);
        if (!to->context)
            return;
        asio::post(*to->context, [to, result = std::move(result)]() mutable {
            if (to->done)
                std::exchange(to->done, nullptr)(std::move(result));
        });
    };

    asio::error_code notAnAddress;
    const auto address = asio::ip::make_address(host, notAnAddress);
    if (!notAnAddress) {
        deliver(shared, LookupResult{{}, {asio::ip::tcp::endpoint(address, port)}});
        return;
    }
    try {
        std::thread([deliver, shared, lookup, host, port] { deliver(shared, lookup(host, port)); }).detach();
    } catch (const std::system_error &error) {
        deliver(shared, LookupResult{systemErrorOf(error.code()), {}});
    }
}

void Resolver::cancel()
{
    if (!m_shared)
        return;
    {
        const std::scoped_lock lock(m_shared->mutex);
        m_shared->context = nullptr;
    }
    m_shared->done = nullptr;
    m_shared.reset();
}

} // namespace frameglass::transport
