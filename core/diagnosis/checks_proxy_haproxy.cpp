// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_view.h"
#include "status_view.h"

namespace frameglass::diagnosis {

namespace {

using namespace proxy;
using namespace response;

/// tune.bufsize less tune.maxrewrite, with their defaults.
constexpr std::size_t bufferOctets = 16'384 - 1'024;

std::optional<Judgement> unlessHaproxy(const Evaluation &evaluation)
{
    return unlessFrom(evaluation, isFromHaproxy, "HAProxy");
}

/// What of the direct answer HAProxy does not accept; nullptr when nothing is.
const char *invalidInDirect(const analysis::ConnectionFacts &direct)
{
    if (!direct.informational.empty())
        return QT_TRANSLATE_NOOP("checks", "a 1xx comes before the 101");
    const HttpHead &head = direct.response->value;
    if (head.find("Sec-WebSocket-Accept") == nullptr)
        return QT_TRANSLATE_NOOP("checks", "Sec-WebSocket-Accept is missing");
    if (!head.hasToken("Connection", "upgrade"))
        return QT_TRANSLATE_NOOP("checks", "Connection lacks \"upgrade\"");
    return nullptr;
}

Judgement invalidHead(const Evaluation &evaluation)
{
    if (auto other = unlessHaproxy(evaluation))
        return std::move(*other);
    const int status = wholeResponse(evaluation.facts)->value.status;
    if (status != 502)
        return pass(CheckText::tr("The status is %1").arg(status));
    if (evaluation.direct == nullptr)
        return notApplicable(CheckText::tr("502: a direct attempt (--direct) would show the server's head"));
    if (!directGot101(evaluation))
        return notApplicable(CheckText::tr("The direct attempt got no 101 either"));
    const char *fault = invalidInDirect(*evaluation.direct);
    if (fault == nullptr)
        return notApplicable(CheckText::tr("The direct 101 has nothing that HAProxy refuses"));
    return fail(
        CheckText::tr("HAProxy turns the server's 101 into 502: %1").arg(CheckText::tr(fault)),
        {statusLineOf(*wholeResponse(evaluation.facts)), headOf(*evaluation.direct->response, CheckText::tr(fault))});
}

/// Names alone do not tell HAProxy from a server that writes them so: proxy.idle-cut stays the root of such a cut.
Judgement tunnelTimeout(const Evaluation &evaluation)
{
    if (auto other = unlessHaproxy(evaluation))
        return std::move(*other);
    const auto &facts = evaluation.facts;
    if (auto other = unlessEnded(facts))
        return std::move(*other);
    const auto cut = idleCutOf(facts, evaluation.settings);
    if (!cut || facts.peerEnd()->value.end != capture::TransportEnd::FinReceived)
        return pass(CheckText::tr("It did not end by FIN after a silence"));
    return fail(
        CheckText::tr("FIN after %1 of silence, and field names as HAProxy writes them: timeout tunnel, or the shorter "
                      "of timeout client and server without it")
            .arg(durationText(cut->value)),
        cutEvidence(facts));
}

Judgement bufsize(const Evaluation &evaluation)
{
    if (auto other = unlessHaproxy(evaluation))
        return std::move(*other);
    const auto &facts = evaluation.facts;
    const ResponseHead &head = *wholeResponse(facts);
    const std::size_t request = facts.request ? facts.request->value.raw.size() : 0;
    if (head.value.status == 400 && request > bufferOctets)
        return fail(CheckText::tr("400 to a request head of %1, more than HAProxy's buffer of %2")
                        .arg(octetCount(request), octetCount(bufferOctets)),
                    {statusLineOf(head), {facts.request->record, 0, request, octetCount(request)}});
    const bool directHead = directGot101(evaluation);
    const std::size_t response = directHead ? evaluation.direct->response->value.raw.size() : 0;
    if (head.value.status == 502 && response > bufferOctets)
        return fail(CheckText::tr("502, and the direct 101 has %1, more than HAProxy's buffer of %2")
                        .arg(octetCount(response), octetCount(bufferOctets)),
                    {statusLineOf(head), headOf(*evaluation.direct->response, octetCount(response))});
    if (head.value.status == 502 && !directHead)
        return notApplicable(CheckText::tr("502: a direct attempt (--direct) would show how large the head is"));
    return pass(CheckText::tr("The heads fit into HAProxy's buffer"));
}

} // namespace

std::vector<Check> haproxyChecks()
{
    return {
        {"proxy.haproxy-invalid-head",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §15.6.3",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3",
         QT_TRANSLATE_NOOP("checks", "HAProxy turns a bad 101 into 502"),
         {{QT_TRANSLATE_NOOP("checks", "The server omits Sec-WebSocket-Accept or Connection, or sends a 1xx first"),
           QT_TRANSLATE_NOOP("checks", "The log's termination state is PH; \"show errors\" shows the head")}},
         QT_TRANSLATE_NOOP("checks",
                           "Mend the server; as a last resort \"option accept-unsafe-violations-in-http-response\"."),
         "[L2]; HAProxy mux_h1.c:1916-1969, configuration.txt:10001",
         invalidHead,
         {"upgrade.502"}},
        {"proxy.haproxy-tunnel-timeout",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "HAProxy's cut after silence"),
         {{QT_TRANSLATE_NOOP("checks", "timeout tunnel is unset: timeout client and server then count"),
           QT_TRANSLATE_NOOP("checks", "The silence is one of those times; the log's state is cD or sD")},
          {QT_TRANSLATE_NOOP("checks", "timeout tunnel is shorter than the heartbeat"),
           QT_TRANSLATE_NOOP("checks", "The silence is that time")}},
         QT_TRANSLATE_NOOP("checks",
                           "timeout tunnel 1h; timeout client-fin 30s; and heartbeats at no more than half of it."),
         "[L2]; configuration.txt:15018-15066",
         tunnelTimeout,
         {}},
        {"proxy.haproxy-bufsize",
         Phase::Intermediaries,
         Severity::Medium,
         Kind::Passive,
         "RFC 9110 §5.4",
         "https://www.rfc-editor.org/rfc/rfc9110#section-5.4",
         QT_TRANSLATE_NOOP("checks", "HAProxy's buffer"),
         {{QT_TRANSLATE_NOOP("checks", "Large cookies or tokens"),
           QT_TRANSLATE_NOOP("checks", "With a smaller head it passes")}},
         QT_TRANSLATE_NOOP("checks", "tune.bufsize 32768, or smaller heads."),
         "[L2] 15,000 ok, 20,000 = 400, 40,000 response = 502",
         bufsize,
         {"upgrade.400", "upgrade.502", "request.header-budget"}},
    };
}

} // namespace frameglass::diagnosis
