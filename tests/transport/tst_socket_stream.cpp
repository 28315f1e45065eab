// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/socket_stream.h"
#include "tests/support/raw_server.h"

#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <gtest/gtest.h>

#include <cerrno>
#include <future>

using namespace frameglass;
using namespace frameglass::transport;
using frameglass::test::RawServer;
using frameglass::test::RawSocket;

namespace {

/// Writes what happens as words, and lets the test act on each.
class Log final : public StreamHandler
{
public:
    std::vector<std::string> words;
    std::string octets;
    std::function<void(const std::string &)> onWord;
    std::size_t sent = 0;

private:
    void say(const std::string &word)
    {
        words.push_back(word);
        if (onWord)
            onWord(word);
    }
    void received(protocol::OctetView view, TimePoint) override
    {
        octets += protocol::textOf(view);
        say("read " + std::string(protocol::textOf(view.first(std::min<std::size_t>(view.size(), 8)))));
    }
    void receiveEnded(TimePoint) override { say("fin"); }
    void written(std::size_t count, TimePoint) override { sent += count; }
    void sendEnded(TimePoint) override { say("fin sent"); }
    void observed(capture::RecordBody, TimePoint) override { say("observed"); }
    void broken(const StreamBroken &how, TimePoint) override
    {
        say((how.end == capture::TransportEnd::ResetReceived ? "reset " : "broken ") +
            std::to_string(how.error.number));
    }
};

using Words = std::vector<std::string>;

class SocketStreamTest : public testing::Test
{
protected:
    std::shared_ptr<SocketStream> connectTo(std::uint16_t port, std::size_t queueLimit = 1 << 20)
    {
        asio::ip::tcp::socket socket(context);
        socket.connect({asio::ip::address_v4::loopback(), port});
        auto stream = std::make_shared<SocketStream>(std::move(socket), queueLimit);
        stream->start(log);
        return stream;
    }
    /// Runs the loop until the condition holds.
    bool runUntil(const std::function<bool()> &condition)
    {
        const auto deadline = test::soon();
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline)
                return false;
            context.restart();
            context.run_one_for(std::chrono::milliseconds(50));
        }
        return true;
    }
    bool runUntilWord(const std::string &word)
    {
        return runUntil([&] { return !log.words.empty() && log.words.back() == word; });
    }

    asio::io_context context{1};
    Log log;
};

protocol::Octets octets(std::string_view text)
{
    return protocol::octetsOf(text);
}

TimePoint now()
{
    return std::chrono::steady_clock::now();
}

} // namespace

TEST_F(SocketStreamTest, OneReadIsOneCallWithItsBoundary)
{
    std::promise<void> first;
    std::promise<void> second;
    RawServer server([&](RawSocket &client) {
        client.write("one");
        first.get_future().wait();
        client.write("two");
        second.get_future().wait();
        client.write("three");
        client.close();
    });
    log.onWord = [&](const std::string &word) {
        if (word == "read one")
            first.set_value();
        if (word == "read two")
            second.set_value();
    };
    const auto stream = connectTo(server.port());
    ASSERT_TRUE(runUntilWord("fin"));
    EXPECT_EQ(log.words, (Words{"read one", "read two", "read three", "fin"}));
    EXPECT_EQ(stream->close(), capture::TransportEnd::ClosedByUs);
}

TEST_F(SocketStreamTest, FinLeavesOurDirectionOpen)
{
    std::string got;
    RawServer server([&](RawSocket &client) {
        client.write("bye");
        client.shutdownWrite();
        got = client.readToEnd();
    });
    const auto stream = connectTo(server.port());
    ASSERT_TRUE(runUntilWord("fin"));
    stream->send(octets("after your FIN"));
    stream->shutdownSend();
    stream->flush(now());
    server.finish();
    EXPECT_EQ(got, "after your FIN");
    EXPECT_EQ(log.words, (Words{"read bye", "fin", "fin sent"}));
}

TEST_F(SocketStreamTest, OurFinLeavesTheirDirectionOpen)
{
    RawServer server([&](RawSocket &client) {
        EXPECT_EQ(client.readToEnd(), "question");
        client.write("answer");
    });
    const auto stream = connectTo(server.port());
    stream->send(octets("question"));
    stream->shutdownSend();
    stream->flush(now());
    ASSERT_TRUE(runUntilWord("fin"));
    EXPECT_EQ(log.words, (Words{"fin sent", "read answer", "fin"}));
}

TEST_F(SocketStreamTest, ResetIsNotFin)
{
    RawServer server([&](RawSocket &client) {
        client.readExactly(1);
        client.reset();
    });
    const auto stream = connectTo(server.port());
    stream->send(octets("x"));
    stream->flush(now());
    ASSERT_TRUE(runUntilWord("reset " + std::to_string(ECONNRESET)));
    EXPECT_EQ(log.words.size(), 1u);
}

TEST_F(SocketStreamTest, WhatArrivedBeforeTheResetIsReadFirst)
{
    std::promise<void> gone;
    RawServer server([&](RawSocket &client) {
        client.write("last words");
        client.reset();
        gone.set_value();
    });
    const auto stream = connectTo(server.port());
    gone.get_future().wait(); // both are in the socket before the loop looks
    ASSERT_TRUE(runUntil([&] { return log.words.size() == 2; }));
    EXPECT_EQ(log.words, (Words{"read last wor", "reset " + std::to_string(ECONNRESET)}));
}

