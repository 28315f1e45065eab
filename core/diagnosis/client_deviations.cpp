// SPDX-License-Identifier: GPL-3.0-or-later
#include "client_forecast.h"
#include "response_view.h"

#include "core/protocol/handshake.h"
#include "core/protocol/permessage_deflate.h"

#include <algorithm>
#include <ranges>

namespace frameglass::diagnosis {

namespace {

using namespace response;
using protocol::HeadOddity;

// Columns: Chromium 156, Firefox 153 ESR, WebKitGTK 2.50, gorilla 1.5.0, ws 8.23.0, websockets (Python) 17.1 and 10.4,
// QWebSocket 6.4.2; one raw server, 2026-11-21. Null: the client says nothing of its own.
constexpr const char *badHandshake = "websocket: bad handshake";
constexpr const char *unexpected101 = "Unexpected server response: 101";
constexpr const char *notHttp = "did not receive a valid HTTP response";
constexpr const char *qtStatusFailed = "Read handshake request status failed";

constexpr Deviation table[] = {
    {"no-answer",
     QT_TRANSLATE_NOOP("checks", "no answer before TCP ended"),
     "xxxxxxx",
     {"Connection closed before receiving a handshake response", nullptr, nullptr, "unexpected EOF", "socket hang up",
      notHttp, nullptr}},
    {"head-cut",
     QT_TRANSLATE_NOOP("checks", "TCP ended inside the head"),
     "xxxxxxx",
     {"Connection closed before receiving a handshake response", nullptr, nullptr, "unexpected EOF", "socket hang up",
      notHttp, nullptr}},
    {"not-http",
     QT_TRANSLATE_NOOP("checks", "an answer that is not HTTP"),
     "xxxxxxx",
     {"net::ERR_INVALID_HTTP_RESPONSE", nullptr, nullptr, "malformed HTTP response", "Parse Error: Expected HTTP/",
      notHttp, qtStatusFailed}},
    {"octets-before",
     QT_TRANSLATE_NOOP("checks", "octets before the status line"),
     "xxxxxxx",
     {"net::ERR_INVALID_HTTP_RESPONSE", nullptr, nullptr, "malformed HTTP response", "Parse Error: Expected HTTP/",
      notHttp, qtStatusFailed}},
    {"stray-octets-before",
     QT_TRANSLATE_NOOP("checks", "up to three stray octets before the status line"),
     "ooxxxxx",
     {nullptr, nullptr, nullptr, "malformed HTTP version", "Parse Error: Expected HTTP/", notHttp, qtStatusFailed}},
    {"nul-before",
     QT_TRANSLATE_NOOP("checks", "NUL octets before the status line"),
     "xoxxxxx",
     {"net::ERR_INVALID_HTTP_RESPONSE", nullptr, nullptr, "malformed HTTP version", "Parse Error: Expected HTTP/",
      notHttp, qtStatusFailed}},
    {"empty-line-before",
     QT_TRANSLATE_NOOP("checks", "an empty line before the status line"),
     "oooxoxx",
     {nullptr, nullptr, nullptr, "malformed HTTP response", nullptr, notHttp, qtStatusFailed}},
    {"informational-before",
     QT_TRANSLATE_NOOP("checks", "a 1xx answer before the 101"),
     "xooxoxx",
     {"Unexpected response code: 100", nullptr, nullptr, badHandshake, nullptr,
      "server rejected WebSocket connection: HTTP 100", "Unhandled http status code: 100"}},
    {"http-1.0",
     QT_TRANSLATE_NOOP("checks", "HTTP/1.0 in the status line"),
     "oxxooxx",
     {nullptr, nullptr, nullptr, nullptr, nullptr, notHttp, nullptr}},
    {"http-other",
     QT_TRANSLATE_NOOP("checks", "an HTTP version other than 1.1 in the status line"),
     "ooxoxxo",
     {nullptr, nullptr, nullptr, nullptr, nullptr, notHttp, nullptr}},
    {"no-space-after-status",
     QT_TRANSLATE_NOOP("checks", "no space after the status code"),
     "oooooxo",
     {nullptr, nullptr, nullptr, nullptr, nullptr, notHttp, nullptr}},
    {"redirect",
     QT_TRANSLATE_NOOP("checks", "a redirect"),
     "xxfxxfx",
     {"Unexpected response code: %1", nullptr, nullptr, badHandshake, "Unexpected server response: %1", nullptr,
      "Unhandled http status code: %1"}},
    {"redirect-http",
     QT_TRANSLATE_NOOP("checks", "a redirect to an http URL"),
     "xxfxxxx",
     {"Unexpected response code: %1", nullptr, nullptr, badHandshake, "Unexpected server response: %1",
      "InvalidURI: the redirect leads to an http URL", "Unhandled http status code: %1"}},
    {"unauthorized",
     QT_TRANSLATE_NOOP("checks", "401 Unauthorized"),
     "xxxxxxx",
     {"HTTP Authentication failed; no valid credentials available", nullptr, nullptr, badHandshake,
      "Unexpected server response: 401", "server rejected WebSocket connection: HTTP 401",
      "Unhandled http status code: 401"}},
    {"proxy-authentication",
     QT_TRANSLATE_NOOP("checks", "407 Proxy Authentication Required"),
     "xxxxxxx",
     {"net::ERR_UNEXPECTED_PROXY_AUTH", nullptr, nullptr, badHandshake, "Unexpected server response: 407",
      "server rejected WebSocket connection: HTTP 407", "Unhandled http status code: 407"}},
    {"status",
     QT_TRANSLATE_NOOP("checks", "a status other than 101"),
     "xxxxxxx",
     {"Unexpected response code: %1", nullptr, nullptr, badHandshake, "Unexpected server response: %1",
      "server rejected WebSocket connection: HTTP %1", "Unhandled http status code: %1"}},
    {"upgrade-missing",
     QT_TRANSLATE_NOOP("checks", "no Upgrade field"),
     "xxxxxxx",
     {"'Upgrade' header is missing", nullptr, nullptr, badHandshake, unexpected101,
      "InvalidUpgrade: missing Upgrade "
      "header",
      "Invalid parameter(s) presented during protocol upgrade"}},
    {"upgrade-other",
     QT_TRANSLATE_NOOP("checks", "Upgrade does not name websocket"),
     "xxxxxxx",
     {"'Upgrade' header value is not 'WebSocket'", nullptr, nullptr, badHandshake, "Invalid Upgrade header",
      "InvalidUpgrade: invalid Upgrade header", "Invalid parameter(s) presented during protocol upgrade"}},
    {"upgrade-list",
     QT_TRANSLATE_NOOP("checks", "Upgrade names more than websocket"),
     "xoxoxxx",
     {"'Upgrade' header value is not 'WebSocket'", nullptr, nullptr, nullptr, "Invalid Upgrade header",
      "InvalidUpgrade: invalid Upgrade header", "Invalid parameter(s) presented during protocol upgrade"}},
    {"upgrade-twice",
     QT_TRANSLATE_NOOP("checks", "Upgrade on two lines"),
     "xoxoxxx",
     {"'Upgrade' header must not appear more than once in a response", nullptr, nullptr, nullptr,
      "Invalid Upgrade header", "InvalidUpgrade: invalid Upgrade header",
      "Invalid parameter(s) presented during protocol upgrade"}},
    {"connection-missing",
     QT_TRANSLATE_NOOP("checks", "no Connection field"),
     "xxxxxxx",
     {"'Connection' header is missing", nullptr, nullptr, badHandshake, unexpected101,
      "InvalidUpgrade: missing Connection header", "Invalid parameter(s) presented during protocol upgrade"}},
    {"connection-other",
     QT_TRANSLATE_NOOP("checks", "Connection does not contain Upgrade"),
     "xxxxxxx",
     {"'Connection' header value must contain 'Upgrade'", nullptr, nullptr, badHandshake, unexpected101,
      "InvalidUpgrade: invalid Connection header", "Invalid parameter(s) presented during protocol upgrade"}},
    {"connection-list",
     QT_TRANSLATE_NOOP("checks", "Connection contains more than Upgrade"),
     "oooooox",
     {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, "Invalid parameter(s) presented during protocol upgrade"}},
    {"accept-missing",
     QT_TRANSLATE_NOOP("checks", "no Sec-WebSocket-Accept field"),
     "xxxxxxx",
     {"'Sec-WebSocket-Accept' header is missing", nullptr, nullptr, badHandshake, "Invalid Sec-WebSocket-Accept header",
      "InvalidHeader: missing Sec-WebSocket-Accept header",
      "Invalid parameter(s) presented during protocol upgrade: Accept-key size: 0"}},
    {"accept-wrong",
     QT_TRANSLATE_NOOP("checks", "Sec-WebSocket-Accept does not belong to the key"),
     "xxxxxxx",
     {"Incorrect 'Sec-WebSocket-Accept' header value", nullptr, nullptr, badHandshake,
      "Invalid Sec-WebSocket-Accept header", "InvalidHeaderValue: invalid Sec-WebSocket-Accept header",
      "Accept-Key received from server does not match the client key."}},
    {"accept-case",
     QT_TRANSLATE_NOOP("checks", "Sec-WebSocket-Accept has lost its case"),
     "xxoxxxx",
     {"Incorrect 'Sec-WebSocket-Accept' header value", nullptr, nullptr, badHandshake,
      "Invalid Sec-WebSocket-Accept header", "InvalidHeaderValue: invalid Sec-WebSocket-Accept header",
      "Accept-Key received from server does not match the client key."}},
    {"accept-twice",
     QT_TRANSLATE_NOOP("checks", "Sec-WebSocket-Accept twice, both right"),
     "xxooxxx",
     {"'Sec-WebSocket-Accept' header must not appear more than once in a response", nullptr, nullptr, nullptr,
      "Invalid Sec-WebSocket-Accept header", "InvalidHeader: multiple values",
      "Accept-Key received from server does not match the client key."}},
    {"accept-twice-differing",
     QT_TRANSLATE_NOOP("checks", "Sec-WebSocket-Accept twice, the second wrong"),
     "xxxoxxx",
     {"'Sec-WebSocket-Accept' header must not appear more than once in a response", nullptr, nullptr, nullptr,
      "Invalid Sec-WebSocket-Accept header", "InvalidHeader: multiple values",
      "Accept-Key received from server does not match the client key."}},
    {"bare-line-feed",
     QT_TRANSLATE_NOOP("checks", "lines that end with LF alone"),
     "ooooxxx",
     {nullptr, nullptr, nullptr, nullptr, nullptr, notHttp, qtStatusFailed}},
    {"space-before-colon",
     QT_TRANSLATE_NOOP("checks", "a space before a colon"),
     "oxxxxxx",
     {nullptr, nullptr, nullptr, nullptr, nullptr, notHttp, nullptr}},
    {"folded-line",
     QT_TRANSLATE_NOOP("checks", "a folded line"),
     "ooooxxo",
     {nullptr, nullptr, nullptr, nullptr, nullptr, notHttp, nullptr}},
    {"no-colon",
     QT_TRANSLATE_NOOP("checks", "a line without a colon"),
     "oooxxxx",
     {nullptr, nullptr, nullptr, nullptr, nullptr, notHttp, nullptr}},
    {"line-8k",
     QT_TRANSLATE_NOOP("checks", "a line of more than 8,192 octets"),
     "oooooxo",
     {nullptr, nullptr, nullptr, nullptr, nullptr, "HeaderLineTooLong", nullptr}},
    {"head-16k",
     QT_TRANSLATE_NOOP("checks", "a head of more than 16 KiB"),
     "ooooxxo",
     {nullptr, nullptr, nullptr, nullptr, "Parse Error: Header overflow", "HeaderLineTooLong", nullptr}},
    {"head-64k",
     QT_TRANSLATE_NOOP("checks", "a head of more than 64 KiB"),
     "ooxoxxo",
     {nullptr, nullptr, nullptr, nullptr, "Parse Error: Header overflow", "HeaderLineTooLong", nullptr}},
    {"head-256k",
     QT_TRANSLATE_NOOP("checks", "a head of more than 256 KiB"),
     "xoxoxxx",
     {nullptr, nullptr, nullptr, nullptr, "Parse Error: Header overflow", "HeaderLineTooLong", "Header is too large"}},
    {"fields-100",
     QT_TRANSLATE_NOOP("checks", "more than 100 fields"),
     "oooooox",
     {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, "Parsing handshake request header failed"}},
    {"fields-128",
     QT_TRANSLATE_NOOP("checks", "more than 128 fields"),
     "oooooxx",
     {nullptr, nullptr, nullptr, nullptr, nullptr, "TooManyHeaders", "Parsing handshake request header failed"}},
    {"extension-unknown",
     QT_TRANSLATE_NOOP("checks", "an extension that nobody offers"),
     "xxxoxxo",
     {"Found an unsupported extension", nullptr, nullptr, nullptr,
      "Server indicated an extension that was not requested", "NegotiationError: Unsupported extension", nullptr}},
    {"extensions-empty",
     QT_TRANSLATE_NOOP("checks", "an empty Sec-WebSocket-Extensions"),
     "xoooxxo",
     {"'Sec-WebSocket-Extensions' header value is rejected by the parser", nullptr, nullptr, nullptr, nullptr, nullptr,
      nullptr}},
    {"deflate-keeps-context",
     QT_TRANSLATE_NOOP("checks", "permessage-deflate without both no_context_takeover parameters"),
     "oooxooo",
     {nullptr, nullptr, nullptr, "websocket: invalid compression negotiation", nullptr, nullptr, nullptr}},
    {"deflate-invalid",
     QT_TRANSLATE_NOOP("checks", "permessage-deflate with an illegal parameter"),
     "xxxxxxo",
     {"Error in permessage-deflate", nullptr, nullptr, "websocket: invalid compression negotiation", nullptr,
      "NegotiationError: Unsupported extension", nullptr}},
    {"deflate-twice",
     QT_TRANSLATE_NOOP("checks", "permessage-deflate twice"),
     "xxoxoxo",
     {nullptr, nullptr, nullptr, "websocket: invalid compression negotiation", nullptr,
      "NegotiationError: Unsupported extension", nullptr}},
    {"subprotocol-unrequested",
     QT_TRANSLATE_NOOP("checks", "a subprotocol although none was offered"),
     "xoxoxxx",
     {"Response must not include 'Sec-WebSocket-Protocol' header if not present in request", nullptr, nullptr, nullptr,
      "Server sent a subprotocol but none was requested", "NegotiationError: no subprotocols supported",
      "WebSocket server has chosen a protocol which has not been requested"}},
    {"subprotocol-empty",
     QT_TRANSLATE_NOOP("checks", "an empty Sec-WebSocket-Protocol although none was offered"),
     "xoxoxxo",
     {"Response must not include 'Sec-WebSocket-Protocol' header if not present in request", nullptr, nullptr, nullptr,
      "Server sent a subprotocol but none was requested", "NegotiationError: no subprotocols supported", nullptr}},
    {"subprotocol-missing",
     QT_TRANSLATE_NOOP("checks", "none of the offered subprotocols"),
     "xoooxoo",
     {"Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received", nullptr, nullptr, nullptr,
      "Server sent no subprotocol", nullptr, nullptr}},
    {"subprotocol-case",
     QT_TRANSLATE_NOOP("checks", "an offered subprotocol in another letter case"),
     "xxooxxx",
     {"'Sec-WebSocket-Protocol' header value in response does not match any of sent values", nullptr, nullptr, nullptr,
      "Server sent an invalid subprotocol", "NegotiationError: unsupported subprotocol",
      "WebSocket server has chosen a protocol which has not been requested"}},
    {"subprotocol-other",
     QT_TRANSLATE_NOOP("checks", "a subprotocol that was not offered"),
     "xxxoxxx",
     {"'Sec-WebSocket-Protocol' header value in response does not match any of sent values", nullptr, nullptr, nullptr,
      "Server sent an invalid subprotocol", "NegotiationError: unsupported subprotocol",
      "WebSocket server has chosen a protocol which has not been requested"}},
    {"octets-after",
     QT_TRANSLATE_NOOP("checks", "octets after the head that are no frame"),
     "eooeeee",
     {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr}},
};

const Deviation *byId(std::string_view id)
{
    const auto found = std::ranges::find(table, id, &Deviation::id);
    return found == std::end(table) ? nullptr : &*found;
}

/// Reads one answer in the order in which a client does.
class Reading
{
public:
    explicit Reading(const ConnectionFacts &facts) : m_facts(facts) {}

