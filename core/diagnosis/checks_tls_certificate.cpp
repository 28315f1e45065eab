// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_view.h"
#include "tls_view.h"

#include "core/session/target.h"

#include <algorithm>
#include <chrono>

namespace frameglass::diagnosis {

namespace {

using namespace tls;
using response::causesWithFirst;

constexpr auto secondsOfDay = std::int64_t(24) * 60 * 60;

QString daysText(std::int64_t seconds)
{
    const std::int64_t days = seconds / secondsOfDay;
    return days == 1 ? CheckText::tr("1 day") : CheckText::tr("%1 days").arg(days);
}

QString holder(const ConnectionFacts &facts, const Certificate &certificate)
{
    return isServer(facts) ? CheckText::tr("Our certificate of %1").arg(shortName(certificate))
                           : CheckText::tr("The certificate of %1").arg(shortName(certificate));
}

/// How a date is missed, and by how much where the clock of the handshake is known.
QString missed(const Certificate &certificate, const QString &who, std::optional<std::int64_t> wall, bool expired)
{
    const QString date = dateText(expired ? certificate.notAfter : certificate.notBefore);
    const QString text = expired ? CheckText::tr("%1 expired on %2").arg(who, date)
                                 : CheckText::tr("%1 is not valid before %2").arg(who, date);
    if (!wall)
        return text;
    const std::int64_t by = expired ? *wall - certificate.notAfter : certificate.notBefore - *wall;
    if (by < secondsOfDay)
        return CheckText::tr("%1, %2 off").arg(text, durationText(std::chrono::seconds(std::max<std::int64_t>(by, 0))));
    return expired ? CheckText::tr("%1, %2 ago").arg(text, daysText(by))
                   : CheckText::tr("%1, %2 to go").arg(text, daysText(by));
}

/// The certificate whose dates are missed: the leaf by the clock, any of the path by what the verification said.
struct Missed
{
    const Certificate *certificate = nullptr;
    bool expired = true;
};

std::optional<Missed> missedDates(const ConnectionFacts &facts, std::optional<std::int64_t> wall)
{
    const auto &chain = facts.tls->value.chain;
    if (const auto *found = faultOf(facts, {fault::expired, fault::notYetValid}))
        return Missed{&chain[std::min<std::size_t>(found->depth, chain.size() - 1)], found->error == fault::expired};
    if (!wall)
        return {};
    if (*wall > chain.front().notAfter)
        return Missed{&chain.front(), true};
    if (*wall < chain.front().notBefore)
        return Missed{&chain.front(), false};
    return {};
}

Judgement certDates(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessChain(facts))
        return std::move(*other);
    const Settings &settings = evaluation.settings;
    const Certificate &leaf = facts.tls->value.chain.front();
    const auto wall = wallSeconds(evaluation);
    constexpr std::size_t causes = 4;
    if (const auto bad = missedDates(facts, wall)) {
        std::vector<std::size_t> order = bad->expired ? std::vector<std::size_t>() : causesWithFirst({2, 3}, causes);
        return response::fail(missed(*bad->certificate, holder(facts, *bad->certificate), wall, bad->expired),
                              {certificateEvidence(facts, *bad->certificate)}, std::move(order));
    }
    if (!wall)
        return notApplicable(CheckText::tr("The capture does not tell at what time of day the handshake was"));
    const std::int64_t left = leaf.notAfter - *wall;
    const std::int64_t life = leaf.notAfter - leaf.notBefore;
    const double share = life > 0 ? static_cast<double>(left) / static_cast<double>(life) : 1.0;
    const QString text = CheckText::tr("%1 is valid until %2, for %3 more")
                             .arg(holder(facts, leaf), dateText(leaf.notAfter), daysText(left));
    if (left <= settings.certificateWarnDays * secondsOfDay || share < settings.certificateWarnShare)
        return warn(text, {certificateEvidence(facts, leaf)});
    if (share < settings.certificateInfoShare)
        return info(CheckText::tr("%1: automatic renewal should have run").arg(text),
                    {certificateEvidence(facts, leaf)});
    return pass(text);
}

// -- names ----------------------------------------------------------------------------------------------------------

/// RFC 9525 §6.3: the leftmost label may be a wildcard and stands for exactly one label.
bool matches(std::string_view pattern, std::string_view host)
{
    if (host.ends_with('.'))
        host.remove_suffix(1);
    if (!pattern.starts_with("*."))
        return protocol::equalsIgnoringCase(pattern, host);
    const auto dot = host.find('.');
    return dot != std::string_view::npos && dot > 0 &&
           protocol::equalsIgnoringCase(pattern.substr(1), host.substr(dot));
}

bool isInNames(const Certificate &certificate, std::string_view host)
{
    return std::ranges::any_of(certificate.names, [&](std::string_view name) {
        const auto colon = name.find(':');
        return colon != std::string_view::npos && (name.starts_with("DNS:") || name.starts_with("IP:")) &&
               matches(name.substr(colon + 1), host);
    });
}

QString namesText(const Certificate &certificate)
{
    constexpr std::size_t shown = 6;
    QStringList names;
    for (const auto &name : certificate.names) {
        if (static_cast<std::size_t>(names.size()) == shown) {
            names << QStringLiteral("…");
            break;
        }
        names << excerptOf(name);
    }
    return names.isEmpty() ? CheckText::tr("no name at all") : names.join(QStringLiteral(", "));
}

/// The name the certificate must be for: the client's URL, or what our server was asked for.
std::string expectedName(const ConnectionFacts &facts)
{
    if (isServer(facts))
        return facts.tls->value.sni;
    const auto target = session::parseTarget(facts.started ? facts.started->value.url : std::string());
    const auto *parsed = std::get_if<session::Target>(&target);
    return parsed != nullptr ? parsed->host : std::string();
}

Judgement certName(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessChain(facts))
        return std::move(*other);
    const TlsFacts &tls = facts.tls->value;
    const Certificate &leaf = tls.chain.front();
    const std::string name = expectedName(facts);
    if (name.empty())
        return notApplicable(isServer(facts) ? CheckText::tr("The client named no host (SNI)")
                                             : CheckText::tr("The URL tells no host"));
    const QString host = excerptOf(name);
    const auto *mismatch = faultOf(facts, {fault::hostMismatch, fault::addressMismatch});
    const bool named = isInNames(leaf, name);
    if (mismatch != nullptr || (isServer(facts) && !named)) {
        constexpr std::size_t causes = 4;
        std::vector<Evidence> evidence{certificateEvidence(facts, leaf)};
        if (mismatch != nullptr)
            evidence.push_back(faultEvidence(facts, *mismatch));
        const bool address = mismatch != nullptr && mismatch->error == fault::addressMismatch;
        const bool otherSni = !isServer(facts) && tls.sni != name && !address;
        QString reason = CheckText::tr("%1 is not for %2: it names %3").arg(holder(facts, leaf), host, namesText(leaf));
        if (otherSni)
            reason = CheckText::tr("%1; asked for %2 by SNI")
                         .arg(reason, tls.sni.empty() ? CheckText::tr("no name") : excerptOf(tls.sni));
        return response::fail(reason, std::move(evidence),
                              address ? causesWithFirst({1}, causes) : std::vector<std::size_t>());
    }
    if (!named && !tls.resumed)
        return info(CheckText::tr("Only the common name matches %1, no alternative name does: browsers, Go and Python "
                                  "refuse this certificate")
                        .arg(host),
                    {certificateEvidence(facts, leaf)});
    return pass(CheckText::tr("The certificate is for %1").arg(host));
}

} // namespace

