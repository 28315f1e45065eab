// SPDX-License-Identifier: GPL-3.0-or-later
// A second opinion on the wire: dumpcap captures one run of ours on loopback, tshark dissects it, and both captures
// must tell the same frames.
#include "wire_capture.h"

#include "core/session/client_session.h"
#include "core/session/server_session.h"

using namespace frameglass;
using namespace frameglass::peers;

namespace {

TEST(Tshark, AgreesOnNumberOpcodeAndLengthOfFrames)
{
    session::NetworkThread network;
    const auto sink = std::make_shared<WaitableSink>();
    session::ServerSession server(network, sink, {});
    ASSERT_TRUE(server.start()) << server.error().message;

    const WireCapture wire(server.port());
    NEED_CAPTURE(wire);

    session::ClientOptions options;
    options.url = server.url();
    session::ClientSession client(network, sink, options);
    client.start();
    ASSERT_TRUE(waitForOpen(*sink, client.id()));
    // One at a time, so that there is one order; every length form, fragments, control frames.
    client.sendText("short");
    ASSERT_EQ(waitForMessages(*sink, client.id(), 1).size(), 1u);
    client.sendBinary(countingOctets(300));
    ASSERT_EQ(waitForMessages(*sink, client.id(), 2).size(), 2u);
    client.sendBinary(countingOctets(70'000));
    ASSERT_EQ(waitForMessages(*sink, client.id(), 3).size(), 3u);
    client.sendText("three fragments", 3);
    ASSERT_EQ(waitForMessages(*sink, client.id(), 4).size(), 4u);
    client.sendText("");
    ASSERT_EQ(waitForMessages(*sink, client.id(), 5).size(), 5u);
    client.ping();
    ASSERT_TRUE(waitForHeartbeat(*sink, client.id(), capture::HeartbeatKind::PongMatched));
    client.close(4002, "bye");
    ASSERT_TRUE(client.waitEnded(patience));

    const auto ours = recordedFrames(*sink, client.id());
    ASSERT_EQ(ours.size(), 18u);
    EXPECT_EQ(wire.frames(ours.size()), ours) << wire.output();
}

} // namespace
