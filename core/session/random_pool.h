// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/frame.h"

#include <array>
#include <cstddef>
#include <span>

namespace frameglass::session {

/// Unpredictable octets (RFC 6455 §5.3, §10.3) from the system's generator, fetched many at a time. Not thread-safe.
class RandomPool
{
public:
    void fill(std::span<std::byte> to);
    protocol::MaskKey maskKey();

private:
    std::array<std::byte, 4096> m_pool;
    std::size_t m_used = sizeof(m_pool);
};

} // namespace frameglass::session
