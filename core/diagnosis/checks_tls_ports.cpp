// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_view.h"
#include "tls_view.h"

#include "core/capture/secrets.h"
#include "core/protocol/tls_sign.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace tls;
using response::causesWithFirst;
using response::containsIgnoringCase;
using response::printable;

/// The first line of what came instead of TLS, secrets overwritten: a client may have sent a whole request.
QString firstLineOf(std::string_view octets)
{
    const auto masked = capture::masked(protocol::viewOf(octets), capture::secretsInHead(protocol::viewOf(octets)));
    const std::string_view text = protocol::textOf(masked);
    return printable(text.substr(0, text.find_first_of("\r\n")));
}

bool isRequestLine(std::string_view octets)
{
    const std::string_view line = octets.substr(0, octets.find_first_of("\r\n"));
    return line.find(" HTTP/1.") != std::string_view::npos && !line.starts_with("HTTP/");
}

QString plainText(std::string_view octets)
{
    const QString first = firstLineOf(octets);
    if (isRequestLine(octets))
        return CheckText::tr("The client speaks HTTP without TLS to this port: \"%1\"").arg(first);
    if (octets.starts_with("HTTP/"))
        return CheckText::tr("The port answers our ClientHello with plain HTTP: \"%1\"").arg(first);
    if (octets.starts_with('<'))
        return CheckText::tr("The port answers our ClientHello with HTML in the clear: \"%1\"").arg(first);
    if (octets.starts_with("SSH-"))
        return CheckText::tr("An SSH server listens on this port: \"%1\"").arg(first);
    return CheckText::tr("What came is no TLS record: \"%1\"").arg(first);
}

/// From a server's end the client's URL is wrong, which is the last cause of both rows.
std::vector<std::size_t> causesFor(const ConnectionFacts &facts, std::size_t count)
{
    return isServer(facts) ? causesWithFirst({count - 1}, count) : std::vector<std::size_t>();
}

Judgement plainOnTlsPort(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessTls(facts))
        return std::move(*other);
    const std::string &octets = facts.tls->value.notTls;
    if (!octets.empty())
        return response::fail(plainText(octets), {agreement(facts, firstLineOf(octets))}, causesFor(facts, 4));
    const Direction theirs = Direction::Received;
    const auto came =
        std::ranges::find(facts.tlsMessages, theirs, [](const auto &message) { return message.value.direction; });
    if (came == facts.tlsMessages.end())
        return notApplicable(CheckText::tr("The other end sent nothing"));
    return pass(CheckText::tr("TLS is spoken here"));
}

/// How servers tell that a port wants TLS: nginx, Go's net/http, Apache, HAProxy's successors, our own.
bool namesTls(std::string_view body)
{
    constexpr std::string_view texts[] = {"plain HTTP request was sent to HTTPS port",
                                          "HTTP request to an HTTPS server",
                                          "speaking plain HTTP to an SSL-enabled server port",
                                          "This port speaks TLS",
                                          "requires TLS",
                                          "combination of host and port requires TLS"};
    return std::ranges::any_of(texts, [&](std::string_view text) { return containsIgnoringCase(body, text); });
}

/// What of the other end's octets is no head: an unreadable head, or what follows none.
std::string_view firstOctetsFromPeer(const ConnectionFacts &facts)
{
    const auto &head = isServer(facts) ? facts.request : facts.response;
    if (head && !head->value.raw.empty())
        return protocol::textOf(head->value.raw);
    return response::octetsAfterHead(facts).octets;
}

capture::RecordId recordOfFirstOctets(const ConnectionFacts &facts)
{
    const auto &head = isServer(facts) ? facts.request : facts.response;
    return head ? head->record : response::octetsAfterHead(facts).record;
}

