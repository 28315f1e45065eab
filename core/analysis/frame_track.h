// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"
#include "recorded.h"
#include "size_histogram.h"

#include <array>
#include <bitset>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>

namespace frameglass::analysis {

/// What a frame's header, and its place among the others of its direction, can have wrong (RFC 6455 §5). Payloads are
/// judged by the peer and come as ViolationRecord.
enum class FrameFault : std::uint8_t {
    ReservedBits,       ///< RSV2, RSV3, RSV1 without permessage-deflate or elsewhere than on a message's first frame
    ReservedOpcode,     ///< 3-7, 11-15
    ControlFragmented,  ///< FIN clear
    ControlTooLong,     ///< more than 125 octets
    ContinuationOrphan, ///< no message under way
    Interleaved,        ///< text or binary while a message is under way
    LengthNotMinimal,
    LengthTopBitSet,
    HttpText, ///< its octets read "HTTP/1.", "<ht" or "<!D"
};
inline constexpr std::size_t frameFaultCount = 9;

struct FrameFaultFact
{
    capture::RecordId record = 0; ///< of the first frame
    Nanoseconds time{0};
    protocol::FrameHeader header;
    std::uint64_t streamOffset = 0;
    std::uint64_t count = 0; ///< all frames with this fault
};

/// Sizes of the messages of one stretch of `span`, to tell many tiny ones.
struct TrafficWindow
{
    static constexpr Nanoseconds span = std::chrono::seconds(10);
    static constexpr std::size_t exactSizes = 128;
    Nanoseconds begin{0};
    capture::RecordId firstRecord = 0;
    std::uint64_t messages = 0;
    std::uint64_t payloadOctets = 0;
    std::uint64_t headerOctets = 0;
    std::uint64_t transfers = 0;     ///< reads or writes
    SizeHistogram<exactSizes> sizes; ///< payload octets of the messages
};

/// Fold over the frames of one direction of one connection. O(1) for each frame, bounded.
class FrameTrack
{
public:
    static constexpr std::size_t maximumMaskKeys = 1000;
    static constexpr std::size_t lastFramesKept = 20;

    /// `deflate`: permessage-deflate was agreed. `keepMasks`: remember masking keys to find repeated ones.
    void add(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time, bool deflate,
             bool keepMasks);
    void addTransfer() { ++m_window.transfers; }

    const std::optional<FrameFaultFact> &fault(FrameFault fault) const
    {
        return m_faults[static_cast<std::size_t>(fault)];
    }
    std::size_t differentFaults() const { return m_kinds.count(); }
    std::uint64_t faultyFrames = 0;
    std::uint64_t validBeforeFirstFault = 0;
    std::optional<Nanoseconds> firstFaultTime;
    capture::RecordId firstFaultRecord = 0;

    std::uint64_t frames = 0;
    std::uint64_t textFrames = 0;
    std::optional<capture::RecordId> firstText; ///< first frame of the first text message
    std::optional<capture::RecordId> firstBinary;
    std::uint64_t maskedFrames = 0;
    std::uint64_t zeroMasks = 0;
    std::uint64_t repeatedMasks = 0;
    std::uint64_t comparedMasks = 0; ///< while keys were remembered
    std::optional<capture::RecordId> firstMasked;
    std::optional<Recorded<protocol::FrameHeader>> firstUnmasked;
    std::optional<capture::RecordId> firstZeroMask;
    std::optional<capture::RecordId> firstRepeatedMask;

    std::optional<Recorded<protocol::FrameHeader>> longest;   ///< by announced payload
    std::optional<Recorded<capture::FrameRecord>> incomplete; ///< last one whose payload was cut short; no payload kept
    std::deque<capture::RecordId> lastFrames;                 ///< newest last

    std::map<std::uint32_t, std::uint64_t> fragmentsHistogram; ///< fragments a message → messages; bounded
    std::optional<Recorded<std::uint32_t>> mostFragments;      ///< at the last frame of that message
    std::uint64_t fragmentedMessages = 0;
    std::uint64_t smallestFragment = 0; ///< payload octets, over fragments that do not end a message
    std::uint64_t largestFragment = 0;
    std::uint64_t openFragments = 0; ///< fragments with FIN clear
    std::uint64_t messages = 0;
    std::uint64_t lastMessageOctets = 0;
    capture::RecordId lastMessageRecord = 0;

    std::optional<TrafficWindow> busiestWindow; ///< the complete one with the most messages

private:
    void note(FrameFault fault, const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time);
    bool judge(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time, bool deflate);
    void countMask(const protocol::MaskKey &key, capture::RecordId record);
    void countMessage(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time);
    void countWindow(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time);

    std::array<std::optional<FrameFaultFact>, frameFaultCount> m_faults;
    std::bitset<frameFaultCount> m_kinds;
    std::set<std::uint32_t> m_maskKeys;
    bool m_inMessage = false;
    std::uint32_t m_fragments = 0;
    std::uint64_t m_messageOctets = 0;
    TrafficWindow m_window;
};

} // namespace frameglass::analysis
