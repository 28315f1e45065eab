// SPDX-License-Identifier: GPL-3.0-or-later
#include "ending.h"

#include "proxy_view.h"
#include "summary.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using analysis::ConnectionFacts;
using capture::Direction;
using capture::TransportEnd;
using capture::Vantage;

/// Who sends in that direction, to begin a sentence with.
QString senderOf(const ConnectionFacts &facts, Direction direction)
{
    if (facts.vantage() != Vantage::Observer && direction == Direction::Sent)
        return CheckText::tr("We", "began a sentence: We ended it");
    return direction == facts.serverDirection() ? CheckText::tr("The server") : CheckText::tr("The client");
}

QString peerOf(const ConnectionFacts &facts)
{
    return senderOf(facts, Direction::Received);
}

/// The moment of the end: when TCP first ended, else the last record.
Nanoseconds endTime(const ConnectionFacts &facts)
{
    return facts.transportEnds.empty() ? facts.ended->time : facts.transportEnds.front().time;
}

QString closeText(const analysis::CloseFrameFact &close)
{
    const QString code = close.code ? closeCodeText(*close.code) : CheckText::tr("without a code");
    return close.reason.empty() ? code : CheckText::tr("%1, “%2”").arg(code, excerptOf(close.reason));
}

bool isClosedByUs(const capture::TransportEnded &end)
{
    return end.end == TransportEnd::ClosedByUs || end.end == TransportEnd::ResetByUs ||
           end.end == TransportEnd::FinSent;
}

const analysis::Recorded<analysis::CloseFrameFact> *firstClose(const ConnectionFacts &facts, Direction &direction)
{
    const auto order = facts.closeOrder();
    if (!order)
        return nullptr;
    direction = order->oursFirst ? Direction::Sent : Direction::Received;
    return order->oursFirst ? &*facts.closeSent : &*facts.closeReceived;
}

class Facts
{
public:
    explicit Facts(const ConnectionFacts &facts) : m_facts(facts), m_end(endTime(facts)) {}

    std::vector<EndingFact> list()
    {
        if (m_facts.openedAt)
            add(CheckText::tr("Open for"), durationText(m_end - *m_facts.openedAt));
        closes();
        transport();
        if (m_facts.openedAt) {
            lastFrame(Direction::Sent, CheckText::tr("Last frame sent"));
            lastFrame(Direction::Received, CheckText::tr("Last frame received"));
            heartbeat();
            silence();
        }
        tls();
        socket();
        return std::move(m_list);
    }

private:
    void add(const QString &name, const QString &text, capture::RecordId record = 0)
    {
        m_list.push_back({name, text, record});
    }

    QString before(Nanoseconds time) const
    {
        return time <= m_end ? CheckText::tr("%1 before the end").arg(durationText(m_end - time))
                             : CheckText::tr("after the end");
    }

    void closes()
    {
        Direction direction = Direction::Sent;
        const auto *first = firstClose(m_facts, direction);
        if (first == nullptr) {
            if (m_facts.openedAt)
                add(CheckText::tr("First Close"), CheckText::tr("none from either side"));
            return;
        }
        add(CheckText::tr("First Close"),
            CheckText::tr("%1: %2, %3").arg(senderOf(m_facts, direction), closeText(first->value), before(first->time)),
            first->record);
        const auto order = *m_facts.closeOrder();
        if (!order.both)
            add(CheckText::tr("Answer to it"), CheckText::tr("none"));
        else
            add(CheckText::tr("Answer to it"), CheckText::tr("after %1").arg(durationText(order.second - order.first)),
                order.secondRecord);
    }

    void transport()
    {
        for (const auto &end : m_facts.transportEnds) {
            QString text = textOf(end.value.end);
            if (!end.value.message.empty())
                text = CheckText::tr("%1: %2").arg(text, excerptOf(end.value.message));
            add(CheckText::tr("TCP"), text, end.record);
        }
        if (m_facts.transportEnds.empty() && m_facts.firstSocket)
            add(CheckText::tr("TCP"), CheckText::tr("no end was seen"));
    }

    void lastFrame(Direction direction, const QString &name)
    {
        const auto &last = m_facts.flow(direction).lastFrame;
        if (!last) {
            add(name, CheckText::tr("none"));
            return;
        }
        add(name,
            CheckText::tr("%1, %2, %3")
                .arg(opcodeName(last->value.opcode), countOctets(last->value.payloadLength), before(last->time)),
            last->record);
    }

