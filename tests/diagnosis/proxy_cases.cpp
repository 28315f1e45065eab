// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_cases.h"

#include "response_cases.h"

namespace frameglass::diagnosis::test {

namespace {

constexpr auto pass = Verdict::Pass;
constexpr auto warn = Verdict::Warn;
constexpr auto fail = Verdict::Fail;
constexpr auto note = Verdict::Info;
constexpr auto none = Verdict::NotApplicable;

constexpr std::string_view nginx = "Server: nginx/1.22.1\r\n";
constexpr std::string_view envoy = "server: envoy\r\ndate: x\r\n";
constexpr std::string_view apache = "Server: Apache/2.4.62\r\n";
constexpr std::string_view iis = "Server: Microsoft-IIS/10.0\r\n";
constexpr std::string_view cloudflare = "Server: cloudflare\r\nCF-Ray: 8a-FRA\r\n";
/// As HAProxy writes names.
constexpr std::string_view lower = "content-length: 0\r\ncache-control: no-cache\r\n";

/// A 101 with lower-case names alone.
Scenario lower101()
{
    Scenario scenario;
    return scenario.client()
        .request()
        .at(5ms)
        .responseRaw("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
                     "sec-websocket-accept: " +
                     std::string(sampleAccept) + "\r\n\r\n")
        .open();
}

/// A right 101 with further field lines, and then a message.
Scenario open101(std::string_view lines, std::string url = "ws://peer.test/ws", std::string_view requestLines = {})
{
    Scenario scenario;
    return scenario.client(std::move(url))
        .request(requestLines)
        .at(1s)
        .response101(lines)
        .open()
        .received(Opcode::Text, "hi");
}

Scenario cutAfter(Scenario scenario, Nanoseconds silence)
{
    return scenario.after(silence).fin().ended();
}

Scenario asksFor(std::string_view target, std::string_view answer)
{
    Scenario scenario;
    scenario.client()
        .requestRaw("GET " + std::string(target) +
                    " HTTP/1.1\r\nHost: peer.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: " +
                    std::string(sampleKey) + "\r\nSec-WebSocket-Version: 13\r\n\r\n")
        .at(5ms)
        .responseRaw(answer);
    return answer.starts_with("HTTP/1.1 101") ? scenario.open() : scenario.refused();
}

std::string switching()
{
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
           std::string(sampleAccept) + "\r\n\r\n";
}

/// Attempts past the proxy; they outlive the cases.
const Scenario &plainDirect()
{
    static const Scenario scenario = Scenario().opened();
    return scenario;
}
const Scenario &largeDirect()
{
    static const Scenario scenario = switchedWith("Set-Cookie: a=" + std::string(20'000, 'x') + "\r\n");
    return scenario;
}
const Scenario &refusedDirect()
{
    static const Scenario scenario = status("404 Not Found");
    return scenario;
}
const Scenario &withoutAccept()
{
    static const Scenario scenario = switched("Upgrade: websocket\r\nConnection: Upgrade\r\n");
    return scenario;
}
const Scenario &http10Direct()
{
    static const Scenario scenario = answered("HTTP/1.0 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    return scenario;
}

Scenario h2With(std::string chosen)
{
    capture::TlsFacts tls;
    tls.version = "TLSv1.3";
    tls.alpnChosen = std::move(chosen);
    return status("400 Bad Request", nginx).add(std::move(tls));
}

Scenario withCookie(std::size_t octets, std::string_view statusLine, std::string_view lines)
{
    return answered("HTTP/1.1 " + std::string(statusLine) + "\r\n" + std::string(lines) + "\r\n",
                    "Cookie: a=" + std::string(octets, 'x') + "\r\n");
}

std::vector<Case> nginxCases()
{
    const Scenario page = status("403 Forbidden", nginx, "<hr><center>nginx/1.22.1</center>");
    const Scenario large = status("400 Bad Request", nginx, "<center>Request Header Or Cookie Too Large</center>");
    const Scenario gateway = status("502 Bad Gateway", nginx);
    return {
        {"large 101", "proxy.nginx-response-buffer", fail, gateway, "20,", &largeDirect()},
        {"small 101", "proxy.nginx-response-buffer", none, gateway, "which fit", &plainDirect()},
        {"no direct attempt", "proxy.nginx-response-buffer", none, gateway, "--direct"},
        {"101", "proxy.nginx-response-buffer", pass, switchedWith(nginx)},
        {"another server", "proxy.nginx-response-buffer", none, switchedWith(apache)},

        {"494", "proxy.nginx-request-buffer", fail, large, "too large (400)"},
        {"414", "proxy.nginx-request-buffer", fail, status("414 URI Too Long", nginx), "(414)"},
        {"101", "proxy.nginx-request-buffer", pass, switchedWith(nginx)},
        {"another server", "proxy.nginx-request-buffer", none, switchedWith(apache)},

        {"h2", "proxy.nginx-h2", warn, h2With("h2"), "h2"},
        {"http/1.1", "proxy.nginx-h2", pass, h2With("http/1.1")},
        {"without TLS", "proxy.nginx-h2", none, switchedWith(nginx), "Without TLS"},

        {"403 of nginx itself", "proxy.nginx-auth-request", warn, page, "nginx itself answered 403", &plainDirect()},
        {"403, and directly 404", "proxy.nginx-auth-request", none, page, "no 101 either", &refusedDirect()},
        {"403, no direct attempt", "proxy.nginx-auth-request", none, page, "--direct"},
        {"101", "proxy.nginx-auth-request", pass, switchedWith(nginx)},
        {"502", "proxy.nginx-auth-request", none, gateway},
    };
}

std::vector<Case> envoyAndHaproxyCases()
{
    const Scenario gateway = status("502 Bad Gateway", lower);
    return {
        {"empty 403", "proxy.envoy-upgrade-403", fail, status("403 Forbidden", envoy), "empty 403"},
        {"403 with a body", "proxy.envoy-upgrade-403", none, status("403 Forbidden", envoy, "no"), "has a body"},
        {"101", "proxy.envoy-upgrade-403", pass, switchedWith(envoy)},
        {"another server", "proxy.envoy-upgrade-403", none, switchedWith(nginx), "Envoy"},

        {"431", "proxy.envoy-431", fail, status("431 Request Header Fields Too Large", envoy)},
        {"101", "proxy.envoy-431", pass, switchedWith(envoy)},
        {"another server", "proxy.envoy-431", none, switchedWith(nginx)},

        {"bad 101", "proxy.haproxy-invalid-head", fail, gateway, "Sec-WebSocket-Accept is missing", &withoutAccept()},
        {"good 101", "proxy.haproxy-invalid-head", none, gateway, "nothing", &plainDirect()},
        {"no direct attempt", "proxy.haproxy-invalid-head", none, gateway, "--direct"},
        {"101", "proxy.haproxy-invalid-head", pass, lower101()},
        {"another server", "proxy.haproxy-invalid-head", none, switchedWith(nginx)},

        {"large request", "proxy.haproxy-bufsize", fail, withCookie(16'000, "400 Bad request", lower), "more than"},
        {"large response", "proxy.haproxy-bufsize", fail, gateway, "direct 101", &largeDirect()},
        {"502, no direct attempt", "proxy.haproxy-bufsize", none, gateway, "--direct"},
        {"small request", "proxy.haproxy-bufsize", pass, status("400 Bad request", lower)},
        {"another server", "proxy.haproxy-bufsize", none, switchedWith(nginx)},
    };
}

std::vector<Case> apacheAndIisCases()
{
    const Scenario gateway = status("502 Proxy Error", apache);
    const Scenario refused = status("400 Bad Request", apache);
    Scenario early = switchedWith(iis);
    early.after(200ms).fin().ended();
    return {
        {"400, and directly 101", "proxy.apache-upgrade", fail, refused, "400 through it", &plainDirect()},
        {"400, and directly 404", "proxy.apache-upgrade", none, refused, "no 101 either", &refusedDirect()},
        {"400, no direct attempt", "proxy.apache-upgrade", none, refused, "--direct"},
        {"101", "proxy.apache-upgrade", pass, switchedWith(apache)},
        {"another server", "proxy.apache-upgrade", none, switchedWith(nginx)},

        {"HTTP/1.0", "proxy.apache-bad-backend", fail, gateway, "HTTP/1.0", &http10Direct()},
        {"good 101", "proxy.apache-bad-backend", none, gateway, "nothing", &plainDirect()},
        {"no direct attempt", "proxy.apache-bad-backend", none, gateway, "--direct"},
        {"101", "proxy.apache-bad-backend", pass, switchedWith(apache)},

        {"disabled", "proxy.iis-feature", fail, status("503 Service Unavailable", iis, "WebSockets are disabled"),
         "disabled"},
        {"200", "proxy.iis-feature", fail, status("200 OK", iis), "with 200"},
        {"FIN after the 101", "proxy.iis-feature", fail, early, "200 ms"},
        {"101", "proxy.iis-feature", pass, switchedWith(iis)},
        {"another server", "proxy.iis-feature", none, switchedWith(nginx)},
    };
}

std::vector<Case> otherAnswerCases()
{
    const auto engine = [](int code) {
        return status("400 Bad Request", "", "{\"code\":" + std::to_string(code) + ",\"message\":\"x\"}");
    };
    const Scenario waf = status("403 Forbidden", std::string(cloudflare) + "Content-Type: text/html\r\n", "<html>");
    return {
        {"nginx", "proxy.signature", note, switchedWith(nginx), "nginx"},
        {"HAProxy", "proxy.signature", note, lower101(), "HAProxy"},
        {"gorilla", "proxy.signature", note, switchedWith(""), "gorilla"},
        {"Apache's own order", "proxy.signature", note,
         switched("Sec-WebSocket-Accept: " + std::string(sampleAccept) +
                  "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"),
         "Apache"},
        {"a proxy's Via", "proxy.signature", note, switchedWith("Via: 1.1 cache.test\r\n"), "Via: 1.1 cache.test"},
        {"nobody known", "proxy.signature", note, status("404 Not Found", "X-A: 1\r\n"), "Nothing"},
        {"no answer", "proxy.signature", none, asked()},

        {"session unknown", "proxy.engineio-errors", fail, engine(1), "session id unknown"},
        {"upgrade stripped", "proxy.engineio-errors", fail, engine(3), "without Upgrade"},
        {"a code of another", "proxy.engineio-errors", none, engine(42)},
        {"took it", "proxy.engineio-errors", pass, asksFor("/socket.io/?EIO=4&transport=websocket", switching())},
        {"another server", "proxy.engineio-errors", none, switchedWith(nginx)},

        {"another node", "proxy.signalr-404", fail, status("404 Not Found", "", "No Connection with that ID"),
         "another node"},
        {"accepted", "proxy.signalr-404", pass, asksFor("/chat?id=abc", switching())},
        {"another server", "proxy.signalr-404", none, switchedWith(nginx)},

        {"Age", "proxy.cached-response", warn, status("200 OK", "Age: 7\r\n"), "Age: 7"},
        {"X-Cache", "proxy.cached-response", warn, status("200 OK", "X-Cache: HIT from x\r\n"), "X-Cache"},
        {"a miss", "proxy.cached-response", pass, status("200 OK", "X-Cache: MISS\r\n")},
        {"no answer", "proxy.cached-response", none, asked()},

        {"a page of Cloudflare", "proxy.waf", warn, waf, "Cloudflare"},
        {"a page of Cloudflare, and directly 101", "proxy.waf", fail, waf, "direct", &plainDirect()},
        {"403 of the server", "proxy.waf", none, status("403 Forbidden", nginx), "no page"},
        {"101", "proxy.waf", pass, switchedWith(cloudflare)},
        {"404", "proxy.waf", none, status("404 Not Found", cloudflare)},

        {"never seen", "proxy.upstream-keepalive-low", none, switchedWith(nginx), "metrics"},
    };
}

} // namespace

std::vector<Case> proxyAnswerCases()
{
    std::vector<Case> all;
    for (const auto part : {nginxCases, envoyAndHaproxyCases, apacheAndIisCases, otherAnswerCases})
        std::ranges::move(part(), std::back_inserter(all));
    return all;
}

std::vector<Case> proxyEndCases()
{
    const std::string gateway = "wss://abc.execute-api.eu-west-1.amazonaws.com/prod";
    const std::string_view alb = "Set-Cookie: AWSALB=x\r\n";
    const auto closed = [](Scenario scenario) {
        return scenario.at(90s).closeReceived().closeSent().fin().ended(true, 1000);
    };
    Scenario compressed = open101("Sec-WebSocket-Extensions: permessage-deflate\r\n" + std::string(iis),
                                  "ws://peer.test/ws", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    Scenario compressedLonger = compressed;
    for (int i = 0; i < 3; ++i)
        compressedLonger.received(Opcode::Text, "x");
    Scenario racing = open101(alb);
    racing.at(60s).ping(1, "a").pong(1, "a", 1ms).at(120s).ping(2, "b").pong(2, "b", 1ms);
    Scenario forgotten = open101("");
    forgotten.after(351s).sent(Opcode::Text, "hi").after(1ms).rst().ended();
    return {
        {"15 s after it opened", "proxy.envoy-timeouts", fail,
         open101(envoy).at(15s).received(Opcode::Text, "x").at(16s).fin().ended(), "15.0 s"},
        {"5 minutes idle", "proxy.envoy-timeouts", fail, cutAfter(open101(envoy), 300s), "5:00 min"},
        {"at another time", "proxy.envoy-timeouts", pass, cutAfter(open101(envoy), 40s)},
        {"still open", "proxy.envoy-timeouts", none, open101(envoy), "still stands"},

        {"3 s idle", "proxy.haproxy-tunnel-timeout", fail, cutAfter(lower101().received(Opcode::Text, "x"), 3s),
         "3.00 s"},
        {"Close", "proxy.haproxy-tunnel-timeout", pass, closed(lower101())},
        {"another server", "proxy.haproxy-tunnel-timeout", none, cutAfter(open101(nginx), 3s)},

        {"60 s idle", "proxy.apache-timeout", fail, cutAfter(open101(apache), 60s), "default Timeout"},
        {"90 s idle", "proxy.apache-timeout", fail, cutAfter(open101(apache), 90s), "ProxyTimeout"},
        {"Close", "proxy.apache-timeout", pass, closed(open101(apache))},
        {"another server", "proxy.apache-timeout", none, cutAfter(open101(nginx), 60s)},

        {"cut at the first message", "proxy.iis-arr-compression", fail, cutAfter(compressed, 5ms), "first message"},
        {"messages pass", "proxy.iis-arr-compression", pass, cutAfter(compressedLonger, 5s)},
        {"no extension", "proxy.iis-arr-compression", none, cutAfter(open101(iis), 5ms), "No extension"},

        {"60 s idle", "proxy.alb-idle", fail, cutAfter(open101(alb), 60s), "60.0 s"},
        {"heartbeat of 60 s", "proxy.alb-idle", warn, racing, "races"},
        {"30 s idle", "proxy.alb-idle", pass, cutAfter(open101(alb), 30s)},
        {"another host", "proxy.alb-idle", none, cutAfter(open101(""), 60s), "AWS"},

        {"350 s idle, then a reset", "proxy.nlb-idle", fail, forgotten, "forgotten"},
        {"reset at once", "proxy.nlb-idle", pass, open101("").after(5s).rst().ended(), "longest silence"},
        {"FIN", "proxy.nlb-idle", pass, cutAfter(open101(""), 350s)},
        {"still open", "proxy.nlb-idle", none, open101("")},

        {"1009", "proxy.apigw-limits", fail, open101("", gateway).closeReceived(1009).closeSent(1009).fin().ended(),
         "128 KB"},
        {"2 hours", "proxy.apigw-limits", fail,
         open101("", gateway).at(7200s).received(Opcode::Text, "x").fin().ended(), "longest life"},
        {"10 minutes idle", "proxy.apigw-limits", fail, cutAfter(open101("", gateway), 600s), "10:00 min"},
        {"Close", "proxy.apigw-limits", pass, closed(open101("", gateway))},
        {"another host", "proxy.apigw-limits", none, cutAfter(open101(""), 600s)},

        {"522", "proxy.cloudflare", fail, status("522 ", cloudflare), "does not answer"},
        {"110 s idle", "proxy.cloudflare", warn, cutAfter(open101(cloudflare), 110s), "1:50 min"},
        {"in between", "proxy.cloudflare", note, open101(cloudflare), "in between"},
        {"another server", "proxy.cloudflare", none, open101(nginx)},

        {"Close", "proxy.k8s-ingress", pass, closed(open101(nginx))},
        {"cut alone", "proxy.k8s-ingress", none, cutAfter(open101(nginx), 60s), "alone"},
        {"still open", "proxy.k8s-ingress", none, open101(nginx)},
    };
}

} // namespace frameglass::diagnosis::test
