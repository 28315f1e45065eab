// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario.h"

namespace frameglass::diagnosis::test {

namespace {

Scenario opened()
{
    return Scenario().opened();
}

/// Our schedule, and a connection that is open since 0.
Scenario scheduled(Nanoseconds interval, Nanoseconds timeout = 20s)
{
    capture::ConnectionStarted started;
    started.url = "ws://peer.test/ws";
    started.pingInterval = interval;
    started.pingTimeout = timeout;
    return Scenario().begin(started).request().response101().open();
}

/// One ping at 1 s and its pong after `rtt`.
Scenario answered(Nanoseconds rtt)
{
    return opened().at(1s).ping(1, "one").after(rtt).pong(1, "one", rtt);
}

Scenario missed(int inARow)
{
    Scenario scenario = opened();
    for (int i = 1; i <= inARow; ++i)
        scenario.after(25s)
            .ping(static_cast<std::uint64_t>(i), std::to_string(i))
            .after(20s)
            .heartbeat(HeartbeatKind::PongMissed, static_cast<std::uint64_t>(i));
    return scenario;
}

/// Pings every 5 s for `windows` × 5 minutes and one more; the first `lateOnes` of each window are late.
Scenario windows(int count, int lateOnes)
{
    Scenario scenario = opened();
    std::uint64_t id = 0;
    for (int window = 0; window < count; ++window) {
        for (int i = 0; i < 60; ++i) {
            ++id;
            scenario.at(5s * (window * 60 + i + 1)).ping(id, std::to_string(id));
            scenario.after(1ms).pong(id, std::to_string(id), 1ms, i < lateOnes);
        }
    }
    return scenario.after(301s).ping(id + 1, "last");
}

/// 4 pings, each with that RTT, in two halves: without and with data between ping and pong.
Scenario loaded(Nanoseconds idle, Nanoseconds busy)
{
    Scenario scenario = opened();
    for (std::uint64_t id = 1; id <= 4; ++id) {
        scenario.after(10s).ping(id, std::to_string(id));
        if (id > 2)
            scenario.received(Opcode::Text, "data");
        const Nanoseconds rtt = id > 2 ? busy : idle;
        scenario.after(rtt).pong(id, std::to_string(id), rtt);
    }
    return scenario;
}

Scenario rtts(std::initializer_list<Nanoseconds> values)
{
    Scenario scenario = opened();
    std::uint64_t id = 0;
    for (const Nanoseconds rtt : values) {
        ++id;
        scenario.after(10s).ping(id, std::to_string(id)).after(rtt).pong(id, std::to_string(id), rtt);
    }
    return scenario;
}

/// The peer pings twice, `interval` apart.
Scenario peerPings(Nanoseconds interval)
{
    return opened().received(Opcode::Ping, "a").after(interval).received(Opcode::Ping, "b");
}

const std::vector<Case> &cases()
{
    using enum Verdict;
    static const std::vector<Case> all = {

        {"at once", "heartbeat.pong-reply", Pass, answered(3ms), "1 of 1"},
        {"after exactly 1 s", "heartbeat.pong-reply", Pass, answered(1s)},
        {"after 4 s", "heartbeat.pong-reply", Warn, answered(4s), "4.00 s"},
        {"after 20 s", "heartbeat.pong-reply", Fail, answered(20s)},
        {"none in 20 s", "heartbeat.pong-reply", Fail, opened().ping(1, "one").at(20s), "20.0 s"},
        {"none for 5 s so far", "heartbeat.pong-reply", Warn, opened().ping(1, "one").at(5s)},
        {"closed instead", "heartbeat.pong-reply", Fail, opened().ping(1, "one").at(500ms).fin(), "ended"},
        {"the last of many left open by the end", "heartbeat.pong-reply", Pass,
         answered(3ms).ping(2, "two").after(100ms).fin()},
        {"not due yet", "heartbeat.pong-reply", NotApplicable, opened().ping(1, "one").at(500ms)},
        {"no ping", "heartbeat.pong-reply", NotApplicable, opened()},

        {"same octets", "heartbeat.pong-payload", Pass, answered(3ms)},
        {"empty", "heartbeat.pong-payload", Fail, opened().ping(1, "one").after(1ms).received(Opcode::Pong)},
        {"cut short", "heartbeat.pong-payload", Fail, opened().ping(1, "one").after(1ms).received(Opcode::Pong, "on")},
        {"unsolicited before the right one", "heartbeat.pong-payload", Pass,
         opened().ping(1, "one").received(Opcode::Pong, "x").after(1ms).pong(1, "one", 1ms)},
        {"only the latest", "heartbeat.pong-payload", Info,
         opened().ping(1, "one").ping(2, "two").after(1ms).pong(2, "two", 1ms), "1 of 2"},
        {"no pong", "heartbeat.pong-payload", NotApplicable, opened().ping(1, "one")},
        {"no ping", "heartbeat.pong-payload", NotApplicable, opened()},

        {"one", "heartbeat.unsolicited-pong", Info, opened().received(Opcode::Pong, "x"), "1 pong"},
        {"none", "heartbeat.unsolicited-pong", Pass, answered(3ms)},
        {"not open", "heartbeat.unsolicited-pong", NotApplicable, Scenario().client().request()},

        {"61 s of silence so far", "heartbeat.absent", Warn, opened().received(Opcode::Text, "hi").at(61s), "61.0 s"},
        {"61 s of silence, then data", "heartbeat.absent", Warn, opened().at(61s).received(Opcode::Text, "hi")},
        {"cut after 60 s", "heartbeat.absent", Fail, opened().received(Opcode::Text, "hi").at(60s).fin()},
        {"cut after 2 s", "heartbeat.absent", NotApplicable, opened().received(Opcode::Text, "hi").at(2s).fin()},
        {"pings pass", "heartbeat.absent", Pass, answered(3ms)},
        {"data keeps it busy", "heartbeat.absent", Pass,
         opened().at(40s).received(Opcode::Text, "a").at(70s).received(Opcode::Text, "b")},
        {"open for 5 s", "heartbeat.absent", NotApplicable, opened().at(5s), "5.00 s"},

        {"30 s", "heartbeat.interval", Pass, opened().at(30s).received(Opcode::Text, "hi"), "50 %"},
        {"40 s, nothing wrong", "heartbeat.interval", Info, opened().at(40s).received(Opcode::Text, "hi")},
        {"40 s, then cut", "heartbeat.interval", Warn, opened().at(40s).fin()},
        {"58 s, then cut", "heartbeat.interval", Fail, opened().at(58s).fin(), "97 %"},
        {"not open", "heartbeat.interval", NotApplicable, Scenario().client().request()},

        {"every 60 s, then cut", "heartbeat.interval-race", Fail, scheduled(60s).at(60s).fin(), "We ping every 60.0 s"},
        {"the peer every 56 s, and a cut", "heartbeat.interval-race", Fail, peerPings(56s).fin(), "other side"},
        {"every 60 s, nothing wrong", "heartbeat.interval-race", Info, scheduled(60s)},
        {"every 25 s", "heartbeat.interval-race", Pass, scheduled(25s)},
        {"one ping", "heartbeat.interval-race", NotApplicable, answered(3ms)},

        {"every second, and a missed pong", "heartbeat.too-frequent", Warn,
         scheduled(1s).heartbeat(HeartbeatKind::PongMissed, 1)},
        {"every second", "heartbeat.too-frequent", Info, scheduled(1s)},
        {"every 5 s", "heartbeat.too-frequent", Pass, scheduled(5s)},
        {"no interval", "heartbeat.too-frequent", NotApplicable, opened()},

        {"every 25 s", "heartbeat.vs-tcp-keepalive", Info, scheduled(25s), "95.0 s"},
        {"off", "heartbeat.vs-tcp-keepalive", Info, opened(), "No heartbeat"},
        {"off, and cut", "heartbeat.vs-tcp-keepalive", Warn, opened().at(60s).fin(), "2:11 h"},
        {"not open", "heartbeat.vs-tcp-keepalive", NotApplicable, Scenario().client()},

        {"20 s and 20 s", "heartbeat.vs-sla", Pass, scheduled(20s), "80.0 s"},
        {"30 s and 20 s", "heartbeat.vs-sla", Info, scheduled(30s), "1:50 min"},
        {"30 s and 20 s, and a cut", "heartbeat.vs-sla", Fail, scheduled(30s).at(1min).fin()},
        {"no interval", "heartbeat.vs-sla", NotApplicable, opened()},

        {"one", "heartbeat.missed", Warn, missed(1), "1 pongs missed"},
        {"two in a row", "heartbeat.missed", Warn, missed(2)},
        {"three in a row", "heartbeat.missed", Fail, missed(3), "3 in a row"},
        {"none", "heartbeat.missed", Pass, answered(3ms)},
        {"no ping", "heartbeat.missed", NotApplicable, opened()},

        {"3 windows with 4 of 60", "heartbeat.timeout-rate", Fail, windows(3, 4), "6.7 %"},
        {"2 windows with 4 of 60", "heartbeat.timeout-rate", Warn, windows(2, 4)},
        {"1 of 60", "heartbeat.timeout-rate", Warn, windows(1, 1)},
        {"none", "heartbeat.timeout-rate", Pass, windows(1, 0)},
        {"less than 5 minutes", "heartbeat.timeout-rate", NotApplicable, answered(3ms)},

        {"steady", "heartbeat.rtt", Info, rtts({10ms, 11ms, 12ms}), "median 11.0 ms"},
        {"one at 300 ms", "heartbeat.rtt", Warn, rtts({10ms, 11ms, 300ms}), "P99 300 ms"},
        {"one at 3 s", "heartbeat.rtt", Fail, rtts({10ms, 11ms, 3s})},
        {"no pong", "heartbeat.rtt", NotApplicable, opened().ping(1, "one")},

        {"6 s under load", "heartbeat.under-load", Fail, loaded(10ms, 6s)},
        {"6 times, and a missed pong", "heartbeat.under-load", Warn,
         loaded(10ms, 60ms).heartbeat(HeartbeatKind::PongMissed, 9)},
        {"6 times", "heartbeat.under-load", Info, loaded(10ms, 60ms)},
        {"twice", "heartbeat.under-load", Pass, loaded(10ms, 20ms), "20.0 ms"},
        {"never under load", "heartbeat.under-load", NotApplicable, answered(3ms)},

        {"pong after the peer's Close", "heartbeat.late-pong-after-close", Info,
         opened().closeReceived().received(Opcode::Pong, "x"), "1 pong"},
        {"no pong after Close", "heartbeat.late-pong-after-close", Pass, answered(3ms).closeReceived()},
        {"no Close", "heartbeat.late-pong-after-close", NotApplicable, answered(3ms)},

        // Where they apply: tst_checks_together
        {"alone", "heartbeat.synchronised", NotApplicable, answered(3ms)},
        {"not declared", "heartbeat.adaptive-sane", NotApplicable, answered(3ms)},
        {"our client", "heartbeat.background-throttle", NotApplicable, answered(3ms)},
        {"our client", "heartbeat.mobile-suspend", NotApplicable, answered(3ms)},
        {"alone", "heartbeat.server-pause", NotApplicable, answered(3ms)},
    };
    return all;
}

} // namespace

class TestChecksHeartbeat : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried()
    {
        QCOMPARE(untried(Phase::Heartbeat, cases(), {"heartbeat.vs-tcp-keepalive", "heartbeat.rtt"},
                         {"heartbeat.synchronised", "heartbeat.adaptive-sane", "heartbeat.background-throttle",
                          "heartbeat.mobile-suspend", "heartbeat.server-pause"}),
                 QStringList());
    }
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksHeartbeat)
#include "tst_checks_heartbeat.moc"
