// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings_table.h"

#include "check.h"
#include "duration_text.h"
#include "rule_support.h"

#include <nlohmann/json.hpp>

#include <QDateTime>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace frameglass::diagnosis {

namespace {

constexpr double mostNumber = 1e12;
constexpr Nanoseconds longestDuration = std::chrono::hours(24 * 30);

constexpr Setting table[] = {
    {"messages.type", SettingRole::Declared, &Settings::messageType,
     QT_TRANSLATE_NOOP("checks", "Type of the messages")},
    {"clients.apple", SettingRole::Declared, &Settings::appleClients,
     QT_TRANSLATE_NOOP("checks", "Apple clients (Safari, WKWebView, URLSession) connect")},
    {"heartbeat.adaptive", SettingRole::Declared, &Settings::adaptiveHeartbeat,
     QT_TRANSLATE_NOOP("checks", "The heartbeat's interval follows the RTT")},
    {"reconnect.profile", SettingRole::Declared, &Settings::reconnectProfile,
     QT_TRANSLATE_NOOP("checks", "How clients connect again")},
    {"deploy.at", SettingRole::Declared, &Settings::deployAt, QT_TRANSLATE_NOOP("checks", "A deploy began at")},
    {"reload.at", SettingRole::Declared, &Settings::reloadAt,
     QT_TRANSLATE_NOOP("checks", "The proxy read its configuration again at")},
    {"target.url-length.warn", SettingRole::Warn, &Settings::targetWarn},
    {"target.url-length.fail", SettingRole::Fail, &Settings::targetGatewayFail},
    {"dns.slow.good", SettingRole::Good, &Settings::resolveGood},
    {"dns.slow.fail", SettingRole::Fail, &Settings::resolveFail},
    {"dns.family-gap.warn", SettingRole::Warn, &Settings::familyGap},
    {"dns.stale-address.fail", SettingRole::Fail, &Settings::deadAddressesFail},
    {"dns.ttl.warn", SettingRole::Warn, &Settings::ttlWarn},
    {"dns.ttl.apart", SettingRole::Needed, &Settings::ttlLookupsApart},
    {"dns.ttl.addresses", SettingRole::Needed, &Settings::ttlZeroAddresses},
    {"dns.cname-chain.links", SettingRole::Warn, &Settings::cnameLinksWarn},
    {"dns.cname-chain.time", SettingRole::Warn, &Settings::cnameTimeWarn},
    {"tcp.connect-slow.good", SettingRole::Good, &Settings::connectGood},
    {"tcp.connect-slow.fail", SettingRole::Fail, &Settings::connectFail},
    {"tcp.retransmits.segments", SettingRole::Needed, &Settings::retransmitSegments},
    {"tcp.retransmits.segment-octets", SettingRole::Assumed, &Settings::segmentOctets},
    {"tcp.retransmits.warn", SettingRole::Warn, &Settings::retransmitsWarn},
    {"tcp.retransmits.fail", SettingRole::Fail, &Settings::retransmitsFail},
    {"tcp.half-open.warn", SettingRole::Warn, &Settings::halfOpenWarn},
    {"tcp.half-open.fail", SettingRole::Fail, &Settings::halfOpenFail},
    {"tcp.half-open.heartbeats", SettingRole::Needed, &Settings::halfOpenHeartbeats},
    {"tcp.nagle-delay.pings", SettingRole::Needed, &Settings::naglePings},
    {"tcp.nagle-delay.share", SettingRole::Warn, &Settings::nagleShare},
    {"tcp.nagle-delay.from", SettingRole::Assumed, &Settings::nagleFrom},
    {"tcp.nagle-delay.to", SettingRole::Assumed, &Settings::nagleTo},
    {"tcp.nagle-delay.step", SettingRole::Assumed, &Settings::nagleStep},
    {"tcp.nagle-delay.step-slack", SettingRole::Tolerance, &Settings::nagleStepSlack},
    {"tcp.time-wait.warn", SettingRole::Warn, &Settings::timeWaitWarn},
    {"tcp.time-wait.fail", SettingRole::Fail, &Settings::timeWaitFail},
    {"tls.cert-dates.warn-days", SettingRole::Warn, &Settings::certificateWarnDays},
    {"tls.cert-dates.warn-share", SettingRole::Warn, &Settings::certificateWarnShare},
    {"tls.cert-dates.info-share", SettingRole::Info, &Settings::certificateInfoShare},
    {"tls.handshake-slow.good", SettingRole::Good, &Settings::tlsGood},
    {"tls.handshake-slow.fail", SettingRole::Fail, &Settings::tlsFail},
    {"tls.handshake-slow.stall", SettingRole::Warn, &Settings::serverFlightStall},
    {"request.header-budget.warn", SettingRole::Warn, &Settings::requestHeadWarn},
    {"request.header-budget.fail", SettingRole::Fail, &Settings::requestHeadFail},
    {"request.header-budget.line-fail", SettingRole::Fail, &Settings::requestLineFail},
    {"upgrade.no-response.warn", SettingRole::Warn, &Settings::noResponseWarn},
    {"upgrade.no-response.fail", SettingRole::Fail, &Settings::noResponseFail},
    {"upgrade.slow.warn", SettingRole::Warn, &Settings::upgradeWarn},
    {"upgrade.slow.fail", SettingRole::Fail, &Settings::upgradeFail},
    {"upgrade.header-size.warn", SettingRole::Warn, &Settings::responseHeadWarn},
    {"upgrade.header-size.fail", SettingRole::Fail, &Settings::responseHeadFail},
    {"upgrade.header-size.line-fail", SettingRole::Fail, &Settings::responseLineFail},
    {"upgrade.header-count.warn", SettingRole::Warn, &Settings::responseFieldsWarn},
    {"upgrade.header-count.fail", SettingRole::Fail, &Settings::responseFieldsFail},
    {"upgrade.429.fail", SettingRole::Fail, &Settings::rateLimitedFail},
    {"upgrade.101-then-close.within", SettingRole::Span, &Settings::earlyEnd},
    {"proxy.idle-cut.limit", SettingRole::Assumed, &Settings::assumedIdleLimit},
    {"proxy.idle-cut.least", SettingRole::Needed, &Settings::idleCutMinimum},
    {"frame.length-overflow.warn", SettingRole::Warn, &Settings::frameOctetsWarn},
    {"frame.length-overflow.fail", SettingRole::Fail, &Settings::frameOctetsFail},
    {"frame.concurrent-writers.kinds", SettingRole::Needed, &Settings::concurrentFaultKinds},
    {"frame.concurrent-writers.after", SettingRole::Needed, &Settings::rightAtOpen},
    {"frame.fragment-pattern.warn", SettingRole::Warn, &Settings::fragmentsWarn},
    {"frame.fragment-pattern.gorilla-from", SettingRole::Assumed, &Settings::gorillaFragmentFrom},
    {"frame.fragment-pattern.gorilla-below", SettingRole::Assumed, &Settings::gorillaFragmentBelow},
    {"frame.tiny-messages.warn", SettingRole::Warn, &Settings::tinyMessagesWarn},
    {"frame.tiny-messages.fail", SettingRole::Fail, &Settings::tinyMessagesFail},
    {"frame.tiny-messages.median", SettingRole::Warn, &Settings::tinyMedianOctets},
    {"frame.tiny-messages.overhead", SettingRole::Fail, &Settings::tinyOverheadFail},
    {"frame.tiny-messages.segment", SettingRole::Assumed, &Settings::segmentOverhead},
    {"frame.mask-quality.frames", SettingRole::Needed, &Settings::maskFramesNeeded},
    {"frame.mask-quality.repeats", SettingRole::Warn, &Settings::maskRepeatsWarn},
    {"ext.benefit.messages", SettingRole::Needed, &Settings::benefitMessages},
    {"ext.benefit.saved", SettingRole::Warn, &Settings::benefitSavedWarn},
    {"ext.benefit.median", SettingRole::Warn, &Settings::smallMedianOctets},
    {"ext.double-compression.share", SettingRole::Warn, &Settings::ownCompressionWarn},
    {"ext.double-compression.ratio", SettingRole::Warn, &Settings::incompressibleWarn},
    {"ext.bomb.octets", SettingRole::Needed, &Settings::bombOctets},
    {"ext.bomb.ratio", SettingRole::Warn, &Settings::bombInflation},
    {"ext.memory.mem-level", SettingRole::Assumed, &Settings::deflateMemLevel},
    {"ext.memory.warn", SettingRole::Warn, &Settings::deflateMemoryWarn},
    {"heartbeat.pong-reply.good", SettingRole::Good, &Settings::pongGood},
    {"heartbeat.pong-reply.good-rtts", SettingRole::Good, &Settings::pongGoodRtts},
    {"heartbeat.pong-reply.fail", SettingRole::Fail, &Settings::pongDead},
    {"heartbeat.absent.warn", SettingRole::Warn, &Settings::heartbeatAbsent},
    {"heartbeat.absent.tolerance", SettingRole::Tolerance, &Settings::idleTolerance},
    {"heartbeat.interval.good", SettingRole::Good, &Settings::silencePassShare},
    {"heartbeat.interval.fail", SettingRole::Fail, &Settings::silenceWarnShare},
    {"heartbeat.interval-race.within", SettingRole::Warn, &Settings::intervalRace},
    {"heartbeat.too-frequent.warn", SettingRole::Warn, &Settings::intervalDense},
    {"heartbeat.vs-tcp-keepalive.keepalive", SettingRole::Assumed, &Settings::tcpKeepalive},
    {"heartbeat.vs-sla.wanted", SettingRole::Assumed, &Settings::detectionLimit},
    {"heartbeat.missed.fail", SettingRole::Fail, &Settings::missedFail},
    {"heartbeat.timeout-rate.warn", SettingRole::Warn, &Settings::lateShareWarn},
    {"heartbeat.timeout-rate.fail", SettingRole::Fail, &Settings::lateShareFail},
    {"heartbeat.timeout-rate.windows", SettingRole::Fail, &Settings::lateWindowsFail},
    {"heartbeat.rtt.spread", SettingRole::Warn, &Settings::rttSpread},
    {"heartbeat.rtt.floor", SettingRole::Needed, &Settings::rttSpreadFloor},
    {"heartbeat.rtt.fail", SettingRole::Fail, &Settings::rttFail},
    {"heartbeat.under-load.spread", SettingRole::Warn, &Settings::loadedRttSpread},
    {"heartbeat.under-load.fail", SettingRole::Fail, &Settings::loadedRttFail},
    {"heartbeat.adaptive-sane.shortest", SettingRole::Assumed, &Settings::adaptiveShortest},
    {"heartbeat.adaptive-sane.longest", SettingRole::Assumed, &Settings::adaptiveLongest},
    {"heartbeat.adaptive-sane.of-rtt", SettingRole::Assumed, &Settings::adaptiveOfRtt},
    {"heartbeat.adaptive-sane.slack", SettingRole::Tolerance, &Settings::adaptiveSlack},
    {"heartbeat.synchronised.connections", SettingRole::Needed, &Settings::beatsTogetherNeeded},
    {"heartbeat.synchronised.concentration", SettingRole::Warn, &Settings::beatsConcentration},
    {"heartbeat.synchronised.share", SettingRole::Warn, &Settings::beatsShare},
    {"heartbeat.synchronised.slice", SettingRole::Span, &Settings::beatsSlice},
    {"heartbeat.background-throttle.steps", SettingRole::Warn, &Settings::throttleSteps},
    {"heartbeat.mobile-suspend.from", SettingRole::Info, &Settings::suspendFrom},
    {"heartbeat.server-pause.connections", SettingRole::Needed, &Settings::pauseConnections},
    {"heartbeat.server-pause.warn", SettingRole::Warn, &Settings::pauseWarn},
    {"heartbeat.server-pause.fail", SettingRole::Fail, &Settings::pauseFail},
    {"flow.burst.dispersion", SettingRole::Warn, &Settings::burstDispersion},
    {"flow.burst.gap", SettingRole::Needed, &Settings::burstGap},
    {"flow.burst.seconds", SettingRole::Needed, &Settings::burstSeconds},
    {"close.reply.fail", SettingRole::Fail, &Settings::closeReplyFail},
    {"close.two-phase.write-good", SettingRole::Good, &Settings::closeWriteGood},
    {"close.two-phase.read-good", SettingRole::Good, &Settings::closeReadGood},
    {"close.two-phase.fail", SettingRole::Fail, &Settings::closePhaseWarn},
    {"close.tcp-end.good", SettingRole::Good, &Settings::tcpEndGood},
    {"close.tcp-end.warn", SettingRole::Warn, &Settings::tcpEndWarn},
    {"close.stuck-closing.fail", SettingRole::Fail, &Settings::closingFail},
    {"sec.origin-late-close.within", SettingRole::Span, &Settings::lateOriginClose},
    {"close.lifetime-cluster.ends", SettingRole::Needed, &Settings::clusterEnds},
    {"close.lifetime-cluster.share", SettingRole::Warn, &Settings::clusterShare},
    {"close.lifetime-cluster.width", SettingRole::Tolerance, &Settings::clusterWidth},
    {"close.lifetime-cluster.life", SettingRole::Needed, &Settings::clusterLife},
    {"close.lifetime-cluster.shown", SettingRole::Assumed, &Settings::clusterEvidence},
    {"close.mass-event.ends", SettingRole::Needed, &Settings::massEnds},
    {"close.mass-event.share", SettingRole::Warn, &Settings::massShare},
    {"close.mass-event.span", SettingRole::Span, &Settings::massSpan},
    {"close.abnormal.cadence-ends", SettingRole::Needed, &Settings::cadenceEnds},
    {"close.abnormal.cadence-share", SettingRole::Warn, &Settings::cadenceMajority},
    {"close.abnormal.cadence-tolerance", SettingRole::Tolerance, &Settings::cadenceTolerance},
    {"close.abnormal.cadence-width", SettingRole::Tolerance, &Settings::cadenceShare},
    {"reconnect.backoff-shape.failures", SettingRole::Needed, &Settings::backoffFailures},
    {"reconnect.backoff-shape.growth", SettingRole::Warn, &Settings::backoffGrowth},
    {"reconnect.backoff-shape.growth-most", SettingRole::Info, &Settings::backoffGrowthMost},
    {"reconnect.backoff-shape.short", SettingRole::Fail, &Settings::backoffTooShort},
    {"reconnect.backoff-shape.short-times", SettingRole::Fail, &Settings::backoffTooShortTimes},
    {"reconnect.jitter.good", SettingRole::Good, &Settings::jitterGood},
    {"reconnect.jitter.warn", SettingRole::Warn, &Settings::jitterWarn},
    {"reconnect.jitter.delays", SettingRole::Needed, &Settings::jitterDelays},
    {"reconnect.cap.good", SettingRole::Good, &Settings::capGood},
    {"reconnect.cap.warn", SettingRole::Warn, &Settings::capWarn},
    {"reconnect.by-cause.retries", SettingRole::Fail, &Settings::hopelessRetries},
    {"reconnect.by-cause.span", SettingRole::Span, &Settings::hopelessSpan},
    {"reconnect.retry-after.slack", SettingRole::Tolerance, &Settings::retryAfterSlack},
    {"reconnect.breaker.attempts", SettingRole::Needed, &Settings::breakerAttempts},
    {"reconnect.breaker.warn-span", SettingRole::Span, &Settings::breakerWarnSpan},
    {"reconnect.breaker.warn-share", SettingRole::Warn, &Settings::breakerWarnShare},
    {"reconnect.breaker.open-span", SettingRole::Span, &Settings::breakerOpenSpan},
    {"reconnect.breaker.open-share", SettingRole::Fail, &Settings::breakerOpenShare},
    {"reconnect.breaker.after-warn", SettingRole::Warn, &Settings::breakerAttemptsWarn},
    {"reconnect.breaker.after-fail", SettingRole::Fail, &Settings::breakerAttemptsFail},
    {"reconnect.profile.slack", SettingRole::Tolerance, &Settings::profileSlack},
    {"reconnect.storm.warn", SettingRole::Warn, &Settings::stormWarn},
    {"reconnect.storm.fail", SettingRole::Fail, &Settings::stormFail},
    {"reconnect.storm.clients", SettingRole::Needed, &Settings::stormClients},
    {"reconnect.storm.share", SettingRole::Warn, &Settings::stormShare},
    {"reconnect.storm.span", SettingRole::Span, &Settings::stormSpan},
    {"reconnect.flapping.life", SettingRole::Warn, &Settings::flappingLife},
    {"reconnect.flapping.warn", SettingRole::Warn, &Settings::flappingWarn},
    {"reconnect.flapping.fail", SettingRole::Fail, &Settings::flappingFail},
    {"reconnect.same-dead-address.tries", SettingRole::Warn, &Settings::deadAddressTries},
    {"reconnect.attempt-limit.after", SettingRole::Warn, &Settings::givenUpAfter},
    {"drain.notice.span", SettingRole::Span, &Settings::deploySpan},
    {"drain.reload-cut.span", SettingRole::Span, &Settings::reloadSpan},
    {"drain.spread.share", SettingRole::Warn, &Settings::spreadShare},
    {"stat.setup-p95.setups", SettingRole::Needed, &Settings::setupsNeeded},
    {"stat.setup-p95.fail", SettingRole::Fail, &Settings::setupP95},
    {"stat.cusum-failures.threshold", SettingRole::Warn, &Settings::cusumThreshold},
    {"stat.cusum-failures.drift", SettingRole::Tolerance, &Settings::cusumDrift},
    {"stat.cusum-failures.baseline", SettingRole::Span, &Settings::cusumBaseline},
    {"stat.cusum-failures.quiet", SettingRole::Span, &Settings::cusumQuiet},
    {"stat.cusum-latency.threshold", SettingRole::Warn, &Settings::latencyThreshold},
    {"stat.cusum-latency.drift", SettingRole::Tolerance, &Settings::latencyDrift},
    {"stat.cusum-latency.pings", SettingRole::Needed, &Settings::latencyPings},
    {"stat.cusum-latency.least", SettingRole::Needed, &Settings::latencyShiftLeast},
    {"stat.slo.errors", SettingRole::Warn, &Settings::sloErrors},
    {"stat.slo.latency", SettingRole::Warn, &Settings::sloLatency},
    {"stat.slo.heartbeat-loss", SettingRole::Warn, &Settings::sloHeartbeatLoss},
    {"stat.slo.samples", SettingRole::Needed, &Settings::sloSamples},
    {"stat.slo.burn-fail", SettingRole::Fail, &Settings::burnFail},
    {"stat.slo.burn-warn", SettingRole::Warn, &Settings::burnWarn},
    {"stat.periodicity.ends", SettingRole::Needed, &Settings::periodicEnds},
    {"stat.periodicity.share", SettingRole::Warn, &Settings::periodicShare},
    {"stat.periodicity.width", SettingRole::Tolerance, &Settings::periodicWidth},
};

constexpr std::array<std::string_view, 3> typeNames{"any", "text", "binary"};
constexpr std::array<std::string_view, 4> profileNames{"none", "trading", "orders", "notifications"};
constexpr std::array<std::string_view, 2> flagNames{"no", "yes"};

template<std::size_t count>
QStringList listOf(const std::array<std::string_view, count> &names)
{
    QStringList list;
    for (const auto name : names)
        list << utf8(name);
    return list;
}

template<std::size_t count>
std::optional<std::size_t> indexOf(const std::array<std::string_view, count> &names, std::string_view text)
{
    const auto found = std::ranges::find(names, text);
    return found == names.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - names.begin()));
}

