// SPDX-License-Identifier: GPL-3.0-or-later
#include "order.h"

#include "core/protocol/close_code.h"
#include "core/protocol/frame.h"

#include <charconv>

namespace frameglass::session {

namespace {

std::variant<Order, OrderFault> parseClose(std::string_view rest, std::size_t position)
{
    if (rest.empty())
        return CloseOrder{};
    unsigned code = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), code);
    const auto digits = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc() || code > 65535 || (digits < rest.size() && rest[digits] != ' '))
        return OrderFault{OrderError::CodeInvalid, position};
    std::string_view reason = rest.substr(std::min(digits + 1, rest.size()));
    if (reason.size() > protocol::maximumReasonOctets)
        return OrderFault{OrderError::ReasonTooLong, position + digits + 1};
    return CloseOrder{static_cast<std::uint16_t>(code), std::string(reason)};
}

} // namespace

std::variant<Order, OrderFault> parseOrder(std::string_view line)
{
    if (line.empty() || line.front() != '/')
        return TextOrder{std::string(line)};
    if (line.starts_with("//"))
        return TextOrder{std::string(line.substr(1))};
    const auto space = line.find(' ');
    const std::string_view command = line.substr(1, space == std::string_view::npos ? space : space - 1);
    const std::size_t position = space == std::string_view::npos ? line.size() : space + 1;
    const std::string_view rest = line.substr(position);
    if (command == "close")
        return parseClose(rest, position);
    if (command != "ping" && command != "pong")
        return OrderFault{OrderError::UnknownCommand, 0};
    if (rest.size() > protocol::maximumControlPayload)
        return OrderFault{OrderError::PayloadTooLong, position};
    if (command == "pong")
        return PongOrder{std::string(rest)};
    return PingOrder{rest.empty() ? std::nullopt : std::optional(std::string(rest))};
}

} // namespace frameglass::session
