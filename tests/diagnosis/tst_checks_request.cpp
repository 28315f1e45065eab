// SPDX-License-Identifier: GPL-3.0-or-later
// Phases 4 and 11: the request, and who does not read.
#include "scenario.h"

namespace frameglass::diagnosis::test {

namespace {

Scenario opened()
{
    return Scenario().opened();
}

/// Messages from the peer: `inASecond` of them spread over each of so many seconds.
Scenario steady(int seconds, int inASecond)
{
    Scenario scenario = opened();
    for (int i = 0; i <= seconds * inASecond; ++i) {
        scenario.received(Opcode::Text, "x");
        scenario.after(Nanoseconds(1s) / inASecond);
    }
    return scenario;
}

/// `size` messages at once, every ten seconds.
Scenario bursts(int count, int size)
{
    Scenario scenario = opened();
    for (int burst = 0; burst < count; ++burst) {
        for (int i = 0; i < size; ++i)
            scenario.received(Opcode::Text, "x");
        scenario.after(10s);
    }
    return scenario;
}

/// Our server, with a request that lacks nothing but what `from` → `to` changes.
Scenario asked(std::string_view from, std::string_view to)
{
    std::string head = "GET /ws HTTP/1.1\r\nHost: peer.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Key: " +
                       std::string(sampleKey) + "\r\nSec-WebSocket-Version: 13\r\nX-Last: 1\r\n\r\n";
    const auto at = head.find(from);
    head.replace(at, from.size(), to);
    return Scenario().server().requestRaw(head);
}

Scenario with(std::string_view line)
{
    return Scenario().client().request(std::string(line) + "\r\n");
}

/// A request that never became whole.
Scenario partial(Violation violation, std::size_t octets)
{
    return Scenario()
        .server()
        .requestRaw("GET / HTTP/1.1\r\nX: " + std::string(octets, 'x'), false)
        .violation(violation);
}

Scenario timedOut()
{
    return Scenario().server().at(10s).stage(Stage::Upgrade, StageOutcome::TimedOut, 10s);
}

Scenario forbidden(std::string_view lines)
{
    return Scenario().client().request(lines).responseRaw("HTTP/1.1 403 Forbidden\r\n\r\n").refused();
}

const std::vector<Case> &cases()
{
    using enum Verdict;
    static const std::vector<Case> all = {

        {"valid", "request.complete", Pass, opened()},
        {"no Host", "request.complete", Fail, asked("Host: peer.test\r\n", ""), "No Host"},
        {"no version and no key", "request.complete", Fail, asked("Sec-WebSocket-", "X-"), "Sec-WebSocket-Key"},
        {"HTTP/1.0", "request.complete", Fail, asked("HTTP/1.1", "HTTP/1.0"), "1.1"},
        {"nothing within 10 s", "request.complete", Fail, timedOut(), "10.0 s"},
        {"cut off", "request.complete", Fail, partial(Violation::HeadTruncated, 3)},
        {"over the limit", "request.complete", NotApplicable, partial(Violation::HeadTooLarge, 100)},
        {"nothing yet", "request.complete", NotApplicable, Scenario().server()},

        {"small", "request.header-budget", Pass, opened()},
        {"5,000 octets, open", "request.header-budget", Info,
         Scenario().client().request("X: " + std::string(5000, 'x') + "\r\n").response101().open()},
        {"5,000 octets, refused", "request.header-budget", Warn, forbidden("X: " + std::string(5000, 'x') + "\r\n")},
        {"a line of 8,300 octets", "request.header-budget", Fail, with("X: " + std::string(8300, 'x')), "nginx"},
        {"three lines of 6,000 octets", "request.header-budget", Fail,
         with("X: " + std::string(6000, 'x') + "\r\nX: " + std::string(6000, 'x') + "\r\nX: " + std::string(6000, 'x')),
         "HAProxy"},
        {"over our limit", "request.header-budget", Fail, partial(Violation::HeadTooLarge, 100), "limit"},
        {"too many lines", "request.header-budget", Fail, partial(Violation::HeadTooManyLines, 100), "lines"},
        {"nothing yet", "request.header-budget", NotApplicable, Scenario().server()},

        {"none", "request.underscore-header", Pass, opened()},
        {"one, open", "request.underscore-header", Info,
         Scenario().client().request("api_key: 1\r\n").response101().open(), "api_key"},
        {"one, refused", "request.underscore-header", Warn, forbidden("api_key: 1\r\n"), "api_key"},
        {"nothing yet", "request.underscore-header", NotApplicable, Scenario().server()},

        {"absent", "request.empty-protocol", Pass, opened()},
        {"named", "request.empty-protocol", Pass, with("Sec-WebSocket-Protocol: chat")},
        {"empty", "request.empty-protocol", Fail, with("Sec-WebSocket-Protocol: ")},
        {"nothing yet", "request.empty-protocol", NotApplicable, Scenario().server()},

        {"two names", "request.protocol-tokens", Pass, with("Sec-WebSocket-Protocol: chat, superchat")},
        {"twice", "request.protocol-tokens", Fail, with("Sec-WebSocket-Protocol: chat, chat"), "twice"},
        {"=", "request.protocol-tokens", Fail, with("Sec-WebSocket-Protocol: a=b"), "token"},
        {"a secret, refused", "request.protocol-tokens", Warn,
         forbidden("Sec-WebSocket-Protocol: access_token, eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk\r\n"),
         "secret"},
        {"absent", "request.protocol-tokens", NotApplicable, opened()},

        {"sent", "request.origin", Info, with("Origin: https://a.example"), "https://a.example"},
        {"absent", "request.origin", Info, opened()},
        {"absent and 403", "request.origin", Warn, forbidden({}), "403"},
        {"not let in", "request.origin", Warn,
         asked("X-Last: 1", "Origin: https://b.example").violation(Violation::OriginRefused), "https://b.example"},
        {"nothing yet", "request.origin", NotApplicable, Scenario().server()},

        {"taken", "flow.send-queue", Pass, opened().sent(Opcode::Text, "hi")},
        {"stalled", "flow.send-queue", Fail,
         opened().sent(Opcode::Text, "hi").violation(Violation::OutputStalled, Direction::Sent, "16777217"),
         "16777217"},
        {"no frame", "flow.send-queue", NotApplicable, opened()},

        {"five seconds only", "flow.burst", NotApplicable, steady(5, 1)},
        {"two a second", "flow.burst", Info, steady(30, 2), "dispersion 0.0"},
        {"300 at once, every 10 s", "flow.burst", Warn, bursts(6, 300), "longest gap 10.0 s"},
    };
    return all;
}

} // namespace

class TestChecksRequest : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried()
    {
        QCOMPARE(untried(Phase::Request, cases(), {"request.origin"}), QStringList());
        QCOMPARE(untried(Phase::Flow, cases(), {"flow.burst"}), QStringList());
    }
    void aBadRequestExplainsItsRefusal()
    {
        auto scenario = asked("Connection: Upgrade\r\n", "");
        scenario.responseRaw("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").refused();
        const auto whole = report(scenario);
        QCOMPARE(whole.rootCause.value_or(""), std::string_view("request.complete"));
        QCOMPARE(whole.find("upgrade.400")->foldedUnder, std::string_view("request.complete"));
    }
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksRequest)
#include "tst_checks_request.moc"
