// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "response_view.h"
#include "way_view.h"

#include "core/capture/secrets.h"
#include "core/session/target.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace frameglass::diagnosis {

namespace {

using namespace response;
using namespace way;
using capture::Direction;

/// The Close of the server's side.
const Recorded<analysis::CloseFrameFact> *serverClose(const ConnectionFacts &facts)
{
    const auto &close = facts.serverDirection() == Direction::Sent ? facts.closeSent : facts.closeReceived;
    return close ? &*close : nullptr;
}

Judgement originLateClose(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const ConnectionFacts &facts = evaluation.facts;
    const auto *close = serverClose(facts);
    if (close == nullptr || close->value.code != 1008)
        return pass(CheckText::tr("The server did not close with 1008"));
    const Nanoseconds after = close->time - *facts.openedAt;
    if (after > evaluation.settings.lateOriginClose)
        return pass(
            CheckText::tr("1008 came %1 after the opening: not the opening's own check").arg(durationText(after)));
    const auto &flow = facts.flow(facts.serverDirection());
    std::vector<Evidence> evidence{evidenceOf(close->record, closeCodeText(1008))};
    if (const auto *head = response101(facts))
        evidence.insert(evidence.begin(), statusLineOf(*head));
    if (flow.dataFrames > 0)
        return fail(CheckText::tr("The server accepted, sent %1 data frames, and closed with 1008 after %2")
                        .arg(flow.dataFrames)
                        .arg(durationText(after)),
                    std::move(evidence));
    return warn(CheckText::tr("The server accepted and closed with 1008 after %1: clients see an open connection "
                              "first, and many connect again at once")
                    .arg(durationText(after)),
                std::move(evidence));
}

/// A field or a query parameter with a secret, named for the reason; empty: none.
QString secretSent(const ConnectionFacts &facts, std::vector<Evidence> &evidence)
{
    if (!facts.request)
        return {};
    for (const char *name : {"Authorization", "Cookie", "Proxy-Authorization"}) {
        if (const auto *field = facts.request->value.find(name)) {
            evidence.push_back(lineOf(*facts.request, *field));
            return QString::fromLatin1(name);
        }
    }
    if (capture::secretsInUrl(facts.request->value.target).empty())
        return {};
    evidence.push_back(evidenceOf(facts.request->record, shownStartLine(facts.request->value)));
    return CheckText::tr("a secret in the URL");
}

Judgement plainTransport(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (!facts.firstSocket || !facts.request)
        return notApplicable(CheckText::tr("No request was sent"));
    const auto *stage = facts.lastOf(capture::Stage::Tls);
    if (facts.tls || stage != nullptr)
        return pass(CheckText::tr("The connection is encrypted"));
    if (facts.proxy)
        return notApplicable(CheckText::tr("The proxy knows the server's address, we do not"));
    if (facts.vantage() != capture::Vantage::Client)
        return notApplicable(CheckText::tr("A proxy before this server may have ended TLS"));
    const std::string &address = facts.firstSocket->value.remote;
    if (address.starts_with('/') || address.starts_with("unix:") || isPrivate(address))
        return pass(CheckText::tr("%1 is no public address").arg(excerptOf(address)));
    std::vector<Evidence> evidence{evidenceOf(facts.firstSocket->record, excerptOf(address))};
    const QString secret = secretSent(facts, evidence);
    if (!secret.isEmpty())
        return fail(CheckText::tr("Everyone between here and %1 can read %2").arg(excerptOf(address), secret),
                    std::move(evidence));
    return warn(CheckText::tr("Everyone between here and %1 can read and change what passes").arg(excerptOf(address)),
                std::move(evidence));
}

/// The parameter of the query whose name the catalogue lists, or whose value has the form of a JWT.
std::string_view tokenParameter(std::string_view target)
{
    constexpr std::string_view names[] = {"token", "access_token", "jwt", "auth", "sid", "key"};
    const std::size_t begin = target.find('?');
    if (begin == std::string_view::npos)
        return {};
    std::string_view rest = target.substr(begin + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        const std::string_view name = pair.substr(0, pair.find('='));
        const std::string_view value = pair.substr(std::min(name.size() + 1, pair.size()));
        if (value.empty())
            continue;
        const bool named = std::ranges::any_of(
            names, [&](std::string_view known) { return protocol::equalsIgnoringCase(known, name); });
        // RFC 7519 §3: three parts; the first is a JSON object, whose Base64 begins like this.
        const bool jwt = value.starts_with("eyJ") && std::ranges::count(value, '.') == 2;
        if (named || jwt)
            return name;
    }
    return {};
}

Judgement tokenInUrl(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (!facts.request)
        return notApplicable(CheckText::tr("No request was sent"));
    const std::string_view name = tokenParameter(facts.request->value.target);
    if (name.empty())
        return pass(CheckText::tr("No parameter of the URL looks like a secret"));
    return warn(CheckText::tr("The parameter “%1” carries a secret: URLs end up in logs of servers and proxies")
                    .arg(excerptOf(name)),
                {evidenceOf(facts.request->record, shownStartLine(facts.request->value))});
}

bool hasAttribute(std::string_view cookie, std::string_view name)
{
    std::string_view rest = cookie;
    while (true) {
        const std::size_t end = rest.find(';');
        if (end == std::string_view::npos)
            return false;
        rest = protocol::trimmed(rest.substr(end + 1));
        const std::string_view attribute = rest.substr(0, rest.find(';'));
        if (protocol::equalsIgnoringCase(protocol::trimmed(attribute.substr(0, attribute.find('='))), name))
            return true;
    }
}

/// Secure means nothing without TLS: it is then not asked for.
Judgement cookieFlags(const ResponseHead &head, const Evaluation &evaluation)
{
    const auto cookies = head.value.all("Set-Cookie");
    if (cookies.empty())
        return notApplicable(CheckText::tr("The 101 sets no cookie"));
    for (const auto *cookie : cookies) {
        QStringList missing;
        for (const char *name : {"Secure", "HttpOnly", "SameSite"}) {
            const bool wanted = evaluation.facts.tls || std::string_view(name) != "Secure";
            if (wanted && !hasAttribute(cookie->value, name))
                missing << QString::fromLatin1(name);
        }
        if (!missing.isEmpty())
            return warn(CheckText::tr("A cookie of the 101 is set without %1").arg(missing.join(QStringLiteral(", "))),
                        {lineOf(head, *cookie)});
    }
    return pass(CheckText::tr("The cookies of the 101 have Secure, HttpOnly and SameSite"));
}

Judgement versionLeak(const Evaluation &evaluation)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    std::vector<Evidence> evidence;
    QStringList banners;
    for (const char *name : {"Server", "X-Powered-By", "X-AspNet-Version"}) {
        for (const auto *field : head->value.all(name)) {
            if (std::ranges::none_of(field->value, [](unsigned char c) { return std::isdigit(c) != 0; }))
                continue;
            evidence.push_back(lineOf(*head, *field));
            banners << shownValue(head->value, *field);
        }
    }
    if (banners.isEmpty())
        return pass(CheckText::tr("No version is told"));
    return info(CheckText::tr("The answer tells versions: %1").arg(banners.join(QStringLiteral(", "))),
                std::move(evidence));
}

