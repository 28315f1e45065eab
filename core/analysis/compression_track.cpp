// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression_track.h"

#include "core/protocol/handshake.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace frameglass::analysis {

namespace {

std::vector<protocol::Extension> deflateIn(const protocol::HttpHead &head)
{
    auto all = protocol::extensionsOf(head);
    std::erase_if(all, [](const auto &extension) { return extension.name != protocol::permessageDeflate; });
    return all;
}

unsigned doublings(std::uint64_t octets)
{
    return octets == 0 ? 0 : static_cast<unsigned>(std::bit_width(octets - 1));
}

/// Text that is UTF-8 cannot begin like gzip, zstd or zlib's usual levels, so only binary messages are looked at.
std::optional<OwnCompression> ownCompressionOf(const capture::FrameRecord &frame)
{
    if (!frame.header.is(protocol::Opcode::Binary) || !frame.inflated ||
        frame.inflated->octets < frame.inflated->begin.size())
        return {};
    const auto octet = [&](std::size_t i) { return std::to_integer<unsigned>(frame.inflated->begin[i]); };
    if (octet(0) == 0x1f && octet(1) == 0x8b && octet(2) == 8) // RFC 1952 §2.3.1
        return OwnCompression::Gzip;
    if (octet(0) == 0x28 && octet(1) == 0xb5 && octet(2) == 0x2f && octet(3) == 0xfd) // RFC 8878 §3.1.1
        return OwnCompression::Zstd;
    // RFC 1950 §2.2: deflate with a window of 32 KiB, no dictionary, and a header that is a multiple of 31.
    if (octet(0) == 0x78 && (octet(1) & 0x20) == 0 && (octet(0) << 8 | octet(1)) % 31 == 0)
        return OwnCompression::Zlib;
    return {};
}

} // namespace

double CompressedSize::inflation() const
{
    return static_cast<double>(inflatedOctets) / static_cast<double>(std::max<std::uint64_t>(wireOctets, 1));
}

std::optional<double> CompressionFlow::ratio() const
{
    if (inflatedOctets == 0)
        return {};
    return static_cast<double>(wireOctets) / static_cast<double>(inflatedOctets);
}

std::optional<Recorded<CompressedSize>> CompressionFlow::largestInflation(std::uint64_t above) const
{
    const auto from = above == 0 ? m_largestInflations.begin() : m_largestInflations.upper_bound(doublings(above));
    const auto largest = std::max_element(from, m_largestInflations.end(), [](const auto &a, const auto &b) {
        return a.second.value.inflation() < b.second.value.inflation();
    });
    return largest == m_largestInflations.end() ? std::nullopt : std::optional(largest->second);
}

void CompressionFlow::add(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time, bool deflate)
{
    const auto &header = frame.header;
    if (header.isControl() || header.isReservedOpcode())
        return;
    const bool continuation = header.is(protocol::Opcode::Continuation);
    if (!continuation || !m_inMessage)
        begin(frame, record, time, deflate && !continuation && (header.rsv & protocol::rsv1) != 0);
    m_inMessage = !header.fin;
    if (!m_compressed) {
        plainMessages += header.fin ? 1 : 0;
        return;
    }
    if (frame.inflated) {
        wireOctets += frame.payloadOctets;
        inflatedOctets += frame.inflated->octets;
        // A file can say anything.
        cost += std::clamp(frame.inflated->cost, Nanoseconds(0), Nanoseconds::max() - cost);
        m_message.wireOctets += frame.payloadOctets;
        m_message.inflatedOctets += frame.inflated->octets;
    } else {
        ++unreadFrames;
    }
    if (header.fin)
        endCompressed(record, time);
}

void CompressionFlow::begin(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time,
                            bool compressed)
{
    m_compressed = compressed;
    m_message = {};
    if (!compressed)
        return;
    ++m_begun;
    const auto own = ownCompressionOf(frame);
    if (!own)
        return;
    ++ownCompressed;
    if (!firstOwnCompressed)
        firstOwnCompressed = {record, time, *own};
}

void CompressionFlow::endCompressed(capture::RecordId record, Nanoseconds time)
{
    ++compressedMessages;
    sizes.add(m_message.inflatedOctets);
    const auto [place, fresh] = m_largestInflations.try_emplace(doublings(m_message.inflatedOctets));
    if (fresh || m_message.inflation() > place->second.value.inflation())
        place->second = {record, time, m_message};
}

void CompressionFlow::addFailure(const capture::ViolationRecord &violation, capture::RecordId frame,
                                 capture::RecordId record, Nanoseconds time)
{
    if (!firstFailure)
        firstFailure = {record, time, {violation.detail, frame, m_begun - std::min<std::uint64_t>(m_begun, 1)}};
}

void CompressionTrack::addRequest(const protocol::HttpHead &request)
{
    offered = deflateIn(request);
    m_requestKnown = true;
}

void CompressionTrack::addResponse(const protocol::HttpHead &response)
{
    const auto chosen = response.status == 101 ? deflateIn(response) : std::vector<protocol::Extension>();
    answered = chosen.empty() ? std::nullopt : std::optional(chosen.front());
    agreed = protocol::deflateAgreement(chosen, m_requestKnown ? &offered : nullptr);
}

void CompressionTrack::add(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time)
{
    (frame.direction == capture::Direction::Sent ? sent : received).add(frame, record, time, agreed.has_value());
}

void CompressionTrack::add(const capture::ViolationRecord &violation, capture::RecordId frame, capture::RecordId record,
                           Nanoseconds time)
{
    if (violation.violation == protocol::Violation::InflateFailed)
        (violation.direction == capture::Direction::Sent ? sent : received).addFailure(violation, frame, record, time);
}

} // namespace frameglass::analysis