QString roleText(SettingRole role)
{
    switch (role) {
    case SettingRole::Declared: return CheckText::tr("declared");
    case SettingRole::Good: return CheckText::tr("good up to");
    case SettingRole::Info: return CheckText::tr("told from");
    case SettingRole::Warn: return CheckText::tr("warns from");
    case SettingRole::Fail: return CheckText::tr("fails from");
    case SettingRole::Needed: return CheckText::tr("judged from");
    case SettingRole::Tolerance: return CheckText::tr("tolerance");
    case SettingRole::Span: return CheckText::tr("within");
    case SettingRole::Assumed: return CheckText::tr("assumed");
    }
    return {};
}

QString numberText(double value)
{
    return QString::number(value, 'g', 12);
}

// -- a value as text
QString text(Nanoseconds value)
{
    return utf8(durationToText(value));
}
QString text(double value)
{
    return numberText(value);
}
template<std::integral Number>
QString text(Number value)
{
    return QString::number(value);
}
QString text(bool value)
{
    return utf8(flagNames[value ? 1 : 0]);
}
QString text(MessageType value)
{
    return utf8(typeNames[static_cast<std::size_t>(value)]);
}
QString text(ReconnectProfile value)
{
    return utf8(profileNames[static_cast<std::size_t>(value)]);
}
QString text(WallMoment value)
{
    if (value.ms == 0)
        return {};
    return QDateTime::fromMSecsSinceEpoch(value.ms).toUTC().toString(Qt::ISODateWithMs);
}

