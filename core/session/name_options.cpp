// SPDX-License-Identifier: GPL-3.0-or-later
#include "name_options.h"

#include "target.h"

#include <asio/ip/address.hpp>

#include <utility>

namespace frameglass::session {

std::optional<std::string> parseAddress(std::string_view text)
{
    if (text.starts_with('[') && text.ends_with(']'))
        text = text.substr(1, text.size() - 2);
    asio::error_code error;
    asio::ip::make_address(std::string(text), error);
    return error ? std::nullopt : std::optional<std::string>(text);
}

std::optional<GivenAddress> parseGivenAddress(std::string_view text)
{
    const auto bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
    const auto afterHost = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const auto afterPort = afterHost == std::string_view::npos ? afterHost : text.find(':', afterHost + 1);
    if (afterPort == std::string_view::npos)
        return {};
    auto parsed = parseAuthority(text.substr(0, afterPort));
    auto *authority = std::get_if<Authority>(&parsed);
    const auto address = parseAddress(text.substr(afterPort + 1));
    if (!authority || !authority->port || !authority->userInfo.empty() || !address)
        return {};
    return GivenAddress{std::move(authority->host), *authority->port, *address};
}

std::optional<std::string> parseNameServer(std::string_view text)
{
    if (const auto address = parseAddress(text))
        return address->find(':') == std::string::npos ? *address : '[' + *address + ']';
    const auto parsed = parseAuthority(text);
    const auto *authority = std::get_if<Authority>(&parsed);
    if (!authority || !authority->port || !authority->userInfo.empty() || !parseAddress(authority->host))
        return {};
    return std::string(text);
}

} // namespace frameglass::session
