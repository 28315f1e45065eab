// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_view.h"
#include "tls_view.h"
#include "wording_tls.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace tls;
using capture::StapleStatus;
using response::causesWithFirst;
using response::containsIgnoringCase;

/// The issuer of the last certificate that hangs together is neither sent nor known here.
const CertificateFault *issuerFault(const ConnectionFacts &facts)
{
    return faultOf(facts, {fault::issuerMissing, fault::issuerMissingLocally, fault::leafUnverified, fault::untrusted});
}

/// Only the server's own certificate leads anywhere: the next one up is missing. Whether that one is an intermediate or
/// the authority itself cannot be seen from here.
bool breaksOffAtLeaf(const ConnectionFacts &facts)
{
    const auto &chain = facts.tls->value.chain;
    return issuerFault(facts) != nullptr && linkedLength(chain) == 1 && !chain.front().selfIssued;
}

Judgement chainIncomplete(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessChain(facts))
        return std::move(*other);
    const TlsFacts &tls = facts.tls->value;
    if (isServer(facts))
        return notApplicable(CheckText::tr("What the client makes of our chain is its own matter"));
    if (tls.verdict == TlsVerdict::NotReached)
        return notApplicable(CheckText::tr("The chain was not verified"));
    const Certificate &leaf = tls.chain.front();
    if (leaf.selfIssued)
        return notApplicable(CheckText::tr("A self-signed certificate has no chain"));
    if (!breaksOffAtLeaf(facts))
        return pass(tls.resumed ? CheckText::tr("Session resumed: the chain was verified when it was made")
                                : CheckText::tr("Complete as sent: %1 certificates").arg(tls.chain.size()));
    std::vector<Evidence> evidence{certificateEvidence(facts, leaf), faultEvidence(facts, *issuerFault(facts))};
    for (const auto &url : leaf.issuerUrls)
        evidence.push_back(agreement(facts, CheckText::tr("The issuer's certificate is at %1").arg(excerptOf(url))));
    const QString sent = tls.chain.size() == 1
                             ? CheckText::tr("Only the server's own certificate came")
                             : CheckText::tr("None of the other %1 certificates issued it").arg(tls.chain.size() - 1);
    return fail(CheckText::tr("%1; its issuer %2 is neither sent nor known here").arg(sent, excerptOf(leaf.issuer)),
                std::move(evidence));
}

/// What a client said of the certificate that our server showed.
Judgement refusedByClient(const ConnectionFacts &facts)
{
    const auto *refusal = fatalReceived(facts, {alert::unknownCa, alert::badCertificate, alert::certificateUnknown});
    if (refusal == nullptr)
        return isDone(facts) ? pass(CheckText::tr("The client accepted our certificate"))
                             : notApplicable(CheckText::tr("The client did not judge our certificate"));
    const Certificate &own = facts.tls->value.chain.front();
    constexpr std::size_t causes = 4;
    return response::fail(CheckText::tr("The client does not trust our certificate of %1: it sent the alert %2")
                              .arg(shortName(own), alertName(refusal->value.type)),
                          {messageEvidence(*refusal), certificateEvidence(facts, own)}, causesWithFirst({3}, causes));
}

Judgement selfSigned(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessChain(facts))
        return std::move(*other);
    if (isServer(facts))
        return refusedByClient(facts);
    const TlsFacts &tls = facts.tls->value;
    if (tls.verdict == TlsVerdict::NotReached)
        return notApplicable(CheckText::tr("The chain was not verified"));
    constexpr std::size_t causes = 4;
    const auto &chain = tls.chain;
    if (const auto *own = faultOf(facts, {fault::selfSigned}))
        return fail(
            CheckText::tr("The certificate of %1 is self-signed and not trusted here").arg(shortName(chain.front())),
            {certificateEvidence(facts, chain.front()), faultEvidence(facts, *own)});
    const auto *root = faultOf(facts, {fault::selfSignedInChain});
    if (root != nullptr)
        return response::fail(
            CheckText::tr("The authority %1 is not trusted here").arg(excerptOf(chain.back().subject)),
            {certificateEvidence(facts, chain.front()), faultEvidence(facts, *root)}, causesWithFirst({1}, causes));
    if (breaksOffAtLeaf(facts))
        return notApplicable(CheckText::tr("The chain breaks off before any authority (tls.chain-incomplete)"));
    if (const auto *missing = issuerFault(facts)) {
        const Certificate &last = chain[linkedLength(chain) - 1];
        return response::fail(
            CheckText::tr("The authority %1 is neither sent nor trusted here").arg(excerptOf(last.issuer)),
            {certificateEvidence(facts, last), faultEvidence(facts, *missing)}, causesWithFirst({1, 2}, causes));
    }
    return pass(tls.anchor.empty() ? CheckText::tr("Its issuer is trusted")
                                   : CheckText::tr("Trusted by %1").arg(excerptOf(tls.anchor)));
}

