// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/listener.h"
#include "core/transport/socket_facts.h"
#include "tests/support/raw_socket.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <sys/resource.h>
#include <vector>

using namespace frameglass;
using namespace frameglass::transport;

namespace {

class Accepted final : public ListenerHandler
{
public:
    std::vector<StreamSocket> sockets;
    std::vector<SystemError> failures;

private:
    void accepted(StreamSocket socket) override { sockets.push_back(std::move(socket)); }
    void acceptFailed(const SystemError &error) override { failures.push_back(error); }
};

class ListenerTest : public testing::Test
{
protected:
    bool runUntil(const std::function<bool()> &condition)
    {
        const auto deadline = test::soon();
        while (!condition() && std::chrono::steady_clock::now() < deadline) {
            context.restart();
            context.run_one_for(std::chrono::milliseconds(50));
        }
        return condition();
    }
    void TearDown() override { listener->close(); }

    asio::io_context context{1};
    std::shared_ptr<Listener> listener = std::make_shared<Listener>(context);
    Accepted accepted;
};

} // namespace

TEST_F(ListenerTest, AnyFreePort)
{
    ASSERT_FALSE(listener->listen("127.0.0.1", 0));
    EXPECT_NE(listener->port(), 0);
    listener->start(accepted);
    const auto client = test::RawSocket::connectTo(listener->port());
    EXPECT_TRUE(runUntil([&] { return accepted.sockets.size() == 1; }));
}

TEST_F(ListenerTest, AddressInUse)
{
    ASSERT_FALSE(listener->listen("127.0.0.1", 0));
    const auto second = std::make_shared<Listener>(context);
    const auto failed = second->listen("127.0.0.1", listener->port());
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->number, EADDRINUSE);
    EXPECT_EQ(failed->message, std::system_category().message(EADDRINUSE));
}

TEST_F(ListenerTest, NoAddressAtAll)
{
    const auto failed = listener->listen("not an address", 0);
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->number, EINVAL);
}

TEST_F(ListenerTest, Ipv6TakesIpv4WhenUnspecified)
{
    if (listener->listen("::", 0))
        GTEST_SKIP() << "no IPv6 on this machine";
    listener->start(accepted);
    const auto client = test::RawSocket::connectTo(listener->port());
    ASSERT_TRUE(runUntil([&] { return accepted.sockets.size() == 1; }));
    EXPECT_EQ(endpointText(accepted.sockets[0].remote_endpoint()).substr(0, 10), "127.0.0.1:");
}

TEST_F(ListenerTest, HeldConnectionsWait)
{
    ASSERT_FALSE(listener->listen("127.0.0.1", 0));
    listener->hold(true);
    listener->start(accepted);
    const auto client = test::RawSocket::connectTo(listener->port());
    context.poll();
    EXPECT_TRUE(accepted.sockets.empty());
    listener->hold(false);
    EXPECT_TRUE(runUntil([&] { return accepted.sockets.size() == 1; }));
}

TEST_F(ListenerTest, TooManyOpenFilesIsToldOnceAndSurvived)
{
    ASSERT_FALSE(listener->listen("127.0.0.1", 0));
    listener->start(accepted);
    std::vector<test::RawSocket> clients;
    clients.push_back(test::RawSocket::connectTo(listener->port()));

    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{3, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    const bool failed = runUntil([&] { return !accepted.failures.empty(); });
    ::setrlimit(RLIMIT_NOFILE, &before);
    ASSERT_TRUE(failed);
    EXPECT_EQ(accepted.failures[0].number, EMFILE);
    EXPECT_TRUE(runUntil([&] { return accepted.sockets.size() == 1; }));
    EXPECT_EQ(accepted.failures.size(), 1u);
}

TEST(EndpointText, Rows)
{
    const auto text = [](const char *address) { return endpointText({asio::ip::make_address(address), 9001}); };
    EXPECT_EQ(text("127.0.0.1"), "127.0.0.1:9001");
    EXPECT_EQ(text("::1"), "[::1]:9001");
    EXPECT_EQ(text("::ffff:10.0.0.1"), "10.0.0.1:9001");
}
