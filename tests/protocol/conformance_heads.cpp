// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance.h"
#include "tests/vectors/rfc6455.h"

#include <stdexcept>

namespace frameglass::protocol::conformance {

namespace {
using V = Violation;

/// A change of the sample head of RFC 6455 §1.2.
struct Change
{
    const char *clause;
    const char *level;
    const char *name;
    V violation;
    const char *from;
    const char *to;
    int status; ///< of the refusal; 0 for a response
    const char *finding;
    bool offers = true;
};

const Change requestChanges[] = {
    // the request line
    {"RFC 6455 §4.1 item 2", "MUST", "POST", V::MethodNotGet, "GET", "POST", 405, "request.complete"},
    {"RFC 6455 §4.1 item 2", "MUST", "get", V::MethodNotGet, "GET", "get", 405, "request.complete"},
    {"RFC 6455 §4.1 item 2", "MUST", "HTTP/1.0", V::HttpVersionNot11, "HTTP/1.1", "HTTP/1.0", 400, "request.complete"},
    {"RFC 6455 §4.1 item 2", "MUST", "HTTP/0.9", V::HttpVersionNot11, "HTTP/1.1", "HTTP/0.9", 400, "request.complete"},
    {"RFC 6455 §4.1 item 2", "MUST", "HTTP/2.0", V::HttpVersionNot11, "HTTP/1.1", "HTTP/2.0", 400, "request.complete"},
    {"RFC 6455 §4.1 item 3", "MUST", "no target", V::StartLineMalformed, "GET /chat HTTP/1.1", "GET HTTP/1.1", 400,
     "request.complete"},
    {"RFC 6455 §4.1 item 3", "MUST", "space in the target", V::StartLineMalformed, "/chat", "/ch at", 400,
     "request.complete"},
    {"RFC 6455 §4.1 item 1", "MUST", "BOM before GET", V::StartLineMalformed, "GET", "\xEF\xBB\xBFGET", 400,
     "request.complete"},
    {"RFC 6455 §4.1 item 1", "MUST", "http/1.1 in lower case", V::StartLineMalformed, "HTTP/1.1", "http/1.1", 400,
     "request.complete"},
    // field lines
    {"RFC 6455 §4.1 item 1", "MUST", "space before the colon", V::FieldLineMalformed, "Origin:", "Origin :", 400,
     "request.complete"},
    {"RFC 6455 §4.1 item 1", "MUST", "line without a colon", V::FieldLineMalformed,
     "Origin:", "nonsense\r\nOrigin:", 400, "request.complete"},
    {"RFC 6455 §4.1 item 1", "MUST", "empty field name", V::FieldLineMalformed, "Origin:", ": x\r\nOrigin:", 400,
     "request.complete"},
    {"RFC 6455 §4.1 item 1", "MUST", "parenthesis in a field name", V::FieldLineMalformed, "Origin:", "Ori(gin:", 400,
     "request.complete"},
    {"RFC 6455 §4.1 item 1", "MUST", "ESC in a value", V::FieldLineMalformed, "example.com\r\nUpg",
     "example\x1b.com\r\nUpg", 400, "request.complete"},
    {"RFC 6455 §4.1 item 1", "MUST", "CR inside a line", V::FieldLineMalformed, "Origin: http", "Origin: \rhttp", 400,
     "request.complete"},
    // Host
    {"RFC 6455 §4.1 item 4", "MUST", "no Host", V::HostMissing, "Host:", "X-Host:", 400, "request.complete"},
    {"RFC 6455 §4.1 item 4", "MUST", "two Hosts", V::FieldLineMalformed, "Origin:", "Host: b\r\nOrigin:", 400,
     "request.complete"},
    // Upgrade
    {"RFC 6455 §4.1 item 5", "MUST", "no Upgrade", V::UpgradeHeaderMissing, "Upgrade: websocket\r\n", "", 400,
     "request.complete"},
    {"RFC 6455 §4.1 item 5", "MUST", "Upgrade: h2c", V::UpgradeHeaderWrong, "Upgrade: websocket", "Upgrade: h2c", 400,
     "request.complete"},
    {"RFC 6455 §4.1 item 5", "MUST", "Upgrade: websockets", V::UpgradeHeaderWrong, "Upgrade: websocket",
     "Upgrade: websockets", 400, "request.complete"},
    {"RFC 6455 §4.1 item 5", "MUST", "empty Upgrade", V::UpgradeHeaderWrong, "Upgrade: websocket", "Upgrade:", 400,
     "request.complete"},
    // Connection
    {"RFC 6455 §4.1 item 6", "MUST", "no Connection", V::ConnectionHeaderMissing, "Connection: Upgrade\r\n", "", 400,
     "request.complete"},
    {"RFC 6455 §4.1 item 6", "MUST", "Connection: close", V::ConnectionHeaderWrong, "Connection: Upgrade",
     "Connection: close", 400, "request.complete"},
    {"RFC 6455 §4.1 item 6", "MUST", "Connection: Upgraded", V::ConnectionHeaderWrong, "Connection: Upgrade",
     "Connection: keep-alive, Upgraded", 400, "request.complete"},
    // Sec-WebSocket-Key
    {"RFC 6455 §4.1 item 7", "MUST", "no key", V::KeyMissing, "Sec-WebSocket-Key", "X-Key", 400, "request.complete"},
    {"RFC 6455 §4.1 item 7", "MUST", "empty key", V::KeyInvalid, "dGhlIHNhbXBsZSBub25jZQ==", "", 400,
     "request.complete"},
    {"RFC 6455 §4.1 item 7", "MUST", "key of 15 octets", V::KeyInvalid,
     "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j", 400, "request.complete"},
    {"RFC 6455 §4.1 item 7", "MUST", "key of 17 octets", V::KeyInvalid,
     "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZWE=", 400, "request.complete"},
    {"RFC 6455 §4.1 item 7", "MUST", "key outside Base64", V::KeyInvalid,
     "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZ!==", 400, "request.complete"},
    {"RFC 6455 §11.3.1", "MUST NOT", "two keys", V::KeyDuplicate, "Origin: http://example.com",
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", 400, "request.complete"},
    // Sec-WebSocket-Version
    {"RFC 6455 §4.1 item 9", "MUST", "no version", V::VersionMissing, "Sec-WebSocket-Version: 13\r\n", "", 426,
     "request.complete"},
    {"RFC 6455 §4.1 item 9", "MUST", "version 8", V::VersionUnsupported, "Version: 13", "Version: 8", 426,
     "request.complete"},
    {"RFC 6455 §4.1 item 9", "MUST", "version 013", V::VersionUnsupported, "Version: 13", "Version: 013", 426,
     "request.complete"},
    {"RFC 6455 §4.1 item 9", "MUST", "version 13, 8", V::VersionUnsupported, "Version: 13", "Version: 13, 8", 426,
     "request.complete"},
    {"RFC 6455 §11.3.5", "MUST NOT", "two versions", V::VersionUnsupported, "Origin: http://example.com",
     "Sec-WebSocket-Version: 13", 426, "request.complete"},
    // Sec-WebSocket-Protocol
    {"RFC 6455 §4.1 item 10", "MUST", "subprotocol with a space", V::FieldLineMalformed, "chat, superchat",
     "chat, super chat", 400, "request.protocol-tokens"},
    {"RFC 6455 §4.1 item 10", "MUST", "subprotocol with =", V::FieldLineMalformed, "chat, superchat", "chat, a=b", 400,
     "request.protocol-tokens"},
    {"RFC 6455 §4.1 item 10", "MUST", "subprotocol outside ASCII", V::FieldLineMalformed, "chat, superchat",
     "ch\xC3\xA4t", 400, "request.protocol-tokens"},
    {"RFC 6455 §4.1 item 10", "MUST", "no subprotocol at all", V::FieldLineMalformed, "Protocol: chat, superchat",
     "Protocol:", 400, "request.empty-protocol"},
    {"RFC 6455 §4.1 item 10", "MUST", "the same subprotocol twice", V::SubprotocolRepeated, "chat, superchat",
     "chat, superchat, chat", 400, "request.protocol-tokens"},
    {"RFC 6455 §4.1 item 10", "MUST", "the same subprotocol in two lines", V::SubprotocolRepeated,
     "Origin: http://example.com", "Sec-WebSocket-Protocol: superchat", 400, "request.protocol-tokens"},
    // Sec-WebSocket-Extensions
    {"RFC 6455 §4.1 item 11, §9.1", "MUST", "extension list with a stray ;", V::ExtensionMalformed,
     "Origin: http://example.com", "Sec-WebSocket-Extensions: permessage-deflate;", 400, "request.complete"},
    {"RFC 6455 §4.1 item 11, §9.1", "MUST", "extension parameter without a value", V::ExtensionMalformed,
     "Origin: http://example.com", "Sec-WebSocket-Extensions: x; a=", 400, "request.complete"},
    {"RFC 6455 §4.1 item 11, §9.1", "MUST", "quoted value that is no token", V::ExtensionMalformed,
     "Origin: http://example.com", "Sec-WebSocket-Extensions: x; a=\"b c\"", 400, "request.complete"},
    {"RFC 6455 §4.1 item 11, §9.1", "MUST", "empty extension list", V::ExtensionMalformed, "Origin: http://example.com",
     "Sec-WebSocket-Extensions:", 400, "request.complete"},
};

const Change responseChanges[] = {
    {"RFC 6455 §4.1", "MUST", "empty line first", V::OctetsBeforeResponse, "HTTP/1.1 101", "\r\nHTTP/1.1 101", 0,
     "upgrade.leading-bytes"},
    {"RFC 6455 §4.1", "MUST", "BOM first", V::OctetsBeforeResponse, "HTTP/1.1 101", "\xEF\xBB\xBFHTTP/1.1 101", 0,
     "upgrade.leading-bytes"},
    {"RFC 6455 §4.2.2 item 5.1", "MUST", "status of four digits", V::StartLineMalformed, "101", "1010", 0,
     "upgrade.status-line"},
    {"RFC 6455 §4.2.2 item 5.1", "MUST", "HTTP/1.0", V::HttpVersionNot11, "HTTP/1.1", "HTTP/1.0", 0,
     "upgrade.http10-status"},
    {"RFC 6455 §4.1", "MUST", "line without colon", V::FieldLineMalformed, "Upgrade: websocket",
     "Upgrade: websocket\r\nnonsense", 0, "upgrade.header-syntax"},
    {"RFC 6455 §4.1", "MUST", "space before the colon", V::FieldLineMalformed, "Upgrade: websocket",
     "Upgrade : websocket", 0, "upgrade.header-syntax"},
    {"RFC 6455 §4.1", "MUST", "two status lines", V::FieldLineMalformed, "Upgrade: websocket",
     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket", 0, "upgrade.double-101"},
    {"RFC 6455 §4.1 item 1", "MUST", "200", V::StatusNot101, "101 Switching Protocols", "200 OK", 0,
     "upgrade.status-200"},
    {"RFC 6455 §4.1 item 1", "MUST", "302", V::StatusNot101, "101 Switching Protocols",
     "302 Found\r\nLocation: https://example.com/", 0, "upgrade.redirect"},
    {"RFC 6455 §4.1 item 1", "MUST", "400", V::StatusNot101, "101 Switching Protocols", "400 Bad Request", 0,
     "upgrade.400"},
    {"RFC 6455 §4.1 item 1", "MUST", "401", V::StatusNot101, "101 Switching Protocols", "401 Unauthorized", 0,
     "upgrade.401"},
    {"RFC 6455 §4.1 item 1", "MUST", "403", V::StatusNot101, "101 Switching Protocols", "403 Forbidden", 0,
     "upgrade.403"},
    {"RFC 6455 §4.2.2 item 4", "MUST", "426 without Sec-WebSocket-Version", V::StatusNot101, "101 Switching Protocols",
     "426 Upgrade Required", 0, "upgrade.426"},
    {"RFC 6455 §4.1 item 1", "MUST", "503", V::StatusNot101, "101 Switching Protocols", "503 Service Unavailable", 0,
     "upgrade.503"},
    {"RFC 6455 §4.1 item 2", "MUST", "no Upgrade", V::UpgradeHeaderMissing, "Upgrade: websocket\r\n", "", 0,
     "upgrade.upgrade-missing"},
    {"RFC 6455 §4.1 item 2", "MUST", "Upgrade: h2c", V::UpgradeHeaderWrong, "Upgrade: websocket", "Upgrade: h2c", 0,
     "upgrade.upgrade-value"},
    {"RFC 6455 §4.1 item 2", "MUST", "Upgrade: websocket, h2c", V::UpgradeHeaderWrong, "Upgrade: websocket",
     "Upgrade: websocket, h2c", 0, "upgrade.upgrade-list"},
    {"RFC 6455 §4.1 item 3", "MUST", "no Connection", V::ConnectionHeaderMissing, "Connection: Upgrade\r\n", "", 0,
     "upgrade.connection-missing"},
    {"RFC 6455 §4.1 item 3", "MUST", "Connection: keep-alive", V::ConnectionHeaderWrong, "Connection: Upgrade",
     "Connection: keep-alive", 0, "upgrade.connection-value"},
    {"RFC 6455 §4.1 item 4", "MUST", "no Accept", V::AcceptMissing, "Sec-WebSocket-Accept", "X-Accept", 0,
     "upgrade.accept-missing"},
    {"RFC 6455 §4.1 item 4", "MUST", "Accept of another key", V::AcceptWrong, "s3pP", "S3pP", 0,
     "upgrade.accept-wrong"},
    {"RFC 6455 §4.1 item 4", "MUST", "empty Accept", V::AcceptWrong, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "", 0,
     "upgrade.accept-wrong"},
    {"RFC 6455 §11.3.3", "MUST NOT", "two Accepts", V::AcceptDuplicate, "Sec-WebSocket-Protocol: chat",
     "Sec-WebSocket-Accept: x", 0, "upgrade.accept-duplicate"},
    {"RFC 6455 §4.1 item 6", "MUST", "subprotocol in another case", V::SubprotocolMismatch, "Protocol: chat",
     "Protocol: Chat", 0, "upgrade.subprotocol-mismatch"},
    {"RFC 6455 §4.1 item 6", "MUST", "two subprotocols in one value", V::SubprotocolMismatch, "Protocol: chat",
     "Protocol: chat, superchat", 0, "upgrade.subprotocol-mismatch"},
    {"RFC 6455 §4.1 item 6", "MUST", "empty subprotocol", V::SubprotocolMismatch, "Protocol: chat", "Protocol:", 0,
     "upgrade.subprotocol-mismatch"},
    {"RFC 6455 §4.1 item 6", "MUST", "subprotocol although none was offered", V::SubprotocolUnrequested,
     "Protocol: chat", "Protocol: chat", 0, "upgrade.subprotocol-unrequested", false},
    {"RFC 6455 §11.3.4", "MUST NOT", "two subprotocol fields", V::SubprotocolDuplicate, "Protocol: chat",
     "Protocol: chat\r\nSec-WebSocket-Protocol: chat", 0, "upgrade.subprotocol-mismatch"},
    {"RFC 6455 §4.1 item 5", "MUST", "extension never offered", V::ExtensionUnrequested, "Sec-WebSocket-Protocol: chat",
     "Sec-WebSocket-Extensions: x-own", 0, "ext.unrequested"},
    {"RFC 6455 §4.1 item 5, §9.1", "MUST", "extension list with a stray =", V::ExtensionMalformed,
     "Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Extensions: a; b=", 0, "ext.malformed"},
    {"RFC 6455 §4.1 item 5, §9.1", "MUST", "empty extension list", V::ExtensionMalformed,
     "Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Extensions:", 0, "ext.empty"},
};

std::string changed(std::string_view head, const char *name, std::string_view from, std::string_view to)
{
    std::string text(head);
    const std::size_t at = text.find(from);
    if (at == std::string::npos)
        throw std::logic_error(std::string("nothing to change: ") + name);
    return text.replace(at, from.size(), to);
}

Row headRow(Role reader, const Change &change)
{
    Row row;
    row.clause = change.clause;
    row.level = change.level;
    row.name = change.name;
    row.reader = reader;
    const bool server = reader == Role::Server;
    row.head = changed(server ? vectors::sampleRequest : vectors::sampleResponse, change.name, change.from, change.to);
    row.violation = change.violation;
    row.then = server ? Then::Refuses : Then::EndsTcp;
    row.httpStatus = change.status;
    row.finding = change.finding;
    row.offers = change.offers;
    // Without a length the end of the body is the end of TCP (RFC 9112 §6.3), and only then a client ends.
    row.ends = change.violation == V::StatusNot101 || change.violation == V::StartLineMalformed;
    row.ends = row.ends && !server;
    return row;
}

Row unfinished(Role reader, const char *name, V violation, std::string head, int status, std::string_view finding)
{
    Row row;
    const bool isLimit = violation == V::HeadTooLarge || violation == V::HeadTooManyLines;
    row.clause = isLimit ? "RFC 6455 §10.4" : "RFC 6455 §4.1";
    row.level = isLimit ? "limit" : "MUST";
    row.name = name;
    row.reader = reader;
    row.head = std::move(head);
    row.ends = violation == V::HeadTruncated;
    row.violation = violation;
    row.then = reader == Role::Server ? Then::Refuses : Then::EndsTcp;
    row.httpStatus = status;
    row.finding = finding;
    return row;
}

std::string lines(std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += "A: b\r\n";
    return text;
}

const std::tuple<const char *, const char *, Role, const char *, const char *> legalChanges[] = {
    {"RFC 6455 §4.2.1 item 3", "Upgrade: WebSocket", Role::Server, "Upgrade: websocket", "Upgrade: WebSocket"},
    {"RFC 6455 §4.2.1 item 3", "Upgrade: h2c, websocket", Role::Server, "Upgrade: websocket",
     "Upgrade: h2c, websocket"},
    {"RFC 6455 §4.2.1 item 4", "Connection: keep-alive, upgrade", Role::Server, "Connection: Upgrade",
     "Connection: keep-alive, upgrade"},
    {"RFC 6455 §4.2.1 item 4", "Connection in two lines", Role::Server, "Connection: Upgrade",
     "Connection: keep-alive\r\nConnection: Upgrade"},
    {"RFC 9110 §5.1", "field names in lower case", Role::Server, "Sec-WebSocket-Key", "sec-websocket-key"},
    {"RFC 9112 §5", "no space after the colon", Role::Server, "Host: ", "Host:"},
    {"RFC 9112 §5", "spaces and tabs around a value", Role::Server, "Version: 13", "Version: \t 13 \t"},
    {"RFC 9112 §2.2", "an empty line first", Role::Server, "GET", "\r\nGET"},
    {"RFC 6455 §3", "target in absolute form", Role::Server, "/chat", "http://server.example.com/chat"},
    {"RFC 6455 §4.2.1 item 7", "no Origin", Role::Server, "Origin: http://example.com\r\n", ""},
    {"RFC 6455 §4.1 item 10", "subprotocols in two lines", Role::Server, "chat, superchat",
     "chat\r\nSec-WebSocket-Protocol: superchat"},
    {"RFC 6455 §9.1", "an unknown extension is offered", Role::Server, "Origin: http://example.com",
     "Sec-WebSocket-Extensions: x-own; a=1; b=\"2\", x-other"},
    {"RFC 6455 §4.1 item 2", "Upgrade: WebSocket", Role::Client, "Upgrade: websocket", "Upgrade: WebSocket"},
    {"RFC 6455 §4.1 item 3", "Connection: keep-alive, upgrade", Role::Client, "Connection: Upgrade",
     "Connection: keep-alive, upgrade"},
    {"RFC 9112 §4", "no reason phrase", Role::Client, "101 Switching Protocols", "101 "},
    {"RFC 9110 §5.1", "field names in lower case", Role::Client, "Sec-WebSocket-Accept", "sec-websocket-accept"},
    {"RFC 6455 §4.1 item 4", "spaces around the Accept", Role::Client,
     "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "  s3pPLMBiTxaQ9kYGzzhZRbK+xOo=  "},
    {"RFC 6455 §4.1 item 6", "no subprotocol, though some were offered", Role::Client,
     "Sec-WebSocket-Protocol: chat\r\n", ""},
    {"RFC 9110 §15.2", "103 first", Role::Client, "HTTP/1.1 101",
     "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 101"},
    {"RFC 6455 §4.1", "unknown fields", Role::Client, "Upgrade: websocket", "X-Own: 1\r\nUpgrade: websocket"},
};
} // namespace

std::vector<Row> headRows()
{
    std::vector<Row> all;
    for (const Change &change : requestChanges)
        all.push_back(headRow(Role::Server, change));
    for (const Change &change : responseChanges)
        all.push_back(headRow(Role::Client, change));
    const std::string get = "GET / HTTP/1.1\r\n";
    const std::string switching = "HTTP/1.1 101 S\r\n";
    all.push_back(unfinished(Role::Server, "1,001 octets, limit 1,000", V::HeadTooLarge,
                             get + "X: " + std::string(982, 'x'), 431, "request.header-budget"));
    all.push_back(unfinished(Role::Server, "16 field lines, limit 15", V::HeadTooManyLines, get + lines(16), 431,
                             "request.header-budget"));
    all.push_back(unfinished(Role::Server, "the end inside the head", V::HeadTruncated, get + "Host: a\r\n", 400,
                             "request.complete"));
    all.push_back(
        unfinished(Role::Server, "a ClientHello", V::HeadIsTls, "\x16\x03\x01", 400, "tls.tls-on-plain-port"));
    all.push_back(unfinished(Role::Client, "a TLS alert", V::HeadIsTls, "\x15\x03\x03", 0, "tls.tls-on-plain-port"));
    all.push_back(unfinished(Role::Client, "1,001 octets, limit 1,000", V::HeadTooLarge,
                             switching + "X: " + std::string(982, 'x'), 0, "upgrade.header-size"));
    all.push_back(unfinished(Role::Client, "16 field lines, limit 15", V::HeadTooManyLines, switching + lines(16), 0,
                             "upgrade.header-count"));
    all.push_back(unfinished(Role::Client, "the end inside the head", V::HeadTruncated, switching + "Upgrade: web", 0,
                             "upgrade.status-line"));
    return all;
}

std::vector<LegalRow> legalHeads()
{
    std::vector<LegalRow> all;
    for (const auto &[clause, name, reader, from, to] : legalChanges)
        all.push_back(
            {clause,
             name,
             reader,
             changed(reader == Role::Server ? vectors::sampleRequest : vectors::sampleResponse, name, from, to),
             {}});
    return all;
}

} // namespace frameglass::protocol::conformance
