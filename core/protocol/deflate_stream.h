// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "octets.h"

#include <cstdint>
#include <memory>
#include <string_view>

struct z_stream_s;

/// The two directions of permessage-deflate on the payloads of one connection (RFC 7692 §7.2), on zlib. Negotiation is
/// in permessage_deflate.h; what a frame may look like is the peer's judgement. zlib's memory is taken with the first
/// compressed octet, so a connection that never compresses costs nothing.
namespace frameglass::protocol {

inline constexpr int smallestWindowBits = 8;
inline constexpr int largestWindowBits = 15;

/// How the messages of one direction are compressed.
struct DeflateWindow
{
    int bits = largestWindowBits; ///< 8 to 15: the sender's LZ77 window is 2^bits octets
    bool keepsContext = true;     ///< context takeover (RFC 7692 §7.1.1): a message may refer to those before it
    friend bool operator==(const DeflateWindow &, const DeflateWindow &) = default;
};

/// Inflates the messages of one direction, piece by piece, never beyond what the caller has room for. A sender that
/// looks back further than its window is understood all the same.
class Inflater
{
public:
    enum class Result : std::uint8_t {
        Good,
        Corrupt, ///< not DEFLATE, or it refers to octets that never came: error() says which
        TooBig   ///< there is more than `mostOctets` allows
    };

    explicit Inflater(DeflateWindow window);
    ~Inflater();
    Inflater(Inflater &&) noexcept;
    Inflater &operator=(Inflater &&) noexcept;

    /// Appends what `octets`, the next of the message as sent, inflate to; `to` grows by at most `mostOctets`. After
    /// anything but Good nothing may be fed before reset(); what was appended until then is right.
    Result feed(OctetView octets, Octets &to, std::uint64_t mostOctets);

    /// The message is complete: supplies the four octets that its sender left out (RFC 7692 §7.2.2). Corrupt where the
    /// message ends inside a block.
    Result endMessage(Octets &to, std::uint64_t mostOctets);

    /// Forgets the message under way and all context.
    void reset();

    /// zlib's own English words, or ours, for the last Corrupt.
    std::string_view error() const { return m_error; }

private:
    bool ready();
    Result inflateInto(OctetView octets, Octets &to, std::uint64_t &room, std::size_t step);

    struct End
    {
        void operator()(z_stream_s *stream) const;
    };
    DeflateWindow m_window;
    std::unique_ptr<z_stream_s, End> m_stream;
    std::string_view m_error;
    bool m_behindFinalBlock = false; ///< a block with BFINAL ended just here (RFC 7692 §7.2.3.4)
};

/// Deflates the messages of one direction.
class Deflater
{
public:
    explicit Deflater(DeflateWindow window);
    ~Deflater();
    Deflater(Deflater &&) noexcept;
    Deflater &operator=(Deflater &&) noexcept;

    /// Appends the payload of a frame that carries the message's next octets (RFC 7692 §7.2.1). What a frame carries
    /// can be inflated without those after it. False when zlib has no memory; nothing was appended then.
    bool append(OctetView fragment, bool fin, Octets &to);

private:
    bool ready();

    struct End
    {
        void operator()(z_stream_s *stream) const;
    };
    DeflateWindow m_window;
    std::unique_ptr<z_stream_s, End> m_stream;
};

} // namespace frameglass::protocol
