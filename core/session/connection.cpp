// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace frameglass::session {

using capture::TransportEnd;
using protocol::ConnectionState;
using Clock = std::chrono::steady_clock;

namespace {

/// How long we read on after our FIN so that the peer's last octets do not turn it into a reset.
constexpr auto lingerLimit = std::chrono::seconds(1);

/// How long a body may make no progress.
constexpr auto bodyIdleLimit = std::chrono::seconds(2);

protocol::PeerOptions peerOptions(protocol::PeerOptions options, const HeartbeatOptions &heartbeat, bool responds)
{
    options.autoPong = heartbeat.autoPong == AutoPong::On;
    options.pausesBeforeEnd = responds;
    options.deliverMessages = false; // records and responders live on frames
    options.stopwatch = [] { return Clock::now().time_since_epoch(); };
    return options;
}

} // namespace

Connection::Connection(asio::io_context &context, std::shared_ptr<transport::Stream> stream, Journal journal,
                       const ConnectionOptions &options, ConnectionOwner &owner, Responder *responder)
    : m_stream(std::move(stream)), m_journal(std::move(journal)),
      m_peer(peerOptions(options.peer, options.heartbeat, responder != nullptr)), m_heartbeat(options.heartbeat),
      m_owner(owner), m_responder(responder), m_timer(context), m_maskSource(options.peer.maskSource),
      m_upgradeLimit(options.upgradeLimit), m_closeLimit(options.closeLimit),
      m_stallLimit(options.peer.limits.stalledOutputTime), m_queueLimit(options.peer.limits.queuedOutputOctets)
{}

Connection::~Connection()
{
    m_stream->close();
}

void Connection::start(TimePoint now)
{
    recordFacts(now);
    m_upgrading = true;
    m_upgradeStart = now;
    m_upgradeDeadline = now + m_upgradeLimit;
    m_journal.add(now, capture::StageChanged{capture::Stage::Upgrade, capture::StageOutcome::Started, {}, 0, {}});
    m_stream->start(*this);
    pump(now);
}

void Connection::open(const protocol::HandshakeRequest &request, TimePoint now)
{
    m_peer.open(request);
    pump(now);
}

// -- what the stream tells ------------------------------------------------------------------------------------------

void Connection::received(protocol::OctetView octets, TimePoint now)
{
    m_journal.add(now, capture::TransferBoundary{protocol::Direction::Received, m_octetsReceived,
                                                 static_cast<std::uint32_t>(octets.size())});
    m_octetsReceived += octets.size();
    if (!m_ending)
        m_peer.receive(octets);
    pump(now);
}

void Connection::receiveEnded(TimePoint now)
{
    m_receiveEnded = true;
    m_journal.add(now, capture::TransportEnded{TransportEnd::FinReceived, 0, {}});
    noMoreComes(now);
}

void Connection::noMoreComes(TimePoint now)
{
    if (!std::exchange(m_nothingMore, true))
        m_peer.receiveEnd();
    pump(now);
}

void Connection::written(std::size_t octets, TimePoint now)
{
    m_journal.add(
        now, capture::TransferBoundary{protocol::Direction::Sent, m_octetsSent, static_cast<std::uint32_t>(octets)});
    m_octetsSent += octets;
    if (m_pumping)
        return;
    watchQueue(now);
    m_journal.flush();
}

void Connection::sendEnded(TimePoint now)
{
    m_sendEnded = true;
    m_journal.add(now, capture::TransportEnded{TransportEnd::FinSent, 0, {}});
    if (!m_pumping)
        pump(now);
}

void Connection::observed(capture::RecordBody record, TimePoint now)
{
    constexpr std::uint8_t closeNotify = 0; // RFC 8446 §6.1
    const auto *message = std::get_if<capture::TlsMessage>(&record);
    const bool ends = message && message->direction == protocol::Direction::Received &&
                      message->content == capture::TlsContent::Alert && message->type == closeNotify;
    m_journal.add(now, std::move(record));
    // The peer's TLS may wait for ours before it ends TCP: a FIN need not come.
    if (ends)
        noMoreComes(now);
    else if (!m_pumping)
        m_journal.flush();
}

