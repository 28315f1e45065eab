// SPDX-License-Identifier: GPL-3.0-or-later
#include "lane_index.h"

#include <algorithm>
#include <bit>

namespace frameglass::ui {

std::uint8_t LaneSpan::bitsOf(std::uint64_t length)
{
    return static_cast<std::uint8_t>(std::bit_width(length));
}

bool isFault(const capture::Record &record)
{
    using namespace capture;
    if (const auto *heartbeat = as<HeartbeatRecord>(record))
        return heartbeat->kind == HeartbeatKind::PongMissed;
    if (const auto *ended = as<TransportEnded>(record))
        return ended->end == TransportEnd::ResetReceived || ended->end == TransportEnd::TimedOut || ended->error != 0;
    if (const auto *stage = as<StageChanged>(record))
        return stage->outcome == StageOutcome::Failed || stage->outcome == StageOutcome::TimedOut;
    return as<ViolationRecord>(record) != nullptr || as<Dropped>(record) != nullptr;
}

std::size_t LaneIndex::Lane::at(Nanoseconds time) const
{
    const auto found = std::lower_bound(spans.begin(), spans.end(), time,
                                        [](const LaneSpan &span, Nanoseconds wanted) { return span.end < wanted; });
    return static_cast<std::size_t>(found - spans.begin());
}

LaneSpan &LaneIndex::spanFor(Lane &lane, const capture::Record &record)
{
    if (!lane.spans.empty()) {
        LaneSpan &last = lane.spans.back();
        const Nanoseconds gap = record.time - last.end;
        const bool silent = m_spans < generousSpans && gap > 4 * (last.end - last.begin) + std::chrono::milliseconds(1);
        if (last.records < spanRecords && !silent)
            return last;
    }
    ++m_spans;
    LaneSpan &span = lane.spans.emplace_back();
    span.first = record.id;
    span.begin = span.end = record.time;
    return span;
}

void LaneIndex::add(const capture::Record &record)
{
    const capture::RecordSketch sketch = sketchOf(record);
    if (record.connection == 0 || rowKindOf(record) == RowKind::Hidden)
        return;
    if (m_lanes.empty())
        m_begin = m_end = record.time;
    LaneSpan &span = spanFor(m_lanes[record.connection], record);
    span.last = record.id;
    span.end = std::max(span.end, record.time);
    ++span.records;
    if (sketch.isFrame()) {
        const auto direction = static_cast<std::size_t>(sketch.direction);
        ++span.frames[direction];
        span.largest[direction] = std::max(span.largest[direction], LaneSpan::bitsOf(sketch.length));
    }
    span.faults = span.faults || isFault(record);
    span.ends = span.ends || sketch.is(protocol::Opcode::Close) || sketch.is<capture::TransportEnded>();
    m_begin = std::min(m_begin, record.time);
    m_end = std::max(m_end, record.time);
}

void LaneIndex::clear()
{
    *this = {};
}

const LaneIndex::Lane *LaneIndex::find(capture::ConnectionId id) const
{
    const auto found = m_lanes.find(id);
    return found == m_lanes.end() ? nullptr : &found->second;
}

} // namespace frameglass::ui
