// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_sketch.h"

namespace frameglass::capture {

RecordSketch sketchOf(const Record &record)
{
    RecordSketch sketch{
        .id = record.id, .connection = record.connection, .time = record.time, .kind = record.body.index()};
    if (const auto *frame = as<FrameRecord>(record)) {
        sketch.direction = frame->direction;
        sketch.streamOffset = frame->streamOffset;
        const protocol::FrameHeader &header = frame->header;
        sketch.length = header.payloadLength;
        sketch.firstOctet = static_cast<std::uint8_t>((header.fin ? 0x80 : 0) | header.rsv << 4 | header.opcode);
    } else if (const auto *transfer = as<TransferBoundary>(record)) {
        sketch.direction = transfer->direction;
        sketch.streamOffset = transfer->offset;
        sketch.length = transfer->length;
    }
    return sketch;
}

} // namespace frameglass::capture