TEST_F(SocketStreamTest, AWriteThatMeetsTheResetStillReadsFirst)
{
    std::promise<void> gone;
    RawServer server([&](RawSocket &client) {
        client.write("last words");
        client.reset();
        gone.set_value();
    });
    const auto stream = connectTo(server.port());
    gone.get_future().wait();
    stream->send(octets("too late"));
    stream->flush(now());
    ASSERT_TRUE(runUntil([&] { return log.words.size() == 2; }));
    EXPECT_EQ(log.words, (Words{"read last wor", "reset " + std::to_string(ECONNRESET)}));
}

TEST_F(SocketStreamTest, ResetAfterFinIsStillSeen)
{
    std::promise<void> seen;
    RawServer server([&](RawSocket &client) {
        client.shutdownWrite();
        seen.get_future().wait();
        client.reset();
    });
    const auto stream = connectTo(server.port());
    ASSERT_TRUE(runUntilWord("fin"));
    seen.set_value();
    ASSERT_TRUE(runUntil([&] { return log.words.size() == 2; }));
    EXPECT_EQ(log.words.back(), "reset " + std::to_string(EPIPE)); // what Linux calls a reset in CLOSE-WAIT
}

TEST_F(SocketStreamTest, ResetOnPurposeIsSeenByThePeerAsReset)
{
    int end = -1;
    RawServer server([&](RawSocket &client) { end = client.readEnd(); });
    const auto stream = connectTo(server.port());
    EXPECT_EQ(stream->reset(), capture::TransportEnd::ResetByUs);
    server.finish();
    EXPECT_EQ(end, ECONNRESET);
}

TEST_F(SocketStreamTest, CloseWithUnreadOctetsSaysThatItResets)
{
    std::promise<void> written;
    std::promise<void> closed;
    int end = -1;
    RawServer server([&](RawSocket &client) {
        client.write("nobody reads this");
        written.set_value();
        closed.get_future().wait();
        end = client.readEnd();
    });
    const auto stream = connectTo(server.port());
    written.get_future().wait();
    EXPECT_EQ(stream->close(), capture::TransportEnd::ResetByUs);
    closed.set_value();
    server.finish();
    EXPECT_EQ(end, ECONNRESET);
}

TEST_F(SocketStreamTest, DrainBeforeCloseAvoidsTheReset)
{
    std::promise<void> written;
    std::promise<void> closed;
    int end = -1;
    RawServer server([&](RawSocket &client) {
        client.write("read at the last moment");
        written.set_value();
        closed.get_future().wait();
        end = client.readEnd();
    });
    const auto stream = connectTo(server.port());
    written.get_future().wait();
    stream->drain(now());
    EXPECT_EQ(log.octets, "read at the last moment");
    EXPECT_EQ(stream->close(), capture::TransportEnd::ClosedByUs);
    closed.set_value();
    server.finish();
    EXPECT_EQ(end, 0);
}

TEST_F(SocketStreamTest, ReadingStopsWhileTooMuchIsQueuedAndTakesUpAgain)
{
    std::promise<void> paused;
    std::size_t got = 0;
    RawServer server([&](RawSocket &client) {
        client.write("a");
        paused.get_future().wait();
        client.write("b");
        got = client.readToEnd().size();
    });
    constexpr std::size_t queued = 32 << 20; // more than any socket buffer takes at once
    const auto stream = connectTo(server.port(), 64 * 1024);
    log.onWord = [&](const std::string &word) {
        if (word == "read a") {
            stream->send(protocol::Octets(queued));
            stream->flush(now());
        }
    };
    ASSERT_TRUE(runUntil([&] { return !log.words.empty(); }));
    ASSERT_GT(stream->queuedOctets(), 64u * 1024);
    stream->flush(now());
    paused.set_value();
    ASSERT_TRUE(runUntilWord("read b"));
    EXPECT_LE(stream->queuedOctets(), 64u * 1024); // not before the queue was down
    stream->shutdownSend();
    stream->flush(now());
    ASSERT_TRUE(runUntil([&] { return log.sent == queued; }));
    ASSERT_TRUE(runUntil([&] { return log.words.back() == "fin sent" || log.words.back() == "fin"; }));
    server.finish();
    EXPECT_EQ(got, queued);
}

TEST_F(SocketStreamTest, ManySmallPiecesLeaveInOneWrite)
{
    std::string got;
    RawServer server([&](RawSocket &client) { got = client.readToEnd(); });
    const auto stream = connectTo(server.port());
    std::string expected;
    for (int i = 0; i < 200; ++i) {
        stream->send(octets(std::to_string(i) + ' '));
        expected += std::to_string(i) + ' ';
    }
    stream->shutdownSend();
    stream->flush(now());
    server.finish();
    EXPECT_EQ(got, expected);
    EXPECT_EQ(log.sent, expected.size());
    EXPECT_EQ(stream->queuedOctets(), 0u);
}

TEST_F(SocketStreamTest, FactsOfALiveSocketAndAfterItsEnd)
{
    RawServer server([](RawSocket &client) { client.readToEnd(); });
    const auto stream = connectTo(server.port());
    const auto facts = stream->facts();
    EXPECT_EQ(facts.remote, "127.0.0.1:" + std::to_string(server.port()));
    EXPECT_EQ(facts.local.substr(0, 10), "127.0.0.1:");
    EXPECT_TRUE(facts.noDelay);
#ifdef __linux__
    EXPECT_TRUE(facts.tcpRtt && facts.tcpRttVar);
    EXPECT_EQ(facts.retransmits, 0u);
    EXPECT_EQ(facts.unacked, 0u);
#endif
    stream->close();
    EXPECT_EQ(stream->facts().remote, facts.remote);
    EXPECT_FALSE(stream->facts().tcpRtt);
}