void Connection::broken(const transport::StreamBroken &how, TimePoint now)
{
    finish(how, now);
}

// -- the pump -------------------------------------------------------------------------------------------------------

void Connection::pump(TimePoint now)
{
    if (m_pumping || m_finished)
        return;
    const auto self = shared_from_this(); // the owner may let go of us
    m_pumping = true;
    // The peer pauses before the end, so that the responder answers what came before it.
    while (drainPeer(now) || m_heartbeat.hasActions() || m_peer.proceed())
        drainHeartbeat(now);
    m_stream->flush(now);
    m_pumping = false;
    watchQueue(now);
    settle(now);
    m_journal.flush();
    arm();
}

void Connection::takeOutput()
{
    for (auto &output : m_peer.takeOutput()) {
        if (auto *send = std::get_if<protocol::SendOctets>(&output)) {
            m_stream->send(std::move(send->octets));
        } else if (std::holds_alternative<protocol::HalfClose>(output)) {
            m_stream->shutdownSend();
        } else {
            m_endWanted = true;
        }
    }
}

bool Connection::drainPeer(TimePoint now)
{
    takeOutput();
    auto events = m_peer.takeEvents();
    for (auto event = events.begin(); event != events.end(); ++event) {
        const auto next = std::next(event);
        m_violates = next != events.end() && std::holds_alternative<protocol::ViolationEvent>(*next);
        std::visit([this, now](auto &what) { handle(what, now); }, *event);
    }
    return !events.empty();
}

void Connection::drainHeartbeat(TimePoint now)
{
    bool refused = false;
    for (auto &action : m_heartbeat.takeActions()) {
        if (auto *ping = std::get_if<HeartbeatPolicy::SendPing>(&action)) {
            refused = !m_peer.ping(ping->payload);
            drainPeer(now); // its frame comes before what is said about it
        } else if (auto *pong = std::get_if<HeartbeatPolicy::SendPong>(&action)) {
            m_peer.pong(pong->payload);
            drainPeer(now);
        } else {
            auto &record = std::get<capture::HeartbeatRecord>(action);
            const bool sent = record.kind == capture::HeartbeatKind::PingSent;
            if (sent && std::exchange(refused, false))
                continue;
            if (sent && m_heartbeat.nextPing())
                record.nextDue = m_journal.sink().sinceStart(*m_heartbeat.nextPing());
            const bool answered = record.rtt && record.id != 0;
            m_journal.add(now, record);
            if (answered)
                recordFacts(now);
        }
    }
}

void Connection::handle(protocol::HeadEvent &event, TimePoint now)
{
    const auto &head = *event.head;
    m_journal.add(now, capture::HeadRecord{event.direction, head.kind, true, head.raw});
    if (event.direction == protocol::Direction::Received && head.kind == protocol::HeadKind::Response &&
        head.status != 101)
        awaitBody(head, now);
}

void Connection::handle(protocol::PartialHead &event, TimePoint now)
{
    m_journal.add(now, capture::HeadRecord{event.direction, event.kind, false, std::move(event.raw)});
}

void Connection::handle(protocol::BodyEvent &event, TimePoint now)
{
    m_journal.add(now, capture::BodyRecord{event.direction, std::move(event.octets), event.skipped});
    if (m_bodyDeadline && event.direction == protocol::Direction::Received)
        m_bodyDeadline = std::min<TimePoint>(now + bodyIdleLimit, m_bodyLatest);
}

/// The peer knows where the body ends; here is only how long we wait for that.
void Connection::awaitBody(const protocol::HttpHead &head, TimePoint now)
{
    if (head.status / 100 == 1)
        return; // interim: the answer is still to come
    endUpgrade(capture::StageOutcome::Failed, now);
    m_bodyLatest = now + m_upgradeLimit;
    m_bodyDeadline = std::min<TimePoint>(now + bodyIdleLimit, m_bodyLatest);
}

void Connection::handle(protocol::FrameEvent &event, TimePoint now)
{
    actOnFrame(event, now);
    capture::FrameRecord record;
    record.direction = event.direction;
    record.header = event.header;
    record.streamOffset = event.streamOffset;
    record.payloadOctets = event.payload.size();
    record.payload = std::move(event.payload);
    if (event.inflated)
        record.inflated = capture::InflatedPayload::of(std::move(event.inflated->payload), event.inflated->cost);
    m_journal.add(now, std::move(record));
}

