// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_view.h"
#include "tls_view.h"
#include "wording_tls.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace tls;
using response::causesWithFirst;

Judgement version(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (const auto *refusal = fatalReceived(facts, {alert::protocolVersion}))
        return fail(
            CheckText::tr("No version in common: the other end sent the alert %1").arg(alertName(refusal->value.type)),
            {messageEvidence(*refusal)});
    if (facts.fatalAlert && facts.fatalAlert->value.type == alert::protocolVersion)
        return fail(CheckText::tr("No version in common: what the other end offers is not allowed here"),
                    {messageEvidence(*facts.fatalAlert)});
    if (auto other = unlessAgreed(facts))
        return std::move(*other);
    const std::string &agreed = facts.tls->value.version;
    const QString text = excerptOf(agreed);
    if (agreed == "TLSv1.3")
        return pass(text);
    if (agreed == "TLSv1.2")
        return info(CheckText::tr("%1; an end that knows 1.3 chooses it where the other offers it").arg(text),
                    {agreement(facts, text)});
    return fail(CheckText::tr("%1 was agreed on, which is withdrawn").arg(text), {agreement(facts, text)});
}

/// What is wrong with a cipher suite of IANA's name; nullptr when nothing is.
const char *weaknessOf(std::string_view cipher)
{
    const auto has = [&](std::string_view part) { return cipher.find(part) != std::string_view::npos; };
    if (has("_RC4_"))
        return QT_TRANSLATE_NOOP("checks", "RC4 is broken");
    if (has("_3DES_"))
        return QT_TRANSLATE_NOOP("checks", "3DES has blocks of 64 bits");
    if (has("_NULL_") || has("_EXPORT_") || has("_anon_"))
        return QT_TRANSLATE_NOOP("checks", "it protects nothing");
    if (cipher.starts_with("TLS_RSA_WITH_"))
        return QT_TRANSLATE_NOOP("checks", "static RSA has no forward secrecy");
    if (has("_CBC_") && cipher.ends_with("_SHA"))
        return QT_TRANSLATE_NOOP("checks", "CBC with SHA-1");
    return nullptr;
}

Judgement legacyCipher(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessAgreed(facts))
        return std::move(*other);
    const std::string &cipher = facts.tls->value.cipher;
    const QString text = excerptOf(cipher);
    if (const char *weakness = weaknessOf(cipher))
        return warn(CheckText::tr("%1: %2").arg(text, CheckText::tr(weakness)), {agreement(facts, text)});
    // RFC 9325 §4.2 recommends authenticated encryption with ECDHE alone; CBC with SHA-2 and DHE are in between.
    if (cipher.find("_CBC_") != std::string::npos || cipher.starts_with("TLS_DHE_"))
        return info(CheckText::tr("%1: no longer recommended").arg(text), {agreement(facts, text)});
    return pass(text);
}

/// RFC 9113 §3.4, §6.5: a server's connection preface is a SETTINGS frame (type 4) on stream 0.
bool isSettingsFrame(std::string_view octets)
{
    constexpr std::size_t header = 9;
    return octets.size() >= header && octets[0] == 0 && octets[1] == 0 && octets[3] == 4 &&
           octets.substr(5, 4) == std::string_view("\0\0\0\0", 4);
}

Judgement alpnH2Forced(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    constexpr std::size_t causes = 3;
    if (const auto *refusal = fatalReceived(facts, {alert::noApplicationProtocol}))
        return response::fail(CheckText::tr("The server accepts none of our protocols: it sent the alert %1")
                                  .arg(alertName(refusal->value.type)),
                              {messageEvidence(*refusal)}, causesWithFirst({1}, causes));
    if (facts.response && isSettingsFrame(protocol::textOf(facts.response->value.raw)))
        return response::fail(CheckText::tr("The answer is an HTTP/2 SETTINGS frame"),
                              {{facts.response->record, 0, 9, CheckText::tr("HTTP/2 SETTINGS")}},
                              causesWithFirst({1}, causes));
    if (auto other = unlessAgreed(facts))
        return std::move(*other);
    const std::string &chosen = facts.tls->value.alpnChosen;
    const QString text = excerptOf(chosen);
    if (chosen == "h2" || chosen == "h3")
        return fail(CheckText::tr("The server chose %1, but the upgrade of HTTP/1.1 does not exist there").arg(text),
                    {agreement(facts, CheckText::tr("ALPN: %1").arg(text))});
    return pass(chosen.empty() ? CheckText::tr("No protocol was chosen: HTTP/1.1 is meant")
                               : CheckText::tr("%1 was chosen").arg(text));
}

} // namespace

