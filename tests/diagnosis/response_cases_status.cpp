// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_cases.h"

namespace frameglass::diagnosis::test {

std::vector<Case> statusCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto none = Verdict::NotApplicable;
    static const Scenario direct = Scenario().opened();
    const auto gorilla = "Content-Type: text/plain; charset=utf-8\r\nSec-Websocket-Version: 13\r\n"
                         "X-Content-Type-Options: nosniff\r\n";
    const auto html = "Content-Type: text/html\r\n";
    const auto slow = [](std::string_view line) {
        Scenario scenario;
        return scenario.client().request().at(60s).responseRaw(line).refused();
    };

    std::vector<Case> cases = {
        {"HTML", "upgrade.status-200", fail, status("200 OK", html, "<html>"), "HTML"},
        {"JSON", "upgrade.status-200", fail, status("200 OK", "Content-Type: application/json\r\n", "{}"), "JSON"},
        {"with the upgrade fields", "upgrade.status-200", fail, status("200 OK", "Upgrade: websocket\r\n"),
         "upgrade fields"},
        {"and the direct attempt got 101", "upgrade.status-200", fail, status("200 OK"), "direct attempt", &direct},
        {"301", "upgrade.redirect", fail, status("301 Moved", "Location: wss://peer.test/ws/\r\n"),
         "wss://peer.test/ws/"},
        {"307 without Location", "upgrade.redirect", fail, status("307 Temporary Redirect"), "without a Location"},
        {"gorilla", "upgrade.400", fail, status("400 Bad Request", gorilla, "Bad Request\n"), "gorilla"},
        {"nginx, too large", "upgrade.400", fail,
         status("400 Bad Request", "Server: nginx\r\n", "<title>400 Request Header Or Cookie Too Large</title>"),
         "too large"},
        {"Engine.IO", "upgrade.400", fail, status("400 Bad Request", "", R"({"code":3,"message":"Bad request"})"),
         "Engine.IO"},
        {"no key", "upgrade.400", fail, status("400 Bad Request", "", "Missing or invalid Sec-WebSocket-Key header"),
         "Sec-WebSocket-Key"},
        {"empty", "upgrade.400", fail, status("400 Bad Request", "Server: x\r\n"), "400 Bad Request from x"},
        {"Basic", "upgrade.401", fail, status("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n"), "Basic"},
        {"no challenge", "upgrade.401", fail, status("401 Unauthorized"), "without a challenge"},
        {"407", "upgrade.401", fail, status("407 Proxy Authentication Required", "Proxy-Authenticate: NTLM\r\n"),
         "NTLM"},
        {"gorilla's origin check", "upgrade.403", fail,
         status("403 Forbidden", "", "websocket: request origin not allowed by Upgrader.CheckOrigin"), "origin"},
        {"envoy", "upgrade.403", fail, status("403 Forbidden", "Server: envoy\r\n"), "envoy"},
        {"SignalR", "upgrade.404", fail, status("404 Not Found", "", "No Connection with that ID"), "SignalR"},
        {"a path", "upgrade.404", fail, status("404 Not Found"), "/ws"},
        {"405", "upgrade.405", fail, status("405 Method Not Allowed", "Allow: POST\r\n"), "POST"},
        {"501", "upgrade.405", fail, status("501 Not Implemented"), "501"},
        {"no upgrade seen", "upgrade.426", fail, status("426 Upgrade Required", "Sec-WebSocket-Version: 13\r\n"),
         "saw no upgrade"},
        {"another version", "upgrade.426", fail, status("426 Upgrade Required", "Sec-WebSocket-Version: 8\r\n"),
         "version 8"},
        {"once", "upgrade.429", warn, status("429 Too Many Requests", "Retry-After: 7\r\n"), "Retry-After: 7"},
        {"431", "upgrade.431", fail, status("431 Request Header Fields Too Large"), "octets"},
        {"414", "upgrade.431", fail, status("414 URI Too Long"), "octets"},
        {"gorilla", "upgrade.500", fail, status("500 Internal Server Error", gorilla), "gorilla"},
        {"any", "upgrade.500", fail, status("500 Internal Server Error"), "500"},
        {"nginx", "upgrade.502", fail, status("502 Bad Gateway", "Server: nginx/1.22.1\r\n"), "nginx/1.22.1"},
        {"IIS", "upgrade.503", fail, status("503 Service Unavailable", "", "WebSockets are disabled"), "IIS"},
        {"draining", "upgrade.503", fail, status("503 Service Unavailable", "Retry-After: 5\r\n"), "Retry-After: 5"},
        {"after 60 s", "upgrade.504", fail, slow("HTTP/1.1 504 Gateway Timeout\r\n\r\n"), "60.0 s"},
        {"418", "upgrade.status-other", fail, status("418 I'm a teapot"), "418"},
        {"204", "upgrade.status-other", fail, status("204 No Content"), "204"},
        {"201", "upgrade.status-other", fail, status("201 Created"), "201"},
        {"505", "upgrade.status-other", fail, status("505 HTTP Version Not Supported"), "505"},
        {"999", "upgrade.status-other", fail, status("999 "), "999"},
    };
    for (const char *id : {"upgrade.status-200", "upgrade.redirect", "upgrade.400", "upgrade.401", "upgrade.403",
                           "upgrade.404", "upgrade.405", "upgrade.426", "upgrade.429", "upgrade.431", "upgrade.500",
                           "upgrade.502", "upgrade.503", "upgrade.504", "upgrade.status-other"}) {
        cases.push_back({"101", id, pass, switchedWith(""), "101"});
        cases.push_back({"no answer", id, none, asked(), "response"});
    }
    return cases;
}

} // namespace frameglass::diagnosis::test
