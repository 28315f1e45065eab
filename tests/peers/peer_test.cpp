// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_test.h"

#include <nlohmann/json.hpp>

namespace frameglass::peers {

using capture::as;

std::ostream &operator<<(std::ostream &out, const Message &message)
{
    return out << static_cast<int>(message.opcode) << ' ' << message.octets.size() << " octets in " << message.fragments
               << " frames: " << message.octets.substr(0, 80);
}

std::vector<Message> messages(const std::vector<capture::Record> &records, capture::ConnectionId connection,
                              capture::Direction direction)
{
    std::vector<Message> all;
    Message current;
    for (const capture::Record &record : records) {
        const auto *frame = as<capture::FrameRecord>(record);
        if (record.connection != connection || !frame || frame->direction != direction || frame->header.isControl())
            continue;
        if (!frame->header.is(protocol::Opcode::Continuation))
            current = {static_cast<protocol::Opcode>(frame->header.opcode), {}, 0};
        current.octets += protocol::textOf(frame->payload);
        ++current.fragments;
        if (frame->header.fin)
            all.push_back(current);
    }
    return all;
}

bool waitForOpen(const WaitableSink &sink, capture::ConnectionId connection)
{
    bool open = false;
    sink.waitFor([&](const capture::Record &record) {
        const auto *state = as<capture::StateRecord>(record);
        open = state && state->to == protocol::ConnectionState::Open;
        return record.connection == connection && (open || as<capture::ConnectionEnded>(record));
    });
    return open;
}

std::vector<Message> waitForMessages(const WaitableSink &sink, capture::ConnectionId connection, std::size_t count)
{
    std::size_t whole = 0;
    sink.waitFor([&](const capture::Record &record) {
        if (record.connection != connection)
            return false;
        const auto *frame = as<capture::FrameRecord>(record);
        if (frame && frame->direction == capture::Direction::Received && !frame->header.isControl() &&
            frame->header.fin)
            ++whole;
        return whole == count || as<capture::ConnectionEnded>(record);
    });
    return messages(sink.records(), connection, capture::Direction::Received);
}

std::optional<capture::HeartbeatRecord> waitForHeartbeat(const WaitableSink &sink, capture::ConnectionId connection,
                                                         capture::HeartbeatKind kind)
{
    std::optional<capture::HeartbeatRecord> found;
    sink.waitFor([&](const capture::Record &record) {
        const auto *heartbeat = as<capture::HeartbeatRecord>(record);
        if (record.connection == connection && heartbeat && heartbeat->kind == kind)
            found = *heartbeat;
        return found.has_value();
    });
    return found;
}

std::optional<capture::ConnectionEnded> waitForEnd(const WaitableSink &sink, capture::ConnectionId connection)
{
    std::optional<capture::ConnectionEnded> found;
    sink.waitFor([&](const capture::Record &record) {
        const auto *end = as<capture::ConnectionEnded>(record);
        if (record.connection == connection && end)
            found = *end;
        return found.has_value();
    });
    return found;
}

std::optional<capture::ConnectionId> waitForAccepted(const WaitableSink &sink, capture::ConnectionId listener)
{
    std::optional<capture::ConnectionId> found;
    sink.waitFor([&](const capture::Record &record) {
        const auto *started = as<capture::ConnectionStarted>(record);
        if (started && started->listener == listener)
            found = record.connection;
        return found.has_value();
    });
    return found;
}

std::vector<std::string> eventsOf(const PeerProcess &peer, const std::string &event)
{
    std::vector<std::string> found;
    for (const std::string &line : peer.lines()) {
        const auto fields = nlohmann::json::parse(line, nullptr, false);
        if (fields.is_object() && (event.empty() || fields.value("event", "") == event))
            found.push_back(fields.dump());
    }
    return found;
}

bool waitForEvent(const PeerProcess &peer, const std::string &json)
{
    const auto wanted = nlohmann::json::parse(json);
    const auto same = [&](const std::string &line) { return nlohmann::json::parse(line, nullptr, false) == wanted; };
    return peer.waitForLine(same, patience).has_value();
}

std::string closeEvent(int code, const std::string &reason)
{
    return nlohmann::json{{"event", "close"}, {"code", code}, {"reason", reason}}.dump();
}

std::string textEvent(const std::string &text)
{
    return nlohmann::json{{"event", "message"}, {"type", "text"}, {"text", text}}.dump();
}

std::string binaryEvent(const std::string &hex)
{
    return nlohmann::json{{"event", "message"}, {"type", "binary"}, {"hex", hex}}.dump();
}

protocol::Octets countingOctets(std::size_t size)
{
    protocol::Octets octets(size);
    for (std::size_t i = 0; i < size; ++i)
        octets[i] = static_cast<std::byte>(i % 251);
    return octets;
}

} // namespace frameglass::peers
