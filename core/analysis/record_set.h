// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace frameglass::analysis {

/// Records by their ids: which rows a view shows, what a filter found. A bit a record in blocks that exist only where
/// one is set, with a count before each block, so that the n-th record and the place of a record are found at once
/// among millions.
class RecordSet
{
public:
    using RecordId = capture::RecordId;

    /// O(1) for ids that ascend; an earlier one costs a step for each block behind it. Ids above `largest` are left
    /// out: only a damaged file has them.
    void add(RecordId id);
    static constexpr RecordId largest = RecordId(1) << 31;
    void clear();

    bool contains(RecordId id) const;
    std::uint64_t size() const { return m_size; }
    bool empty() const { return m_size == 0; }
    /// The records up to and including `id`.
    std::uint64_t rank(RecordId id) const;
    /// The record with `index` others before it; `index` below size().
    RecordId at(std::uint64_t index) const;
    /// Octets held.
    std::size_t memory() const;

    friend RecordSet unite(std::span<const RecordSet *const> sets);
    friend RecordSet intersect(const RecordSet &a, const RecordSet &b);
    friend RecordSet slice(const RecordSet &set, RecordId first, RecordId last);

private:
    static constexpr std::size_t blockWords = 32;
    static constexpr std::size_t blockBits = blockWords * 64;
    using Words = std::array<std::uint64_t, blockWords>;
    static constexpr std::uint32_t none = ~std::uint32_t(0);

    struct Block
    {
        std::uint64_t before = 0; ///< records in the blocks before
        std::uint32_t words = none;
    };

    const Words *wordsOf(std::size_t block) const
    {
        return block < m_blocks.size() && m_blocks[block].words != none ? &m_words[m_blocks[block].words] : nullptr;
    }
    void append(const Words &words);

    std::vector<Block> m_blocks;
    std::vector<Words> m_words;
    std::uint64_t m_size = 0;
};

/// What is in any of them.
RecordSet unite(std::span<const RecordSet *const> sets);
/// What is in both.
RecordSet intersect(const RecordSet &a, const RecordSet &b);
/// Those of the set from `first` to `last`, both included.
RecordSet slice(const RecordSet &set, capture::RecordId first, capture::RecordId last);

} // namespace frameglass::analysis
