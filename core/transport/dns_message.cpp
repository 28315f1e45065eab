// SPDX-License-Identifier: GPL-3.0-or-later
#include "dns_message.h"

// The functions that newer versions call deprecated are the only ones that all versions have.
#define CARES_NO_DEPRECATED
#include <ares.h>

#include <asio/ip/address.hpp>

#include <array>
#include <cstring>
#include <string>
#include <utility>

namespace frameglass::transport {

namespace {

constexpr std::size_t maximumResources = 100;
constexpr std::size_t headerOctets = 12; // RFC 1035 §4.1.1
constexpr std::size_t fixedOctets = 10;  // TYPE, CLASS, TTL, RDLENGTH (RFC 1035 §4.1.3)

/// Reads a message front to back; every step fails rather than leaves it.
class MessageReader
{
public:
    explicit MessageReader(protocol::OctetView message) : m_message(message) {}

    std::size_t left() const { return m_message.size() - m_at; }
    std::size_t at() const { return m_at; }
    bool skip(std::size_t octets)
    {
        if (octets > left())
            return false;
        m_at += octets;
        return true;
    }
    std::optional<std::uint32_t> number(std::size_t octets)
    {
        if (octets > left())
            return {};
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < octets; ++i)
            value = value << 8 | std::to_integer<std::uint32_t>(m_message[m_at++]);
        return value;
    }
    /// With what RFC 1035 §4.1.4 compressed.
    std::optional<std::string> name()
    {
        if (left() == 0)
            return {};
        char *text = nullptr;
        long length = 0;
        if (ares_expand_name(octetsAt(m_at), octetsAt(0), static_cast<int>(m_message.size()), &text, &length) !=
            ARES_SUCCESS)
            return {};
        std::string name(text);
        ares_free_string(text);
        if (!skip(static_cast<std::size_t>(length)))
            return {};
        return name;
    }
    template<std::size_t Size>
    std::optional<std::array<unsigned char, Size>> octets()
    {
        if (Size > left())
            return {};
        std::array<unsigned char, Size> copy;
        std::memcpy(copy.data(), octetsAt(m_at), Size);
        m_at += Size;
        return copy;
    }

private:
    const unsigned char *octetsAt(std::size_t at) const
    {
        return reinterpret_cast<const unsigned char *>(m_message.data()) + at;
    }

    protocol::OctetView m_message;
    std::size_t m_at = 0;
};

/// RDATA as text; nothing where it is malformed.
std::optional<std::string> dataOf(MessageReader &reader, DnsType type)
{
    switch (type) {
    case DnsType::A:
        if (const auto octets = reader.octets<4>())
            return asio::ip::address_v4(*octets).to_string();
        return {};
    case DnsType::Aaaa:
        if (const auto octets = reader.octets<16>())
            return asio::ip::address_v6(*octets).to_string();
        return {};
    case DnsType::Cname: return reader.name();
    case DnsType::Srv: {
        std::string text;
        for (int i = 0; i < 3; ++i) { // priority, weight, port
            const auto number = reader.number(2);
            if (!number)
                return {};
            text += std::to_string(*number) + ' ';
        }
        const auto target = reader.name();
        return target ? std::optional(text + *target) : std::nullopt;
    }
    }
    return {};
}

bool isKnown(std::uint32_t type)
{
    return type == static_cast<std::uint32_t>(DnsType::A) || type == static_cast<std::uint32_t>(DnsType::Aaaa) ||
           type == static_cast<std::uint32_t>(DnsType::Cname) || type == static_cast<std::uint32_t>(DnsType::Srv);
}

/// One record of the answer section into `to`. False: malformed.
bool takeResource(MessageReader &reader, std::vector<capture::DnsResource> &to)
{
    const auto name = reader.name();
    if (!name || reader.left() < fixedOctets)
        return false;
    const auto type = *reader.number(2);
    const auto recordClass = *reader.number(2);
    const auto ttl = *reader.number(4);
    const auto length = *reader.number(2);
    if (length > reader.left())
        return false;
    const auto end = reader.at() + length;
    if (isKnown(type) && recordClass == dnsInternetClass && to.size() < maximumResources) {
        const auto known = static_cast<DnsType>(type);
        auto data = dataOf(reader, known);
        if (!data || reader.at() > end)
            return false;
        to.push_back({*name, nameOf(known), std::move(*data), ttl});
    }
    return reader.skip(end - reader.at());
}

} // namespace

const char *nameOf(DnsType type)
{
    switch (type) {
    case DnsType::A: return "A";
    case DnsType::Cname: return "CNAME";
    case DnsType::Aaaa: return "AAAA";
    case DnsType::Srv: return "SRV";
    }
    return "";
}

std::optional<std::vector<capture::DnsResource>> dnsResourcesOf(protocol::OctetView message)
{
    MessageReader reader(message);
    if (message.size() < headerOctets)
        return {};
    reader.skip(4);
    const auto questions = *reader.number(2);
    const auto answers = *reader.number(2);
    reader.skip(4);
    for (std::uint32_t i = 0; i < questions; ++i) {
        if (!reader.name() || !reader.skip(4))
            return {};
    }
    std::vector<capture::DnsResource> resources;
    for (std::uint32_t i = 0; i < answers; ++i) {
        if (!takeResource(reader, resources))
            return {};
    }
    return resources;
}

} // namespace frameglass::transport
