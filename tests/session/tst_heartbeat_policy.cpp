// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/heartbeat_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace frameglass;
using namespace frameglass::session;
using capture::HeartbeatKind;
using capture::HeartbeatRecord;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

class HeartbeatPolicyTest : public testing::Test
{
protected:
    HeartbeatPolicy &open(HeartbeatOptions options)
    {
        m_policy.emplace(options);
        m_policy->opened(start);
        return *m_policy;
    }
    /// "ping", "pong abc", "left 1", "matched 1 20ms"…, and the payload of the last ping.
    std::vector<std::string> take()
    {
        static const char *const kinds[] = {"left", "matched", "late", "unsolicited", "missed", "delayed", "withheld"};
        std::vector<std::string> words;
        for (auto &action : m_policy->takeActions()) {
            if (auto *ping = std::get_if<HeartbeatPolicy::SendPing>(&action)) {
                lastPing = ping->payload;
                words.emplace_back("ping");
            } else if (auto *pong = std::get_if<HeartbeatPolicy::SendPong>(&action)) {
                words.push_back("pong " + std::string(protocol::textOf(pong->payload)));
            } else {
                const auto &record = std::get<HeartbeatRecord>(action);
                auto word = std::string(kinds[static_cast<int>(record.kind)]);
                if (record.id)
                    word += ' ' + std::to_string(record.id);
                if (record.rtt)
                    word += ' ' + std::to_string(std::chrono::duration_cast<milliseconds>(*record.rtt).count()) + "ms";
                words.push_back(word);
            }
        }
        return words;
    }

    const TimePoint start = TimePoint(seconds(1000));
    std::optional<HeartbeatPolicy> m_policy;
    protocol::Octets lastPing;
};

using Words = std::vector<std::string>;

HeartbeatOptions every(Nanoseconds interval, Nanoseconds timeout)
{
    HeartbeatOptions options;
    options.pingInterval = interval;
    options.pingTimeout = timeout;
    return options;
}

HeartbeatOptions answering(AutoPong mode, Nanoseconds delay = {})
{
    HeartbeatOptions options;
    options.autoPong = mode;
    options.pongDelay = delay;
    return options;
}

protocol::OctetView view(std::string_view text)
{
    return protocol::viewOf(text);
}

} // namespace

TEST_F(HeartbeatPolicyTest, PingsKeepTheirSchedule)
{
    auto &policy = open(every(seconds(10), seconds(20)));
    EXPECT_EQ(policy.nextDeadline(), start + seconds(10));
    policy.advanceTo(start + seconds(10) - milliseconds(1));
    EXPECT_EQ(take(), Words{});
    policy.advanceTo(start + seconds(10) + milliseconds(3));
    EXPECT_EQ(take(), (Words{"ping", "left 1"}));
    EXPECT_EQ(policy.nextPing(), start + seconds(20)); // late by 3 ms, yet no drift
}

TEST_F(HeartbeatPolicyTest, AfterAPauseThereIsNoBurst)
{
    auto &policy = open(every(seconds(10), seconds(3600)));
    policy.advanceTo(start + seconds(95));
    EXPECT_EQ(take(), (Words{"ping", "left 1"}));
    EXPECT_EQ(policy.nextPing(), start + seconds(105));
}

TEST_F(HeartbeatPolicyTest, ThePayloadIsIdAndTimeBigEndian)
{
    auto &policy = open({});
    policy.pingNow(start);
    take();
    ASSERT_EQ(lastPing.size(), 16u);
    EXPECT_EQ(protocol::toHex(lastPing), "0000000000000001000000e8d4a51000"); // 1000 s in ns
}

TEST_F(HeartbeatPolicyTest, PongsAreMatchedByPayloadNotByOrder)
{
    auto &policy = open({});
    policy.pingNow(start);
    take();
    const auto first = lastPing;
    policy.pingNow(start + milliseconds(10));
    take();
    const auto second = lastPing;
    policy.pongReceived(second, start + milliseconds(30));
    policy.pongReceived(first, start + milliseconds(50));
    EXPECT_EQ(take(), (Words{"matched 2 20ms", "matched 1 50ms"}));
}

TEST_F(HeartbeatPolicyTest, AChosenPayloadIsMatchedToo)
{
    auto &policy = open({});
    policy.pingNow(view("hello"), start);
    policy.pongReceived(view("hello"), start + milliseconds(7));
    EXPECT_EQ(take(), (Words{"ping", "left 1", "matched 1 7ms"}));
    EXPECT_EQ(protocol::textOf(lastPing), "hello");
}

