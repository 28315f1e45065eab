// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame.h"
#include "limits.h"
#include "utf8.h"
#include "violation.h"

#include <cstdint>
#include <optional>

namespace frameglass::protocol {

/// A message as meant: its fragments joined (RFC 6455 §5.4).
struct Message
{
    Opcode opcode = Opcode::Text; ///< Text or Binary
    Octets payload;               ///< as far as MessageAssembler::Keep says
    std::uint64_t octets = 0;     ///< of the payload, also when it is not kept
    std::uint32_t fragments = 0;
    bool compressed = false; ///< RSV1 of the first frame (RFC 7692 §6); payload is as sent until inflated
};

/// Frames of one direction → messages. Control frames do not come here; they may stand between fragments.
class MessageAssembler
{
public:
    /// Which payloads are joined in the message: a message in one frame need not be copied out of that frame.
    enum class Keep : std::uint8_t { All, Fragmented, Nothing };

    explicit MessageAssembler(const Limits &limits, Keep keep = Keep::All);

    /// Judges a data frame by its header alone: ContinuationWithoutStart, MessageInterleaved, MessageTooBig,
    /// TooManyFragments. Call before any of its payload is stored.
    std::optional<Violation> begin(const FrameHeader &header);

    /// Takes unmasked payload as it arrives. Text is validated at once; returns InvalidUtf8 and sets
    /// badOctetOffset() at the first wrong octet, once a message. A compressed text is not text yet: its octets are
    /// judged where it is inflated (RFC 7692 §6.2).
    std::optional<Violation> payload(OctetView octets);

    /// The frame is complete. Returns the message when it was the last one; `violation` is InvalidUtf8 where a
    /// text ends inside a character, unless InvalidUtf8 was returned for this message before.
    struct Ended
    {
        std::optional<Message> message;
        std::optional<Violation> violation;
    };
    Ended end();

    bool inMessage() const { return m_inMessage; }
    std::uint64_t badOctetOffset() const { return m_badOctet; } ///< inside the message
    std::uint64_t octets() const { return m_message.octets; }   ///< of the message under way

    /// Forget the message under way (observer after a violation).
    void reset();

private:
    bool isKept() const;

    Limits m_limits;
    Keep m_keep;
    Message m_message;
    Utf8Validator m_utf8;
    bool m_inMessage = false;
    bool m_finPending = false;
    bool m_utf8Failed = false; ///< said once a message
    std::uint64_t m_badOctet = 0;
};

} // namespace frameglass::protocol
