// SPDX-License-Identifier: GPL-3.0-or-later
// A client session against servers that never come to an end.
#include "core/session/client_session.h"

#include "tests/support/raw_server.h"
#include "tests/support/recorded.h"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace frameglass;
using namespace frameglass::session;
using namespace frameglass::test;
using protocol::Violation;

namespace {

class HostileServer : public testing::Test
{
protected:
    /// Answers `head` and then `more` again and again until the client ends TCP.
    void run(const std::string &head, const std::string &more)
    {
        RawServer server([&](RawSocket &socket) {
            const auto request = socket.readUntil("\r\n\r\n");
            socket.write(head);
            try {
                for (;;)
                    socket.write(more);
            } catch (const std::runtime_error &) { // the client has gone
            }
        });
        options.url = server.url();
        ClientSession client(network, sink, options);
        client.start();
        EXPECT_TRUE(client.waitEnded(std::chrono::seconds(20)));
        server.finish();
    }

    /// Octets of the server that the records hold.
    std::size_t octetsKept() const
    {
        std::size_t octets = 0;
        for (const auto &head : allOf<capture::HeadRecord>(sink->records()))
            octets += head.direction == protocol::Direction::Received ? head.raw.size() : 0;
        for (const auto &body : allOf<capture::BodyRecord>(sink->records()))
            octets += body.octets.size();
        for (const auto &frame : allOf<capture::FrameRecord>(sink->records()))
            octets += frame.payload.size();
        return octets;
    }

    bool saw(Violation violation) const
    {
        for (const auto &one : allOf<capture::ViolationRecord>(sink->records()))
            if (one.violation == violation)
                return true;
        return false;
    }

    NetworkThread network;
    std::shared_ptr<WaitableSink> sink = std::make_shared<WaitableSink>();
    ClientOptions options;
};

const std::string bad101 = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Accept: none\r\n\r\n";

} // namespace

TEST_F(HostileServer, AHeadWithoutEnd)
{
    run("HTTP/1.1 101 S\r\n", "X-Endless: " + std::string(1000, 'x'));
    EXPECT_TRUE(saw(Violation::HeadTooLarge));
    EXPECT_LE(octetsKept(), options.limits.headOctets);
}

TEST_F(HostileServer, AHeadOfEmptyLines)
{
    run("", "\r\n\r\n\r\n\r\n");
    EXPECT_TRUE(saw(Violation::HeadTooLarge));
    EXPECT_LE(octetsKept(), options.limits.headOctets);
}

TEST_F(HostileServer, LinesWithoutEnd)
{
    run("HTTP/1.1 101 S\r\n", "A: b\r\n");
    EXPECT_TRUE(saw(Violation::HeadTooManyLines));
    EXPECT_LE(octetsKept(), options.limits.headOctets);
}

TEST_F(HostileServer, InterimAnswersWithoutEnd)
{
    run("", "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n");
    EXPECT_TRUE(saw(Violation::HeadTooLarge) || saw(Violation::HeadTooManyLines));
    EXPECT_LE(octetsKept(), options.limits.headOctets);
}

TEST_F(HostileServer, ABodyWithoutEnd)
{
    options.timeouts.upgrade = std::chrono::milliseconds(300); // also the longest time for a body
    run("HTTP/1.1 200 OK\r\n\r\n", std::string(64u << 10, 'b'));
    EXPECT_TRUE(saw(Violation::StatusNot101));
    EXPECT_LE(octetsKept(), options.limits.bodyOctets + options.limits.headOctets);
}

TEST_F(HostileServer, AChunkSizeWithoutEnd)
{
    options.timeouts.upgrade = std::chrono::milliseconds(300);
    run("HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n", std::string(64u << 10, '0'));
    EXPECT_LE(octetsKept(), options.limits.bodyOctets + options.limits.headOctets);
}

TEST_F(HostileServer, OctetsWithoutEndAfterABad101)
{
    run(bad101, std::string(64u << 10, '\x81'));
    EXPECT_TRUE(saw(Violation::AcceptWrong));
    EXPECT_LE(octetsKept(), options.limits.bodyOctets + options.limits.headOctets);
}
