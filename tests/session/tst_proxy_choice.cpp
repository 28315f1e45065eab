// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/proxy_choice.h"

#include <gtest/gtest.h>

#include <map>

using namespace frameglass;
using namespace frameglass::session;
using capture::ProxyKind;

namespace {

Target targetOf(const std::string &url)
{
    return std::get<Target>(parseTarget(url));
}

Environment environmentOf(const std::map<std::string, std::string> &variables)
{
    return [variables](const char *name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string() : found->second;
    };
}

} // namespace

TEST(ProxyChoice, GoodUrls)
{
    const std::pair<const char *, transport::Proxy> rows[] = {
        {"http://proxy.example:3128", {ProxyKind::HttpConnect, "proxy.example", 3128, "", ""}},
        {"HTTP://proxy.example", {ProxyKind::HttpConnect, "proxy.example", 80, "", ""}},
        {"http://proxy.example:3128/", {ProxyKind::HttpConnect, "proxy.example", 3128, "", ""}},
        {"proxy.example:3128", {ProxyKind::HttpConnect, "proxy.example", 3128, "", ""}},
        {"http://us%40er:p%3Aw@h:1", {ProxyKind::HttpConnect, "h", 1, "us@er", "p:w"}},
        {"user@h:1", {ProxyKind::HttpConnect, "h", 1, "user", ""}},
        {"socks5://h", {ProxyKind::Socks5, "h", 1080, "", ""}},
        {"socks5h://u:p@[::1]:9050", {ProxyKind::Socks5, "::1", 9050, "u", "p"}},
    };
    for (const auto &[url, proxy] : rows) {
        SCOPED_TRACE(url);
        const auto parsed = parseProxy(url);
        ASSERT_TRUE(std::holds_alternative<transport::Proxy>(parsed));
        EXPECT_EQ(std::get<transport::Proxy>(parsed), proxy);
    }
}

TEST(ProxyChoice, BadUrls)
{
    const std::pair<std::string, ProxyError> rows[] = {
        {"", ProxyError::Empty},
        {"https://h:1", ProxyError::TlsUnsupported},
        {"socks4://h:1", ProxyError::KindUnsupported},
        {"ftp://h", ProxyError::KindUnsupported},
        {"http://", ProxyError::HostMissing},
        {"http://u:p@", ProxyError::HostMissing},
        {"http://h:0", ProxyError::PortInvalid},
        {"http://h:99999", ProxyError::PortInvalid},
        {"http://h:1 ", ProxyError::InvalidOctet},
        {"http://h!x", ProxyError::HostInvalid},
        {"socks5://" + std::string(256, 'u') + "@h", ProxyError::CredentialsTooLong},
        {"socks5://u:" + std::string(256, 'p') + "@h", ProxyError::CredentialsTooLong},
    };
    for (const auto &[url, error] : rows) {
        SCOPED_TRACE(url);
        const auto parsed = parseProxy(url);
        ASSERT_TRUE(std::holds_alternative<ProxyError>(parsed));
        EXPECT_EQ(std::get<ProxyError>(parsed), error);
        EXPECT_FALSE(textOf(error).empty());
    }
}

TEST(ProxyChoice, TheEnvironmentByScheme)
{
    const std::map<std::string, std::string> all = {
        {"HTTP_PROXY", "http://plain:1"}, {"HTTPS_PROXY", "http://secure:2"}, {"ALL_PROXY", "socks5://all:3"}};
    EXPECT_EQ(adviceOfEnvironment(targetOf("ws://h/"), environmentOf(all))->proxy->host, "plain");
    EXPECT_EQ(adviceOfEnvironment(targetOf("wss://h/"), environmentOf(all))->proxy->host, "secure");
    EXPECT_EQ(adviceOfEnvironment(targetOf("wss://h/"), environmentOf({{"https_proxy", "small:2"}}))->proxy->host,
              "small");
    EXPECT_EQ(adviceOfEnvironment(targetOf("wss://h/"), environmentOf({{"all_proxy", "socks5://x"}}))->proxy->kind,
              ProxyKind::Socks5);
    EXPECT_FALSE(adviceOfEnvironment(targetOf("wss://h/"), environmentOf({{"HTTP_PROXY", "http://plain:1"}})));
    EXPECT_FALSE(adviceOfEnvironment(targetOf("ws://h/"), environmentOf({})));
}

