// SPDX-License-Identifier: GPL-3.0-or-later
#include "handshake.h"

#include "permessage_deflate.h"

#include <openssl/evp.h>

#include <algorithm>

namespace frameglass::protocol {

namespace {
constexpr std::size_t maximumDetailOctets = 200;

// A value as it may be written into a head: nothing in it ends the line (RFC 9110 §5.5).
std::string safeValue(std::string_view value)
{
    std::string safe(value);
    std::ranges::replace_if(
        safe, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    return safe;
}

std::string safeTarget(std::string_view target)
{
    std::string safe;
    for (const char c : target.empty() ? std::string_view("/") : target) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet > 0x20 && octet != 0x7F)
            safe += c;
        else
            safe += "%" + toHex(viewOf({&c, 1}));
    }
    return safe;
}

void addField(std::string &head, std::string_view name, std::string_view value)
{
    if (!isToken(name))
        return;
    head += name;
    head += ": ";
    head += safeValue(value);
    head += "\r\n";
}

std::string joinedWithCommas(const std::vector<std::string> &items)
{
    std::string text;
    for (const std::string &item : items)
        text += (text.empty() ? "" : ", ") + item;
    return text;
}

std::string_view registeredPhrase(int status)
{
    switch (status) {
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return {};
    }
}

/// A head of 64 KiB can have as many faults; the first of each kind are enough.
constexpr std::ptrdiff_t maximumFaultsOfAKind = 16;

/// Collects faults, their details and their number bounded.
class Faults
{
public:
    explicit Faults(const HttpHead &head) : m_head(head) {}

    /// A fault of a field, or of the start line where `field` is empty.
    void add(Violation violation, std::string_view field, std::string_view detail)
    {
        const HeaderField *line = field.empty() ? nullptr : m_head.find(field);
        addAt(line ? line->offset : startLineOffset(), violation, field, detail);
    }

    void addAt(std::size_t offset, Violation violation, std::string_view field, std::string_view detail)
    {
        if (std::ranges::count(m_faults, violation, &HandshakeFault::violation) >= maximumFaultsOfAKind)
            return;
        m_faults.push_back({violation, std::string(field), std::string(detail.substr(0, maximumDetailOctets)), offset});
    }

    std::vector<HandshakeFault> take() { return std::move(m_faults); }

private:
    std::size_t startLineOffset() const
    {
        const auto leading = std::ranges::find(m_head.oddities, HeadOddity::LeadingOctets, &OddityAt::oddity);
        return leading == m_head.oddities.end() ? 0 : leading->length;
    }

