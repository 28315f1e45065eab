// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "response_view.h"
#include "way_view.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace way;
using response::causesWithFirst;

using IsError = bool (*)(int);

std::vector<Evidence> triedWith(const ConnectionFacts &facts, IsError isError)
{
    std::vector<Evidence> evidence;
    for (const auto &tried : facts.addresses)
        if (isError(tried.value.error))
            evidence.push_back(triedEvidence(tried));
    return evidence;
}

QString addressesWith(const ConnectionFacts &facts, IsError isError)
{
    constexpr qsizetype shown = 4;
    QStringList addresses;
    for (const auto &tried : facts.addresses) {
        if (!isError(tried.value.error))
            continue;
        if (addresses.size() == shown) {
            addresses << QStringLiteral("…");
            break;
        }
        addresses << excerptOf(tried.value.address);
    }
    const QString list = addresses.join(QStringLiteral(", "));
    return facts.proxy ? CheckText::tr("the proxy %1").arg(list) : list;
}

bool anyWith(const ConnectionFacts &facts, IsError isError)
{
    return std::ranges::any_of(facts.addresses, [&](const auto &tried) { return isError(tried.value.error); });
}

Judgement refused(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessFailedToConnect(facts))
        return std::move(*other);
    if (!anyWith(facts, isRefusal))
        return notApplicable(CheckText::tr("No address refused; it failed otherwise"));
    return fail(CheckText::tr("Nothing accepts connections at %1: refused").arg(addressesWith(facts, isRefusal)),
                triedWith(facts, isRefusal));
}

/// How many SYNs left within that time: at once, and 1, 3, 7 … s later (RFC 6298 §2 and §5.5).
int synsWithin(Nanoseconds time)
{
    int syns = 1;
    for (Nanoseconds next = std::chrono::seconds(1); next <= time && syns < 8;
         next = 2 * next + std::chrono::seconds(1))
        ++syns;
    return syns;
}

Judgement filtered(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessFailedToConnect(facts))
        return std::move(*other);
    const auto silent =
        std::ranges::find_if(facts.addresses, [](const auto &tried) { return isTimeout(tried.value.error); });
    if (silent == facts.addresses.end())
        return notApplicable(CheckText::tr("Every address gave an answer"));
    constexpr int synsNeeded = 3; // fewer may all be lost
    const int syns = synsWithin(silent->value.elapsed);
    const QString waited = durationText(silent->value.elapsed);
    const QString where = addressesWith(facts, isTimeout);
    auto evidence = triedWith(facts, isTimeout);
    if (syns < synsNeeded)
        return warn(
            CheckText::tr("No answer from %1 within %2, which is too short to tell a filter from a lost segment")
                .arg(where, waited),
            std::move(evidence));
    return fail(CheckText::tr("No answer at all from %1 within %2, about %3 SYNs (at once and after 1, 3, 7 s)")
                    .arg(where, waited)
                    .arg(syns),
                std::move(evidence));
}

Judgement unreachable(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessFailedToConnect(facts))
        return std::move(*other);
    if (!anyWith(facts, isUnreachable))
        return notApplicable(CheckText::tr("A route was there; it failed otherwise"));
    const bool v6 = std::ranges::any_of(facts.addresses, [](const auto &tried) {
        return isUnreachable(tried.value.error) && isV6(tried.value.address);
    });
    return response::fail(CheckText::tr("No route to %1").arg(addressesWith(facts, isUnreachable)),
                          triedWith(facts, isUnreachable), v6 ? causesWithFirst({1}, 3) : std::vector<std::size_t>());
}