Judgement revoked(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessTls(facts))
        return std::move(*other);
    const auto &staple = facts.tls->value.staple;
    if (const auto *found = faultOf(facts, {fault::revoked}))
        return fail(CheckText::tr("The certificate is revoked"), {faultEvidence(facts, *found)});
    if (const auto *said = fatalReceived(facts, {alert::certificateRevoked}))
        return fail(CheckText::tr("The other end says that our certificate is revoked"), {messageEvidence(*said)});
    if (!staple)
        return notApplicable(CheckText::tr("No OCSP answer was stapled, and none is asked for elsewhere"));
    const QString why = excerptOf(staple->message);
    QString text = CheckText::tr("The stapled OCSP answer says: %1").arg(textOf(staple->status));
    if (staple->status == StapleStatus::Revoked && staple->revokedAt != 0)
        text = CheckText::tr("%1, on %2").arg(text, dateText(staple->revokedAt));
    if (!why.isEmpty())
        text = CheckText::tr("%1 (%2)").arg(text, why);
    std::vector<Evidence> evidence{agreement(facts, text)};
    if (staple->status == StapleStatus::Revoked && staple->trusted)
        return fail(text, std::move(evidence));
    if (staple->status != StapleStatus::Good || !staple->trusted)
        return response::warn(text, std::move(evidence), causesWithFirst({1}, 2));
    return pass(text);
}

/// The faults that have a row of their own.
bool hasItsRow(const CertificateFault &found)
{
    return std::ranges::count(std::initializer_list<int>{fault::issuerMissing, fault::notYetValid, fault::expired,
                                                         fault::selfSigned, fault::selfSignedInChain,
                                                         fault::issuerMissingLocally, fault::leafUnverified,
                                                         fault::revoked, fault::untrusted, fault::hostMismatch,
                                                         fault::addressMismatch},
                              found.error) > 0;
}

Judgement certUnfit(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessTls(facts))
        return std::move(*other);
    const TlsFacts &tls = facts.tls->value;
    const auto &judged = isServer(facts) ? tls.clientChain : tls.chain;
    if (judged.empty() || tls.verdict == TlsVerdict::NotReached)
        return notApplicable(CheckText::tr("No certificate was verified"));
    std::vector<Evidence> evidence;
    QStringList faults;
    for (const CertificateFault &found : tls.faults) {
        // Whose certificate it is tells which rows speak of it: those of dates, names and issuers are the server's.
        if (!isServer(facts) && hasItsRow(found))
            continue;
        evidence.push_back(faultEvidence(facts, found));
        faults << excerptOf(found.message);
    }
    if (faults.isEmpty())
        return pass(CheckText::tr("Key, signatures and purpose were accepted"));
    const QString whose = isServer(facts) ? CheckText::tr("The client's certificate of %1 is not accepted: %2")
                                          : CheckText::tr("The certificate of %1 is not accepted: %2");
    return fail(whose.arg(shortName(judged.front()), faults.join(QStringLiteral("; "))), std::move(evidence));
}

/// Products that open TLS on the way, by what stands in the issuer of the certificates they make.
constexpr std::string_view inspectors[] = {"Avast",
                                           "AVG ",
                                           "ESET SSL Filter",
                                           "Kaspersky",
                                           "Bitdefender",
                                           "AdGuard",
                                           "McAfee Web Gateway",
                                           "Sophos",
                                           "Fortinet",
                                           "FortiGate",
                                           "Zscaler",
                                           "Netskope",
                                           "Palo Alto",
                                           "Blue Coat",
                                           "ProxySG",
                                           "Cisco Umbrella",
                                           "Forcepoint",
                                           "Websense",
                                           "Check Point",
                                           "WatchGuard",
                                           "Barracuda",
                                           "iboss",
                                           "Cloudflare Gateway",
                                           "mitmproxy",
                                           "Charles Proxy",
                                           "DO_NOT_TRUST",
                                           "Fiddler",
                                           "PortSwigger",
                                           "Superfish",
                                           "Squid"};

