// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets.h"

#include "core/protocol/http_head.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace frameglass::capture {

namespace {

using protocol::equalsIgnoringCase;

constexpr std::string_view separators = "&;";

char lower(char c)
{
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool isAlnum(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

std::optional<int> hexDigit(char c)
{
    if (isDigit(c))
        return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? std::optional(l - 'a' + 10) : std::nullopt;
}

/// A parameter's name as a server would read it: percent-decoded (RFC 3986 §2.1), lower case.
std::string normalName(std::string_view name)
{
    std::string result;
    for (std::size_t i = 0; i < name.size(); ++i) {
        char c = name[i];
        if (c == '%' && i + 2 < name.size()) {
            const auto high = hexDigit(name[i + 1]);
            const auto low = hexDigit(name[i + 2]);
            if (high && low) {
                c = static_cast<char>(*high << 4 | *low);
                i += 2;
            }
        }
        result += lower(c);
    }
    return result;
}

/// Whether a parameter or field of this name carries a secret.
bool isSecretName(std::string_view name)
{
    static constexpr std::array parts = {"token",     "secret",     "passw",  "auth", "session",
                                         "signature", "credential", "apikey", "jwt",  "ticket"};
    static constexpr std::array words = {"key", "sig", "sid", "pwd", "pass", "otp"};
    const std::string normal = normalName(name);
    if (normal == "author" || normal == "authority" || normal == "authors")
        return false;
    if (std::any_of(parts.begin(), parts.end(),
                    [&](const char *part) { return normal.find(part) != std::string::npos; }))
        return true;
    if (normal.ends_with("key"))
        return true;
    std::string word;
    for (const char c : normal + '-') {
        if (isAlnum(c)) {
            word += c;
            continue;
        }
        if (std::find(words.begin(), words.end(), word) != words.end())
            return true;
        word.clear();
    }
    return false;
}

bool isSecretField(std::string_view name)
{
    static constexpr std::array always = {"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"};
    if (std::any_of(always.begin(), always.end(), [&](const char *row) { return equalsIgnoringCase(name, row); }))
        return true;
    // Sec-WebSocket-Key is no secret, and a challenge is a question (RFC 9110 §11.6.1).
    const std::string normal = normalName(name);
    if (normal.starts_with("sec-") || normal.ends_with("-authenticate"))
        return false;
    return isSecretName(name);
}

void addQuerySecrets(std::vector<SecretRange> &to, std::string_view query, std::size_t base)
{
    for (std::size_t start = 0; start <= query.size();) {
        const std::size_t end = std::min(query.find_first_of(separators, start), query.size());
        const std::string_view parameter = query.substr(start, end - start);
        const std::size_t equals = parameter.find('=');
        if (equals != std::string_view::npos && equals + 1 < parameter.size() &&
            isSecretName(parameter.substr(0, equals)))
            to.push_back({base + start + equals + 1, parameter.size() - equals - 1});
        start = end + 1;
    }
}

/// Query and fragment of a URL or request target that begins at `base`.
void addTargetSecrets(std::vector<SecretRange> &to, std::string_view target, std::size_t base)
{
    const std::size_t hash = std::min(target.find('#'), target.size());
    const std::size_t question = target.substr(0, hash).find('?');
    if (question != std::string_view::npos)
        addQuerySecrets(to, target.substr(question + 1, hash - question - 1), base + question + 1);
    if (hash < target.size())
        addQuerySecrets(to, target.substr(hash + 1), base + hash + 1);
}

/// RFC 3986 §3.2.1: the octets between "//" and the last "@" of the authority.
void addUserInfo(std::vector<SecretRange> &to, std::string_view url, std::size_t base)
{
    const std::size_t slashes = url.find("//");
    const std::size_t firstEnd = url.find_first_of("?#");
    if (slashes == std::string_view::npos || (firstEnd != std::string_view::npos && firstEnd < slashes))
        return;
    const std::size_t start = slashes + 2;
    const std::size_t end = std::min(url.find_first_of("/?#", start), url.size());
    const std::size_t at = url.substr(start, end - start).rfind('@');
    if (at != std::string_view::npos && at > 0)
        to.push_back({base + start, at});
}

void addUrlSecrets(std::vector<SecretRange> &to, std::string_view url, std::size_t base)
{
    addUserInfo(to, url, base);
    addTargetSecrets(to, url, base);
}

/// A long word with letters and enough digits or both cases: names of subprotocols do not look like that.
bool looksRandom(std::string_view text)
{
    constexpr std::size_t enough = 20;
    std::size_t length = 0;
    std::size_t digits = 0;
    bool upper = false;
    bool small = false;
    for (const char c : text) {
        if (!isAlnum(c) && c != '-' && c != '_' && c != '+' && c != '/' && c != '=') {
            length = digits = 0;
            upper = small = false;
            continue;
        }
        ++length;
        digits += isDigit(c) ? 1 : 0;
        upper = upper || (c >= 'A' && c <= 'Z');
        small = small || (c >= 'a' && c <= 'z');
        if (length >= enough &&
            ((digits >= 3 && (upper || small)) || digits == length || (upper && small && digits > 0)))
            return true;
    }
    return false;
}

void addSubprotocolSecrets(std::vector<SecretRange> &to, std::string_view value, std::size_t base)
{
    std::string_view before;
    for (std::size_t start = 0; start <= value.size();) {
        const std::size_t end = std::min(value.find(',', start), value.size());
        std::size_t first = start;
        std::size_t last = end;
        while (first < last && !isAlnum(value[first]) &&
               std::string_view(" \t\r\n").find(value[first]) != std::string_view::npos)
            ++first;
        while (last > first && std::string_view(" \t\r\n").find(value[last - 1]) != std::string_view::npos)
            --last;
        const std::string_view name = value.substr(first, last - first);
        for (const SecretRange &range : secretsInSubprotocol(name, before))
            to.push_back({base + first + range.offset, range.length});
        before = name;
        start = end + 1;
    }
}

/// Ends of folded lines (RFC 9112 §5.2) stay: a masked head has the lines it had.
std::vector<SecretRange> withoutLineEnds(const std::vector<SecretRange> &ranges, std::string_view text)
{
    std::vector<SecretRange> result;
    for (const SecretRange &range : ranges) {
        std::size_t start = range.offset;
        const std::size_t end = range.offset + range.length;
        for (std::size_t i = start; i <= end; ++i) {
            if (i < end && text[i] != '\r' && text[i] != '\n')
                continue;
            if (i > start)
                result.push_back({start, i - start});
            start = i + 1;
        }
    }
    return result;
}

/// Ascending and without overlap, since a field may match two rules.
void normalise(std::vector<SecretRange> &ranges)
{
    std::sort(ranges.begin(), ranges.end(),
              [](const SecretRange &a, const SecretRange &b) { return a.offset < b.offset; });
    std::vector<SecretRange> result;
    for (const SecretRange &range : ranges) {
        if (!result.empty() && range.offset < result.back().offset + result.back().length) {
            const std::size_t end = std::max(result.back().offset + result.back().length, range.offset + range.length);
            result.back().length = end - result.back().offset;
        } else {
            result.push_back(range);
        }
    }
    ranges = std::move(result);
}

} // namespace

std::vector<SecretRange> secretsInHead(protocol::OctetView head)
{
    const std::string_view text = protocol::textOf(head);
    const auto kind = text.starts_with("HTTP/") ? protocol::HeadKind::Response : protocol::HeadKind::Request;
    const protocol::HttpHead parsed = protocol::parseHead(kind, head);

    std::vector<SecretRange> ranges;
    const std::size_t fieldsStart = parsed.fields.empty() ? text.size() : parsed.fields.front().offset;
    addUrlSecrets(ranges, text.substr(0, fieldsStart), 0);
    // A parameter's value ends where the target ends.
    for (SecretRange &range : ranges) {
        const std::size_t space = text.substr(range.offset, range.length).find_first_of(" \t\r\n");
        if (space != std::string_view::npos)
            range.length = space;
    }
    for (const protocol::HeaderField &field : parsed.fields) {
        if (field.valueOffset > text.size())
            continue;
        const std::string_view value = text.substr(field.valueOffset, field.valueLength);
        if (value.empty())
            continue;
        if (isSecretField(field.name))
            ranges.push_back({field.valueOffset, value.size()});
        else if (equalsIgnoringCase(field.name, "Sec-WebSocket-Protocol"))
            addSubprotocolSecrets(ranges, value, field.valueOffset);
        else if (equalsIgnoringCase(field.name, "Location") || equalsIgnoringCase(field.name, "Referer"))
            addUrlSecrets(ranges, value, field.valueOffset);
    }
    normalise(ranges);
    return withoutLineEnds(ranges, text);
}

std::vector<SecretRange> secretsInUrl(std::string_view url)
{
    std::vector<SecretRange> ranges;
    addUrlSecrets(ranges, url, 0);
    normalise(ranges);
    return ranges;
}

std::vector<SecretRange> secretsInSubprotocol(std::string_view name, std::string_view before)
{
    if (name.empty())
        return {};
    const std::string normal = normalName(name);
    const bool announced = !before.empty() && isSecretName(before);
    const bool bearer = normal.find("bearer.") != std::string::npos || normal.starts_with("token.") ||
                        normal.starts_with("auth.") || normal.starts_with("jwt.");
    if (!announced && !bearer && !name.starts_with("eyJ") && !looksRandom(name))
        return {};
    return {{0, name.size()}};
}

protocol::Octets masked(protocol::OctetView octets, const std::vector<SecretRange> &ranges)
{
    protocol::Octets result = protocol::copyOf(octets);
    for (const SecretRange &range : ranges) {
        if (range.offset >= result.size())
            continue;
        const std::size_t length = std::min(range.length, result.size() - range.offset);
        std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(range.offset), length, std::byte{'*'});
    }
    return result;
}

std::string maskedUrl(std::string_view url)
{
    return std::string(protocol::textOf(masked(protocol::viewOf(url), secretsInUrl(url))));
}

} // namespace frameglass::capture