    void heartbeat()
    {
        const auto &pings = m_facts.heartbeat.pings();
        if (pings.empty()) {
            add(CheckText::tr("Last ping"), CheckText::tr("none from either side"));
            return;
        }
        const auto &last = pings.back();
        const QString answer = last.pongRecord == 0
                                   ? CheckText::tr("not answered")
                                   : CheckText::tr("answered after %1").arg(durationText(last.rtt.value_or(m_none)));
        add(CheckText::tr("Last ping"),
            CheckText::tr("%1, %2, %3").arg(senderOf(m_facts, last.direction), before(last.sent), answer),
            last.pingRecord);
    }

    void silence()
    {
        if (m_facts.silenceBeforeEnd)
            add(CheckText::tr("Silence before the end"), durationText(m_facts.silenceBeforeEnd->value),
                m_facts.silenceBeforeEnd->record);
    }

    void tls()
    {
        if (!m_facts.tls)
            return;
        if (m_facts.closeNotifyReceived)
            add(CheckText::tr("TLS close_notify"), CheckText::tr("received"), *m_facts.closeNotifyReceived);
        else
            add(CheckText::tr("TLS close_notify"), CheckText::tr("not received"));
    }

    void socket()
    {
        if (!m_facts.lastSocket)
            return;
        const auto &socket = m_facts.lastSocket->value;
        QStringList parts;
        if (socket.tcpRtt)
            parts << CheckText::tr("RTT %1").arg(durationText(*socket.tcpRtt));
        if (socket.retransmits)
            parts << CheckText::tr("%1 segments sent again").arg(*socket.retransmits);
        if (socket.unacked)
            parts << CheckText::tr("%1 segments not acknowledged").arg(*socket.unacked);
        if (!parts.isEmpty())
            add(CheckText::tr("The kernel's last word"), parts.join(QStringLiteral(", ")), m_facts.lastSocket->record);
    }

    static constexpr Nanoseconds m_none{0};
    const ConnectionFacts &m_facts;
    Nanoseconds m_end;
    std::vector<EndingFact> m_list;
};

// -- what repeats ---------------------------------------------------------------------------------------------------

bool sameTarget(const ConnectionFacts &one, const ConnectionFacts &other)
{
    return one.started && other.started && one.started->value.url == other.started->value.url &&
           one.vantage() == other.vantage();
}

std::optional<Nanoseconds> measured(const ConnectionFacts &facts, Cadence::Measure measure, const Settings &settings)
{
    if (measure == Cadence::Measure::Silence) {
        const auto cut = proxy::idleCutOf(facts, settings);
        return cut ? std::optional(cut->value) : std::nullopt;
    }
    const auto life = proxy::cutLifetime(facts);
    return life && life->value >= settings.idleCutMinimum ? std::optional(life->value) : std::nullopt;
}

std::optional<Cadence> cadenceBy(const Evaluation &evaluation, Cadence::Measure measure)
{
    const Settings &settings = evaluation.settings;
    const auto own = measured(evaluation.facts, measure, settings);
    if (!own || evaluation.all == nullptr)
        return {};
    Cadence cadence;
    cadence.measure = measure;
    std::vector<Nanoseconds> alike;
    for (const auto &[id, other] : evaluation.all->connections()) {
        if (!sameTarget(evaluation.facts, *other) || !other->endedWithoutClose())
            continue;
        ++cadence.ends;
        const auto theirs = measured(*other, measure, settings);
        if (theirs && proxy::isNear(*own, *theirs, settings.cadenceTolerance, settings.cadenceShare))
            alike.push_back(*theirs);
    }
    cadence.alike = alike.size();
    if (cadence.alike < settings.cadenceEnds ||
        static_cast<double>(cadence.alike) < settings.cadenceMajority * static_cast<double>(cadence.ends))
        return {};
    const auto middle = alike.begin() + static_cast<std::ptrdiff_t>(alike.size() / 2);
    std::ranges::nth_element(alike, middle);
    cadence.value = *middle;
    return cadence;
}

/// Silence explains more than age where both agree: a limit on age takes no notice of what passes.
std::optional<Cadence> cadenceOf(const Evaluation &evaluation)
{
    auto cadence = cadenceBy(evaluation, Cadence::Measure::Silence);
    if (cadence) {
        cadence->sentence =
            CheckText::tr("%1 of %2 ended %3 after the last octet: an idle limit between you and the other side")
                .arg(cadence->alike)
                .arg(cadence->ends)
                .arg(durationText(cadence->value));
        return cadence;
    }
    cadence = cadenceBy(evaluation, Cadence::Measure::Age);
    if (cadence)
        cadence->sentence = CheckText::tr("%1 of %2 ended %3 after they had opened, busy or not: a limit on age")
                                .arg(cadence->alike)
                                .arg(cadence->ends)
                                .arg(durationText(cadence->value));
    return cadence;
}