    std::vector<const Deviation *> run()
    {
        if (!m_facts.response) {
            if (m_facts.request && !m_facts.transportEnds.empty())
                note(m_facts.firstReplyOctets ? "not-http" : "no-answer");
            return std::move(m_found);
        }
        const HttpHead &head = m_facts.response->value;
        if (m_facts.responsePartial) {
            note(head.status == 0 ? "not-http" : "head-cut");
            return std::move(m_found);
        }
        arrival(head);
        if (head.status != 101) {
            status(head);
            return std::move(m_found);
        }
        lines(head);
        upgrade(head);
        accept(head);
        extensions(head);
        subprotocol(head);
        if (isFollowedByNoFrame(head, m_facts))
            note("octets-after");
        return std::move(m_found);
    }

private:
    void note(std::string_view id) { m_found.push_back(byId(id)); }
    void noteIf(bool deviates, std::string_view id)
    {
        if (deviates)
            note(id);
    }

    void arrival(const HttpHead &head)
    {
        if (head.has(HeadOddity::LeadingOctets)) {
            const auto oddity =
                std::ranges::find(head.oddities, HeadOddity::LeadingOctets, &protocol::OddityAt::oddity);
            before(protocol::textOf(head.raw).substr(oddity->offset, oddity->length));
        }
        noteIf(!m_facts.informational.empty() && head.status == 101, "informational-before");
        noteIf(head.versionMajor == 1 && head.versionMinor == 0, "http-1.0");
        noteIf(head.versionMajor != 1 || head.versionMinor > 1, "http-other");
        noteIf(head.has(HeadOddity::StatusLineNoSpace), "no-space-after-status");
    }