TEST(ProxyChoice, WhatCannotBeUsedIsSaidWithoutCredentials)
{
    const auto advice =
        adviceOfEnvironment(targetOf("wss://h/"), environmentOf({{"HTTPS_PROXY", "https://u:secret@p:1"}}));
    ASSERT_TRUE(advice);
    EXPECT_FALSE(advice->proxy);
    EXPECT_EQ(advice->fault.substr(0, 12), "HTTPS_PROXY:");
    EXPECT_EQ(advice->fault.find("secret"), std::string::npos);
}

/// The rows of golang.org/x/net/http/httpproxy's own test, and what its documentation says.
TEST(ProxyChoice, NoProxy)
{
    const char *noProxy = "foobar.com, .barbaz.net, *.wild.org, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, "
                          "10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:443, [2002:db8:a::45]/64, "
                          "2003:db8::/32, only.example:8443";
    const std::pair<const char *, bool> rows[] = {
        {"ws://192.168.1.1", true},
        {"ws://192.168.1.2", false},
        {"ws://192.168.1.2:81", true},
        {"ws://192.168.1.3", true},
        {"ws://192.168.1.4", false},
        {"ws://10.0.0.2", true},
        {"ws://10.0.0.4", false},
        {"ws://[2001:db8::52:0:1]", true},
        {"wss://[2001:db8::52:0:2]", true},
        {"ws://[2001:db8::52:0:2]", false},
        {"ws://[2003:db8:1::1]", true},
        {"ws://[2004:db8::1]", false},
        {"ws://[::ffff:192.168.1.1]", true},
        {"ws://foobar.com", true},
        {"ws://FOOBAR.com.", true},
        {"ws://www.foobar.com", true},
        {"ws://foofoobar.com", false},
        {"ws://barbaz.net", false},
        {"ws://www.barbaz.net", true},
        {"ws://wild.org", false},
        {"ws://a.wild.org", true},
        {"ws://only.example", false},
        {"ws://only.example:8443", true},
        {"ws://sub.only.example:8443", true},
        {"ws://baz.com", false},
    };
    for (const auto &[url, exempt] : rows) {
        SCOPED_TRACE(url);
        EXPECT_EQ(isExempt(targetOf(url), noProxy), exempt);
    }
    EXPECT_TRUE(isExempt(targetOf("ws://any.example"), "*"));
    EXPECT_FALSE(isExempt(targetOf("ws://any.example"), ""));
    EXPECT_FALSE(isExempt(targetOf("ws://any.example"), " , ,."));
    const auto advice = adviceOfEnvironment(targetOf("ws://foobar.com"),
                                            environmentOf({{"HTTP_PROXY", "http://p:1"}, {"no_proxy", noProxy}}));
    ASSERT_TRUE(advice);
    EXPECT_FALSE(advice->proxy);
    EXPECT_EQ(advice->fault, "");
}

TEST(ProxyChoice, ThisMachine)
{
    for (const char *url : {"ws://localhost", "ws://LOCALHOST.", "ws://a.localhost", "ws://127.9.9.9", "ws://[::1]",
                            "ws+unix:/run/x.sock"})
        EXPECT_TRUE(isThisMachine(targetOf(url))) << url;
    for (const char *url : {"ws://localhost.example", "ws://128.0.0.1", "ws://[::2]", "ws://notlocalhost"})
        EXPECT_FALSE(isThisMachine(targetOf(url))) << url;
}
