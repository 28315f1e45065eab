// SPDX-License-Identifier: GPL-3.0-or-later
#include "deflate_stream.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

namespace frameglass::protocol {

namespace {
/// What a sync flush ends with, and what a sender removes from the end of each message (RFC 7692 §7.2.1 step 3).
constexpr std::array<std::byte, 4> flushTail = {std::byte{0x00}, std::byte{0x00}, std::byte{0xFF}, std::byte{0xFF}};

/// An empty stored block without its tail: a fragment, or a message, of no octets (RFC 7692 §7.2.3.6).
constexpr std::byte emptyBlock{0x00};

/// Growing by doubling up to here, then at once to all that is allowed: pages that are not written to take no memory,
/// so the old and the new buffer together never hold more than the limit and this.
constexpr std::size_t doublingOctets = 512 * 1024;
constexpr std::size_t smallestStep = 512;
constexpr std::size_t largestStep = 64 * 1024;
constexpr std::size_t tailStep = 16; ///< what the tail of a message brings, as a rule nothing

// zlib.h: data_type has this bit while no block is under way.
constexpr int betweenBlocks = 128;

uInt chunkOf(std::size_t size)
{
    return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

Bytef *writable(std::byte *octets)
{
    return reinterpret_cast<Bytef *>(octets);
}

/// zlib's interface takes input without const and does not write to it.
Bytef *readable(OctetView octets)
{
    return reinterpret_cast<Bytef *>(
        const_cast<std::byte *>(octets.data())); // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

void makeRoom(Octets &to, std::size_t more, std::uint64_t mostMore)
{
    const std::size_t needed = to.size() + more;
    if (needed <= to.capacity())
        return;
    if (needed <= doublingOctets)
        to.reserve(std::min<std::size_t>(doublingOctets, std::max(needed, to.capacity() * 2)));
    else
        to.reserve(std::max(needed, to.size() + static_cast<std::size_t>(mostMore)));
}
} // namespace

// -- inflating ------------------------------------------------------------------------------------------------------

void Inflater::End::operator()(z_stream_s *stream) const
{
    inflateEnd(stream);
    delete stream;
}

Inflater::Inflater(DeflateWindow window) : m_window(window) {}

Inflater::~Inflater() = default;
Inflater::Inflater(Inflater &&) noexcept = default;
Inflater &Inflater::operator=(Inflater &&) noexcept = default;

bool Inflater::ready()
{
    if (m_stream)
        return true;
    auto stream = std::make_unique<z_stream>();
    // Negative: raw DEFLATE, without zlib's head and checksum. The largest window whatever was agreed on: zlib holds a
    // sender to a smaller one only where it looks back beyond what one call has brought, so that the reads would
    // decide what a message means.
    if (inflateInit2(stream.get(), -largestWindowBits) != Z_OK) {
        m_error = "no memory to inflate with";
        return false;
    }
    m_stream.reset(stream.release());
    return true;
}

void Inflater::reset()
{
    if (m_stream)
        inflateReset(m_stream.get());
    m_behindFinalBlock = false;
}

Inflater::Result Inflater::inflateInto(OctetView octets, Octets &to, std::uint64_t &room, std::size_t step)
{
    z_stream &stream = *m_stream;
    while (true) {
        // A block with BFINAL ends the stream for zlib, not the message: the next stream begins with the same window.
        if (m_behindFinalBlock && !octets.empty()) {
            inflateResetKeep(&stream);
            m_behindFinalBlock = false;
        }
        // One octet that nobody keeps tells whether there would be more than there is room for.
        std::byte probe{};
        const std::size_t before = to.size();
        const auto space = static_cast<std::size_t>(std::min<std::uint64_t>(room, step));
        if (space > 0) {
            makeRoom(to, space + tailStep, room);
            to.resize(before + space);
        }
        const uInt given = chunkOf(octets.size());
        const uInt offered = space > 0 ? chunkOf(space) : 1;
        stream.next_in = readable(octets);
        stream.avail_in = given;
        stream.next_out = space > 0 ? writable(to.data() + before) : writable(&probe);
        stream.avail_out = offered;
        const int result = inflate(&stream, Z_SYNC_FLUSH);
        const std::size_t written = offered - stream.avail_out;
        octets = octets.subspan(given - stream.avail_in);
        if (space > 0) {
            to.resize(before + written);
            room -= written;
        } else if (written > 0) {
            return Result::TooBig;
        }
        if (result == Z_STREAM_END) {
            m_behindFinalBlock = true;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            m_error = stream.msg              ? std::string_view(stream.msg)
                      : result == Z_MEM_ERROR ? std::string_view("no memory to inflate with")
                                              : std::string_view("a preset dictionary is asked for");
            return Result::Corrupt;
        }
        const bool outputFull = stream.avail_out == 0;
        if (octets.empty() && !outputFull)
            return Result::Good;
        step = std::min(step * 2, largestStep);
    }
}

Inflater::Result Inflater::feed(OctetView octets, Octets &to, std::uint64_t mostOctets)
{
    if (octets.empty())
        return Result::Good;
    if (!ready())
        return Result::Corrupt;
    const std::size_t likely = std::clamp<std::size_t>(octets.size() * 4, smallestStep, largestStep);
    return inflateInto(octets, to, mostOctets, likely);
}

Inflater::Result Inflater::endMessage(Octets &to, std::uint64_t mostOctets)
{
    if (!ready())
        return Result::Corrupt;
    // A message that ends with a final block is complete as it is, with or without the octet that RFC 7692 §7.2.3.4
    // puts behind it for the tail to complete.
    if (!m_behindFinalBlock) {
        if (const Result result = inflateInto(flushTail, to, mostOctets, tailStep); result != Result::Good)
            return result;
        if (!m_behindFinalBlock && (m_stream->data_type & betweenBlocks) == 0) {
            m_error = "the message ends inside a block";
            return Result::Corrupt;
        }
    }
    if (!m_window.keepsContext)
        reset();
    return Result::Good;
}

// -- deflating ------------------------------------------------------------------------------------------------------

void Deflater::End::operator()(z_stream_s *stream) const
{
    deflateEnd(stream);
    delete stream;
}

Deflater::Deflater(DeflateWindow window) : m_window(window) {}

Deflater::~Deflater() = default;
Deflater::Deflater(Deflater &&) noexcept = default;
Deflater &Deflater::operator=(Deflater &&) noexcept = default;

bool Deflater::ready()
{
    if (m_stream)
        return true;
    // zlib cannot deflate raw with a window of 256 octets. With one of 512 it never looks back further than 250: the
    // distance is kept below the window by 262, the longest match and what is read ahead of it (zlib's MAX_DIST).
    const int bits = std::max(m_window.bits, 9);
    constexpr int memoryLevel = 8; // zlib's own default
    auto stream = std::make_unique<z_stream>();
    if (deflateInit2(stream.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, -bits, memoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    m_stream.reset(stream.release());
    return true;
}

bool Deflater::append(OctetView fragment, bool fin, Octets &to)
{
    if (!ready())
        return false;
    z_stream &stream = *m_stream;
    const std::size_t start = to.size();
    std::size_t step = deflateBound(&stream, static_cast<uLong>(fragment.size())) + 16;
    step = std::clamp<std::size_t>(step, 64, 1 << 20);
    stream.next_in = readable(fragment);
    while (true) {
        const uInt given = chunkOf(fragment.size());
        const std::size_t before = to.size();
        to.resize(before + step);
        stream.next_in = readable(fragment);
        stream.avail_in = given;
        stream.next_out = writable(to.data() + before);
        stream.avail_out = static_cast<uInt>(step);
        deflate(&stream, given == fragment.size() ? Z_SYNC_FLUSH : Z_NO_FLUSH);
        to.resize(before + step - stream.avail_out);
        fragment = fragment.subspan(given - stream.avail_in);
        if (fragment.empty() && stream.avail_out > 0)
            break;
    }
    // Nothing at all: zlib flushes only what is new.
    if (to.size() == start) {
        if (fin)
            to.push_back(emptyBlock);
    } else if (fin) {
        to.resize(to.size() - flushTail.size());
    }
    if (fin && !m_window.keepsContext)
        deflateReset(&stream);
    return true;
}

} // namespace frameglass::protocol
