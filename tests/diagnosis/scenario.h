// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"
#include "core/diagnosis/check.h"

#include <QStringList>
#include <QTest>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Records of one connection made in memory, so that the test of a row is one line:
///   Scenario().client().request().response101().open().received(Opcode::Text, "hi").at(2s).fin()
namespace frameglass::diagnosis::test {

using namespace std::chrono_literals;
using capture::Direction;
using capture::HeartbeatKind;
using capture::Stage;
using capture::StageOutcome;
using capture::TransportEnd;
using protocol::ConnectionState;
using protocol::FrameHeader;
using protocol::Opcode;
using protocol::Trigger;
using protocol::Violation;

/// The key and Accept of RFC 6455 §1.3.
inline constexpr std::string_view sampleKey = "dGhlIHNhbXBsZSBub25jZQ==";
inline constexpr std::string_view sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

class Scenario
{
public:
    // -- time: each record is made at the clock's present value
    Scenario &at(Nanoseconds time)
    {
        m_now = time;
        return *this;
    }
    Scenario &after(Nanoseconds step) { return at(m_now + step); }
    Nanoseconds now() const { return m_now; }

    // -- getting connected
    /// Our client, with the resolve and TCP stages done at the clock's time.
    Scenario &client(std::string url = "ws://peer.test/ws", std::vector<std::string> subprotocols = {})
    {
        capture::ConnectionStarted started;
        started.url = std::move(url);
        started.offeredSubprotocols = std::move(subprotocols);
        return begin(std::move(started));
    }
    /// A connection that our server accepted.
    Scenario &server()
    {
        capture::ConnectionStarted started;
        started.vantage = capture::Vantage::Server;
        started.url = "ws://127.0.0.1:9001/";
        started.listener = 900;
        return begin(std::move(started));
    }
    Scenario &begin(capture::ConnectionStarted started)
    {
        const bool client = started.vantage == capture::Vantage::Client;
        add(std::move(started));
        if (client) {
            stage(Stage::Resolve, StageOutcome::Succeeded, 1ms).stage(Stage::Tcp, StageOutcome::Succeeded, 1ms);
            stage(Stage::Upgrade, StageOutcome::Started, 0ms);
        }
        capture::SocketFacts socket;
        socket.local = "127.0.0.1:50000";
        socket.remote = "127.0.0.1:9001";
        socket.tcpRtt = Nanoseconds(1ms);
        return add(socket);
    }
    Scenario &stage(Stage stage, StageOutcome outcome, Nanoseconds elapsed, int error = 0, std::string message = {})
    {
        return add(capture::StageChanged{stage, outcome, elapsed, error, std::move(message)});
    }

    // -- heads: from the client to the server and back, whichever end is ours
    /// A valid opening handshake; `moreLines` are further field lines, each with its CRLF.
    Scenario &request(std::string_view moreLines = {})
    {
        return requestRaw("GET /ws HTTP/1.1\r\nHost: peer.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: " +
                          std::string(sampleKey) + "\r\nSec-WebSocket-Version: 13\r\n" + std::string(moreLines) +
                          "\r\n");
    }
    Scenario &requestRaw(std::string_view head, bool complete = true)
    {
        return headRecord(requestDirection(), protocol::HeadKind::Request, head, complete);
    }
    /// The right answer to request(); `moreLines` as there.
    Scenario &response101(std::string_view moreLines = {})
    {
        return responseRaw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Accept: " +
                           std::string(sampleAccept) + "\r\n" + std::string(moreLines) + "\r\n");
    }
    /// The octets of a response head and, after its empty line, of a body (one BodyRecord).
    Scenario &responseRaw(std::string_view octets, bool complete = true)
    {
        std::size_t end = octets.find("\r\n\r\n");
        end = end == std::string_view::npos ? octets.size() : end + 4;
        headRecord(responseDirection(), protocol::HeadKind::Response, octets.substr(0, end), complete);
        return end < octets.size() ? body(octets.substr(end)) : *this;
    }
    Scenario &body(std::string_view octets, std::uint64_t skipped = 0)
    {
        transfer(responseDirection(), octets.size());
        return add(capture::BodyRecord{responseDirection(), protocol::octetsOf(octets), skipped});
    }
    /// The handshake succeeded.
    Scenario &open()
    {
        if (m_vantage == capture::Vantage::Client)
            stage(Stage::Upgrade, StageOutcome::Succeeded, 1ms);
        return state(Trigger::HandshakeSucceeded);
    }
    /// The handshake failed (refused, malformed, or not 101).
    Scenario &refused()
    {
        if (m_vantage == capture::Vantage::Client)
            stage(Stage::Upgrade, StageOutcome::Failed, 1ms);
        return state(Trigger::HandshakeFailed);
    }
    /// client().request().response101().open(), at time 0.
    Scenario &opened() { return client().request().response101().open(); }

