// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario.h"

#include <string>

/// The cases of phase 5, by the nouns of the rules' files.
namespace frameglass::diagnosis::test {

std::vector<Case> arrivalCases();
std::vector<Case> acceptCases();
std::vector<Case> wireCases();
std::vector<Case> fieldCases();
std::vector<Case> upgradeFieldCases();
std::vector<Case> statusCases();

/// A valid request, answered after 5 ms with these octets (a head, then a body), and refused.
inline Scenario answered(std::string_view octets, std::string_view requestLines = {})
{
    Scenario scenario;
    scenario.client().request(requestLines).after(5ms).responseRaw(octets).refused();
    return scenario;
}

/// A 101 with exactly these field lines, each with its CRLF.
inline Scenario switched(std::string_view lines, std::string_view requestLines = {})
{
    return answered("HTTP/1.1 101 Switching Protocols\r\n" + std::string(lines) + "\r\n", requestLines);
}

/// A right 101 with further field lines.
inline Scenario switchedWith(std::string_view moreLines, std::string_view requestLines = {})
{
    Scenario scenario;
    scenario.client().request(requestLines).after(5ms).response101(moreLines).open();
    return scenario;
}

/// A right 101, but for the value of Sec-WebSocket-Accept.
inline Scenario switchedWithAccept(std::string_view value)
{
    return switched("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + std::string(value) +
                    "\r\n");
}

/// An answer with status line, field lines and body.
inline Scenario status(std::string_view statusAndReason, std::string_view lines = {}, std::string_view body = {})
{
    return answered("HTTP/1.1 " + std::string(statusAndReason) + "\r\n" + std::string(lines) + "\r\n" +
                    std::string(body));
}

/// A request without any answer so far.
inline Scenario asked()
{
    Scenario scenario;
    scenario.client().request();
    return scenario;
}

} // namespace frameglass::diagnosis::test
