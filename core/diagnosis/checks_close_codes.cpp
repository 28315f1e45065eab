// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "core/protocol/utf8.h"
#include "rule_support.h"

#include <algorithm>
#include <initializer_list>

namespace frameglass::diagnosis {

namespace {

using analysis::CloseFrameFact;
using analysis::ConnectionFacts;
using analysis::Recorded;
using capture::Direction;

using CloseFact = Recorded<CloseFrameFact>;

Evidence closeEvidence(const CloseFact &close)
{
    const auto &code = close.value.code;
    return evidenceOf(close.record, code ? closeCodeText(*code) : CheckText::tr("Close without a code"));
}

/// Why Close frames cannot be judged, or nothing.
std::optional<Judgement> unlessClose(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return closed;
    if (!evaluation.facts.closeOrder())
        return notApplicable(CheckText::tr("No Close frame has passed"));
    return {};
}

std::optional<Judgement> unlessCode(const Evaluation &evaluation)
{
    if (auto none = unlessClose(evaluation))
        return none;
    const auto &facts = evaluation.facts;
    if ((!facts.closeSent || !facts.closeSent->value.code) &&
        (!facts.closeReceived || !facts.closeReceived->value.code))
        return notApplicable(CheckText::tr("No Close frame carries a code"));
    return {};
}

/// The first Close for which `wanted` holds, the peer's before ours; nullptr when neither.
template<typename Predicate>
const CloseFact *findClose(const ConnectionFacts &facts, Direction &direction, Predicate wanted)
{
    direction = Direction::Received;
    if (facts.closeReceived && wanted(facts.closeReceived->value))
        return &*facts.closeReceived;
    direction = Direction::Sent;
    if (facts.closeSent && wanted(facts.closeSent->value))
        return &*facts.closeSent;
    return nullptr;
}

template<typename Predicate>
Judgement judgeCode(const Evaluation &evaluation, const QString &wrong, const QString &right, Predicate wanted)
{
    if (auto none = unlessCode(evaluation))
        return *none;
    Direction direction{};
    const auto *close = findClose(evaluation.facts, direction,
                                  [&](const CloseFrameFact &fact) { return fact.code && wanted(*fact.code); });
    if (close == nullptr)
        return pass(right);
    return fail(CheckText::tr("%1: %2 %3").arg(wrong, directionText(direction), closeCodeText(*close->value.code)),
                {closeEvidence(*close)});
}

Judgement reservedCode(const Evaluation &evaluation)
{
    return judgeCode(evaluation, CheckText::tr("A code that may only be used locally"),
                     CheckText::tr("No reserved code on the wire"),
                     [](std::uint16_t code) { return code == 1004 || code == 1005 || code == 1006 || code == 1015; });
}

Judgement unassignedCode(const Evaluation &evaluation)
{
    return judgeCode(evaluation, CheckText::tr("A code outside the ranges that may be used"),
                     CheckText::tr("All codes are in a legal range"),
                     [](std::uint16_t code) { return code < 1000 || (code >= 1016 && code <= 2999) || code >= 5000; });
}

Judgement newerCode(const Evaluation &evaluation)
{
    auto judgement =
        judgeCode(evaluation, CheckText::tr("QWebSocket, WebKitGTK or gorilla take it for a protocol error"),
                  CheckText::tr("No code that strict clients refuse"),
                  [](std::uint16_t code) { return code >= 1012 && code <= 1014; });
    // No client that would break was declared: this only advises.
    if (judgement.verdict == Verdict::Fail)
        judgement.verdict = Verdict::Info;
    return judgement;
}

Judgement closePayload(const Evaluation &evaluation)
{
    if (auto none = unlessClose(evaluation))
        return *none;
    Direction direction{};
    const auto &facts = evaluation.facts;
    if (const auto *close =
            findClose(facts, direction, [](const CloseFrameFact &fact) { return fact.payloadOctets == 1; }))
        return fail(CheckText::tr("A Close payload of one octet (%1)").arg(directionText(direction)),
                    {closeEvidence(*close)});
    if (const auto *close = findClose(facts, direction, [](const CloseFrameFact &fact) {
            return fact.payloadOctets > protocol::maximumControlPayload;
        }))
        return fail(CheckText::tr("A reason of %1 octets (%2); 123 are allowed")
                        .arg(close->value.payloadOctets - 2)
                        .arg(directionText(direction)),
                    {closeEvidence(*close)});
    if (const auto *close = findClose(facts, direction, [](const CloseFrameFact &fact) {
            return !protocol::isValidUtf8(protocol::viewOf(fact.reason));
        }))
        return fail(CheckText::tr("The reason is not UTF-8 (%1)").arg(directionText(direction)),
                    {closeEvidence(*close)});
    return pass(CheckText::tr("Each Close payload is well formed"));
}

Judgement closeEmpty(const Evaluation &evaluation)
{
    if (auto none = unlessClose(evaluation))
        return *none;
    const auto &facts = evaluation.facts;
    Direction direction{};
    const auto *close = findClose(facts, direction, [](const CloseFrameFact &fact) { return fact.payloadOctets == 0; });
    if (close == nullptr)
        return pass(CheckText::tr("Each Close carries a code"));
    const QString text = CheckText::tr("A Close without a code (%1): it counts as 1005").arg(directionText(direction));
    const bool asked =
        facts.closeSent && facts.closeReceived && direction == Direction::Received && facts.closeOrder()->oursFirst;
    const bool byServer = direction == facts.serverDirection();
    const bool afterError =
        facts.framesSent.faultyFrames + facts.framesReceived.faultyFrames + facts.violationCount > 0;
    if (byServer && afterError && !asked)
        return warn(text, {closeEvidence(*close)});
    return info(text, {closeEvidence(*close)});
}

/// The peer's Close that is its own word, not the echo of ours. Else why not.
std::optional<Judgement> unlessPeerCloses(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return closed;
    const auto &facts = evaluation.facts;
    if (!facts.closeReceived)
        return notApplicable(CheckText::tr("The other side sent no Close"));
    if (!facts.closeReceived->value.code)
        return notApplicable(CheckText::tr("Its Close carries no code"));
    if (facts.closeOrder()->oursFirst && facts.closeSent->value.code == facts.closeReceived->value.code)
        return notApplicable(CheckText::tr("Its Close only repeats our code"));
    return {};
}

QString receivedText(const CloseFact &close)
{
    QString text = CheckText::tr("Received %1").arg(closeCodeText(*close.value.code));
    const QString reason = excerptOf(close.value.reason);
    return reason.isEmpty() ? text : CheckText::tr("%1, reason \"%2\"").arg(text, reason);
}

/// F when the peer's Close has one of the codes, with the frames of `evidence` after it.
Judgement judgePeerCode(const Evaluation &evaluation, std::initializer_list<std::uint16_t> codes,
                        const QString &addition = {}, std::vector<Evidence> more = {})
{
    if (auto none = unlessPeerCloses(evaluation))
        return *none;
    const auto &close = *evaluation.facts.closeReceived;
    const QString text = receivedText(close);
    if (std::ranges::find(codes, *close.value.code) == codes.end())
        return pass(text);
    std::vector<Evidence> evidence{closeEvidence(close)};
    std::ranges::move(more, std::back_inserter(evidence));
    return fail(addition.isEmpty() ? text : CheckText::tr("%1; %2").arg(text, addition), std::move(evidence));
}

Judgement protocolError(const Evaluation &evaluation)
{
    std::vector<Evidence> lastFrames;
    const auto &last = evaluation.facts.framesSent.lastFrames;
    for (auto record = last.rbegin(); record != last.rend(); ++record)
        if (!evaluation.facts.closeSent || *record != evaluation.facts.closeSent->record)
            lastFrames.push_back(evidenceOf(*record, CheckText::tr("one of our last frames")));
    return judgePeerCode(evaluation, {1002, 1003, 1007, 1009, 1010}, {}, std::move(lastFrames));
}

Judgement policy(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    QString early;
    if (facts.closeReceived && facts.openedAt &&
        facts.closeReceived->time - *facts.openedAt < evaluation.settings.lateOriginClose)
        early = CheckText::tr("%1 after the opening: perhaps a late check of the origin")
                    .arg(durationText(facts.closeReceived->time - *facts.openedAt));
    return judgePeerCode(evaluation, {1008}, early);
}

Judgement tooBig(const Evaluation &evaluation)
{
    const auto &sent = evaluation.facts.framesSent;
    if (sent.messages == 0)
        return judgePeerCode(evaluation, {1009}, CheckText::tr("we had sent no whole message"));
    return judgePeerCode(evaluation, {1009},
                         CheckText::tr("our last message had %1 octets").arg(octetsText(sent.lastMessageOctets)),
                         {evidenceOf(sent.lastMessageRecord, CheckText::tr("its last frame"))});
}

Judgement internalError(const Evaluation &evaluation)
{
    const auto &close = evaluation.facts.closeReceived;
    const bool keepalive = close && close->value.reason.find("keepalive ping timeout") != std::string::npos;
    return judgePeerCode(evaluation, {1011},
                         keepalive ? CheckText::tr("websockets (Python) had no pong from us in time") : QString());
}

Judgement restartBusy(const Evaluation &evaluation)
{
    auto judgement = judgePeerCode(evaluation, {1001, 1012, 1013});
    if (judgement.verdict == Verdict::Fail)
        judgement.verdict = Verdict::Info;
    return judgement;
}

Judgement clientMisreport(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    if (!facts.isOver() && !protocol::isFinal(facts.state))
        return notApplicable(CheckText::tr("The connection has not ended"));
    if (!facts.openedAt)
        return info(CheckText::tr("The opening handshake failed: browsers only report 1006"),
                    {evidenceOf(facts.response ? facts.response->record : 0, CheckText::tr("what really came"))});
    if (facts.endedWithoutClose())
        return info(CheckText::tr("It ended without a Close: most clients report 1006, QWebSocket reports 1000"),
                    {evidenceOf(facts.peerEnd()->record, textOf(facts.peerEnd()->value.end))});
    return pass(CheckText::tr("Clients report this end as it was"));
}

Judgement errorEvent(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    if (!facts.isOver() && !protocol::isFinal(facts.state))
        return notApplicable(CheckText::tr("The connection has not ended"));
    if (!facts.openedAt)
        return info(CheckText::tr("Browsers fire error, then close with 1006"),
                    {evidenceOf(facts.response ? facts.response->record : 0, CheckText::tr("the failed handshake"))});
    return pass(CheckText::tr("The handshake succeeded: a close event without an error event is expected"));
}

Judgement reasonMissing(const Evaluation &evaluation)
{
    if (auto none = unlessPeerCloses(evaluation))
        return *none;
    const auto &close = *evaluation.facts.closeReceived;
    const auto code = *close.value.code;
    const QString text = receivedText(close);
    if (code != 1000 && code != 1001 && close.value.reason.empty())
        return warn(CheckText::tr("%1 without a reason").arg(text), {closeEvidence(close)});
    return pass(text);
}

constexpr std::string_view section551 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1";
constexpr std::string_view section715 = "https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5";
constexpr std::string_view section716 = "https://www.rfc-editor.org/rfc/rfc6455#section-7.1.6";
constexpr std::string_view section741 = "https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1";
constexpr std::string_view section742 = "https://www.rfc-editor.org/rfc/rfc6455#section-7.4.2";
constexpr std::string_view registry = "https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number";
constexpr std::string_view whatwg = "https://websockets.spec.whatwg.org/#feedback-from-the-protocol";

} // namespace

std::vector<Check> closeCodeChecks()
{
    return {
        {"close.reserved-code",
         Phase::Close,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §7.4.1",
         section741,
         QT_TRANSLATE_NOOP("checks", "Reserved code on the wire"),
         {{QT_TRANSLATE_NOOP("checks", "The server copies an internal status into the frame"),
           QT_TRANSLATE_NOOP("checks", "The code is 1005 or 1006")}},
         QT_TRANSLATE_NOOP("checks", "Send no code, or a legal one."),
         "[L1]; nats-io/nats-server#6259; netty/netty#10846",
         reservedCode,
         {}},
        {"close.unassigned-code",
         Phase::Close,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §7.4.2",
         section742,
         QT_TRANSLATE_NOOP("checks", "Code outside the legal ranges"),
         {{QT_TRANSLATE_NOOP("checks", "The application uses an HTTP status or a number of its own"),
           QT_TRANSLATE_NOOP("checks", "The code is, for example, 401 or 5000")}},
         QT_TRANSLATE_NOOP("checks", "Use 4000-4999."),
         "[L1] f-close-999/2000/5000/65535",
         unassignedCode,
         {}},
        {"close.newer-code",
         Phase::Close,
         Severity::Medium,
         Kind::Passive,
         "IANA WebSocket Close Code Number Registry",
         registry,
         QT_TRANSLATE_NOOP("checks", "1012-1014 with strict clients"),
         {{QT_TRANSLATE_NOOP("checks", "The client's list of codes is older than the registry"),
           QT_TRANSLATE_NOOP("checks", "The client reports a protocol error")}},
         QT_TRANSLATE_NOOP("checks", "Prefer 1001 with a reason, or 4xxx, for those clients."),
         "[L1]; qtws qwebsocketprotocol_p.h:54-61; gorilla isValidReceivedCloseCode",
         newerCode,
         {}},
        {"close.payload",
         Phase::Close,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §5.5.1; §7.1.6",
         section551,
         QT_TRANSLATE_NOOP("checks", "Close payload legal"),
         {{QT_TRANSLATE_NOOP("checks", "The reason was cut inside a character"),
           QT_TRANSLATE_NOOP("checks", "Its last octets begin a character")}},
         QT_TRANSLATE_NOOP("checks", "Cut the reason at a character boundary."),
         "[L1] f-close-1byte, f-close-badutf8",
         closePayload,
         {}},
        {"close.empty",
         Phase::Close,
         Severity::Low,
         Kind::Passive,
         "RFC 6455 §7.1.5",
         section715,
         QT_TRANSLATE_NOOP("checks", "Close without a code (1005)"),
         {{QT_TRANSLATE_NOOP("checks", "close() was called without a code"),
           QT_TRANSLATE_NOOP("checks", "It comes with every end of that program")}},
         QT_TRANSLATE_NOOP("checks", "Give a code and a reason."),
         "[L1]",
         closeEmpty,
         {}},
        {"close.protocol-error",
         Phase::Close,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §7.4.1",
         section741,
         QT_TRANSLATE_NOOP("checks", "1002, 1003, 1007, 1009 or 1010 received"),
         {{QT_TRANSLATE_NOOP("checks", "Our data broke a rule"),
           QT_TRANSLATE_NOOP("checks", "A row of phase Frames names a frame that we sent")},
          {QT_TRANSLATE_NOOP("checks", "A hop broke the framing"),
           QT_TRANSLATE_NOOP("checks", "A direct connection is not closed")}},
         QT_TRANSLATE_NOOP("checks", "Correct the sender; do not retry automatically."),
         "S001 ch.1 table (no reconnect)",
         protocolError,
         {}},
        {"close.policy",
         Phase::Close,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §7.4.1",
         section741,
         QT_TRANSLATE_NOOP("checks", "1008 received"),
         {{QT_TRANSLATE_NOOP("checks", "A rule about origin, authentication or rate"),
           QT_TRANSLATE_NOOP("checks", "The reason names it; another origin or token is accepted")}},
         QT_TRANSLATE_NOOP("checks", "Correct the credentials."),
         "S003 §3.3",
         policy,
         {}},
        {"close.too-big",
         Phase::Close,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §7.4.1",
         section741,
         QT_TRANSLATE_NOOP("checks", "1009 received"),
         {{QT_TRANSLATE_NOOP("checks",
                             "A size limit: 1 MiB in websockets (Python), 100 MiB in ws, 32 and 128 KB at API Gateway"),
           QT_TRANSLATE_NOOP("checks", "Smaller messages pass")}},
         QT_TRANSLATE_NOOP("checks", "Split the message, or raise the limit."),
         "AWS quotas; websockets client.py:82; ws websocket.js:675",
         tooBig,
         {"close.protocol-error"}},
        {"close.internal-error",
         Phase::Close,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §7.4.1",
         section741,
         QT_TRANSLATE_NOOP("checks", "1011 received"),
         {{QT_TRANSLATE_NOOP("checks", "An exception in the server"), QT_TRANSLATE_NOOP("checks", "Its log shows it")},
          {QT_TRANSLATE_NOOP("checks", "A blocked event loop on either side"),
           QT_TRANSLATE_NOOP("checks", "The reason is \"keepalive ping timeout\"")}},
         QT_TRANSLATE_NOOP("checks", "Unblock the loop; raise ping_timeout."),
         "python-websockets/websockets#1318, python-websockets/websockets#1620; docs topics/keepalive.rst",
         internalError,
         {}},
        {"close.restart-busy",
         Phase::Close,
         Severity::Low,
         Kind::Passive,
         "RFC 6455 §7.4.1; IANA WebSocket Close Code Number Registry",
         section741,
         QT_TRANSLATE_NOOP("checks", "1001, 1012 or 1013 received"),
         {{QT_TRANSLATE_NOOP("checks", "A deployment or drain"),
           QT_TRANSLATE_NOOP("checks", "All connections of that server end within seconds")},
          {QT_TRANSLATE_NOOP("checks", "Overload"), QT_TRANSLATE_NOOP("checks", "The code is 1013")}},
         QT_TRANSLATE_NOOP("checks", "Connect again with growing, random delays."),
         "S002 §3",
         restartBusy,
         {}},
        {"close.client-misreport",
         Phase::Close,
         Severity::Info,
         Kind::Passive,
         "RFC 6455 §7.1.5; WHATWG WebSockets",
         section715,
         QT_TRANSLATE_NOOP("checks", "Client library hides the truth"),
         {{QT_TRANSLATE_NOOP("checks", "Defaults of libraries"),
           QT_TRANSLATE_NOOP(
               "checks", "QWebSocket reports 1000 after an abnormal end; browsers 1006 for every failed handshake")}},
         QT_TRANSLATE_NOOP("checks", "Trust the capture."),
         "[L1] QWebSocket `disconnected:1000`; gecko OnStartRequest (1015); WHATWG",
         clientMisreport,
         {}},
        {"close.error-event",
         Phase::Close,
         Severity::Info,
         Kind::Passive,
         "WHATWG WebSockets, fail the WebSocket connection",
         whatwg,
         QT_TRANSLATE_NOOP("checks", "Error event expected?"),
         {},
         QT_TRANSLATE_NOOP("checks", "Nothing has to change."),
         "S000 §3.1 (corrected); [L1]",
         errorEvent,
         {}},
        {"close.reason-missing",
         Phase::Close,
         Severity::Low,
         Kind::Passive,
         "RFC 6455 §7.1.6",
         section716,
         QT_TRANSLATE_NOOP("checks", "Error close without a reason"),
         {{QT_TRANSLATE_NOOP("checks", "The library was called without a text"),
           QT_TRANSLATE_NOOP("checks", "Each such Close lacks a reason")}},
         QT_TRANSLATE_NOOP("checks", "Add a short reason."),
         "S001 ch.1",
         reasonMissing,
         {}},
    };
}

} // namespace frameglass::diagnosis
