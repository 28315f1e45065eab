// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_view.h"
#include "status_view.h"

namespace frameglass::diagnosis {

namespace {

using namespace proxy;
using namespace response;

Judgement feature(const Evaluation &evaluation)
{
    if (auto other = unlessFrom(evaluation, isFromIis, "IIS"))
        return std::move(*other);
    const auto &facts = evaluation.facts;
    const int status = wholeResponse(facts)->value.status;
    if (status == 503 && bodyHas(evaluation, "WebSockets are disabled"))
        return fail(CheckText::tr("IIS says that WebSockets are disabled"), answer(evaluation, {"Server"}));
    if (status == 200 || status == 400)
        return fail(withDirect(CheckText::tr("IIS answered the upgrade with %1").arg(status), evaluation),
                    answer(evaluation, {"Server", "X-Powered-By"}));
    const auto life = cutLifetime(facts);
    if (status == 101 && life && life->value < evaluation.settings.earlyEnd)
        return fail(CheckText::tr("IIS ended TCP %1 after its 101").arg(durationText(life->value)), cutEvidence(facts));
    return pass(CheckText::tr("IIS took the upgrade (%1)").arg(status));
}

Judgement arrCompression(const Evaluation &evaluation)
{
    if (auto other = unlessFrom(evaluation, isFromIis, "IIS"))
        return std::move(*other);
    const auto &facts = evaluation.facts;
    if (!facts.compression.agreed)
        return notApplicable(CheckText::tr("No extension was agreed on"));
    if (auto other = unlessEnded(facts))
        return std::move(*other);
    const auto frames = facts.sent.dataFrames + facts.received.dataFrames;
    const auto life = cutLifetime(facts);
    const bool atFirstFrame = life && frames > 0 && frames <= 2;
    if (!atFirstFrame)
        return pass(CheckText::tr("Messages pass with permessage-deflate"));
    return fail(CheckText::tr("permessage-deflate was agreed on through IIS, and TCP ended at the first message"),
                cutEvidence(facts));
}

} // namespace

std::vector<Check> iisChecks()
{
    return {
        {"proxy.iis-feature",
         Phase::Intermediaries,
         Severity::Blocker,
         Kind::Passive,
         "RFC 9110 §15.6.4",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4",
         QT_TRANSLATE_NOOP("checks", "IIS without its WebSocket feature"),
         {{QT_TRANSLATE_NOOP("checks",
                             "The feature Web-WebSockets is not installed, or the App Service's switch is off"),
           QT_TRANSLATE_NOOP("checks", "Get-WindowsFeature Web-WebSockets says Available")}},
         QT_TRANSLATE_NOOP("checks",
                           "Install-WindowsFeature Web-WebSockets; App Service: Configuration → Web sockets on."),
         "aspnet/AspNetCoreModule#135; tjanczuk/iisnode#322; Arcenox-co/TickerQ#441",
         feature,
         {"upgrade.status-200", "upgrade.400", "upgrade.503", "upgrade.101-then-close"}},
        {"proxy.iis-arr-compression",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "RFC 7692 §5",
         "https://www.rfc-editor.org/rfc/rfc7692#section-5",
         QT_TRANSLATE_NOOP("checks", "ARR cannot carry permessage-deflate"),
         {{QT_TRANSLATE_NOOP("checks", "ARR and WinHTTP know no extensions but pass the offer on"),
           QT_TRANSLATE_NOOP("checks", "Without the offer messages pass")}},
         QT_TRANSLATE_NOOP("checks",
                           "Clear HTTP_SEC_WEBSOCKET_EXTENSIONS in URL Rewrite, or turn compression off in the "
                           "application."),
         "python-websockets/websockets#1192; open-webui#24579; dotnet/aspnetcore#58846; axllent/mailpit#131",
         arrCompression,
         impliedByCut()},
    };
}

} // namespace frameglass::diagnosis