    void before(std::string_view octets)
    {
        constexpr std::size_t stray = 3;
        const auto only = [&](std::string_view set) { return octets.find_first_not_of(set) == std::string_view::npos; };
        if (only("\r\n"))
            note("empty-line-before");
        else if (only(std::string_view("\0", 1)))
            note("nul-before");
        else
            note(octets.size() <= stray ? "stray-octets-before" : "octets-before");
    }

    void status(const HttpHead &head)
    {
        switch (head.status) {
        case 301:
        case 302:
        case 303:
        case 307:
        case 308: return note(valueOf(head, "Location").starts_with("http:") ? "redirect-http" : "redirect");
        case 401: return note("unauthorized");
        case 407: return note("proxy-authentication");
        default: return note("status");
        }
    }

    void lines(const HttpHead &head)
    {
        constexpr std::size_t kib = 1024;
        std::size_t longest = 0;
        for (const auto &field : head.fields)
            longest = std::max(longest, field.length);
        noteIf(head.has(HeadOddity::BareLineFeed), "bare-line-feed");
        noteIf(head.has(HeadOddity::SpaceBeforeColon), "space-before-colon");
        noteIf(head.has(HeadOddity::ObsoleteFolding), "folded-line");
        noteIf(head.has(HeadOddity::MissingColon), "no-colon");
        const std::size_t size = head.raw.size();
        if (size > 256 * kib)
            note("head-256k");
        else if (size > 64 * kib)
            note("head-64k");
        else if (size > 16 * kib)
            note("head-16k");
        else
            noteIf(longest > 8 * kib, "line-8k");
        constexpr std::size_t qtFields = 100;
        constexpr std::size_t pythonFields = 128;
        if (head.fields.size() > pythonFields)
            note("fields-128");
        else
            noteIf(head.fields.size() > qtFields, "fields-100");
    }

