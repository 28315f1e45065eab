// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.h"
#include "tests/vectors/rfc6455.h"

#include <gtest/gtest.h>

namespace frameglass::protocol {

namespace {
struct Conversation
{
    const char *name;
    Role receiver;
    Octets octets;
};

Octets received(Role receiver, std::string_view head, const std::vector<std::pair<unsigned, std::string>> &frames)
{
    Octets octets = octetsOf(head);
    const bool server = receiver == Role::Server;
    for (const auto &[first, payload] : frames)
        append(octets, frameOctets(first, viewOf(payload), server ? std::optional(sampleMask) : std::nullopt));
    return octets;
}

std::vector<Conversation> conversations()
{
    const std::vector<std::pair<unsigned, std::string>> talk = {{0x81, "Hello"},
                                                                {0x01, "frag \xE4\xB8"},
                                                                {0x89, "ping between"},
                                                                {0x00, "\x96 and"},
                                                                {0x8A, "pong nobody asked for"},
                                                                {0x80, ""},
                                                                {0x82, std::string(300, '\x01')},
                                                                {0x89, ""},
                                                                {0x88, "\x03\xE9going"},
                                                                {0x81, "too late"}};
    const std::vector<std::pair<unsigned, std::string>> wrongText = {{0x81, "good"},
                                                                     {0x81, "text \xF0\x9F\x98\x80\xED\xA0\x80 tail"}};
    const std::vector<std::pair<unsigned, std::string>> wrongFrame = {
        {0x82, "a"}, {0xC3, "rsv1, opcode 3"}, {0x81, "b"}};
    const std::vector<std::pair<unsigned, std::string>> cut = {{0x01, "never"}, {0x00, "ended"}};

    std::vector<Conversation> all;
    for (const Role role : {Role::Client, Role::Server}) {
        const std::string_view head = role == Role::Client ? vectors::sampleResponse : vectors::sampleRequest;
        all.push_back({"a talk", role, received(role, head, talk)});
        all.push_back({"text that is none", role, received(role, head, wrongText)});
        all.push_back({"reserved bits and opcode", role, received(role, head, wrongFrame)});
        Octets shorter = received(role, head, cut);
        shorter.pop_back();
        all.push_back({"cut short", role, shorter});
    }
    all.push_back({"404 with a body", Role::Client,
                   octetsOf("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot here\nand more")});
    all.push_back({"200 in chunks", Role::Client,
                   octetsOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nmore")});
    all.push_back({"103, then 101", Role::Client,
                   octetsOf("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n") + octetsOf(vectors::sampleResponse)});
    all.push_back({"101 twice", Role::Client,
                   octetsOf("HTTP/1.1 101 Switching Protocols\r\n\r\n") + octetsOf(vectors::sampleResponse)});
    all.push_back({"junk before the status line", Role::Client,
                   octetsOf("\xEF\xBB\xBF<br>\n\r\n") + octetsOf(vectors::sampleResponse) + fromHex("810141")});
    all.push_back({"plain GET", Role::Server, octetsOf("\r\nGET / HTTP/1.0\r\nHost: a\r\n\r\n")});
    return all;
}

struct Outcome
{
    std::vector<std::string> lines;
    std::string sent;
    ConnectionState state;
    friend bool operator==(const Outcome &, const Outcome &) = default;
};

Outcome run(const Conversation &talk, Reading reading, const std::vector<std::size_t> &cuts, bool pauses = false)
{
    PeerOptions options;
    options.role = talk.receiver;
    options.reading = reading;
    options.awaitsAnswer = true;
    options.pausesBeforeEnd = pauses;
    Driven driven(options);
    if (talk.receiver == Role::Client)
        driven.peer.open(sampleHandshake(vectors::sampleKey));
    driven.drain();
    std::size_t at = 0;
    for (const std::size_t cut : cuts) {
        driven.receive(OctetView(talk.octets).subspan(at, cut - at));
        at = cut;
    }
    driven.receive(OctetView(talk.octets).subspan(at));
    driven.end();
    return {driven.lines(), driven.sent(), driven.peer.state()};
}
} // namespace

TEST(PeerSplits, EverySplitPointGivesTheSameEvents)
{
    for (const Conversation &talk : conversations()) {
        for (const Reading reading : {Reading::Endpoint, Reading::Observer}) {
            const Outcome whole = run(talk, reading, {});
            ASSERT_GT(whole.lines.size(), 2u) << talk.name;
            std::vector<std::size_t> each;
            for (std::size_t cut = 1; cut < talk.octets.size(); ++cut) {
                const Outcome split = run(talk, reading, {cut});
                ASSERT_EQ(split.lines, whole.lines) << talk.name << " cut at " << cut;
                ASSERT_EQ(split.sent, whole.sent) << talk.name << " cut at " << cut;
                ASSERT_EQ(split.state, whole.state) << talk.name << " cut at " << cut;
                each.push_back(cut);
            }
            EXPECT_EQ(run(talk, reading, each).lines, whole.lines) << talk.name << " octet by octet";
            EXPECT_EQ(run(talk, reading, {}, true), whole) << talk.name << " with a pause before the end";
            EXPECT_EQ(run(talk, reading, each, true), whole) << talk.name << " octet by octet, with a pause";
        }
    }
}

TEST(PeerSplits, TheTalkIsWhatItSays)
{
    const std::vector<std::string> lines = run(conversations().front(), Reading::Endpoint, {}).lines;
    const std::vector<std::string> expected = {
        "> head GET /chat HTTP/1.1",
        "< head HTTP/1.1 101 Switching Protocols",
        "state opening handshake-succeeded open",
        "established chat ",
        "< frame fin rsv0 op1 len5/0 @0 48656c6c6f",
        "< message op1 5 in 1 ",
        "< frame rsv0 op1 len7/0 @7 6672616720e4b8",
        "< frame fin rsv0 op9 len12/0 @16 70696e67206265747765656e",
        "> frame fin rsv0 op10 len12/0 @0 70696e67206265747765656e",
        "< frame rsv0 op0 len5/0 @30 9620616e64",
        "< frame fin rsv0 op10 len21/0 @37 706f6e67206e6f626f64792061736b656420666f72",
        "< frame fin rsv0 op0 len0/0 @60 ",
        "< message op1 12 in 3 6672616720e4b89620616e64",
        "< frame fin rsv0 op2 len300/2 @62 300 octets",
        "< message op2 300 in 1 ",
        "< frame fin rsv0 op9 len0/0 @366 ",
        "> frame fin rsv0 op10 len0/0 @18 ",
        "< frame fin rsv0 op8 len7/0 @368 03e9676f696e67",
        "state open close-frame-received close-received",
        "> frame fin rsv0 op8 len2/0 @24 03e9",
        "state close-received close-frame-sent close-done",
        "< frame fin rsv0 op1 len8/0 @377 746f6f206c617465",
        "< violation data-after-close @377 ",
        "state close-done transport-ended closed",
    };
    EXPECT_EQ(lines, expected);
}

} // namespace frameglass::protocol