// -- and back
std::optional<double> parseNumber(std::string_view text)
{
    const bool percent = text.ends_with('%');
    if (percent)
        text.remove_suffix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value >= 0 && value <= mostNumber))
        return {};
    return percent ? value / 100 : value;
}

bool parse(std::string_view text, Nanoseconds &value)
{
    const auto duration = parseDuration(text);
    if (!duration || *duration > longestDuration)
        return false;
    value = *duration;
    return true;
}
bool parse(std::string_view text, double &value)
{
    const auto number = parseNumber(text);
    if (number)
        value = *number;
    return number.has_value();
}
template<std::integral Number>
bool parse(std::string_view text, Number &value)
{
    const auto number = parseNumber(text);
    if (!number || *number != std::floor(*number) || *number > static_cast<double>(std::numeric_limits<Number>::max()))
        return false;
    value = static_cast<Number>(*number);
    return true;
}
bool parse(std::string_view text, bool &value)
{
    const auto index = indexOf(flagNames, text);
    if (index)
        value = *index == 1;
    return index.has_value();
}
bool parse(std::string_view text, MessageType &value)
{
    const auto index = indexOf(typeNames, text);
    if (index)
        value = static_cast<MessageType>(*index);
    return index.has_value();
}
bool parse(std::string_view text, ReconnectProfile &value)
{
    const auto index = indexOf(profileNames, text);
    if (index)
        value = static_cast<ReconnectProfile>(*index);
    return index.has_value();
}
bool parse(std::string_view text, WallMoment &value)
{
    if (text.empty()) {
        value = {};
        return true;
    }
    const QDateTime moment = QDateTime::fromString(utf8(text), Qt::ISODateWithMs);
    if (!moment.isValid() || moment.toMSecsSinceEpoch() <= 0)
        return false;
    value.ms = moment.toMSecsSinceEpoch();
    return true;
}

