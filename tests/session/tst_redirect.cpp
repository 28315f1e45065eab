// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/redirect.h"
#include "tests/support/raw_server.h"
#include "tests/support/recorded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace frameglass;
using namespace frameglass::session;
using testing::ElementsAre;

namespace {

protocol::HttpHead answer(int status, const std::string &location)
{
    const auto text = "HTTP/1.1 " + std::to_string(status) + " x\r\n" +
                      (location.empty() ? std::string() : "Location: " + location + "\r\n") + "\r\n";
    return protocol::parseHead(protocol::HeadKind::Response, protocol::viewOf(text));
}

ClientOptions optionsFor(const std::string &url)
{
    ClientOptions options;
    options.url = url;
    return options;
}

ClientOptions withSecrets(const std::string &url)
{
    auto options = optionsFor(url);
    options.basicUser = "alice";
    options.basicPassword = "pw";
    options.bearerToken = "token";
    options.cookies = "sid=1";
    options.headers = {{"X-Trace", "1"}, {"Authorization", "Basic x"}, {"Cookie", "a=b"}, {"X-Api-Key", "k"}};
    options.serverName = "sni.test";
    options.addresses = {{"", 0, "127.0.0.1"}, {"b.test", 80, "127.0.0.2"}};
    return options;
}

} // namespace

TEST(Redirect, Locations)
{
    struct Row
    {
        const char *base;
        const char *location;
        const char *url;
    };
    const Row rows[] = {
        {"ws://a.test/x", "ws://b.test/y", "ws://b.test/y"},
        {"ws://a.test/x", "https://b.test:8443/y?z#frag", "wss://b.test:8443/y?z"},
        {"ws://a.test/x", "HTTP://b.test/", "ws://b.test/"},
        {"wss://a.test/x", "//b.test/y", "wss://b.test/y"},
        {"https://a.test/x", "//b.test/y", "wss://b.test/y"},
        {"wss://u:p@a.test:444/x/y?q=1", "/z", "wss://u:p@a.test:444/z"},
        {"ws://a.test/x/y?q=1", "z", "ws://a.test/x/z"},
        {"ws://a.test/x/y", "../z", "ws://a.test/z"},
        {"ws://a.test/x/y", "../../../z/.", "ws://a.test/z/"},
        {"ws://a.test/x/y/", "./", "ws://a.test/x/y/"},
        {"ws://a.test/x?q=1", "?r=2", "ws://a.test/x?r=2"},
        {"ws://a.test", "chat", "ws://a.test/chat"},
        {"ws://a.test?q=1", "/chat?x=a/../b", "ws://a.test/chat?x=a/../b"},
        {"ws+unix:/run/a.sock:/x", "/y", "ws+unix:/run/a.sock:/y"},
    };
    for (const auto &row : rows) {
        SCOPED_TRACE(std::string(row.base) + " + " + row.location);
        const auto resolved = resolveLocation(row.base, row.location);
        ASSERT_TRUE(std::holds_alternative<std::string>(resolved));
        EXPECT_EQ(std::get<std::string>(resolved), row.url);
    }
    for (const char *location : {"ftp://b.test/", "javascript:alert(1)", "ws+unix:/run/x.sock", "file:///etc/passwd"})
        EXPECT_EQ(std::get<RedirectError>(resolveLocation("ws://a.test/", location)), RedirectError::SchemeUnsupported);
    for (const char *location : {"ws://", "http://b.test:0/", "/with space", "https:b.test"})
        EXPECT_EQ(std::get<RedirectError>(resolveLocation("ws://a.test/", location)), RedirectError::LocationInvalid)
            << location;
}

TEST(Redirect, OnlyWhenAskedForAndOnlyThese)
{
    RedirectSeries unasked(optionsFor("ws://a.test/"), 0);
    EXPECT_FALSE(unasked.follow(answer(302, "/x"), 1));
    EXPECT_FALSE(unasked.error());
    for (const int status : {300, 304, 305, 200, 400}) {
        RedirectSeries series(optionsFor("ws://a.test/"), 5);
        EXPECT_FALSE(series.follow(answer(status, "/x"), 1)) << status;
        EXPECT_FALSE(series.error());
    }
    for (const int status : {301, 302, 303, 307, 308}) {
        RedirectSeries series(optionsFor("ws://a.test/"), 5);
        EXPECT_TRUE(series.follow(answer(status, "/x"), 7)) << status;
        EXPECT_EQ(series.current().url, "ws://a.test/x");
        EXPECT_EQ(series.current().redirectedFrom, 7u);
        ASSERT_EQ(series.hops().size(), 1u);
        EXPECT_EQ(series.hops()[0].connection, 7u);
        EXPECT_EQ(series.hops()[0].status, status);
    }
}

