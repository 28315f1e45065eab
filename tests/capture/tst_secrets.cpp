// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/secrets.h"

#include "core/capture/record_secrets.h"
#include "record_samples.h"

#include <gtest/gtest.h>

using namespace frameglass;
using namespace frameglass::capture;

namespace {

struct Case
{
    const char *name;
    const char *plain;
    const char *masked;
};

TEST(Secrets, OfUrls)
{
    const Case cases[] = {
        {"nothing", "ws://example.com:80/chat?room=1#top", "ws://example.com:80/chat?room=1#top"},
        {"user info", "ws://me:pass@host/", "ws://*******@host/"},
        {"user without password", "wss://token@host", "wss://*****@host"},
        {"at sign in the path", "ws://host/a@b", "ws://host/a@b"},
        {"at sign in the query", "ws://host?x=//a@b", "ws://host?x=//a@b"},
        {"two at signs", "ws://a@b@host/", "ws://***@host/"},
        {"token", "ws://h/?token=abc&x=1", "ws://h/?token=***&x=1"},
        {"upper case", "ws://h/?Access_Token=abc", "ws://h/?Access_Token=***"},
        {"percent in the name", "ws://h/?%74oken=abc", "ws://h/?%74oken=***"},
        {"several", "ws://h/?api_key=1&sig=22&session=333&password=4444",
         "ws://h/?api_key=*&sig=**&session=***&password=****"},
        {"semicolon", "ws://h/?a=1;secret=2", "ws://h/?a=1;secret=*"},
        {"equals in the value", "ws://h/?auth=a=b", "ws://h/?auth=***"},
        {"empty value", "ws://h/?key=&a=1", "ws://h/?key=&a=1"},
        {"no value", "ws://h/?token", "ws://h/?token"},
        {"fragment", "ws://h/#access_token=abc", "ws://h/#access_token=***"},
        {"words that only look alike", "ws://h/?monkeybars=1&author=2&design=3&signal=4",
         "ws://h/?monkeybars=1&author=2&design=3&signal=4"},
    };
    for (const Case &row : cases)
        EXPECT_EQ(maskedUrl(row.plain), row.masked) << row.name;
}

TEST(Secrets, OfHeads)
{
    const Case cases[] = {
        {"none", "GET / HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
         "GET / HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"},
        {"authorization, any case", "GET / HTTP/1.1\r\naUthorization:Basic abc\r\n\r\n",
         "GET / HTTP/1.1\r\naUthorization:*********\r\n\r\n"},
        {"cookies", "GET / HTTP/1.1\r\nCookie: a=b\r\nCookie: c\r\n\r\n",
         "GET / HTTP/1.1\r\nCookie: ***\r\nCookie: *\r\n\r\n"},
        {"set-cookie and proxy", "HTTP/1.1 101 x\r\nSet-Cookie: a=b\r\nProxy-Authorization: q\r\n\r\n",
         "HTTP/1.1 101 x\r\nSet-Cookie: ***\r\nProxy-Authorization: *\r\n\r\n"},
        {"own field of a secret name", "GET / HTTP/1.1\r\nX-Api-Key: abc\r\n\r\n",
         "GET / HTTP/1.1\r\nX-Api-Key: ***\r\n\r\n"},
        {"challenge", "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=a\r\n\r\n",
         "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=a\r\n\r\n"},
        {"target", "GET /c?token=abc&x=1 HTTP/1.1\r\nHost: x\r\n\r\n",
         "GET /c?token=***&x=1 HTTP/1.1\r\nHost: x\r\n\r\n"},
        {"target, last", "GET /c?x=1&token=abc HTTP/1.1\r\nHost: x\r\n\r\n",
         "GET /c?x=1&token=*** HTTP/1.1\r\nHost: x\r\n\r\n"},
        {"redirect", "HTTP/1.1 302 F\r\nLocation: wss://u@h/?key=abc\r\n\r\n",
         "HTTP/1.1 302 F\r\nLocation: wss://*@h/?key=***\r\n\r\n"},
        {"folded", "GET / HTTP/1.1\r\nCookie: ab\r\n cd\r\nHost: x\r\n\r\n",
         "GET / HTTP/1.1\r\nCookie: **\r\n***\r\nHost: x\r\n\r\n"},
        {"subprotocols", "GET / HTTP/1.1\r\nSec-WebSocket-Protocol: graphql-transport-ws, v12.stomp\r\n\r\n",
         "GET / HTTP/1.1\r\nSec-WebSocket-Protocol: graphql-transport-ws, v12.stomp\r\n\r\n"},
        {"subprotocol is a token", "GET / HTTP/1.1\r\nSec-WebSocket-Protocol: chat, eyJhbGci.eyJz.x\r\n\r\n",
         "GET / HTTP/1.1\r\nSec-WebSocket-Protocol: chat, ***************\r\n\r\n"},
        {"subprotocol after its name", "GET / HTTP/1.1\r\nSec-WebSocket-Protocol: access_token, abc\r\n\r\n",
         "GET / HTTP/1.1\r\nSec-WebSocket-Protocol: access_token, ***\r\n\r\n"},
        {"bare LF", "GET / HTTP/1.1\nCookie: ab\n\n", "GET / HTTP/1.1\nCookie: **\n\n"},
        {"cut in a value", "GET / HTTP/1.1\r\nAuthorization: Basic ab", "GET / HTTP/1.1\r\nAuthorization: ********"},
        {"cut in the target", "GET /?token=abc", "GET /?token=***"},
    };
    for (const Case &row : cases) {
        const auto head = protocol::viewOf(row.plain);
        EXPECT_EQ(protocol::textOf(masked(head, secretsInHead(head))), row.masked) << row.name;
    }
}

TEST(Secrets, OfSubprotocols)
{
    for (const char *name : {"chat", "mqtt", "graphql-transport-ws", "v4.channel.k8s.io", "wamp.2.msgpack.batched",
                             "actioncable-v1-json", "ocpp2.0.1", "janus-protocol", "vnd.company.product-name"})
        EXPECT_TRUE(secretsInSubprotocol(name, "chat").empty()) << name;
    for (const char *name : {"eyJ0", "base64url.bearer.authorization.k8s.io.abc", "0123456789abcdef0123456789abcdef",
                             "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"})
        EXPECT_EQ(secretsInSubprotocol(name, "").size(), 1u) << name;
}

TEST(Secrets, RangesOutsideTheOctetsAreHarmless)
{
    const auto octets = protocol::octetsOf("abc");
    EXPECT_EQ(protocol::textOf(masked(octets, {{1, 1}, {2, 99}, {3, 1}, {99, ~std::size_t(0)}})), "a**");
}

TEST(Secrets, TakenFromARecordAndPutBack)
{
    for (const test::Sample &sample : test::samples()) {
        RecordBody body = sample.body;
        const auto secrets = takeSecrets(body);
        EXPECT_EQ(secrets.empty(), bool(test::same(body, sample.body))) << sample.name;
        for (const Secret &secret : secrets)
            putSecret(body, secret);
        EXPECT_TRUE(test::same(body, sample.body)) << sample.name;
    }
}

TEST(Secrets, OneThatDoesNotFitIsLeftOut)
{
    RecordBody body = ConnectionStarted{.url = "ws://h/"};
    putSecret(body, {"url", 0, 6, protocol::octetsOf("xy")});
    putSecret(body, {"url", 1, 0, protocol::octetsOf("x")});
    putSecret(body, {"url", 0, ~std::uint64_t(0), protocol::octetsOf("x")});
    putSecret(body, {"offered_subprotocols", 0, 0, protocol::octetsOf("x")});
    EXPECT_EQ(std::get<ConnectionStarted>(body).url, "ws://h/");
}

} // namespace
