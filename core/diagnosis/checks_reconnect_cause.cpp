// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "proxy_view.h"
#include "reconnect_view.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>
#include <array>
#include <charconv>

namespace frameglass::diagnosis {

namespace {

using namespace reconnect;

/// The Close of the server, whichever end is ours.
const analysis::CloseFrameFact *serversClose(const ConnectionFacts &facts)
{
    const auto &close = facts.serverDirection() == capture::Direction::Received ? facts.closeReceived : facts.closeSent;
    return close ? &close->value : nullptr;
}

bool isCertificateAlert(std::uint8_t description)
{
    constexpr std::uint8_t badCertificate = 42, unknown = 46, unknownCa = 48; // RFC 8446 §6.2
    return (description >= badCertificate && description <= unknown) || description == unknownCa;
}

/// Why trying again without a change cannot help; empty where it may.
QString hopelessCause(const ConnectionFacts &facts)
{
    if (facts.response && !facts.openedAt) {
        const int status = facts.response->value.status;
        constexpr std::array statuses{400, 401, 403, 404, 426};
        // Envoy answers 403 also while it has no healthy endpoint (envoyproxy/gateway#9452).
        const bool envoy = status == 403 && proxy::isFromEnvoy(facts.response->value);
        if (std::ranges::find(statuses, status) != statuses.end() && !envoy)
            return CheckText::tr("status %1").arg(status);
    }
    if (const auto *close = serversClose(facts); close != nullptr && close->code) {
        constexpr std::array<std::uint16_t, 5> codes{1002, 1003, 1007, 1008, 1010};
        if (std::ranges::find(codes, *close->code) != codes.end())
            return CheckText::tr("close code %1").arg(*close->code);
    }
    if (facts.fatalAlert && isCertificateAlert(facts.fatalAlert->value.type))
        return CheckText::tr("a certificate that is not accepted");
    return {};
}

/// What a client would have to change to be let in.
std::string askedFor(const ConnectionFacts &facts)
{
    if (!facts.request)
        return {};
    const auto &head = facts.request->value;
    return head.target + '\n' + head.joined("Authorization") + '\n' + head.joined("Cookie") + '\n' +
           head.joined("Sec-WebSocket-Protocol") + '\n' + head.joined("Origin");
}

Judgement byCause(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    if (auto none = unlessRetried(evaluation, chain))
        return *none;
    const auto &settings = evaluation.settings;
    std::vector<Nanoseconds> retries;
    Chain attempts;
    QString cause;
    for (std::size_t i = 0; i + 1 < chain->size(); ++i) {
        const QString hopeless = hopelessCause(*(*chain)[i]);
        if (hopeless.isEmpty() || askedFor(*(*chain)[i]) != askedFor(*(*chain)[i + 1]))
            continue;
        cause = hopeless;
        retries.push_back((*chain)[i + 1]->started->time);
        attempts.push_back((*chain)[i + 1]);
    }
    std::size_t first = 0;
    const std::size_t most = mostWithin(retries, settings.hopelessSpan, first);
    if (most < settings.hopelessRetries)
        return pass(CheckText::tr("No loop of attempts after a refusal that only a change can mend"));
    return fail(CheckText::tr("%1 attempts within %2, all alike, after %3")
                    .arg(most)
                    .arg(durationText(settings.hopelessSpan), cause),
                attemptsFrom(attempts, first, most));
}

/// RFC 9110 §10.2.3: seconds, or an HTTP date.
std::optional<Nanoseconds> retryAfterOf(const ConnectionFacts &facts, std::optional<std::int64_t> startWallMs)
{
    if (!facts.response || (facts.response->value.status != 429 && facts.response->value.status != 503))
        return {};
    const auto *field = facts.response->value.find("Retry-After");
    if (field == nullptr)
        return {};
    const std::string_view value = field->value;
    std::int64_t seconds = 0;
    constexpr std::int64_t aYear = 366 * 86'400;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error == std::errc() && end == value.data() + value.size())
        return seconds < 0 || seconds > aYear ? std::nullopt
                                              : std::optional(Nanoseconds(std::chrono::seconds(seconds)));
    QDateTime date = QLocale::c().toDateTime(utf8(value), QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
    date.setTimeZone(QTimeZone::utc());
    if (!date.isValid() || !startWallMs)
        return {};
    const auto at = std::chrono::milliseconds(date.toMSecsSinceEpoch() - *startWallMs);
    if (std::chrono::abs(at) > std::chrono::seconds(aYear))
        return {};
    return std::max(Nanoseconds(0), Nanoseconds(at) - facts.response->time);
}

Judgement retryAfter(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    if (auto none = unlessRetried(evaluation, chain))
        return *none;
    std::size_t kept = 0;
    for (std::size_t i = 0; i + 1 < chain->size(); ++i) {
        const ConnectionFacts &before = *(*chain)[i];
        const auto wanted = retryAfterOf(before, evaluation.startWallMs);
        if (!wanted)
            continue;
        const ConnectionFacts &next = *(*chain)[i + 1];
        const Nanoseconds waited = next.started->time - before.response->time;
        if (secondsOf(waited) < secondsOf(*wanted) * (1 - evaluation.settings.retryAfterSlack))
            return fail(CheckText::tr("Asked to wait %1, the client came back after %2")
                            .arg(durationText(*wanted), durationText(waited)),
                        {response::lineOf(*before.response, *before.response->value.find("Retry-After")),
                         attemptEvidence(next, CheckText::tr("connection %1").arg(next.id))});
        ++kept;
    }
    if (kept == 0)
        return notApplicable(CheckText::tr("No answer asked to wait (429 or 503 with Retry-After)"));
    return pass(CheckText::tr("The client waited as it was asked to"));
}

/// The credential of a request that has the form of a JWT (RFC 7519): in Authorization, the query or the subprotocols.
std::string_view tokenOf(const ConnectionFacts &facts)
{
    if (!facts.request)
        return {};
    const auto &head = facts.request->value;
    const auto jwtIn = [](std::string_view text) -> std::string_view {
        const std::size_t begin = text.find("eyJ");
        if (begin == std::string_view::npos)
            return {};
        const std::string_view rest = text.substr(begin);
        const std::string_view token = rest.substr(0, rest.find_first_of("&, \t"));
        return std::ranges::count(token, '.') == 2 ? token : std::string_view();
    };
    for (const char *name : {"Authorization", "Sec-WebSocket-Protocol"})
        for (const auto *field : head.all(name))
            if (const auto token = jwtIn(field->value); !token.empty())
                return token;
    return jwtIn(head.target);
}

/// "exp" of its claims, s since 1970; the signature is nobody's business here.
std::optional<double> expiryOf(std::string_view token)
{
    const std::size_t begin = token.find('.') + 1;
    const std::string_view claims = token.substr(begin, token.find('.', begin) - begin);
    const auto json =
        QJsonDocument::fromJson(QByteArray::fromBase64(QByteArray(claims.data(), static_cast<qsizetype>(claims.size())),
                                                       QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
    const auto expiry = json.object().value(QLatin1String("exp"));
    return expiry.isDouble() ? std::optional(expiry.toDouble()) : std::nullopt;
}

Judgement tokenExpiry(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    if (auto none = unlessRetried(evaluation, chain))
        return *none;
    const ConnectionFacts *refused = nullptr;
    bool sameOpenedBefore = false;
    for (std::size_t i = chain->size(); i-- > 0;) {
        const ConnectionFacts &attempt = *(*chain)[i];
        const auto *close = serversClose(attempt);
        const int status = attempt.response && !attempt.openedAt ? attempt.response->value.status : 0;
        const bool refuses = status == 401 || status == 403 || (close != nullptr && close->code == 1008);
        if (refused == nullptr && refuses)
            refused = &attempt;
        else if (refused != nullptr && attempt.openedAt && !refuses)
            sameOpenedBefore = sameOpenedBefore || tokenOf(attempt) == tokenOf(*refused);
    }
    if (refused == nullptr)
        return notApplicable(CheckText::tr("No attempt was refused for its credentials (401, 403, 1008)"));
    const std::string_view token = tokenOf(*refused);
    const auto expiry = token.empty() ? std::nullopt : expiryOf(token);
    if (!expiry || !evaluation.startWallMs)
        return notApplicable(CheckText::tr("No token whose expiry can be read"));
    const double at = static_cast<double>(*evaluation.startWallMs) / 1000 + secondsOf(refused->started->time);
    if (!sameOpenedBefore || *expiry > at)
        return pass(*expiry > at ? CheckText::tr("The token had not expired")
                                 : CheckText::tr("No connection was opened with the same token before"));
    return fail(CheckText::tr("Connection %1 was refused with a token that had expired %2 before, and with which an "
                              "earlier one was let in")
                    .arg(refused->id)
                    .arg(durationText(durationOf(at - *expiry))),
                {diagnosis::evidenceOf(refused->request->record, CheckText::tr("the request with the old token"))});
}

Judgement sameDeadAddress(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    if (auto none = unlessRetried(evaluation, chain))
        return *none;
    std::size_t tries = 0;
    std::string address;
    std::vector<Evidence> evidence;
    bool several = false;
    for (const ConnectionFacts *attempt : *chain) {
        several = several || (attempt->resolved && attempt->resolved->value.addresses.size() > 1);
        const bool one = attempt->addresses.size() == 1 && attempt->addresses.front().value.error != 0 &&
                         attempt->resolved && attempt->resolved->value.addresses.size() > 1;
        const bool same = one && (tries == 0 || attempt->addresses.front().value.address == address);
        if (!same) {
            tries = 0;
            evidence.clear();
        }
        if (!one)
            continue;
        address = attempt->addresses.front().value.address;
        evidence.push_back(diagnosis::evidenceOf(attempt->addresses.front().record, excerptOf(address)));
        if (++tries >= evaluation.settings.deadAddressTries)
            return warn(CheckText::tr("%1 attempts in a row at %2 alone, although the name has %3 addresses")
                            .arg(tries)
                            .arg(excerptOf(address))
                            .arg(attempt->resolved->value.addresses.size()),
                        std::move(evidence));
    }
    if (!several)
        return notApplicable(CheckText::tr("The name is not known to have more than one address"));
    return pass(CheckText::tr("No address was tried again and again while others were left"));
}

Judgement browserDelay(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    if (auto none = unlessRetried(evaluation, chain))
        return *none;
    const ConnectionFacts &last = *chain->back();
    const auto *agent = last.request ? last.request->value.find("User-Agent") : nullptr;
    const std::string_view value = agent != nullptr ? std::string_view(agent->value) : std::string_view();
    if (longestRun(*chain, evaluation.settings).failures == 0)
        return pass(CheckText::tr("No attempt failed"));
    if (value.find("Firefox/") != std::string_view::npos)
        return info(
            CheckText::tr("Firefox itself waits after a failure: 200 to 400 ms, 1.5 times as long after each, up "
                          "to 60 s, and makes one attempt at an address at a time"),
            {response::lineOf(*last.request, *agent)});
    if (value.find("Chrome/") != std::string_view::npos)
        return info(CheckText::tr("Chromium itself waits 1 to 5 s where many attempts of a page wait or failed"),
                    {response::lineOf(*last.request, *agent)});
    return pass(CheckText::tr("No browser by its User-Agent: the delays are the client's own"));
}

Judgement attemptLimit(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    if (auto none = unlessRetried(evaluation, chain))
        return *none;
    const ConnectionFacts &last = *chain->back();
    if (!isFailure(last, evaluation.settings))
        return pass(CheckText::tr("The newest attempt opened"));
    const Run run = longestRun(*chain, evaluation.settings);
    Nanoseconds longest{0};
    for (const Delay &delay : run.delays)
        longest = std::max(longest, delay.waited);
    const Nanoseconds patience = std::max(evaluation.settings.givenUpAfter, 3 * longest);
    const Nanoseconds quiet = std::max(evaluation.now, evaluation.all->lastTime) - *analysis::overAt(last);
    if (quiet < patience)
        return notApplicable(CheckText::tr("The last attempt failed %1 ago; judged after %2")
                                 .arg(durationText(quiet), durationText(patience)));
    return warn(CheckText::tr("No attempt for %1 after failure %2 in a row").arg(durationText(quiet)).arg(run.failures),
                {attemptEvidence(last, CheckText::tr("the last attempt, connection %1").arg(last.id))});
}

} // namespace

std::vector<Check> reconnectCauseChecks()
{
    return {
        {"reconnect.by-cause",
         Phase::Reconnect,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §7.2.3",
         "https://www.rfc-editor.org/rfc/rfc6455#section-7.2.3",
         QT_TRANSLATE_NOOP("checks", "Tries again where only a change can help"),
         {{QT_TRANSLATE_NOOP("checks", "One handler for every end of a connection"),
           QT_TRANSLATE_NOOP("checks", "The delays are the same after 401 and after a network error")}},
         QT_TRANSLATE_NOOP("checks", "Tell ends apart: try again after network errors, 1001, 1006, 1012, 1013 and 5xx; "
                                     "after 400, 401, 403, 404, 426, 1002, 1003, 1007, 1008 or 1010 change something "
                                     "first, or tell the user."),
         "S001 ch.1; websockets asyncio/client.py; envoyproxy/gateway#9452",
         byCause,
         {}},
        {"reconnect.retry-after",
         Phase::Reconnect,
         Severity::Medium,
         Kind::Passive,
         "RFC 9110 §10.2.3",
         "https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3",
         QT_TRANSLATE_NOOP("checks", "Retry-After is not kept"),
         {{QT_TRANSLATE_NOOP("checks", "The client does not read the field"),
           QT_TRANSLATE_NOOP("checks", "A browser's page cannot: its WebSocket shows no header")}},
         QT_TRANSLATE_NOOP("checks",
                           "Wait as long as Retry-After says before the next attempt; for pages, tell it in a "
                           "message or with close code 1013."),
         "RFC 9110 §10.2.3; S003 §3.3",
         retryAfter,
         {}},
        {"reconnect.token-expiry",
         Phase::Reconnect,
         Severity::Medium,
         Kind::Passive,
         "RFC 9110 §15.5.2",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2",
         QT_TRANSLATE_NOOP("checks", "Reconnects with an expired token"),
         {{QT_TRANSLATE_NOOP("checks", "The token is kept in the URL that the client was made with"), ""}},
         QT_TRANSLATE_NOOP("checks", "Fetch a new token before each attempt."),
         "S001 §5",
         tokenExpiry,
         {}},
        {"reconnect.same-dead-address",
         Phase::Reconnect,
         Severity::Medium,
         Kind::Passive,
         "RFC 8305",
         "https://www.rfc-editor.org/rfc/rfc8305",
         QT_TRANSLATE_NOOP("checks", "The same dead address again"),
         {{QT_TRANSLATE_NOOP("checks", "The client resolved the name once and keeps the first address"), ""}},
         QT_TRANSLATE_NOOP("checks",
                           "Resolve anew before each attempt, and go on to the next address after a failure."),
         "S002 §4",
         sameDeadAddress,
         {}},
        {"reconnect.browser-delay",
         Phase::Reconnect,
         Severity::Info,
         Kind::Passive,
         "RFC 6455 §4.1",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
         QT_TRANSLATE_NOOP("checks", "Delays that the browser makes"),
         {},
         QT_TRANSLATE_NOOP("checks", "Nothing: take it into account when you measure delays."),
         "gecko FailDelayManager, nsWSAdmissionManager; chromium websocket_throttler.cc",
         browserDelay,
         {}},
        {"reconnect.attempt-limit",
         Phase::Reconnect,
         Severity::Low,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Gives up"),
         {{QT_TRANSLATE_NOOP("checks", "A limit of attempts is reached"),
           QT_TRANSLATE_NOOP("checks", "The number of failures is round: 5, 8, 10")},
          {QT_TRANSLATE_NOOP("checks", "The client was ended, or sleeps"), ""}},
         QT_TRANSLATE_NOOP("checks", "Show the user that the connection is lost; try again when the network changes or "
                                     "the window comes to the front."),
         "S001 §5",
         attemptLimit,
         {}},
    };
}

} // namespace frameglass::diagnosis