TEST_F(HeartbeatPolicyTest, APingThatLeftByAnotherWayIsMatchedButNotSentAgain)
{
    auto &policy = open({});
    policy.pingLeft(view("raw"), start);
    policy.pongReceived(view("raw"), start + milliseconds(7));
    EXPECT_EQ(take(), (Words{"left 1", "matched 1 7ms"}));
}

TEST_F(HeartbeatPolicyTest, UnsolicitedPongs)
{
    auto &policy = open({});
    policy.pongReceived(view(""), start);
    policy.pingNow(start);
    take();
    const auto ping = lastPing;
    policy.pongReceived(ping, start + milliseconds(1));
    policy.pongReceived(ping, start + milliseconds(2)); // answered twice
    auto cut = ping;
    cut.pop_back();
    policy.pongReceived(cut, start + milliseconds(3));
    EXPECT_EQ(take(), (Words{"matched 1 1ms", "unsolicited", "unsolicited"}));
}

TEST_F(HeartbeatPolicyTest, MissedThenLate)
{
    auto &policy = open(every(seconds(60), seconds(5)));
    policy.pingNow(start);
    take();
    EXPECT_EQ(policy.nextDeadline(), start + seconds(5));
    policy.advanceTo(start + seconds(5));
    EXPECT_EQ(take(), Words{"missed 1"});
    policy.advanceTo(start + seconds(6));
    EXPECT_EQ(take(), Words{}); // missed once only
    policy.pongReceived(lastPing, start + seconds(7));
    EXPECT_EQ(take(), Words{"late 1 7000ms"});
}

TEST_F(HeartbeatPolicyTest, LateBeforeTheDeadlineWasServed)
{
    auto &policy = open(every(seconds(60), seconds(5)));
    policy.pingNow(start);
    take();
    policy.pongReceived(lastPing, start + seconds(6));
    EXPECT_EQ(take(), (Words{"missed 1", "late 1 6000ms"}));
}

TEST_F(HeartbeatPolicyTest, AutoPongOnIsThePeersWork)
{
    auto &policy = open(answering(AutoPong::On));
    policy.pingReceived(view("x"), start);
    EXPECT_EQ(take(), Words{});
    EXPECT_FALSE(policy.nextDeadline());
}

TEST_F(HeartbeatPolicyTest, AutoPongOffWithholds)
{
    auto &policy = open(answering(AutoPong::Off));
    policy.pingReceived(view("x"), start);
    EXPECT_EQ(take(), Words{"withheld"});
}

TEST_F(HeartbeatPolicyTest, DelayedPongsKeepTheirOrder)
{
    auto &policy = open(answering(AutoPong::Delayed, seconds(2)));
    policy.pingReceived(view("a"), start);
    policy.pingReceived(view("b"), start + seconds(1));
    EXPECT_EQ(take(), (Words{"delayed 2000ms", "delayed 2000ms"}));
    EXPECT_EQ(policy.nextDeadline(), start + seconds(2));
    policy.advanceTo(start + seconds(2));
    EXPECT_EQ(take(), Words{"pong a"});
    policy.advanceTo(start + seconds(3));
    EXPECT_EQ(take(), Words{"pong b"});
}

TEST_F(HeartbeatPolicyTest, SwitchedOffForgetsWaitingPongs)
{
    auto &policy = open(answering(AutoPong::Delayed, seconds(2)));
    policy.pingReceived(view("a"), start);
    take();
    policy.setAutoPong(AutoPong::Off, {});
    policy.advanceTo(start + seconds(5));
    EXPECT_EQ(take(), Words{});
}

TEST_F(HeartbeatPolicyTest, AFloodOfPingsIsBounded)
{
    auto &policy = open(answering(AutoPong::Delayed, seconds(1)));
    for (std::size_t i = 0; i < HeartbeatPolicy::maximumDelayed + 10; ++i)
        policy.pingReceived(view(std::to_string(i)), start);
    take();
    policy.advanceTo(start + seconds(1));
    const auto words = take();
    EXPECT_EQ(words.size(), HeartbeatPolicy::maximumDelayed);
    EXPECT_EQ(words.front(), "pong 10"); // the oldest gave way
}

TEST_F(HeartbeatPolicyTest, StoppedSaysNothing)
{
    auto &policy = open(every(seconds(1), seconds(1)));
    policy.pingNow(start);
    policy.stopped();
    EXPECT_FALSE(policy.nextDeadline());
    policy.advanceTo(start + seconds(100));
    policy.pingNow(start);
    policy.pongReceived(view("x"), start);
    EXPECT_EQ(take(), Words{});
}

TEST_F(HeartbeatPolicyTest, AnIntervalOfZeroIsNone)
{
    EXPECT_FALSE(open(every(seconds(0), seconds(1))).nextDeadline());
}
