// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_view.h"
#include "status_view.h"

#include <chrono>

namespace frameglass::diagnosis {

namespace {

using namespace proxy;
using namespace response;
using namespace std::chrono_literals;

std::optional<Judgement> unlessApache(const Evaluation &evaluation)
{
    return unlessFrom(evaluation, isFromApache, "Apache");
}

Judgement upgrade(const Evaluation &evaluation)
{
    if (auto other = unlessApache(evaluation))
        return std::move(*other);
    const int status = wholeResponse(evaluation.facts)->value.status;
    if (status == 101)
        return pass(CheckText::tr("Apache passed the upgrade on"));
    if (status != 400 && status != 426)
        return notApplicable(CheckText::tr("Status %1 does not speak of the fields that Apache forwards").arg(status));
    if (evaluation.direct == nullptr)
        return notApplicable(
            CheckText::tr("Nothing shows what the server behind Apache saw; a direct attempt (--direct) "
                          "would"));
    if (!directGot101(evaluation))
        return notApplicable(CheckText::tr("The direct attempt got no 101 either"));
    return fail(
        CheckText::tr("Apache does not forward the upgrade: %1 through it, 101 with the direct attempt").arg(status),
        answer(evaluation, {"Server"}));
}

/// What of the direct answer Apache does not accept (AH01102, AH01106); nullptr when nothing is.
const char *badInDirect(const HttpHead &head)
{
    if (head.versionMajor == 1 && head.versionMinor == 0)
        return QT_TRANSLATE_NOOP("checks", "the server answers with HTTP/1.0");
    if (head.has(protocol::HeadOddity::MissingColon))
        return QT_TRANSLATE_NOOP("checks", "a line of the server's head has no colon");
    if (head.status == 101 && !head.hasToken("Upgrade", "websocket"))
        return QT_TRANSLATE_NOOP("checks", "the server's Upgrade is missing or wrong");
    return nullptr;
}

Judgement badBackend(const Evaluation &evaluation)
{
    if (auto other = unlessApache(evaluation))
        return std::move(*other);
    const int status = wholeResponse(evaluation.facts)->value.status;
    if (status != 502)
        return pass(CheckText::tr("The status is %1").arg(status));
    const auto *direct = evaluation.direct == nullptr ? nullptr : wholeResponse(*evaluation.direct);
    if (direct == nullptr)
        return notApplicable(CheckText::tr("502: a direct attempt (--direct) would show the server's head"));
    const char *fault = badInDirect(direct->value);
    if (fault == nullptr)
        return notApplicable(CheckText::tr("The direct answer has nothing that Apache refuses"));
    return fail(CheckText::tr("Apache turns the server's answer into 502: %1").arg(CheckText::tr(fault)),
                {statusLineOf(*wholeResponse(evaluation.facts)), headOf(*direct, CheckText::tr(fault))});
}

Judgement timeout(const Evaluation &evaluation)
{
    if (auto other = unlessApache(evaluation))
        return std::move(*other);
    const auto &facts = evaluation.facts;
    if (auto other = unlessEnded(facts))
        return std::move(*other);
    const auto cut = idleCutOf(facts, evaluation.settings);
    if (!cut)
        return pass(CheckText::tr("It did not end after a silence"));
    constexpr Nanoseconds defaultTimeout = 60s; // Timeout of httpd
    const QString silence = durationText(cut->value);
    return fail(
        fits(cut->value, defaultTimeout, defaultTimeout)
            ? CheckText::tr("Cut after %1 of silence, as the default Timeout of Apache gives").arg(silence)
            : CheckText::tr("Cut after %1 of silence, as the longer of Timeout and ProxyTimeout gives").arg(silence),
        cutEvidence(facts));
}

} // namespace

std::vector<Check> apacheChecks()
{
    return {
        {"proxy.apache-upgrade",
         Phase::Intermediaries,
         Severity::Blocker,
         Kind::Passive,
         "RFC 9110 §7.8",
         "https://www.rfc-editor.org/rfc/rfc9110#section-7.8",
         QT_TRANSLATE_NOOP("checks", "Apache proxy without upgrade"),
         {{QT_TRANSLATE_NOOP("checks", "A plain ProxyPass http:// takes the path"),
           QT_TRANSLATE_NOOP("checks", "apachectl -S and the order of ProxyPass lines show it")},
          {QT_TRANSLATE_NOOP("checks", "The RewriteRule for Upgrade is missing, or mod_proxy_wstunnel is not loaded"),
           QT_TRANSLATE_NOOP("checks", "apachectl -M lacks proxy_wstunnel_module")}},
         QT_TRANSLATE_NOOP("checks",
                           "ProxyPass /ws http://backend/ws upgrade=websocket (2.4.47 and later), or ProxyPass /ws "
                           "ws://backend/ws before the http rule."),
         "[L2]; httpd mod_proxy_wstunnel.xml, mod_proxy.xml",
         upgrade,
         {"upgrade.400", "upgrade.426"}},
        {"proxy.apache-bad-backend",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §7.8",
         "https://www.rfc-editor.org/rfc/rfc9110#section-7.8",
         QT_TRANSLATE_NOOP("checks", "Apache rejects the server's 101"),
         {{QT_TRANSLATE_NOOP("checks", "A fault of the server that direct clients overlook"),
           QT_TRANSLATE_NOOP("checks", "error_log has AH01102 or AH01106")}},
         QT_TRANSLATE_NOOP("checks", "Mend the server's head."),
         "[L2]",
         badBackend,
         {"upgrade.502"}},
        {"proxy.apache-timeout",
         Phase::Intermediaries,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Apache's cut after silence"),
         {{QT_TRANSLATE_NOOP("checks", "The default Timeout of 60 s"),
           QT_TRANSLATE_NOOP("checks", "ProxyTimeout alone does not shorten it")}},
         QT_TRANSLATE_NOOP("checks", "Raise Timeout and ProxyTimeout; with the old module ProxyWebsocketIdleTimeout."),
         "proxy_util.c:5511-5516; [L2] ProxyTimeout 3 s did not cut at 6 s",
         timeout,
         impliedByCut()},
    };
}

} // namespace frameglass::diagnosis
