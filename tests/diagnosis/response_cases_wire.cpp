// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_cases.h"

namespace frameglass::diagnosis::test {

namespace {

using namespace std::string_literals;

std::string switching()
{
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
           std::string(sampleAccept) + "\r\n\r\n";
}

Scenario early(std::string_view octets)
{
    return answered(std::string(octets) + switching());
}

/// A frame header as the octets of text read it, right after a valid 101.
Scenario openedThenText(unsigned char first, unsigned char second)
{
    FrameHeader header;
    header.fin = (first & 0x80u) != 0;
    header.rsv = static_cast<std::uint8_t>(first >> 4 & 0x7u);
    header.opcode = static_cast<std::uint8_t>(first & 0xfu);
    header.payloadLength = second & 0x7fu;
    Scenario scenario;
    return scenario.opened().frame(Direction::Received, header).violation(Violation::ReservedBit);
}

Scenario informed(std::string_view head)
{
    Scenario scenario;
    return scenario.client().request().at(5ms).responseRaw(head).response101().open();
}

} // namespace

std::vector<Case> wireCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto none = Verdict::NotApplicable;
    const std::string empty101 = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
    return {
        {"an empty 101, then the library's", "upgrade.double-101", fail, answered(empty101 + switching()),
         "HTTP/1.1 101 Switching Protocols"},
        {"an empty 101, then 500", "upgrade.double-101", fail,
         answered(empty101 + "HTTP/1.1 500 Internal Server Error\r\n\r\n"), "500"},
        {"a second head after a valid one", "upgrade.double-101", fail, openedThenText('H', 'T'), "HT"},
        {"a second head without an empty line between", "upgrade.double-101", fail,
         answered("HTTP/1.1 101 Switching Protocols\r\n" + switching()), "second status line"},
        {"one head", "upgrade.double-101", pass, switchedWith("")},
        {"HTML after the head", "upgrade.double-101", pass, answered(empty101 + "<html></html>")},
        {"400", "upgrade.double-101", none, status("400 Bad Request")},

        {"CRLF", "upgrade.leading-bytes", fail, early("\r\n"), "ws only"},
        {"byte order mark", "upgrade.leading-bytes", fail, early("\xef\xbb\xbf"), "byte order mark"},
        {"three octets", "upgrade.leading-bytes", fail, early("abc"), "Chromium and Firefox"},
        {"two NUL octets", "upgrade.leading-bytes", fail, early("\0\0"s), "Firefox only"},
        {"a line of text", "upgrade.leading-bytes", fail, early("warning: x\r\n"), "no client opens"},
        {"nothing", "upgrade.leading-bytes", pass, switchedWith("")},
        {"no answer", "upgrade.leading-bytes", none, asked()},

        {"103", "upgrade.informational", warn, informed("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), "103"},
        {"100", "upgrade.informational", warn, informed("HTTP/1.1 100 Continue\r\n\r\n"), "100"},
        {"101 alone", "upgrade.informational", pass, switchedWith("")},
        {"404", "upgrade.informational", none, status("404 Not Found"), "404"},

        {"HTML after an empty 101", "upgrade.trailing-bytes", fail, answered(empty101 + "<html>"), "<html>"},
        {"CRLF after a valid 101", "upgrade.trailing-bytes", fail, openedThenText('\r', '\n'), "\\x0d\\x0a"},
        {"HTML after a valid 101", "upgrade.trailing-bytes", fail, openedThenText('<', 'h'), "<h"},
        {"a text frame", "upgrade.trailing-bytes", pass, Scenario().opened().received(Opcode::Text, "hello"), "frame"},
        {"a frame with a reserved opcode is a matter of frames", "upgrade.trailing-bytes", pass,
         openedThenText(0x83, 0x05)},
        {"a frame with RSV1 is a matter of frames", "upgrade.trailing-bytes", pass, openedThenText(0xc1, 0x05)},
        {"nothing", "upgrade.trailing-bytes", pass, switchedWith(""), "Nothing"},
        {"400 with a body", "upgrade.trailing-bytes", none, status("400 Bad Request", "", "<html>")},

        {"FIN after 20 ms", "upgrade.101-then-close", fail, Scenario().opened().at(20ms).fin().ended(), "20.0 ms"},
        {"RST after 20 ms, our frame sent", "upgrade.101-then-close", fail,
         Scenario().opened().sent(Opcode::Text, "hi").at(20ms).rst().ended(), "20.0 ms"},
        {"the client left our server", "upgrade.101-then-close", pass,
         Scenario().server().request().response101().open().at(20ms).fin().ended(), "is the client"},
        {"FIN after 1 s", "upgrade.101-then-close", pass, Scenario().opened().at(1s).fin().ended(), "1.00 s"},
        {"FIN after a frame", "upgrade.101-then-close", pass,
         Scenario().opened().received(Opcode::Text, "hi").at(20ms).fin().ended()},
        {"closed by us", "upgrade.101-then-close", pass, Scenario().opened().closeSent().at(20ms).fin().ended()},
        {"still open after 2 s", "upgrade.101-then-close", pass, Scenario().opened().at(2s)},
        {"open for 100 ms so far", "upgrade.101-then-close", none, Scenario().opened().at(100ms)},
        {"failed for another reason", "upgrade.101-then-close", none, answered(empty101).at(20ms).fin().ended()},
    };
}

} // namespace frameglass::diagnosis::test
