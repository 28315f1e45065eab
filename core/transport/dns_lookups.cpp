// SPDX-License-Identifier: GPL-3.0-or-later
#include "dns_lookups.h"

// The functions that newer versions call deprecated are the only ones that all versions have.
#define CARES_NO_DEPRECATED
#include <ares.h>

#include <asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <deque>
#include <utility>

#if defined(ASIO_WINDOWS)
#include <winsock2.h>
#else
#include <poll.h>
#include <sys/select.h>
#include <sys/time.h>
#endif

namespace frameglass::transport {

namespace {

using Clock = std::chrono::steady_clock;
using Reporter = HelperThread<std::optional<capture::DnsLookup>>::Reporter;

constexpr int tryMs = 2000; ///< for one server; the next one, or the same again, follows
constexpr int tries = 2;
constexpr int sliceMs = 50; ///< how long an abandoned lookup may still live

/// One channel of the library, and the questions that are under way.
class Asking
{
public:
    Asking(const DnsLookups::Options &options, const Reporter &report) : m_options(options), m_report(report) {}
    ~Asking()
    {
        if (m_channel)
            ares_destroy(m_channel);
    }
    Asking(const Asking &) = delete;
    Asking &operator=(const Asking &) = delete;

    void run();

private:
    struct Asked
    {
        Asking *owner = nullptr;
        DnsQuestion question;
        bool answered = false;
    };

    int open();
    void ask(Asked &asked);
    void wait(TimePoint until);
    std::string server() const;
    void answer(Asked &asked, int status, protocol::OctetView message);
    static void answered(void *asked, int status, int, unsigned char *message, int length);

