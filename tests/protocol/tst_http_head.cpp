// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.h"
#include "tests/vectors/rfc6455.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace frameglass::protocol {

namespace {
using O = HeadOddity;
using namespace std::string_view_literals;

struct OddRow
{
    const char *name;
    HeadKind kind;
    std::string_view head;
    std::vector<OddityAt> oddities;
};

const OddRow oddRows[] = {
    {"a clean request", HeadKind::Request, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", {}},
    {"empty line before a request", HeadKind::Request, "\r\nGET / HTTP/1.1\r\n\r\n", {{O::LeadingOctets, 0, 2}}},
    {"BOM before a request", HeadKind::Request, "\xEF\xBB\xBFGET / HTTP/1.1\r\n\r\n", {{O::LeadingOctets, 0, 3}}},
    {"NUL before a response", HeadKind::Response, "\0HTTP/1.1 101 S\r\n\r\n"sv, {{O::LeadingOctets, 0, 1}}},
    {"a line before a response", HeadKind::Response, "oops: 1\r\nHTTP/1.1 101 S\r\n\r\n", {{O::LeadingOctets, 0, 9}}},
    {"a paragraph before a response",
     HeadKind::Response,
     "oops\r\n\r\nxHTTP/1.1 101 S\r\n\r\n",
     {{O::LeadingOctets, 0, 9}}},
    {"bare LF everywhere",
     HeadKind::Response,
     "HTTP/1.1 101 S\nA: b\n\n",
     {{O::BareLineFeed, 14, 1}, {O::BareLineFeed, 19, 1}, {O::BareLineFeed, 20, 1}}},
    {"CR inside a value", HeadKind::Response, "HTTP/1.1 101 S\r\nA: b\rc\r\n\r\n", {{O::BareCarriageReturn, 20, 1}}},
    {"folded line", HeadKind::Response, "HTTP/1.1 101 S\r\nA: b\r\n  c\r\n\r\n", {{O::ObsoleteFolding, 22, 3}}},
    {"fold after the status line",
     HeadKind::Response,
     "HTTP/1.1 101 S\r\n A: b\r\n\r\n",
     {{O::ObsoleteFolding, 16, 5}, {O::MissingColon, 16, 5}}},
    {"space before colon", HeadKind::Request, "GET / HTTP/1.1\r\nHost : a\r\n\r\n", {{O::SpaceBeforeColon, 20, 1}}},
    {"line without colon", HeadKind::Request, "GET / HTTP/1.1\r\nHost\r\n\r\n", {{O::MissingColon, 16, 4}}},
    {"octet 80 in a name", HeadKind::Request, "GET / HTTP/1.1\r\nHo\x80st: a\r\n\r\n", {{O::InvalidNameOctet, 18, 1}}},
    {"NUL in a value", HeadKind::Request, "GET / HTTP/1.1\r\nA: b\0\0\r\n\r\n"sv, {{O::ControlOctet, 20, 2}}},
    {"no name", HeadKind::Request, "GET / HTTP/1.1\r\n: a\r\n\r\n", {{O::EmptyName, 16, 1}}},
    {"status line ends after the code", HeadKind::Response, "HTTP/1.1 101\r\n\r\n", {{O::StatusLineNoSpace, 12, 0}}},
    {"status of two digits", HeadKind::Response, "HTTP/1.1 10 S\r\n\r\n", {{O::StartLineMalformed, 0, 13}}},
    {"two spaces in a status line", HeadKind::Response, "HTTP/1.1  101 S\r\n\r\n", {{O::StartLineMalformed, 0, 15}}},
    {"request without target", HeadKind::Request, "GET HTTP/1.1\r\n\r\n", {{O::StartLineMalformed, 0, 12}}},
    {"target with a space", HeadKind::Request, "GET /a b HTTP/1.1\r\n\r\n", {{O::StartLineMalformed, 0, 17}}},
    {"HTTP/0.9 request", HeadKind::Request, "GET /\r\n\r\n", {{O::StartLineMalformed, 0, 5}}},
    {"two status lines",
     HeadKind::Response,
     "HTTP/1.1 101 S\r\nHTTP/1.1 200 OK\r\n\r\n",
     {{O::SecondStatusLine, 16, 15}}},
    {"answer without HTTP", HeadKind::Response, "HTP/1.1 101 S\r\nA: b\r\n\r\n", {{O::StartLineMalformed, 0, 13}}},
};

Limits limitsOf(std::size_t octets, std::size_t lines)
{
    Limits limits;
    limits.headOctets = octets;
    limits.headLines = lines;
    return limits;
}
} // namespace

TEST(HttpHead, OdditiesHaveTheirPlace)
{
    for (const OddRow &row : oddRows) {
        for (std::size_t cut = 0; cut <= row.head.size(); ++cut) {
            HttpHeadReader reader(row.kind, Limits{});
            std::size_t taken = reader.feed(viewOf(row.head.substr(0, cut)));
            taken += reader.feed(viewOf(row.head.substr(cut)));
            EXPECT_EQ(taken, row.head.size()) << row.name;
            ASSERT_TRUE(reader.done()) << row.name << " cut at " << cut;
            const HttpHead head = reader.take();
            EXPECT_EQ(head.oddities, row.oddities) << row.name;
            EXPECT_EQ(textOf(head.raw), row.head) << row.name;
        }
    }
}

TEST(HttpHead, EveryOddityIsReachedHere)
{
    for (int i = 0; i <= static_cast<int>(O::SecondStatusLine); ++i) {
        const auto wanted = static_cast<O>(i);
        EXPECT_TRUE(std::ranges::any_of(oddRows, [&](const OddRow &row) {
            return std::ranges::find(row.oddities, wanted, &OddityAt::oddity) != row.oddities.end();
        })) << i;
    }
}

TEST(HttpHead, ReadsTheStartLine)
{
    const HttpHead request = parseHead(HeadKind::Request, viewOf(vectors::sampleRequest));
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.target, "/chat");
    EXPECT_EQ(request.versionMajor * 10 + request.versionMinor, 11);
    EXPECT_EQ(request.fields.size(), 7u);
    const HttpHead response = parseHead(HeadKind::Response, viewOf(vectors::sampleResponse));
    EXPECT_EQ(response.status, 101);
    EXPECT_EQ(response.reason, "Switching Protocols");
    EXPECT_EQ(response.startLine, "HTTP/1.1 101 Switching Protocols");
    EXPECT_EQ(parseHead(HeadKind::Response, viewOf("HTTP/2 200 OK\r\n\r\n")).status, 200);
    EXPECT_EQ(parseHead(HeadKind::Response, viewOf("HTTP/1.1 101S\r\n\r\n")).status, 0);
}