    const HttpHead &m_head;
    std::vector<HandshakeFault> m_faults;
};

std::string_view lineAt(const HttpHead &head, std::size_t offset)
{
    const std::string_view rest = textOf(head.raw).substr(std::min(offset, head.raw.size()));
    return rest.substr(0, rest.find_first_of("\r\n"));
}

// A folded line and a bare LF may be accepted (RFC 9112 §2.2, §5.2); the rest an endpoint must not guess about. Once
// a line: its oddities can be as many as its octets.
void judgeFieldLines(const HttpHead &head, Faults &faults)
{
    std::size_t lineEnd = 0; // of the last one that was told
    for (const OddityAt &odd : head.oddities) {
        switch (odd.oddity) {
        case HeadOddity::SpaceBeforeColon:
        case HeadOddity::MissingColon:
        case HeadOddity::InvalidNameOctet:
        case HeadOddity::EmptyName:
        case HeadOddity::BareCarriageReturn:
        case HeadOddity::ControlOctet:
        case HeadOddity::SecondStatusLine: {
            if (odd.offset < lineEnd)
                break;
            const auto owner = std::ranges::find_if(head.fields, [&](const HeaderField &f) {
                return odd.offset >= f.offset && odd.offset < f.offset + f.length;
            });
            const bool isField = owner != head.fields.end();
            const std::size_t offset = isField ? owner->offset : odd.offset;
            const std::string_view line = lineAt(head, offset);
            lineEnd = isField ? owner->offset + owner->length : offset + line.size();
            faults.addAt(offset, Violation::FieldLineMalformed, isField ? owner->name : std::string_view(), line);
            break;
        }
        case HeadOddity::LeadingOctets:
        case HeadOddity::BareLineFeed:
        case HeadOddity::ObsoleteFolding:
        case HeadOddity::StatusLineNoSpace:
        case HeadOddity::StartLineMalformed: break;
        }
    }
}

void judgeVersion(const HttpHead &head, Faults &faults)
{
    if (head.versionMajor != 1 || head.versionMinor < 1)
        faults.add(Violation::HttpVersionNot11, {}, head.startLine);
}

void judgeConnection(const HttpHead &head, Faults &faults)
{
    if (head.count("Connection") == 0)
        faults.add(Violation::ConnectionHeaderMissing, "Connection", {});
    else if (!head.hasToken("Connection", "upgrade"))
        faults.add(Violation::ConnectionHeaderWrong, "Connection", head.joined("Connection"));
}

void judgeKey(const HttpHead &request, Faults &faults)
{
    constexpr std::string_view name = "Sec-WebSocket-Key";
    const auto keys = request.all(name);
    if (keys.empty())
        faults.add(Violation::KeyMissing, name, {});
    else if (keys.size() > 1)
        faults.add(Violation::KeyDuplicate, name, request.joined(name));
    else if (!isValidKey(keys.front()->value))
        faults.add(Violation::KeyInvalid, name, keys.front()->value);
}

void judgeAccept(const HttpHead *request, const HttpHead &response, Faults &faults)
{
    constexpr std::string_view name = "Sec-WebSocket-Accept";
    const auto accepts = response.all(name);
    if (accepts.empty()) {
        faults.add(Violation::AcceptMissing, name, {});
        return;
    }
    if (accepts.size() > 1)
        faults.add(Violation::AcceptDuplicate, name, response.joined(name));
    if (!request)
        return;
    const HeaderField *key = request->find("Sec-WebSocket-Key");
    if (accepts.front()->value != computeAccept(key ? key->value : std::string()).accept)
        faults.add(Violation::AcceptWrong, name, accepts.front()->value);
}

void judgeExtensions(const HttpHead *request, const HttpHead &response, Faults &faults)
{
    constexpr std::string_view name = "Sec-WebSocket-Extensions";
    if (response.count(name) == 0)
        return;
    const std::string value = response.joined(name);
    const auto chosen = parseExtensions(value);
    if (chosen.errorOffset)
        faults.add(Violation::ExtensionMalformed, name, value);
    const auto offered = request ? parseExtensions(request->joined(name)) : ParsedList<Extension>{};
    for (const DeflateFault &fault : judgeDeflateAnswer(chosen.items, request ? &offered.items : nullptr))
        faults.add(fault.violation, name, fault.detail);
    if (!request)
        return;
    for (const Extension &extension : chosen.items)
        if (std::ranges::find(offered.items, extension.name, &Extension::name) == offered.items.end())
            faults.add(Violation::ExtensionUnrequested, name, extension.name);
}

void judgeSubprotocol(const HttpHead *request, const HttpHead &response, Faults &faults)
{
    constexpr std::string_view name = "Sec-WebSocket-Protocol";
    const auto chosen = response.all(name);
    if (chosen.size() > 1)
        faults.add(Violation::SubprotocolDuplicate, name, response.joined(name));
    if (chosen.empty() || !request)
        return;
    const auto offered = parseTokenList(request->joined(name)).items;
    if (offered.empty())
        faults.add(Violation::SubprotocolUnrequested, name, chosen.front()->value);
    else if (std::ranges::find(offered, chosen.front()->value) == offered.end())
        faults.add(Violation::SubprotocolMismatch, name, chosen.front()->value);
}

// RFC 6455 §4.1 item 10: the offered subprotocols are tokens, and all different.
void judgeOffer(const ParsedList<std::string> &offer, const HttpHead &request, Faults &faults)
{
    constexpr std::string_view name = "Sec-WebSocket-Protocol";
    if (offer.errorOffset) {
        faults.add(Violation::FieldLineMalformed, name, request.joined(name));
        return;
    }
    auto sorted = offer.items;
    std::ranges::sort(sorted);
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
        faults.add(Violation::SubprotocolRepeated, name, *twice);
}

std::vector<HandshakeFault> judge(const HttpHead *request, const HttpHead &response)
{
    Faults faults(response);
    for (const OddityAt &odd : response.oddities)
        if (odd.oddity == HeadOddity::LeadingOctets)
            faults.addAt(0, Violation::OctetsBeforeResponse, {}, textOf(response.raw).substr(0, odd.length));
    const bool unreadable = response.has(HeadOddity::StartLineMalformed) && response.status == 0;
    if (response.has(HeadOddity::StartLineMalformed))
        faults.add(Violation::StartLineMalformed, {}, response.startLine);
    if (!unreadable)
        judgeVersion(response, faults);
    judgeFieldLines(response, faults);
    if (response.status != 101) {
        if (!unreadable)
            faults.add(Violation::StatusNot101, {}, response.startLine);
        return faults.take();
    }

    if (response.count("Upgrade") == 0)
        faults.add(Violation::UpgradeHeaderMissing, "Upgrade", {});
    else if (!equalsIgnoringCase(response.joined("Upgrade"), "websocket"))
        faults.add(Violation::UpgradeHeaderWrong, "Upgrade", response.joined("Upgrade"));
    judgeConnection(response, faults);
    judgeAccept(request, response, faults);
    judgeExtensions(request, response, faults);
    judgeSubprotocol(request, response, faults);
    return faults.take();
}
} // namespace

