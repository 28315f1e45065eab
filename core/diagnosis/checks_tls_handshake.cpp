// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_view.h"
#include "tls_view.h"
#include "way_view.h"
#include "wording_tls.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace tls;
using capture::Stage;
using capture::StageOutcome;
using response::causesWithFirst;
using way::stageEvidence;

// -- how long it took -----------------------------------------------------------------------------------------------

/// Round trips that the handshake itself needs (RFC 8446 §2, RFC 5246 §7.3).
Nanoseconds roundTrips(const ConnectionFacts &facts)
{
    const Nanoseconds rtt = facts.connectTime.value_or(
        facts.firstSocket ? facts.firstSocket->value.tcpRtt.value_or(Nanoseconds(0)) : Nanoseconds(0));
    const bool one = facts.tls && facts.tls->value.version == "TLSv1.3";
    return one ? rtt : 2 * rtt;
}

Judgement handshakeSlow(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    const auto *stage = facts.lastOf(Stage::Tls);
    if (stage == nullptr)
        return facts.tls ? notApplicable(CheckText::tr("When the handshake began is not recorded"))
                         : std::move(*unlessTls(facts));
    const Settings &settings = evaluation.settings;
    if (stage->value.outcome == StageOutcome::TimedOut)
        return fail(CheckText::tr("Not done within %1").arg(durationText(stage->value.elapsed)),
                    {stageEvidence(*stage)});
    if (stage->value.outcome != StageOutcome::Succeeded)
        return notApplicable(CheckText::tr("The TLS handshake did not succeed"));
    const Nanoseconds own = std::max(stage->value.elapsed - roundTrips(facts), Nanoseconds(0));
    const QString text =
        CheckText::tr("%1, of which %2 are not round trips").arg(durationText(stage->value.elapsed), durationText(own));
    if (own > settings.tlsFail)
        return fail(text, {stageEvidence(*stage)});
    if (own > settings.tlsGood)
        return warn(text, {stageEvidence(*stage)});
    return pass(text);
}

/// The last message of the server's first flight: Finished of TLS 1.3, ServerHelloDone of 1.2.
const Recorded<TlsMessage> *endOfFlight(const ConnectionFacts &facts)
{
    if (const auto *done = messageOf(facts, Direction::Received, handshake::serverHelloDone))
        return done;
    return messageOf(facts, Direction::Received, handshake::finished);
}

Judgement serverFlight(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessTls(facts))
        return std::move(*other);
    if (isServer(facts))
        return notApplicable(CheckText::tr("Whether our flight arrived late shows at the client's end"));
    const auto *hello = messageOf(facts, Direction::Received, handshake::serverHello);
    if (hello == nullptr)
        return notApplicable(CheckText::tr("No ServerHello came"));
    const auto *end = endOfFlight(facts);
    const auto *stage = facts.lastOf(Stage::Tls);
    if (end == nullptr && (stage == nullptr || stage->value.outcome != StageOutcome::TimedOut))
        return notApplicable(CheckText::tr("The server's flight never became whole"));
    const Nanoseconds took = (end != nullptr ? end->time : stage->time) - hello->time;
    std::vector<Evidence> evidence{messageEvidence(*hello)};
    if (end == nullptr) {
        evidence.push_back(stageEvidence(*stage));
        return fail(CheckText::tr("After ServerHello the rest of the server's flight did not come for %1")
                        .arg(durationText(took)),
                    std::move(evidence));
    }
    evidence.push_back(messageEvidence(*end));
    if (took > evaluation.settings.serverFlightStall)
        return fail(CheckText::tr("%1 between ServerHello and the end of the server's flight").arg(durationText(took)),
                    std::move(evidence));
    return pass(took == Nanoseconds(0)
                    ? CheckText::tr("The server's flight came at once")
                    : CheckText::tr("The server's flight was whole within %1").arg(durationText(took)));
}

// -- client certificates --------------------------------------------------------------------------------------------