QString wrongValue(const Setting &setting, std::string_view value)
{
    const QStringList choices = setting.choices();
    if (!choices.isEmpty())
        return CheckText::tr("\"%1\" is no value of %2; it takes %3")
            .arg(excerptOf(value), utf8(setting.name), choices.join(QStringLiteral(", ")));
    return CheckText::tr("\"%1\" is no value of %2; write it for example as %3")
        .arg(excerptOf(value), utf8(setting.name),
             std::holds_alternative<WallMoment Settings::*>(setting.member) ? QStringLiteral("2026-11-27T12:30:00Z")
                                                                            : setting.textOf(Settings()));
}

QString unknownName(std::string_view name)
{
    return CheckText::tr("There is no setting \"%1\"; `fglass settings` lists them").arg(excerptOf(name));
}

} // namespace

std::string_view Setting::check() const
{
    return role == SettingRole::Declared ? std::string_view() : name.substr(0, name.rfind('.'));
}

QString Setting::title() const
{
    if (role == SettingRole::Declared)
        return CheckText::tr(declaredTitle);
    const Check *of = checkById(check());
    return QStringLiteral("%1: %2").arg(of != nullptr ? of->translatedTitle() : QString(), roleText(role));
}

QStringList Setting::choices() const
{
    if (std::holds_alternative<bool Settings::*>(member))
        return listOf(flagNames);
    if (std::holds_alternative<MessageType Settings::*>(member))
        return listOf(typeNames);
    if (std::holds_alternative<ReconnectProfile Settings::*>(member))
        return listOf(profileNames);
    return {};
}

