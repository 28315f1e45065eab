// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/target.h"

#include <gtest/gtest.h>

using namespace frameglass::session;

namespace {

struct Good
{
    std::string url;
    std::string host;
    std::uint16_t port;
    std::string resource;
    std::string userInfo;
    std::string hostHeader;
};

struct Bad
{
    std::string url;
    TargetError error;
    std::size_t position;
};

} // namespace

TEST(Target, UnixSockets)
{
    struct Row
    {
        const char *url;
        const char *path;
        const char *resource;
        bool secure;
    };
    const Row rows[] = {
        {"ws+unix:/run/app.sock:/chat?x=1", "/run/app.sock", "/chat?x=1", false},
        {"WS+UNIX:/run/app.sock", "/run/app.sock", "/", false},
        {"ws+unix:/run/app.sock:", "/run/app.sock", "/", false},
        {"ws+unix:///run/app.sock:/chat", "/run/app.sock", "/chat", false},
        {"wss+unix:/run/a%20b.sock:/", "/run/a b.sock", "/", true},
    };
    for (const auto &row : rows) {
        SCOPED_TRACE(row.url);
        const auto parsed = parseTarget(row.url);
        const auto *target = std::get_if<Target>(&parsed);
        ASSERT_TRUE(target);
        EXPECT_TRUE(target->isLocal());
        EXPECT_EQ(target->socketPath, row.path);
        EXPECT_EQ(target->resource, row.resource);
        EXPECT_EQ(target->isSecure(), row.secure);
        EXPECT_EQ(target->hostHeader(), "localhost");
    }
    for (const std::string url : {"ws+unix:", "ws+unix://", "ws+unix::/x"})
        EXPECT_EQ(std::get<TargetFault>(parseTarget(url)).error, TargetError::HostMissing) << url;
    for (const std::string &url :
         {std::string("ws+unix:app.sock"), "ws+unix:/" + std::string(200, 'a'), std::string("ws+unix:/a%00b")})
        EXPECT_EQ(std::get<TargetFault>(parseTarget(url)).error, TargetError::HostInvalid) << url;
}

TEST(Target, GoodRows)
{
    const Good rows[] = {
        {"ws://example.com", "example.com", 80, "/", "", "example.com"},
        {"WS://example.com:80/", "example.com", 80, "/", "", "example.com"},
        {"http://example.com:8080/a/b?c=d", "example.com", 8080, "/a/b?c=d", "", "example.com:8080"},
        {"ws://example.com?x=1", "example.com", 80, "/?x=1", "", "example.com"},
        {"ws://example.com:/x", "example.com", 80, "/x", "", "example.com"},
        {"ws://h/a%20b%2Fc?q=%23", "h", 80, "/a%20b%2Fc?q=%23", "", "h"},
        {"ws://h/a?b=c@d:e/f?g", "h", 80, "/a?b=c@d:e/f?g", "", "h"},
        {"ws://[::1]:9001/x", "::1", 9001, "/x", "", "[::1]:9001"},
        {"ws://[2001:db8::1]", "2001:db8::1", 80, "/", "", "[2001:db8::1]"},
        {"ws://[fe80::1%25eth0]/", "fe80::1%eth0", 80, "/", "", "[fe80::1]"},
        {"ws://user:pa%3Ass@h:1/", "h", 1, "/", "user:pa:ss", "h:1"},
        {"ws://user@h", "h", 80, "/", "user", "h"},
        {"ws://us%er:%zz@h", "h", 80, "/", "us%er:%zz", "h"},
        {"ws://h:65535", "h", 65535, "/", "", "h:65535"},
        {"wss://h/x", "h", 443, "/x", "", "h"},
        {"https://h:443", "h", 443, "/", "", "h"},
        {"WSS://h:80", "h", 80, "/", "", "h:80"},
        {"ws://h:443", "h", 443, "/", "", "h:443"},
        {"ws://127.0.0.1:00080", "127.0.0.1", 80, "/", "", "127.0.0.1"},
    };
    for (const auto &row : rows) {
        SCOPED_TRACE(row.url);
        const auto parsed = parseTarget(row.url);
        const auto *target = std::get_if<Target>(&parsed);
        ASSERT_TRUE(target);
        EXPECT_EQ(target->host, row.host);
        EXPECT_EQ(target->port, row.port);
        EXPECT_EQ(target->resource, row.resource);
        EXPECT_EQ(target->userInfo, row.userInfo);
        EXPECT_EQ(target->hostHeader(), row.hostHeader);
    }
}

TEST(Target, BadRows)
{
    const Bad rows[] = {
        {"", TargetError::Empty, 0},
        {"example.com", TargetError::SchemeMissing, 0},
        {"localhost:9001/x", TargetError::SchemeMissing, 0},
        {"://h", TargetError::SchemeMissing, 0},
        {"ws:/h", TargetError::SchemeMissing, 0},
        {"1ws://h", TargetError::SchemeMissing, 0},
        {"ftp://h", TargetError::SchemeUnsupported, 0},
        {"wss+x://h", TargetError::SchemeUnsupported, 0},
        {"ws://", TargetError::HostMissing, 5},
        {"ws:///path", TargetError::HostMissing, 5},
        {"ws://user@/x", TargetError::HostMissing, 10},
        {"ws://:80/", TargetError::HostMissing, 5},
        {"ws://a@b@c/", TargetError::HostInvalid, 8},
        {"ws://ex<ample/", TargetError::HostInvalid, 7},
        {"ws://ex%41mple/", TargetError::HostInvalid, 7},
        {"ws://h\\evil/", TargetError::HostInvalid, 6},
        {"ws://[::1/", TargetError::HostInvalid, 5},
        {"ws://[::g]/", TargetError::HostInvalid, 6},
        {"ws://[]/", TargetError::HostInvalid, 6},
        {"ws://[::1%]/", TargetError::HostInvalid, 6},
        {"ws://[::1]x/", TargetError::HostInvalid, 10},
        {"ws://" + std::string(254, 'a'), TargetError::HostInvalid, 258},
        {"ws://h:0/", TargetError::PortInvalid, 7},
        {"ws://h:65536/", TargetError::PortInvalid, 7},
        {"ws://h:99999999999999999999/", TargetError::PortInvalid, 7},
        {"ws://h:8x/", TargetError::PortInvalid, 8},
        {"ws://h:-1/", TargetError::PortInvalid, 7},
        {"ws://h/#top", TargetError::HasFragment, 7},
        {"ws://h#", TargetError::HasFragment, 6},
        {"ws://h/a b", TargetError::InvalidOctet, 8},
        {" ws://h", TargetError::InvalidOctet, 0},
        {"ws://h/\r\nX: y", TargetError::InvalidOctet, 7},
        {std::string("ws://h/\0", 8), TargetError::InvalidOctet, 7},
        {"ws://h/\xC3\xBC", TargetError::InvalidOctet, 7},
        {"ws://h/\x7F", TargetError::InvalidOctet, 7},
    };
    for (const auto &row : rows) {
        SCOPED_TRACE(row.url);
        const auto parsed = parseTarget(row.url);
        const auto *fault = std::get_if<TargetFault>(&parsed);
        ASSERT_TRUE(fault);
        EXPECT_EQ(fault->error, row.error);
        EXPECT_EQ(fault->position, row.position);
    }
}