/// A Certificate message that carries none has 7 octets, 8 in TLS 1.3 (RFC 5246 §7.4.2, RFC 8446 §4.4.2).
bool sentCertificate(const ConnectionFacts &facts, Direction direction)
{
    constexpr std::uint32_t emptyOctets = 8;
    const auto *message = messageOf(facts, direction, handshake::certificate);
    return message != nullptr && message->value.octets > emptyOctets;
}

/// From our server's end.
Judgement clientCertificateOfOurs(const ConnectionFacts &facts)
{
    const TlsFacts &tls = facts.tls->value;
    if (!tls.clientCertificateWanted)
        return pass(CheckText::tr("We asked for no client certificate"));
    if (!tls.clientChain.empty() && tls.verdict != TlsVerdict::Trusted)
        return notApplicable(CheckText::tr("The client's certificate has a row of its own (tls.cert-unfit)"));
    if (isDone(facts))
        return info(tls.clientChain.empty()
                        ? CheckText::tr("We asked for a client certificate; the client sent none")
                        : CheckText::tr("The client sent a certificate of %1").arg(shortName(tls.clientChain.front())),
                    {});
    if (facts.fatalAlert && facts.fatalAlert->value.direction == Direction::Sent && tls.clientChain.empty())
        return fail(CheckText::tr("We require a client certificate, and the client sent none"),
                    {messageEvidence(*facts.fatalAlert)});
    return notApplicable(CheckText::tr("The client's answer to our request for a certificate did not come"));
}

Judgement mtls(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessAgreed(facts))
        return std::move(*other);
    if (isServer(facts))
        return clientCertificateOfOurs(facts);
    const bool wanted = facts.tls->value.clientCertificateWanted;
    const auto *refusal =
        fatalReceived(facts, {alert::certificateRequired, alert::handshakeFailure, alert::badCertificate,
                              alert::unsupportedCertificate, alert::certificateRevoked, alert::certificateExpired,
                              alert::certificateUnknown, alert::unknownCa, alert::accessDenied});
    if (!wanted)
        return pass(CheckText::tr("The server asked for no client certificate"));
    const bool sent = sentCertificate(facts, Direction::Sent);
    const auto *request = messageOf(facts, Direction::Received, handshake::certificateRequest);
    if (refusal == nullptr)
        return isDone(facts)
                   ? info(sent ? CheckText::tr("The server asked for a client certificate and took ours")
                               : CheckText::tr("The server asked for a client certificate and went on "
                                               "without one"),
                          request != nullptr ? std::vector{messageEvidence(*request)} : std::vector<Evidence>())
                   : notApplicable(CheckText::tr("The handshake ended before our certificate was judged"));
    std::vector<Evidence> evidence;
    if (request != nullptr)
        evidence.push_back(messageEvidence(*request));
    evidence.push_back(messageEvidence(*refusal));
    const QString alert = alertName(refusal->value.type);
    constexpr std::size_t causes = 3;
    if (!sent)
        return fail(CheckText::tr("The server requires a client certificate, and none was sent: alert %1").arg(alert),
                    std::move(evidence));
    return response::fail(CheckText::tr("The server refused our client certificate: alert %1").arg(alert),
                          std::move(evidence), causesWithFirst({1, 2}, causes));
}

// -- how it ended ---------------------------------------------------------------------------------------------------

