// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "report_forms.h"
#include "response_view.h"
#include "way_view.h"

#include "core/capture/secrets.h"

#include <QStringList>

namespace frameglass::diagnosis {

namespace {

using namespace response;
using namespace way;

bool isHandshakeBroken(const ConnectionFacts &facts)
{
    return response101(facts) != nullptr && !facts.openedAt;
}

Judgement captureFilter(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (!facts.request)
        return notApplicable(CheckText::tr("No request was sent"));
    const auto *head = wholeResponse(facts);
    const QString filter =
        isHandshakeBroken(facts) ? QStringLiteral("http.response.code == 101 && !http.sec_websocket_accept")
        : head != nullptr && head->value.status != 101 ? QStringLiteral("http.response && !(http.response.code == 101)")
        : facts.closeOrder()                           ? QStringLiteral("websocket.opcode == 8")
                                                       : QStringLiteral("http.upgrade && !(http.response.code == 101)");
    return info(CheckText::tr("In Wireshark: %1 (on a port that is not HTTP's: Decode As, HTTP)").arg(filter));
}

Judgement keyLog(const Evaluation &evaluation)
{
    if (!evaluation.facts.tls && evaluation.facts.lastOf(capture::Stage::Tls) == nullptr)
        return notApplicable(CheckText::tr("The connection is not encrypted"));
    return info(
        CheckText::tr("--key-log FILE writes the keys of this connection for Wireshark (Preferences, TLS); a Go "
                      "server writes its own with tls.Config.KeyLogWriter"));
}

Judgement devTools(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    const auto *head = wholeResponse(facts);
    if (head == nullptr)
        return withoutResponse(facts);
    if (facts.openedAt)
        return info(
            CheckText::tr("Chromium's Network panel shows the fields of this 101, but neither pings nor pongs"));
    return info(CheckText::tr("Chromium's console has one sentence for this answer and no fields; its NetLog has them: "
                              "--log-net-log=FILE --net-log-capture-mode=Everything"));
}

Judgement notImported(const Evaluation &)
{
    return notApplicable(CheckText::tr("This capture was recorded, not imported"));
}

Judgement debugHeader(const Evaluation &evaluation)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    if (const auto *field = head->value.find("X-Debug-Upgrade"))
        return info(CheckText::tr("Answered by %1").arg(shownValue(head->value, *field)), {lineOf(*head, *field)});
    return info(CheckText::tr("A field of your own on the 101 (X-Debug-Upgrade: NAME) proves which process answered"));
}

/// Advises only: not knowing which server it was has broken nothing.
Judgement connectionRecord(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (!facts.firstSocket)
        return notApplicable(CheckText::tr("TCP was never connected"));
    QStringList parts{excerptOf(facts.firstSocket->value.remote)};
    if (facts.openedAt)
        parts << CheckText::tr("open for %1")
                     .arg(durationText((facts.ended ? facts.ended->time : evaluation.now) - *facts.openedAt));
    if (facts.received.lastOctets)
        parts << CheckText::tr("last read %1 ago").arg(durationText(evaluation.now - *facts.received.lastOctets));
    if (facts.sent.lastOctets)
        parts << CheckText::tr("last write %1 ago").arg(durationText(evaluation.now - *facts.sent.lastOctets));
    parts << CheckText::tr("%1 out, %2 in")
                 .arg(countOctets(facts.sent.transferred), countOctets(facts.received.transferred));
    if (facts.heartbeat.lastRtt)
        parts << CheckText::tr("ping to pong %1").arg(durationText(*facts.heartbeat.lastRtt));
    if (facts.ended)
        parts << closeCodeText(facts.ended->value.code);
    return info(parts.join(QStringLiteral("; ")), {evidenceOf(facts.firstSocket->record)});
}

/// For a shell: nothing in it is expanded.
QString quoted(const QString &text)
{
    QString escaped = text;
    return QLatin1Char('\'') + escaped.replace(QLatin1Char('\''), QStringLiteral("'\\''")) + QLatin1Char('\'');
}

/// The request as it was sent, with its secrets masked.
Judgement reproScript(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (facts.vantage() != capture::Vantage::Client || !facts.request)
        return notApplicable(CheckText::tr("No request of ours was sent"));
    if (facts.openedAt)
        return notApplicable(CheckText::tr("The opening handshake succeeded"));
    const auto masked = protocol::parseHead(
        protocol::HeadKind::Request,
        capture::masked(facts.request->value.raw, capture::secretsInHead(facts.request->value.raw)));
    QString url = targetOf(facts);
    if (url.startsWith(QStringLiteral("ws")))
        url.replace(0, 2, QStringLiteral("http"));
    QStringList command{QStringLiteral("curl --http1.1 -i -N --max-time 10")};
    for (const auto &field : masked.fields)
        command << QStringLiteral("-H %1").arg(
            quoted(QStringLiteral("%1: %2").arg(excerptOf(field.name), excerptOf(field.value))));
    command << quoted(url);
    return info(command.join(QLatin1Char(' ')), {evidenceOf(facts.request->record)});
}

Check helper(std::string_view id, Severity severity, const char *title, const char *fix, std::string_view source,
             Judgement (*rule)(const Evaluation &))
{
    return {id, Phase::Evidence, severity, Kind::Passive, "none", "", title, {}, fix, source, rule, {}};
}

} // namespace

std::vector<Check> evidenceChecks()
{
    return {
        helper("evidence.capture-filter", Severity::Info, QT_TRANSLATE_NOOP("checks", "A filter for Wireshark"),
               QT_TRANSLATE_NOOP("checks", "Use the filter in a capture of the same moment."),
               "S000 §4.3, corrected; [L4]", captureFilter),
        helper("evidence.keylog", Severity::Info, QT_TRANSLATE_NOOP("checks", "TLS keys for a packet capture"),
               QT_TRANSLATE_NOOP("checks", "Start the capture before the connection, with the key log on."),
               "S000 §4.4, corrected", keyLog),
        helper("evidence.devtools", Severity::Info, QT_TRANSLATE_NOOP("checks", "What a browser's tools show"),
               QT_TRANSLATE_NOOP("checks", "Use NetLog, or this program as the client."),
               "S000 §3.2; [L1] CDP run on Chromium 156", devTools),
        helper("evidence.netlog-import", Severity::Low, QT_TRANSLATE_NOOP("checks", "Import of a NetLog"),
               QT_TRANSLATE_NOOP("checks", "Connect from here to have the handshake judged."), "S000 §3.2",
               notImported),
        helper("evidence.pcap-import", Severity::Medium, QT_TRANSLATE_NOOP("checks", "Import of a packet capture"),
               QT_TRANSLATE_NOOP("checks", "Connect from here, or let the client connect to the server here."),
               "S000 §4.1", notImported),
        helper("evidence.debug-header", Severity::Info, QT_TRANSLATE_NOOP("checks", "Which process answered"),
               QT_TRANSLATE_NOOP("checks", "Add the field on the server, and remove it afterwards."), "S000 §3.2",
               debugHeader),
        helper("evidence.connection-record", Severity::Info, QT_TRANSLATE_NOOP("checks", "The connection in one line"),
               QT_TRANSLATE_NOOP("checks", "Let the server name its instance in a field or in its first message."),
               "S002; S001 §4.3", connectionRecord),
        helper("evidence.repro-script", Severity::Info, QT_TRANSLATE_NOOP("checks", "The same with curl"),
               QT_TRANSLATE_NOOP("checks", "Run it where the fault is seen; put in what is masked."), "own",
               reproScript),
    };
}

} // namespace frameglass::diagnosis
