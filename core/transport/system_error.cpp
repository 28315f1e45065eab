// SPDX-License-Identifier: GPL-3.0-or-later
#include "system_error.h"

#include <asio/detail/config.hpp>

#if defined(ASIO_WINDOWS)
#include <ws2tcpip.h>
#else
#include <netdb.h>
#endif

namespace frameglass::transport {

SystemError systemErrorOf(const std::error_code &error)
{
    if (!error)
        return {};
    return {error.value(), error.message()};
}

SystemError lookupErrorOf(int number, int systemNumber)
{
#if defined(EAI_SYSTEM)
    if (number == EAI_SYSTEM)
        return {number, std::error_code(systemNumber, std::system_category()).message()};
#endif
    if (number == 0)
        return {};
#if defined(ASIO_WINDOWS)
    static_cast<void>(systemNumber);
    return {number, ::gai_strerrorA(number)};
#else
    return {number, ::gai_strerror(number)};
#endif
}

} // namespace frameglass::transport
