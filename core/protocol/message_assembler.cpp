// SPDX-License-Identifier: GPL-3.0-or-later
#include "message_assembler.h"

#include <utility>

namespace frameglass::protocol {

MessageAssembler::MessageAssembler(const Limits &limits, Keep keep) : m_limits(limits), m_keep(keep) {}

std::optional<Violation> MessageAssembler::begin(const FrameHeader &header)
{
    const bool continues = header.is(Opcode::Continuation);
    if (continues && !m_inMessage)
        return Violation::ContinuationWithoutStart;
    if (!continues && m_inMessage)
        return Violation::MessageInterleaved;
    if (header.payloadLength > m_limits.messageOctets - m_message.octets)
        return Violation::MessageTooBig;
    if (m_message.fragments >= m_limits.fragmentsPerMessage)
        return Violation::TooManyFragments;

    if (!continues) {
        m_message.opcode = static_cast<Opcode>(header.opcode);
        m_message.compressed = (header.rsv & rsv1) != 0;
        m_inMessage = true;
    }
    ++m_message.fragments;
    m_finPending = header.fin;
    return std::nullopt;
}

bool MessageAssembler::isKept() const
{
    const bool fragmented = m_message.fragments > 1 || !m_finPending;
    return m_keep == Keep::All || (m_keep == Keep::Fragmented && fragmented);
}

/// Takes the next octets as meant, or as sent where nothing inflates them.
std::optional<Violation> MessageAssembler::judge(OctetView meant)
{
    const std::uint64_t before = m_message.octetsMeant;
    m_message.octetsMeant += meant.size();
    if (isKept())
        append(m_message.payload, meant);
    const bool readable = !m_message.compressed || m_inflater;
    if (m_message.opcode != Opcode::Text || m_utf8Failed || !readable)
        return std::nullopt;
    const std::size_t good = m_utf8.feed(meant);
    if (good == meant.size())
        return std::nullopt;
    m_utf8Failed = true;
    m_badOffset = before + good;
    m_badOctet = meant[good];
    return Violation::InvalidUtf8;
}

/// Judges what stands in the inflated octets behind `before`.
std::optional<Violation> MessageAssembler::judgeInflated(Inflater::Result result, std::size_t before)
{
    const auto textFault = judge(OctetView(m_inflated).subspan(before));
    if (result == Inflater::Result::Good)
        return textFault;
    m_inflateEnded = true;
    m_inflater->reset();
    const auto fault = result == Inflater::Result::TooBig ? Violation::InflatedTooBig : Violation::InflateFailed;
    if (!textFault)
        return fault;
    m_unsaid = fault;
    return textFault;
}

std::optional<Violation> MessageAssembler::payload(OctetView octets)
{
    m_message.octets += octets.size();
    if (!inflates())
        return judge(octets);
    if (m_inflateEnded)
        return std::nullopt;
    const std::size_t before = m_inflated.size();
    return judgeInflated(m_inflater->feed(octets, m_inflated, inflateRoom()), before);
}

MessageAssembler::Ended MessageAssembler::end()
{
    Ended ended;
    ended.violation = std::exchange(m_unsaid, {});
    if (!m_finPending)
        return ended;
    if (inflates() && !m_inflateEnded) {
        const std::size_t before = m_inflated.size();
        ended.violation = judgeInflated(m_inflater->endMessage(m_inflated, inflateRoom()), before);
    }
    if (!ended.violation && !m_inflateEnded && !m_utf8Failed && !m_utf8.atBoundary()) {
        m_badOffset = m_message.octetsMeant;
        m_badOctet.reset();
        ended.violation = Violation::InvalidUtf8;
    }
    ended.message = std::move(m_message);
    clear();
    return ended;
}

Octets MessageAssembler::takeInflated()
{
    // What was guessed too large is not kept so.
    if (m_inflated.capacity() / 2 > m_inflated.size() + 4096)
        m_inflated.shrink_to_fit();
    return std::exchange(m_inflated, {});
}

void MessageAssembler::reset()
{
    if (m_inMessage && inflates())
        m_inflater->reset();
    m_unsaid.reset();
    clear();
}

void MessageAssembler::clear()
{
    m_message = {};
    m_utf8.reset();
    m_inMessage = false;
    m_finPending = false;
    m_utf8Failed = false;
    m_inflateEnded = false;
}

} // namespace frameglass::protocol
