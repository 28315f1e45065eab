// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario.h"

namespace frameglass::diagnosis::test {

namespace {

Scenario opened()
{
    return Scenario().opened();
}

/// A text frame of "hi" from the peer, changed.
template<typename Change>
Scenario odd(Change change, Direction direction = Direction::Received)
{
    Scenario scenario = opened();
    FrameHeader header = scenario.headerFor(direction, Opcode::Text, 2);
    change(header);
    return scenario.frame(direction, header, "hi");
}

Scenario control(Opcode opcode, std::size_t octets, bool fin = true)
{
    Scenario scenario = opened();
    return scenario.received(opcode, std::string(octets, 'x'), fin);
}

Scenario good()
{
    return opened().received(Opcode::Text, "hi").sent(Opcode::Text, "ho");
}

Settings meant(MessageType type)
{
    Settings settings;
    settings.messageType = type;
    return settings;
}

/// `count` messages of `octets` octets from the peer, `every` that long, after which 10 s have passed.
Scenario stream(int count, std::size_t octets, Nanoseconds every)
{
    Scenario scenario = opened();
    for (int i = 0; i < count; ++i)
        scenario.after(every).received(Opcode::Text, std::string(octets, 'x'));
    return scenario.after(11s).received(Opcode::Text, "end");
}

Scenario fragments(int count, std::size_t octets)
{
    Scenario scenario = opened();
    scenario.received(Opcode::Text, std::string(octets, 'x'), false);
    for (int i = 2; i < count; ++i)
        scenario.received(Opcode::Continuation, std::string(octets, 'x'), false);
    return scenario.received(Opcode::Continuation, "end");
}

/// `count` text frames of a client; `key` gives the masking key of each.
template<typename Key>
Scenario masks(std::uint32_t count, Key key)
{
    Scenario scenario;
    scenario.server().request().response101().open();
    for (std::uint32_t i = 0; i < count; ++i) {
        FrameHeader header = scenario.headerFor(Direction::Received, Opcode::Text, 2);
        const std::uint32_t number = key(i);
        for (unsigned octet = 0; octet < 4; ++octet)
            (*header.maskKey)[octet] = static_cast<std::byte>(number >> 8 * octet);
        scenario.frame(Direction::Received, header, "hi");
    }
    return scenario;
}

const protocol::MaskKey someKey{std::byte{9}, std::byte{8}, std::byte{7}, std::byte{6}};

const std::vector<Case> &cases()
{
    using enum Verdict;
    static const std::vector<Case> all = {

        {"masked text", "frame.masked-server", Fail, odd([](auto &h) { h.maskKey = someKey; }), "1 of 1"},
        {"the client's mask is right", "frame.masked-server", Pass, good(), "None of 1"},
        {"our server sends unmasked", "frame.masked-server", Pass,
         Scenario().server().request().response101().open().received(Opcode::Text, "hi").sent(Opcode::Text, "ho")},
        {"no frame", "frame.masked-server", NotApplicable, opened()},

        {"unmasked text to our server", "frame.unmasked-client", Fail,
         [] {
             Scenario s;
             s.server().request().response101().open().received(Opcode::Text, "hi");
             FrameHeader header = s.headerFor(Direction::Received, Opcode::Text, 2);
             header.maskKey.reset();
             return s.frame(Direction::Received, header, "hi");
         }(),
         "1 of 2"},
        {"our client masks", "frame.unmasked-client", Pass, good().sent(Opcode::Text, "ho")},
        {"no frame", "frame.unmasked-client", NotApplicable, opened()},

        {"a frame over the limit", "frame.over-limit", Fail,
         good().violation(Violation::FrameTooBig, Direction::Received, "67108865"), "67108865"},
        {"too many fragments", "frame.over-limit", Fail, good().violation(Violation::TooManyFragments), "fragments"},
        {"text", "frame.over-limit", Pass, good()},
        {"no frame", "frame.over-limit", NotApplicable, opened()},

        {"RSV1 without extension", "frame.rsv-bits", Fail, odd([](auto &h) { h.rsv = protocol::rsv1; }),
         "received once"},
        {"RSV2 sent by us", "frame.rsv-bits", Fail, odd([](auto &h) { h.rsv = protocol::rsv2; }, Direction::Sent),
         "sent once"},
        {"RSV1 with permessage-deflate", "frame.rsv-bits", Pass,
         [] {
             Scenario s;
             s.client().request().response101("Sec-WebSocket-Extensions: permessage-deflate\r\n").open();
             FrameHeader header = s.headerFor(Direction::Received, Opcode::Text, 2);
             header.rsv = protocol::rsv1;
             return s.frame(Direction::Received, header, "hi");
         }()},
        {"RSV1 on a ping with permessage-deflate", "frame.rsv-bits", Fail,
         [] {
             Scenario s;
             s.client().request().response101("Sec-WebSocket-Extensions: permessage-deflate\r\n").open();
             FrameHeader header = s.headerFor(Direction::Received, Opcode::Ping, 2);
             header.rsv = protocol::rsv1;
             return s.frame(Direction::Received, header, "hi");
         }()},
        {"no bits", "frame.rsv-bits", Pass, good()},
        {"no frame", "frame.rsv-bits", NotApplicable, opened()},

        {"opcode 3", "frame.reserved-opcode", Fail, odd([](auto &h) { h.opcode = 3; }), "8302"},
        {"opcode 11", "frame.reserved-opcode", Fail, odd([](auto &h) { h.opcode = 11; })},
        {"text", "frame.reserved-opcode", Pass, good()},
        {"not open", "frame.reserved-opcode", NotApplicable, Scenario().client().request(), "not done yet"},

        {"ping without FIN", "frame.control-fragmented", Fail, control(Opcode::Ping, 2, false)},
        {"ping", "frame.control-fragmented", Pass, control(Opcode::Ping, 2)},
        {"no frame", "frame.control-fragmented", NotApplicable, opened()},

        {"ping of 126", "frame.control-too-long", Fail, control(Opcode::Ping, 126)},
        {"ping of 125", "frame.control-too-long", Pass, control(Opcode::Ping, 125)},
        {"no frame", "frame.control-too-long", NotApplicable, opened()},

        {"continuation first", "frame.continuation-orphan", Fail, opened().received(Opcode::Continuation, "x")},
        {"continuation after a whole message", "frame.continuation-orphan", Fail,
         good().received(Opcode::Continuation, "x")},
        {"fragments with a ping between", "frame.continuation-orphan", Pass,
         opened().received(Opcode::Text, "a", false).received(Opcode::Ping).received(Opcode::Continuation, "b")},
        {"no frame", "frame.continuation-orphan", NotApplicable, opened()},

        {"text in a fragmented text", "frame.interleaved-messages", Fail,
         opened().received(Opcode::Text, "a", false).received(Opcode::Text, "b")},
        {"one message after the other", "frame.interleaved-messages", Pass,
         opened().received(Opcode::Text, "a", false).received(Opcode::Continuation, "b").received(Opcode::Text, "c")},
        {"no frame", "frame.interleaved-messages", NotApplicable, opened()},

        {"2 octets with 16 bits of length", "frame.length-encoding", Warn, odd([](auto &h) { h.lengthOctets = 2; })},
        {"2 octets with 7 bits of length", "frame.length-encoding", Pass, good()},
        {"no frame", "frame.length-encoding", NotApplicable, opened()},

        {"top bit", "frame.length-overflow", Fail,
         odd([](auto &h) { h.lengthOctets = 8, h.payloadLength = 1ull << 63 | 2; }), "top bit"},
        {"3 GB announced", "frame.length-overflow", Fail,
         odd([](auto &h) { h.lengthOctets = 8, h.payloadLength = 3'000'000'000; })},
        {"200 MB announced", "frame.length-overflow", Warn,
         odd([](auto &h) { h.lengthOctets = 8, h.payloadLength = 200'000'000; })},
        {"100 MB announced", "frame.length-overflow", Pass,
         odd([](auto &h) { h.lengthOctets = 8, h.payloadLength = 100'000'000; })},
        {"no frame", "frame.length-overflow", NotApplicable, opened()},

        {"bad octet", "frame.utf8", Fail,
         good().violation(Violation::InvalidUtf8, Direction::Received, "octet ff at offset 1"), "octet ff at offset 1"},
        {"good text", "frame.utf8", Pass, good()},
        {"binary only", "frame.utf8", NotApplicable, opened().received(Opcode::Binary, "\xff")},

        {"FIN inside a payload", "frame.truncated", Fail,
         odd([](auto &h) { h.payloadLength = 100; }).violation(Violation::FrameTruncated).fin(), "2 of the 100"},
        {"FIN inside a payload, nobody judged", "frame.truncated", Fail,
         odd([](auto &h) { h.payloadLength = 100; }).fin(), "2 of the 100"},
        {"FIN inside a header", "frame.truncated", Fail, good().violation(Violation::FrameTruncated).fin(), "header"},
        {"cut by us for its size", "frame.truncated", Pass,
         odd([](auto &h) { h.payloadLength = 100; }).violation(Violation::FrameTooBig).fin()},
        {"FIN between frames", "frame.truncated", Pass, good().fin()},
        {"TCP stands", "frame.truncated", NotApplicable, good()},
        {"ended before a frame", "frame.truncated", NotApplicable, opened().fin()},

        {"HTTP/1. after a message", "frame.http-in-stream", Fail,
         [] {
             Scenario s = good();
             FrameHeader header{.fin = false, .rsv = 0b100, .opcode = 8, .payloadLength = 0x54};
             return s.frame(Direction::Received, header, "TP/1.1 500 Internal Server Error\r\n");
         }(),
         "HTTP"},
        {"<html>", "frame.http-in-stream", Fail,
         [] {
             Scenario s = opened();
             FrameHeader header{.fin = false, .rsv = 0b011, .opcode = 12, .payloadLength = 0x68};
             return s.frame(Direction::Received, header, "tml>");
         }()},
        {"same header, other octets", "frame.http-in-stream", Pass,
         [] {
             Scenario s = opened();
             FrameHeader header{.fin = false, .rsv = 0b100, .opcode = 8, .payloadLength = 0x54};
             return s.frame(Direction::Received, header, "xyz");
         }()},
        {"no frame", "frame.http-in-stream", NotApplicable, opened()},

        {"two kinds of fault after good frames", "frame.concurrent-writers", Fail,
         good().at(5s).received(Opcode::Continuation, "x").received(Opcode::Ping, "x", false), "2 kinds"},
        {"the same right at open", "frame.concurrent-writers", Pass,
         good().at(500ms).received(Opcode::Continuation, "x").received(Opcode::Ping, "x", false)},
        {"one kind twice", "frame.concurrent-writers", Pass,
         good().at(5s).received(Opcode::Continuation, "x").received(Opcode::Continuation, "x")},
        {"nothing received", "frame.concurrent-writers", NotApplicable, opened().sent(Opcode::Text, "x")},

        {"65 fragments, then a missed pong", "frame.fragment-pattern", Warn,
         fragments(65, 10).heartbeat(HeartbeatKind::PongMissed, 1), "65"},
        {"fragments of gorilla's write buffer, then a cut", "frame.fragment-pattern", Warn, fragments(5, 4082).fin()},
        {"65 fragments, nothing wrong", "frame.fragment-pattern", Info, fragments(65, 10)},
        {"two fragments", "frame.fragment-pattern", Info, fragments(2, 10), "1 of 1"},
        {"whole messages", "frame.fragment-pattern", Pass, good()},
        {"no message", "frame.fragment-pattern", NotApplicable, control(Opcode::Ping, 0)},

        {"600 a second, 2 octets each", "frame.tiny-messages", Fail, stream(5'990, 2, 1'666us)},
        {"60 a second, 2 octets each, and a cut", "frame.tiny-messages", Warn, stream(599, 2, 16'666us).fin()},
        {"60 a second, 2 octets each", "frame.tiny-messages", Info, stream(599, 2, 16'666us)},
        {"60 a second, 64 octets each", "frame.tiny-messages", Pass, stream(599, 64, 16'666us), "59.9"},
        {"40 a second", "frame.tiny-messages", Pass, stream(399, 2, 25ms)},
        {"less than 10 s", "frame.tiny-messages", NotApplicable, good()},

        {"every mask twice", "frame.mask-quality", Warn, masks(200, [](auto i) { return i / 2 + 1; }), "100 of 200"},
        {"a zero mask", "frame.mask-quality", Warn, masks(3, [](auto i) { return i; }), "1 of 3"},
        {"all masks differ", "frame.mask-quality", Pass, masks(200, [](auto i) { return i + 1; })},
        {"too few", "frame.mask-quality", NotApplicable, masks(199, [](auto i) { return i / 2 + 1; })},
        {"our own client", "frame.mask-quality", NotApplicable, good()},

        {"not declared", "frame.type-mismatch", NotApplicable, good(), "messages.type"},
        {"text", "frame.type-mismatch", Pass, opened().received(Opcode::Text, "a"), nullptr, nullptr,
         meant(MessageType::Text)},
        {"binary", "frame.type-mismatch", Pass, opened().received(Opcode::Binary, "a"), nullptr, nullptr,
         meant(MessageType::Binary)},
        {"binary for text", "frame.type-mismatch", Warn,
         opened().received(Opcode::Text, "a").received(Opcode::Binary, "b"), "binary message", nullptr,
         meant(MessageType::Text)},
        {"text for binary", "frame.type-mismatch", Warn, opened().received(Opcode::Text, "a"), "text message", nullptr,
         meant(MessageType::Binary)},

        {"good", "frame.double-parser", Pass, good()},
        {"later", "frame.double-parser", Pass, opened().after(5s).violation(Violation::ReservedBit)},
        {"of ours", "frame.double-parser", Pass, opened().violation(Violation::ReservedBit, Direction::Sent)},
        {"cut short", "frame.double-parser", Pass, opened().violation(Violation::FrameTruncated)},
        {"nothing to compare with", "frame.double-parser", NotApplicable, opened().violation(Violation::ReservedBit),
         "another path"},

    };
    return all;
}

} // namespace

class TestChecksFrames : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried() { QCOMPARE(untried(Phase::Frames, cases(), {}, {"frame.double-parser"}), QStringList()); }
    void twoServersOnOneConnection();
};

void TestChecksFrames::twoServersOnOneConnection()
{
    const auto at = [](const char *url) { return Scenario().client(url).request().response101().open(); };
    const Scenario broken = at("ws://peer.test/ws").after(10ms).violation(Violation::ReservedBit);
    const Scenario fine = at("ws://peer.test/other").received(Opcode::Text, "hi");
    const auto judged = [&](const Scenario &other) {
        const auto all = together({broken, other});
        return evaluate({*all->find(1), nullptr, all.get(), 11ms, {}, startWallMs});
    };
    const Report report = judged(fine);
    QCOMPARE(*report.rootCause, std::string_view("frame.double-parser"));
    QVERIFY(report.find("frame.double-parser")->reason.contains("while ws://peer.test/other works"));
    // What tells nothing: the same URL, another host, one that is wrong as well, one without a message.
    for (const Scenario &other :
         {at("ws://peer.test/ws").received(Opcode::Text, "hi"), at("ws://else.test/ws").received(Opcode::Text, "hi"),
          at("ws://peer.test/other").received(Opcode::Text, "hi").violation(Violation::InvalidUtf8),
          at("ws://peer.test/other")})
        QCOMPARE(judged(other).find("frame.double-parser")->verdict, Verdict::NotApplicable);
}

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksFrames)
#include "tst_checks_frames.moc"
