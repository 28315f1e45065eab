// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/connector.h"
#include "course.h"
#include "tests/support/raw_server.h"
#include "tests/support/recorded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <future>
#include <netdb.h>

using namespace frameglass;
using namespace frameglass::transport;
using testing::ElementsAre;

namespace {

class ConnectorTest : public testing::Test
{
protected:
    void connect(Lookup lookup = systemLookup, Nanoseconds limit = std::chrono::seconds(20))
    {
        options.resolveLimit = limit;
        options.tcpLimit = limit;
        options.lookup = std::move(lookup);
        connector = std::make_shared<Connector>(context, options);
        connector->start(course);
    }
    void runToEnd()
    {
        const auto deadline = test::soon();
        while (!course.over && std::chrono::steady_clock::now() < deadline) {
            context.restart();
            context.run_one_for(std::chrono::milliseconds(50));
        }
        ASSERT_TRUE(course.over);
    }

    asio::io_context context{1};
    test::Course course;
    Connector::Options options;
    std::shared_ptr<Connector> connector;
};

LookupResult loopback(std::vector<std::uint16_t> ports)
{
    LookupResult result;
    for (const auto port : ports)
        result.endpoints.emplace_back(asio::ip::address_v4::loopback(), port);
    return result;
}

} // namespace

TEST_F(ConnectorTest, AnAddressConnectsWithoutLookup)
{
    test::RawServer server([](test::RawSocket &) {});
    options.host = "127.0.0.1";
    options.port = server.port();
    connect([](const std::string &, std::uint16_t) -> LookupResult { throw std::logic_error("looked up"); });
    runToEnd();
    EXPECT_TRUE(course.stream);
    EXPECT_THAT(test::courseOf(course.records), ElementsAre("resolve started", "resolve succeeded", "addresses 1",
                                                            "tcp started", "tried 0", "tcp succeeded"));
}

TEST_F(ConnectorTest, RefusedKeepsErrnoAndTheSystemsText)
{
    options.host = "127.0.0.1";
    options.port = test::closedPort();
    connect();
    runToEnd();
    EXPECT_FALSE(course.stream);
    const auto tried = test::allOf<capture::AddressTried>(course.records);
    ASSERT_EQ(tried.size(), 1u);
    EXPECT_EQ(tried[0].error, ECONNREFUSED);
    EXPECT_EQ(tried[0].message, std::system_category().message(ECONNREFUSED));
    EXPECT_EQ(tried[0].address, "127.0.0.1:" + std::to_string(options.port));
    EXPECT_EQ(test::courseOf(course.records).back(), "tcp failed");
}

TEST_F(ConnectorTest, AddressesAreTriedInOrderUntilOneAnswers)
{
    test::RawServer server([](test::RawSocket &) {});
    options.host = "two.test";
    connect([closed = test::closedPort(), open = server.port()](const std::string &host, std::uint16_t) {
        EXPECT_EQ(host, "two.test");
        return loopback({closed, open});
    });
    runToEnd();
    EXPECT_TRUE(course.stream);
    EXPECT_THAT(test::courseOf(course.records),
                ElementsAre("resolve started", "resolve succeeded", "addresses 2", "tcp started",
                            "tried " + std::to_string(ECONNREFUSED), "tried 0", "tcp succeeded"));
}

TEST_F(ConnectorTest, EachAddressHasATimeLimitOfItsOwn)
{
    test::DeafListener deaf;
    test::RawServer server([](test::RawSocket &) {});
    options.host = "slow.test";
    connect(
        [&](const std::string &, std::uint16_t) {
            return loopback({deaf.port(), server.port()});
        },
        std::chrono::milliseconds(300));
    runToEnd();
    EXPECT_TRUE(course.stream);
    const auto tried = test::allOf<capture::AddressTried>(course.records);
    ASSERT_EQ(tried.size(), 2u);
    EXPECT_EQ(tried[0].error, ETIMEDOUT);
    EXPECT_GE(tried[0].elapsed, std::chrono::milliseconds(300));
    EXPECT_EQ(tried[1].error, 0);
}