TEST(Redirect, LoopsAndTheLimitEnd)
{
    RedirectSeries itself(optionsFor("ws://a.test/x"), 5);
    EXPECT_FALSE(itself.follow(answer(301, "/x"), 1));
    EXPECT_EQ(itself.error(), RedirectError::Loop);

    RedirectSeries loop(optionsFor("ws://a.test/1"), 5);
    EXPECT_TRUE(loop.follow(answer(301, "/2"), 1));
    EXPECT_TRUE(loop.follow(answer(301, "/3"), 2));
    EXPECT_FALSE(loop.follow(answer(301, "/1"), 3));
    EXPECT_EQ(loop.error(), RedirectError::Loop);

    RedirectSeries many(optionsFor("ws://a.test/0"), 2);
    EXPECT_TRUE(many.follow(answer(301, "/1"), 1));
    EXPECT_TRUE(many.follow(answer(301, "/2"), 2));
    EXPECT_FALSE(many.follow(answer(301, "/3"), 3));
    EXPECT_EQ(many.error(), RedirectError::TooMany);

    RedirectSeries missing(optionsFor("ws://a.test/0"), 2);
    EXPECT_FALSE(missing.follow(answer(301, ""), 1));
    EXPECT_EQ(missing.error(), RedirectError::LocationMissing);
}

TEST(Redirect, SecretsStayWithTheirServer)
{
    struct Row
    {
        const char *from;
        const char *to;
        bool kept;
    };
    const Row rows[] = {
        {"ws://a.test/x", "ws://a.test/y", true},        {"ws://a.test/x", "ws://A.test/y", true},
        {"ws://a.test/x", "wss://a.test/y", true},       {"ws://a.test/x", "ws://b.test/y", false},
        {"wss://a.test/x", "wss://b.test/y", false},     {"wss://a.test/x", "ws://a.test/y", false},
        {"wss://a.test:1/x", "ws://a.test:1/y", false},  {"ws://a.test/x", "ws://a.test:8080/y", false},
        {"ws://a.test/x", "wss://a.test:8443/y", false},
    };
    for (const auto &row : rows) {
        SCOPED_TRACE(std::string(row.from) + " -> " + row.to);
        const auto next = redirected(withSecrets(row.from), row.to, 1);
        EXPECT_EQ(next.basicUser, row.kept ? "alice" : "");
        EXPECT_EQ(next.basicPassword, row.kept ? "pw" : "");
        EXPECT_EQ(next.bearerToken, row.kept ? "token" : "");
        EXPECT_EQ(next.cookies, row.kept ? "sid=1" : "");
        EXPECT_EQ(next.headers.size(), row.kept ? 4u : 1u);
        EXPECT_EQ(next.headers[0].name, "X-Trace");
    }
    const auto elsewhere = redirected(withSecrets("ws://a.test/x"), "ws://b.test/y", 1);
    EXPECT_FALSE(elsewhere.serverName);
    EXPECT_THAT(elsewhere.addresses, ElementsAre(GivenAddress{"b.test", 80, "127.0.0.2"}));
    // What stood in the first URL goes along like any other credentials.
    EXPECT_EQ(redirected(optionsFor("ws://u:p@a.test/x"), "ws://a.test/y", 1).basicPassword, "p");
    EXPECT_EQ(redirected(optionsFor("ws://u:p@a.test/x"), "ws://b.test/y", 1).basicPassword, "");
}

TEST(Redirect, EachHopIsAConnection)
{
    test::RawServer second([](test::RawSocket &client) {
        client.write(test::upgradeResponse(client.readUntil("\r\n\r\n")));
        test::readFrame(client);
    });
    test::RawServer first([&second](test::RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:" +
                     std::to_string(second.port()) + "/there\r\n\r\n");
        client.readEnd();
    });
    NetworkThread network;
    const auto sink = std::make_shared<test::WaitableSink>();
    RedirectSeries series(optionsFor(first.url("/here")), 3);
    ClientSession one(network, sink, series.current());
    one.start();
    ASSERT_TRUE(one.waitEnded(std::chrono::seconds(20)));
    const auto heads = test::allOf<capture::HeadRecord>(sink->records(one.id()));
    ASSERT_TRUE(series.follow(protocol::parseHead(protocol::HeadKind::Response, heads.back().raw), one.id()));
    ClientSession two(network, sink, series.current());
    two.start();
    ASSERT_TRUE(sink->waitFor([](const auto &record) { return test::wordFor(record) == "upgrade succeeded"; }));
    const auto started = test::allOf<capture::ConnectionStarted>(sink->records(two.id())).at(0);
    EXPECT_EQ(started.redirectedFrom, one.id());
    EXPECT_EQ(started.url, "ws://127.0.0.1:" + std::to_string(second.port()) + "/there");
    two.close(1000);
    EXPECT_TRUE(two.waitEnded(std::chrono::seconds(20)));
}
