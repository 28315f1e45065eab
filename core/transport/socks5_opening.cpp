// SPDX-License-Identifier: GPL-3.0-or-later
#include "socks5_opening.h"

#include <asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace frameglass::transport {

namespace {

constexpr std::byte socksVersion{5};    // RFC 1928 §3
constexpr std::byte passwordVersion{1}; // RFC 1929 §2
constexpr std::byte noAuthentication{0};
constexpr std::byte userAndPassword{2};
constexpr std::byte connectCommand{1}; // RFC 1928 §4
constexpr std::byte addressV4{1};
constexpr std::byte addressName{3};
constexpr std::byte addressV6{4};
constexpr std::size_t replyStart = 5; // VER REP RSV ATYP and the first octet of the address
constexpr std::size_t maximumText = 255;

/// RFC 1928 §6.
const char *replyText(int reply)
{
    static constexpr std::array texts = {
        "succeeded",
        "general SOCKS server failure",
        "connection not allowed by ruleset",
        "Network unreachable",
        "Host unreachable",
        "Connection refused",
        "TTL expired",
        "Command not supported",
        "Address type not supported",
    };
    return reply >= 0 && reply < static_cast<int>(texts.size()) ? texts[static_cast<std::size_t>(reply)] : "";
}

/// Its length in one octet, then the text.
void appendText(protocol::Octets &to, std::string_view text)
{
    const auto shown = text.substr(0, maximumText);
    to.push_back(static_cast<std::byte>(shown.size()));
    protocol::append(to, protocol::viewOf(shown));
}

void appendAddress(protocol::Octets &to, const std::string &host)
{
    asio::error_code notAnAddress;
    const auto address = asio::ip::make_address(host, notAnAddress);
    if (notAnAddress) {
        to.push_back(addressName);
        appendText(to, host);
        return;
    }
    const auto add = [&to](std::byte type, const auto &octets) {
        to.push_back(type);
        protocol::append(to, std::as_bytes(std::span(octets)));
    };
    if (address.is_v4())
        add(addressV4, address.to_v4().to_bytes());
    else
        add(addressV6, address.to_v6().to_bytes());
}

} // namespace

Socks5Opening::Socks5Opening(asio::io_context &context, Proxy proxy, ProxyTarget target, Nanoseconds limit)
    : ProxyOpening(context, std::move(proxy), std::move(target), limit)
{}

void Socks5Opening::begin(TimePoint now)
{
    protocol::Octets methods{socksVersion, std::byte{1}, noAuthentication};
    if (proxy().hasCredentials()) {
        methods[1] = std::byte{2};
        methods.push_back(userAndPassword);
    }
    send(std::move(methods), now);
}

void Socks5Opening::answered(protocol::OctetView octets, TimePoint now)
{
    while (!octets.empty()) {
        const auto known = answerOctets();
        const auto wanted = known == 0 ? m_answer.size() + 1 : known;
        const auto some = std::min(octets.size(), wanted - m_answer.size());
        protocol::append(m_answer, octets.first(some));
        octets = octets.subspan(some);
        if (!isAnswer()) {
            failed("no SOCKS5 answer: 0x" + protocol::toHex(m_answer), now);
            return;
        }
        if (m_answer.size() != answerOctets())
            continue;
        if (m_step == Step::Reply && m_answer[1] == std::byte{0}) {
            established({0, replyText(0)}, octets, now);
            return;
        }
        if (!take(now))
            return;
        m_answer.clear();
    }
}

/// A refusal needs no more than its code.
std::optional<capture::ProxyAnswered> Socks5Opening::cutShort(TimePoint)
{
    if (m_step != Step::Reply || m_answer.size() < 2 || m_answer[1] == std::byte{0})
        return {};
    const int code = std::to_integer<int>(m_answer[1]);
    return capture::ProxyAnswered{code, replyText(code)};
}

std::size_t Socks5Opening::answerOctets() const
{
    if (m_step != Step::Reply)
        return 2;
    if (m_answer.size() < replyStart)
        return 0;
    const std::size_t start = 4 + 2; // what stands before the address, and the port behind it
    if (m_answer[3] == addressV4)
        return start + 4;
    if (m_answer[3] == addressV6)
        return start + 16;
    return start + 1 + std::to_integer<std::size_t>(m_answer[4]);
}

bool Socks5Opening::isAnswer() const
{
    if (m_step == Step::Credentials) // servers answer with either version
        return m_answer[0] == passwordVersion || m_answer[0] == socksVersion;
    if (m_answer[0] != socksVersion)
        return false;
    if (m_step == Step::Method || m_answer.size() < 4)
        return true;
    return m_answer[3] == addressV4 || m_answer[3] == addressV6 || m_answer[3] == addressName;
}

/// A whole answer that is not the last good one. False when it ended the step.
bool Socks5Opening::take(TimePoint now)
{
    const auto code = m_answer[1];
    switch (m_step) {
    case Step::Method:
        if (code == userAndPassword && proxy().hasCredentials()) {
            sendCredentials(now);
            return true;
        }
        if (code == noAuthentication) {
            sendRequest(now);
            return true;
        }
        refused({refusedMethods, "no acceptable methods"}, now);
        return false;
    case Step::Credentials:
        if (code == std::byte{0}) {
            sendRequest(now);
            return true;
        }
        refused({refusedCredentials, "user name and password refused"}, now);
        return false;
    case Step::Reply: refused({std::to_integer<int>(code), replyText(std::to_integer<int>(code))}, now); return false;
    }
    return false;
}

void Socks5Opening::sendCredentials(TimePoint now)
{
    protocol::Octets request{passwordVersion};
    appendText(request, proxy().user);
    appendText(request, proxy().password);
    m_step = Step::Credentials;
    send(std::move(request), now);
}

void Socks5Opening::sendRequest(TimePoint now)
{
    protocol::Octets request{socksVersion, connectCommand, std::byte{0}};
    appendAddress(request, target().host);
    request.push_back(static_cast<std::byte>(target().port >> 8));
    request.push_back(static_cast<std::byte>(target().port & 0xff));
    m_step = Step::Reply;
    send(std::move(request), now);
}

} // namespace frameglass::transport
