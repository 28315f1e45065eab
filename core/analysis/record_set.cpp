// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_set.h"

#include <algorithm>
#include <bit>

namespace frameglass::analysis {

namespace {

std::uint32_t bitsIn(std::span<const std::uint64_t> words)
{
    std::uint32_t count = 0;
    for (const std::uint64_t word : words)
        count += static_cast<std::uint32_t>(std::popcount(word));
    return count;
}

} // namespace

void RecordSet::add(RecordId id)
{
    if (id > largest)
        return;
    const auto number = static_cast<std::size_t>(id / blockBits);
    while (m_blocks.size() <= number)
        m_blocks.push_back({.before = m_size});
    Block &block = m_blocks[number];
    if (block.words == none) {
        block.words = static_cast<std::uint32_t>(m_words.size());
        m_words.emplace_back();
    }
    std::uint64_t &word = m_words[block.words][id % blockBits / 64];
    const std::uint64_t bit = std::uint64_t(1) << id % 64;
    if ((word & bit) != 0)
        return;
    word |= bit;
    ++m_size;
    for (std::size_t behind = number + 1; behind < m_blocks.size(); ++behind)
        ++m_blocks[behind].before;
}

void RecordSet::clear()
{
    *this = {};
}

bool RecordSet::contains(RecordId id) const
{
    const Words *words = wordsOf(static_cast<std::size_t>(id / blockBits));
    return words && ((*words)[id % blockBits / 64] >> id % 64 & 1) != 0;
}

std::uint64_t RecordSet::rank(RecordId id) const
{
    const auto number = static_cast<std::size_t>(id / blockBits);
    if (number >= m_blocks.size())
        return m_size;
    std::uint64_t count = m_blocks[number].before;
    if (const Words *words = wordsOf(number)) {
        const std::size_t last = id % blockBits / 64;
        count += bitsIn(std::span(*words).first(last));
        count += static_cast<std::uint64_t>(std::popcount((*words)[last] << (63 - id % 64)));
    }
    return count;
}

RecordSet::RecordId RecordSet::at(std::uint64_t index) const
{
    // The last block with no more than `index` records before it; among empty ones that is the one that has some.
    const auto after = std::ranges::upper_bound(m_blocks, index, {}, &Block::before);
    const auto number = static_cast<std::size_t>(after - m_blocks.begin()) - 1;
    std::uint64_t left = index - m_blocks[number].before;
    const Words &words = m_words[m_blocks[number].words];
    std::size_t place = 0;
    for (;; ++place) {
        const auto count = static_cast<std::uint64_t>(std::popcount(words[place]));
        if (left < count)
            break;
        left -= count;
    }
    std::uint64_t word = words[place];
    for (; left > 0; --left)
        word &= word - 1; // without its lowest bit
    return number * blockBits + place * 64 + static_cast<std::size_t>(std::countr_zero(word));
}

std::size_t RecordSet::memory() const
{
    return m_blocks.capacity() * sizeof(Block) + m_words.capacity() * sizeof(Words);
}

void RecordSet::append(const Words &words)
{
    Block block{.before = m_size};
    const std::uint32_t count = bitsIn(words);
    if (count > 0) {
        block.words = static_cast<std::uint32_t>(m_words.size());
        m_words.push_back(words);
        m_size += count;
    }
    m_blocks.push_back(block);
}

RecordSet unite(std::span<const RecordSet *const> sets)
{
    std::size_t blocks = 0;
    for (const RecordSet *set : sets)
        blocks = std::max(blocks, set->m_blocks.size());
    RecordSet result;
    for (std::size_t number = 0; number < blocks; ++number) {
        RecordSet::Words all{};
        for (const RecordSet *set : sets)
            if (const RecordSet::Words *words = set->wordsOf(number))
                for (std::size_t i = 0; i < all.size(); ++i)
                    all[i] |= (*words)[i];
        result.append(all);
    }
    return result;
}

RecordSet intersect(const RecordSet &a, const RecordSet &b)
{
    RecordSet result;
    const std::size_t blocks = std::min(a.m_blocks.size(), b.m_blocks.size());
    for (std::size_t number = 0; number < blocks; ++number) {
        RecordSet::Words both{};
        const RecordSet::Words *left = a.wordsOf(number);
        const RecordSet::Words *right = b.wordsOf(number);
        if (left && right)
            for (std::size_t i = 0; i < both.size(); ++i)
                both[i] = (*left)[i] & (*right)[i];
        result.append(both);
    }
    return result;
}

RecordSet slice(const RecordSet &set, capture::RecordId first, capture::RecordId last)
{
    RecordSet result;
    for (std::size_t number = 0; number < set.m_blocks.size(); ++number) {
        const RecordSet::RecordId start = number * RecordSet::blockBits;
        RecordSet::Words kept{};
        const RecordSet::Words *words = set.wordsOf(number);
        if (words && start + RecordSet::blockBits > first && start <= last)
            kept = *words;
        for (std::size_t i = 0; i < kept.size(); ++i) {
            const RecordSet::RecordId from = start + i * 64;
            if (from + 63 < first || from > last)
                kept[i] = 0;
            else if (from < first)
                kept[i] &= ~std::uint64_t(0) << (first - from);
            if (from <= last && last - from < 63)
                kept[i] &= ~std::uint64_t(0) >> (63 - (last - from));
        }
        result.append(kept);
    }
    return result;
}

} // namespace frameglass::analysis