/// Tells the heartbeat and the responder. What they send comes out of the peer later, so the record of this frame,
/// which the caller adds next, still precedes it.
void Connection::actOnFrame(const protocol::FrameEvent &frame, TimePoint now)
{
    if (frame.direction != protocol::Direction::Received || !frame.complete())
        return;
    if (!frame.header.isControl()) {
        const bool sound = !m_violates || m_peer.reading() == protocol::Reading::Observer;
        if (m_responder && sound && !frame.header.isReservedOpcode())
            m_responder->frameReceived(m_peer, frame);
    } else if (!frame.header.fin || frame.payload.size() > protocol::maximumControlPayload) {
        return;
    } else if (frame.header.is(protocol::Opcode::Ping)) {
        m_heartbeat.pingReceived(frame.payload, now);
    } else if (frame.header.is(protocol::Opcode::Pong)) {
        m_heartbeat.pongReceived(frame.payload, now);
    }
}

void Connection::handle(protocol::MessageEvent &event, TimePoint now)
{
    if (event.fragments > 1)
        m_journal.add(now, capture::MessageRecord{event.direction, event.opcode, event.octets, event.fragments,
                                                  event.compressed, event.octetsMeant});
}

void Connection::handle(protocol::StateEvent &event, TimePoint now)
{
    m_journal.add(now, capture::StateRecord{event.from, event.to, event.trigger});
    if (event.to != ConnectionState::Open)
        m_heartbeat.stopped();
    const bool closing = event.to == ConnectionState::CloseSent || event.to == ConnectionState::CloseReceived ||
                         event.to == ConnectionState::CloseDone;
    if (closing && !m_closeDeadline)
        m_closeDeadline = now + m_closeLimit;
    if (event.to == ConnectionState::Failed)
        endUpgrade(capture::StageOutcome::Failed, now);
}

void Connection::handle(protocol::ViolationEvent &event, TimePoint now)
{
    m_journal.add(
        now, capture::ViolationRecord{event.direction, event.violation, event.streamOffset, std::move(event.detail)});
}

void Connection::handle(protocol::RequestArrived &event, TimePoint)
{
    m_owner.requestArrived(*this, event.faults);
}

void Connection::handle(protocol::Established &, TimePoint now)
{
    endUpgrade(capture::StageOutcome::Succeeded, now);
    m_heartbeat.opened(now);
}

// -- a peer that does not read ---------------------------------------------------------------------------------------

/// The stream stops reading while its queue is over the limit, until half of it has gone. For as long the peer has to
/// keep taking octets.
void Connection::watchQueue(TimePoint now)
{
    const auto queued = m_stream->queuedOctets();
    if (m_ending || (m_stallDeadline ? queued <= m_queueLimit / 2 : queued <= m_queueLimit)) {
        m_stallDeadline.reset();
        return;
    }
    if (m_stallDeadline && m_octetsSent - m_sentAtStall < std::max<std::size_t>(m_queueLimit / 16, 1))
        return;
    m_sentAtStall = m_octetsSent;
    m_stallDeadline = now + m_stallLimit;
}

void Connection::outputStalled(TimePoint now)
{
    constexpr auto what = protocol::Violation::OutputStalled;
    m_journal.add(now, capture::ViolationRecord{protocol::Direction::Sent, what, m_octetsSent,
                                                std::to_string(m_stream->queuedOctets())});
    m_peer.fail(*protocol::closeCodeFor(what), protocol::infoOf(what).id);
}

// -- the end --------------------------------------------------------------------------------------------------------

/// After each pump: does what the state of peer and stream asks for.
void Connection::settle(TimePoint now)
{
    if (m_finished)
        return;
    if (m_receiveEnded && m_sendEnded) {
        finish(Ending::Close, now);
        return;
    }
    const auto state = m_peer.state();
    if (m_endWanted || protocol::isFinal(state) || (m_nothingMore && state == ConnectionState::CloseDone))
        endSoon(now);
}