Judgement connectSlow(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessClient(facts))
        return std::move(*other);
    if (!facts.connectTime || !isConnected(facts))
        return notApplicable(CheckText::tr("TCP was not connected"));
    const Settings &settings = evaluation.settings;
    const Nanoseconds took = *facts.connectTime;
    const auto connected =
        std::ranges::find_if(facts.addresses, [](const auto &tried) { return tried.value.error == 0; });
    std::vector<Evidence> evidence;
    if (connected != facts.addresses.end())
        evidence.push_back(triedEvidence(*connected));
    else
        evidence.push_back(stageEvidence(*facts.lastOf(capture::Stage::Tcp)));
    const bool lost = std::ranges::any_of(
        settings.lostSyn, [&](const Settings::Span &span) { return took >= span.from && took <= span.to; });
    const QString text =
        lost ? CheckText::tr("%1 to connect, as when a SYN is lost and sent again").arg(durationText(took))
             : CheckText::tr("%1 to connect").arg(durationText(took));
    const auto order = lost ? causesWithFirst({1, 2}, 3) : std::vector<std::size_t>();
    if (took > settings.connectFail)
        return response::fail(text, std::move(evidence), order);
    if (took > settings.connectGood || lost)
        return response::warn(text, std::move(evidence), order);
    return pass(text);
}

Judgement resetBeforeReply(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessClient(facts))
        return std::move(*other);
    if (!facts.request)
        return notApplicable(CheckText::tr("No request was sent"));
    if (facts.firstReplyOctets || facts.response)
        return pass(CheckText::tr("A reply came"));
    const auto *end = facts.peerEnd();
    if (end == nullptr)
        return notApplicable(CheckText::tr("TCP was not ended by the other side"));
    const Nanoseconds after = std::max(end->time - facts.request->time, Nanoseconds(0));
    std::vector<Evidence> evidence{
        {facts.request->record, 0, facts.request->value.raw.size(), CheckText::tr("The request")},
        {end->record, 0, 0, textOf(end->value.end)}};
    const bool secure = facts.tls.has_value();
    // Over TLS the first cause cannot be.
    return response::fail(CheckText::tr("%1 %2 after the request, without one octet of a reply")
                              .arg(textOf(end->value.end), durationText(after)),
                          std::move(evidence), secure ? causesWithFirst({1, 2, 3, 4}, 5) : std::vector<std::size_t>());
}

} // namespace