TEST_F(ConnectorTest, AllAddressesSilentIsATimeOut)
{
    test::DeafListener deaf;
    options.host = "127.0.0.1";
    options.port = deaf.port();
    connect(systemLookup, std::chrono::milliseconds(100));
    runToEnd();
    EXPECT_EQ(test::courseOf(course.records).back(), "tcp timed out");
}

TEST_F(ConnectorTest, GivenAddressesNeedNoLookup)
{
    test::RawServer server([](test::RawSocket &) {});
    options.host = "example.test";
    options.given = {{asio::ip::address_v4::loopback(), test::closedPort()},
                     {asio::ip::address_v4::loopback(), server.port()}};
    bool asked = false;
    connect([&asked](const std::string &, std::uint16_t) {
        asked = true;
        return LookupResult{lookupErrorOf(EAI_NONAME, 0), {}};
    });
    runToEnd();
    EXPECT_TRUE(course.stream);
    EXPECT_FALSE(asked);
    const auto resolved = test::allOf<capture::AddressesResolved>(course.records);
    ASSERT_EQ(resolved.size(), 1u);
    EXPECT_TRUE(resolved[0].given);
    EXPECT_EQ(resolved[0].host, "example.test");
    const auto tried = test::allOf<capture::AddressTried>(course.records);
    ASSERT_EQ(tried.size(), 2u);
    EXPECT_EQ(tried[0].error, ECONNREFUSED);
    EXPECT_EQ(tried[1].error, 0);
}

TEST_F(ConnectorTest, LookupFailureKeepsItsNumber)
{
    options.host = "missing.test";
    connect([](const std::string &, std::uint16_t) { return LookupResult{lookupErrorOf(EAI_NONAME, 0), {}}; });
    runToEnd();
    const auto stages = test::allOf<capture::StageChanged>(course.records);
    ASSERT_EQ(stages.size(), 2u);
    EXPECT_EQ(stages[1].outcome, capture::StageOutcome::Failed);
    EXPECT_EQ(stages[1].error, EAI_NONAME);
    EXPECT_EQ(stages[1].message, ::gai_strerror(EAI_NONAME));
}

TEST_F(ConnectorTest, LookupThatNeverReturnsTimesOut)
{
    std::promise<void> release;
    options.host = "hangs.test";
    connect(
        [done = std::make_shared<std::shared_future<void>>(release.get_future())](const std::string &, std::uint16_t) {
            done->wait();
            return loopback({1});
        },
        std::chrono::milliseconds(50));
    runToEnd();
    EXPECT_EQ(test::courseOf(course.records).back(), "resolve timed out");
    release.set_value();
}

TEST_F(ConnectorTest, CancelWhileResolving)
{
    std::promise<void> release;
    options.host = "hangs.test";
    connect(
        [done = std::make_shared<std::shared_future<void>>(release.get_future())](const std::string &, std::uint16_t) {
            done->wait();
            return loopback({1});
        });
    connector->cancel();
    release.set_value();
    context.restart();
    context.run_for(std::chrono::milliseconds(1));
    EXPECT_THAT(test::courseOf(course.records), ElementsAre("resolve started", "resolve cancelled"));
    EXPECT_FALSE(course.over);
}

TEST_F(ConnectorTest, CancelWhileConnecting)
{
    test::DeafListener deaf;
    options.host = "127.0.0.1";
    options.port = deaf.port();
    connect();
    while (test::allOf<capture::AddressesResolved>(course.records).empty())
        context.run_one();
    connector->cancel();
    EXPECT_EQ(test::courseOf(course.records).back(), "tcp cancelled");
}

TEST(SystemLookup, LocalhostHasAnAddress)
{
    const auto found = systemLookup("localhost", 8080);
    ASSERT_FALSE(found.endpoints.empty());
    for (const auto &endpoint : found.endpoints) {
        EXPECT_TRUE(endpoint.address().is_loopback());
        EXPECT_EQ(endpoint.port(), 8080);
    }
}
