// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace frameglass::analysis {

/// Counts sizes, each of its own up to `exact` and all larger ones together. Bounded, O(1) for each size.
template<std::size_t exact>
class SizeHistogram
{
public:
    void add(std::uint64_t octets)
    {
        ++m_counts[static_cast<std::size_t>(std::min<std::uint64_t>(octets, exact))];
        ++m_total;
    }

    /// `exact` stands for that many and more; also where nothing was counted.
    std::size_t median() const
    {
        std::uint64_t below = 0;
        for (std::size_t size = 0; size < m_counts.size(); ++size) {
            below += m_counts[size];
            if (below * 2 >= m_total && m_total > 0)
                return size;
        }
        return exact;
    }

private:
    std::array<std::uint32_t, exact + 1> m_counts{};
    std::uint64_t m_total = 0;
};

} // namespace frameglass::analysis
