// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/cusum.h"

#include <gtest/gtest.h>

namespace frameglass::analysis::test {

using namespace std::chrono_literals;

/// One sample a second of that value; the alarms.
std::vector<Cusum::Alarm> feed(Cusum &cusum, int from, int to, double value)
{
    std::vector<Cusum::Alarm> alarms;
    for (int second = from; second < to; ++second)
        if (const auto alarm = cusum.add(std::chrono::seconds(second), value))
            alarms.push_back(*alarm);
    return alarms;
}

TEST(Cusum, isSilentWhileNothingChanges)
{
    Cusum cusum({});
    EXPECT_TRUE(feed(cusum, 0, 600, 7).empty());
}

/// g grows by 6 - 0 - 2 = 4 a second: over 15 at the fourth.
TEST(Cusum, tellsAShiftWhenItsSumIsOverTheThreshold)
{
    Cusum cusum({});
    feed(cusum, 0, 60, 0);
    const auto alarms = feed(cusum, 60, 64, 6);
    ASSERT_EQ(alarms.size(), 1u);
    EXPECT_EQ(alarms[0].began, 60s);
    EXPECT_EQ(alarms[0].time, 63s);
    EXPECT_DOUBLE_EQ(alarms[0].before, 0);
    EXPECT_DOUBLE_EQ(alarms[0].since, 6);
}

TEST(Cusum, aShiftBelowTheDriftIsNone)
{
    Cusum cusum({});
    feed(cusum, 0, 60, 0);
    EXPECT_TRUE(feed(cusum, 60, 600, 1.9).empty());
}

TEST(Cusum, alarmsAreApart)
{
    Cusum cusum({});
    feed(cusum, 0, 60, 0);
    const auto alarms = feed(cusum, 60, 130, 100);
    ASSERT_GE(alarms.size(), 2u);
    for (std::size_t i = 1; i < alarms.size(); ++i)
        EXPECT_GE(alarms[i].time - alarms[i - 1].time, 30s);
}

TEST(Cusum, comparesWithNothingBeforeItHasSamples)
{
    Cusum cusum({});
    EXPECT_TRUE(feed(cusum, 0, 5, 1000).empty());
}

} // namespace frameglass::analysis::test