AcceptComputation computeAccept(std::string_view key)
{
    AcceptComputation steps;
    steps.key = key;
    steps.concatenated = steps.key + std::string(handshakeGuid);
    unsigned int size = 0;
    EVP_Digest(steps.concatenated.data(), steps.concatenated.size(),
               reinterpret_cast<unsigned char *>(steps.digest.data()), &size, EVP_sha1(), nullptr);
    steps.accept = toBase64(steps.digest);
    return steps;
}

std::string makeKey(const std::array<std::byte, 16> &random)
{
    return toBase64(random);
}

bool isValidKey(std::string_view value)
{
    // 16 octets are 22 digits and two signs of padding.
    constexpr std::string_view signs = "+/";
    return value.size() == 24 && value.ends_with("==") && std::all_of(value.begin(), value.begin() + 22, [&](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      signs.find(c) != std::string_view::npos;
           });
}

Octets formatRequest(const HandshakeRequest &request)
{
    struct Standard
    {
        std::string_view name;
        std::optional<std::string> value;
    };
    using Optional = std::optional<std::string>;
    const std::array<Standard, 8> standards = {{
        {"Host", request.host},
        {"Upgrade", "websocket"},
        {"Connection", "Upgrade"},
        {"Sec-WebSocket-Key", request.key},
        {"Sec-WebSocket-Version", std::string(supportedVersion)},
        {"Origin", request.origin},
        {"Sec-WebSocket-Protocol",
         request.subprotocols.empty() ? Optional() : Optional(joinedWithCommas(request.subprotocols))},
        {"Sec-WebSocket-Extensions",
         request.extensions.empty() ? Optional() : Optional(formatExtensions(request.extensions))},
    }};

    std::string head = "GET " + safeTarget(request.target) + " HTTP/1.1\r\n";
    for (const Standard &standard : standards) {
        bool replaced = false;
        for (const auto &extra : request.extraFields) {
            if (!equalsIgnoringCase(extra.name, standard.name))
                continue;
            replaced = true;
            if (!extra.remove)
                addField(head, extra.name, extra.value);
        }
        if (!replaced && standard.value)
            addField(head, standard.name, *standard.value);
    }
    for (const auto &extra : request.extraFields) {
        const bool isStandard = std::ranges::any_of(
            standards, [&](const Standard &standard) { return equalsIgnoringCase(extra.name, standard.name); });
        if (!isStandard && !extra.remove)
            addField(head, extra.name, extra.value);
    }
    return octetsOf(head + "\r\n");
}

