// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_cases.h"

namespace frameglass::diagnosis::test {

namespace {

std::string manyFields(int count)
{
    std::string lines;
    for (int i = 0; i < count; ++i)
        lines += "X-Field-" + std::to_string(i) + ": 1\r\n";
    return lines;
}

/// Field lines of 1,000 octets each.
std::string longFields(std::size_t octets)
{
    std::string lines;
    for (; octets >= 1000; octets -= 1000)
        lines += "X-Long: " + std::string(990, 'a') + "\r\n";
    return lines;
}

/// A right 101 in which each line ends with LF alone.
Scenario bareLineFeeds()
{
    Scenario scenario;
    return scenario.client()
        .request()
        .responseRaw("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n"
                     "Sec-WebSocket-Accept: " +
                     std::string(sampleAccept) + "\n\n")
        .refused();
}

} // namespace

std::vector<Case> fieldCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto info = Verdict::Info;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto none = Verdict::NotApplicable;
    const std::string huge = "X-Huge: " + std::string(9000, 'a') + "\r\n";
    return {
        {"Content-Length", "upgrade.body-headers", warn, switchedWith("Content-Length: 5\r\n"), "Content-Length: 5"},
        {"Transfer-Encoding", "upgrade.body-headers", warn, switchedWith("Transfer-Encoding: chunked\r\n"), "chunked"},
        {"neither", "upgrade.body-headers", pass, switchedWith("")},
        {"400", "upgrade.body-headers", none, status("400 Bad Request", "Content-Length: 0\r\n")},

        {"gzip", "upgrade.content-encoding", warn, switchedWith("Content-Encoding: gzip\r\n"), "gzip"},
        {"absent", "upgrade.content-encoding", pass, switchedWith("")},
        {"400", "upgrade.content-encoding", none, status("400 Bad Request", "Content-Encoding: gzip\r\n")},

        {"space before the colon", "upgrade.header-syntax", fail, switchedWith("X-A : 1\r\n"), "Chromium"},
        {"no colon", "upgrade.header-syntax", fail, switchedWith("garbage\r\n"), "browsers"},
        {"a control octet", "upgrade.header-syntax", fail,
         switchedWith("X-A: a\x01"
                      "b\r\n")},
        {"a folded line", "upgrade.header-syntax", fail, switchedWith("X-A: a\r\n b\r\n"), "ws and websockets"},
        {"bare LF", "upgrade.header-syntax", fail, bareLineFeeds(), "QWebSocket"},
        {"a bare CR", "upgrade.header-syntax", fail, switchedWith("X-A: a\rb\r\n")},
        {"an empty name", "upgrade.header-syntax", fail, switchedWith(": a\r\n")},
        {"well-formed", "upgrade.header-syntax", pass, switchedWith("X-A: 1\r\n"), "4 "},
        {"no answer", "upgrade.header-syntax", none, asked()},

        {"small", "upgrade.header-size", pass, switchedWith("")},
        {"5,000 octets", "upgrade.header-size", warn, switchedWith(longFields(5000)), "proxy_buffer_size"},
        {"10,000 octets in short lines", "upgrade.header-size", warn, switchedWith(longFields(10000))},
        {"a line of 9,000 octets", "upgrade.header-size", fail, switchedWith(huge), "websockets (Python)"},
        {"17,000 octets", "upgrade.header-size", fail, switchedWith(longFields(17000)), "Node"},
        {"70,000 octets", "upgrade.header-size", fail, switchedWith(longFields(70000)), "WebKitGTK"},
        {"300,000 octets", "upgrade.header-size", fail, switchedWith(longFields(300000)), "Chromium"},
        {"no answer", "upgrade.header-size", none, asked()},

        {"100 fields", "upgrade.header-count", pass, switchedWith(manyFields(97)), "100"},
        {"101 fields", "upgrade.header-count", warn, switchedWith(manyFields(98)), "QWebSocket"},
        {"128 fields", "upgrade.header-count", warn, switchedWith(manyFields(125))},
        {"129 fields", "upgrade.header-count", fail, switchedWith(manyFields(126)), "129"},
        {"no answer", "upgrade.header-count", none, asked()},

        {"all attributes", "upgrade.set-cookie", info,
         switchedWith("Set-Cookie: sid=1; Secure; HttpOnly; SameSite=Lax\r\n"), "sid"},
        {"none, on a healthy connection", "upgrade.set-cookie", info, switchedWith("Set-Cookie: sid=1\r\n"),
         "sid without Secure, HttpOnly, SameSite"},
        {"none, where something went wrong", "upgrade.set-cookie", warn,
         switchedWith("Set-Cookie: sid=1\r\n").at(20ms).rst().ended(), "sid without Secure"},
        {"SameSite=None without Secure", "upgrade.set-cookie", warn,
         switchedWith("Set-Cookie: sid=1; HttpOnly; SameSite=None\r\n"), "drop"},
        {"no cookie", "upgrade.set-cookie", pass, switchedWith("")},
        {"400", "upgrade.set-cookie", none, status("400 Bad Request", "Set-Cookie: a=b\r\n")},
    };
}