    void upgrade(const HttpHead &head)
    {
        const std::size_t upgrades = head.count("Upgrade");
        if (upgrades == 0)
            note("upgrade-missing");
        else if (!head.hasToken("Upgrade", "websocket"))
            note("upgrade-other");
        else if (upgrades > 1)
            note("upgrade-twice");
        else
            noteIf(head.tokens("Upgrade").size() > 1, "upgrade-list");
        if (head.count("Connection") == 0)
            note("connection-missing");
        else if (!head.hasToken("Connection", "upgrade"))
            note("connection-other");
        else
            noteIf(head.tokens("Connection").size() > 1, "connection-list");
    }

    void accept(const HttpHead &head)
    {
        const auto values = head.all("Sec-WebSocket-Accept");
        if (values.empty())
            return note("accept-missing");
        if (!m_facts.request)
            return;
        const std::string right = protocol::computeAccept(valueOf(m_facts.request->value, "Sec-WebSocket-Key")).accept;
        const auto isRight = [&](const HeaderField *field) { return field->value == right; };
        if (!isRight(values.front()))
            return note(protocol::equalsIgnoringCase(values.front()->value, right) ? "accept-case" : "accept-wrong");
        if (values.size() > 1)
            note(std::ranges::all_of(values, isRight) ? "accept-twice" : "accept-twice-differing");
    }

