// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_view.h"
#include "status_view.h"

#include <QStringList>

namespace frameglass::diagnosis {

namespace {

using namespace proxy;
using namespace response;

/// Answers of gorilla's own 101: these three fields, in this order.
bool isGorilla101(const HttpHead &head)
{
    return head.status == 101 && head.fields.size() == 3 && head.fields[0].name == "Upgrade" &&
           head.fields[1].name == "Connection" && head.fields[2].name == "Sec-WebSocket-Accept";
}

/// nginx passes the 101 on and writes Connection itself, in this case.
bool isNginx101(const HttpHead &head)
{
    return head.status == 101 && isFromNginx(head) && valueOf(head, "Connection") == "upgrade";
}

QString productOf(const HttpHead &head)
{
    if (isFromCloudflare(head))
        return QStringLiteral("Cloudflare");
    if (containsIgnoringCase(valueOf(head, "Server"), "awselb"))
        return QStringLiteral("AWS ALB");
    if (isFromEnvoy(head))
        return QStringLiteral("Envoy");
    if (isNginx101(head) || isFromNginx(head))
        return QStringLiteral("nginx");
    if (isFromIis(head))
        return QStringLiteral("IIS");
    if (isGorilla101(head) || isFromGorilla(head))
        return QStringLiteral("gorilla/websocket");
    if (isFromApache(head))
        return QStringLiteral("Apache httpd");
    if (isFromHaproxy(head))
        return CheckText::tr("HAProxy, a hop over HTTP/2, or a server in Rust (all field names are lower-case)");
    return {};
}

Judgement signature(const Evaluation &evaluation)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    std::vector<Evidence> evidence;
    QStringList parts;
    for (const std::string_view name : {"Server", "Via"}) {
        if (const HeaderField *field = head->value.find(name)) {
            evidence.push_back(lineOf(*head, *field));
            parts << evidence.back().text;
        }
    }
    if (evidence.empty())
        evidence.push_back(statusLineOf(*head));
    const QString product = productOf(head->value);
    if (product.isEmpty() && parts.isEmpty())
        return info(CheckText::tr("Nothing in the answer tells who wrote it"), std::move(evidence));
    if (!product.isEmpty())
        parts.prepend(product);
    return info(CheckText::tr("Written by: %1").arg(parts.join(QStringLiteral(" · "))), std::move(evidence));
}

} // namespace

std::vector<Check> signatureChecks()
{
    return {
        {"proxy.signature",
         Phase::Intermediaries,
         Severity::Info,
         Kind::Passive,
         "RFC 9110 §7.6.3, §10.2.4",
         "https://www.rfc-editor.org/rfc/rfc9110#section-10.2.4",
         QT_TRANSLATE_NOOP("checks", "Who wrote this response"),
         {},
         QT_TRANSLATE_NOOP("checks", "Nothing to mend: it tells where to look."),
         "[L2] captures of nginx 1.22.1, HAProxy 2.6.12, Apache 2.4.71",
         signature,
         {}},
    };
}

} // namespace frameglass::diagnosis
