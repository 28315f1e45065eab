// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_process.h"

#include <gmock/gmock.h>

using namespace frameglass::peers;
using namespace std::chrono_literals;
using testing::ElementsAre;

namespace {

Command shell(const std::string &script)
{
    return {{"/bin/sh", "-c", script}, {}};
}

TEST(PeerProcess, PortIsReadFromItsLineWhereverThatStands)
{
    const PeerProcess peer(shell("echo starting; echo PORT 4711; echo later; read wait"));
    EXPECT_EQ(peer.port(), 4711);
    EXPECT_TRUE(peer.waitForLine([](const std::string &line) { return line == "later"; }));
    EXPECT_TRUE(peer.running());
}

TEST(PeerProcess, APortThatIsNoneIsNone)
{
    for (const char *line : {"PORT 0", "PORT 65536", "PORT x", "PORT -1"})
        EXPECT_EQ(PeerProcess(shell(std::string("echo ") + line)).port(), std::nullopt) << line;
}

TEST(PeerProcess, WaitingForAPortEndsWithTheProcess)
{
    const auto started = std::chrono::steady_clock::now();
    const PeerProcess peer(shell("echo cannot bind >&2; exit 3"));
    EXPECT_EQ(peer.port(60s), std::nullopt);
    EXPECT_LT(std::chrono::steady_clock::now() - started, 30s);
    EXPECT_EQ(peer.waitForExit(), 3);
    EXPECT_THAT(peer.lines(), ElementsAre("cannot bind"));
}

TEST(PeerProcess, LinesKeepTheirOrderAndTheLastNeedsNoLineBreak)
{
    const PeerProcess peer(shell("echo one; echo two >&2; printf three"));
    EXPECT_EQ(peer.waitForExit(), 0);
    EXPECT_THAT(peer.lines(), ElementsAre("one", "two", "three"));
    EXPECT_EQ(peer.output(), "one\ntwo\nthree\n");
}

TEST(PeerProcess, ADeathBySignalIsTold)
{
    EXPECT_EQ(PeerProcess(shell("kill -9 $$")).waitForExit(), 128 + 9);
}

TEST(PeerProcess, WhatCannotBeStartedIsNotRunning)
{
    const PeerProcess peer(Command{{"/nonexistent/peer"}, {}});
    EXPECT_FALSE(peer.running());
    EXPECT_EQ(peer.waitForExit(), 127);
    EXPECT_EQ(peer.port(), std::nullopt);
}

TEST(PeerProcess, StopEndsAtTheEndOfItsInput)
{
    PeerProcess peer(shell("echo ready; cat >/dev/null; echo left by itself"));
    ASSERT_TRUE(peer.waitForLine([](const std::string &line) { return line == "ready"; }));
    peer.stop();
    EXPECT_EQ(peer.waitForExit(), 0);
    EXPECT_THAT(peer.lines(), ElementsAre("ready", "left by itself"));
}

TEST(PeerProcess, StopTerminatesWhatIgnoresItsInput)
{
    PeerProcess peer(shell("echo ready; exec sleep 600"));
    ASSERT_TRUE(peer.waitForLine([](const std::string &line) { return line == "ready"; }));
    peer.stop();
    EXPECT_EQ(peer.waitForExit(), 128 + 15);
}

} // namespace