    void extensions(const HttpHead &head)
    {
        if (head.find("Sec-WebSocket-Extensions") == nullptr)
            return;
        const auto found = protocol::extensionsOf(head);
        noteIf(found.empty(), "extensions-empty");
        std::size_t deflates = 0;
        bool invalid = false;
        bool bothWithout = false;
        bool unknown = false;
        for (const auto &extension : found) {
            if (!protocol::equalsIgnoringCase(extension.name, protocol::permessageDeflate)) {
                unknown = true;
                continue;
            }
            ++deflates;
            const auto parsed = protocol::parseDeflate(extension, protocol::DeflateSide::Answer);
            invalid = invalid || parsed.fault.has_value();
            bothWithout = parsed.parameters.clientNoContextTakeover && parsed.parameters.serverNoContextTakeover;
        }
        noteIf(unknown, "extension-unknown");
        if (deflates > 1)
            note("deflate-twice");
        else if (invalid)
            note("deflate-invalid");
        else
            noteIf(deflates == 1 && !bothWithout, "deflate-keeps-context");
    }

    void subprotocol(const HttpHead &head)
    {
        if (!m_facts.request)
            return;
        const auto offered = protocol::parseTokenList(m_facts.request->value.joined("Sec-WebSocket-Protocol")).items;
        const auto *chosen = head.find("Sec-WebSocket-Protocol");
        if (offered.empty()) {
            if (chosen != nullptr)
                note(chosen->value.empty() ? "subprotocol-empty" : "subprotocol-unrequested");
            return;
        }
        if (chosen == nullptr)
            return note("subprotocol-missing");
        if (std::ranges::find(offered, chosen->value) != offered.end() && head.count("Sec-WebSocket-Protocol") == 1)
            return;
        const bool recased = std::ranges::any_of(
            offered, [&](const std::string &name) { return protocol::equalsIgnoringCase(name, chosen->value); });
        note(recased ? "subprotocol-case" : "subprotocol-other");
    }

    const ConnectionFacts &m_facts;
    std::vector<const Deviation *> m_found;
};

} // namespace

Reaction Deviation::reaction(Client client) const
{
    switch (cells[static_cast<std::size_t>(client)]) {
    case 'o': return Reaction::Opens;
    case 'e': return Reaction::OpensThenFails;
    case 'f': return Reaction::Follows;
    default: return Reaction::Fails;
    }
}

std::span<const Deviation> deviations()
{
    return table;
}

std::vector<const Deviation *> deviationsOf(const analysis::ConnectionFacts &facts)
{
    return facts.isListener() ? std::vector<const Deviation *>() : Reading(facts).run();
}

} // namespace frameglass::diagnosis
