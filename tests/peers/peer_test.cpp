// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_test.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <array>

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
        current.octets += protocol::textOf(frame->payloadMeant());
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
    return messageEvent({protocol::Opcode::Text, text, 1});
}

std::string binaryEvent(const protocol::Octets &octets)
{
    return messageEvent({protocol::Opcode::Binary, std::string(protocol::textOf(octets)), 1});
}

std::string messageEvent(const Message &message)
{
    constexpr std::size_t toldWhole = 1024;
    const bool text = message.opcode == protocol::Opcode::Text;
    nlohmann::json fields{{"event", "message"},
                          {"type", text ? "text" : "binary"},
                          {"octets", message.octets.size()},
                          {"sha256", sha256(message.octets)}};
    if (message.octets.size() <= toldWhole && text)
        fields["text"] = message.octets;
    else if (message.octets.size() <= toldWhole)
        fields["hex"] = protocol::toHex(protocol::octetsOf(message.octets));
    return fields.dump();
}

std::string sha256(std::string_view octets)
{
    std::array<std::byte, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_Digest(octets.data(), octets.size(), reinterpret_cast<unsigned char *>(digest.data()), &length, EVP_sha256(),
               nullptr);
    return protocol::toHex(protocol::OctetView(digest).first(length));
}

protocol::Octets countingOctets(std::size_t size)
{
    protocol::Octets octets(size);
    for (std::size_t i = 0; i < size; ++i)
        octets[i] = static_cast<std::byte>(i % 251);
    return octets;
}

} // namespace frameglass::peers
