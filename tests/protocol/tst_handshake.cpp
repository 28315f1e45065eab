// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/body_extent.h"
#include "support.h"
#include "tests/vectors/rfc6455.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace frameglass::protocol {

namespace {
using namespace std::string_view_literals;

HandshakeRequest plain()
{
    HandshakeRequest request;
    request.host = "a:80";
    request.target = "/x";
    request.key = vectors::sampleKey;
    return request;
}
} // namespace

TEST(Handshake, AcceptOfRfc6455)
{
    const AcceptComputation steps = computeAccept(vectors::sampleKey);
    EXPECT_EQ(steps.concatenated, std::string(vectors::sampleKey) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    EXPECT_EQ(toHex(steps.digest), vectors::sampleDigest);
    EXPECT_EQ(steps.accept, vectors::sampleAccept);
}

TEST(Handshake, Keys)
{
    std::array<std::byte, 16> nonce;
    std::ranges::copy(viewOf("the sample nonce"), nonce.begin());
    EXPECT_EQ(makeKey(nonce), vectors::sampleKey);
    EXPECT_TRUE(isValidKey(vectors::sampleKey));
    for (const std::string_view key :
         {"", "AAAA", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ=a", "dGhlIHNhbXBsZSBub25jZQAA",
          "dGhlIHNhbXBsZSBub25j*Q==", " GhlIHNhbXBsZSBub25jZQ=="})
        EXPECT_FALSE(isValidKey(key)) << key;
}

TEST(Handshake, RequestInOrder)
{
    HandshakeRequest request = plain();
    request.origin = "http://o";
    request.subprotocols = {"chat", "superchat"};
    request.extensions = {{"x", {{"a", "1"}, {"b", std::nullopt}}}};
    request.extraFields = {{"Cookie", "c=1"},
                           {"connection", "keep-alive, Upgrade"},
                           {"Sec-WebSocket-Key", "", true},
                           {"X", "1"},
                           {"X", "2"}};
    EXPECT_EQ(textOf(formatRequest(request)), "GET /x HTTP/1.1\r\n"
                                              "Host: a:80\r\n"
                                              "Upgrade: websocket\r\n"
                                              "connection: keep-alive, Upgrade\r\n"
                                              "Sec-WebSocket-Version: 13\r\n"
                                              "Origin: http://o\r\n"
                                              "Sec-WebSocket-Protocol: chat, superchat\r\n"
                                              "Sec-WebSocket-Extensions: x; a=1; b\r\n"
                                              "Cookie: c=1\r\n"
                                              "X: 1\r\n"
                                              "X: 2\r\n"
                                              "\r\n");
    EXPECT_TRUE(judgeRequest(parseHead(HeadKind::Request, formatRequest(plain()))).empty());
}

TEST(Handshake, NothingIsInjected)
{
    const std::string_view evil = "v\r\nX-Evil: 1\r\n\r\nGET /\0 HTTP/1.1"sv;
    HandshakeRequest request = plain();
    request.host = evil;
    request.target = evil;
    request.key = evil;
    request.origin = evil;
    request.subprotocols = {std::string(evil)};
    request.extensions = {{std::string(evil), {{std::string(evil), std::string(evil)}}}};
    request.extraFields = {{"X", std::string(evil)}, {std::string(evil), "y"}, {"Bad Name", "y"}, {"", "y"}};
    const Octets octets = formatRequest(request);
    HttpHeadReader reader(HeadKind::Request, Limits{});
    EXPECT_EQ(reader.feed(octets), octets.size());
    ASSERT_TRUE(reader.done());
    const HttpHead head = reader.take();
    EXPECT_EQ(head.oddities, std::vector<OddityAt>());
    EXPECT_EQ(head.fields.size(), 9u);
    EXPECT_EQ(head.find("X-Evil"), nullptr);
    EXPECT_EQ(head.target, "v%0d%0aX-Evil:%201%0d%0a%0d%0aGET%20/%00%20HTTP/1.1");

    HandshakeResponse response;
    response.reason = evil;
    response.subprotocol = evil;
    response.fields = {{"X", std::string(evil)}, {std::string(evil), "y"}};
    const HttpHead answer = parseHead(HeadKind::Response, formatResponse(response, vectors::sampleKey));
    EXPECT_EQ(answer.fields.size(), 5u);
    EXPECT_EQ(answer.raw, formatResponse(response, vectors::sampleKey));
}

TEST(Handshake, ResponseOfRfc6455)
{
    HandshakeResponse response;
    response.subprotocol = "chat";
    EXPECT_EQ(textOf(formatResponse(response, vectors::sampleKey)), vectors::sampleResponse);
    EXPECT_TRUE(judgeResponse(parseHead(HeadKind::Request, viewOf(vectors::sampleRequest)),
                              parseHead(HeadKind::Response, viewOf(vectors::sampleResponse)))
                    .empty());
}

TEST(Handshake, ResponseWithBody)
{
    HandshakeResponse response;
    response.status = 404;
    response.body = "nothing";
    EXPECT_EQ(textOf(formatResponse(response, {})), "HTTP/1.1 404 Not Found\r\n"
                                                    "Content-Type: text/plain; charset=utf-8\r\n"
                                                    "Content-Length: 7\r\n"
                                                    "Connection: close\r\n"
                                                    "\r\n"
                                                    "nothing");
}

TEST(Handshake, FaultsGravestFirst)
{
    const auto request = parseHead(HeadKind::Request, viewOf("POST / HTTP/1.0\r\nConnection: close\r\n\r\n"));
    std::vector<Violation> found;
    for (const HandshakeFault &fault : judgeRequest(request))
        found.push_back(fault.violation);
    using V = Violation;
    EXPECT_EQ(found, (std::vector{V::MethodNotGet, V::HttpVersionNot11, V::HostMissing, V::UpgradeHeaderMissing,
                                  V::ConnectionHeaderWrong, V::KeyMissing, V::VersionMissing}));
    EXPECT_EQ(judgeRequest(request)[4].offset, 17u);
    EXPECT_EQ(judgeRequest(request)[4].detail, "close");
}

TEST(Handshake, FoldedAndListedFieldsPass)
{
    const auto request = parseHead(HeadKind::Request, viewOf("\r\nGET /?q HTTP/1.1\nHost: a\nUpgrade: h2c, WebSocket\n"
                                                             "Connection: keep-alive,\r\n  upgrade\r\n"
                                                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                                             "Sec-WebSocket-Version: 13\r\n\r\n"));
    EXPECT_EQ(judgeRequest(request), std::vector<HandshakeFault>());
}

TEST(Refusal, RoundTrip)
{
    const std::string origin = "http://\"o\\x\xE4" + std::string(300, 'o');
    const auto request =
        parseHead(HeadKind::Request, viewOf("GET /x HTTP/1.0\r\nConnection: close\r\nOrigin: " + origin +
                                            "\r\nSec-WebSocket-Version: 13\r\n\r\n"));
    const HandshakeResponse response = refusalFor(request, judgeRequest(request));
    EXPECT_EQ(response.status, 400);
    EXPECT_TRUE(response.body.starts_with("Frameglass: this is no WebSocket opening handshake: http-version-not-11, "
                                          "host-missing, upgrade-header-missing, connection-header-wrong, key-missing\n"
                                          "Method: \"GET\"\nHTTP version: 1.0\nUpgrade: absent\n"
                                          "Connection: \"close\"\nSec-WebSocket-Key: absent\n"))
        << response.body;
    for (const std::string &body : {response.body, "1f4\r\n" + response.body + "\r\n0\r\n\r\n"}) {
        const auto report = parseRefusalBody(body);
        ASSERT_TRUE(report);
        EXPECT_EQ(report->method, "GET");
        EXPECT_EQ(report->httpVersion, "1.0");
        EXPECT_EQ(report->upgrade, std::nullopt);
        EXPECT_EQ(report->connection, "close");
        EXPECT_FALSE(report->keyPresent);
        EXPECT_EQ(report->version, "13");
        EXPECT_EQ(report->origin, origin.substr(0, 200));
    }
    for (std::size_t size = 0; size + 20 < response.body.size(); ++size)
        EXPECT_FALSE(parseRefusalBody(std::string_view(response.body).substr(0, size))) << size;
    EXPECT_FALSE(parseRefusalBody("<html><h1>400 Bad Request</h1>"));
}

TEST(Refusal, StatusAndFields)
{
    HttpHead request;
    request.method = "GET";
    const auto refusal = [&](Violation violation) { return refusalFor(request, {{violation, "", ""}}); };
    EXPECT_EQ(refusal(Violation::MethodNotGet).fields,
              (std::vector<std::pair<std::string, std::string>>{{"Allow", "GET"}}));
    const auto upgrade = parseHead(HeadKind::Response, formatResponse(refusal(Violation::VersionUnsupported), {}));
    EXPECT_EQ(upgrade.status, 426);
    EXPECT_EQ(upgrade.joined("Sec-WebSocket-Version"), "13");
    EXPECT_EQ(upgrade.joined("Connection"), "Upgrade, close");
    EXPECT_TRUE(refusal(Violation::OriginRefused).body.starts_with("Frameglass: this opening handshake is refused: "));
    EXPECT_TRUE(parseRefusalBody(refusal(Violation::OriginRefused).body));
    request.method = "HEAD";
    EXPECT_EQ(refusal(Violation::MethodNotGet).body, "");
}

TEST(BodyExtent, EndsWhereTheHeadSays)
{
    struct Row
    {
        const char *fields;
        const char *octets;
        std::size_t body;
        bool ended;
    };
    const Row rows[] = {
        {"Content-Length: 5\r\n", "helloworld", 5, true},
        {"Content-Length: 0\r\n", "hello", 0, true},
        {"Content-Length: 20\r\n", "hello", 5, false},
        {"Content-Length: -1\r\n", "hello", 5, false},
        {"", "hello", 5, false},
        {"Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\nx", 15, true},
        {"Transfer-Encoding: chunked\r\n", "A;e=1\r\n0123456789\r\n0\r\nT: v\r\n\r\nx", 30, true},
        {"Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nhello", 24, false},
        {"Transfer-Encoding: chunked\r\n", "1\r\nhello", 8, false},
    };
    for (const Row &row : rows) {
        const auto head =
            parseHead(HeadKind::Response, viewOf("HTTP/1.1 200 OK\r\n" + std::string(row.fields) + "\r\n"));
        BodyExtent whole(head);
        EXPECT_EQ(whole.feed(viewOf(row.octets)), row.body) << row.fields << row.octets;
        EXPECT_EQ(whole.ended(), row.ended) << row.fields << row.octets;
        BodyExtent single(head);
        std::size_t taken = 0;
        for (const char &c : std::string_view(row.octets))
            taken += single.feed(viewOf({&c, 1}));
        EXPECT_EQ(taken, row.body) << row.fields << row.octets;
    }
    EXPECT_TRUE(BodyExtent(parseHead(HeadKind::Response, viewOf("HTTP/1.1 304 N\r\n\r\n"))).ended());
}

// 60,000 control octets, 60,000 unknown extensions: faults of one head stay few.
TEST(Handshake, FaultsOfOneHeadAreFew)
{
    const HttpHead request =
        parseHead(HeadKind::Request, viewOf("GET / HTTP/1.1\r\nX: " + std::string(60'000, '\r') + "\r\n\r\n"));
    EXPECT_EQ(std::ranges::count(judgeRequest(request), Violation::FieldLineMalformed, &HandshakeFault::violation), 1);

    std::string names;
    for (int i = 0; i < 60'000; ++i)
        names += "e" + std::to_string(i) + ",";
    const HttpHead offer = parseHead(HeadKind::Request, viewOf(vectors::sampleRequest));
    const HttpHead answer =
        parseHead(HeadKind::Response, viewOf("HTTP/1.1 101 S\r\nSec-WebSocket-Extensions: " + names + "\r\n\r\n"));
    EXPECT_EQ(
        std::ranges::count(judgeResponse(offer, answer), Violation::ExtensionUnrequested, &HandshakeFault::violation),
        16);
}

} // namespace frameglass::protocol
