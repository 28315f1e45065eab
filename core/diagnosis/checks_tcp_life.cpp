// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "way_view.h"

#include <algorithm>
#include <cmath>

namespace frameglass::diagnosis {

namespace {

using namespace way;

Judgement keepaliveDefaults(const Evaluation &)
{
    return notApplicable(
        CheckText::tr("Keepalive values of sockets are not recorded; heartbeat.vs-tcp-keepalive judges the heartbeat"));
}

// -- loss -----------------------------------------------------------------------------------------------------------

/// At least that many: each write is one, and large ones are cut.
std::uint64_t segmentsSent(const ConnectionFacts &facts, const Settings &settings)
{
    return std::max(facts.sent.transfers, facts.sent.transferred / settings.segmentOctets);
}

Judgement retransmits(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    const Settings &settings = evaluation.settings;
    if (!facts.lastSocket || !facts.lastSocket->value.retransmits)
        return notApplicable(CheckText::tr("The system does not tell what was sent again (TCP_INFO)"));
    const std::uint64_t segments = segmentsSent(facts, settings);
    const std::uint32_t again = *facts.lastSocket->value.retransmits;
    if (segments < settings.retransmitSegments)
        return notApplicable(CheckText::tr("%1 segments sent, %2 again: %3 are needed to judge")
                                 .arg(segments)
                                 .arg(again)
                                 .arg(settings.retransmitSegments));
    const double share = static_cast<double>(again) / static_cast<double>(segments);
    const QString text = CheckText::tr("%1 of about %2 segments were sent again: %3 %")
                             .arg(again)
                             .arg(segments)
                             .arg(share * 100, 0, 'f', 1);
    std::vector<Evidence> evidence{evidenceOf(facts.lastSocket->record, CheckText::tr("%1 retransmits").arg(again))};
    if (share > settings.retransmitsFail)
        return fail(text, std::move(evidence));
    if (share >= settings.retransmitsWarn)
        return warn(text, std::move(evidence));
    return pass(text);
}

/// Since when octets of ours are not acknowledged, as of the last time the system told; nothing when all are.
std::optional<Nanoseconds> unackedSince(const ConnectionFacts &facts)
{
    const auto &socket = *facts.lastSocket;
    if (socket.value.unacked.value_or(0) == 0 || !facts.sent.lastOctets)
        return {};
    // Each unanswered ping is a segment: with as many in flight, the oldest of them is.
    const auto *oldest = facts.heartbeat.oldestUnanswered();
    if (oldest != nullptr && *socket.value.unacked >= facts.heartbeat.missedInARow && facts.heartbeat.missedInARow > 0)
        return oldest->sent;
    return std::min(*facts.sent.lastOctets, socket.time);
}

Judgement halfOpen(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    const Settings &settings = evaluation.settings;
    const auto *end = facts.peerEnd();
    if (end != nullptr && end->value.end == capture::TransportEnd::TimedOut && facts.openedAt)
        return fail(CheckText::tr("The system gave up: the other end acknowledged nothing any more"),
                    {evidenceOf(end->record, textOf(end->value.end))});
    if (!facts.lastSocket || !facts.lastSocket->value.unacked)
        return notApplicable(CheckText::tr("The system does not tell what is unacknowledged (TCP_INFO)"));
    const auto since = unackedSince(facts);
    if (!since)
        return pass(CheckText::tr("All octets were acknowledged when last seen"));
    const Nanoseconds open = facts.lastSocket->time - *since;
    Nanoseconds limit = settings.halfOpenFail;
    if (const auto interval = facts.heartbeat.meanInterval(capture::Direction::Sent))
        limit = std::max(limit, settings.halfOpenHeartbeats * *interval);
    const QString text = CheckText::tr("%1 segments are not acknowledged, for %2 at least")
                             .arg(*facts.lastSocket->value.unacked)
                             .arg(durationText(open));
    std::vector<Evidence> evidence{evidenceOf(facts.lastSocket->record, text)};
    if (open > limit)
        return fail(text, std::move(evidence));
    if (open > settings.halfOpenWarn)
        return warn(text, std::move(evidence));
    return pass(text);
}

// -- small writes ---------------------------------------------------------------------------------------------------

bool isStall(Nanoseconds rtt, Nanoseconds shortest, const Settings &settings)
{
    const Nanoseconds above = rtt - shortest;
    if (above >= settings.nagleFrom && above <= settings.nagleTo)
        return true;
    const auto steps =
        std::llround(static_cast<double>(above.count()) / static_cast<double>(settings.nagleStep.count()));
    const Nanoseconds off = above - steps * settings.nagleStep;
    return steps >= 1 && off <= settings.nagleStepSlack && off >= -settings.nagleStepSlack;
}

Judgement nagleDelay(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    const Settings &settings = evaluation.settings;
    std::vector<const analysis::PingFact *> answered;
    for (const auto &ping : facts.heartbeat.pings())
        if (ping.direction == capture::Direction::Sent && ping.rtt)
            answered.push_back(&ping);
    if (answered.size() < settings.naglePings)
        return notApplicable(CheckText::tr("%1 answered pings: %2 are needed to see a pattern")
                                 .arg(answered.size())
                                 .arg(settings.naglePings));
    const Nanoseconds shortest =
        *(*std::ranges::min_element(answered, {}, [](const auto *ping) { return *ping->rtt; }))->rtt;
    std::vector<Evidence> evidence;
    std::size_t stalls = 0;
    for (const auto *ping : answered) {
        if (!isStall(*ping->rtt, shortest, settings))
            continue;
        ++stalls;
        constexpr std::size_t shown = 5;
        if (evidence.size() < shown)
            evidence.push_back(evidenceOf(ping->pongRecord, durationText(*ping->rtt)));
    }
    const double share = static_cast<double>(stalls) / static_cast<double>(answered.size());
    const QString text = CheckText::tr("%1 of %2 pongs came 40 or 200 ms after the shortest time (%3)")
                             .arg(stalls)
                             .arg(answered.size())
                             .arg(durationText(shortest));
    return share >= settings.nagleShare ? warn(text, std::move(evidence)) : pass(text);
}

// -- ends -----------------------------------------------------------------------------------------------------------

/// Whether this end closed TCP first and keeps the pair of ports for a while (RFC 9293 §3.6.1).
bool leavesTimeWait(const ConnectionFacts &facts)
{
    if (facts.transportEnds.empty())
        return false;
    const auto first = facts.transportEnds.front().value.end;
    return first == capture::TransportEnd::FinSent || first == capture::TransportEnd::ClosedByUs;
}

Judgement timeWait(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessClient(facts))
        return std::move(*other);
    if (evaluation.all == nullptr || !facts.firstSocket)
        return notApplicable(CheckText::tr("TCP was not connected, or no other connections are known"));
    const std::string &remote = facts.firstSocket->value.remote;
    const Nanoseconds now = facts.lastTime.value_or(evaluation.now);
    std::size_t waiting = 0;
    for (const auto &[id, other] : evaluation.all->connections()) {
        constexpr Nanoseconds linuxTimeWait = std::chrono::seconds(60); // TCP_TIMEWAIT_LEN of include/net/tcp.h
        if (other->vantage() != capture::Vantage::Client || !other->firstSocket ||
            other->firstSocket->value.remote != remote || !leavesTimeWait(*other))
            continue;
        const Nanoseconds ended = other->transportEnds.front().time;
        waiting += ended <= now && now - ended < linuxTimeWait;
    }
    const QString text = CheckText::tr("%1 connections of this capture to %2 were closed from here within a minute")
                             .arg(waiting)
                             .arg(excerptOf(remote));
    std::vector<Evidence> evidence{evidenceOf(facts.firstSocket->record, text)};
    if (waiting > evaluation.settings.timeWaitFail)
        return fail(text, std::move(evidence));
    if (waiting > evaluation.settings.timeWaitWarn)
        return warn(text, std::move(evidence));
    return pass(text);
}

} // namespace

