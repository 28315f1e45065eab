// SPDX-License-Identifier: GPL-3.0-or-later
#include "handshake.h"

#include <algorithm>

namespace frameglass::protocol {

namespace {
constexpr std::size_t maximumValueOctets = 200;
constexpr std::string_view noHandshake = "Frameglass: this is no WebSocket opening handshake: ";
constexpr std::string_view refused = "Frameglass: this opening handshake is refused: ";
constexpr std::string_view absent = "absent";
constexpr std::string_view present = "present";

// The names of the lines, in their order.
constexpr std::string_view method = "Method";
constexpr std::string_view httpVersion = "HTTP version";
constexpr std::string_view upgrade = "Upgrade";
constexpr std::string_view connection = "Connection";
constexpr std::string_view key = "Sec-WebSocket-Key";
constexpr std::string_view version = "Sec-WebSocket-Version";
constexpr std::string_view origin = "Origin";

std::string quoted(std::string_view value)
{
    std::string text = "\"";
    for (const char c : value.substr(0, maximumValueOctets)) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet < 0x20 || octet >= 0x7F || c == '"' || c == '\\')
            text += "\\x" + toHex(viewOf({&c, 1}));
        else
            text += c;
    }
    return text + (value.size() > maximumValueOctets ? "\" (cut)" : "\"");
}

std::optional<unsigned> hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return std::nullopt;
}

std::optional<std::string> unquoted(std::string_view text)
{
    if (!text.starts_with('"'))
        return std::nullopt;
    std::string value;
    for (std::size_t i = 1; i < text.size() && value.size() <= maximumValueOctets; ++i) {
        if (text[i] == '"')
            return value;
        if (text[i] != '\\') {
            value += text[i];
            continue;
        }
        if (text.size() - i < 4 || text[i + 1] != 'x')
            return std::nullopt;
        const auto high = hexDigit(text[i + 2]);
        const auto low = hexDigit(text[i + 3]);
        if (!high || !low)
            return std::nullopt;
        value += static_cast<char>(*high << 4 | *low);
        i += 3;
    }
    return std::nullopt;
}

std::string line(std::string_view name, std::string_view what)
{
    return std::string(name) + ": " + std::string(what) + "\n";
}

std::string fieldLine(const HttpHead &request, std::string_view name)
{
    return line(name, request.find(name) ? quoted(request.joined(name)) : std::string(absent));
}

std::string bodyFor(const HttpHead &request, const std::vector<HandshakeFault> &faults)
{
    const bool onlyOrigin = faults.size() == 1 && faults.front().violation == Violation::OriginRefused;
    std::string body(onlyOrigin ? refused : noHandshake);
    for (std::size_t i = 0; i < faults.size(); ++i) {
        const bool repeated = i > 0 && faults[i].violation == faults[i - 1].violation;
        if (repeated)
            continue;
        body += i == 0 ? "" : ", ";
        body += infoOf(faults[i].violation).id;
    }
    body += '\n';
    body += line(method, quoted(request.method));
    body += line(httpVersion, std::to_string(request.versionMajor) + "." + std::to_string(request.versionMinor));
    body += fieldLine(request, upgrade);
    body += fieldLine(request, connection);
    body += line(key, request.find(key) ? present : absent);
    body += fieldLine(request, version);
    body += fieldLine(request, origin);
    return body;
}

/// Reads the lines of a refusal one after the other; a line with another name than expected ends it.
class LineReader
{
public:
    explicit LineReader(std::string_view text) : m_text(text) {}

    std::optional<std::string_view> next(std::string_view name)
    {
        const std::size_t end = std::min(m_text.find('\n'), m_text.size());
        std::string_view content = m_text.substr(0, end);
        m_text.remove_prefix(std::min(end + 1, m_text.size()));
        if (!content.starts_with(name) || !content.substr(name.size()).starts_with(": "))
            return std::nullopt;
        content.remove_prefix(name.size() + 2);
        if (content.ends_with('\r'))
            content.remove_suffix(1);
        return content;
    }

    /// False when the line is neither "absent" nor a quoted value.
    bool nextValue(std::string_view name, std::optional<std::string> &value)
    {
        const auto content = next(name);
        if (!content)
            return false;
        if (*content == absent)
            return true;
        value = unquoted(*content);
        return value.has_value();
    }

private:
    std::string_view m_text;
};
} // namespace

HandshakeResponse refusalFor(const HttpHead &request, const std::vector<HandshakeFault> &faults)
{
    HandshakeResponse response;
    const std::uint16_t status = faults.empty() ? 400 : infoOf(faults.front().violation).httpStatus;
    response.status = status == 0 ? 400 : status;
    if (response.status == 405) {
        response.fields.emplace_back("Allow", "GET");
    } else if (response.status == 426) {
        // RFC 6455 §4.4 asks for the version, RFC 9110 §15.5.22 for Upgrade.
        response.fields.emplace_back("Sec-WebSocket-Version", supportedVersion);
        response.fields.emplace_back("Upgrade", "websocket");
        response.fields.emplace_back("Connection", "Upgrade, close");
    }
    if (request.method != "HEAD")
        response.body = bodyFor(request, faults);
    return response;
}

std::optional<RefusalReport> parseRefusalBody(std::string_view body)
{
    std::size_t at = body.find(noHandshake);
    if (at == std::string_view::npos)
        at = body.find(refused);
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::size_t firstEnd = body.find('\n', at);
    if (firstEnd == std::string_view::npos)
        return std::nullopt;

    LineReader lines(body.substr(firstEnd + 1));
    RefusalReport report;
    std::optional<std::string> seenMethod;
    if (!lines.nextValue(method, seenMethod))
        return std::nullopt;
    report.method = seenMethod.value_or("");
    const auto seenVersion = lines.next(httpVersion);
    if (!seenVersion)
        return std::nullopt;
    report.httpVersion = *seenVersion;
    if (!lines.nextValue(upgrade, report.upgrade) || !lines.nextValue(connection, report.connection))
        return std::nullopt;
    const auto seenKey = lines.next(key);
    if (!seenKey || (*seenKey != present && *seenKey != absent))
        return std::nullopt;
    report.keyPresent = *seenKey == present;
    if (!lines.nextValue(version, report.version) || !lines.nextValue(origin, report.origin))
        return std::nullopt;
    return report;
}

} // namespace frameglass::protocol
