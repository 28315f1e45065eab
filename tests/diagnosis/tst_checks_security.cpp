// SPDX-License-Identifier: GPL-3.0-or-later
// Phases 16, 17 and 19: security, what only the server knows, and helpers.
#include "tls_scenarios.h"

namespace frameglass::diagnosis::test {

namespace {

/// A client of a server at that address, with these lines in its request.
Scenario at(std::string address, std::string_view moreLines = {}, std::string_view target = "/ws")
{
    Scenario scenario;
    scenario.dialled("ws://peer.test" + std::string(target)).resolved({address}).tried(address);
    scenario.stage(Stage::Tcp, StageOutcome::Succeeded, 1ms).add(capture::SocketFacts{"10.0.0.9:50000", address});
    return scenario.requestRaw("GET " + std::string(target) +
                               " HTTP/1.1\r\nHost: peer.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Key: " +
                               std::string(sampleKey) + "\r\nSec-WebSocket-Version: 13\r\n" + std::string(moreLines) +
                               "\r\n");
}

Scenario answered(std::string_view moreLines)
{
    return Scenario().client().request().response101(moreLines).open();
}

Scenario withTarget(std::string_view target)
{
    return at("10.0.0.1:80", {}, target);
}

Scenario refusedWith403()
{
    return Scenario()
        .client("ws://peer.test/ws?token=hunter2")
        .requestRaw("GET /ws?token=hunter2 HTTP/1.1\r\nHost: peer.test\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nX-Quote: it's\r\nAuthorization: Bearer hunter2\r\n\r\n")
        .responseRaw("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        .refused();
}

const std::vector<Case> &cases()
{
    using enum Verdict;
    static const Scenario none = Scenario().client();
    static const std::vector<Case> all = {
        {"at once", "sec.origin-late-close", Warn, answered({}).after(200ms).closeReceived(1008), "200 ms"},
        {"after data", "sec.origin-late-close", Fail,
         answered({}).received(Opcode::Text, "hi").after(200ms).closeReceived(1008), "1 data frames"},
        {"later", "sec.origin-late-close", Pass, answered({}).after(5s).closeReceived(1008), "not the opening's"},
        {"another code", "sec.origin-late-close", Pass, answered({}).closeReceived(1000)},
        {"our own server", "sec.origin-late-close", Warn,
         Scenario().server().request().response101().open().after(10ms).closeSent(1008)},
        {"never open", "sec.origin-late-close", NotApplicable, none},

        {"public", "sec.plain-transport", Warn, at("192.0.2.1:80"), "read and change"},
        {"public with a cookie", "sec.plain-transport", Fail, at("192.0.2.1:80", "Cookie: sid=1\r\n"), "Cookie"},
        {"public with a token", "sec.plain-transport", Fail, at("192.0.2.1:80", {}, "/ws?token=hunter2"),
         "a secret in the URL"},
        {"private", "sec.plain-transport", Pass, at("10.0.0.1:80", "Cookie: sid=1\r\n"), "no public address"},
        {"this machine", "sec.plain-transport", Pass, at("[::1]:80")},
        {"encrypted", "sec.plain-transport", Pass, done().request()},
        {"accepted", "sec.plain-transport", NotApplicable, Scenario().server().request()},

        {"token", "sec.token-in-url", Warn, withTarget("/ws?a=1&access_token=abc"), "access_token"},
        {"JWT", "sec.token-in-url", Warn, withTarget("/ws?x=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"), "“x”"},
        {"empty", "sec.token-in-url", Pass, withTarget("/ws?token=")},
        {"others", "sec.token-in-url", Pass, withTarget("/ws?room=7&keyword=abc")},
        {"no request", "sec.token-in-url", NotApplicable, none},

        {"bare", "sec.cookie-flags", Warn, answered("Set-Cookie: sid=1\r\n"), "HttpOnly, SameSite"},
        {"flags", "sec.cookie-flags", Pass, answered("Set-Cookie: sid=1; httponly; SameSite=Lax\r\n")},
        {"Secure is asked for over TLS", "sec.cookie-flags", Warn,
         done().request().response101("Set-Cookie: sid=1; HttpOnly; SameSite=Lax\r\n").open(), "without Secure"},
        {"a value that says Secure", "sec.cookie-flags", Warn, answered("Set-Cookie: HttpOnly=1; SameSite=Lax\r\n")},
        {"no cookie", "sec.cookie-flags", NotApplicable, answered({})},

        {"nginx", "sec.version-leak", Info, answered("Server: nginx/1.22.1\r\nX-Powered-By: Express\r\n"),
         "nginx/1.22.1"},
        {"no digits", "sec.version-leak", Pass, answered("Server: nginx\r\n")},
        {"no answer", "sec.version-leak", NotApplicable, Scenario().client().request()},

        {"not compressed", "sec.compression-secret", NotApplicable, answered({}), "not in use"},
        {"compressed", "sec.compression-secret", NotApplicable,
         Scenario()
             .client()
             .request("Sec-WebSocket-Extensions: permessage-deflate\r\n")
             .response101("Sec-WebSocket-Extensions: permessage-deflate\r\n")
             .open(),
         "No secret"},

        {"refused", "evidence.capture-filter", Info, refusedWith403(), "http.response &&"},
        {"broken 101", "evidence.capture-filter", Info,
         Scenario().client().request().responseRaw("HTTP/1.1 101 Switching\r\n\r\n").refused(),
         "!http.sec_websocket_accept"},
        {"closed", "evidence.capture-filter", Info, answered({}).closeReceived(1000), "websocket.opcode == 8"},
        {"no request", "evidence.capture-filter", NotApplicable, none},
        {"encrypted", "evidence.keylog", Info, done(), "--key-log"},
        {"plain", "evidence.keylog", NotApplicable, answered({})},
        {"open", "evidence.devtools", Info, answered({}), "neither pings nor pongs"},
        {"refused", "evidence.devtools", Info, refusedWith403(), "--log-net-log"},
        {"no answer", "evidence.devtools", NotApplicable, none},
        {"recorded", "evidence.netlog-import", NotApplicable, answered({})},
        {"recorded", "evidence.pcap-import", NotApplicable, answered({})},
        {"marked", "evidence.debug-header", Info, answered("X-Debug-Upgrade: pod-7\r\n"), "pod-7"},
        {"not marked", "evidence.debug-header", Info, answered({}), "proves which process"},
        {"no answer", "evidence.debug-header", NotApplicable, none},
        {"open", "evidence.connection-record", Info, answered({}).sent(Opcode::Text, "hi").after(3s),
         "open for 3.00 s"},
        {"no TCP", "evidence.connection-record", NotApplicable, Scenario().dialled()},
        {"refused", "evidence.repro-script", Info, refusedWith403(), "curl --http1.1"},
        {"quotes", "evidence.repro-script", Info, refusedWith403(), R"('X-Quote: it'\''s')"},
        {"open", "evidence.repro-script", NotApplicable, answered({})},

        {"any", "obs.alloc-cusum", NotApplicable, answered({}), "metrics of the server"},
        {"any", "obs.gc-pause", NotApplicable, answered({})},
        {"any", "obs.connection-gauge", NotApplicable, answered({})},
        {"any", "obs.fd-usage", NotApplicable, answered({})},
        {"any", "obs.queue-depth", NotApplicable, answered({})},
        {"any", "obs.cpu-migrate", NotApplicable, answered({})},
        {"any", "obs.snapshot-log", NotApplicable, answered({}), "log or profile"},
        {"any", "obs.trace-block", NotApplicable, answered({})},
    };
    return all;
}

constexpr auto helpers = {"evidence.capture-filter",    "evidence.keylog",
                          "evidence.devtools",          "evidence.debug-header",
                          "evidence.connection-record", "evidence.repro-script"};

} // namespace

class TestChecksSecurity : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everySecurityRowIsTried()
    {
        QCOMPARE(untried(Phase::Security, cases(), {}, {"sec.compression-secret"}), QStringList());
    }
    void everyHelperIsTried()
    {
        QCOMPARE(untried(Phase::Evidence, cases(), {helpers.begin(), helpers.end()},
                         {"evidence.netlog-import", "evidence.pcap-import"}),
                 QStringList());
    }
    void everyServerRowIsTried()
    {
        std::vector<std::string_view> rows;
        for (const Check &check : checks())
            if (check.phase == Phase::ServerEvidence)
                rows.push_back(check.id);
        QCOMPARE(untried(Phase::ServerEvidence, cases(), {}, rows), QStringList());
    }
    void commandsHoldNoSecrets()
    {
        const auto judgement = judge("evidence.repro-script", refusedWith403());
        QVERIFY2(!judgement.reason.contains("hunter2"), qPrintable(judgement.reason));
        QVERIFY(judgement.reason.contains("'http://peer.test/ws?token=*******'"));
    }
    void nothingOfItIsARootCause() { QCOMPARE(report(answered("Server: nginx/1.22.1\r\n")).rootCause, std::nullopt); }
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksSecurity)
#include "tst_checks_security.moc"
