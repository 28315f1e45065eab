// SPDX-License-Identifier: GPL-3.0-or-later
#include "random_pool.h"

#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

namespace frameglass::session {

void RandomPool::fill(std::span<std::byte> to)
{
    while (!to.empty()) {
        if (m_used == m_pool.size()) {
            if (RAND_bytes(reinterpret_cast<unsigned char *>(m_pool.data()), static_cast<int>(m_pool.size())) != 1)
                throw std::runtime_error("the system has no random octets");
            m_used = 0;
        }
        const auto count = std::min(to.size(), m_pool.size() - m_used);
        std::copy_n(m_pool.begin() + static_cast<std::ptrdiff_t>(m_used), count, to.begin());
        m_used += count;
        to = to.subspan(count);
    }
}

protocol::MaskKey RandomPool::maskKey()
{
    protocol::MaskKey key;
    fill(key);
    return key;
}

} // namespace frameglass::session
