// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/dns_message.h"
#include "tests/support/dns_responder.h"

#include <gtest/gtest.h>

#include <random>

using namespace frameglass;
using namespace frameglass::transport;

namespace {

constexpr int typeA = 1;
constexpr int typeCname = 5;
constexpr int typeSrv = 33;

std::string header(int questions, int answers)
{
    return std::string(4, '\0') + test::dnsNumber(questions) + test::dnsNumber(answers) + std::string(4, '\0');
}

std::string resource(int type, int length, const std::string &data)
{
    return test::dnsName("h.test") + test::dnsNumber(type) + test::dnsNumber(1) + std::string(4, '\0') +
           test::dnsNumber(length) + data;
}

const std::string question = test::dnsName("h.test") + test::dnsNumber(typeA) + test::dnsNumber(1);
const std::string whole =
    header(1, 1) + question + resource(typeSrv, 14, std::string(6, '\1') + test::dnsName("h.test"));

bool reads(const std::string &message)
{
    return dnsResourcesOf(protocol::viewOf(message)).has_value();
}

} // namespace

TEST(DnsMessage, MalformedOnesAreNone)
{
    EXPECT_TRUE(reads(header(0, 0)));
    EXPECT_TRUE(reads(header(1, 1) + question + resource(typeA, 4, "abcd")));
    EXPECT_TRUE(reads(header(1, 1) + question + resource(16, 3, "abc"))); // of a type we do not know
    ASSERT_TRUE(reads(whole));
    for (std::size_t n = 0; n < whole.size(); ++n)
        EXPECT_FALSE(reads(whole.substr(0, n))) << n;
    EXPECT_FALSE(reads(header(1, 1) + question + resource(typeA, 3, "abc")));
    EXPECT_FALSE(reads(header(1, 1) + question + resource(typeCname, 2, test::dnsName("h.test"))));
    EXPECT_FALSE(reads(header(0, 1) + "\xc0\x0c")); // a name that points at itself
    EXPECT_FALSE(reads(header(0, 65535) + resource(typeA, 4, "abcd")));
}

TEST(DnsMessage, NoMoreThanAHundredRecordsAreKept)
{
    std::string message = header(0, 500);
    for (int i = 0; i < 500; ++i)
        message += resource(typeA, 4, "abcd");
    const auto resources = dnsResourcesOf(protocol::viewOf(message));
    ASSERT_TRUE(resources);
    EXPECT_EQ(resources->size(), 100u);
}

/// Whatever came: it is read or refused, and nothing beside it (AddressSanitizer watches).
TEST(DnsMessage, AnyOctetMayBeAnother)
{
    std::minstd_rand random(1); // the same every time
    std::uniform_int_distribution<std::size_t> place(0, whole.size() - 1);
    std::uniform_int_distribution<int> value(0, 255);
    for (int i = 0; i < 20'000; ++i) {
        auto message = whole;
        for (int changes = 0; changes < 3; ++changes)
            message[place(random)] = static_cast<char>(value(random));
        const auto resources = dnsResourcesOf(protocol::viewOf(message));
        EXPECT_TRUE(!resources || resources->size() <= 100);
    }
}
