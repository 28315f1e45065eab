// SPDX-License-Identifier: GPL-3.0-or-later
#include "http_tunnel.h"

#include <algorithm>
#include <utility>

namespace frameglass::transport {

using capture::Hop;
using protocol::Direction;
using protocol::HeadKind;

namespace {

constexpr int maximumInterimHeads = 8;
/// How long the body of a refusal may make no progress.
constexpr auto bodyIdleLimit = std::chrono::seconds(2);

} // namespace

HttpTunnel::HttpTunnel(asio::io_context &context, Proxy proxy, ProxyTarget target, Nanoseconds limit,
                       const protocol::Limits &limits)
    : ProxyOpening(context, std::move(proxy), std::move(target), limit), m_limits(limits),
      m_reader(HeadKind::Response, limits)
{}

void HttpTunnel::begin(TimePoint now)
{
    // The port is always said (RFC 9110 §9.3.6), and Host is the same (RFC 9112 §3.2).
    const auto to = hostAndPort(target().host, target().port);
    std::string request = "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n";
    if (proxy().hasCredentials())
        request += "Proxy-Authorization: Basic " +
                   protocol::toBase64(protocol::viewOf(proxy().user + ':' + proxy().password)) + "\r\n";
    request += "\r\n";
    auto octets = protocol::octetsOf(request);
    record(capture::HeadRecord{Direction::Sent, HeadKind::Request, true, octets, Hop::Proxy}, now);
    send(std::move(octets), now);
}

void HttpTunnel::answered(protocol::OctetView octets, TimePoint now)
{
    while (!m_refusal) {
        octets = octets.subspan(m_reader.feed(octets));
        if (m_reader.failed()) {
            cutShort(now);
            failed("the head of the answer is over the limit", now);
            return;
        }
        if (!m_reader.done())
            return;
        const auto head = m_reader.take();
        record(capture::HeadRecord{Direction::Received, HeadKind::Response, true, head.raw, Hop::Proxy}, now);
        if (head.status / 100 == 2) { // any of them, and what it says about a body means nothing (RFC 9110 §9.3.6)
            established({head.status, head.reason}, octets, now);
            return;
        }
        if (head.status / 100 == 1 && head.status != 101) {
            if (++m_heads > maximumInterimHeads) {
                failed("interim answers without end", now);
                return;
            }
            m_reader = protocol::HttpHeadReader(HeadKind::Response, m_limits);
            continue;
        }
        m_refusal = capture::ProxyAnswered{head.status, head.reason};
        m_body.emplace(head);
    }
    takeBody(octets, now);
}

void HttpTunnel::takeBody(protocol::OctetView octets, TimePoint now)
{
    const auto mine = octets.first(m_body->feed(octets));
    const auto kept = mine.first(std::min(mine.size(), m_limits.bodyOctets - m_bodyKept));
    m_bodyKept += kept.size();
    if (!mine.empty())
        record(capture::BodyRecord{Direction::Received, protocol::copyOf(kept), mine.size() - kept.size(), Hop::Proxy},
               now);
    if (m_body->ended())
        refused(std::move(*m_refusal), now);
    else
        limitTo(bodyIdleLimit);
}

std::optional<capture::ProxyAnswered> HttpTunnel::cutShort(TimePoint now)
{
    if (!m_refusal && !m_reader.empty() && !m_reader.done())
        record(capture::HeadRecord{Direction::Received, HeadKind::Response, false, m_reader.octets(), Hop::Proxy}, now);
    return std::exchange(m_refusal, {});
}

} // namespace frameglass::transport