    const DnsLookups::Options &m_options;
    const Reporter &m_report;
    ares_channel m_channel = nullptr;
    TimePoint m_start = Clock::now();
    bool m_timeOver = false;
    std::deque<Asked> m_asked;
};

void Asking::run()
{
    for (const auto &question : m_options.questions)
        m_asked.push_back({this, question, false});
    if (const int status = open(); status != ARES_SUCCESS) {
        for (auto &asked : m_asked)
            answer(asked, status, {});
        return;
    }
    for (auto &asked : m_asked)
        ask(asked);
    const auto end = m_start + m_options.limit;
    const auto open = [](const Asked &asked) { return !asked.answered; };
    while (std::any_of(m_asked.begin(), m_asked.end(), open) && !m_report.abandoned()) {
        if (Clock::now() >= end) {
            m_timeOver = true;
            ares_cancel(m_channel);
            return;
        }
        wait(end);
    }
}

int Asking::open()
{
    static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    if (library != ARES_SUCCESS)
        return library;
    ares_options options{};
    // The server's own error code is wanted, not what the next server says.
    options.flags = ARES_FLAG_NOCHECKRESP;
    options.timeout = tryMs;
    options.tries = tries;
    const int status = ares_init_options(&m_channel, &options, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (status != ARES_SUCCESS || m_options.server.empty())
        return status;
    return ares_set_servers_ports_csv(m_channel, m_options.server.c_str());
}

void Asking::ask(Asked &asked)
{
    // A name without a dot is completed by the system's search list, as the system's resolver does it.
    const bool single = asked.question.name.find('.') == std::string::npos;
    (single ? ares_search : ares_query)(m_channel, asked.question.name.c_str(), dnsInternetClass,
                                        static_cast<int>(asked.question.type), &Asking::answered, &asked);
}

/// Until something can be read or written, the library wants to be called, or a short while has passed.
void Asking::wait(TimePoint until)
{
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const auto mask = static_cast<unsigned>(ares_getsock(m_channel, sockets.data(), static_cast<int>(sockets.size())));
    std::vector<pollfd> wanted;
    for (unsigned i = 0; i < sockets.size(); ++i) {
        short events = 0;
        if (ARES_GETSOCK_READABLE(mask, i))
            events |= POLLIN;
        if (ARES_GETSOCK_WRITABLE(mask, i))
            events |= POLLOUT;
        if (events != 0)
            wanted.push_back({sockets[i], events, 0});
    }
    timeval longest{0, sliceMs * 1000};
    timeval next{};
    const auto *wait = ares_timeout(m_channel, &longest, &next);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    const auto ms =
        std::clamp<long long>(std::min<long long>(wait->tv_sec * 1000 + wait->tv_usec / 1000 + 1, left), 1, sliceMs);
#if defined(ASIO_WINDOWS)
    const int ready = wanted.empty()
                          ? (::Sleep(static_cast<DWORD>(ms)), 0)
                          : ::WSAPoll(wanted.data(), static_cast<ULONG>(wanted.size()), static_cast<INT>(ms));
#else
    const int ready = ::poll(wanted.data(), static_cast<nfds_t>(wanted.size()), static_cast<int>(ms));
#endif
    if (ready <= 0) {
        ares_process_fd(m_channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        return;
    }
    for (const auto &one : wanted) {
        const bool readable = (one.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
        const bool writable = (one.revents & POLLOUT) != 0;
        if (readable || writable)
            ares_process_fd(m_channel, readable ? one.fd : ARES_SOCKET_BAD, writable ? one.fd : ARES_SOCKET_BAD);
    }
}

/// The library does not tell which one answered; of one alone it is known.
std::string Asking::server() const
{
    if (!m_channel)
        return m_options.server;
    ares_addr_port_node *servers = nullptr;
    if (ares_get_servers_ports(m_channel, &servers) != ARES_SUCCESS || !servers)
        return {};
    std::string text;
    if (!servers->next) {
        constexpr int domainPort = 53;
        const auto port = ':' + std::to_string(servers->udp_port != 0 ? servers->udp_port : domainPort);
        if (servers->family == AF_INET) {
            asio::ip::address_v4::bytes_type octets;
            std::memcpy(octets.data(), &servers->addr.addr4, octets.size());
            text = asio::ip::address_v4(octets).to_string() + port;
        } else {
            asio::ip::address_v6::bytes_type octets;
            std::memcpy(octets.data(), &servers->addr.addr6, octets.size());
            text = '[' + asio::ip::address_v6(octets).to_string() + ']' + port;
        }
    }
    ares_free_data(servers);
    return text;
}

void Asking::answered(void *asked, int status, int, unsigned char *message, int length)
{
    auto &of = *static_cast<Asked *>(asked);
    const auto octets = message && length > 0 ? std::as_bytes(std::span(message, static_cast<std::size_t>(length)))
                                              : protocol::OctetView();
    of.owner->answer(of, status, octets);
}

void Asking::answer(Asked &asked, int status, protocol::OctetView message)
{
    asked.answered = true;
    if (status == ARES_EDESTRUCTION || (status == ARES_ECANCELLED && !m_timeOver))
        return;
    capture::DnsLookup lookup;
    lookup.name = asked.question.name;
    lookup.type = nameOf(asked.question.type);
    lookup.elapsed = Clock::now() - m_start;
    auto resources = dnsResourcesOf(message);
    const bool any = resources && std::any_of(resources->begin(), resources->end(),
                                              [&](const auto &one) { return one.type == lookup.type; });
    if (resources)
        lookup.resources = std::move(*resources);
    switch (status) {
    case ARES_SUCCESS: lookup.outcome = any ? "answered" : resources ? "nodata" : "failed"; break;
    case ARES_ENODATA: lookup.outcome = "nodata"; break;
    case ARES_ENOTFOUND: lookup.outcome = "nxdomain"; break;
    case ARES_ESERVFAIL: lookup.outcome = "servfail"; break;
    case ARES_EREFUSED: lookup.outcome = "refused"; break;
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED: lookup.outcome = "timed-out"; break;
    default: lookup.outcome = "failed";
    }
    if (lookup.outcome == "failed")
        lookup.message = status == ARES_SUCCESS ? "malformed answer" : ares_strerror(status);
    if (!message.empty() || status == ARES_ETIMEOUT || status == ARES_ECANCELLED)
        lookup.server = server();
    m_report(std::move(lookup));
}

} // namespace

void DnsLookups::start(Options options, Told told)
{
    m_busy = true;
    const auto tell = [this, told = std::move(told)](std::optional<capture::DnsLookup> lookup) {
        if (!lookup)
            m_busy = false;
        told(std::move(lookup));
    };
    const auto work = [options = std::move(options)](const Reporter &report) {
        Asking(options, report).run();
        report({});
    };
    if (m_helper.start(work, tell))
        m_helper.tell({}, tell);
}

void DnsLookups::cancel()
{
    m_busy = false;
    m_helper.abandon();
}

} // namespace frameglass::transport
