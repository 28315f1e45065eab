// SPDX-License-Identifier: GPL-3.0-or-later
#include "close_code.h"

namespace frameglass::protocol {

std::string_view closeCodeName(std::uint16_t code)
{
    switch (code) {
    case 1000: return "Normal Closure";
    case 1001: return "Going Away";
    case 1002: return "Protocol Error";
    case 1003: return "Unsupported Data";
    case 1004: return "Reserved";
    case 1005: return "No Status Received";
    case 1006: return "Abnormal Closure";
    case 1007: return "Invalid Frame Payload Data";
    case 1008: return "Policy Violation";
    case 1009: return "Message Too Big";
    case 1010: return "Mandatory Extension";
    case 1011: return "Internal Error";
    case 1012: return "Service Restart";
    case 1013: return "Try Again Later";
    case 1014: return "Bad Gateway";
    case 1015: return "TLS Handshake";
    case 3000: return "Unauthorized";
    case 3003: return "Forbidden";
    case 3008: return "Timeout";
    default:
        if (code >= 3000 && code <= 3999)
            return "Registered";
        if (code >= 4000 && code <= 4999)
            return "Private Use";
        return {};
    }
}

bool isLegalOnTheWire(std::uint16_t code)
{
    // RFC 6455 §7.4.1: 1004 has no meaning yet; 1005, 1006 and 1015 must not be set in a Close frame.
    if (code >= 1000 && code <= 1014)
        return code != 1004 && code != 1005 && code != 1006;
    return code >= 3000 && code <= 4999;
}

} // namespace frameglass::protocol
