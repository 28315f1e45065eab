// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_cases.h"

namespace frameglass::diagnosis::test {

namespace {

Scenario answeredAfter(Nanoseconds time)
{
    Scenario scenario;
    return scenario.client().request().at(time).response101().open();
}

Scenario switchedLine(std::string_view statusLine)
{
    return answered(std::string(statusLine) + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
                    "Sec-WebSocket-Accept: " + std::string(sampleAccept) + "\r\n\r\n");
}

} // namespace

std::vector<Case> arrivalCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto none = Verdict::NotApplicable;
    return {
        {"answered at once", "upgrade.no-response", pass, answeredAfter(5ms), "5.00 ms"},
        {"no octet for 10 s", "upgrade.no-response", fail, asked().at(10s), "10.0 s"},
        {"no octet for 3 s", "upgrade.no-response", warn, asked().at(3s), "3.00 s"},
        {"no octet for 1 s", "upgrade.no-response", none, asked().at(1s)},
        {"first octet after 4 s", "upgrade.no-response", warn, answeredAfter(4s), "4.00 s"},
        {"first octet after exactly 3 s", "upgrade.no-response", pass, answeredAfter(3s)},
        {"FIN without one octet", "upgrade.no-response", fail, asked().at(20ms).fin(), "without one octet"},
        {"reset without one octet", "upgrade.no-response", fail, asked().at(20ms).rst(), "without one octet"},
        {"cut at 60 s", "upgrade.no-response", fail, asked().at(60s).fin().ended(), "60.0 s"},
        {"given up by our own limit of 5 s", "upgrade.no-response", fail,
         asked().at(5s).stage(Stage::Upgrade, StageOutcome::TimedOut, 5s).transport(TransportEnd::ClosedByUs).ended(),
         "given up"},
        {"cancelled by the user", "upgrade.no-response", none,
         asked().at(1s).stage(Stage::Upgrade, StageOutcome::Cancelled, 1s).transport(TransportEnd::ClosedByUs).ended(),
         "Cancelled"},
        {"103 and nothing more", "upgrade.no-response", fail,
         asked().at(5ms).responseRaw("HTTP/1.1 103 Early Hints\r\n\r\n").at(1s).fin().ended(), "Only a 103"},
        {"never connected", "upgrade.no-response", none, Scenario().client(), "request"},

        {"answered at 800 ms", "upgrade.slow", pass, answeredAfter(800ms)},
        {"answered at 801 ms", "upgrade.slow", warn, answeredAfter(801ms), "801 ms"},
        {"answered at 5 s", "upgrade.slow", warn, answeredAfter(5s)},
        {"answered at 5.1 s", "upgrade.slow", fail, answeredAfter(5100ms), "5.10 s"},
        {"not answered", "upgrade.slow", none, asked()},

        {"the usual line", "upgrade.status-line", pass, switchedWith("")},
        {"no reason", "upgrade.status-line", pass, switchedLine("HTTP/1.1 101 ")},
        {"no space after the code", "upgrade.status-line", warn, switchedLine("HTTP/1.1 101"), "Python"},
        {"HTTP/1.2", "upgrade.status-line", fail, switchedLine("HTTP/1.2 101 Switching"), "HTTP/1.2"},
        {"two spaces", "upgrade.status-line", fail, switchedLine("HTTP/1.1  101 Switching"), "status line"},
        {"four digits", "upgrade.status-line", fail, switchedLine("HTTP/1.1 1010 Switching"), "status line"},
        {"lower case", "upgrade.status-line", fail, switchedLine("http/1.1 101 Switching"), "status line"},
        {"HTTP/2", "upgrade.status-line", fail, switchedLine("HTTP/2 101 "), "status line"},
        {"HTTP/1.0 is another row's", "upgrade.status-line", pass, switchedLine("HTTP/1.0 101 Switching")},
        {"octets of another protocol", "upgrade.status-line", fail,
         asked().at(5ms).responseRaw(std::string_view("\x15\x03\x03\x00\x02\x02\x28", 7), false).fin(), "7 octets"},
        {"a head cut by FIN", "upgrade.status-line", fail,
         asked().at(5ms).responseRaw("HTTP/1.1 101 Switching Protocols\r\nUpgr", false).fin(), "38 octets"},
        {"not answered", "upgrade.status-line", none, asked()},

        {"HTTP/1.0", "upgrade.http10-status", fail, switchedLine("HTTP/1.0 101 Switching Protocols"), "Firefox"},
        {"HTTP/1.1", "upgrade.http10-status", pass, switchedWith("")},
        {"HTTP/1.0 without 101", "upgrade.http10-status", none, answered("HTTP/1.0 400 Bad Request\r\n\r\n"), "400"},
    };
}

} // namespace frameglass::diagnosis::test