std::vector<Check> tlsCertificateChecks()
{
    return {
        {"tls.cert-dates",
         Phase::Tls,
         Severity::High,
         Kind::Passive,
         "RFC 5280 §4.1.2.5",
         "https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5",
         QT_TRANSLATE_NOOP("checks", "Certificate validity"),
         {{QT_TRANSLATE_NOOP("checks", "Renewal does not work"),
           QT_TRANSLATE_NOOP("checks", "certbot renew --dry-run, or the events of cert-manager's Certificate, fail")},
          {QT_TRANSLATE_NOOP("checks", "The new certificate is there, but the process was not reloaded"),
           QT_TRANSLATE_NOOP("checks", "openssl x509 -enddate -in FILE on the server shows a later date")},
          {QT_TRANSLATE_NOOP("checks", "The clock of this machine or of the issuer is wrong"),
           QT_TRANSLATE_NOOP("checks", "date -u differs from the real time; the date is missed by minutes only")},
          {QT_TRANSLATE_NOOP("checks", "The certificate was put into service too early"),
           QT_TRANSLATE_NOOP("checks", "Its first day lies ahead")}},
         QT_TRANSLATE_NOOP("checks",
                           "Renew, then reload: nginx -s reload, HAProxy reload (crt), Go: tls.Config.GetCertificate "
                           "reads the new file, node server.setSecureContext(), Kubernetes: the kubernetes.io/tls "
                           "secret and cert-manager's renewBefore. Alert when a third of the lifetime is left."),
         "S003 item 3",
         certDates,
         {"tls.handshake-failed"}},
        {"tls.cert-name",
         Phase::Tls,
         Severity::High,
         Kind::Passive,
         "RFC 9525 §6",
         "https://www.rfc-editor.org/rfc/rfc9525#section-6",
         QT_TRANSLATE_NOOP("checks", "Name matches certificate"),
         {{QT_TRANSLATE_NOOP("checks", "The default certificate of another site: no virtual host has this name, or the "
                                       "name sent by SNI was lost"),
           QT_TRANSLATE_NOOP("checks", "openssl s_client -servername NAME shows which one each name gets; the nginx "
                                       "server_name, the HAProxy crt-list or the ingress tls.hosts lacks the name")},
          {QT_TRANSLATE_NOOP("checks", "The URL holds an address, the certificate names only hosts"),
           QT_TRANSLATE_NOOP("checks", "With the host's name the certificate is right")},
          {QT_TRANSLATE_NOOP("checks", "A new sub-domain, and the wildcard covers one label only"),
           QT_TRANSLATE_NOOP("checks", "*.example.com is not for a.b.example.com")},
          {QT_TRANSLATE_NOOP("checks", "The name leads to another machine"),
           QT_TRANSLATE_NOOP("checks", "The address connected to is not the server's")}},
         QT_TRANSLATE_NOOP("checks",
                           "Issue the certificate with this name as DNS (or IP) alternative name and serve it for it: "
                           "nginx server_name with its own ssl_certificate, HAProxy crt-list, Kubernetes "
                           "spec.tls[].hosts, Go tls.Config.Certificates, node SNICallback. Client: Go "
                           "tls.Config.ServerName, node servername."),
         "S003 §3.2",
         certName,
         {"tls.handshake-failed"}},
    };
}

} // namespace frameglass::diagnosis
