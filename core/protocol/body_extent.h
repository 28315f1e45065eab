// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http_head.h"
#include "octets.h"

#include <cstdint>
#include <optional>

namespace frameglass::protocol {

/// Where the body of a response ends (RFC 9112 §6.3): by Transfer-Encoding, Content-Length, or with the connection.
/// Octets are only counted, never kept or decoded.
class BodyExtent
{
public:
    explicit BodyExtent(const HttpHead &response);

    /// How many of the next octets belong to the body.
    std::size_t feed(OctetView octets);
    /// The body is whole. False until the connection ends where nothing else says the length.
    bool ended() const { return m_mode == Mode::Ended; }

private:
    enum class Mode { Counted, UntilEnd, ChunkSize, ChunkExtension, ChunkData, ChunkEnd, Trailer, TrailerLine, Ended };
    void chunkOctet(char c);
    void startChunk();

    Mode m_mode = Mode::UntilEnd;
    std::uint64_t m_left = 0; ///< of the body, or of the chunk
};

} // namespace frameglass::protocol
