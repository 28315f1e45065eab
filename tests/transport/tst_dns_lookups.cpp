// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/dns_lookups.h"
#include "tests/support/dns_responder.h"
#include "tests/support/raw_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace frameglass;
using namespace frameglass::transport;
using capture::DnsLookup;
using capture::DnsResource;
using test::DnsResponder;
using testing::ElementsAre;

namespace {

constexpr int typeA = 1;
constexpr int typeCname = 5;
constexpr int typeAaaa = 28;
constexpr int typeSrv = 33;

class DnsLookupsTest : public testing::Test
{
protected:
    /// Asks and waits for all answers.
    std::vector<DnsLookup> ask(const std::string &server, std::vector<DnsQuestion> questions,
                               Nanoseconds limit = std::chrono::seconds(20))
    {
        std::vector<DnsLookup> answers;
        bool done = false;
        lookups.start({std::move(questions), server, limit}, [&](std::optional<DnsLookup> answer) {
            if (answer)
                answers.push_back(std::move(*answer));
            else
                done = true;
        });
        EXPECT_TRUE(lookups.busy());
        const auto deadline = test::soon();
        while (!done && std::chrono::steady_clock::now() < deadline) {
            context.restart();
            context.run_one_for(std::chrono::milliseconds(50));
        }
        EXPECT_TRUE(done);
        EXPECT_FALSE(lookups.busy());
        return answers;
    }
    DnsLookup askOne(DnsResponder::Answer answer, DnsType type = DnsType::A)
    {
        DnsResponder responder([&answer](const std::string &, int) { return answer; });
        const auto answers = ask(responder.address(), {{"host.test", type}});
        EXPECT_EQ(answers.size(), 1u);
        return answers.empty() ? DnsLookup{} : answers[0];
    }

    asio::io_context context{1};
    DnsLookups lookups{context};
};

} // namespace

TEST_F(DnsLookupsTest, AddressesWithTheirWayAndTtl)
{
    DnsResponder responder([](const std::string &name, int type) -> std::optional<DnsResponder::Answer> {
        EXPECT_EQ(name, "host.test");
        if (type == typeA)
            return DnsResponder::Answer{0,
                                        {{"host.test", typeCname, 300, test::dnsName("real.test")},
                                         {"real.test", typeA, 60, std::string("\xc0\x00\x02\x01", 4)},
                                         {"real.test", typeA, 60, std::string("\xc0\x00\x02\x02", 4)}},
                                        {}};
        return DnsResponder::Answer{
            0, {{"host.test", typeAaaa, 7, std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + '\x01'}}, {}};
    });
    auto answers = ask(responder.address(), {{"host.test", DnsType::A}, {"host.test", DnsType::Aaaa}});
    ASSERT_EQ(answers.size(), 2u);
    if (answers[0].type != "A")
        std::swap(answers[0], answers[1]);
    EXPECT_EQ(answers[0].type, "A");
    EXPECT_EQ(answers[0].outcome, "answered");
    EXPECT_EQ(answers[0].server, responder.address());
    EXPECT_THAT(answers[0].resources, ElementsAre(DnsResource{"host.test", "CNAME", "real.test", 300},
                                                  DnsResource{"real.test", "A", "192.0.2.1", 60},
                                                  DnsResource{"real.test", "A", "192.0.2.2", 60}));
    EXPECT_EQ(answers[1].type, "AAAA");
    EXPECT_THAT(answers[1].resources, ElementsAre(DnsResource{"host.test", "AAAA", "2001:db8::1", 7}));
}

TEST_F(DnsLookupsTest, ServiceRecords)
{
    const auto answer =
        askOne({0,
                {{"_ws._tcp.host.test", typeSrv, 5,
                  test::dnsNumber(10) + test::dnsNumber(20) + test::dnsNumber(8080) + test::dnsName("a.test")}},
                {}},
               DnsType::Srv);
    EXPECT_EQ(answer.outcome, "answered");
    EXPECT_THAT(answer.resources, ElementsAre(DnsResource{"_ws._tcp.host.test", "SRV", "10 20 8080 a.test", 5}));
}

TEST_F(DnsLookupsTest, ErrorsByTheirCode)
{
    EXPECT_EQ(askOne({3, {}, {}}).outcome, "nxdomain");
    EXPECT_EQ(askOne({0, {}, {}}).outcome, "nodata");
    EXPECT_EQ(askOne({2, {}, {}}).outcome, "servfail");
    EXPECT_EQ(askOne({5, {}, {}}).outcome, "refused");
    const auto onlyCname = askOne({0, {{"host.test", typeCname, 1, test::dnsName("gone.test")}}, {}});
    EXPECT_EQ(onlyCname.outcome, "nodata");
    EXPECT_EQ(onlyCname.resources.size(), 1u);
}

TEST_F(DnsLookupsTest, SilenceIsATimeOut)
{
    DnsResponder responder([](const std::string &, int) { return std::nullopt; });
    const auto answers = ask(responder.address(), {{"host.test", DnsType::A}}, std::chrono::milliseconds(200));
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].outcome, "timed-out");
    EXPECT_EQ(answers[0].server, responder.address());
}

TEST_F(DnsLookupsTest, NoOneIsToldAfterCancel)
{
    DnsResponder responder([](const std::string &, int) { return std::nullopt; });
    lookups.start({{{"host.test", DnsType::A}}, responder.address(), std::chrono::seconds(20)},
                  [](const std::optional<DnsLookup> &) { FAIL(); });
    const auto deadline = test::soon();
    while (responder.asked() == 0 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    lookups.cancel();
    EXPECT_FALSE(lookups.busy());
    context.run_for(std::chrono::milliseconds(1));
}
