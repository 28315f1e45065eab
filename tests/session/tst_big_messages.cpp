// SPDX-License-Identifier: GPL-3.0-or-later
// Messages of many fragments and many octets through the echo server.
#include "core/session/server_session.h"

#include "core/protocol/violation.h"
#include "tests/support/background_writer.h"
#include "tests/support/recorded.h"

#include <gtest/gtest.h>

#include <atomic>

using namespace frameglass;
using namespace frameglass::session;
using namespace frameglass::test;

namespace {

/// Counts what goes by and keeps what is rare, so that a flood of frames does not fill the test's memory.
class CountingSink final : public capture::RecordSink
{
public:
    capture::ConnectionId newConnection() override { return rare.newConnection(); }
    void add(capture::ConnectionId connection, TimePoint now, capture::RecordBody body) override
    {
        if (const auto *frame = std::get_if<capture::FrameRecord>(&body)) {
            ++(frame->direction == protocol::Direction::Sent ? framesSent : framesReceived);
            if (!frame->header.is(protocol::Opcode::Close))
                return;
        }
        if (std::holds_alternative<capture::TransferBoundary>(body))
            return;
        rare.add(connection, now, std::move(body));
    }
    Nanoseconds sinceStart(TimePoint now) const override { return rare.sinceStart(now); }

    WaitableSink rare;
    std::atomic<std::uint64_t> framesSent = 0;
    std::atomic<std::uint64_t> framesReceived = 0;
};

class BigMessages : public testing::Test
{
protected:
    RawSocket open()
    {
        server = std::make_unique<ServerSession>(network, sink, options);
        EXPECT_TRUE(server->start());
        auto client = RawSocket::connectTo(server->port());
        client.write(upgradeRequest());
        client.readUntil("\r\n\r\n");
        return client;
    }

    /// Sends a binary message of `total` octets in fragments of `size`, and expects the same frames back.
    void expectEcho(std::size_t total, std::size_t size)
    {
        auto client = open();
        std::string sent;
        std::string expected;
        const std::size_t count = total / size;
        for (std::size_t i = 0; i < count; ++i) {
            const int first = (i == 0 ? 0x02 : 0x00) | (i + 1 == count ? 0x80 : 0x00);
            const std::string payload(size, static_cast<char>(i * 31 + i / 256));
            sent += clientFrame(first, payload);
            expected += serverFrame(first, payload);
        }
        std::size_t at = 0;
        bool same = true;
        {
            const BackgroundWriter writer(client, [&](RawSocket &socket) { socket.write(sent); });
            while (same && at < expected.size()) {
                const auto more = client.read();
                same = !more.empty() && expected.compare(at, more.size(), more) == 0;
                at += more.size();
            }
        }
        EXPECT_TRUE(same) << "before octet " << at << " of " << expected.size();
        client.write(clientFrame(0x88, "\x03\xE8"));
        EXPECT_EQ(client.readToEnd(), serverFrame(0x88, "\x03\xE8"));
        client.close();
        EXPECT_TRUE(sink->rare.waitForAny<capture::ConnectionEnded>());
        EXPECT_EQ(sink->framesReceived, count + 1);
        EXPECT_EQ(sink->framesSent, count + 1);
        const auto messages = allOf<capture::MessageRecord>(sink->rare.records());
        ASSERT_EQ(messages.size(), 2u);
        for (const auto &message : messages) {
            EXPECT_EQ(message.octets, total);
            EXPECT_EQ(message.fragments, count);
        }
    }

    NetworkThread network;
    std::shared_ptr<CountingSink> sink = std::make_shared<CountingSink>();
    ServerOptions options;
    std::unique_ptr<ServerSession> server;
};

} // namespace

// Both fit the default limits: 64 MiB and 300,000 fragments a message.
TEST_F(BigMessages, SixteenMebibytesInFragmentsOf64Octets)
{
    expectEcho(16u << 20, 64);
}

TEST_F(BigMessages, SixteenMebibytesInFragmentsOf64Kibibytes)
{
    expectEcho(16u << 20, 64u << 10);
}

TEST_F(BigMessages, SixtyFourKibibytesInFragmentsOfOneOctet)
{
    expectEcho(64u << 10, 1);
}

TEST_F(BigMessages, OneMoreFragmentThanTheLimitIsRefused)
{
    auto client = open();
    const std::size_t allowed = options.limits.fragmentsPerMessage;
    std::string flood = clientFrame(0x01, {});
    flood.reserve(6 * (allowed + 1));
    for (std::size_t i = 0; i < allowed; ++i)
        flood += clientFrame(0x00, {});
    std::string got;
    {
        const BackgroundWriter writer(client, [&](RawSocket &socket) { socket.write(flood); });
        got = client.readToEnd();
    }
    const std::string_view id = protocol::infoOf(protocol::Violation::TooManyFragments).id;
    const auto close = serverFrame(0x88, "\x03\xF0" + std::string(id)); // 1008
    EXPECT_TRUE(got.ends_with(close));
    EXPECT_EQ(got.size(), 2 * allowed + close.size()); // an empty frame has two octets
    client.close();
    EXPECT_TRUE(sink->rare.waitForAny<capture::ConnectionEnded>());
    const auto violations = allOf<capture::ViolationRecord>(sink->rare.records());
    ASSERT_EQ(violations.size(), 1u);
    EXPECT_EQ(violations[0].violation, protocol::Violation::TooManyFragments);
}

// A queue of 64 KiB stands in the way of 8 MiB: reading stops and goes on, nothing is lost.
TEST_F(BigMessages, BackpressureLosesNothing)
{
    options.limits.queuedOutputOctets = 64u << 10;
    expectEcho(8u << 20, 32u << 10);
}

TEST_F(BigMessages, WhoNeverReadsIsEnded)
{
    options.limits.queuedOutputOctets = 256u << 10;
    options.limits.stalledOutputTime = std::chrono::milliseconds(100);
    auto client = open();
    const std::string message = clientFrame(0x82, std::string(64u << 10, 'x'));
    std::size_t written = 0;
    const std::size_t most = 64u << 20; // far more than all the system's buffers
    try {
        while (written < most) {
            client.write(message);
            written += message.size();
        }
    } catch (const std::runtime_error &) { // reset: the server has gone
    }
    EXPECT_LT(written, most);
    EXPECT_TRUE(sink->rare.waitForAny<capture::ConnectionEnded>());
    const auto violations = allOf<capture::ViolationRecord>(sink->rare.records());
    ASSERT_EQ(violations.size(), 1u);
    EXPECT_EQ(violations[0].violation, protocol::Violation::OutputStalled);
}
