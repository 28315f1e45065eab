// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include <chrono>
#include <stdexcept>

namespace frameglass::test {

using capture::Direction;
using protocol::ConnectionState;
using protocol::Opcode;
using protocol::Trigger;
using namespace std::chrono_literals;

SampleCapture::SampleCapture()
    : m_writer(std::make_unique<capture::CaptureWriter>(
          std::filesystem::path(m_folder.filePath(QStringLiteral("sample.fglass")).toStdU16String()))),
      m_now(std::chrono::steady_clock::now())
{}

capture::RecordId SampleCapture::add(capture::RecordBody body, Nanoseconds after)
{
    m_now += after;
    m_writer->add(connection, m_now, std::move(body));
    return ++m_last;
}

capture::RecordId SampleCapture::frame(Direction direction, Opcode opcode, std::string_view payload, Nanoseconds after,
                                       bool fin, std::uint8_t rsv)
{
    capture::FrameRecord frame;
    frame.direction = direction;
    frame.header.fin = fin;
    frame.header.rsv = rsv;
    frame.header.opcode = static_cast<std::uint8_t>(opcode);
    frame.header.payloadLength = payload.size();
    frame.header.lengthOctets = protocol::minimalLengthOctets(payload.size());
    if (direction == Direction::Sent)
        frame.header.maskKey = protocol::MaskKey{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};
    frame.payload = protocol::octetsOf(payload);
    frame.payloadOctets = payload.size();
    std::uint64_t &offset = m_offsets[static_cast<int>(direction)];
    frame.streamOffset = offset;
    offset += frame.header.headerOctets() + payload.size();
    return add(std::move(frame), after);
}

capture::ConnectionId SampleCapture::begin(const std::string &url, capture::Vantage vantage,
                                           std::optional<Nanoseconds> pingInterval)
{
    connection = m_writer->newConnection();
    m_offsets[0] = m_offsets[1] = 0;
    capture::ConnectionStarted started;
    started.vantage = vantage;
    started.url = url;
    started.pingInterval = pingInterval;
    if (pingInterval)
        started.pingTimeout = 5s;
    add(started);
    return connection;
}

std::string SampleCapture::goodResponse()
{
    return std::string("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Accept: ") +
           acceptValue + "\r\n\r\n";
}

void SampleCapture::open(const std::string &extraRequestFields, const std::string &responseHead)
{
    add(capture::StageChanged{capture::Stage::Tcp, capture::StageOutcome::Started});
    add(capture::StageChanged{capture::Stage::Tcp, capture::StageOutcome::Succeeded, 1ms});
    add(capture::StageChanged{capture::Stage::Upgrade, capture::StageOutcome::Started});
    const std::string requestHead = std::string("GET /chat HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nUpgrade: websocket\r\n"
                                                "Connection: Upgrade\r\nSec-WebSocket-Key: ") +
                                    key + "\r\nSec-WebSocket-Version: 13\r\n" + extraRequestFields + "\r\n";
    request =
        add(capture::HeadRecord{Direction::Sent, protocol::HeadKind::Request, true, protocol::octetsOf(requestHead)});
    const std::string answer = responseHead.empty() ? goodResponse() : responseHead;
    response = add(
        capture::HeadRecord{Direction::Received, protocol::HeadKind::Response, true, protocol::octetsOf(answer)}, 2ms);
    if (responseHead.empty()) {
        add(capture::StageChanged{capture::Stage::Upgrade, capture::StageOutcome::Succeeded, 3ms});
        step(ConnectionState::Opening, Trigger::HandshakeSucceeded, ConnectionState::Open);
    }
}

void SampleCapture::step(ConnectionState from, Trigger trigger, ConnectionState to)
{
    add(capture::StateRecord{from, to, trigger}, 10us);
}

QString SampleCapture::finish()
{
    if (m_writer) {
        m_writer->flush();
        if (m_writer->counters().committed != m_last)
            throw std::runtime_error("records were lost");
        m_writer.reset();
    }
    return m_folder.filePath(QStringLiteral("sample.fglass"));
}

WholeConnection::WholeConnection()
{
    using capture::HeartbeatKind;
    capture.begin("ws://127.0.0.1:9001/chat?token=geheim", capture::Vantage::Client, 1s);
    capture.open("Authorization: Bearer geheim\r\n");
    opened = capture.response + 2;
    text = capture.frame(Direction::Sent, Opcode::Text, R"({"seq":1})", 10ms);
    capture.frame(Direction::Received, Opcode::Text, R"({"seq":1})", 1ms);
    violating = capture.frame(Direction::Received, Opcode::Binary, std::string("\x00\xff\x10", 3), 5ms, true, 0b010);
    capture.add(capture::ViolationRecord{Direction::Received, protocol::Violation::ReservedBit, 11, "RSV2"}, 0ns);
    ping = capture.frame(Direction::Sent, Opcode::Ping, "id 1", 1s);
    capture.add(capture::HeartbeatRecord{HeartbeatKind::PingSent, 1, std::nullopt, 2s}, 0ns);
    pong = capture.frame(Direction::Received, Opcode::Pong, "id 1", 3100us);
    capture.add(capture::HeartbeatRecord{HeartbeatKind::PongMatched, 1, 3100us, std::nullopt}, 0ns);
    missedPing = capture.frame(Direction::Sent, Opcode::Ping, "id 2", 1s);
    capture.add(capture::HeartbeatRecord{HeartbeatKind::PingSent, 2, std::nullopt, 3s}, 0ns);
    capture.add(capture::HeartbeatRecord{HeartbeatKind::PongMissed, 2, std::nullopt, std::nullopt}, 5s);
    close = capture.frame(Direction::Sent, Opcode::Close, std::string("\x03\xe8", 2) + "bye", 1s);
    capture.step(ConnectionState::Open, Trigger::CloseFrameSent, ConnectionState::CloseSent);
    capture.frame(Direction::Received, Opcode::Close, std::string("\x03\xe8", 2) + "bye", 1ms);
    capture.step(ConnectionState::CloseSent, Trigger::CloseFrameReceived, ConnectionState::CloseDone);
    capture.add(capture::TransportEnded{capture::TransportEnd::FinReceived});
    capture.step(ConnectionState::CloseDone, Trigger::TransportEnded, ConnectionState::Closed);
    capture.add(capture::ConnectionEnded{true, 1000, "bye"});
    path = capture.finish();
}

} // namespace frameglass::test