std::vector<Check> tcpLifeChecks()
{
    return {
        {"tcp.keepalive-defaults",
         Phase::Tcp,
         Severity::Medium,
         Kind::Passive,
         "RFC 9293 §3.8.4; RFC 1122 §4.2.3.6",
         "https://www.rfc-editor.org/rfc/rfc9293#section-3.8.4",
         QT_TRANSLATE_NOOP("checks", "Keepalive of the operating system"),
         {{QT_TRANSLATE_NOOP("checks", "The defaults were left: Linux finds a dead peer after 7,875 s"),
           QT_TRANSLATE_NOOP("checks", "sysctl net.ipv4.tcp_keepalive_time is 7200")}},
         QT_TRANSLATE_NOOP("checks",
                           "Send a heartbeat every 30 s or less; where that is impossible set TCP_KEEPIDLE=60, "
                           "TCP_KEEPINTVL=10, TCP_KEEPCNT=3."),
         "S001 §2.2",
         keepaliveDefaults,
         {}},
        {"tcp.retransmits",
         Phase::Tcp,
         Severity::Medium,
         Kind::Passive,
         "RFC 9293 §3.8.1",
         "https://www.rfc-editor.org/rfc/rfc9293#section-3.8.1",
         QT_TRANSLATE_NOOP("checks", "Segments sent again"),
         {{QT_TRANSLATE_NOOP("checks", "Radio or Wi-Fi"), QT_TRANSLATE_NOOP("checks", "By cable there is no loss")},
          {QT_TRANSLATE_NOOP("checks", "A policer on the way"),
           QT_TRANSLATE_NOOP("checks", "Loss begins above a certain rate")},
          {QT_TRANSLATE_NOOP("checks", "A path MTU that nobody tells"),
           QT_TRANSLATE_NOOP("checks", "Only large segments are lost; ping -M do -s 1472 fails")}},
         QT_TRANSLATE_NOOP("checks", "Mend the path; clamp the MSS."),
         "S001 §5 (chaos profile 12 % loss)",
         retransmits,
         {}},
        {"tcp.half-open",
         Phase::Tcp,
         Severity::High,
         Kind::Passive,
         "RFC 9293 §3.8.3; RFC 5482",
         "https://www.rfc-editor.org/rfc/rfc9293#section-3.8.3",
         QT_TRANSLATE_NOOP("checks", "The peer is gone, the socket looks open"),
         {{QT_TRANSLATE_NOOP("checks", "A NAT or firewall lost the state"),
           QT_TRANSLATE_NOOP("checks", "After the same silence every time; a new connection works at once")},
          {QT_TRANSLATE_NOOP("checks", "The peer was switched off or suspended"),
           QT_TRANSLATE_NOOP("checks", "A new connection fails as well")},
          {QT_TRANSLATE_NOOP("checks", "The route changed"),
           QT_TRANSLATE_NOOP("checks", "VPN or Wi-Fi switched at that moment")}},
         QT_TRANSLATE_NOOP("checks", "Set TCP_USER_TIMEOUT to 20-30 s and send heartbeats with a time-out."),
         "S001 ch.1; websockets docs topics/keepalive.rst (browser never notices)",
         halfOpen,
         {"close.abnormal"}},
        {"tcp.nagle-delay",
         Phase::Tcp,
         Severity::Low,
         Kind::Passive,
         "RFC 1122 §4.2.3.2; RFC 9293 §3.7.4",
         "https://www.rfc-editor.org/rfc/rfc9293#section-3.7.4",
         QT_TRANSLATE_NOOP("checks", "Stalls of small writes"),
         {{QT_TRANSLATE_NOOP("checks", "Nagle's algorithm on one end meets delayed acknowledgements on the other"),
           QT_TRANSLATE_NOOP("checks", "With TCP_NODELAY the steps are gone")}},
         QT_TRANSLATE_NOOP("checks",
                           "Set TCP_NODELAY (Go's default, node socket.setNoDelay(), nginx tcp_nodelay on) and "
                           "write header and payload in one call."),
         "S002 §1 (many small writes)",
         nagleDelay,
         {}},
        {"tcp.time-wait",
         Phase::Tcp,
         Severity::Low,
         Kind::Passive,
         "RFC 9293 §3.6",
         "https://www.rfc-editor.org/rfc/rfc9293#section-3.6",
         QT_TRANSLATE_NOOP("checks", "Ports held in TIME-WAIT"),
         {{QT_TRANSLATE_NOOP("checks", "The client closes first on every cycle"),
           QT_TRANSLATE_NOOP("checks", "ss -tan state time-wait lists the server's address many times")},
          {QT_TRANSLATE_NOOP("checks", "A reconnect loop without backoff"),
           QT_TRANSLATE_NOOP("checks", "Many connections live for less than a second")}},
         QT_TRANSLATE_NOOP("checks", "Let the server close first; reuse upstream connections of plain locations; back "
                                     "off between attempts."),
         "S002 §2 (`ss -s`)",
         timeWait,
         {}},
    };
}

} // namespace frameglass::diagnosis
