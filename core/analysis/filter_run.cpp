// SPDX-License-Identifier: GPL-3.0-or-later
#include "filter_run.h"

#include <utility>

namespace frameglass::analysis {

using capture::CaptureReader;
using capture::OctetView;
using capture::Record;
using capture::RecordId;
using capture::RecordSketch;

FilterRun::FilterRun(Filter filter, capture::ConnectionId connection)
    : m_filter(std::move(filter)), m_connection(connection)
{}

void FilterRun::run(const CaptureReader &reader, RecordId first, RecordId last,
                    const std::function<bool(RecordId)> &found)
{
    const auto condition = m_filter.needsHistory() ? capture::RowCondition::always() : m_filter.rows();
    if (condition.isNever())
        return;
    const auto judge = [&](const RecordSketch &sketch, std::optional<OctetView> payload) {
        std::optional<std::optional<Record>> read;
        const auto record = [&]() -> const Record * {
            if (!read) {
                const bool whole = m_filter.needsPayload() && !payload;
                read = reader.record(sketch.id, whole ? capture::Payloads::Full : capture::Payloads::ControlOnly);
            }
            return *read ? &**read : nullptr;
        };
        FilterSubject subject{sketch, payload, record, {}, {}, {}};
        if (m_filter.needsHistory())
            remember(subject);
        const bool is = m_filter.isDecidedByRows() || matches(m_filter, subject);
        return !is || found(sketch.id);
    };
    if (m_filter.needsPayload())
        reader.forEachPayload(first, last, m_connection, condition, [&](const RecordSketch &sketch, OctetView payload) {
            return judge(sketch, sketch.isFrame() ? std::optional(payload) : std::nullopt);
        });
    else
        reader.forEachSketch(first, last, m_connection, condition,
                             [&](const RecordSketch &sketch) { return judge(sketch, std::nullopt); });
}

void FilterRun::remember(FilterSubject &subject)
{
    History &history = m_histories[subject.sketch.connection];
    if (subject.sketch.is<capture::StateRecord>()) {
        if (const Record *record = subject.record())
            history.state = capture::as<capture::StateRecord>(*record)->to;
    }
    subject.state = history.state;
    if (!subject.sketch.isFrame())
        return;
    if (history.lastFrame)
        subject.delta = subject.sketch.time - *history.lastFrame;
    history.lastFrame = subject.sketch.time;
    if (subject.sketch.is(protocol::Opcode::Ping) || subject.sketch.is(protocol::Opcode::Pong))
        rememberBeat(history, subject);
}

void FilterRun::rememberBeat(History &history, FilterSubject &subject)
{
    const Record *record = subject.record();
    const auto *frame = record ? capture::as<capture::FrameRecord>(*record) : nullptr;
    if (!frame)
        return;
    if (frame->header.is(protocol::Opcode::Ping))
        history.pings.addPing(frame->direction, subject.sketch.time, frame->payload);
    else if (const auto pinged = history.pings.takeAnswered(frame->direction, frame->payload))
        subject.rtt = subject.sketch.time - *pinged;
}

} // namespace frameglass::analysis
