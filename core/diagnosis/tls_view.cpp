// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_view.h"

#include "wording_tls.h"

#include <QDateTime>

#include <algorithm>
#include <chrono>

namespace frameglass::diagnosis::tls {

bool isWanted(const ConnectionFacts &facts)
{
    const std::string_view url = facts.started ? std::string_view(facts.started->value.url) : std::string_view();
    return url.starts_with("wss") || url.starts_with("https");
}

bool isServer(const ConnectionFacts &facts)
{
    return facts.vantage() == capture::Vantage::Server;
}

bool isDone(const ConnectionFacts &facts)
{
    const auto *stage = facts.lastOf(capture::Stage::Tls);
    return stage != nullptr && stage->value.outcome == capture::StageOutcome::Succeeded;
}

std::optional<Judgement> unlessTls(const ConnectionFacts &facts)
{
    if (facts.tls)
        return {};
    if (facts.lastOf(capture::Stage::Tls) != nullptr)
        return notApplicable(CheckText::tr("The TLS handshake is under way"));
    if (isWanted(facts))
        return notApplicable(CheckText::tr("The TLS handshake was not reached"));
    return notApplicable(CheckText::tr("This connection does not use TLS"));
}

std::optional<Judgement> unlessChain(const ConnectionFacts &facts)
{
    if (auto other = unlessTls(facts))
        return other;
    if (facts.tls->value.chain.empty())
        return notApplicable(CheckText::tr("No certificate came"));
    return {};
}

std::optional<Judgement> unlessAgreed(const ConnectionFacts &facts)
{
    if (auto other = unlessTls(facts))
        return other;
    if (facts.tls->value.version.empty())
        return notApplicable(CheckText::tr("Nothing was agreed on: no ServerHello passed"));
    return {};
}

std::optional<std::int64_t> wallSeconds(const Evaluation &evaluation)
{
    if (!evaluation.startWallMs || !evaluation.facts.tls)
        return {};
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(evaluation.facts.tls->time).count();
    return (*evaluation.startWallMs + since) / 1000;
}

const CertificateFault *faultOf(const ConnectionFacts &facts, std::initializer_list<int> errors)
{
    if (!facts.tls)
        return nullptr;
    const auto &faults = facts.tls->value.faults;
    const auto found = std::ranges::find_if(
        faults, [&](const CertificateFault &fault) { return std::ranges::count(errors, fault.error) > 0; });
    return found == faults.end() ? nullptr : &*found;
}

const Recorded<TlsMessage> *fatalReceived(const ConnectionFacts &facts, std::initializer_list<std::uint8_t> alerts)
{
    if (!facts.fatalAlert || facts.fatalAlert->value.direction != Direction::Received ||
        std::ranges::count(alerts, facts.fatalAlert->value.type) == 0)
        return nullptr;
    return &*facts.fatalAlert;
}

const Recorded<TlsMessage> *messageOf(const ConnectionFacts &facts, Direction direction, std::uint8_t type)
{
    const auto found = std::ranges::find_if(facts.tlsMessages, [&](const Recorded<TlsMessage> &message) {
        return message.value.content == TlsContent::Handshake && message.value.direction == direction &&
               message.value.type == type;
    });
    return found == facts.tlsMessages.end() ? nullptr : &*found;
}

Evidence agreement(const ConnectionFacts &facts, const QString &text)
{
    return {facts.tls ? facts.tls->record : 0, 0, 0, text};
}

Evidence messageEvidence(const Recorded<TlsMessage> &message)
{
    return {message.record, 0, 0,
            QStringLiteral("%1: %2").arg(directionText(message.value.direction), summaryOf(message.value))};
}

Evidence certificateEvidence(const ConnectionFacts &facts, const Certificate &certificate)
{
    return agreement(facts, CheckText::tr("%1, issued by %2, valid from %3 until %4")
                                .arg(excerptOf(certificate.subject), excerptOf(certificate.issuer),
                                     dateText(certificate.notBefore), dateText(certificate.notAfter)));
}

Evidence faultEvidence(const ConnectionFacts &facts, const CertificateFault &fault)
{
    return agreement(facts, CheckText::tr("%1 (certificate %2 of the path, error %3)")
                                .arg(excerptOf(fault.message))
                                .arg(fault.depth + 1)
                                .arg(fault.error));
}

QString shortName(const Certificate &certificate)
{
    if (!certificate.commonName.empty())
        return excerptOf(certificate.commonName);
    return excerptOf(certificate.names.empty() ? certificate.subject : certificate.names.front());
}

QString dateText(std::int64_t seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(QStringLiteral("yyyy-MM-dd"));
}

std::size_t linkedLength(const std::vector<Certificate> &chain)
{
    std::size_t length = chain.empty() ? 0 : 1;
    while (length < chain.size() && chain[length].subject == chain[length - 1].issuer)
        ++length;
    return length;
}

} // namespace frameglass::diagnosis::tls