std::vector<Check> tcpChecks()
{
    return {
        {"tcp.refused",
         Phase::Tcp,
         Severity::Blocker,
         Kind::Passive,
         "RFC 9293 §3.5.2",
         "https://www.rfc-editor.org/rfc/rfc9293#section-3.5.2",
         QT_TRANSLATE_NOOP("checks", "Port refuses"),
         {{QT_TRANSLATE_NOOP("checks", "Nothing listens on that address: the server is down, or bound to 127.0.0.1"),
           QT_TRANSLATE_NOOP("checks", "ss -ltn on the server shows no such port, or one of 127.0.0.1 only")},
          {QT_TRANSLATE_NOOP("checks", "A firewall rejects it"),
           QT_TRANSLATE_NOOP("checks", "Other ports of the host refuse as fast; on the host itself it connects")},
          {QT_TRANSLATE_NOOP("checks", "The server stopped accepting while it drains"),
           QT_TRANSLATE_NOOP("checks", "Older connections still live; it comes back after the roll-out")}},
         QT_TRANSLATE_NOOP(
             "checks", "Start the service and bind it where clients come from: 0.0.0.0 or [::] instead of 127.0.0.1 "
                       "(nginx listen, HAProxy bind, Go Addr \":443\", node server.listen(port, '0.0.0.0')); in "
                       "Kubernetes the Service's targetPort must be the container's."),
         "S003 item 7; [L1] refused = 1006 in browsers in 2-120 ms",
         refused,
         {}},
        {"tcp.filtered",
         Phase::Tcp,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6298 §2; RFC 1122 §4.2.3.5",
         "https://www.rfc-editor.org/rfc/rfc6298#section-2",
         QT_TRANSLATE_NOOP("checks", "Port silently filtered"),
         {{QT_TRANSLATE_NOOP("checks", "A security group or firewall drops the segments"),
           QT_TRANSLATE_NOOP("checks", "Other ports of the same address answer")},
          {QT_TRANSLATE_NOOP("checks", "It is the wrong address"),
           QT_TRANSLATE_NOOP("checks", "No port of it answers; the name should lead elsewhere")},
          {QT_TRANSLATE_NOOP("checks", "This network lets nothing out to that port"),
           QT_TRANSLATE_NOOP("checks", "From another network it connects")}},
         QT_TRANSLATE_NOOP("checks", "Allow the port inbound (security group, NetworkPolicy, iptables) and check what "
                                     "this network lets out; 443 is open most often."),
         "S003 item 7",
         filtered,
         {}},
        {"tcp.unreachable",
         Phase::Tcp,
         Severity::Blocker,
         Kind::Passive,
         "RFC 1122 §3.2.2.1; RFC 4443 §3.1",
         "https://www.rfc-editor.org/rfc/rfc1122#section-3.2.2.1",
         QT_TRANSLATE_NOOP("checks", "Route missing"),
         {{QT_TRANSLATE_NOOP("checks", "No route: the VPN is down, the network is gone"),
           QT_TRANSLATE_NOOP("checks", "ip route get ADDRESS says unreachable; ping fails as well")},
          {QT_TRANSLATE_NOOP("checks", "IPv6 without a route"),
           QT_TRANSLATE_NOOP("checks", "curl -4 works, curl -6 does not")},
          {QT_TRANSLATE_NOOP("checks", "A router on the way says so"),
           QT_TRANSLATE_NOOP("checks", "traceroute ends at it with !H or !N")}},
         QT_TRANSLATE_NOOP("checks",
                           "Bring the route or VPN up; without IPv6 prefer IPv4 or withdraw the AAAA record."),
         "S001 ch.1 error table (network unreachable)",
         unreachable,
         {}},
        {"tcp.connect-slow",
         Phase::Tcp,
         Severity::Medium,
         Kind::Passive,
         "RFC 6298 §2",
         "https://www.rfc-editor.org/rfc/rfc6298#section-2",
         QT_TRANSLATE_NOOP("checks", "Connect time"),
         {{QT_TRANSLATE_NOOP("checks", "The server is far away"),
           QT_TRANSLATE_NOOP("checks", "Every attempt takes the same; ping agrees")},
          {QT_TRANSLATE_NOOP("checks", "A SYN was lost"),
           QT_TRANSLATE_NOOP("checks", "About 1, 3 or 7 s; most attempts are fast")},
          {QT_TRANSLATE_NOOP("checks", "The server's accept queue is full: Linux then drops SYNs"),
           QT_TRANSLATE_NOOP("checks", "Only under load; nstat -az TcpExtListenDrops grows on the server")}},
         QT_TRANSLATE_NOOP("checks", "Raise net.core.somaxconn and the listener's backlog (nginx listen … backlog=, "
                                     "HAProxy backlog, node server.listen backlog); mend what loses segments."),
         "S001 §5; Linux TCP defaults",
         connectSlow,
         {}},
        {"tcp.reset-before-reply",
         Phase::Tcp,
         Severity::High,
         Kind::Passive,
         "RFC 9112 §9.5",
         "https://www.rfc-editor.org/rfc/rfc9112#section-9.5",
         QT_TRANSLATE_NOOP("checks", "Ended before any reply"),
         {{QT_TRANSLATE_NOOP("checks", "The port speaks TLS and was spoken to without"),
           QT_TRANSLATE_NOOP("checks", "wss:// to the same port succeeds")},
          {QT_TRANSLATE_NOOP("checks", "The listener expects the PROXY protocol"),
           QT_TRANSLATE_NOOP("checks", "Through the balancer it succeeds; nginx listen … proxy_protocol, HAProxy "
                                       "accept-proxy")},
          {QT_TRANSLATE_NOOP("checks", "The server has no file descriptor or worker left"),
           QT_TRANSLATE_NOOP("checks", "Only under load; its log says \"too many open files\"")},
          {QT_TRANSLATE_NOOP("checks", "Only some addresses are allowed"),
           QT_TRANSLATE_NOOP("checks", "From an allowed network it succeeds")},
          {QT_TRANSLATE_NOOP("checks", "The handler crashed"),
           QT_TRANSLATE_NOOP("checks", "The server's log has a panic or stack trace of that moment")}},
         QT_TRANSLATE_NOOP("checks", "Use wss:// where the port speaks TLS; connect through the balancer or drop "
                                     "proxy_protocol from that listener; raise LimitNOFILE; mend the handler."),
         "[L1] close-empty: 'did not receive a valid HTTP response', 'socket hang up'",
         resetBeforeReply,
         {"upgrade.no-response"}},
    };
}

} // namespace frameglass::diagnosis
