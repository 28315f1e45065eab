// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_json.h"

#include "report_forms.h"

#include "core/capture/record_json.h"
#include "core/capture/record_secrets.h"
#include "core/capture/secrets.h"
#include "core/protocol/utf8.h"

#include <nlohmann/json.hpp>

namespace frameglass::diagnosis {

namespace {

using nlohmann::ordered_json;
using namespace analysis;

/// Octets as a JSON string. What is not UTF-8 is read as Latin-1, so that no octet is lost and nothing throws.
std::string text(std::string_view octets)
{
    if (protocol::isValidUtf8(protocol::viewOf(octets)))
        return std::string(octets);
    return QString::fromLatin1(octets.data(), static_cast<qsizetype>(octets.size())).toStdString();
}

std::string text(const QString &words)
{
    return words.toUtf8().toStdString();
}

template<typename T>
ordered_json orNull(const std::optional<T> &value)
{
    return value ? ordered_json(*value) : ordered_json();
}

ordered_json orNull(const std::optional<Nanoseconds> &value)
{
    return value ? ordered_json(value->count()) : ordered_json();
}

ordered_json strings(const std::vector<std::string> &values)
{
    ordered_json list = ordered_json::array();
    for (const auto &value : values)
        list.push_back(text(value));
    return list;
}

std::string_view nameOf(capture::Vantage vantage)
{
    switch (vantage) {
    case capture::Vantage::Client: return "client";
    case capture::Vantage::Server: return "server";
    case capture::Vantage::Observer: return "observer";
    }
    return {};
}

std::string_view nameOf(capture::Stage stage)
{
    switch (stage) {
    case capture::Stage::Resolve: return "resolve";
    case capture::Stage::Tcp: return "tcp";
    case capture::Stage::Proxy: return "proxy";
    case capture::Stage::Tls: return "tls";
    case capture::Stage::Upgrade: return "upgrade";
    }
    return {};
}

std::string_view nameOf(capture::StageOutcome outcome)
{
    switch (outcome) {
    case capture::StageOutcome::Started: return "started";
    case capture::StageOutcome::Succeeded: return "succeeded";
    case capture::StageOutcome::Failed: return "failed";
    case capture::StageOutcome::TimedOut: return "timed-out";
    case capture::StageOutcome::Cancelled: return "cancelled";
    }
    return {};
}

std::string_view nameOf(capture::TransportEnd end)
{
    switch (end) {
    case capture::TransportEnd::FinReceived: return "fin-received";
    case capture::TransportEnd::FinSent: return "fin-sent";
    case capture::TransportEnd::ResetReceived: return "reset-received";
    case capture::TransportEnd::Error: return "error";
    case capture::TransportEnd::TimedOut: return "timed-out";
    case capture::TransportEnd::ClosedByUs: return "closed-by-us";
    case capture::TransportEnd::ResetByUs: return "reset-by-us";
    }
    return {};
}

ordered_json evidenceJson(const std::vector<Evidence> &evidence)
{
    ordered_json list = ordered_json::array();
    for (const auto &piece : evidence)
        list.push_back(
            {{"record", piece.record}, {"offset", piece.offset}, {"length", piece.length}, {"text", text(piece.text)}});
    return list;
}

ordered_json findingJson(const Finding &finding)
{
    const Check *check = checkById(finding.id);
    ordered_json causes = ordered_json::array();
    for (const auto &cause : finding.causes)
        causes.push_back({{"cause", text(cause.cause)}, {"how_to_tell", text(cause.howToTell)}});
    ordered_json json;
    json["id"] = finding.id;
    json["phase"] = static_cast<int>(check->phase);
    json["title"] = text(check->translatedTitle());
    json["verdict"] = diagnosis::nameOf(finding.verdict);
    json["severity"] = diagnosis::nameOf(check->severity);
    json["reason"] = text(finding.reason);
    json["clause"] = check->clause;
    json["evidence"] = evidenceJson(finding.evidence);
    json["causes"] = std::move(causes);
    json["fix"] = text(finding.fix);
    json["folded_under"] = finding.foldedUnder.empty() ? ordered_json() : ordered_json(finding.foldedUnder);
    json["accepted"] = finding.accepted;
    return json;
}

/// Null while the connection stands.
ordered_json endingJson(const std::optional<Ending> &ending)
{
    if (!ending)
        return nullptr;
    ordered_json list = ordered_json::array();
    for (const auto &fact : ending->facts)
        list.push_back({{"name", text(fact.name)}, {"text", text(fact.text)}, {"record", fact.record}});
    ordered_json cadence;
    if (ending->cadence)
        cadence = {{"measure", ending->cadence->measure == Cadence::Measure::Silence ? "silence" : "age"},
                   {"alike", ending->cadence->alike},
                   {"ends", ending->cadence->ends},
                   {"value_ns", ending->cadence->value.count()},
                   {"text", text(ending->cadence->sentence)}};
    return {{"ended_by", nameOf(ending->ender)}, {"confidence", nameOf(ending->confidence)},
            {"text", text(ending->sentence)},    {"what_would_tell", text(ending->whatWouldTell)},
            {"facts", std::move(list)},          {"cadence", std::move(cadence)}};
}

ordered_json forecastJson(const std::vector<ClientForecast> &lines)
{
    ordered_json list = ordered_json::array();
    for (const auto &line : lines)
        list.push_back({{"client", idOf(line.client)},
                        {"reaction", nameOf(line.reaction)},
                        {"because", line.because != nullptr ? ordered_json(line.because->id) : ordered_json()},
                        {"sees", text(line.sees)},
                        {"end", text(line.end)}});
    return list;
}

ordered_json stageJson(const Recorded<capture::StageChanged> &stage)
{
    return {{"stage", nameOf(stage.value.stage)},
            {"outcome", nameOf(stage.value.outcome)},
            {"time_ns", stage.time.count()},
            {"elapsed_ns", stage.value.elapsed.count()},
            {"error", stage.value.error},
            {"message", text(stage.value.message)},
            {"record", stage.record}};
}

ordered_json headJson(const Recorded<protocol::HttpHead> &recorded)
{
    // Parsed again from the masked octets, so that every part of it is masked alike.
    const auto &raw = recorded.value.raw;
    const auto head = protocol::parseHead(recorded.value.kind, capture::masked(raw, capture::secretsInHead(raw)));
    ordered_json fields = ordered_json::array();
    for (const auto &field : head.fields)
        fields.push_back({{"name", text(field.name)}, {"value", text(field.value)}});
    ordered_json json{{"record", recorded.record},
                      {"time_ns", recorded.time.count()},
                      {"start_line", text(head.startLine)},
                      {"octets", raw.size()}};
    if (head.kind == protocol::HeadKind::Response)
        json["status"] = head.status;
    json["fields"] = std::move(fields);
    return json;
}

/// The fields of a record as exports write them, secrets overwritten.
template<typename T>
ordered_json recordJson(const Recorded<T> &recorded)
{
    capture::RecordBody body = recorded.value;
    capture::takeSecrets(body);
    ordered_json json{{"record", recorded.record}, {"time_ns", recorded.time.count()}};
    json.update(capture::detailOf(body, capture::Bulk::Omit));
    return json;
}

/// Null where no handshake ended. Certificates come without their octets: the capture has them.
ordered_json tlsJson(const ConnectionFacts &facts)
{
    if (!facts.tls)
        return nullptr;
    ordered_json json = recordJson(*facts.tls);
    for (const char *chain : {"chain", "client_chain"})
        for (auto &certificate : json[chain])
            certificate.erase("der_hex");
    ordered_json messages = ordered_json::array();
    for (const auto &message : facts.tlsMessages)
        messages.push_back(recordJson(message));
    json["messages"] = std::move(messages);
    json["close_notify_sent"] = facts.closeNotifySent.has_value();
    json["close_notify_received"] = facts.closeNotifyReceived.has_value();
    return json;
}

/// Null where no forward proxy is used.
ordered_json proxyJson(const ConnectionFacts &facts)
{
    if (!facts.proxy)
        return nullptr;
    ordered_json json = recordJson(*facts.proxy);
    json["request"] = facts.proxyRequest ? headJson(*facts.proxyRequest) : ordered_json();
    json["response"] = facts.proxyResponse ? headJson(*facts.proxyResponse) : ordered_json();
    json["answer"] = facts.proxyAnswer ? recordJson(*facts.proxyAnswer) : ordered_json();
    return json;
}

ordered_json dnsJson(const ConnectionFacts &facts)
{
    ordered_json list = ordered_json::array();
    for (const auto &lookup : facts.dns)
        list.push_back(recordJson(lookup));
    return list;
}

ordered_json flowJson(const FlowCounters &flow)
{
    return {{"frames", flow.frames},     {"data_frames", flow.dataFrames},       {"control_frames", flow.controlFrames},
            {"messages", flow.messages}, {"payload_octets", flow.payloadOctets}, {"wire_octets", flow.wireOctets}};
}

ordered_json compressionFlowJson(const CompressionFlow &flow)
{
    return {{"messages", flow.compressedMessages}, {"plain_messages", flow.plainMessages},
            {"wire_octets", flow.wireOctets},      {"inflated_octets", flow.inflatedOctets},
            {"ratio", orNull(flow.ratio())},       {"cost_ns", flow.cost.count()}};
}

/// Null where permessage-deflate is neither offered nor chosen.
ordered_json compressionJson(const CompressionTrack &compression)
{
    if (compression.offered.empty() && !compression.answered)
        return nullptr;
    ordered_json offered = ordered_json::array();
    for (const auto &offer : compression.offered)
        offered.push_back(text(protocol::formatExtensions({offer})));
    ordered_json agreed;
    if (compression.agreed)
        agreed = {{"answer", text(protocol::formatExtensions({*compression.answered}))},
                  {"server_window_bits", compression.agreed->server.bits},
                  {"server_context_takeover", compression.agreed->server.keepsContext},
                  {"client_window_bits", compression.agreed->client.bits},
                  {"client_context_takeover", compression.agreed->client.keepsContext}};
    return {{"offered", std::move(offered)},
            {"agreed", std::move(agreed)},
            {"sent", compressionFlowJson(compression.sent)},
            {"received", compressionFlowJson(compression.received)}};
}

ordered_json rttJson(const HeartbeatTrack::RttSummary &rtt)
{
    if (rtt.samples == 0)
        return nullptr;
    return {{"samples", rtt.samples},
            {"minimum_ns", rtt.minimum.count()},
            {"median_ns", rtt.median.count()},
            {"p99_ns", rtt.p99.count()},
            {"maximum_ns", rtt.maximum.count()}};
}

ordered_json heartbeatJson(const HeartbeatTrack &heartbeat)
{
    return {{"pings_sent", heartbeat.pingsSent},
            {"pings_received", heartbeat.pingsReceived},
            {"pongs_sent", heartbeat.pongsSent},
            {"pongs_received", heartbeat.pongsReceived},
            {"matched", heartbeat.matched},
            {"late", heartbeat.late},
            {"missed", heartbeat.missed},
            {"missed_in_a_row", heartbeat.maximumMissedInARow},
            {"unsolicited", heartbeat.unsolicited},
            {"withheld", heartbeat.withheld},
            {"interval_ns", orNull(heartbeat.meanInterval(capture::Direction::Sent))},
            {"peer_interval_ns", orNull(heartbeat.meanInterval(capture::Direction::Received))},
            {"rtt", rttJson(heartbeat.rtt(capture::Direction::Sent))}};
}

ordered_json closeJson(const std::optional<Recorded<CloseFrameFact>> &close)
{
    if (!close)
        return nullptr;
    return {{"record", close->record},
            {"time_ns", close->time.count()},
            {"code", orNull(close->value.code)},
            {"reason", text(close->value.reason)}};
}

ordered_json endJson(const ConnectionFacts &facts)
{
    ordered_json transport = ordered_json::array();
    for (const auto &end : facts.transportEnds)
        transport.push_back({{"end", nameOf(end.value.end)},
                             {"time_ns", end.time.count()},
                             {"error", end.value.error},
                             {"message", text(end.value.message)},
                             {"record", end.record}});
    ordered_json json{{"close_sent", closeJson(facts.closeSent)},
                      {"close_received", closeJson(facts.closeReceived)},
                      {"transport", std::move(transport)}};
    if (facts.ended) {
        json["was_clean"] = facts.ended->value.wasClean;
        json["code"] = facts.ended->value.code;
        json["reason"] = text(facts.ended->value.reason);
        json["time_ns"] = facts.ended->time.count();
    }
    return json;
}

ordered_json stepsJson(const ConnectionFacts &facts)
{
    ordered_json list = ordered_json::array();
    for (const auto &step : facts.steps)
        list.push_back({{"from", protocol::nameOf(step.value.from)},
                        {"to", protocol::nameOf(step.value.to)},
                        {"trigger", protocol::nameOf(step.value.trigger)},
                        {"time_ns", step.time.count()},
                        {"record", step.record}});
    return list;
}

ordered_json violationsJson(const ConnectionFacts &facts)
{
    ordered_json list = ordered_json::array();
    for (const auto &violation : facts.violations)
        list.push_back({{"id", protocol::infoOf(violation.value.violation).id},
                        {"direction", violation.value.direction == capture::Direction::Sent ? "sent" : "received"},
                        {"detail", text(violation.value.detail)},
                        {"time_ns", violation.time.count()},
                        {"record", violation.record}});
    return list;
}

std::string urlOf(const ConnectionFacts &facts)
{
    return facts.started ? text(capture::maskedUrl(facts.started->value.url)) : std::string();
}

} // namespace

ordered_json toJson(const ConnectionFacts &facts)
{
    ordered_json stages = ordered_json::array();
    for (const auto &stage : facts.stages)
        stages.push_back(stageJson(stage));
    ordered_json tried = ordered_json::array();
    for (const auto &address : facts.addresses)
        tried.push_back({{"address", text(address.value.address)},
                         {"elapsed_ns", address.value.elapsed.count()},
                         {"error", address.value.error},
                         {"message", text(address.value.message)}});
    ordered_json json;
    json["id"] = facts.id;
    json["url"] = urlOf(facts);
    json["vantage"] = nameOf(facts.vantage());
    json["state"] = protocol::nameOf(facts.state);
    json["dns"] = dnsJson(facts);
    json["addresses"] = facts.resolved ? strings(facts.resolved->value.addresses) : ordered_json::array();
    json["tried"] = std::move(tried);
    json["local"] = facts.firstSocket ? ordered_json(text(facts.firstSocket->value.local)) : ordered_json();
    json["remote"] = facts.firstSocket ? ordered_json(text(facts.firstSocket->value.remote)) : ordered_json();
    json["tcp_rtt_ns"] = orNull(facts.lastSocket ? facts.lastSocket->value.tcpRtt : std::nullopt);
    json["stages"] = std::move(stages);
    json["proxy"] = proxyJson(facts);
    json["tls"] = tlsJson(facts);
    json["request"] = facts.request ? headJson(*facts.request) : ordered_json();
    json["response"] = facts.response ? headJson(*facts.response) : ordered_json();
    json["body_octets"] = facts.bodyOctets;
    json["opened_ns"] = orNull(facts.openedAt);
    json["sent"] = flowJson(facts.sent);
    json["received"] = flowJson(facts.received);
    json["compression"] = compressionJson(facts.compression);
    json["longest_silence_ns"] = facts.longestSilence.count();
    json["heartbeat"] = heartbeatJson(facts.heartbeat);
    json["steps"] = stepsJson(facts);
    json["violations"] = violationsJson(facts);
    json["violation_count"] = facts.violationCount;
    json["end"] = endJson(facts);
    json["dropped_records"] = facts.droppedRecords;
    return json;
}

ordered_json toJson(const Report &report, const analysis::ConnectionFacts &facts,
                    const analysis::ConnectionFacts *direct)
{
    ordered_json findings = ordered_json::array();
    for (const auto &finding : report.findings)
        findings.push_back(findingJson(finding));
    ordered_json json;
    json["schema"] = 1;
    json["url"] = urlOf(facts);
    json["verdict"] = nameOf(report.verdict);
    json["root_cause"] = report.rootCause ? ordered_json(*report.rootCause) : ordered_json();
    json["summary"] = text(report.summary);
    json["findings"] = std::move(findings);
    json["ending"] = endingJson(report.ending);
    json["clients"] = forecastJson(report.forecast);
    json["connection"] = toJson(facts);
    if (direct != nullptr)
        json["direct"] = toJson(*direct);
    return json;
}

ordered_json toJson(const ReportDocument &document)
{
    if (document.subjects.size() == 1) {
        const ReportSubject &subject = document.subjects.front();
        return toJson(*subject.report, *subject.facts, subject.direct);
    }
    ordered_json list = ordered_json::array();
    for (const ReportSubject &subject : document.subjects)
        list.push_back(toJson(*subject.report, *subject.facts, subject.direct));
    return {{"schema", 1}, {"interrupted", document.interrupted}, {"connections", std::move(list)}};
}

QByteArray jsonReport(const ReportDocument &document)
{
    constexpr auto replace = ordered_json::error_handler_t::replace;
    return QByteArray::fromStdString(toJson(document).dump(2, ' ', false, replace) + '\n');
}

} // namespace frameglass::diagnosis