    // -- frames
    Scenario &sent(Opcode opcode, std::string_view payload = {}, bool fin = true)
    {
        return frame(Direction::Sent, headerFor(Direction::Sent, opcode, payload.size(), fin), payload);
    }
    Scenario &received(Opcode opcode, std::string_view payload = {}, bool fin = true)
    {
        return frame(Direction::Received, headerFor(Direction::Received, opcode, payload.size(), fin), payload);
    }
    /// A frame of a compressed message: `wire` octets of payload that stand for `meant` octets, which begin like that.
    Scenario &compressed(Direction direction, Opcode opcode, std::uint64_t wire, std::uint64_t meant,
                         std::string_view begin = {}, bool fin = true)
    {
        FrameHeader header = headerFor(direction, opcode, wire, fin);
        header.rsv = opcode == Opcode::Continuation ? 0 : protocol::rsv1;
        capture::InflatedPayload inflated{meant, Nanoseconds(1us), {}, {}};
        inflated.setBegin(protocol::viewOf(begin));
        return frame(direction, header, std::string(wire, 'x'), inflated);
    }
    /// Any frame, legal or not. As a fold sees them, data frames carry no payload, only its length.
    Scenario &frame(Direction direction, FrameHeader header, std::string_view payload = {},
                    std::optional<capture::InflatedPayload> inflated = {})
    {
        capture::FrameRecord record;
        record.inflated = std::move(inflated);
        record.direction = direction;
        record.header = header;
        record.streamOffset = m_stream[direction == Direction::Received];
        record.payloadOctets = payload.size();
        if (header.isControl())
            record.payload = protocol::octetsOf(payload);
        m_stream[direction == Direction::Received] += header.headerOctets() + payload.size();
        transfer(direction, header.headerOctets() + payload.size());
        return add(std::move(record));
    }
    FrameHeader headerFor(Direction direction, Opcode opcode, std::uint64_t length, bool fin = true) const
    {
        FrameHeader header;
        header.fin = fin;
        header.opcode = static_cast<std::uint8_t>(opcode);
        header.payloadLength = length;
        header.lengthOctets = protocol::minimalLengthOctets(length);
        const bool fromClient = (direction == Direction::Sent) == (m_vantage != capture::Vantage::Server);
        if (fromClient)
            header.maskKey = protocol::MaskKey{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
        return header;
    }
    Scenario &message(Direction direction, Opcode opcode, std::uint64_t octets, std::uint32_t fragments)
    {
        return add(capture::MessageRecord{direction, opcode, octets, fragments});
    }
    Scenario &violation(Violation violation, Direction direction = Direction::Received, std::string detail = {},
                        std::uint64_t streamOffset = 0)
    {
        return add(capture::ViolationRecord{direction, violation, streamOffset, std::move(detail)});
    }

    // -- heartbeat
    /// A ping of ours with its heartbeat record; `id` counts from 1.
    Scenario &ping(std::uint64_t id, std::string_view payload)
    {
        sent(Opcode::Ping, payload);
        return heartbeat(HeartbeatKind::PingSent, id);
    }
    /// The peer's answer to it.
    Scenario &pong(std::uint64_t id, std::string_view payload, Nanoseconds rtt, bool late = false)
    {
        received(Opcode::Pong, payload);
        return heartbeat(late ? HeartbeatKind::PongLate : HeartbeatKind::PongMatched, id, rtt);
    }
    Scenario &heartbeat(HeartbeatKind kind, std::uint64_t id = 0, std::optional<Nanoseconds> rtt = {})
    {
        return add(capture::HeartbeatRecord{kind, id, rtt, {}});
    }

    // -- closing
    Scenario &closeSent(std::optional<std::uint16_t> code = 1000, std::string_view reason = {})
    {
        return sent(Opcode::Close, closePayload(code, reason)).state(Trigger::CloseFrameSent);
    }
    Scenario &closeReceived(std::optional<std::uint16_t> code = 1000, std::string_view reason = {})
    {
        return received(Opcode::Close, closePayload(code, reason)).state(Trigger::CloseFrameReceived);
    }
    Scenario &fin() { return transport(TransportEnd::FinReceived).state(Trigger::TransportEnded); }
    Scenario &rst() { return transport(TransportEnd::ResetReceived, 104).state(Trigger::TransportEnded); }
    Scenario &transport(TransportEnd end, int error = 0, std::string message = {})
    {
        return add(capture::TransportEnded{end, error, std::move(message)});
    }
    Scenario &ended(bool wasClean = false, std::uint16_t code = 1006)
    {
        return add(capture::ConnectionEnded{wasClean, code, {}});
    }

    // -- the way there
    /// A client of which only the URL is known so far.
    Scenario &dialled(std::string url = "wss://peer.test/ws")
    {
        capture::ConnectionStarted started;
        started.url = std::move(url);
        return add(std::move(started));
    }
    Scenario &resolved(std::vector<std::string> addresses, Nanoseconds elapsed = 1ms, std::string host = "peer.test")
    {
        stage(Stage::Resolve, StageOutcome::Succeeded, elapsed);
        return add(capture::AddressesResolved{std::move(host), std::move(addresses)});
    }
    Scenario &tried(std::string address, int error = 0, Nanoseconds elapsed = 1ms, std::string message = {})
    {
        return add(capture::AddressTried{std::move(address), elapsed, error, std::move(message)});
    }
    /// dialled(), with one address that was connected to, and TLS begun.
    Scenario &reached(std::string url = "wss://peer.test/ws")
    {
        dialled(std::move(url)).resolved({"192.0.2.1:443"}).tried("192.0.2.1:443");
        stage(Stage::Tcp, StageOutcome::Succeeded, 1ms).add(capture::SocketFacts{"192.0.2.9:50000", "192.0.2.1:443"});
        return stage(Stage::Tls, StageOutcome::Started, 0ms);
    }
    Scenario &handshakeMessage(Direction direction, std::uint8_t type, std::uint32_t octets = 100)
    {
        return add(capture::TlsMessage{direction, capture::TlsContent::Handshake, type, false, octets});
    }
    Scenario &alert(Direction direction, std::uint8_t description, bool fatal = true)
    {
        return add(capture::TlsMessage{direction, capture::TlsContent::Alert, description, fatal, 2});
    }

    // -- anything else
    Scenario &state(Trigger trigger)
    {
        if (const auto next = protocol::after(m_state, trigger)) {
            add(capture::StateRecord{m_state, *next, trigger});
            m_state = *next;
        }
        return *this;
    }
    Scenario &add(capture::RecordBody body)
    {
        if (const auto *started = std::get_if<capture::ConnectionStarted>(&body))
            m_vantage = started->vantage;
        m_records.push_back({static_cast<capture::RecordId>(m_records.size() + 1), 1, m_now, std::move(body)});
        return *this;
    }

    const std::vector<capture::Record> &records() const { return m_records; }
    analysis::ConnectionFacts facts() const
    {
        analysis::ConnectionFacts facts(1);
        for (const auto &record : m_records)
            facts.add(record);
        return facts;
    }

private:
    Direction requestDirection() const
    {
        return m_vantage == capture::Vantage::Server ? Direction::Received : Direction::Sent;
    }
    Direction responseDirection() const
    {
        return m_vantage == capture::Vantage::Server ? Direction::Sent : Direction::Received;
    }
    Scenario &headRecord(Direction direction, protocol::HeadKind kind, std::string_view head, bool complete)
    {
        transfer(direction, head.size());
        return add(capture::HeadRecord{direction, kind, complete, protocol::octetsOf(head)});
    }
    Scenario &transfer(Direction direction, std::size_t length)
    {
        std::uint64_t &offset = m_transferred[direction == Direction::Received];
        add(capture::TransferBoundary{direction, offset, static_cast<std::uint32_t>(length)});
        offset += length;
        return *this;
    }
    static std::string closePayload(std::optional<std::uint16_t> code, std::string_view reason)
    {
        std::string payload;
        if (code) {
            payload += static_cast<char>(*code >> 8);
            payload += static_cast<char>(*code & 0xff);
            payload += reason;
        }
        return payload;
    }

    Nanoseconds m_now{0};
    capture::Vantage m_vantage = capture::Vantage::Client;
    ConnectionState m_state = ConnectionState::Opening;
    std::uint64_t m_stream[2] = {0, 0};
    std::uint64_t m_transferred[2] = {0, 0};
    std::vector<capture::Record> m_records;
};

/// Connections of one capture, numbered from 1, their records in the order of time.
inline std::unique_ptr<analysis::CaptureFacts> together(const std::vector<Scenario> &scenarios)
{
    std::vector<capture::Record> records;
    for (std::size_t i = 0; i < scenarios.size(); ++i) {
        for (capture::Record record : scenarios[i].records()) {
            record.connection = static_cast<capture::ConnectionId>(i + 1);
            records.push_back(std::move(record));
        }
    }
    std::ranges::stable_sort(records, {}, &capture::Record::time);
    auto all = std::make_unique<analysis::CaptureFacts>();
    capture::RecordId id = 0;
    for (capture::Record &record : records) {
        record.id = ++id;
        all->add(record);
    }
    return all;
}

/// Wall clock at the start of every scenario: 2027-01-15 08:00 UTC.
inline constexpr std::int64_t startWallMs = 1'800'000'000'000;

/// One row of a check's test: what is recorded and what the check must say of it.
struct Case
{
    const char *name;
    std::string_view id;
    Verdict verdict;
    Scenario scenario;
    const char *reasonHas = nullptr;    ///< a part of the reason, untranslated
    const Scenario *direct = nullptr;   ///< the attempt past the proxy; must outlive the case
    std::optional<Settings> settings{}; ///< else the defaults
};

/// Applies the row's rule alone, without gating.
inline Judgement judge(std::string_view id, const Scenario &scenario, const Scenario *direct = nullptr,
                       const Settings &settings = {})
{
    const Check *check = checkById(id);
    if (check == nullptr)
        return {Verdict::NotApplicable, QStringLiteral("no such row"), {}, {}};
    const auto facts = scenario.facts();
    std::optional<analysis::ConnectionFacts> directFacts;
    if (direct != nullptr)
        directFacts.emplace(direct->facts());
    return check->rule({facts, directFacts ? &*directFacts : nullptr, nullptr, scenario.now(), settings, startWallMs});
}

/// The whole table with gating and folding.
inline Report report(const Scenario &scenario)
{
    const auto facts = scenario.facts();
    return evaluate({facts, nullptr, nullptr, scenario.now(), {}, startWallMs});
}

/// For `void row_data()`: one line for each case, in column "index".
inline void addCaseRows(const std::vector<Case> &cases)
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const QByteArray id(cases[i].id.data(), static_cast<qsizetype>(cases[i].id.size()));
        QTest::addRow("%s: %s", id.constData(), cases[i].name) << static_cast<int>(i);
    }
}

