// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"
#include "core/protocol/permessage_deflate.h"
#include "recorded.h"
#include "size_histogram.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace frameglass::analysis {

/// What the octets of a message begin with when the application has compressed them itself.
enum class OwnCompression : std::uint8_t { Gzip, Zlib, Zstd };

/// A compressed message: its payload as sent and as meant.
struct CompressedSize
{
    std::uint64_t wireOctets = 0;
    std::uint64_t inflatedOctets = 0;

    /// How many octets each octet as sent became.
    double inflation() const;
};

struct InflateFailure
{
    std::string detail;               ///< why, in zlib's words
    capture::RecordId frame = 0;      ///< at which it failed; 0 where it is not known
    std::uint64_t messagesBefore = 0; ///< compressed ones that had begun before this one
};

/// Fold over the data frames of one direction. O(1) for each frame, bounded.
class CompressionFlow
{
public:
    static constexpr std::size_t exactSizes = 512;

    std::uint64_t compressedMessages = 0; ///< whole ones
    std::uint64_t plainMessages = 0;
    std::uint64_t wireOctets = 0;     ///< payload of compressed messages as sent, of those under way too
    std::uint64_t inflatedOctets = 0; ///< the same as meant
    Nanoseconds cost{0};              ///< of inflating what was received, of deflating what was sent
    std::uint64_t unreadFrames = 0;   ///< of compressed messages, not inflated by whoever recorded them
    SizeHistogram<exactSizes> sizes;  ///< of whole compressed messages, as meant

    std::uint64_t ownCompressed = 0; ///< compressed binary messages that the application had compressed before
    std::optional<Recorded<OwnCompression>> firstOwnCompressed;
    std::optional<Recorded<InflateFailure>> firstFailure;

    bool anyCompressed() const { return m_begun > 0; }
    /// Octets as sent for each octet as meant; nothing where nothing was inflated.
    std::optional<double> ratio() const;
    /// The whole message of more than `above` octets as meant that grew the most; at its last frame. Right to the octet
    /// where `above` is 0 or a power of two, else among those larger than the next one.
    std::optional<Recorded<CompressedSize>> largestInflation(std::uint64_t above = 0) const;

    /// `deflate`: permessage-deflate was agreed, so that RSV1 means compression (RFC 7692 §6).
    void add(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time, bool deflate);
    void addFailure(const capture::ViolationRecord &violation, capture::RecordId frame, capture::RecordId record,
                    Nanoseconds time);

private:
    void begin(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time, bool compressed);
    void endCompressed(capture::RecordId record, Nanoseconds time);

    /// By how many doublings of one octet hold a message as meant.
    std::map<unsigned, Recorded<CompressedSize>> m_largestInflations;
    std::uint64_t m_begun = 0;
    bool m_inMessage = false;
    bool m_compressed = false; ///< the message under way
    CompressedSize m_message;
};

/// What was negotiated of permessage-deflate and what it did in each direction.
class CompressionTrack
{
public:
    std::vector<protocol::Extension> offered;    ///< elements that name it, in order
    std::optional<protocol::Extension> answered; ///< the first that a 101 named
    std::optional<protocol::DeflateAgreement> agreed;

    CompressionFlow sent;
    CompressionFlow received;
    const CompressionFlow &flow(capture::Direction direction) const
    {
        return direction == capture::Direction::Sent ? sent : received;
    }

    void addRequest(const protocol::HttpHead &request);
    void addResponse(const protocol::HttpHead &response);
    void add(const capture::FrameRecord &frame, capture::RecordId record, Nanoseconds time);
    void add(const capture::ViolationRecord &violation, capture::RecordId frame, capture::RecordId record,
             Nanoseconds time);

private:
    bool m_requestKnown = false;
};

} // namespace frameglass::analysis