std::vector<Case> upgradeFieldCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto info = Verdict::Info;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto none = Verdict::NotApplicable;
    const auto upgrade = [](std::string_view lines) {
        return switched(std::string(lines) +
                        "Connection: Upgrade\r\nSec-WebSocket-Accept: " + std::string(sampleAccept) + "\r\n");
    };
    const auto connection = [](std::string_view lines) {
        return switched(std::string(lines) +
                        "Upgrade: websocket\r\nSec-WebSocket-Accept: " + std::string(sampleAccept) + "\r\n");
    };
    const auto protocols = [](std::string_view lines, std::string_view offer = "Sec-WebSocket-Protocol: a, b\r\n") {
        return switchedWith(lines, offer);
    };
    const Scenario refused = status("400 Bad Request");
    return {
        {"absent", "upgrade.upgrade-missing", fail, upgrade("")},
        {"there", "upgrade.upgrade-missing", pass, switchedWith("")},
        {"400", "upgrade.upgrade-missing", none, refused},
        {"h2c", "upgrade.upgrade-value", fail, upgrade("Upgrade: h2c\r\n"), "h2c"},
        {"websocket/13", "upgrade.upgrade-value", fail, upgrade("Upgrade: websocket/13\r\n"), "websocket/13"},
        {"empty", "upgrade.upgrade-value", fail, upgrade("Upgrade:\r\n")},
        {"WebSocket", "upgrade.upgrade-value", pass, upgrade("Upgrade: WebSocket\r\n")},
        {"a list with websocket is another row's", "upgrade.upgrade-value", pass, upgrade("Upgrade: websocket, x\r\n")},
        {"absent", "upgrade.upgrade-value", none, upgrade("")},
        {"WebSocket", "upgrade.upgrade-case", info, upgrade("Upgrade: WebSocket\r\n"), "WebSocket"},
        {"websocket", "upgrade.upgrade-case", pass, switchedWith("")},
        {"h2c", "upgrade.upgrade-case", none, upgrade("Upgrade: h2c\r\n")},
        {"a list", "upgrade.upgrade-list", warn, upgrade("Upgrade: websocket, foo\r\n"), "websocket, foo"},
        {"two lines", "upgrade.upgrade-list", warn, upgrade("Upgrade: websocket\r\nUpgrade: websocket\r\n")},
        {"one value", "upgrade.upgrade-list", pass, switchedWith("")},
        {"absent", "upgrade.upgrade-list", none, upgrade("")},

        {"absent", "upgrade.connection-missing", fail, connection("")},
        {"there", "upgrade.connection-missing", pass, switchedWith("")},
        {"400", "upgrade.connection-missing", none, refused},
        {"close", "upgrade.connection-value", fail, connection("Connection: close\r\n"), "close"},
        {"keep-alive", "upgrade.connection-value", fail, connection("Connection: keep-alive\r\n"), "keep-alive"},
        {"keep-alive, Upgrade", "upgrade.connection-value", pass, connection("Connection: keep-alive, Upgrade\r\n")},
        {"absent", "upgrade.connection-value", none, connection("")},
        {"keep-alive, Upgrade", "upgrade.connection-extra", warn, connection("Connection: keep-alive, Upgrade\r\n"),
         "QWebSocket"},
        {"two lines", "upgrade.connection-extra", warn,
         connection("Connection: Upgrade\r\nConnection: keep-alive\r\n")},
        {"upgrade", "upgrade.connection-extra", pass, connection("Connection: upgrade\r\n")},
        {"close", "upgrade.connection-extra", none, connection("Connection: close\r\n")},

        {"none of two", "upgrade.subprotocol-missing", warn, protocols(""), "a, b"},
        {"one of two", "upgrade.subprotocol-missing", pass, protocols("Sec-WebSocket-Protocol: a\r\n")},
        {"none offered", "upgrade.subprotocol-missing", none, switchedWith("")},
        {"none offered, one sent", "upgrade.subprotocol-unrequested", fail,
         protocols("Sec-WebSocket-Protocol: chat\r\n", ""), "chat"},
        {"none offered, an empty one sent", "upgrade.subprotocol-unrequested", fail,
         protocols("Sec-WebSocket-Protocol:\r\n", "")},
        {"none offered, none sent", "upgrade.subprotocol-unrequested", pass, switchedWith("")},
        {"offered", "upgrade.subprotocol-unrequested", none, protocols("Sec-WebSocket-Protocol: c\r\n")},
        {"another value", "upgrade.subprotocol-mismatch", fail, protocols("Sec-WebSocket-Protocol: c\r\n"), "none of"},
        {"another case", "upgrade.subprotocol-mismatch", fail, protocols("Sec-WebSocket-Protocol: A\r\n"), "case"},
        {"the whole list", "upgrade.subprotocol-mismatch", fail, protocols("Sec-WebSocket-Protocol: a, b\r\n"), "list"},
        {"two lines", "upgrade.subprotocol-mismatch", fail,
         protocols("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a\r\n"), "2 times"},
        {"the second of two", "upgrade.subprotocol-mismatch", pass, protocols("Sec-WebSocket-Protocol: b\r\n")},
        {"none sent", "upgrade.subprotocol-mismatch", none, protocols("")},
    };
}

} // namespace frameglass::diagnosis::test