// -- what follows ---------------------------------------------------------------------------------------------------

class Inference
{
public:
    explicit Inference(const Evaluation &evaluation) : m_evaluation(evaluation), m_facts(evaluation.facts) {}

    Ending run()
    {
        m_ending.facts = Facts(m_facts).list();
        m_ending.cadence = cadenceOf(m_evaluation);
        if (!m_facts.openedAt)
            neverOpen();
        else if (m_facts.failedByUs())
            failedByUs();
        else if (m_facts.closeOrder())
            byClose();
        else if (const auto *end = m_facts.peerEnd())
            withoutClose(end->value);
        else
            byUs();
        return std::move(m_ending);
    }

private:
    void say(Ender ender, Confidence confidence, const QString &sentence, const QString &whatWouldTell = {})
    {
        m_ending.ender = ender;
        m_ending.confidence = confidence;
        m_ending.sentence = sentence;
        m_ending.whatWouldTell = whatWouldTell;
    }

    void neverOpen()
    {
        if (m_facts.vantage() == Vantage::Client && reachOf(m_facts) == Reach::NotConnected)
            return say(Ender::Nobody, Confidence::Certain,
                       CheckText::tr("It never came about: %1.").arg(stageText(m_evaluation)));
        if (m_facts.response && !m_facts.responsePartial && m_facts.response->value.status != 101)
            return refused(m_facts.response->value.status);
        if (m_facts.vantage() != Vantage::Observer && m_facts.violationCount > 0 && m_facts.response)
            return say(Ender::Us, Confidence::Certain,
                       CheckText::tr("We ended it, because the answer is no valid opening handshake: %1.")
                           .arg(textOf(m_facts.violations.front().value.violation)));
        if (const auto *end = m_facts.peerEnd())
            return say(Ender::Far, Confidence::Likely,
                       CheckText::tr("%1 before the opening handshake was done.").arg(textOf(end->value.end)),
                       CheckText::tr("The server's own log tells whether the request reached it."));
        say(Ender::Us, Confidence::Certain, CheckText::tr("We gave up before the opening handshake was done."));
    }

    void refused(int status)
    {
        const bool ours = m_facts.vantage() == Vantage::Server;
        const QString text = CheckText::tr("%1 refused the upgrade with %2.")
                                 .arg(senderOf(m_facts, m_facts.serverDirection()))
                                 .arg(status);
        const bool gateway = status == 502 || status == 503 || status == 504; // RFC 9110 §15.6.3 to §15.6.5
        if (gateway && !ours)
            return say(Ender::Far, Confidence::Likely, text,
                       CheckText::tr("A proxy sends these codes as well: an attempt past it (--direct) tells."));
        say(ours ? Ender::Us : Ender::Peer, Confidence::Certain, text);
    }

    void failedByUs()
    {
        const QString why = m_facts.violationCount > 0 ? textOf(m_facts.violations.front().value.violation)
                                                       : CheckText::tr("a limit or a time-out of ours");
        say(Ender::Us, Confidence::Certain,
            CheckText::tr("We ended it, because of what %1 did: %2.")
                .arg(m_facts.vantage() == Vantage::Server ? CheckText::tr("the client") : CheckText::tr("the server"),
                     why));
    }

    void byClose()
    {
        Direction direction = Direction::Sent;
        const auto *first = firstClose(m_facts, direction);
        const bool ours = direction == Direction::Sent && m_facts.vantage() != Vantage::Observer;
        const bool answered = m_facts.closeOrder()->both;
        QString text = CheckText::tr("%1 closed it: %2.").arg(senderOf(m_facts, direction), closeText(first->value));
        if (!answered)
            text = CheckText::tr("%1 The answer to this Close never came.").arg(text);
        const bool gateway = first->value.code == 1014 && !ours;
        if (gateway)
            return say(Ender::Between, Confidence::Likely, text,
                       CheckText::tr("1014 is sent by gateways: their log names the server that failed."));
        say(ours ? Ender::Us : Ender::Peer, Confidence::Certain, text);
    }

    bool hasSilence() const { return proxy::idleCutOf(m_facts, m_evaluation.settings).has_value(); }

    void withoutClose(const capture::TransportEnded &end)
    {
        switch (end.end) {
        case TransportEnd::TimedOut:
            return say(Ender::Nobody, Confidence::Likely,
                       CheckText::tr("Nobody said so: what we sent was no longer acknowledged, until TCP gave up."),
                       CheckText::tr("A capture on the other side tells whether our segments arrived there."));
        case TransportEnd::ResetReceived: return byReset();
        case TransportEnd::FinReceived: return byFin();
        default:
            return say(Ender::Nobody, Confidence::Open,
                       CheckText::tr("TCP failed on the way: %1.").arg(excerptOf(end.message)));
        }
    }

