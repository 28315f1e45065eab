// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/record_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

using frameglass::analysis::intersect;
using frameglass::analysis::RecordSet;
using frameglass::analysis::unite;
using frameglass::capture::RecordId;

namespace {

/// Ids with runs, gaps of more than a block, and the places where blocks and words meet.
std::set<RecordId> someIds(std::uint32_t seed)
{
    std::mt19937_64 random(seed);
    std::set<RecordId> ids{1, 63, 64, 127, 2047, 2048, 4095, 4096};
    RecordId at = 5000;
    for (int run = 0; run < 60; ++run) {
        at += random() % 3 == 0 ? 3000 + random() % 9000 : random() % 70;
        for (std::uint64_t left = random() % 200; left > 0; --left)
            ids.insert(at++);
    }
    return ids;
}

RecordSet setOf(const std::set<RecordId> &ids)
{
    RecordSet set;
    for (const RecordId id : ids)
        set.add(id);
    return set;
}

std::vector<RecordId> idsOf(const RecordSet &set)
{
    std::vector<RecordId> ids;
    for (std::uint64_t i = 0; i < set.size(); ++i)
        ids.push_back(set.at(i));
    return ids;
}

} // namespace

TEST(RecordSet, AnswersAsAListWould)
{
    const auto ids = someIds(1);
    const RecordSet set = setOf(ids);
    ASSERT_EQ(set.size(), ids.size());
    EXPECT_EQ(idsOf(set), std::vector<RecordId>(ids.begin(), ids.end()));
    for (RecordId id = 0; id <= *ids.rbegin() + 5000; ++id) {
        ASSERT_EQ(set.contains(id), ids.contains(id)) << id;
        ASSERT_EQ(set.rank(id), static_cast<std::uint64_t>(std::distance(ids.begin(), ids.upper_bound(id)))) << id;
    }
}

TEST(RecordSet, TakesIdsInAnyOrderAndTwice)
{
    const auto ids = someIds(2);
    std::vector<RecordId> shuffled(ids.begin(), ids.end());
    std::ranges::shuffle(shuffled, std::mt19937(3));
    RecordSet set;
    for (const RecordId id : shuffled) {
        set.add(id);
        set.add(id);
    }
    EXPECT_EQ(idsOf(set), std::vector<RecordId>(ids.begin(), ids.end()));
    set.clear();
    EXPECT_TRUE(set.empty());
    EXPECT_EQ(set.rank(10), 0u);
}

TEST(RecordSet, UnitesAndIntersects)
{
    const auto first = someIds(4);
    const auto second = someIds(5);
    std::vector<RecordId> either;
    std::vector<RecordId> both;
    std::ranges::set_union(first, second, std::back_inserter(either));
    std::ranges::set_intersection(first, second, std::back_inserter(both));
    const RecordSet a = setOf(first);
    const RecordSet b = setOf(second);
    const RecordSet *const sets[] = {&a, &b};
    EXPECT_EQ(idsOf(unite(sets)), either);
    EXPECT_EQ(idsOf(intersect(a, b)), both);
    RecordSet grown = unite(sets);
    grown.add(either.back() + 1);
    EXPECT_EQ(grown.at(grown.size() - 1), either.back() + 1);
}

TEST(RecordSet, Slices)
{
    const auto ids = someIds(6);
    const RecordSet set = setOf(ids);
    std::mt19937 random(7);
    std::uniform_int_distribution<RecordId> any(0, *ids.rbegin() + 100);
    for (int round = 0; round < 200; ++round) {
        const RecordId first = any(random);
        const RecordId last = round % 4 == 0 ? first + round % 130 : any(random);
        std::vector<RecordId> wanted;
        for (const RecordId id : ids)
            if (id >= first && id <= last)
                wanted.push_back(id);
        ASSERT_EQ(idsOf(slice(set, first, last)), wanted) << first << " to " << last;
    }
    EXPECT_EQ(idsOf(slice(set, 0, ~RecordId(0))), std::vector<RecordId>(ids.begin(), ids.end()));
}

TEST(RecordSet, AMillionDenseRecordsTakeLittleMoreThanABitEach)
{
    RecordSet set;
    constexpr RecordId count = 1'000'000;
    for (RecordId id = 1; id <= count; ++id)
        set.add(id);
    EXPECT_LT(set.memory(), count / 8 * 5 / 2); // vectors grow ahead of their need
}

// What a damaged file says must not decide how much memory is taken.
TEST(RecordSet, LeavesOutIdsThatNoCaptureHas)
{
    RecordSet set;
    set.add(RecordId(1) << 62);
    set.add(7);
    EXPECT_EQ(set.size(), 1u);
    EXPECT_FALSE(set.contains(RecordId(1) << 62));
    EXPECT_LT(set.memory(), 4096u);
}
