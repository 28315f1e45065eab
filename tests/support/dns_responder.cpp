// SPDX-License-Identifier: GPL-3.0-or-later
#include "dns_responder.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cctype>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace frameglass::test {

namespace {

constexpr std::size_t headerOctets = 12;

std::string questionName(const std::string &message, std::size_t &at)
{
    std::string name;
    while (at < message.size() && message[at] != 0) {
        const auto length = static_cast<std::size_t>(static_cast<unsigned char>(message[at]));
        name += (name.empty() ? "" : ".") + message.substr(at + 1, length);
        at += 1 + length;
    }
    ++at;
    for (char &c : name)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return name;
}

std::string answerTo(const std::string &query, std::size_t questionEnd, const DnsResponder::Answer &answer)
{
    if (!answer.raw.empty())
        return query.substr(0, 2) + answer.raw;
    // Response, recursion desired and available.
    std::string message = query.substr(0, 2) + "\x81" + static_cast<char>(0x80 | answer.rcode) + dnsNumber(1) +
                          dnsNumber(static_cast<int>(answer.resources.size())) + dnsNumber(0) + dnsNumber(0) +
                          query.substr(headerOctets, questionEnd - headerOctets);
    for (const auto &resource : answer.resources)
        message += dnsName(resource.name) + dnsNumber(resource.type) + dnsNumber(1) +
                   dnsNumber(static_cast<int>(resource.ttl >> 16)) +
                   dnsNumber(static_cast<int>(resource.ttl & 0xffff)) +
                   dnsNumber(static_cast<int>(resource.data.size())) + resource.data;
    return message;
}

} // namespace

std::string dnsNumber(int value)
{
    return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string dnsName(const std::string &name)
{
    std::string octets;
    std::istringstream labels(name);
    for (std::string label; std::getline(labels, label, '.');)
        octets += static_cast<char>(label.size()) + label;
    return octets + '\0';
}

DnsResponder::DnsResponder(Script script) : m_socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof at;
    if (::bind(m_socket.descriptor(), reinterpret_cast<sockaddr *>(&at), sizeof at) != 0 ||
        ::getsockname(m_socket.descriptor(), reinterpret_cast<sockaddr *>(&at), &length) != 0)
        throw std::runtime_error("cannot bind a UDP port of loopback");
    m_port = ntohs(at.sin_port);
    m_thread = std::thread([this, script = std::move(script)] { run(script); });
}

DnsResponder::~DnsResponder()
{
    m_stop = true;
    m_thread.join();
}

void DnsResponder::run(const Script &script)
{
    while (!m_stop) {
        pollfd entry{m_socket.descriptor(), POLLIN, 0};
        if (::poll(&entry, 1, 20) != 1)
            continue;
        std::array<char, 2048> buffer;
        sockaddr_in from{};
        socklen_t length = sizeof from;
        const auto count = ::recvfrom(m_socket.descriptor(), buffer.data(), buffer.size(), 0,
                                      reinterpret_cast<sockaddr *>(&from), &length);
        if (count < static_cast<ssize_t>(headerOctets))
            continue;
        ++m_asked;
        const std::string query(buffer.data(), static_cast<std::size_t>(count));
        std::size_t at = headerOctets;
        const auto name = questionName(query, at);
        const int type = static_cast<unsigned char>(query.at(at)) << 8 | static_cast<unsigned char>(query.at(at + 1));
        if (const auto answer = script(name, type)) {
            const auto message = answerTo(query, at + 4, *answer);
            static_cast<void>(::sendto(m_socket.descriptor(), message.data(), message.size(), 0,
                                       reinterpret_cast<sockaddr *>(&from), length));
        }
    }
}

} // namespace frameglass::test