    void byFin()
    {
        if (m_ending.cadence && m_ending.cadence->measure == Cadence::Measure::Silence)
            return say(Ender::Far, Confidence::Likely,
                       CheckText::tr("A time-out of a proxy or of %1: FIN without a Close, each time after %2 of "
                                     "silence.")
                           .arg(lowerPeer(), durationText(m_ending.cadence->value)),
                       CheckText::tr("An attempt past the proxy (--direct): where the cut stays, it is the server's "
                                     "own deadline."));
        if (m_ending.cadence)
            return say(Ender::Far, Confidence::Likely,
                       CheckText::tr("A limit on age, of a proxy or of %1: FIN without a Close, each time at %2.")
                           .arg(lowerPeer(), durationText(m_ending.cadence->value)),
                       CheckText::tr("The configuration of each hop: maximum connection age, stream duration."));
        if (hasSilence())
            return say(Ender::Far, Confidence::Open,
                       CheckText::tr("%1, or a proxy between, ended TCP without a Close after %2 of silence.")
                           .arg(peerOf(m_facts), durationText(m_facts.silenceBeforeEnd->value)),
                       CheckText::tr("Let it happen again: the same silence each time means a time-out; with pings "
                                     "in the gap it must not happen."));
        say(Ender::Far, Confidence::Open,
            CheckText::tr("%1, or a proxy between, ended TCP without a Close while data still passed.")
                .arg(peerOf(m_facts)),
            CheckText::tr("The server's log at that moment: a crash, a return from the handler, a deploy. Where it "
                          "shows nothing, ask the proxy's."));
    }

    void byReset()
    {
        const bool afterOurs = m_facts.sent.lastFrame && m_facts.received.lastOctets &&
                               m_facts.sent.lastFrame->time > *m_facts.received.lastOctets;
        if (hasSilence() || (afterOurs && m_facts.longestSilence >= m_evaluation.settings.idleCutMinimum))
            return say(Ender::Far, Confidence::Open,
                       CheckText::tr("Reset after %1 of silence: something on the way, or %2, had forgotten the "
                                     "connection.")
                           .arg(durationText(m_facts.longestSilence), lowerPeer()),
                       CheckText::tr("A capture on the server: where no RST leaves it, a NAT or firewall sent it."));
        say(Ender::Far, Confidence::Open,
            CheckText::tr("%1, or something between, reset TCP without a Close.").arg(peerOf(m_facts)),
            CheckText::tr("A process that ends or closes with unread octets resets: its log and exit code. A capture "
                          "on the server tells whether the RST left it."));
    }

    void byUs()
    {
        const auto &ends = m_facts.transportEnds;
        const bool ours = !ends.empty() && isClosedByUs(ends.front().value);
        if (ours || m_facts.vantage() != Vantage::Observer)
            return say(Ender::Us, ours ? Confidence::Certain : Confidence::Likely,
                       CheckText::tr("We ended TCP without a Close."));
        say(Ender::Nobody, Confidence::Open, CheckText::tr("The records stop without an end."));
    }

    QString lowerPeer() const
    {
        return m_facts.vantage() == Vantage::Server ? CheckText::tr("the client") : CheckText::tr("the server");
    }

    const Evaluation &m_evaluation;
    const ConnectionFacts &m_facts;
    Ending m_ending;
};

} // namespace

std::optional<Ending> endingOf(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (facts.isListener() || (!facts.isOver() && facts.transportEnds.empty()))
        return {};
    if (!facts.isOver() && facts.peerEnd() == nullptr) // we half-closed: it stands
        return {};
    return Inference(evaluation).run();
}

std::string_view nameOf(Ender ender)
{
    switch (ender) {
    case Ender::Us: return "us";
    case Ender::Peer: return "peer";
    case Ender::Far: return "peer-or-between";
    case Ender::Between: return "between";
    case Ender::Nobody: return "silence";
    }
    return {};
}

std::string_view nameOf(Confidence confidence)
{
    switch (confidence) {
    case Confidence::Certain: return "certain";
    case Confidence::Likely: return "likely";
    case Confidence::Open: return "open";
    }
    return {};
}

QString textOf(Confidence confidence)
{
    switch (confidence) {
    case Confidence::Certain: return CheckText::tr("certain");
    case Confidence::Likely: return CheckText::tr("likely");
    case Confidence::Open: return CheckText::tr("not decided");
    }
    return {};
}

} // namespace frameglass::diagnosis