TEST(HttpHead, KeepsOrderCaseAndDuplicates)
{
    const std::string_view text =
        "HTTP/1.1 101 S\r\nupGrade:\t WebSocket \r\nA: 1\r\na: 2,, X\r\nB: x\r\n \r\n\ty\r\n\r\n";
    const HttpHead head = parseHead(HeadKind::Response, viewOf(text));
    ASSERT_EQ(head.fields.size(), 4u);
    EXPECT_EQ(head.fields[0].name, "upGrade");
    EXPECT_EQ(head.fields[0].value, "WebSocket");
    EXPECT_EQ(text.substr(head.fields[0].valueOffset, head.fields[0].valueLength), "WebSocket");
    EXPECT_EQ(text.substr(head.fields[0].offset, head.fields[0].length), "upGrade:\t WebSocket \r\n");
    EXPECT_EQ(head.find("UPGRADE"), &head.fields[0]);
    EXPECT_EQ(head.find("missing"), nullptr);
    EXPECT_EQ(head.count("A"), 2u);
    EXPECT_EQ(head.joined("A"), "1, 2,, X");
    EXPECT_EQ(head.tokens("A"), (std::vector<std::string>{"1", "2", "x"}));
    EXPECT_TRUE(head.hasToken("A", "X"));
    EXPECT_FALSE(head.hasToken("A", "1, 2"));
    EXPECT_EQ(head.fields[3].value, "x y");
    EXPECT_EQ(text.substr(head.fields[3].offset, head.fields[3].length), "B: x\r\n \r\n\ty\r\n");
    EXPECT_EQ(text.substr(head.fields[3].valueOffset, head.fields[3].valueLength), "x\r\n \r\n\ty");
}

TEST(HttpHead, TheRestIsTheCallers)
{
    HttpHeadReader reader(HeadKind::Response, Limits{});
    const std::string text = std::string(vectors::sampleResponse) + "frames";
    EXPECT_EQ(reader.feed(viewOf(text)), vectors::sampleResponse.size());
    EXPECT_EQ(reader.feed(viewOf("more")), 0u);
}

TEST(HttpHead, LimitsHoldBeforeStoring)
{
    const std::string_view head = "GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n";
    HttpHeadReader exact(HeadKind::Request, limitsOf(head.size(), 2));
    exact.feed(viewOf(head));
    EXPECT_TRUE(exact.done());
    HttpHeadReader octets(HeadKind::Request, limitsOf(head.size() - 1, 2));
    octets.feed(viewOf(head));
    EXPECT_EQ(octets.failed(), Violation::HeadTooLarge);
    EXPECT_EQ(octets.octets().size(), head.size() - 1);
    HttpHeadReader lines(HeadKind::Request, limitsOf(head.size(), 1));
    lines.feed(viewOf(head));
    EXPECT_EQ(lines.failed(), Violation::HeadTooManyLines);
    HttpHeadReader endless(HeadKind::Response, limitsOf(1000, 10));
    EXPECT_EQ(endless.feed(Octets(5000, std::byte{'x'})), 1000u);
    EXPECT_EQ(endless.failed(), Violation::HeadTooLarge);
}

TEST(HttpHead, Tokens)
{
    EXPECT_TRUE(isToken("Sec-WebSocket-Key!#$%&'*+.^_`|~09"));
    for (const std::string_view text : {""sv, "a b"sv, "a:"sv, "\0"sv, "a\"b"sv, "a\x80"sv})
        EXPECT_FALSE(isToken(text)) << text;
    EXPECT_TRUE(equalsIgnoringCase("WebSocket", "websocket"));
    EXPECT_FALSE(equalsIgnoringCase("web", "websocket"));
    EXPECT_EQ(trimmed(" \ta b\t "), "a b");
}

} // namespace frameglass::protocol
