// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace frameglass::session {

/// What a line typed into the composer or into `fglass connect` asks for.
struct TextOrder
{
    std::string text;
};
struct PingOrder
{
    std::optional<std::string> payload; ///< absent: one of ours with id and time
};
struct PongOrder
{
    std::string payload;
};
struct CloseOrder
{
    std::optional<std::uint16_t> code; ///< absent: a Close frame without payload
    std::string reason;
};
using Order = std::variant<TextOrder, PingOrder, PongOrder, CloseOrder>;

enum class OrderError {
    UnknownCommand,
    PayloadTooLong, ///< more than 125 octets for ping and pong
    CodeInvalid,    ///< no number from 0 to 65535
    ReasonTooLong,  ///< more than 123 octets
};

struct OrderFault
{
    OrderError error;
    std::size_t position = 0; ///< octet of the line where the fault is
};

/// `/ping [TEXT]`, `/pong [TEXT]`, `/close [CODE [REASON]]`; `//…` is text that begins with one slash; anything else is
/// a text message. Close codes are not judged: sending an illegal one is a use of this program.
std::variant<Order, OrderFault> parseOrder(std::string_view line);

} // namespace frameglass::session
