// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame_track.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace frameglass::analysis {

namespace {

constexpr std::size_t maximumHistogramRows = 1000;

/// Whether the frame's own octets are text of an HTTP answer. A letter has its top bit clear, so such a "frame" is
/// never masked and its length stands in the second octet.
bool readsAsHttp(const capture::FrameRecord &frame)
{
    if (frame.header.fin) // "H" and "<" have the top bit clear
        return false;
    protocol::Octets octets;
    protocol::appendFrameHeader(octets, frame.header);
    const std::size_t known = std::min<std::size_t>(frame.payload.size(), 8);
    octets.insert(octets.end(), frame.payload.begin(), frame.payload.begin() + static_cast<std::ptrdiff_t>(known));
    const auto text = protocol::textOf(octets);
    const auto begins = [&](std::string_view wanted) {
        const auto common = std::min(wanted.size(), text.size());
        return common >= 2 && text.substr(0, common) == wanted.substr(0, common);
    };
    return begins("HTTP/1.") || begins("<ht") || begins("<!D");
}

} // namespace

void FrameTrack::add(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time, bool deflate,
                     bool keepMasks)
{
    ++frames;
    lastFrames.push_back(record);
    if (lastFrames.size() > lastFramesKept)
        lastFrames.pop_front();
    if (!longest || frame.header.payloadLength > longest->value.payloadLength)
        longest = {record, time, frame.header};
    if (!frame.complete()) {
        incomplete = {record, time, frame};
        incomplete->value.payload.clear();
    }
    if (frame.header.maskKey) {
        ++maskedFrames;
        if (!firstMasked)
            firstMasked = record;
        if (keepMasks)
            countMask(*frame.header.maskKey, record);
    } else if (!firstUnmasked) {
        firstUnmasked = {record, time, frame.header};
    }
    if (judge(frame, record, time, deflate)) {
        ++faultyFrames;
        if (!firstFaultTime) {
            firstFaultTime = time;
            firstFaultRecord = record;
        }
    } else if (!firstFaultTime) {
        ++validBeforeFirstFault;
    }
    if (!frame.header.isControl() && !frame.header.isReservedOpcode())
        countMessage(frame, record, time);
}

void FrameTrack::note(FrameFault fault, const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time)
{
    auto &fact = m_faults[static_cast<std::size_t>(fault)];
    if (!fact)
        fact = {record, time, frame.header, frame.streamOffset, 0};
    ++fact->count;
    m_kinds.set(static_cast<std::size_t>(fault));
}

bool FrameTrack::judge(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time, bool deflate)
{
    const auto &header = frame.header;
    bool faulty = false;
    const auto check = [&](bool broken, FrameFault fault) {
        if (broken)
            note(fault, frame, record, time);
        faulty = faulty || broken;
    };
    const bool data = !header.isControl() && !header.isReservedOpcode();
    const bool continuation = header.is(protocol::Opcode::Continuation);
    // RFC 7692 §6: RSV1 marks a compressed message on its first frame only.
    const bool compressed = deflate && data && !continuation;
    check((header.rsv & ~(compressed ? protocol::rsv1 : 0)) != 0, FrameFault::ReservedBits);
    check(header.isReservedOpcode(), FrameFault::ReservedOpcode);
    check(header.isControl() && !header.fin, FrameFault::ControlFragmented);
    check(header.isControl() && header.payloadLength > protocol::maximumControlPayload, FrameFault::ControlTooLong);
    check(continuation && !m_inMessage, FrameFault::ContinuationOrphan);
    check(data && !continuation && m_inMessage, FrameFault::Interleaved);
    check(header.lengthOctets > protocol::minimalLengthOctets(header.payloadLength), FrameFault::LengthNotMinimal);
    check(header.payloadLength >> 63 != 0, FrameFault::LengthTopBitSet);
    check(readsAsHttp(frame), FrameFault::HttpText);
    return faulty;
}

void FrameTrack::countMask(const protocol::MaskKey &key, capture::RecordId record)
{
    std::uint32_t number = 0;
    std::memcpy(&number, key.data(), sizeof number);
    if (number == 0) {
        ++zeroMasks;
        if (!firstZeroMask)
            firstZeroMask = record;
    }
    if (m_maskKeys.size() >= maximumMaskKeys)
        return;
    ++comparedMasks;
    if (!m_maskKeys.insert(number).second) {
        ++repeatedMasks;
        if (!firstRepeatedMask)
            firstRepeatedMask = record;
    }
}

void FrameTrack::countMessage(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time)
{
    const auto &header = frame.header;
    if (header.is(protocol::Opcode::Text))
        ++textFrames;
    if (header.is(protocol::Opcode::Text) && !firstText)
        firstText = record;
    if (header.is(protocol::Opcode::Binary) && !firstBinary)
        firstBinary = record;
    if (!header.is(protocol::Opcode::Continuation) || !m_inMessage) {
        m_fragments = 0;
        m_messageOctets = 0;
    }
    ++m_fragments;
    m_messageOctets += frame.payloadOctets;
    m_inMessage = !header.fin;
    if (!header.fin) {
        smallestFragment = openFragments == 0 ? frame.payloadOctets : std::min(smallestFragment, frame.payloadOctets);
        largestFragment = std::max(largestFragment, frame.payloadOctets);
        ++openFragments;
        return;
    }
    ++messages;
    lastMessageOctets = m_messageOctets;
    lastMessageRecord = record;
    if (m_fragments > 1)
        ++fragmentedMessages;
    if (!mostFragments || m_fragments > mostFragments->value)
        mostFragments = {record, time, m_fragments};
    if (fragmentsHistogram.size() < maximumHistogramRows || fragmentsHistogram.contains(m_fragments))
        ++fragmentsHistogram[m_fragments];
    countWindow(frame, record, time);
}

void FrameTrack::countWindow(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time)
{
    if (m_window.firstRecord == 0 || time - m_window.begin >= TrafficWindow::span) {
        if (m_window.firstRecord != 0 && (!busiestWindow || m_window.messages > busiestWindow->messages))
            busiestWindow = m_window;
        m_window = {};
        m_window.begin = time;
        m_window.firstRecord = record;
    }
    ++m_window.messages;
    m_window.payloadOctets += m_messageOctets;
    m_window.headerOctets += frame.header.headerOctets() * m_fragments;
    m_window.sizes.add(m_messageOctets);
}

} // namespace frameglass::analysis
