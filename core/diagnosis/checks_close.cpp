// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "rule_support.h"

#include <algorithm>
#include <iterator>

namespace frameglass::diagnosis {

namespace {

using analysis::ConnectionFacts;
using capture::TransportEnd;

/// Why it cannot be said how the peer ended TCP, or nothing.
std::optional<Judgement> unlessEnded(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return closed;
    const auto &facts = evaluation.facts;
    if (facts.transportEnds.empty())
        return notApplicable(CheckText::tr("TCP still stands"));
    if (facts.peerEnd() == nullptr && !facts.closeReceived)
        return notApplicable(CheckText::tr("We ended TCP first"));
    if (facts.failedByUs() && !facts.closeReceived)
        return notApplicable(CheckText::tr("We failed the connection before the other side ended it"));
    return {};
}

QString sinceText(std::optional<Nanoseconds> then, Nanoseconds now)
{
    return then ? CheckText::tr("%1 before").arg(durationText(now - *then)) : CheckText::tr("never");
}

/// When the last frame of each direction passed, as seen from `now`.
QString lastFramesText(const ConnectionFacts &facts, Nanoseconds now)
{
    const auto timeOf = [](const analysis::FlowCounters &flow) -> std::optional<Nanoseconds> {
        return flow.lastFrame ? std::optional(flow.lastFrame->time) : std::nullopt;
    };
    return CheckText::tr("last frame sent %1, received %2")
        .arg(sinceText(timeOf(facts.sent), now), sinceText(timeOf(facts.received), now));
}

std::vector<Evidence> endEvidence(const ConnectionFacts &facts)
{
    const auto &end = *facts.peerEnd();
    std::vector<Evidence> evidence{evidenceOf(end.record, textOf(end.value.end))};
    if (facts.silenceBeforeEnd && facts.silenceBeforeEnd->record != 0)
        evidence.push_back(evidenceOf(facts.silenceBeforeEnd->record, CheckText::tr("the last octets before it")));
    return evidence;
}

Judgement abnormal(const Evaluation &evaluation)
{
    if (auto standing = unlessEnded(evaluation))
        return *standing;
    const auto &facts = evaluation.facts;
    if (!facts.endedWithoutClose())
        return pass(CheckText::tr("A Close frame came before TCP ended"));
    return fail(CheckText::tr("%1 without a Close frame (1006)").arg(textOf(facts.peerEnd()->value.end)),
                endEvidence(facts));
}

Judgement finWithoutClose(const Evaluation &evaluation)
{
    if (auto standing = unlessEnded(evaluation))
        return *standing;
    const auto &facts = evaluation.facts;
    const auto *end = facts.peerEnd();
    if (!facts.endedWithoutClose())
        return pass(CheckText::tr("A Close frame came before TCP ended"));
    if (end->value.end != TransportEnd::FinReceived)
        return notApplicable(CheckText::tr("TCP did not end in order: %1").arg(textOf(end->value.end)));
    return fail(CheckText::tr("FIN without a Close frame; %1").arg(lastFramesText(facts, end->time)),
                endEvidence(facts));
}

Judgement reset(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    if (facts.transportEnds.empty())
        return notApplicable(CheckText::tr("TCP still stands"));
    const auto found = std::ranges::find_if(
        facts.transportEnds, [](const auto &end) { return end.value.end == TransportEnd::ResetReceived; });
    if (found == facts.transportEnds.end())
        return pass(CheckText::tr("The other side did not reset TCP"));
    const QString last = facts.sent.lastFrame ? CheckText::tr("the last frame sent was %1, %2 octets")
                                                    .arg(opcodeName(facts.sent.lastFrame->value.opcode),
                                                         octetsText(facts.sent.lastFrame->value.payloadLength))
                                              : CheckText::tr("no frame had been sent");
    std::vector<Evidence> evidence{evidenceOf(found->record, textOf(found->value.end))};
    if (facts.sent.lastFrame)
        evidence.push_back(evidenceOf(facts.sent.lastFrame->record, CheckText::tr("the last frame sent")));
    if (facts.closeReceived && facts.closeSent)
        return info(CheckText::tr("Reset after both Close frames; %1").arg(last), std::move(evidence));
    return fail(CheckText::tr("The other side reset TCP; %1").arg(last), std::move(evidence));
}

/// Our Close that asks for a reply: why there is none to judge, or nothing.
std::optional<Judgement> unlessWeAsked(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return closed;
    const auto order = evaluation.facts.closeOrder();
    if (!order || !evaluation.facts.closeSent)
        return notApplicable(CheckText::tr("We sent no Close"));
    if (!order->oursFirst)
        return notApplicable(CheckText::tr("The other side sent its Close first"));
    return {};
}

/// Until when a reply to our Close could come.
Nanoseconds waitedUntil(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    if (facts.closeReceived)
        return facts.closeReceived->time;
    for (const auto &end : facts.transportEnds)
        if (end.value.end != TransportEnd::FinSent && end.time >= facts.closeSent->time)
            return end.time;
    return facts.ended ? facts.ended->time : evaluation.now;
}

Judgement closeReply(const Evaluation &evaluation)
{
    if (auto unasked = unlessWeAsked(evaluation))
        return *unasked;
    const auto &facts = evaluation.facts;
    const auto &settings = evaluation.settings;
    const Nanoseconds waited = waitedUntil(evaluation) - facts.closeSent->time;
    std::vector<Evidence> evidence{evidenceOf(facts.closeSent->record, CheckText::tr("our Close"))};
    if (facts.closeReceived) {
        const QString text = CheckText::tr("Close came back after %1").arg(durationText(waited));
        evidence.push_back(evidenceOf(facts.closeReceived->record, CheckText::tr("the reply")));
        if (waited <= goodPong(evaluation))
            return pass(text);
        return waited < settings.closeReplyFail ? warn(text, evidence) : fail(text, evidence);
    }
    if (const auto *end = facts.peerEnd(); end != nullptr && end->time >= facts.closeSent->time) {
        evidence.push_back(evidenceOf(end->record, textOf(end->value.end)));
        return fail(CheckText::tr("No Close came back; TCP was ended after %1 instead").arg(durationText(waited)),
                    evidence);
    }
    const QString text = CheckText::tr("No Close came back for %1").arg(durationText(waited));
    if (waited >= settings.closeReplyFail)
        return fail(text, evidence);
    if (waited > goodPong(evaluation))
        return warn(text, evidence);
    return notApplicable(CheckText::tr("The reply is not due yet"));
}

Judgement closeReplyCode(const Evaluation &evaluation)
{
    if (auto unasked = unlessWeAsked(evaluation))
        return *unasked;
    const auto &facts = evaluation.facts;
    if (!facts.closeReceived)
        return notApplicable(CheckText::tr("No Close came back"));
    const auto codeText = [](const std::optional<std::uint16_t> &code) {
        return code ? closeCodeText(*code) : CheckText::tr("no code");
    };
    const auto &ours = facts.closeSent->value.code;
    const auto &theirs = facts.closeReceived->value.code;
    const QString text = CheckText::tr("We sent %1, the reply has %2").arg(codeText(ours), codeText(theirs));
    if (ours == theirs)
        return pass(text);
    return warn(text, {evidenceOf(facts.closeReceived->record, CheckText::tr("the reply"))});
}

Judgement twoPhase(const Evaluation &evaluation)
{
    if (auto unasked = unlessWeAsked(evaluation))
        return *unasked;
    const auto &facts = evaluation.facts;
    const auto &settings = evaluation.settings;
    const Nanoseconds until = waitedUntil(evaluation);
    const Nanoseconds begun = facts.closeSent->time;
    const Nanoseconds written = facts.closeWritten ? facts.closeWritten->time : until;
    const Nanoseconds writing = written - begun;
    const Nanoseconds reading = until - written;
    const QString text =
        CheckText::tr("Close written in %1, reply after %2").arg(durationText(writing), durationText(reading));
    const std::vector<Evidence> evidence{evidenceOf(facts.closeSent->record, CheckText::tr("our Close"))};
    if (!facts.closeWritten && !facts.closeReceived) {
        const QString stuck =
            CheckText::tr("Write phase: our Close could not be written for %1").arg(durationText(writing));
        if (writing > settings.closePhaseWarn)
            return fail(stuck, evidence);
        if (writing > settings.closeWriteGood)
            return warn(stuck, evidence);
        return notApplicable(CheckText::tr("Our Close is not written yet"));
    }
    const QString phase = writing > settings.closeWriteGood ? CheckText::tr("Write phase: %1").arg(text)
                                                            : CheckText::tr("Read phase: %1").arg(text);
    if (writing > settings.closePhaseWarn || reading > settings.closePhaseWarn)
        return fail(phase, evidence);
    if (writing > settings.closeWriteGood || reading > settings.closeReadGood)
        return warn(phase, evidence);
    return facts.closeReceived
               ? pass(text)
               : notApplicable(CheckText::tr("No Close came back within %1").arg(durationText(reading)));
}

struct ServerEnd
{
    std::optional<analysis::Recorded<capture::TransportEnded>> server;
    std::optional<analysis::Recorded<capture::TransportEnded>> client;
};

/// The first end of each side, after both Close frames.
ServerEnd endsOf(const ConnectionFacts &facts)
{
    const bool weServe = facts.vantage() == capture::Vantage::Server;
    ServerEnd ends;
    for (const auto &end : facts.transportEnds) {
        const bool ours = end.value.end == TransportEnd::FinSent || end.value.end == TransportEnd::ClosedByUs ||
                          end.value.end == TransportEnd::ResetByUs;
        auto &side = ours == weServe ? ends.server : ends.client;
        if (!side)
            side = end;
    }
    return ends;
}

Judgement tcpEnd(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    const auto &settings = evaluation.settings;
    const auto order = facts.closeOrder();
    if (!order || !order->both)
        return notApplicable(CheckText::tr("The closing handshake is not complete"));
    const auto ends = endsOf(facts);
    const bool clientFirst = ends.client && (!ends.server || ends.client->record < ends.server->record);
    const auto first = clientFirst ? ends.client : ends.server;
    const Nanoseconds waited = (first ? first->time : evaluation.now) - order->second;
    std::vector<Evidence> evidence{evidenceOf(order->secondRecord, CheckText::tr("the second Close"))};
    if (first)
        evidence.push_back(evidenceOf(first->record, textOf(first->value.end)));
    const QString text =
        clientFirst ? CheckText::tr("The client ended TCP %1 after the closing handshake, before the server did")
        : first     ? CheckText::tr("The server ended TCP %1 after the closing handshake")
                    : CheckText::tr("Nobody has ended TCP for %1 after the closing handshake");
    const QString reason = text.arg(durationText(waited));
    if (waited > settings.tcpEndWarn)
        return fail(reason, evidence);
    if (waited > settings.tcpEndGood)
        return warn(reason, evidence);
    if (clientFirst)
        return info(reason, evidence);
    return first ? pass(reason) : notApplicable(CheckText::tr("The end of TCP is not due yet"));
}

Judgement stuckClosing(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    const auto order = facts.closeOrder();
    if (!order)
        return notApplicable(CheckText::tr("No Close frame has passed"));
    std::optional<Nanoseconds> over;
    for (const auto &step : facts.steps)
        if (!over && protocol::isFinal(step.value.to))
            over = step.time;
    if (!over && facts.ended)
        over = facts.ended->time;
    const Nanoseconds closing = over.value_or(evaluation.now) - order->first;
    const auto &first = order->oursFirst ? facts.closeSent : facts.closeReceived;
    if (closing > evaluation.settings.closingFail)
        return fail(CheckText::tr("Closing for %1").arg(durationText(closing)),
                    {evidenceOf(first->record, CheckText::tr("the first Close"))});
    if (!over)
        return notApplicable(CheckText::tr("Closing since %1").arg(durationText(closing)));
    return pass(CheckText::tr("Closing took %1").arg(durationText(closing)));
}

Judgement dataAfterClose(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    if (!facts.closeReceived)
        return notApplicable(CheckText::tr("The other side sent no Close"));
    std::vector<Evidence> evidence{evidenceOf(facts.closeReceived->record, CheckText::tr("its Close"))};
    if (facts.dataFramesAfterClose > 0) {
        evidence.insert(evidence.begin(),
                        evidenceOf(*facts.firstDataAfterClose, CheckText::tr("the first data frame after it")));
        return fail(CheckText::tr("%1 data frames after the Close").arg(facts.dataFramesAfterClose), evidence);
    }
    if (facts.controlFramesAfterClose > 0)
        return info(CheckText::tr("%1 control frames after the Close").arg(facts.controlFramesAfterClose), evidence);
    return pass(CheckText::tr("No frame after the Close"));
}

constexpr std::string_view section551 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1";
constexpr std::string_view section711 = "https://www.rfc-editor.org/rfc/rfc6455#section-7.1.1";
constexpr std::string_view section714 = "https://www.rfc-editor.org/rfc/rfc6455#section-7.1.4";
constexpr std::string_view section715 = "https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5";
constexpr std::string_view tcpReset = "https://www.rfc-editor.org/rfc/rfc9293#section-3.5";

} // namespace

std::vector<Check> closeChecks()
{
    std::vector<Check> rows{
        {"close.abnormal",
         Phase::Close,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §7.1.5; §7.1.7",
         section715,
         QT_TRANSLATE_NOOP("checks", "No Close frame (1006)"),
         {{QT_TRANSLATE_NOOP("checks", "A proxy cut an idle connection"),
           QT_TRANSLATE_NOOP("checks", "FIN, always after the same silence; another path keeps it")},
          {QT_TRANSLATE_NOOP("checks", "The process ended or crashed"),
           QT_TRANSLATE_NOOP("checks", "All its connections end at once")},
          {QT_TRANSLATE_NOOP("checks", "A NAT lost its state"),
           QT_TRANSLATE_NOOP("checks", "RST comes after a write of ours")},
          {QT_TRANSLATE_NOOP("checks", "The path is down"), QT_TRANSLATE_NOOP("checks", "TCP times out")},
          {QT_TRANSLATE_NOOP("checks", "The handler returned without sending Close"),
           QT_TRANSLATE_NOOP("checks", "FIN right after its last message")}},
         QT_TRANSLATE_NOOP("checks", "See the rows below it for how TCP ended."),
         "S000 §3.1; [L1],[L2]: every proxy idle cut is FIN without Close",
         abnormal,
         {}},
        {"close.fin-without-close",
         Phase::Close,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §7.1.1",
         section711,
         QT_TRANSLATE_NOOP("checks", "Orderly TCP end, no Close"),
         {{QT_TRANSLATE_NOOP("checks", "The idle timer of a proxy"),
           QT_TRANSLATE_NOOP("checks", "The silence before it is the same each time")},
          {QT_TRANSLATE_NOOP("checks", "A plain conn.Close() in Go"),
           QT_TRANSLATE_NOOP("checks", "It follows the last message at once")},
          {QT_TRANSLATE_NOOP("checks", "The server shuts down"),
           QT_TRANSLATE_NOOP("checks", "All its connections end together")}},
         QT_TRANSLATE_NOOP("checks", "Send a Close frame before TCP is closed."),
         "S001 §3.3; [L1] f-fin-noclose; [L2]",
         finWithoutClose,
         {"close.abnormal"}},
        {"close.rst",
         Phase::Close,
         Severity::High,
         Kind::Passive,
         "RFC 9293 §3.5",
         tcpReset,
         QT_TRANSLATE_NOOP("checks", "Connection reset"),
         {{QT_TRANSLATE_NOOP("checks", "The peer closed its socket with unread octets in it"),
           QT_TRANSLATE_NOOP("checks", "We had sent data shortly before")},
          {QT_TRANSLATE_NOOP("checks", "A firewall"),
           QT_TRANSLATE_NOOP("checks", "The TTL of the RST differs from that of other packets")},
          {QT_TRANSLATE_NOOP("checks", "A crash"), QT_TRANSLATE_NOOP("checks", "All its connections end at once")},
          {QT_TRANSLATE_NOOP("checks", "A balancer forgot the connection"),
           QT_TRANSLATE_NOOP("checks", "The reset answers the first write after a long silence")}},
         QT_TRANSLATE_NOOP("checks", "Read all data before closing; keep a heartbeat."),
         "S003 §2.3 (avoid RST); [L1] f-rst",
         reset,
         {"close.abnormal"}},
        {"close.reply",
         Phase::Close,
         Severity::Medium,
         Kind::A0,
         "RFC 6455 §5.5.1",
         section551,
         QT_TRANSLATE_NOOP("checks", "Peer answers our Close"),
         {{QT_TRANSLATE_NOOP("checks", "The reader stopped"),
           QT_TRANSLATE_NOOP("checks", "Pings are not answered either")},
          {QT_TRANSLATE_NOOP("checks", "A close handler of the application does not reply"),
           QT_TRANSLATE_NOOP("checks", "Pings are answered")},
          {QT_TRANSLATE_NOOP("checks", "A proxy swallows the Close"),
           QT_TRANSLATE_NOOP("checks", "A direct connection gets the reply")}},
         QT_TRANSLATE_NOOP("checks", "Keep the default close handler, or reply and then close."),
         "S001 §3.1; gorilla conn.go:1146-1156",
         closeReply,
         {"close.two-phase", "close.stuck-closing", "close.abnormal", "close.fin-without-close"}},
        {"close.reply-code",
         Phase::Close,
         Severity::Low,
         Kind::A0,
         "RFC 6455 §5.5.1",
         section551,
         QT_TRANSLATE_NOOP("checks", "Reply echoes the code"),
         {{QT_TRANSLATE_NOOP("checks", "The default of the library"),
           QT_TRANSLATE_NOOP("checks", "QWebSocket and WebKitGTK answer an empty Close with 1000")}},
         QT_TRANSLATE_NOOP("checks", "Nothing has to change."),
         "[L1] f-close-empty",
         closeReplyCode,
         {}},
        {"close.two-phase",
         Phase::Close,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §7.1.1",
         section711,
         QT_TRANSLATE_NOOP("checks", "Write phase and read phase"),
         {{QT_TRANSLATE_NOOP("checks", "The send buffer is full"),
           QT_TRANSLATE_NOOP("checks", "The write phase is long: the peer does not read")},
          {QT_TRANSLATE_NOOP("checks", "The peer is blocked"),
           QT_TRANSLATE_NOOP("checks", "The read phase is long: it does not answer")}},
         QT_TRANSLATE_NOOP(
             "checks",
             "Limits of 10 s and 10 s on weak networks, 5 s and 3 s by default, 2 s and 1 s for small devices."),
         "S001 §3.2",
         twoPhase,
         {}},
        {"close.tcp-end",
         Phase::Close,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §7.1.1",
         section711,
         QT_TRANSLATE_NOOP("checks", "TCP closed after the handshake"),
         {{QT_TRANSLATE_NOOP("checks", "The server waits for the client to close"),
           QT_TRANSLATE_NOOP("checks", "It closes at once when the client does")},
          {QT_TRANSLATE_NOOP("checks", "The handler never closes the connection"),
           QT_TRANSLATE_NOOP("checks", "The socket stays until a limit of the library")}},
         QT_TRANSLATE_NOOP("checks", "Let the server close TCP first."),
         "S001 §3.1 (hidden leak); chromium waits 2 s; ws 30 s; websockets(py) 10 s per step; Firefox pref 20 s",
         tcpEnd,
         {"close.stuck-closing"}},
        {"close.stuck-closing",
         Phase::Close,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §7.1.4",
         section714,
         QT_TRANSLATE_NOOP("checks", "Stuck between Close and TCP end"),
         {{QT_TRANSLATE_NOOP("checks", "A handler waits for ever"),
           QT_TRANSLATE_NOOP("checks", "It ends when the process does")}},
         QT_TRANSLATE_NOOP("checks", "Force the close after a time limit."),
         "S001 §3.1 (30 s is a library habit, not in the RFC)",
         stuckClosing,
         {}},
        {"close.data-after-close",
         Phase::Close,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §5.5.1",
         section551,
         QT_TRANSLATE_NOOP("checks", "Frames after Close"),
         {{QT_TRANSLATE_NOOP("checks", "A writer was not stopped"),
           QT_TRANSLATE_NOOP("checks", "The late messages are the usual ones")}},
         QT_TRANSLATE_NOOP("checks", "Stop the writers first, then send Close."),
         "[L1] f-close-then-data",
         dataAfterClose,
         {}},
    };
    for (auto part : {closeCodeChecks, closeTogetherChecks}) {
        auto more = part();
        std::ranges::move(more, std::back_inserter(rows));
    }
    return rows;
}

} // namespace frameglass::diagnosis
