// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture_load.h"

#include <array>
#include <chrono>
#include <string>

namespace frameglass::bench {

using capture::Direction;
using namespace std::chrono_literals;

namespace {
constexpr std::size_t burst = 16;
constexpr std::size_t noiseOctets = 64 * 1024;
constexpr auto betweenBursts = 50us;
} // namespace

CaptureLoad::CaptureLoad(capture::RecordSink &sink) : m_sink(sink), m_now(std::chrono::steady_clock::now())
{
    m_noise.resize(noiseOctets);
    for (std::byte &octet : m_noise)
        octet = static_cast<std::byte>(m_random());
    for (Flow &flow : m_flows) {
        flow.id = sink.newConnection();
        capture::ConnectionStarted started;
        started.url = "ws://load.example/feed/" + std::to_string(flow.id);
        sink.add(flow.id, m_now, started);
        const std::string request =
            "GET /feed HTTP/1.1\r\nHost: load.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        const std::string response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
        sink.add(flow.id, m_now,
                 capture::HeadRecord{Direction::Sent, protocol::HeadKind::Request, true, protocol::octetsOf(request)});
        sink.add(
            flow.id, m_now,
            capture::HeadRecord{Direction::Received, protocol::HeadKind::Response, true, protocol::octetsOf(response)});
        sink.add(flow.id, m_now,
                 capture::StateRecord{protocol::ConnectionState::Opening, protocol::ConnectionState::Open,
                                      protocol::Trigger::HandshakeSucceeded});
    }
}

void CaptureLoad::add(std::uint64_t frames)
{
    std::array<capture::RecordBody, burst + 1> bodies;
    while (frames > 0) {
        Flow &flow = m_flows[m_random() % connections];
        const auto direction = m_random() % 2 == 0 ? Direction::Sent : Direction::Received;
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(frames, 1 + m_random() % burst));
        const std::uint64_t began = flow.offset[static_cast<int>(direction)];
        for (std::size_t i = 0; i < count; ++i)
            bodies[i + 1] = nextFrame(flow, direction);
        const auto read = static_cast<std::uint32_t>(flow.offset[static_cast<int>(direction)] - began);
        bodies[0] = capture::TransferBoundary{direction, began, read};
        m_now += betweenBursts;
        m_sink.addBatch(flow.id, m_now, std::span(bodies).first(count + 1));
        frames -= count;
    }
}

capture::FrameRecord CaptureLoad::nextFrame(Flow &flow, Direction direction)
{
    capture::FrameRecord frame;
    frame.direction = direction;
    const std::uint64_t share = m_random() % 100;
    protocol::Opcode opcode = protocol::Opcode::Text;
    if (share < 70) {
        frame.payload = json(flow);
    } else if (share < 98) {
        opcode = protocol::Opcode::Binary;
        frame.payload = binary();
    } else {
        opcode = flow.pinged ? protocol::Opcode::Pong : protocol::Opcode::Ping;
        flow.pinged = !flow.pinged;
        frame.payload = protocol::octetsOf(std::to_string(flow.sequence));
    }
    ++flow.sequence;
    frame.header.opcode = static_cast<std::uint8_t>(opcode);
    frame.header.payloadLength = frame.payload.size();
    frame.header.lengthOctets = protocol::minimalLengthOctets(frame.payload.size());
    if (direction == Direction::Sent) {
        const std::uint64_t key = m_random();
        for (std::size_t i = 0; i < 4; ++i)
            frame.header.maskKey.emplace()[i] = static_cast<std::byte>(key >> 8 * i);
    }
    frame.payloadOctets = frame.payload.size();
    std::uint64_t &offset = flow.offset[static_cast<int>(direction)];
    frame.streamOffset = offset;
    offset += frame.header.headerOctets() + frame.payload.size();
    ++m_frames;
    m_octets += frame.payload.size();
    return frame;
}

protocol::Octets CaptureLoad::json(const Flow &flow)
{
    static constexpr const char *types[] = {"tick", "order", "ack", "quote"};
    std::string text =
        R"({"type":")" + std::string(types[m_random() % 4]) + R"(","seq":)" + std::to_string(flow.sequence);
    const std::size_t wanted = 16 + m_random() % 241;
    if (text.size() + 12 < wanted) {
        text += R"(,"data":")";
        while (text.size() + 2 < wanted)
            text += static_cast<char>('a' + m_random() % 26);
        text += '"';
    }
    text += '}';
    return protocol::octetsOf(text);
}

protocol::Octets CaptureLoad::binary()
{
    const std::size_t size = m_random() % 1025;
    const std::size_t at = m_random() % (noiseOctets - size);
    return {m_noise.begin() + static_cast<std::ptrdiff_t>(at),
            m_noise.begin() + static_cast<std::ptrdiff_t>(at + size)};
}

void CaptureLoad::end()
{
    for (Flow &flow : m_flows)
        m_sink.add(flow.id, m_now, capture::ConnectionEnded{true, 1000, {}});
}

} // namespace frameglass::bench
