// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend_view.h"
#include "core/protocol/handshake.h"
#include "proxy_view.h"

namespace frameglass::diagnosis {

namespace {

using namespace proxy;
using namespace response;

QString seen(const std::string &value)
{
    return value.empty() ? CheckText::tr("absent") : QLatin1Char('"') + printable(value) + QLatin1Char('"');
}

/// Whether our own request was a valid handshake, so that a hop must have changed what the backend refused.
bool requestWasValid(const Evaluation &evaluation)
{
    return evaluation.facts.request && protocol::judgeRequest(evaluation.facts.request->value).empty();
}

Judgement upgradeMissingByBackend(const Evaluation &evaluation, const BackendView &view)
{
    const QString server = CheckText::tr(view.server);
    if (view.upgrade == true)
        return pass(
            CheckText::tr("%1 saw Upgrade %2")
                .arg(server, view.upgradeValue.empty() ? QStringLiteral("websocket") : seen(view.upgradeValue)));
    if (view.upgrade == false && view.httpVersion)
        return fail(
            CheckText::tr("nginx does not forward Upgrade: %1 saw HTTP/%2, Upgrade %3, Connection %4")
                .arg(server, printable(*view.httpVersion, 10), seen(view.upgradeValue), seen(view.connectionValue)),
            nginxEvidence(evaluation));
    if (view.upgrade == false)
        return fail(CheckText::tr("nginx does not forward Upgrade: %1 saw no upgrade request").arg(server),
                    nginxEvidence(evaluation));
    if (view.connection == false)
        return fail(
            CheckText::tr("nginx does not forward the upgrade: %1 saw no \"upgrade\" in Connection").arg(server),
            nginxEvidence(evaluation));
    if (view.fieldsRefused && requestWasValid(evaluation))
        return fail(
            CheckText::tr("nginx does not forward Upgrade: %1 refused the handshake fields, which left us in order")
                .arg(server),
            nginxEvidence(evaluation));
    return notApplicable(CheckText::tr("The answer of %1 does not tell whether it saw Upgrade").arg(server));
}

Judgement nginxUpgradeMissing(const Evaluation &evaluation)
{
    if (auto other = unlessNginx(evaluation))
        return std::move(*other);
    const ResponseHead &head = *wholeResponse(evaluation.facts);
    if (head.value.status == 101)
        return pass(CheckText::tr("nginx forwarded the upgrade: the answer is 101"));
    const auto view = readBackendView(evaluation.facts);
    if (view && (view->upgrade || view->connection || view->fieldsRefused))
        return upgradeMissingByBackend(evaluation, *view);
    const int status = head.value.status;
    if (status != 400 && status != 426 && status != 200)
        return notApplicable(CheckText::tr("Status %1 does not speak of the fields that nginx forwards").arg(status));
    if (isNginxPage(evaluation))
        return notApplicable(CheckText::tr("nginx itself wrote this answer"));
    if (view)
        return notApplicable(
            CheckText::tr("The answer of %1 does not tell whether it saw Upgrade").arg(CheckText::tr(view->server)));
    if (directGot101(evaluation)) {
        auto evidence = nginxEvidence(evaluation);
        evidence.push_back(statusLineOf(*evaluation.direct->response));
        return fail(
            CheckText::tr("nginx does not forward Upgrade: %1 through it, 101 with the direct attempt").arg(status),
            std::move(evidence));
    }
    if (evaluation.direct != nullptr)
        return notApplicable(CheckText::tr("The direct attempt got no 101 either"));
    return notApplicable(
        CheckText::tr("Nothing shows what the server behind nginx saw; a direct attempt (--direct) would"));
}

Judgement nginxConnectionCleared(const Evaluation &evaluation)
{
    if (auto other = unlessNginx(evaluation))
        return std::move(*other);
    if (wholeResponse(evaluation.facts)->value.status == 101)
        return pass(CheckText::tr("nginx forwarded the upgrade: the answer is 101"));
    const auto view = readBackendView(evaluation.facts);
    if (!view || !view->connection)
        return notApplicable(CheckText::tr("Nothing shows what Connection the server behind nginx saw"));
    const QString server = CheckText::tr(view->server);
    if (*view->connection)
        return pass(CheckText::tr("%1 saw \"upgrade\" in Connection").arg(server));
    if (view->upgrade != true)
        return notApplicable(CheckText::tr("%1 saw no Upgrade either").arg(server));
    return fail(CheckText::tr("Upgrade arrives, Connection does not: %1 saw Connection %2")
                    .arg(server, seen(view->connectionValue)),
                nginxEvidence(evaluation));
}

Judgement nginxHttp10(const Evaluation &evaluation)
{
    if (auto other = unlessNginx(evaluation))
        return std::move(*other);
    if (wholeResponse(evaluation.facts)->value.status == 101)
        return notApplicable(CheckText::tr("A 101 does not show the HTTP version behind nginx"));
    const auto view = readBackendView(evaluation.facts);
    if (!view || (!view->httpVersion && !view->unreadable))
        return notApplicable(CheckText::tr("Nothing shows the HTTP version behind nginx"));
    const QString server = CheckText::tr(view->server);
    if (view->unreadable)
        return fail(CheckText::tr("%1 could not read the request of nginx; it reads HTTP/1.1 only").arg(server),
                    nginxEvidence(evaluation));
    const QString version = printable(*view->httpVersion, 10);
    if (version != QLatin1String("1.0"))
        return pass(CheckText::tr("%1 saw HTTP/%2").arg(server, version));
    const bool otherReason = view->upgrade == false || view->connection == false;
    if (otherReason)
        return warn(CheckText::tr("nginx speaks HTTP/1.0 to %1, which lacks Upgrade or Connection as well").arg(server),
                    nginxEvidence(evaluation));
    return fail(CheckText::tr("nginx speaks HTTP/1.0 to %1, which refuses the upgrade for that").arg(server),
                nginxEvidence(evaluation));
}

} // namespace

std::vector<Check> nginxUpgradeChecks()
{
    return {
        {"proxy.nginx-upgrade-missing",
         Phase::Intermediaries,
         Severity::Blocker,
         Kind::Passive,
         "RFC 9110 §7.6.1; §7.8",
         "https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1",
         QT_TRANSLATE_NOOP("checks", "nginx does not forward Upgrade"),
         {{QT_TRANSLATE_NOOP("checks", "The location lacks proxy_set_header Upgrade and Connection"),
           QT_TRANSLATE_NOOP("checks",
                             "nginx -T shows the location without them; a direct attempt (--direct) gets 101")},
          {QT_TRANSLATE_NOOP("checks",
                             "It lacks proxy_http_version 1.1 as well: nginx then speaks HTTP/1.0 to the backend "
                             "(proxy.nginx-http10)"),
           QT_TRANSLATE_NOOP("checks", "The refusal or the server's log shows HTTP/1.0")},
          {QT_TRANSLATE_NOOP("checks", "Another location matches the path"),
           QT_TRANSLATE_NOOP("checks", "nginx -T shows the settings, but in a location that does not win")},
          {QT_TRANSLATE_NOOP("checks", "An include replaces the settings"),
           QT_TRANSLATE_NOOP("checks", "A proxy_set_header further in drops all those of the outer levels")}},
         QT_TRANSLATE_NOOP("checks", "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header "
                                     "Connection $connection_upgrade; with map $http_upgrade $connection_upgrade { "
                                     "default upgrade; '' close; }"),
         "S002 §2; S003 item 3; [L2] 4 broken variants gave 400 from gorilla; realvnc-labs/rport#1222; "
         "allinurl/goaccess#2929 (1.29.7)",
         nginxUpgradeMissing,
         {"upgrade.400", "upgrade.426", "upgrade.status-200", "upgrade.status-other", "proxy.nginx-http10"}},
        {"proxy.nginx-connection-cleared",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §7.6.1",
         "https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1",
         QT_TRANSLATE_NOOP("checks", "Connection emptied for keepalive"),
         {{QT_TRANSLATE_NOOP("checks", "proxy_set_header Connection '' from an upstream-keepalive recipe, or no "
                                       "proxy_set_header Connection at all"),
           QT_TRANSLATE_NOOP("checks", "nginx -T shows it in the location of the WebSocket")}},
         QT_TRANSLATE_NOOP("checks", "proxy_set_header Connection $connection_upgrade; keep the empty value for plain "
                                     "locations only."),
         "S002 §2 recommends it (harmful here); [L2] 'empty' variant = 400; rustfs/docs.rustfs.com#76",
         nginxConnectionCleared,
         {"upgrade.400", "upgrade.426", "upgrade.status-200", "upgrade.status-other", "proxy.nginx-http10"}},
        {"proxy.nginx-http10",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §7.8",
         "https://www.rfc-editor.org/rfc/rfc9110#section-7.8",
         QT_TRANSLATE_NOOP("checks", "Upstream hop speaks HTTP/1.0"),
         {{QT_TRANSLATE_NOOP("checks",
                             "The location lacks proxy_http_version 1.1; nginx before 1.29.7 speaks HTTP/1.0 by "
                             "default"),
           QT_TRANSLATE_NOOP("checks", "nginx -T shows no proxy_http_version; the refusal or the server's log shows "
                                       "HTTP/1.0")}},
         QT_TRANSLATE_NOOP("checks", "proxy_http_version 1.1; (the default since nginx 1.29.7)"),
         "nginx changes.xml 1.29.7; [L2]; dotnet/aspnetcore#32674",
         nginxHttp10,
         {"upgrade.400", "upgrade.426", "upgrade.502", "upgrade.status-200", "upgrade.status-other"}},
    };
}

} // namespace frameglass::diagnosis
