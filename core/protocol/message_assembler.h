// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deflate_stream.h"
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
    Opcode opcode = Opcode::Text;  ///< Text or Binary
    Octets payload;                ///< as meant, as far as MessageAssembler::Keep says
    std::uint64_t octets = 0;      ///< of the payload as sent, also when it is not kept
    std::uint64_t octetsMeant = 0; ///< inflated; the same as `octets` where it is not compressed
    std::uint32_t fragments = 0;
    bool compressed = false; ///< RSV1 of the first frame (RFC 7692 §6)
};

/// Frames of one direction → messages, inflated where permessage-deflate is agreed. Control frames do not come here;
/// they may stand between fragments.
class MessageAssembler
{
public:
    /// Which payloads are joined in the message: a message in one frame need not be copied out of that frame.
    enum class Keep : std::uint8_t { All, Fragmented, Nothing };

    explicit MessageAssembler(const Limits &limits, Keep keep = Keep::All);

    /// From now on compressed messages are inflated. Without this their payload passes as sent, and unjudged.
    void inflateWith(DeflateWindow window) { m_inflater.emplace(window); }
    void inflateNothing() { m_inflater.reset(); }

    /// Judges a data frame by its header alone: ContinuationWithoutStart, MessageInterleaved, MessageTooBig,
    /// TooManyFragments. Call before any of its payload is stored.
    std::optional<Violation> begin(const FrameHeader &header);

    /// Takes unmasked payload as it arrives, inflates it and validates text at once. Returns, each once a message,
    /// InvalidUtf8 at the first wrong octet (badOctetOffset() is set), InflateFailed or InflatedTooBig; after the last
    /// two the rest of the message is not inflated.
    std::optional<Violation> payload(OctetView octets);

    /// The frame is complete. Returns the message when it was the last one; `violation` is InvalidUtf8 where a
    /// text ends inside a character, unless InvalidUtf8 was returned for this message before, or InflateFailed where a
    /// compressed one ends inside a block.
    struct Ended
    {
        std::optional<Message> message;
        std::optional<Violation> violation;
    };
    Ended end();

    bool inMessage() const { return m_inMessage; }
    bool inflates() const { return m_message.compressed && m_inflater.has_value(); } ///< the message under way
    std::uint64_t badOctetOffset() const { return m_badOffset; }                     ///< inside the message as meant
    /// Its value; nothing where the text ended too early.
    std::optional<std::byte> badOctet() const { return m_badOctet; }
    std::uint64_t octets() const { return m_message.octets; } ///< of the message under way, as sent
    /// What is wrong with the last message that did not inflate, in zlib's words.
    std::string_view inflateError() const { return m_inflater ? m_inflater->error() : std::string_view(); }

    /// What the payload taken since the last call inflated to.
    Octets takeInflated();

    /// Forget the message under way (observer after a violation), and with it what later ones may refer to.
    void reset();

private:
    void clear();
    bool isKept() const;
    std::optional<Violation> judge(OctetView meant);
    std::optional<Violation> judgeInflated(Inflater::Result result, std::size_t before);
    std::uint64_t inflateRoom() const { return m_limits.inflatedOctets - m_message.octetsMeant; }

    Limits m_limits;
    Keep m_keep;
    Message m_message;
    Utf8Validator m_utf8;
    std::optional<Inflater> m_inflater;
    Octets m_inflated;                 ///< of the frame under way
    bool m_inflateEnded = false;       ///< this message cannot be inflated any further
    std::optional<Violation> m_unsaid; ///< found together with another
    bool m_inMessage = false;
    bool m_finPending = false;
    bool m_utf8Failed = false; ///< said once a message
    std::uint64_t m_badOffset = 0;
    std::optional<std::byte> m_badOctet;
};

} // namespace frameglass::protocol