Judgement tlsOnPlainPort(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (facts.tls || isWanted(facts) || facts.lastOf(capture::Stage::Tls) != nullptr)
        return notApplicable(CheckText::tr("This connection uses TLS"));
    const std::string_view octets = firstOctetsFromPeer(facts);
    if (octets.empty())
        return notApplicable(CheckText::tr("The other end sent nothing"));
    if (protocol::isTlsRecord(protocol::viewOf(octets))) {
        const QString hex = QString::fromStdString(protocol::toHex(protocol::viewOf(octets.substr(0, 7))));
        const QString what = isServer(facts)
                                 ? CheckText::tr("The client speaks TLS to this plain port: its first octets are %1")
                             : octets[0] == 0x15 ? CheckText::tr("The port answers with a TLS alert: %1")
                                                 : CheckText::tr("The port answers with a TLS record: %1");
        return response::fail(what.arg(hex),
                              {{recordOfFirstOctets(facts), 0, std::min<std::size_t>(octets.size(), 7), hex}},
                              causesFor(facts, 3));
    }
    const auto *head = response::wholeResponse(facts);
    if (head != nullptr && head->value.status >= 400 && namesTls(response::bodyText(facts)))
        return fail(CheckText::tr("The answer (%1) says that the port expects TLS").arg(head->value.status),
                    {response::statusLineOf(*head), response::bodyOf(facts)});
    return pass(CheckText::tr("The port speaks without TLS, as the URL says"));
}

} // namespace

std::vector<Check> tlsPortChecks()
{
    return {
        {"tls.plain-on-tls-port",
         Phase::Tls,
         Severity::Blocker,
         Kind::Passive,
         "RFC 8446 §5.1",
         "https://www.rfc-editor.org/rfc/rfc8446#section-5.1",
         QT_TRANSLATE_NOOP("checks", "Plain text where TLS was expected"),
         {{QT_TRANSLATE_NOOP("checks", "wss:// to a port without TLS"),
           QT_TRANSLATE_NOOP("checks", "ws:// to the same port gets 101")},
          {QT_TRANSLATE_NOOP("checks", "TLS already ends at a hop before this port"),
           QT_TRANSLATE_NOOP("checks", "The proxy's own port (443) speaks TLS, the backend's does not")},
          {QT_TRANSLATE_NOOP("checks", "The listener lost its TLS settings"),
           QT_TRANSLATE_NOOP("checks", "nginx: listen without ssl; HAProxy: bind without ssl crt; Go: "
                                       "ListenAndServe where ListenAndServeTLS was meant")},
          {QT_TRANSLATE_NOOP("checks", "The client was given ws:// or http:// for this port"),
           QT_TRANSLATE_NOOP("checks", "Its configuration or page holds the URL; with wss:// it succeeds")}},
         QT_TRANSLATE_NOOP("checks",
                           "Use ws:// for this port, or turn TLS on: nginx \"listen 443 ssl;\" with ssl_certificate "
                           "and ssl_certificate_key, HAProxy \"bind :443 ssl crt FILE\", Go ListenAndServeTLS, node "
                           "https.createServer({key, cert})."),
         "S003 §3.2",
         plainOnTlsPort,
         {"tls.handshake-failed", "tls.handshake-slow"}},
        {"tls.tls-on-plain-port",
         Phase::Tls,
         Severity::Blocker,
         Kind::Passive,
         "RFC 8446 §5.1, §6",
         "https://www.rfc-editor.org/rfc/rfc8446#section-5.1",
         QT_TRANSLATE_NOOP("checks", "TLS where plain text was expected"),
         {{QT_TRANSLATE_NOOP("checks", "ws:// to a port that speaks TLS"),
           QT_TRANSLATE_NOOP("checks", "wss:// to the same port gets 101")},
          {QT_TRANSLATE_NOOP("checks", "A hop forwards without TLS to a backend that expects it"),
           QT_TRANSLATE_NOOP("checks", "The refusal carries the backend's name; nginx: proxy_pass http:// where "
                                       "https:// is meant, HAProxy: server without ssl")},
          {QT_TRANSLATE_NOOP("checks", "The client was given wss:// or https:// for a port without TLS"),
           QT_TRANSLATE_NOOP("checks", "Its configuration or page holds the URL; fglass serve --tls takes it")}},
         QT_TRANSLATE_NOOP("checks", "Use wss://. Between proxy and backend: nginx \"proxy_pass https://…\", HAProxy "
                                     "\"server … ssl verify required ca-file FILE\"."),
         "[L1] garbage-only: every client reports a malformed HTTP reply; nginx 497, Go net/http, Apache ssl_engine_io",
         tlsOnPlainPort,
         {"upgrade.400", "upgrade.status-other", "upgrade.status-line", "upgrade.no-response", "upgrade.header-syntax",
          "upgrade.leading-bytes", "tcp.reset-before-reply", "request.complete"}},
    };
}

} // namespace frameglass::diagnosis
