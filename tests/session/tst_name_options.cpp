// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/name_options.h"

#include <gtest/gtest.h>

using namespace frameglass::session;

TEST(NameOptions, GivenAddresses)
{
    const std::pair<const char *, std::optional<GivenAddress>> rows[] = {
        {"example.com:443:192.0.2.1", GivenAddress{"example.com", 443, "192.0.2.1"}},
        {"example.com:443:2001:db8::1", GivenAddress{"example.com", 443, "2001:db8::1"}},
        {"example.com:443:[2001:db8::1]", GivenAddress{"example.com", 443, "2001:db8::1"}},
        {"[::1]:80:127.0.0.1", GivenAddress{"::1", 80, "127.0.0.1"}},
        {"example.com:443", {}},
        {"example.com:443:", {}},
        {"example.com:443:other.example", {}},
        {"example.com:0:192.0.2.1", {}},
        {"example.com::192.0.2.1", {}},
        {":443:192.0.2.1", {}},
        {"u:p@example.com:443:192.0.2.1", {}},
        {"", {}},
    };
    for (const auto &[text, given] : rows) {
        SCOPED_TRACE(text);
        EXPECT_EQ(parseGivenAddress(text), given);
    }
}

TEST(NameOptions, NameServers)
{
    const std::pair<const char *, std::optional<std::string>> rows[] = {
        {"192.0.2.53", "192.0.2.53"},
        {"192.0.2.53:5353", "192.0.2.53:5353"},
        {"2001:db8::53", "[2001:db8::53]"},
        {"[2001:db8::53]:5353", "[2001:db8::53]:5353"},
        {"dns.example", {}},
        {"dns.example:53", {}},
        {"192.0.2.53:0", {}},
        {"", {}},
    };
    for (const auto &[text, server] : rows) {
        SCOPED_TRACE(text);
        EXPECT_EQ(parseNameServer(text), server);
    }
}