/// That a row said that, and how it should: never without a reason, no fault without evidence.
inline void verify(const Judgement &judgement, Verdict verdict, const char *reasonHas)
{
    const auto said = QString::fromUtf8(nameOf(judgement.verdict).data()) + ": " + judgement.reason;
    QVERIFY2(judgement.verdict == verdict, qPrintable(said));
    QVERIFY2(!judgement.reason.isEmpty(), "a finding without a reason");
    if (reasonHas != nullptr)
        QVERIFY2(judgement.reason.contains(QString::fromUtf8(reasonHas)), qPrintable(said));
    if (verdict == Verdict::Fail || verdict == Verdict::Warn)
        QVERIFY2(!judgement.evidence.empty(), "a fault without evidence");
}

/// For `void row()`.
inline void runCase(const std::vector<Case> &cases)
{
    QFETCH(int, index);
    const Case &one = cases[static_cast<std::size_t>(index)];
    QVERIFY2(checkById(one.id) != nullptr, "no such row in the table");
    const auto judgement = judge(one.id, one.scenario, one.direct, one.settings.value_or(Settings()));
    verify(judgement, one.verdict, one.reasonHas);
}

/// Rows of that phase which the cases leave untried: each needs a case in which it is n/a, one in which it passes
/// (except those in `neverPass`) and one in which it fails, or else warns or informs (except those in `neverJudged`).
inline QStringList untried(Phase phase, const std::vector<Case> &cases,
                           const std::vector<std::string_view> &neverPass = {},
                           const std::vector<std::string_view> &neverJudged = {})
{
    QStringList missing;
    for (const Check &check : checks()) {
        if (check.phase != phase)
            continue;
        const auto tried = [&](auto wanted) {
            return std::ranges::any_of(cases,
                                       [&](const Case &one) { return one.id == check.id && wanted(one.verdict); });
        };
        const auto id = QString::fromUtf8(check.id.data(), static_cast<qsizetype>(check.id.size()));
        const bool judged = std::ranges::count(neverJudged, check.id) == 0;
        if (judged && !tried([](Verdict verdict) { return verdict > Verdict::Pass; }))
            missing << id + ": fail, warn or info";
        if (judged && !tried([](Verdict verdict) { return verdict == Verdict::Pass; }) &&
            !std::ranges::count(neverPass, check.id))
            missing << id + ": pass";
        if (!tried([](Verdict verdict) { return verdict == Verdict::NotApplicable; }))
            missing << id + ": n/a";
    }
    return missing;
}

} // namespace frameglass::diagnosis::test