Judgement truncation(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessTls(facts))
        return std::move(*other);
    if (!isDone(facts))
        return notApplicable(CheckText::tr("The TLS handshake did not succeed"));
    if (facts.closeNotifyReceived)
        return pass(CheckText::tr("close_notify came before TCP ended"));
    if (facts.fatalAlert)
        return notApplicable(CheckText::tr("A fatal alert ended TLS"));
    const auto *end = facts.peerEnd();
    if (end == nullptr)
        return notApplicable(facts.isOver() ? CheckText::tr("The other end did not end TCP first")
                                            : CheckText::tr("The connection still stands"));
    if (end->value.end != capture::TransportEnd::FinReceived)
        return notApplicable(CheckText::tr("TCP ended otherwise than by FIN: %1").arg(textOf(end->value.end)));
    std::vector<Evidence> evidence{{end->record, 0, 0, textOf(end->value.end)}};
    if (facts.closeSent && facts.closeReceived)
        return info(CheckText::tr("FIN without close_notify, after both Close frames: nothing was lost"),
                    std::move(evidence));
    return warn(CheckText::tr("FIN without close_notify: TLS cannot tell this end from one that was forged or cut"),
                std::move(evidence));
}

/// Indices of the row's causes.
enum FailedCause : std::size_t { Silent, NothingCommon, UnknownName, EndedTcp, StalledLater, Count };

Judgement stalled(const ConnectionFacts &facts, const Recorded<capture::StageChanged> &stage)
{
    const auto last = std::find_if(facts.tlsMessages.rbegin(), facts.tlsMessages.rend(),
                                   [](const auto &message) { return message.value.direction == Direction::Received; });
    const QString limit = durationText(stage.value.elapsed);
    if (last == facts.tlsMessages.rend())
        return fail(isServer(facts) ? CheckText::tr("No ClientHello came within %1").arg(limit)
                                    : CheckText::tr("No answer to our ClientHello within %1").arg(limit),
                    {stageEvidence(stage)});
    return response::fail(
        CheckText::tr("It stalled: nothing came after %1, and %2 were over").arg(tlsMessageName(last->value), limit),
        {messageEvidence(*last), stageEvidence(stage)}, causesWithFirst({StalledLater}, Count));
}

Judgement endedByAlert(const ConnectionFacts &facts, const Recorded<capture::StageChanged> &stage)
{
    const auto &fatal = *facts.fatalAlert;
    const QString name = CheckText::tr("%1 (%2)").arg(alertName(fatal.value.type)).arg(fatal.value.type);
    const FailedCause cause = fatal.value.type == alert::unrecognizedName ? UnknownName : NothingCommon;
    const QString text = fatal.value.direction == Direction::Received
                             ? CheckText::tr("The other end sent the fatal alert %1").arg(name)
                             : CheckText::tr("We ended it with the fatal alert %1").arg(name);
    const QString why = excerptOf(stage.value.message);
    return response::fail(why.isEmpty() ? text : CheckText::tr("%1: %2").arg(text, why),
                          {messageEvidence(fatal), stageEvidence(stage)}, causesWithFirst({cause}, Count));
}

Judgement handshakeFailed(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    const auto *stage = facts.lastOf(Stage::Tls);
    if (stage == nullptr)
        return facts.tls ? pass(CheckText::tr("The handshake was done")) : std::move(*unlessTls(facts));
    switch (stage->value.outcome) {
    case StageOutcome::Started: return notApplicable(CheckText::tr("The TLS handshake is under way"));
    case StageOutcome::Cancelled: return notApplicable(CheckText::tr("The TLS handshake was cancelled"));
    case StageOutcome::Succeeded:
        return pass(CheckText::tr("The handshake was done after %1").arg(durationText(stage->value.elapsed)));
    case StageOutcome::TimedOut: return stalled(facts, *stage);
    case StageOutcome::Failed: break;
    }
    if (facts.fatalAlert)
        return endedByAlert(facts, *stage);
    const auto *end = facts.peerEnd();
    const bool wordless = std::ranges::none_of(
        facts.tlsMessages, [](const auto &message) { return message.value.direction == Direction::Received; });
    if (isServer(facts) && wordless && end != nullptr)
        return info(CheckText::tr("The client connected and left without a word: a health check or port scan"),
                    {{end->record, 0, 0, textOf(end->value.end)}});
    if (end == nullptr)
        return fail(CheckText::tr("It failed: %1").arg(excerptOf(stage->value.message)), {stageEvidence(*stage)});
    return response::fail(CheckText::tr("%1 during the handshake, without an alert").arg(textOf(end->value.end)),
                          {{end->record, 0, 0, textOf(end->value.end)}, stageEvidence(*stage)},
                          causesWithFirst({EndedTcp}, Count));
}

} // namespace