/// FIN after what is queued, then reads on for a short time: closing with unread octets would send RST and could take
/// from the peer what we sent last (RFC 9112 §9.6 knows the same rule).
void Connection::endSoon(TimePoint now)
{
    if (m_ending)
        return;
    m_ending = true;
    m_upgradeDeadline.reset();
    m_bodyDeadline.reset();
    m_stallDeadline.reset();
    m_heartbeat.stopped();
    m_closeDeadline = now + std::min<Nanoseconds>(m_closeLimit, lingerLimit);
    m_stream->shutdownSend();
    m_pumping = true;
    m_stream->flush(now);
    m_pumping = false;
    if (m_receiveEnded && m_sendEnded)
        finish(Ending::Close, now);
}

void Connection::finish(Ending ending, TimePoint now)
{
    if (m_finished)
        return;
    recordFacts(now);
    const auto how = ending == Ending::Reset ? m_stream->reset() : m_stream->close();
    m_journal.add(now, capture::TransportEnded{how, 0, {}});
    recordEnd(now);
}

void Connection::finish(const transport::StreamBroken &how, TimePoint now)
{
    if (m_finished)
        return;
    recordFacts(now);
    m_stream->close();
    m_journal.add(now, capture::TransportEnded{how.end, how.error.number, how.error.message});
    endUpgrade(capture::StageOutcome::Failed, now, how.error);
    recordEnd(now);
}

void Connection::recordEnd(TimePoint now)
{
    const auto self = shared_from_this(); // the owner may let go of us
    m_pumping = true;                     // no flush, no settling any more
    m_peer.transportEnded();
    drainPeer(now);
    endUpgrade(capture::StageOutcome::Failed, now);
    m_finished = true;
    m_timer.cancel();

    capture::ConnectionEnded ended;
    ended.wasClean = m_peer.state() == ConnectionState::Closed;
    if (const auto &close = m_peer.closeReceived()) { // RFC 6455 §7.1.5, §7.1.6
        ended.code = close->code;
        ended.reason = close->reason;
    }
    m_journal.add(now, std::move(ended));
    m_journal.flush();
    m_owner.connectionEnded(*this);
}

void Connection::endUpgrade(capture::StageOutcome outcome, TimePoint now, const transport::SystemError &error)
{
    if (!m_upgrading)
        return;
    m_upgrading = false;
    m_upgradeDeadline.reset();
    m_journal.add(now, capture::StageChanged{capture::Stage::Upgrade, outcome, now - m_upgradeStart, error.number,
                                             error.message});
}

void Connection::recordFacts(TimePoint now)
{
    m_journal.add(now, m_stream->facts());
}

// -- time -----------------------------------------------------------------------------------------------------------

std::optional<TimePoint> Connection::nextDeadline() const
{
    auto next = m_heartbeat.nextDeadline();
    for (const auto &deadline : {m_upgradeDeadline, m_bodyDeadline, m_closeDeadline, m_stallDeadline}) {
        if (deadline && (!next || *deadline < *next))
            next = deadline;
    }
    return next;
}

/// A timer that fires too early costs less than one that is set anew for every frame: it is only moved forward.
void Connection::arm()
{
    if (m_finished)
        return;
    const auto next = nextDeadline();
    if (!next || (m_armedFor && *m_armedFor <= *next))
        return;
    m_armedFor = next;
    m_timer.expires_at(*next);
    m_timer.async_wait([self = shared_from_this()](const std::error_code &error) {
        if (!error)
            self->timerFired();
    });
}

void Connection::timerFired()
{
    m_armedFor.reset();
    if (m_finished)
        return;
    const auto now = Clock::now();
    const auto passed = [now](std::optional<TimePoint> &deadline) {
        if (!deadline || now < *deadline)
            return false;
        deadline.reset();
        return true;
    };
    if (passed(m_closeDeadline)) {
        disconnect(false);
        return;
    }
    if (passed(m_stallDeadline))
        outputStalled(now);
    if (passed(m_bodyDeadline))
        m_endWanted = true;
    if (passed(m_upgradeDeadline)) {
        endUpgrade(capture::StageOutcome::TimedOut, now);
        m_endWanted = true;
    }
    m_heartbeat.advanceTo(now);
    pump(now);
}

} // namespace frameglass::session
