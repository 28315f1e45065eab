// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "response_view.h"
#include "way_view.h"
#include "wording_tls.h"

namespace frameglass::diagnosis {

namespace {

using namespace way;
using capture::ProxyKind;
using capture::ProxySource;
using capture::Stage;
using capture::StageOutcome;
using response::causesWithFirst;

enum ProxyCause : std::size_t { WantsCredentials, Denies, CannotReach, Forgotten, ProxyCauses };

QString sourceText(ProxySource source)
{
    switch (source) {
    case ProxySource::User: return CheckText::tr("chosen by the user");
    case ProxySource::Environment: return CheckText::tr("from the environment");
    case ProxySource::System: return CheckText::tr("from the system's settings");
    }
    return {};
}

QString proxyText(const capture::ProxyUsed &proxy)
{
    return CheckText::tr("%1 proxy %2, %3").arg(textOf(proxy.kind), excerptOf(proxy.address), sourceText(proxy.source));
}

/// REP of RFC 1928 §6, METHOD of §3, status of RFC 1929.
QString socksText(int code)
{
    switch (code) {
    case -2: return CheckText::tr("it refuses the user name or the password");
    case -1: return CheckText::tr("it accepts no method of authentication that we know");
    case 1: return CheckText::tr("general failure");
    case 2: return CheckText::tr("its rules do not allow it");
    case 3: return CheckText::tr("the network is unreachable");
    case 4: return CheckText::tr("the host is unreachable, or its name does not resolve");
    case 5: return CheckText::tr("the server refuses the connection");
    case 6: return CheckText::tr("the TTL expired");
    case 7: return CheckText::tr("it does not know CONNECT");
    case 8: return CheckText::tr("it does not know this type of address");
    default: return CheckText::tr("answer %1").arg(code);
    }
}

ProxyCause socksCause(int code)
{
    constexpr int notAllowed = 2;
    return code < 0 ? WantsCredentials : code == notAllowed ? Denies : CannotReach;
}

/// RFC 9110 §15.5.8, §15.5.4, §15.6.3 and §15.6.5.
QString connectText(const capture::ProxyUsed &proxy, int status, const QString &said)
{
    switch (status) {
    case 401: // tinyproxy, for a wrong password
        return CheckText::tr("The proxy does not accept the credentials (401)");
    case 407:
        return proxy.credentials ? CheckText::tr("The proxy does not accept the credentials (407)")
                                 : CheckText::tr("The proxy asks for credentials (407), and there are none for it");
    case 403: return CheckText::tr("The proxy does not allow CONNECT to %1 (403)").arg(excerptOf(proxy.target));
    case 500: // tinyproxy
    case 502:
    case 503:
    case 504: return CheckText::tr("The proxy cannot reach %1 (%2)").arg(excerptOf(proxy.target)).arg(status);
    default: return CheckText::tr("The proxy answered CONNECT with %1 %2").arg(status).arg(said).trimmed();
    }
}

ProxyCause connectCause(int status)
{
    return status == 407 || status == 401 ? WantsCredentials : status >= 500 ? CannotReach : Denies;
}

Judgement refusedByProxy(const ConnectionFacts &facts)
{
    const capture::ProxyUsed &proxy = facts.proxy->value;
    const capture::ProxyAnswered &answer = facts.proxyAnswer->value;
    const bool socks = proxy.kind == ProxyKind::Socks5;
    std::vector<Evidence> evidence{evidenceOf(facts.proxy->record, proxyText(proxy))};
    if (facts.proxyResponse)
        evidence.push_back(response::statusLineOf(*facts.proxyResponse));
    else
        evidence.push_back(evidenceOf(facts.proxyAnswer->record, CheckText::tr("answer %1").arg(answer.code)));
    const QString text = socks ? CheckText::tr("The proxy does not connect us to %1: %2")
                                     .arg(excerptOf(proxy.target), socksText(answer.code))
                               : connectText(proxy, answer.code, excerptOf(answer.message));
    return response::fail(text, std::move(evidence),
                          causesWithFirst({socks ? socksCause(answer.code) : connectCause(answer.code)}, ProxyCauses));
}

/// Nothing came that counts as an answer.
Judgement unanswered(const analysis::Recorded<capture::ProxyUsed> &used,
                     const analysis::Recorded<capture::StageChanged> &stage)
{
    const capture::ProxyUsed &proxy = used.value;
    const QString address = excerptOf(proxy.address);
    QString text = CheckText::tr("The proxy %1 ended the connection without an answer").arg(address);
    if (stage.value.outcome == StageOutcome::TimedOut)
        text = CheckText::tr("The proxy %1 did not answer within %2").arg(address, durationText(stage.value.elapsed));
    else if (stage.value.error == 0 && !stage.value.message.empty())
        text = CheckText::tr("What is at %1 does not answer like a %2 proxy: %3")
                   .arg(address, textOf(proxy.kind), excerptOf(stage.value.message));
    return response::fail(text, {evidenceOf(used.record, proxyText(proxy)), stageEvidence(stage)},
                          causesWithFirst({Forgotten}, ProxyCauses));
}

/// The catalogue's W for a refusal is a failure here: nothing else fails, and no connection comes about.
Judgement explicitProxy(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessClient(facts))
        return std::move(*other);
    const auto *stage = facts.lastOf(Stage::Proxy);
    if (!facts.proxy && stage != nullptr) // the environment names one that cannot be used
        return response::fail(
            CheckText::tr("The proxy that the settings name cannot be used: %1").arg(excerptOf(stage->value.message)),
            {stageEvidence(*stage)}, causesWithFirst({Forgotten}, ProxyCauses));
    if (!facts.proxy)
        return facts.lastOf(Stage::Tcp) != nullptr
                   ? pass(CheckText::tr("No forward proxy is used"))
                   : notApplicable(CheckText::tr("Whether a proxy is used is not known yet"));
    const capture::ProxyUsed &proxy = facts.proxy->value;
    const bool stood = stage != nullptr && stage->value.outcome == StageOutcome::Succeeded;
    const bool over = stage != nullptr &&
                      (stage->value.outcome == StageOutcome::Failed || stage->value.outcome == StageOutcome::TimedOut);
    if (stood || !over)
        return info(proxyText(proxy), {evidenceOf(facts.proxy->record, proxyText(proxy))});
    if (facts.proxyAnswer)
        return refusedByProxy(facts);
    return unanswered(*facts.proxy, *stage);
}

} // namespace