std::vector<Check> tlsHandshakeChecks()
{
    return {
        {"tls.handshake-failed",
         Phase::Tls,
         Severity::Blocker,
         Kind::Passive,
         "RFC 8446 §4, §6.2",
         "https://www.rfc-editor.org/rfc/rfc8446#section-6.2",
         QT_TRANSLATE_NOOP("checks", "TLS handshake"),
         {{QT_TRANSLATE_NOOP("checks",
                             "The port does not speak TLS and waits for the rest of a request, or the process hangs"),
           QT_TRANSLATE_NOOP("checks", "ws:// to the same port succeeds; openssl s_client gets no octet either")},
          {QT_TRANSLATE_NOOP("checks", "No version, cipher suite or group in common"),
           QT_TRANSLATE_NOOP("checks",
                             "openssl s_client succeeds with other versions or ciphers; the server's log says "
                             "\"no shared cipher\"")},
          {QT_TRANSLATE_NOOP("checks", "The server knows no site of this name (SNI)"),
           QT_TRANSLATE_NOOP("checks", "Another --sni succeeds; nginx ssl_reject_handshake, HAProxy strict-sni")},
          {QT_TRANSLATE_NOOP("checks", "A balancer or firewall ends the connection: no healthy backend, PROXY protocol "
                                       "expected, address not allowed"),
           QT_TRANSLATE_NOOP("checks", "The same from another network, or past the balancer, succeeds")},
          {QT_TRANSLATE_NOOP("checks",
                             "Large segments are lost on the way, or the server waits for a key store, OCSP or "
                             "certificate service"),
           QT_TRANSLATE_NOOP("checks",
                             "ServerHello comes, the certificate does not; a capture shows retransmissions")}},
         QT_TRANSLATE_NOOP("checks",
                           "Read the server's log at this moment. Align ssl_protocols and ssl_ciphers (nginx), "
                           "ssl-min-ver and crt-list (HAProxy), tls.Config (Go), secureContext (node); clamp the MSS "
                           "where large segments get lost."),
         "issue 4; S001 §5",
         handshakeFailed,
         {"tls.handshake-slow", "tls.serverhello-retransmit"}},
        {"tls.handshake-slow",
         Phase::Tls,
         Severity::Medium,
         Kind::Passive,
         "RFC 8446 §2",
         "https://www.rfc-editor.org/rfc/rfc8446#section-2",
         QT_TRANSLATE_NOOP("checks", "TLS handshake time"),
         {{QT_TRANSLATE_NOOP("checks", "The server lacks processor time or entropy"),
           QT_TRANSLATE_NOOP("checks", "All clients are slow, also on the server's own machine")},
          {QT_TRANSLATE_NOOP("checks", "It looks something up meanwhile: OCSP, client certificates, a key store"),
           QT_TRANSLATE_NOOP("checks", "The time is the same for all and does not depend on load")},
          {QT_TRANSLATE_NOOP("checks", "A large chain over a path that loses segments"),
           QT_TRANSLATE_NOOP("checks", "tls.serverhello-retransmit; a chain of more than 4 KB")},
          {QT_TRANSLATE_NOOP("checks", "A device on the way that minds some ClientHello"),
           QT_TRANSLATE_NOOP("checks", "Slow only with some versions or ciphers (--tls-max 1.2)")}},
         QT_TRANSLATE_NOOP("checks",
                           "Allow session resumption (nginx ssl_session_cache and ssl_session_tickets), use an "
                           "ECDSA certificate and a shorter chain."),
         "S001 §5 (2.1 s down to 0.38 s)",
         handshakeSlow,
         {}},
        {"tls.serverhello-retransmit",
         Phase::Tls,
         Severity::Medium,
         Kind::Passive,
         "RFC 9293 §3.8; RFC 4821",
         "https://www.rfc-editor.org/rfc/rfc9293#section-3.8",
         QT_TRANSLATE_NOOP("checks", "Server flight delayed"),
         {{QT_TRANSLATE_NOOP("checks", "Large segments get lost on the way (path MTU)"),
           QT_TRANSLATE_NOOP("checks", "Small segments pass, the certificate does not; ping -M do -s 1472 fails")},
          {QT_TRANSLATE_NOOP("checks", "The path loses segments"),
           QT_TRANSLATE_NOOP("checks", "tcp.retransmits; other connections to the same host suffer too")},
          {QT_TRANSLATE_NOOP("checks", "The server signs slowly"),
           QT_TRANSLATE_NOOP("checks", "A capture shows no retransmission")}},
         QT_TRANSLATE_NOOP("checks", "Clamp the MSS, let ICMP \"fragmentation needed\" pass, send a smaller chain."),
         "S001 §5",
         serverFlight,
         {"tls.handshake-slow"}},
        {"tls.mtls",
         Phase::Tls,
         Severity::High,
         Kind::Passive,
         "RFC 8446 §4.3.2, §6.2",
         "https://www.rfc-editor.org/rfc/rfc8446#section-4.3.2",
         QT_TRANSLATE_NOOP("checks", "Client certificate"),
         {{QT_TRANSLATE_NOOP("checks",
                             "The edge or mesh requires client certificates; browsers do not ask for one with "
                             "sockets"),
           QT_TRANSLATE_NOOP("checks", "CertificateRequest is among the server's messages; with --cert it succeeds")},
          {QT_TRANSLATE_NOOP("checks", "The certificate is from an authority that the server does not accept"),
           QT_TRANSLATE_NOOP("checks", "The alert is unknown_ca or bad_certificate; openssl verify -CAfile with the "
                                       "server's file refuses it")},
          {QT_TRANSLATE_NOOP("checks", "The certificate has expired, is revoked, or is not for clients"),
           QT_TRANSLATE_NOOP("checks", "openssl x509 -dates -ext extendedKeyUsage shows it")}},
         QT_TRANSLATE_NOOP("checks",
                           "Send a client certificate (--cert, Go tls.Config.Certificates, node cert and key) from an "
                           "authority of the server's list, or exempt the route: nginx ssl_verify_client optional, "
                           "HAProxy verify optional, Istio PeerAuthentication PERMISSIVE."),
         "S003 ch.5 (mesh mTLS)",
         mtls,
         {"tls.handshake-failed", "tls.truncation", "tcp.reset-before-reply", "upgrade.no-response",
          "upgrade.status-line"}},
        {"tls.truncation",
         Phase::Tls,
         Severity::Low,
         Kind::Passive,
         "RFC 8446 §6.1",
         "https://www.rfc-editor.org/rfc/rfc8446#section-6.1",
         QT_TRANSLATE_NOOP("checks", "TCP FIN without close_notify"),
         {{QT_TRANSLATE_NOOP("checks", "The process was ended"),
           QT_TRANSLATE_NOOP("checks", "All its connections end at the same moment")},
          {QT_TRANSLATE_NOOP("checks", "A proxy's idle time-out"),
           QT_TRANSLATE_NOOP("checks", "proxy.idle-cut: the same silence before every end")},
          {QT_TRANSLATE_NOOP("checks", "The server's library closes the socket without shutting TLS down"),
           QT_TRANSLATE_NOOP("checks", "Every connection ends like this, also those with a Close frame")}},
         QT_TRANSLATE_NOOP("checks", "None needed where both Close frames were seen; otherwise let the server end TLS "
                                     "before TCP (Go tls.Conn.CloseWrite, node socket.end())."),
         "S001 §3.3",
         truncation,
         {}},
    };
}

} // namespace frameglass::diagnosis