Judgement compressionSecret(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    if (!evaluation.facts.compression.agreed)
        return notApplicable(CheckText::tr("permessage-deflate is not in use"));
    return notApplicable(CheckText::tr("No secret of the application was named"));
}

} // namespace

std::vector<Check> securityChecks()
{
    return {
        {"sec.origin-late-close",
         Phase::Security,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §4.2.2",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2",
         QT_TRANSLATE_NOOP("checks", "Refused only after the 101"),
         {{QT_TRANSLATE_NOOP("checks", "Origin or credentials are checked in the handler of the open connection"),
           QT_TRANSLATE_NOOP("checks", "Another Origin or token stays open")}},
         QT_TRANSLATE_NOOP("checks", "Refuse before the upgrade: 401 or 403 (gorilla: CheckOrigin of the Upgrader; ws: "
                                     "verifyClient or the upgrade event)."),
         "S003 §3.3",
         originLateClose,
         {"close.policy"}},
        {"sec.plain-transport",
         Phase::Security,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §10.6",
         "https://www.rfc-editor.org/rfc/rfc6455#section-10.6",
         QT_TRANSLATE_NOOP("checks", "Unencrypted to a public address"),
         {{QT_TRANSLATE_NOOP("checks", "The server, or the proxy before it, has no TLS"), ""}},
         QT_TRANSLATE_NOOP("checks", "Serve wss:// and redirect http:// with HSTS."),
         "S003 item 3, §3.2",
         plainTransport,
         {}},
        {"sec.token-in-url",
         Phase::Security,
         Severity::Medium,
         Kind::Passive,
         "RFC 9110 §17.9",
         "https://www.rfc-editor.org/rfc/rfc9110#section-17.9",
         QT_TRANSLATE_NOOP("checks", "Secret in the URL"),
         {{QT_TRANSLATE_NOOP("checks", "Browsers cannot set header fields of the opening request"), ""}},
         QT_TRANSLATE_NOOP("checks",
                           "Use a cookie, a ticket that is valid once and for at most a minute, or the first message."),
         "S003 §4.3",
         tokenInUrl,
         {}},
        {"sec.cookie-flags",
         Phase::Security,
         Severity::Low,
         Kind::Passive,
         "RFC 6265 §4.1.2",
         "https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2",
         QT_TRANSLATE_NOOP("checks", "Attributes of cookies"),
         {{QT_TRANSLATE_NOOP("checks", "The framework's default"), ""}},
         QT_TRANSLATE_NOOP("checks", "Set Secure, HttpOnly and SameSite."),
         "S003 §3.3",
         on101<cookieFlags>,
         {}},
        {"sec.version-leak",
         Phase::Security,
         Severity::Info,
         Kind::Passive,
         "RFC 9110 §10.2.4",
         "https://www.rfc-editor.org/rfc/rfc9110#section-10.2.4",
         QT_TRANSLATE_NOOP("checks", "Versions in the answer"),
         {{QT_TRANSLATE_NOOP("checks", "The default of server and framework"), ""}},
         QT_TRANSLATE_NOOP("checks", "Hide them: server_tokens off (nginx), ServerTokens Prod (Apache)."),
         "S003 item 1",
         versionLeak,
         {}},
        {"sec.compression-secret",
         Phase::Security,
         Severity::Low,
         Kind::Passive,
         "RFC 7692 §8",
         "https://www.rfc-editor.org/rfc/rfc7692#section-8",
         QT_TRANSLATE_NOOP("checks", "Secrets compressed beside foreign text"),
         {{QT_TRANSLATE_NOOP("checks", "Lengths tell what was guessed right"), ""}},
         QT_TRANSLATE_NOOP("checks", "Do not compress messages that hold secrets."),
         "RFC 7692 §8",
         compressionSecret,
         {}},
    };
}

} // namespace frameglass::diagnosis
