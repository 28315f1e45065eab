// SPDX-License-Identifier: GPL-3.0-or-later
#include "records.h"

#include <gtest/gtest.h>

namespace frameglass::analysis::test {

using capture::HeartbeatKind;

TEST(HeartbeatTrack, matchesPongsByPayload)
{
    Records records;
    const auto ping = records.at(1s).frame(Direction::Sent, Opcode::Ping, "one");
    records.heartbeat(HeartbeatKind::PingSent, 7);
    const auto pong = records.at(1s + 3ms).frame(Direction::Received, Opcode::Pong, "one");
    const auto heartbeat = records.facts().heartbeat;
    ASSERT_EQ(heartbeat.pings().size(), 1u);
    const auto &fact = heartbeat.pings()[0];
    EXPECT_EQ(fact.pingRecord, ping);
    EXPECT_EQ(fact.pongRecord, pong);
    EXPECT_EQ(fact.id, 7u);
    EXPECT_EQ(fact.rtt, 3ms);
    EXPECT_EQ(heartbeat.matched, 1u);
    EXPECT_EQ(heartbeat.lastRtt, 3ms);
    EXPECT_EQ(heartbeat.unsolicited, 0u);
}

TEST(HeartbeatTrack, takesTheIdFromARecordBeforeTheFrame)
{
    Records records;
    records.heartbeat(HeartbeatKind::PingSent, 7);
    records.frame(Direction::Sent, Opcode::Ping, "one");
    EXPECT_EQ(records.facts().heartbeat.pings()[0].id, 7u);
}

TEST(HeartbeatTrack, countsMissedInARow)
{
    Records records;
    for (std::uint64_t id = 1; id <= 3; ++id) {
        records.at(10s * id).frame(Direction::Sent, Opcode::Ping, std::to_string(id));
        records.heartbeat(HeartbeatKind::PingSent, id);
        records.at(10s * id + 5s).heartbeat(HeartbeatKind::PongMissed, id);
        if (id == 2) {
            records.frame(Direction::Received, Opcode::Pong, "2");
            records.heartbeat(HeartbeatKind::PongLate, 2);
        }
    }
    const auto heartbeat = records.facts().heartbeat;
    EXPECT_EQ(heartbeat.missed, 3u);
    EXPECT_EQ(heartbeat.late, 1u);
    EXPECT_EQ(heartbeat.maximumMissedInARow, 2u);
    EXPECT_EQ(heartbeat.missedInARow, 1u);
    EXPECT_TRUE(heartbeat.pings()[1].late);
    EXPECT_TRUE(heartbeat.pings()[2].missed);
    ASSERT_EQ(heartbeat.windows().size(), 1u);
    EXPECT_EQ(heartbeat.windows()[0].sent, 3u);
    EXPECT_EQ(heartbeat.windows()[0].lateOrMissed, 3u);
}

TEST(HeartbeatTrack, tellsUnsolicitedFromWrong)
{
    Records unsolicited;
    const auto first = unsolicited.frame(Direction::Received, Opcode::Pong, "x");
    EXPECT_EQ(unsolicited.facts().heartbeat.unsolicited, 1u);
    EXPECT_EQ(unsolicited.facts().heartbeat.firstUnsolicited, first);
    EXPECT_EQ(unsolicited.facts().heartbeat.firstMismatch, std::nullopt);

    Records wrong;
    wrong.frame(Direction::Sent, Opcode::Ping, "one");
    const auto pong = wrong.frame(Direction::Received, Opcode::Pong, "on");
    EXPECT_EQ(wrong.facts().heartbeat.firstMismatch, pong);
    EXPECT_EQ(wrong.facts().heartbeat.unsolicited, 0u);
    EXPECT_FALSE(wrong.facts().heartbeat.pings()[0].payloadMatched);

    wrong.frame(Direction::Received, Opcode::Pong, "one"); // the right answer: the one before was unsolicited
    EXPECT_EQ(wrong.facts().heartbeat.firstMismatch, std::nullopt);
    EXPECT_EQ(wrong.facts().heartbeat.unsolicited, 1u);
    EXPECT_EQ(wrong.facts().heartbeat.matched, 1u);
}

TEST(HeartbeatTrack, anAnswerToTheLatestSupersedesTheOthers)
{
    Records records;
    records.frame(Direction::Sent, Opcode::Ping, "one");
    records.frame(Direction::Sent, Opcode::Ping, "two");
    records.frame(Direction::Received, Opcode::Pong, "two");
    auto heartbeat = records.facts().heartbeat;
    EXPECT_EQ(heartbeat.superseded, 1u);
    EXPECT_EQ(heartbeat.oldestUnanswered(), nullptr);
    records.frame(Direction::Received, Opcode::Pong, "one"); // out of order after all
    heartbeat = records.facts().heartbeat;
    EXPECT_EQ(heartbeat.superseded, 0u);
    EXPECT_EQ(heartbeat.matched, 2u);
}

TEST(HeartbeatTrack, knowsThePeersPings)
{
    Records records;
    for (int i = 0; i < 3; ++i) {
        records.at(25s * i).frame(Direction::Received, Opcode::Ping, "p");
        records.at(25s * i + 1ms).frame(Direction::Sent, Opcode::Pong, "p");
    }
    const auto heartbeat = records.facts().heartbeat;
    EXPECT_EQ(heartbeat.pingsReceived, 3u);
    EXPECT_EQ(heartbeat.pongsSent, 3u);
    EXPECT_EQ(heartbeat.matched, 0u);
    EXPECT_EQ(heartbeat.meanInterval(Direction::Received), 25s);
    EXPECT_EQ(heartbeat.meanInterval(Direction::Sent), std::nullopt);
    EXPECT_EQ(heartbeat.rtt(Direction::Received).samples, 3u);
    EXPECT_EQ(heartbeat.rtt(Direction::Sent).samples, 0u);
}

TEST(HeartbeatTrack, summarisesByNearestRank)
{
    Records records;
    for (int i = 1; i <= 100; ++i) {
        records.at(1s * i).frame(Direction::Sent, Opcode::Ping, std::to_string(i));
        records.at(1s * i + 1ms * i).frame(Direction::Received, Opcode::Pong, std::to_string(i));
    }
    const auto rtt = records.facts().heartbeat.rtt(Direction::Sent);
    EXPECT_EQ(rtt.samples, 100u);
    EXPECT_EQ(rtt.minimum, 1ms);
    EXPECT_EQ(rtt.median, 50ms);
    EXPECT_EQ(rtt.p99, 99ms);
    EXPECT_EQ(rtt.maximum, 100ms);
}

TEST(HeartbeatTrack, tellsPingsUnderLoad)
{
    Records records;
    records.frame(Direction::Sent, Opcode::Ping, "1");
    records.at(1ms).frame(Direction::Received, Opcode::Pong, "1");
    records.at(1s).frame(Direction::Sent, Opcode::Ping, "2");
    records.frame(Direction::Received, Opcode::Text, "data");
    records.at(1s + 9ms).frame(Direction::Received, Opcode::Pong, "2");
    const auto heartbeat = records.facts().heartbeat;
    EXPECT_EQ(heartbeat.rttUnderLoad(false).median, 1ms);
    EXPECT_EQ(heartbeat.rttUnderLoad(true).median, 9ms);
    ASSERT_TRUE(heartbeat.slowest());
    EXPECT_TRUE(heartbeat.slowest()->underLoad);
}

TEST(HeartbeatTrack, forgetsThePlotNotTheCounts)
{
    HeartbeatTrack heartbeat;
    capture::FrameRecord ping;
    ping.direction = Direction::Sent;
    ping.header.opcode = 9;
    const auto count = HeartbeatTrack::maximumPings + 10;
    for (std::size_t i = 1; i <= count; ++i)
        heartbeat.add({i, 1, Nanoseconds(i), ping});
    EXPECT_EQ(heartbeat.pings().size(), HeartbeatTrack::maximumPings);
    EXPECT_EQ(heartbeat.pings().front().pingRecord, 11u);
    EXPECT_EQ(heartbeat.pingsSent, count);
}

TEST(HeartbeatTrack, keepsTheKernelsRttBesideThePing)
{
    Records records;
    records.frame(Direction::Sent, Opcode::Ping, "1");
    records.heartbeat(HeartbeatKind::PingSent, 1);
    records.frame(Direction::Received, Opcode::Ping, "the peer's own");
    records.frame(Direction::Received, Opcode::Pong, "1");
    records.heartbeat(HeartbeatKind::PongMatched, 1);
    capture::SocketFacts socket;
    socket.tcpRtt = 1ms;
    records.add(socket);
    socket.tcpRtt = 9ms; // at the end of the connection
    records.add(socket);
    EXPECT_EQ(records.facts().heartbeat.pings()[0].tcpRtt, 1ms);
    EXPECT_EQ(records.facts().heartbeat.pings()[1].tcpRtt, std::nullopt);
}

} // namespace frameglass::analysis::test
