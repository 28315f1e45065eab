// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record_kind.h"

#include "core/protocol/frame.h"

namespace frameglass::capture {

/// What stands in a record's row of the file by itself: enough to sort ten million of them into what is shown, without
/// decoding one.
struct RecordSketch
{
    RecordId id = 0;
    ConnectionId connection = 0;
    Nanoseconds time{0};
    std::size_t kind = 0; ///< index in RecordBody; past its end: of a kind that this version does not know
    // Of frames and of read boundaries; 0 for others:
    Direction direction = Direction::Sent;
    std::uint64_t streamOffset = 0; ///< octets
    std::uint64_t length = 0;       ///< octets; of a frame its payload length
    std::uint8_t firstOctet = 0;    ///< of a frame: FIN, RSV, opcode

    template<typename T>
    bool is() const
    {
        return kind == kindOf<T>();
    }
    bool isFrame() const { return is<FrameRecord>(); }
    bool isFin() const { return (firstOctet & 0x80) != 0; }
    bool is(protocol::Opcode opcode) const
    {
        return isFrame() && (firstOctet & 0x0f) == static_cast<std::uint8_t>(opcode);
    }

    friend bool operator==(const RecordSketch &, const RecordSketch &) = default;
};

/// The same of a record in memory.
RecordSketch sketchOf(const Record &record);

} // namespace frameglass::capture
