// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_view.h"
#include "status_view.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace proxy;
using namespace response;

Judgement responseBuffer(const Evaluation &evaluation)
{
    if (auto other = unlessNginx(evaluation))
        return std::move(*other);
    const ResponseHead &head = *wholeResponse(evaluation.facts);
    if (head.value.status != 502)
        return pass(CheckText::tr("nginx took the server's response head"));
    if (evaluation.direct == nullptr)
        return notApplicable(CheckText::tr("502: a direct attempt (--direct) would show how large the head is"));
    if (!directGot101(evaluation))
        return notApplicable(CheckText::tr("The direct attempt got no 101 either"));
    const ResponseHead &direct = *evaluation.direct->response;
    const auto octets = direct.value.raw.size();
    if (octets <= evaluation.settings.responseHeadWarn)
        return notApplicable(CheckText::tr("The direct 101 has %1 octets, which fit").arg(octets));
    return fail(
        CheckText::tr("502 through nginx; the 101 of the direct attempt has %1 octets, more than one buffer takes")
            .arg(octets),
        {statusLineOf(head), headOf(direct, octetCount(octets))});
}

Judgement requestBuffer(const Evaluation &evaluation)
{
    if (auto other = unlessNginx(evaluation))
        return std::move(*other);
    const int status = wholeResponse(evaluation.facts)->value.status;
    const bool tooLarge = status == 400 && bodyHas(evaluation, "Request Header Or Cookie Too Large");
    if (!tooLarge && status != 414)
        return pass(CheckText::tr("nginx took our request head"));
    const std::size_t octets = evaluation.facts.request ? evaluation.facts.request->value.raw.size() : 0;
    return fail(CheckText::tr("nginx finds the request head of %1 too large (%2)").arg(octetCount(octets)).arg(status),
                answer(evaluation, {"Server"}));
}

Judgement nginxH2(const Evaluation &evaluation)
{
    const analysis::ConnectionFacts &facts = evaluation.facts;
    if (!facts.tls)
        return notApplicable(CheckText::tr("Without TLS nothing is negotiated"));
    if (auto other = unlessNginx(evaluation))
        return std::move(*other);
    const auto &tls = facts.tls->value;
    if (tls.alpnChosen != "h2")
        return pass(CheckText::tr("nginx speaks HTTP/1.1 here"));
    return warn(CheckText::tr("h2 was agreed on with nginx, which has no sockets over HTTP/2"),
                {evidenceOf(facts.tls->record, CheckText::tr("ALPN: h2"))});
}

Judgement authRequest(const Evaluation &evaluation)
{
    if (auto other = unlessNginx(evaluation))
        return std::move(*other);
    const int status = wholeResponse(evaluation.facts)->value.status;
    if (status == 101)
        return pass(CheckText::tr("The 101 passed nginx"));
    const bool fitting = status == 401 || status == 403 || status == 500;
    if (!fitting || !isNginxPage(evaluation))
        return notApplicable(CheckText::tr("Status %1 with this body is not what a sub-request gives").arg(status));
    if (evaluation.direct == nullptr)
        return notApplicable(
            CheckText::tr("nginx itself answered %1; a direct attempt (--direct) would show the server's "
                          "answer")
                .arg(status));
    if (!directGot101(evaluation))
        return notApplicable(CheckText::tr("The direct attempt got no 101 either"));
    return warn(CheckText::tr("nginx itself answered %1, the server gives 101 with the direct attempt").arg(status),
                nginxEvidence(evaluation));
}

} // namespace

std::vector<Check> nginxChecks()
{
    return {
        {"proxy.nginx-response-buffer",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §15.6.3",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3",
         QT_TRANSLATE_NOOP("checks", "Response head larger than nginx's buffer"),
         {{QT_TRANSLATE_NOOP("checks", "proxy_buffer_size is one page (4 or 8 KB), the head is larger"),
           QT_TRANSLATE_NOOP("checks", "error.log: upstream sent too big header while reading response header")}},
         QT_TRANSLATE_NOOP("checks", "proxy_buffer_size 16k; proxy_buffers 8 16k; or fewer cookies on the 101."),
         "S000 §2.4 (claim corrected); [L2] 6 KB and 40 KB heads = 502; ngx_http_upstream.c:2586",
         responseBuffer,
         {"upgrade.502"}},
        {"proxy.nginx-request-buffer",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "RFC 6585 §5",
         "https://www.rfc-editor.org/rfc/rfc6585#section-5",
         QT_TRANSLATE_NOOP("checks", "Request head too large for nginx"),
         {{QT_TRANSLATE_NOOP("checks", "Cookies or tokens outgrew large_client_header_buffers (4 of 8 KB)"),
           QT_TRANSLATE_NOOP("checks", "Without cookies the same request passes")}},
         QT_TRANSLATE_NOOP("checks", "large_client_header_buffers 4 32k; or smaller cookies."),
         "S000 §2.4; [L2] 9,000 B line = 400",
         requestBuffer,
         {"upgrade.400", "upgrade.status-other", "request.header-budget"}},
        {"proxy.nginx-h2",
         Phase::Intermediaries,
         Severity::Medium,
         Kind::Passive,
         "RFC 8441 §3",
         "https://www.rfc-editor.org/rfc/rfc8441#section-3",
         QT_TRANSLATE_NOOP("checks", "h2 agreed on with nginx"),
         {{QT_TRANSLATE_NOOP("checks", "The client shares a TLS configuration that offers h2"),
           QT_TRANSLATE_NOOP("checks", "Its ClientHello offers h2")}},
         QT_TRANSLATE_NOOP("checks", "Offer http/1.1 alone for the socket."),
         "nginx source: no CONNECT_PROTOCOL setting; changes.xml 1.31.3 (Upgrade line leaked into h2 replies)",
         nginxH2,
         {}},
        {"proxy.nginx-auth-request",
         Phase::Intermediaries,
         Severity::Low,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "A sub-request or error page eats the 101"),
         {{QT_TRANSLATE_NOOP("checks", "auth_request refuses, or error_page replaces the answer"),
           QT_TRANSLATE_NOOP("checks", "Without auth_request, error_page and proxy_cache in that location it is 101")}},
         QT_TRANSLATE_NOOP("checks",
                           "Exempt the location: auth_request off; proxy_intercept_errors off; no proxy_cache."),
         "ngx_http_upstream.c:3631; changes.xml 1.13.7, 1.11.6",
         authRequest,
         {}},
    };
}

} // namespace frameglass::diagnosis
