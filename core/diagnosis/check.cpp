// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "rule_support.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>
#include <map>

namespace frameglass::diagnosis {

QString Check::translatedTitle() const
{
    return QCoreApplication::translate("checks", title);
}

QString Check::translatedFix() const
{
    return QCoreApplication::translate("checks", fix);
}

std::span<const Check> checks()
{
    static const std::vector<Check> table = [] {
        std::vector<Check> rows;
        for (auto phase : {targetUrlChecks,  targetChecks,    dnsChecks,     dnsRecordChecks, tcpChecks,
                           tcpLifeChecks,    tlsChecks,       requestChecks, responseChecks,  intermediaryChecks,
                           frameChecks,      extensionChecks, messageChecks, heartbeatChecks, flowChecks,
                           closeChecks,      reconnectChecks, drainChecks,   securityChecks,  serverEvidenceChecks,
                           statisticsChecks, evidenceChecks}) {
            auto more = phase();
            std::ranges::move(more, std::back_inserter(rows));
        }
        return rows;
    }();
    return table;
}

const Check *checkById(std::string_view id)
{
    static const auto index = [] {
        std::map<std::string_view, const Check *> byId;
        for (const Check &check : checks())
            byId.emplace(check.id, &check);
        return byId;
    }();
    const auto found = index.find(id);
    return found == index.end() ? nullptr : found->second;
}

std::string_view nameOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::NotApplicable: return "n/a";
    case Verdict::Pass: return "pass";
    case Verdict::Info: return "info";
    case Verdict::Warn: return "warn";
    case Verdict::Fail: return "fail";
    }
    return {};
}

std::string_view nameOf(Severity severity)
{
    switch (severity) {
    case Severity::Info: return "info";
    case Severity::Low: return "low";
    case Severity::Medium: return "medium";
    case Severity::High: return "high";
    case Severity::Blocker: return "blocker";
    }
    return {};
}

std::string_view nameOf(Kind kind)
{
    switch (kind) {
    case Kind::Passive: return "passive";
    case Kind::A0: return "a0";
    case Kind::A1: return "a1";
    case Kind::A2: return "a2";
    case Kind::A3: return "a3";
    }
    return {};
}

QString titleOf(Phase phase)
{
    switch (phase) {
    case Phase::Target: return CheckText::tr("Target");
    case Phase::Dns: return CheckText::tr("DNS");
    case Phase::Tcp: return CheckText::tr("TCP");
    case Phase::Tls: return CheckText::tr("TLS");
    case Phase::Request: return CheckText::tr("Upgrade request");
    case Phase::Response: return CheckText::tr("Upgrade response");
    case Phase::Intermediaries: return CheckText::tr("Intermediaries");
    case Phase::Frames: return CheckText::tr("Frames");
    case Phase::Extensions: return CheckText::tr("Extensions and compression");
    case Phase::Messages: return CheckText::tr("Messages");
    case Phase::Heartbeat: return CheckText::tr("Heartbeat");
    case Phase::Flow: return CheckText::tr("Flow control");
    case Phase::Close: return CheckText::tr("Close");
    case Phase::Reconnect: return CheckText::tr("Reconnect");
    case Phase::Draining: return CheckText::tr("Draining");
    case Phase::Concurrency: return CheckText::tr("Concurrency");
    case Phase::Security: return CheckText::tr("Security");
    case Phase::ServerEvidence: return CheckText::tr("Server-side evidence");
    case Phase::Statistics: return CheckText::tr("Statistics");
    case Phase::Evidence: return CheckText::tr("Evidence");
    }
    return {};
}

QString textOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::NotApplicable: return CheckText::tr("does not apply");
    case Verdict::Pass: return CheckText::tr("passed");
    case Verdict::Info: return CheckText::tr("information");
    case Verdict::Warn: return CheckText::tr("warning");
    case Verdict::Fail: return CheckText::tr("failed");
    }
    return {};
}

QString signOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::NotApplicable: return QStringLiteral("–");
    case Verdict::Pass: return QStringLiteral("✓");
    case Verdict::Info: return QStringLiteral("i");
    case Verdict::Warn: return QStringLiteral("!");
    case Verdict::Fail: return QStringLiteral("✕");
    }
    return {};
}

} // namespace frameglass::diagnosis