std::vector<Check> tlsParameterChecks()
{
    return {
        {"tls.version",
         Phase::Tls,
         Severity::Medium,
         Kind::Passive,
         "RFC 8996; RFC 9325 §3.1",
         "https://www.rfc-editor.org/rfc/rfc9325#section-3.1",
         QT_TRANSLATE_NOOP("checks", "TLS version"),
         {{QT_TRANSLATE_NOOP("checks", "An old TLS library on one end"),
           QT_TRANSLATE_NOOP("checks", "openssl s_client -tls1_2 and -tls1_3 tell what the server knows")},
          {QT_TRANSLATE_NOOP("checks", "A policy that was kept for old devices, or one that is stricter than the other "
                                       "end"),
           QT_TRANSLATE_NOOP("checks", "ssl_protocols, ssl-min-ver or MinVersion is set")}},
         QT_TRANSLATE_NOOP("checks",
                           "Allow TLS 1.2 and 1.3: nginx ssl_protocols TLSv1.2 TLSv1.3, HAProxy "
                           "ssl-default-bind-options ssl-min-ver TLSv1.2, Go tls.Config.MinVersion, node minVersion. "
                           "Here: --tls-min and --tls-max."),
         "S001 §5 (TLS)",
         version,
         {"tls.handshake-failed"}},
        {"tls.legacy-cipher",
         Phase::Tls,
         Severity::Low,
         Kind::Passive,
         "RFC 9325 §4",
         "https://www.rfc-editor.org/rfc/rfc9325#section-4",
         QT_TRANSLATE_NOOP("checks", "Cipher suite"),
         {{QT_TRANSLATE_NOOP("checks", "A list of ciphers that was kept for old devices"),
           QT_TRANSLATE_NOOP("checks", "openssl s_client -cipher ECDHE+AESGCM succeeds as well")}},
         QT_TRANSLATE_NOOP("checks", "Prefer ECDHE with AES-GCM or ChaCha20 and drop the rest: nginx ssl_ciphers "
                                     "ECDHE+AESGCM:ECDHE+CHACHA20, HAProxy ssl-default-bind-ciphers, Go "
                                     "tls.Config.CipherSuites, node ciphers."),
         "S001 §5 (Android 8.0 case)",
         legacyCipher,
         {}},
        {"tls.alpn-h2-forced",
         Phase::Tls,
         Severity::High,
         Kind::Passive,
         "RFC 7301 §3.2; RFC 8441 §3; RFC 9113 §3",
         "https://www.rfc-editor.org/rfc/rfc7301#section-3.2",
         QT_TRANSLATE_NOOP("checks", "HTTP/2 chosen for an HTTP/1.1 upgrade"),
         {{QT_TRANSLATE_NOOP("checks", "The client offers h2 from a TLS configuration that it shares with HTTP"),
           QT_TRANSLATE_NOOP("checks", "The ClientHello offers h2; with http/1.1 alone the upgrade succeeds")},
          {QT_TRANSLATE_NOOP("checks", "The proxy speaks nothing but h2 on this port"),
           QT_TRANSLATE_NOOP("checks", "openssl s_client -alpn http/1.1 is refused or answered with h2")},
          {QT_TRANSLATE_NOOP("checks", "A gRPC listener or route"),
           QT_TRANSLATE_NOOP("checks", "Another port or host name of the same server takes sockets")}},
         QT_TRANSLATE_NOOP("checks",
                           "Client: offer http/1.1 alone (Go tls.Config.NextProtos without h2, --alpn http/1.1). "
                           "Server: keep http/1.1 beside h2: HAProxy \"bind … alpn h2,http/1.1\", Envoy "
                           "alpn_protocols, nginx without \"http2\" on that server."),
         "S000 §4.4; gorilla client.go:338-352 (explicit error text)",
         alpnH2Forced,
         {"tls.handshake-failed", "upgrade.status-line", "upgrade.no-response", "upgrade.header-syntax",
          "upgrade.leading-bytes", "tcp.reset-before-reply"}},
    };
}

} // namespace frameglass::diagnosis
