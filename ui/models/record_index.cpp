// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_index.h"

#include <algorithm>
#include <utility>

namespace frameglass::ui {

RowKind RecordIndex::add(const capture::Record &record)
{
    noteFrame(sketchOf(record));
    noteConsequences(record);
    return put(record.id, rowKindOf(record));
}

RowKind RecordIndex::add(const capture::RecordSketch &sketch, const Fetch &fetch)
{
    std::optional<RowKind> kind = rowKindOf(sketch);
    if (!kind || sketch.is<capture::ViolationRecord>()) {
        if (const auto record = fetch(sketch.id))
            return add(*record);
        kind = RowKind::Event; // a row that cannot be read says so
    }
    noteFrame(sketch);
    return put(sketch.id, *kind);
}

RowKind RecordIndex::put(RecordId id, RowKind kind)
{
    if (id > analysis::RecordSet::largest)
        return RowKind::Hidden; // only a damaged file has such a record
    if (kind != RowKind::Hidden)
        m_kinds[static_cast<std::size_t>(kind)].add(id);
    return kind;
}

void RecordIndex::noteFrame(const capture::RecordSketch &sketch)
{
    if (!sketch.isFrame())
        return;
    m_lastFrames[static_cast<std::size_t>(sketch.direction)] = LastFrame{sketch.id, sketch.streamOffset};
    if (sketch.is(protocol::Opcode::Ping) && sketch.direction == capture::Direction::Sent)
        m_lastPing = sketch.id;
    else if (sketch.is(protocol::Opcode::Pong) && sketch.direction == capture::Direction::Received)
        m_lastPong = sketch.id;
}

void RecordIndex::noteConsequences(const capture::Record &record)
{
    if (const auto *heartbeat = capture::as<capture::HeartbeatRecord>(record)) {
        const bool ofPing = heartbeat->kind == capture::HeartbeatKind::PingSent;
        const bool ofPong = heartbeat->kind == capture::HeartbeatKind::PongMatched ||
                            heartbeat->kind == capture::HeartbeatKind::PongLate;
        if (const RecordId frame = ofPing ? m_lastPing : ofPong ? m_lastPong : 0)
            m_changed.push_back(frame);
    } else if (const auto *violation = capture::as<capture::ViolationRecord>(record)) {
        const auto &last = m_lastFrames[static_cast<std::size_t>(violation->direction)];
        if (last && last->streamOffset == violation->streamOffset) {
            m_violating.add(last->id);
            m_changed.push_back(last->id);
        }
    }
}

std::vector<capture::RecordId> RecordIndex::takeChanged()
{
    return std::exchange(m_changed, {});
}

void RecordIndex::clear()
{
    *this = {};
}

std::optional<RowKind> RecordIndex::kindOf(RecordId id) const
{
    for (std::size_t kind = static_cast<std::size_t>(RowKind::Hidden) + 1; kind < rowKinds; ++kind)
        if (m_kinds[kind].contains(id))
            return static_cast<RowKind>(kind);
    return std::nullopt;
}

std::uint64_t RecordIndex::frameNumber(RecordId id) const
{
    return of(RowKind::Data).rank(id) + of(RowKind::Close).rank(id) + of(RowKind::Heartbeat).rank(id);
}

std::uint64_t RecordIndex::rowsThrough(RecordId id) const
{
    std::uint64_t count = 0;
    for (std::size_t kind = static_cast<std::size_t>(RowKind::Hidden) + 1; kind < rowKinds; ++kind)
        count += m_kinds[kind].rank(id);
    return count;
}

std::optional<capture::RecordId> RecordIndex::first() const
{
    std::optional<RecordId> first;
    for (std::size_t kind = static_cast<std::size_t>(RowKind::Hidden) + 1; kind < rowKinds; ++kind)
        if (!m_kinds[kind].empty())
            first = std::min(first.value_or(~RecordId(0)), m_kinds[kind].at(0));
    return first;
}

analysis::RecordSet RecordIndex::rows(const Kinds &kinds) const
{
    std::vector<const analysis::RecordSet *> chosen;
    for (std::size_t kind = 0; kind < rowKinds; ++kind)
        if (kinds[kind])
            chosen.push_back(&m_kinds[kind]);
    return unite(chosen);
}

std::size_t RecordIndex::memory() const
{
    std::size_t octets = m_violating.memory();
    for (const analysis::RecordSet &set : m_kinds)
        octets += set.memory();
    return octets;
}

} // namespace frameglass::ui