std::vector<Check> targetChecks()
{
    return {
        {"target.explicit-proxy",
         Phase::Target,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §4.1 step 3; RFC 9110 §9.3.6",
         "https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6",
         QT_TRANSLATE_NOOP("checks", "Forward proxy"),
         {{QT_TRANSLATE_NOOP("checks", "The proxy wants a user name and password, or others"),
           QT_TRANSLATE_NOOP("checks", "407 with Proxy-Authenticate; curl -x with --proxy-user succeeds")},
          {QT_TRANSLATE_NOOP("checks", "It allows CONNECT to port 443 or to some hosts only"),
           QT_TRANSLATE_NOOP("checks", "Port 443 of the same host is let through; squid acl SSL_ports, tinyproxy "
                                       "ConnectPort")},
          {QT_TRANSLATE_NOOP("checks", "The server cannot be reached from the proxy"),
           QT_TRANSLATE_NOOP("checks", "502, 503, 504 or a SOCKS answer; from the proxy's machine it fails as well")},
          {QT_TRANSLATE_NOOP("checks", "A forgotten HTTPS_PROXY, or no proxy of that kind at this address"),
           QT_TRANSLATE_NOOP("checks", "env shows it; with --proxy none it connects")}},
         QT_TRANSLATE_NOOP(
             "checks", "Give the credentials (--proxy http://USER:PASSWORD@HOST:PORT), let the proxy allow CONNECT to "
                       "this host and port, or go past it: NO_PROXY, --proxy none."),
         "gorilla client.go:263-272; S003 item 7; socketio/socket.io#1184",
         explicitProxy,
         {}},
    };
}

} // namespace frameglass::diagnosis
