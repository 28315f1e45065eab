// SPDX-License-Identifier: GPL-3.0-or-later
#include "redirect.h"

#include "core/capture/secrets.h"

#include <algorithm>
#include <utility>

namespace frameglass::session {

namespace {

/// RFC 9110 §15.4; 300 and 304 lead nowhere by themselves.
bool isRedirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// "scheme" of "scheme:…", small letters; empty for a relative reference (RFC 3986 §4.2).
std::string schemeOf(std::string_view reference)
{
    const auto end = reference.find_first_of(":/?#");
    if (end == std::string_view::npos || end == 0 || reference[end] != ':')
        return {};
    return lowered(reference.substr(0, end));
}

/// RFC 3986 §5.2.4, for a path that begins with "/".
std::string withoutDotSegments(std::string_view path)
{
    std::vector<std::string_view> segments;
    bool endsInFolder = false;
    for (std::size_t start = 1; start <= path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        const auto segment = path.substr(start, end - start);
        const bool up = segment == "..";
        if (up && !segments.empty())
            segments.pop_back();
        endsInFolder = up || segment == ".";
        if (!endsInFolder)
            segments.push_back(segment);
        start = end + 1;
    }
    std::string result;
    for (const auto segment : segments)
        result.append("/").append(segment);
    return endsInFolder || result.empty() ? result + '/' : result;
}

/// Path and query of a relative reference, seen from the base's (RFC 3986 §5.2.2, §5.2.3).
std::string resourceOf(std::string_view base, std::string_view reference)
{
    if (reference.empty())
        return std::string(base);
    const auto basePath = base.substr(0, base.find('?'));
    if (reference.starts_with('?'))
        return std::string(basePath).append(reference);
    const auto query = std::min(reference.find('?'), reference.size());
    std::string path(reference.substr(0, query));
    if (!path.starts_with('/'))
        path = std::string(basePath.substr(0, basePath.rfind('/') + 1)) + path;
    return withoutDotSegments(path).append(reference.substr(query));
}

bool isSecretField(const protocol::HandshakeRequest::ExtraField &field)
{
    const auto head = "GET / HTTP/1.1\r\n" + field.name + ": " + field.value + "\r\n\r\n";
    return !capture::secretsInHead(protocol::viewOf(head)).empty();
}

void forgetSecrets(ClientOptions &options)
{
    options.basicUser.clear();
    options.basicPassword.clear();
    options.bearerToken.clear();
    options.cookies.clear();
    std::erase_if(options.headers, isSecretField);
}

} // namespace

std::variant<std::string, RedirectError> resolveLocation(const std::string &base, std::string_view location)
{
    const auto parsed = parseTarget(base);
    const auto *from = std::get_if<Target>(&parsed);
    if (!from)
        return RedirectError::LocationInvalid;
    location = location.substr(0, location.find('#'));
    const auto resourceStart = base.size() - std::min(base.size(), from->resource.size());
    const auto scheme = schemeOf(location);
    std::string url;
    if (!scheme.empty()) {
        if (scheme != "ws" && scheme != "wss" && scheme != "http" && scheme != "https")
            return RedirectError::SchemeUnsupported; // a server has no say about sockets of this machine either
        const bool secure = scheme == "wss" || scheme == "https";
        url = std::string(secure ? "wss" : "ws").append(location.substr(scheme.size()));
    } else if (location.starts_with("//")) {
        url = std::string(from->isSecure() ? "wss:" : "ws:").append(location);
    } else {
        // What stands before the resource; a base without a path has none to cut off.
        const bool hasResource = std::string_view(base).substr(resourceStart) == from->resource;
        auto start = hasResource ? base.substr(0, resourceStart) : base.substr(0, base.find('?'));
        url = std::move(start) + resourceOf(from->resource, location);
    }
    if (!std::holds_alternative<Target>(parseTarget(url)))
        return RedirectError::LocationInvalid;
    return url;
}

ClientOptions redirected(const ClientOptions &from, const std::string &url, capture::ConnectionId of)
{
    auto next = from;
    next.url = url;
    next.redirectedFrom = of;
    const auto parsedOld = parseTarget(from.url);
    const auto parsedNew = parseTarget(url);
    const auto &before = std::get<Target>(parsedOld);
    const auto &after = std::get<Target>(parsedNew);
    const bool sameHost = lowered(before.host) == lowered(after.host) && before.isLocal() == after.isLocal();
    // From http to https on their default ports is the same server.
    const bool upgraded = !before.isSecure() && after.isSecure() && before.port == 80 && after.port == 443;
    const bool samePort = before.port == after.port || upgraded;
    if (!sameHost) {
        next.serverName.reset();
        std::erase_if(next.addresses, [](const GivenAddress &given) { return given.host.empty(); });
    }
    if (!sameHost || !samePort || (before.isSecure() && !after.isSecure())) {
        forgetSecrets(next);
    } else if (after.userInfo.empty() && next.basicUser.empty() && next.basicPassword.empty()) {
        const auto colon = before.userInfo.find(':');
        next.basicUser = before.userInfo.substr(0, colon);
        next.basicPassword = colon == std::string::npos ? std::string() : before.userInfo.substr(colon + 1);
    }
    return next;
}

RedirectSeries::RedirectSeries(ClientOptions first, std::uint32_t most) : m_current(std::move(first)), m_most(most) {}

bool RedirectSeries::follow(const protocol::HttpHead &response, capture::ConnectionId of)
{
    m_error.reset();
    if (m_most == 0 || !isRedirect(response.status))
        return false;
    const auto *location = response.find("Location");
    if (!location || location->value.empty())
        return end(RedirectError::LocationMissing);
    auto resolved = resolveLocation(m_current.url, location->value);
    if (const auto *error = std::get_if<RedirectError>(&resolved))
        return end(*error);
    auto &to = std::get<std::string>(resolved);
    const bool seen = std::any_of(m_hops.begin(), m_hops.end(), [&to](const auto &hop) { return hop.url == to; });
    if (seen || to == m_current.url)
        return end(RedirectError::Loop);
    if (m_hops.size() >= m_most)
        return end(RedirectError::TooMany);
    m_hops.push_back({of, m_current.url, response.status, to});
    m_current = redirected(m_current, to, of);
    return true;
}

std::uint32_t RedirectSeries::left() const
{
    return m_most - static_cast<std::uint32_t>(m_hops.size());
}

bool RedirectSeries::end(RedirectError error)
{
    m_error = error;
    return false;
}

} // namespace frameglass::session