Judgement interception(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessChain(facts))
        return std::move(*other);
    if (isServer(facts))
        return notApplicable(CheckText::tr("What the client was shown is not seen from the server's end"));
    for (const Certificate &certificate : facts.tls->value.chain) {
        const auto found = std::ranges::find_if(
            inspectors, [&](std::string_view name) { return containsIgnoringCase(certificate.issuer, name); });
        if (found != std::end(inspectors))
            return warn(CheckText::tr("The certificate was issued by %1, which opens TLS on the way")
                            .arg(excerptOf(certificate.issuer)),
                        {certificateEvidence(facts, certificate)});
    }
    return pass(CheckText::tr("Issued by %1, no product known to open TLS")
                    .arg(excerptOf(facts.tls->value.chain.front().issuer)));
}

} // namespace

std::vector<Check> tlsIssuerChecks()
{
    return {
        {"tls.chain-incomplete",
         Phase::Tls,
         Severity::High,
         Kind::Passive,
         "RFC 8446 §4.4.2",
         "https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2",
         QT_TRANSLATE_NOOP("checks", "Intermediate certificate missing"),
         {{QT_TRANSLATE_NOOP("checks", "The server sends its own certificate alone; browsers hide that with what they "
                                       "remember or fetch, Go, Qt, OpenSSL and Android fail"),
           QT_TRANSLATE_NOOP("checks", "openssl s_client -showcerts shows one certificate; openssl verify -untrusted "
                                       "INTERMEDIATE accepts it")},
          {QT_TRANSLATE_NOOP("checks", "A private authority issued it directly and is not installed here"),
           QT_TRANSLATE_NOOP("checks",
                             "The issuer's name is that of the authority itself; its file given by --ca makes "
                             "the connection trusted")},
          {QT_TRANSLATE_NOOP("checks", "The intermediate of another certificate is sent"),
           QT_TRANSLATE_NOOP("checks", "More than one certificate comes, but none issued the first")}},
         QT_TRANSLATE_NOOP("checks",
                           "Serve the leaf followed by its intermediates: nginx ssl_certificate fullchain.pem, HAProxy "
                           "crt with the whole chain, Apache SSLCertificateFile with it, Go tls.LoadX509KeyPair of "
                           "fullchain.pem, node cert: the whole chain, Kubernetes secret tls.crt likewise."),
         "S003 item 3 (fullchain); websockets/ws#1004",
         chainIncomplete,
         {"tls.handshake-failed", "tls.self-signed"}},
        {"tls.self-signed",
         Phase::Tls,
         Severity::High,
         Kind::Passive,
         "RFC 5280 §6",
         "https://www.rfc-editor.org/rfc/rfc5280#section-6",
         QT_TRANSLATE_NOOP("checks", "Untrusted issuer"),
         {{QT_TRANSLATE_NOOP("checks", "A test certificate; browsers offer no way past it for sockets"),
           QT_TRANSLATE_NOOP("checks", "Subject and issuer are the same")},
          {QT_TRANSLATE_NOOP("checks", "A private authority that is not installed on this machine"),
           QT_TRANSLATE_NOOP("checks", "The same URL works where it is installed; its file given by --ca makes the "
                                       "connection trusted")},
          {QT_TRANSLATE_NOOP("checks", "A second intermediate is missing"),
           QT_TRANSLATE_NOOP("checks", "The last certificate sent names an issuer that is itself issued by another")},
          {QT_TRANSLATE_NOOP("checks", "The client does not know the authority of this server's certificate"),
           QT_TRANSLATE_NOOP("checks", "The client's own log names the certificate; curl --cacert FILE is content")}},
         QT_TRANSLATE_NOOP("checks",
                           "Serve a certificate of a public authority, or make the client trust the private one: "
                           "fglass --ca FILE, Go tls.Config.RootCAs, node ca or NODE_EXTRA_CA_CERTS, Python "
                           "load_verify_locations, Java truststore, the system's store for browsers. Frameglass's own "
                           "authority: fglass ca --export FILE."),
         "[L1]: Chromium 1006 + ERR_CERT_AUTHORITY_INVALID, Firefox 1015, WebKitGTK 1006",
         selfSigned,
         {"tls.handshake-failed"}},
        {"tls.revoked",
         Phase::Tls,
         Severity::High,
         Kind::Passive,
         "RFC 6066 §8; RFC 6960",
         "https://www.rfc-editor.org/rfc/rfc6066#section-8",
         QT_TRANSLATE_NOOP("checks", "Certificate revoked"),
         {{QT_TRANSLATE_NOOP("checks",
                             "The authority revoked it: the key was lost, or a newer certificate replaced it"),
           QT_TRANSLATE_NOOP("checks", "openssl ocsp with the issuer's responder gives the same answer")},
          {QT_TRANSLATE_NOOP("checks", "The stapled answer is old, broken, or about another certificate"),
           QT_TRANSLATE_NOOP("checks", "The responder itself gives another answer")}},
         QT_TRANSLATE_NOOP("checks",
                           "Issue a new certificate with a new key and reload; check what the server staples: nginx "
                           "ssl_stapling with ssl_stapling_verify and ssl_stapling_file, HAProxy FILE.ocsp or "
                           "ocsp-update on, Apache SSLUseStapling."),
         "issue 4; OpenSSL OCSP_basic_verify",
         revoked,
         {"tls.handshake-failed"}},
        {"tls.cert-unfit",
         Phase::Tls,
         Severity::High,
         Kind::Passive,
         "RFC 5280 §4.2, §6",
         "https://www.rfc-editor.org/rfc/rfc5280#section-6",
         QT_TRANSLATE_NOOP("checks", "Certificate fit for its use"),
         {{QT_TRANSLATE_NOOP("checks", "Issued for another use, or by a certificate that is no authority"),
           QT_TRANSLATE_NOOP("checks", "openssl x509 -text shows Extended Key Usage without server (or client) "
                                       "authentication, or an issuer without CA:TRUE")},
          {QT_TRANSLATE_NOOP("checks", "Its key or signature is too weak for today's libraries"),
           QT_TRANSLATE_NOOP("checks", "RSA below 2,048 bits, or SHA-1")},
          {QT_TRANSLATE_NOOP("checks", "An authority that the server does not accept for clients"),
           QT_TRANSLATE_NOOP("checks", "It is not in the file of --client-ca (nginx ssl_client_certificate, HAProxy "
                                       "ca-file, Go tls.Config.ClientCAs)")}},
         QT_TRANSLATE_NOOP("checks",
                           "Issue a certificate for this use (extendedKeyUsage serverAuth or clientAuth), with "
                           "an RSA key of 2,048 bits or EC P-256 and SHA-256, by an accepted authority."),
         "OpenSSL crypto/x509/x509_vfy.c",
         certUnfit,
         {"tls.handshake-failed"}},
        {"tls.interception",
         Phase::Tls,
         Severity::Medium,
         Kind::Passive,
         "RFC 5280 §6",
         "https://www.rfc-editor.org/rfc/rfc5280#section-6",
         QT_TRANSLATE_NOOP("checks", "TLS is opened on the way"),
         {{QT_TRANSLATE_NOOP("checks", "The antivirus program of this machine"),
           QT_TRANSLATE_NOOP("checks", "Another machine of the same network gets the server's own certificate")},
          {QT_TRANSLATE_NOOP("checks", "A proxy of the company, school or country"),
           QT_TRANSLATE_NOOP("checks", "Another network gets the server's own certificate")},
          {QT_TRANSLATE_NOOP("checks", "A debugging proxy that was left on"),
           QT_TRANSLATE_NOOP("checks", "mitmproxy, Charles, Fiddler or Burp runs here")}},
         QT_TRANSLATE_NOOP("checks", "Exempt the host from inspection: such products are known to break sockets."),
         "overleaf/overleaf#401 (Avast broke sockets); jetty/jetty.project#7740 (ESET)",
         interception,
         {}},
    };
}

} // namespace frameglass::diagnosis
