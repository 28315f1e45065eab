// SPDX-License-Identifier: GPL-3.0-or-later
#include "descriptor_limit.h"

#include <asio/detail/config.hpp>

#if !defined(ASIO_WINDOWS)
#include <sys/resource.h>
#endif

namespace frameglass::transport {

#if defined(ASIO_WINDOWS)
std::optional<std::size_t> raiseDescriptorLimit()
{
    return {}; // sockets are handles, bounded by memory alone
}
#else
std::optional<std::size_t> raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return {};
    if (limit.rlim_cur != limit.rlim_max) {
        rlimit wanted = limit;
        wanted.rlim_cur = limit.rlim_max;
        if (::setrlimit(RLIMIT_NOFILE, &wanted) == 0)
            limit = wanted; // macOS refuses "unlimited": what held before still holds
    }
    if (limit.rlim_cur == RLIM_INFINITY)
        return {};
    return static_cast<std::size_t>(limit.rlim_cur);
}
#endif

} // namespace frameglass::transport
