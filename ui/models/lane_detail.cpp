// SPDX-License-Identifier: GPL-3.0-or-later
#include "lane_detail.h"

#include "core/diagnosis/wording.h"

#include <utility>

namespace frameglass::ui {

bool LaneDetail::read(const capture::CaptureReader &reader)
{
    constexpr capture::RecordId step = 8192;
    const capture::RecordId until = m_last - m_next >= step ? m_next + step - 1 : m_last;
    reader.forEachSketch(m_next, until, 0, [&](const capture::RecordSketch &sketch) {
        add(sketch, reader);
        return true;
    });
    m_next = until + 1;
    return isRead();
}

const std::vector<LaneMark> *LaneDetail::lane(capture::ConnectionId id) const
{
    const auto found = m_lanes.find(id);
    return found == m_lanes.end() ? nullptr : &found->second.marks;
}

void LaneDetail::add(const capture::RecordSketch &sketch, const capture::CaptureReader &reader)
{
    const auto kind = rowKindOf(sketch);
    if (sketch.connection == 0 || kind == RowKind::Hidden)
        return;
    LaneMark mark;
    mark.id = sketch.id;
    mark.time = sketch.time;
    mark.kind = kind.value_or(RowKind::Event);
    Flow &flow = m_lanes[sketch.connection];
    if (sketch.isFrame()) {
        addFrame(flow, sketch, mark, reader);
    } else {
        const auto record = reader.record(sketch.id, capture::Payloads::ControlOnly);
        mark.kind = record ? rowKindOf(*record) : RowKind::Event;
        if (mark.kind == RowKind::Hidden)
            return;
        if (record)
            addEvent(flow, *record, mark);
    }
    flow.marks.push_back(std::move(mark));
}

void LaneDetail::addFrame(Flow &flow, const capture::RecordSketch &sketch, LaneMark &mark,
                          const capture::CaptureReader &reader)
{
    const auto way = static_cast<std::size_t>(sketch.direction);
    mark.isFrame = true;
    mark.isFin = sketch.isFin();
    mark.direction = sketch.direction;
    mark.length = sketch.length;
    mark.opcode = sketch.firstOctet & 0x0f;
    flow.last[way] = Flow::LastFrame{flow.marks.size(), sketch.streamOffset};
    if (mark.kind == RowKind::Data) {
        auto &from = flow.messageFrom[way];
        if (!mark.isFin && !from)
            from = sketch.time;
        else if (mark.isFin && sketch.is(protocol::Opcode::Continuation))
            mark.messageFrom = std::exchange(from, std::nullopt);
        return;
    }
    if (mark.kind != RowKind::Heartbeat)
        return;
    const auto record = reader.record(sketch.id, capture::Payloads::ControlOnly);
    const auto *frame = record ? capture::as<capture::FrameRecord>(*record) : nullptr;
    if (!frame)
        return;
    if (sketch.is(protocol::Opcode::Ping))
        flow.pings.addPing(sketch.direction, sketch.time, frame->payload);
    else
        mark.answers = flow.pings.takeAnswered(sketch.direction, frame->payload);
}

void LaneDetail::addEvent(Flow &flow, const capture::Record &record, LaneMark &mark)
{
    mark.isFault = isFault(record);
    if (const auto *violation = capture::as<capture::ViolationRecord>(record)) {
        const auto &last = flow.last[static_cast<std::size_t>(violation->direction)];
        if (last && last->streamOffset == violation->streamOffset)
            flow.marks[last->mark].isFault = true;
    }
    if (const auto *state = capture::as<capture::StateRecord>(record))
        mark.label = diagnosis::textOf(state->to);
    else if (const auto *ended = capture::as<capture::TransportEnded>(record))
        mark.label = diagnosis::textOf(ended->end);
    else
        mark.label = makeRow(record).type;
}

} // namespace frameglass::ui