QString Setting::textOf(const Settings &settings) const
{
    return std::visit([&](auto pointer) { return text(settings.*pointer); }, member);
}

bool Setting::set(Settings &settings, std::string_view value) const
{
    return std::visit([&](auto pointer) { return parse(value, settings.*pointer); }, member);
}

std::span<const Setting> settingsTable()
{
    return table;
}

const Setting *settingByName(std::string_view name)
{
    const auto *found = std::ranges::find(table, name, &Setting::name);
    return found == std::end(table) ? nullptr : found;
}

std::optional<SettingError> applyValue(Settings &settings, const Setting &setting, std::string_view value)
{
    if (setting.set(settings, value))
        return {};
    return SettingError{wrongValue(setting, value)};
}

std::optional<SettingError> applySetting(Settings &settings, std::string_view assignment)
{
    const std::size_t equals = assignment.find('=');
    const std::string_view name = assignment.substr(0, equals);
    const Setting *setting = settingByName(name);
    if (setting == nullptr)
        return SettingError{unknownName(name)};
    if (equals == std::string_view::npos)
        return SettingError{CheckText::tr("Write %1=VALUE").arg(utf8(name))};
    return applyValue(settings, *setting, assignment.substr(equals + 1));
}

std::optional<SettingError> applySettings(Settings &settings, std::string_view text)
{
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded() || !json.is_object())
        return SettingError{CheckText::tr("This is no JSON object")};
    if (json.value("schema", nlohmann::json()) != 1)
        return SettingError{CheckText::tr("\"schema\" must be 1")};
    const auto values = json.find("settings");
    if (values == json.end() || !values->is_object())
        return SettingError{CheckText::tr("\"settings\" must be an object of names and values")};
    Settings changed = settings;
    for (const auto &[name, value] : values->items()) {
        const Setting *setting = settingByName(name);
        if (setting == nullptr)
            return SettingError{unknownName(name)};
        const std::string written = value.is_string() ? value.get<std::string>() : value.dump();
        if (auto error = applyValue(changed, *setting, written))
            return error;
    }
    settings = changed;
    return {};
}

nlohmann::ordered_json changedSettings(const Settings &settings)
{
    auto values = nlohmann::ordered_json::object();
    const Settings defaults;
    for (const Setting &setting : table)
        if (setting.textOf(settings) != setting.textOf(defaults))
            values[std::string(setting.name)] = setting.textOf(settings).toStdString();
    return {{"schema", 1}, {"settings", std::move(values)}};
}

} // namespace frameglass::diagnosis