std::vector<Extension> extensionsOf(const HttpHead &head)
{
    return parseExtensions(head.joined("Sec-WebSocket-Extensions")).items;
}

std::vector<HandshakeFault> judgeRequest(const HttpHead &request)
{
    Faults faults(request);
    const auto leading = std::ranges::find(request.oddities, HeadOddity::LeadingOctets, &OddityAt::oddity);
    // RFC 9112 §2.2: empty lines before a request are to be ignored, nothing else is.
    const bool strayOctets =
        leading != request.oddities.end() &&
        textOf(request.raw).substr(0, leading->length).find_first_not_of("\r\n") != std::string_view::npos;
    if (strayOctets || request.has(HeadOddity::StartLineMalformed))
        faults.add(Violation::StartLineMalformed, {}, request.startLine);
    judgeFieldLines(request, faults);
    if (request.method != "GET")
        faults.add(Violation::MethodNotGet, {}, request.method);
    judgeVersion(request, faults);
    if (request.count("Host") == 0)
        faults.add(Violation::HostMissing, "Host", {});
    else if (request.count("Host") > 1) // RFC 9112 §3.2
        faults.add(Violation::FieldLineMalformed, "Host", request.joined("Host"));
    if (request.count("Upgrade") == 0)
        faults.add(Violation::UpgradeHeaderMissing, "Upgrade", {});
    else if (!request.hasToken("Upgrade", "websocket"))
        faults.add(Violation::UpgradeHeaderWrong, "Upgrade", request.joined("Upgrade"));
    judgeConnection(request, faults);
    judgeKey(request, faults);

    constexpr std::string_view protocols = "Sec-WebSocket-Protocol";
    if (request.count(protocols) > 0)
        judgeOffer(parseTokenList(request.joined(protocols)), request, faults);
    constexpr std::string_view extensions = "Sec-WebSocket-Extensions";
    if (request.count(extensions) > 0 && parseExtensions(request.joined(extensions)).errorOffset)
        faults.add(Violation::ExtensionMalformed, extensions, request.joined(extensions));

    constexpr std::string_view version = "Sec-WebSocket-Version";
    if (request.count(version) == 0)
        faults.add(Violation::VersionMissing, version, {});
    else if (request.joined(version) != supportedVersion)
        faults.add(Violation::VersionUnsupported, version, request.joined(version));
    return faults.take();
}

std::vector<HandshakeFault> judgeResponse(const HttpHead &request, const HttpHead &response)
{
    return judge(&request, response);
}

std::vector<HandshakeFault> judgeResponse(const HttpHead &response)
{
    return judge(nullptr, response);
}

Octets formatResponse(const HandshakeResponse &response, std::string_view key)
{
    const std::string_view phrase = response.reason.empty() ? registeredPhrase(response.status) : response.reason;
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " + safeValue(phrase) + "\r\n";
    if (response.status == 101) {
        addField(head, "Upgrade", "websocket");
        addField(head, "Connection", "Upgrade");
        addField(head, "Sec-WebSocket-Accept", computeAccept(key).accept);
        if (response.subprotocol)
            addField(head, "Sec-WebSocket-Protocol", *response.subprotocol);
        if (!response.extensions.empty())
            addField(head, "Sec-WebSocket-Extensions", formatExtensions(response.extensions));
    }
    for (const auto &[name, value] : response.fields)
        addField(head, name, value);
    if (response.status == 101)
        return octetsOf(head + "\r\n");

    if (!response.body.empty())
        addField(head, "Content-Type", response.contentType);
    addField(head, "Content-Length", std::to_string(response.body.size()));
    if (std::ranges::none_of(response.fields, [](const auto &f) { return equalsIgnoringCase(f.first, "Connection"); }))
        addField(head, "Connection", "close");
    return octetsOf(head + "\r\n" + response.body);
}

} // namespace frameglass::protocol
