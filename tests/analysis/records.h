// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"

#include <chrono>
#include <string_view>

/// Records of connection 1 in memory, for folds.
namespace frameglass::analysis::test {

using namespace std::chrono_literals;
using protocol::ConnectionState;
using protocol::Opcode;
using protocol::Trigger;

class Records
{
public:
    Records &at(Nanoseconds time)
    {
        m_now = time;
        return *this;
    }
    capture::RecordId add(capture::RecordBody body)
    {
        m_records.push_back({m_records.size() + 1, 1, m_now, std::move(body)});
        return m_records.back().id;
    }
    capture::RecordId frame(Direction direction, Opcode opcode, std::string_view payload = {}, bool fin = true)
    {
        protocol::FrameHeader header;
        header.fin = fin;
        header.opcode = static_cast<std::uint8_t>(opcode);
        header.payloadLength = payload.size();
        header.lengthOctets = protocol::minimalLengthOctets(payload.size());
        return frame(direction, header, payload);
    }
    capture::RecordId frame(Direction direction, protocol::FrameHeader header, std::string_view payload)
    {
        capture::FrameRecord record;
        record.direction = direction;
        record.header = header;
        record.payloadOctets = payload.size();
        record.streamOffset = m_offset;
        if (header.isControl())
            record.payload = protocol::octetsOf(payload);
        m_offset += header.headerOctets() + payload.size();
        return add(std::move(record));
    }
    /// A frame of a compressed message: `wire` octets of payload that stand for `meant`.
    capture::RecordId compressed(Direction direction, Opcode opcode, std::string_view wire, std::string_view meant,
                                 bool fin = true)
    {
        capture::FrameRecord record;
        record.direction = direction;
        record.header.fin = fin;
        record.header.opcode = static_cast<std::uint8_t>(opcode);
        record.header.rsv = opcode == Opcode::Continuation ? 0 : protocol::rsv1;
        record.header.payloadLength = wire.size();
        record.header.lengthOctets = protocol::minimalLengthOctets(wire.size());
        record.payloadOctets = wire.size();
        record.payload = protocol::octetsOf(wire);
        record.streamOffset = m_offset;
        record.inflated = capture::InflatedPayload::of(protocol::octetsOf(meant), 1us);
        m_offset += record.header.headerOctets() + wire.size();
        return add(std::move(record));
    }
    capture::RecordId violation(Direction direction, protocol::Violation violation, capture::RecordId frame,
                                std::string detail = {})
    {
        const auto &at = std::get<capture::FrameRecord>(m_records[frame - 1].body);
        return add(capture::ViolationRecord{direction, violation, at.streamOffset, std::move(detail)});
    }
    capture::RecordId open()
    {
        return add(capture::StateRecord{ConnectionState::Opening, ConnectionState::Open, Trigger::HandshakeSucceeded});
    }
    capture::RecordId heartbeat(capture::HeartbeatKind kind, std::uint64_t id = 0)
    {
        return add(capture::HeartbeatRecord{kind, id, {}, {}});
    }
    capture::RecordId end(capture::TransportEnd end) { return add(capture::TransportEnded{end, 0, {}}); }
    capture::RecordId head(Direction direction, protocol::HeadKind kind, std::string_view octets)
    {
        return add(capture::HeadRecord{direction, kind, true, protocol::octetsOf(octets)});
    }

    const std::vector<capture::Record> &all() const { return m_records; }
    ConnectionFacts facts() const
    {
        ConnectionFacts facts(1);
        for (const auto &record : m_records)
            facts.add(record);
        return facts;
    }

private:
    Nanoseconds m_now{0};
    std::uint64_t m_offset = 0;
    std::vector<capture::Record> m_records;
};

} // namespace frameglass::analysis::test
