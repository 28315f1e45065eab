// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "header_list.h"
#include "http_head.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace frameglass::protocol {

/// RFC 6455 §1.3.
inline constexpr std::string_view handshakeGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
inline constexpr std::string_view supportedVersion = "13";

/// The steps from a key to its Accept value, kept apart so that a view can show them.
struct AcceptComputation
{
    std::string key;
    std::string concatenated;              ///< key and GUID
    std::array<std::byte, 20> digest = {}; ///< SHA-1
    std::string accept;                    ///< base64
};

/// RFC 6455 §4.2.2 item 5.4. `key` is used as sent, not decoded.
AcceptComputation computeAccept(std::string_view key);

/// Base64 of 16 octets (RFC 6455 §4.1 item 7); the octets come from the caller.
std::string makeKey(const std::array<std::byte, 16> &random);
/// Whether the value decodes to exactly 16 octets.
bool isValidKey(std::string_view value);

/// What a client wants to send. Fields are written in this order: Host, Upgrade, Connection, Sec-WebSocket-Key,
/// Sec-WebSocket-Version, Origin, Sec-WebSocket-Protocol, Sec-WebSocket-Extensions, then `extraFields`. An extra field
/// with the name of a standard one replaces it in its place (several of one name all stand there, in order); one with
/// `remove` drops it. Nothing can be injected: in values CR, LF and NUL are written as spaces (RFC 9110 §5.5), a field
/// whose name is no token is left out, and in the target every octet that would end it is percent-encoded.
struct HandshakeRequest
{
    struct ExtraField
    {
        std::string name;
        std::string value;
        bool remove = false; ///< leave the standard field of this name out
        friend bool operator==(const ExtraField &, const ExtraField &) = default;
    };

    std::string host;   ///< "example.com" or "example.com:8080" (RFC 6455 §4.1 item 4)
    std::string target; ///< resource name, begins with "/"
    std::string key;
    std::optional<std::string> origin;
    std::vector<std::string> subprotocols;
    std::vector<Extension> extensions;
    std::vector<ExtraField> extraFields;
};

Octets formatRequest(const HandshakeRequest &request);

/// What can be read of a head's Sec-WebSocket-Extensions, over all its lines.
std::vector<Extension> extensionsOf(const HttpHead &head);

/// One thing found wrong with a head, and where.
struct HandshakeFault
{
    Violation violation;
    std::string field;      ///< the field concerned, empty for the start line
    std::string detail;     ///< the offending value as sent, bounded
    std::size_t offset = 0; ///< of the line concerned, inside the head
    friend bool operator==(const HandshakeFault &, const HandshakeFault &) = default;
};

/// RFC 6455 §4.2.1: all faults of a request, the gravest first; empty when it is a valid opening handshake.
std::vector<HandshakeFault> judgeRequest(const HttpHead &request);

/// RFC 6455 §4.1 steps 1-6 for the client: all faults of a response to `request`, in the order of the steps. A status
/// other than 101 ends the judgement: what such a response says about WebSocket means nothing.
std::vector<HandshakeFault> judgeResponse(const HttpHead &request, const HttpHead &response);
/// The same where the request is not known: whatever depends on it (the Accept value, what was asked for) is not
/// judged.
std::vector<HandshakeFault> judgeResponse(const HttpHead &response);

/// How a server answers. For 101 the four handshake fields are written first, then `fields`; otherwise a body with
/// Content-Length and, unless `fields` has a Connection of its own, `Connection: close`. Values are written as in
/// formatRequest.
struct HandshakeResponse
{
    int status = 101;
    std::string reason; ///< empty: the registered phrase
    std::optional<std::string> subprotocol;
    std::vector<Extension> extensions;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string contentType = "text/plain; charset=utf-8";
    std::string body;
};

/// `key` is the request's Sec-WebSocket-Key, needed for 101 only.
Octets formatResponse(const HandshakeResponse &response, std::string_view key);

/// The refusal of a request that is no opening handshake: status by its gravest fault (400, 403, 405, 426 with
/// Sec-WebSocket-Version, 431), and a body that names what was seen (method, HTTP version, Upgrade, Connection, key,
/// version, Origin), so that a proxy's mistake is known by its effect. Field values are printed in quotes, at most 200
/// octets of each, with everything but printable ASCII escaped. No body answers HEAD (RFC 9110 §9.3.2).
HandshakeResponse refusalFor(const HttpHead &request, const std::vector<HandshakeFault> &faults);

/// What such a refusal says the server saw; nothing when the body is not one of ours. Found also inside chunked framing
/// or a page that a proxy wrapped around it.
struct RefusalReport
{
    std::string method;
    std::string httpVersion; ///< "1.0"
    std::optional<std::string> upgrade;
    std::optional<std::string> connection;
    bool keyPresent = false;
    std::optional<std::string> version;
    std::optional<std::string> origin;
};
std::optional<RefusalReport> parseRefusalBody(std::string_view body);

} // namespace frameglass::protocol
