// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection_facts.h"

#include <algorithm>

namespace frameglass::analysis {

namespace {

constexpr std::size_t maximumBodyOctets = 64 * 1024;
constexpr std::size_t maximumFirstOctets = 64;
constexpr std::size_t maximumTransportEnds = 16;
constexpr std::size_t maximumSteps = 100;

template<typename T>
Recorded<T> recorded(const capture::Record &record, T value)
{
    return {record.id, record.time, std::move(value)};
}

template<typename T>
void addBounded(std::vector<T> &list, T value, std::size_t maximum = ConnectionFacts::maximumListed)
{
    if (list.size() < maximum)
        list.push_back(std::move(value));
}

bool endsByPeer(capture::TransportEnd end)
{
    using capture::TransportEnd;
    switch (end) {
    case TransportEnd::FinReceived:
    case TransportEnd::ResetReceived:
    case TransportEnd::Error:
    case TransportEnd::TimedOut: return true;
    case TransportEnd::FinSent:
    case TransportEnd::ClosedByUs:
    case TransportEnd::ResetByUs: return false;
    }
    return false;
}

CloseFrameFact closeFact(const capture::FrameRecord &frame)
{
    CloseFrameFact fact;
    fact.payloadOctets = frame.payloadOctets;
    const auto &payload = frame.payload;
    if (payload.size() >= 2) {
        fact.code = static_cast<std::uint16_t>(std::to_integer<unsigned>(payload[0]) << 8 |
                                               std::to_integer<unsigned>(payload[1]));
        fact.reason = protocol::textOf(protocol::OctetView(payload).subspan(2));
    }
    return fact;
}

} // namespace

void ConnectionFacts::add(const capture::Record &record)
{
    lastTime = record.time;
    heartbeat.add(record);
    if (const auto *frame = capture::as<capture::FrameRecord>(record)) {
        addFrame(record, *frame);
    } else if (const auto *transfer = capture::as<capture::TransferBoundary>(record)) {
        addTransfer(record, *transfer);
    } else if (const auto *head = capture::as<capture::HeadRecord>(record)) {
        addHead(record, *head);
    } else if (const auto *more = capture::as<capture::BodyRecord>(record)) {
        addBody(record, *more);
    } else if (const auto *step = capture::as<capture::StateRecord>(record)) {
        state = step->to;
        addBounded(steps, recorded(record, *step), maximumSteps);
        if (step->to == protocol::ConnectionState::Open) {
            openedAt = record.time;
            lastActivity = record.time;
        }
    } else if (const auto *violation = capture::as<capture::ViolationRecord>(record)) {
        addViolation(record, *violation);
    } else if (const auto *transportEnd = capture::as<capture::TransportEnded>(record)) {
        addTransportEnd(record, *transportEnd);
    } else if (const auto *stage = capture::as<capture::StageChanged>(record)) {
        addBounded(stages, recorded(record, *stage));
        if (stage->stage == capture::Stage::Tcp && stage->outcome == capture::StageOutcome::Succeeded && !connectTime)
            connectTime = stage->elapsed;
    } else if (const auto *tried = capture::as<capture::AddressTried>(record)) {
        addBounded(addresses, recorded(record, *tried));
        if (tried->error == 0)
            connectTime = tried->elapsed;
    } else if (const auto *socket = capture::as<capture::SocketFacts>(record)) {
        if (!firstSocket)
            firstSocket = recorded(record, *socket);
        lastSocket = recorded(record, *socket);
    } else if (const auto *start = capture::as<capture::ConnectionStarted>(record)) {
        started = recorded(record, *start);
    } else if (const auto *addressList = capture::as<capture::AddressesResolved>(record)) {
        resolved = recorded(record, *addressList);
    } else if (const auto *listening = capture::as<capture::ListenerRecord>(record)) {
        listener = recorded(record, *listening);
    } else if (const auto *end = capture::as<capture::ConnectionEnded>(record)) {
        ended = recorded(record, *end);
    } else if (const auto *message = capture::as<capture::TlsMessage>(record)) {
        addTlsMessage(record, *message);
    } else if (const auto *facts = capture::as<capture::TlsFacts>(record)) {
        tls = recorded(record, *facts);
    } else if (const auto *lookup = capture::as<capture::DnsLookup>(record)) {
        addBounded(dns, recorded(record, *lookup));
    } else if (const auto *used = capture::as<capture::ProxyUsed>(record)) {
        proxy = recorded(record, *used);
    } else if (const auto *answered = capture::as<capture::ProxyAnswered>(record)) {
        proxyAnswer = recorded(record, *answered);
    } else if (const auto *dropped = capture::as<capture::Dropped>(record)) {
        droppedRecords += dropped->records;
    }
}

/// NewSessionTicket and KeyUpdate may come without end: the list is bounded.
void ConnectionFacts::addTlsMessage(const capture::Record &record, const capture::TlsMessage &message)
{
    addBounded(tlsMessages, recorded(record, message));
    if (message.content != capture::TlsContent::Alert)
        return;
    constexpr std::uint8_t closeNotify = 0; // RFC 8446 §6.1
    if (message.type == closeNotify)
        (message.direction == Direction::Sent ? closeNotifySent : closeNotifyReceived) = record.id;
    else if (message.fatal && !fatalAlert)
        fatalAlert = recorded(record, message);
}

const Recorded<capture::StageChanged> *ConnectionFacts::lastOf(capture::Stage stage) const
{
    const auto found = std::find_if(stages.rbegin(), stages.rend(),
                                    [stage](const auto &changed) { return changed.value.stage == stage; });
    return found == stages.rend() ? nullptr : &*found;
}

/// What passes between us and a forward proxy is not part of the opening handshake.
void ConnectionFacts::addProxyHead(const capture::Record &record, const capture::HeadRecord &head)
{
    auto &known = head.kind == protocol::HeadKind::Request ? proxyRequest : proxyResponse;
    known = recorded(record, protocol::parseHead(head.kind, head.raw));
}

void ConnectionFacts::addHead(const capture::Record &record, const capture::HeadRecord &head)
{
    if (head.hop == capture::Hop::Proxy) {
        addProxyHead(record, head);
        return;
    }
    noteOctets(record, head.direction);
    (head.direction == Direction::Sent ? sent : received).headOctets += head.raw.size();
    auto parsed = recorded(record, protocol::parseHead(head.kind, head.raw));
    if (head.kind == protocol::HeadKind::Request) {
        requestPartial = !head.complete;
        compression.addRequest(parsed.value);
        request = std::move(parsed);
        return;
    }
    const int status = parsed.value.status;
    if (head.complete && status >= 100 && status < 200 && status != 101) {
        addBounded(informational, std::move(parsed));
        return;
    }
    compression.addResponse(parsed.value);
    responsePartial = !head.complete;
    response = std::move(parsed);
}

void ConnectionFacts::addBody(const capture::Record &record, const capture::BodyRecord &more)
{
    if (more.hop == capture::Hop::Proxy)
        return;
    noteOctets(record, more.direction);
    if (!firstBodyRecord)
        firstBodyRecord = record.id;
    bodyOctets += more.octets.size() + more.skipped;
    const std::size_t room = maximumBodyOctets - std::min(maximumBodyOctets, body.size());
    protocol::append(body, protocol::OctetView(more.octets).first(std::min(room, more.octets.size())));
    if (!firstOctetsAfterHead && !more.octets.empty())
        firstOctetsAfterHead = recorded(
            record,
            protocol::copyOf(protocol::OctetView(more.octets).first(std::min(maximumFirstOctets, more.octets.size()))));
}

void ConnectionFacts::addFrame(const capture::Record &record, const capture::FrameRecord &frame)
{
    noteOctets(record, frame.direction);
    const bool wasSent = frame.direction == Direction::Sent;
    FlowCounters &flow = wasSent ? sent : received;
    FrameTrack &track = wasSent ? framesSent : framesReceived;
    ++flow.frames;
    flow.payloadOctets += frame.payloadOctets;
    flow.wireOctets += frame.header.headerOctets() + frame.payloadOctets;
    flow.lastFrame = recorded(record, frame.header);
    flow.lastFrameOffset = frame.streamOffset;
    track.add(frame, record.id, record.time, compression.agreed.has_value(), vantage() != capture::Vantage::Client);
    compression.add(frame, record.id, record.time);
    flow.messages = track.messages;
    if (!violations.empty()) {
        ViolationFact &last = violations.back();
        if (last.frame == 0 && last.value.direction == frame.direction && last.time == record.time &&
            last.value.streamOffset == frame.streamOffset && flow.headOctets > 0)
            last.frame = record.id;
    }
    if (!frame.complete() && !wasSent)
        truncatedFrame = track.incomplete;

    if (!firstOctetsAfterHead && frame.direction == serverDirection()) {
        protocol::Octets octets;
        protocol::appendFrameHeader(octets, frame.header);
        const std::size_t start = octets.size();
        const std::size_t room = maximumFirstOctets - start;
        protocol::append(octets, protocol::OctetView(frame.payload).first(std::min(room, frame.payload.size())));
        if (frame.header.maskKey)
            protocol::applyMask(std::span(octets).subspan(start), *frame.header.maskKey);
        firstOctetsAfterHead = recorded(record, std::move(octets));
    }

    if (frame.header.isControl()) {
        ++flow.controlFrames;
        addControl(record, frame);
        return;
    }
    ++flow.dataFrames;
    if (!frame.header.is(protocol::Opcode::Continuation))
        flow.cadence.add(record.id, record.time);
    flow.lastDataFrame = recorded(record, frame.header);
    if (!wasSent && closeReceived) {
        ++dataFramesAfterClose;
        if (!firstDataAfterClose)
            firstDataAfterClose = record.id;
    }
}

void ConnectionFacts::addControl(const capture::Record &record, const capture::FrameRecord &frame)
{
    const bool wasSent = frame.direction == Direction::Sent;
    auto &close = wasSent ? closeSent : closeReceived;
    if (close) {
        if (!wasSent)
            ++controlFramesAfterClose;
        if (frame.header.is(protocol::Opcode::Pong)) {
            ++pongsAfterClose;
            if (!firstPongAfterClose)
                firstPongAfterClose = record.id;
        }
        return;
    }
    // Octets of an HTTP answer can look like a Close frame: FIN clear tells them apart (RFC 6455 §5.5).
    if (!frame.header.is(protocol::Opcode::Close) || !frame.header.fin)
        return;
    close = recorded(record, closeFact(frame));
    if (wasSent) {
        m_closeEndsAt = sent.headOctets + frame.streamOffset + frame.header.headerOctets() + frame.payloadOctets;
        if (sent.transferred >= *m_closeEndsAt)
            closeWritten = recorded(record, true);
    }
}

void ConnectionFacts::addViolation(const capture::Record &record, const capture::ViolationRecord &violation)
{
    ++violationCount;
    ViolationFact fact;
    static_cast<Recorded<capture::ViolationRecord> &>(fact) = recorded(record, violation);
    const FlowCounters &of = flow(violation.direction);
    if (of.lastFrame && of.lastFrameOffset == violation.streamOffset)
        fact.frame = of.lastFrame->record;
    compression.add(violation, fact.frame, record.id, record.time);
    addBounded(violations, std::move(fact));
}

void ConnectionFacts::addTransfer(const capture::Record &record, const capture::TransferBoundary &transfer)
{
    const bool wasSent = transfer.direction == Direction::Sent;
    FlowCounters &flow = wasSent ? sent : received;
    ++flow.transfers;
    flow.transferred = std::max(flow.transferred, transfer.offset + transfer.length);
    if (openedAt)
        (wasSent ? framesSent : framesReceived).addTransfer();
    if (transfer.length == 0)
        return;
    noteOctets(record, transfer.direction);
    if (wasSent && m_closeEndsAt && !closeWritten && sent.transferred >= *m_closeEndsAt)
        closeWritten = recorded(record, true);
    if (request && !firstReplyOctets && transfer.direction == serverDirection())
        firstReplyOctets = record.time;
}

void ConnectionFacts::addTransportEnd(const capture::Record &record, const capture::TransportEnded &end)
{
    noteSilenceUntil(record.time);
    addBounded(transportEnds, recorded(record, end), maximumTransportEnds);
    if (endsByPeer(end.end) && !silenceBeforeEnd && lastActivity)
        silenceBeforeEnd = {lastActivityRecord.value_or(0), *lastActivity, record.time - *lastActivity};
}

void ConnectionFacts::noteOctets(const capture::Record &record, Direction direction)
{
    noteSilenceUntil(record.time);
    (direction == Direction::Sent ? sent : received).lastOctets = record.time;
    lastActivity = record.time;
    lastActivityRecord = record.id;
}

void ConnectionFacts::noteSilenceUntil(Nanoseconds time)
{
    if (!openedAt || !lastActivity || !transportEnds.empty())
        return;
    const Nanoseconds silence = time - *lastActivity;
    if (silence > longestSilence) {
        longestSilence = silence;
        longestSilenceBegan = *lastActivity;
        longestSilenceAfter = lastActivityRecord;
    }
}

std::optional<CloseOrder> ConnectionFacts::closeOrder() const
{
    if (!closeSent && !closeReceived)
        return {};
    CloseOrder order;
    order.both = closeSent && closeReceived;
    order.oursFirst = closeSent && (!closeReceived || closeSent->record < closeReceived->record);
    const auto &first = order.oursFirst ? closeSent : closeReceived;
    const auto &second = order.oursFirst ? closeReceived : closeSent;
    order.first = first->time;
    if (second) {
        order.second = second->time;
        order.secondRecord = second->record;
    }
    return order;
}

capture::Vantage ConnectionFacts::vantage() const
{
    return started ? started->value.vantage : capture::Vantage::Client;
}

Direction ConnectionFacts::serverDirection() const
{
    return vantage() == capture::Vantage::Server ? Direction::Sent : Direction::Received;
}

const Recorded<capture::TransportEnded> *ConnectionFacts::peerEnd() const
{
    if (transportEnds.empty() || !endsByPeer(transportEnds.front().value.end)) {
        // Our half-close leaves the peer free to reset or never to answer: only its FIN is then an answer to ours.
        const auto reset = std::ranges::find_if(
            transportEnds, [](const auto &end) { return end.value.end == capture::TransportEnd::ResetReceived; });
        const bool onlyHalfClosed =
            !transportEnds.empty() && transportEnds.front().value.end == capture::TransportEnd::FinSent;
        return onlyHalfClosed && reset != transportEnds.end() ? &*reset : nullptr;
    }
    return &transportEnds.front();
}

bool ConnectionFacts::failedByUs() const
{
    const auto *end = peerEnd();
    return std::ranges::any_of(steps, [&](const StateStep &step) {
        return step.value.trigger == protocol::Trigger::FailedByUs && (end == nullptr || step.record < end->record);
    });
}

bool ConnectionFacts::endedWithoutClose() const
{
    return openedAt && peerEnd() != nullptr && !closeReceived && !failedByUs();
}

void CaptureFacts::add(const capture::Record &record)
{
    lastTime = std::max(lastTime, record.time);
    if (const auto *lost = capture::as<capture::Dropped>(record))
        if (dropped.size() < ConnectionFacts::maximumListed)
            dropped.push_back({record.id, record.time, *lost});
    if (const auto *interruption = capture::as<capture::Interrupted>(record))
        if (interrupted.size() < ConnectionFacts::maximumListed)
            interrupted.push_back({record.id, record.time, *interruption});
    if (record.connection == 0)
        return;
    auto &facts = m_connections[record.connection];
    if (!facts)
        facts = std::make_unique<ConnectionFacts>(record.connection);
    const bool held = facts->holdsStreams();
    const TargetTrack::Before before(*facts);
    facts->add(record);
    if (capture::as<capture::ConnectionStarted>(record) || capture::as<capture::HeadRecord>(record))
        m_reconnects.note(*facts);
    const TargetTrack::Before after(*facts);
    if (capture::as<capture::ConnectionStarted>(record) || before.opened != after.opened || before.over != after.over ||
        before.missed != after.missed) // nearly no record: frames must not pay for a look-up
        noteTarget(*facts, before, record);
    if (held == facts->holdsStreams())
        return;
    auto &[now, most] = m_compressing[static_cast<std::size_t>(facts->vantage())];
    now = held ? now - std::min<std::uint64_t>(now, 1) : now + 1;
    most = std::max(most, now);
}

std::uint64_t CaptureFacts::mostCompressing(capture::Vantage vantage) const
{
    return m_compressing[static_cast<std::size_t>(vantage)].most;
}

void CaptureFacts::noteTarget(const ConnectionFacts &facts, const TargetTrack::Before &before,
                              const capture::Record &record)
{
    if (!facts.started || facts.isListener())
        return;
    TargetTrack *&target = m_targetOf[facts.id];
    if (target == nullptr) {
        const auto &started = facts.started->value;
        target = &m_targets[facts.vantage() == capture::Vantage::Client
                                ? started.url
                                : '#' + std::to_string(started.listener.value_or(0))];
        target->connections.push_back(&facts);
    }
    target->note(facts, before, record.id, record.time);
}

const TargetTrack *CaptureFacts::targetOf(const ConnectionFacts &facts) const
{
    const auto found = m_targetOf.find(facts.id);
    return found == m_targetOf.end() ? nullptr : found->second;
}

const ConnectionFacts *CaptureFacts::find(ConnectionId id) const
{
    const auto found = m_connections.find(id);
    return found == m_connections.end() ? nullptr : found->second.get();
}

} // namespace frameglass::analysis
