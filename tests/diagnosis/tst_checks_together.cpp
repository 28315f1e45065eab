// SPDX-License-Identifier: GPL-3.0-or-later
#include "together_cases.h"

#include <cmath>
#include <random>

using namespace frameglass;
using namespace frameglass::diagnosis;
using namespace frameglass::diagnosis::test;

namespace {

using Scenarios = std::vector<Scenario>;

/// Rows of phases 10, 14 and 18 that compare connections.
Scenario clientAt(Nanoseconds time)
{
    return Scenario().at(time).client().request().response101().open();
}

/// `count` connections; each pings every `period`, the first time `offset(i)` after it opened.
Scenarios beating(std::size_t count, Nanoseconds period, const std::function<Nanoseconds(std::size_t)> &offset)
{
    Scenarios all;
    for (std::size_t i = 0; i < count; ++i) {
        Scenario scenario = clientAt(1s);
        for (std::uint64_t ping = 1; ping <= 6; ++ping) {
            scenario.at(1s + offset(i) + static_cast<std::int64_t>(ping) * period).ping(ping, std::to_string(ping));
            scenario.after(5ms).pong(ping, std::to_string(ping), 5ms);
        }
        all.push_back(std::move(scenario));
    }
    return all;
}

/// Each with ten quick pongs and one that took `slow`, all at the same time.
Scenarios pausing(std::size_t count, Nanoseconds slow, Nanoseconds apart = 0s)
{
    Scenarios all;
    for (std::size_t i = 0; i < count; ++i) {
        Scenario scenario = clientAt(1s);
        for (std::uint64_t ping = 1; ping <= 10; ++ping) {
            const Nanoseconds rtt = ping == 6 ? slow : 5ms;
            const Nanoseconds later = ping == 6 ? static_cast<std::int64_t>(i) * apart : 0s;
            scenario.at(ping * 100s + later).ping(ping, std::to_string(ping));
            scenario.after(rtt).pong(ping, std::to_string(ping), rtt);
        }
        all.push_back(std::move(scenario));
    }
    return all;
}

Scenario adaptive(Nanoseconds period, Nanoseconds rtt)
{
    Scenario scenario = clientAt(1s);
    for (std::uint64_t ping = 1; ping <= 6; ++ping) {
        scenario.at(1s + static_cast<std::int64_t>(ping) * period).ping(ping, std::to_string(ping));
        scenario.after(rtt).pong(ping, std::to_string(ping), rtt);
    }
    return scenario;
}

/// A page on our server that sends at these gaps.
Scenario page(const std::vector<Nanoseconds> &gaps, std::string_view agent = "User-Agent: Mozilla/5.0 Chrome/126\r\n")
{
    Scenario scenario;
    scenario.at(1s).server().request(agent).response101().open().received(Opcode::Text, "beat");
    for (const Nanoseconds gap : gaps)
        scenario.after(gap).received(Opcode::Text, "beat");
    return scenario;
}

constexpr std::string_view phone = "User-Agent: okhttp/4.12.0\r\n";

/// Connections that open together and get a Close with that code, each `apart` after the one before.
Scenarios released(std::size_t count, std::uint16_t code, Nanoseconds apart)
{
    Scenarios all;
    for (std::size_t i = 0; i < count; ++i) {
        Scenario scenario = clientAt(1s);
        scenario.at(100s + static_cast<std::int64_t>(i) * apart).closeReceived(code).closeSent(code).fin().ended();
        all.push_back(std::move(scenario));
    }
    return all;
}

/// Connections that open together and are cut at these times.
Scenarios cutAt(const std::vector<Nanoseconds> &times)
{
    Scenarios all;
    for (const Nanoseconds time : times)
        all.push_back(clientAt(1s).at(time).fin().ended());
    return all;
}

Settings deployAt(Nanoseconds moment)
{
    Settings settings;
    settings.deployAt.ms = startWallMs + std::chrono::duration_cast<std::chrono::milliseconds>(moment).count();
    return settings;
}
Settings reloadAt(Nanoseconds moment)
{
    Settings settings;
    settings.reloadAt = deployAt(moment).deployAt;
    return settings;
}
Settings adaptiveDeclared()
{
    Settings settings;
    settings.adaptiveHeartbeat = true;
    return settings;
}

/// Connections that took that long to open.
Scenarios setups(std::size_t count, Nanoseconds took, std::size_t slow = 0, Nanoseconds slowly = 0s)
{
    Scenarios all;
    for (std::size_t i = 0; i < count; ++i) {
        Scenario scenario;
        scenario.at(std::chrono::seconds(i)).client().after(i < slow ? slowly : took);
        all.push_back(scenario.request().response101().open());
    }
    return all;
}

Scenario refusedAt(Nanoseconds time)
{
    return Scenario().at(time).client().request().responseRaw("HTTP/1.1 503 No\r\n\r\n").refused().fin().ended();
}

Scenarios attempts(std::size_t count, std::size_t failed)
{
    Scenarios all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(i < failed ? refusedAt(std::chrono::seconds(i)) : clientAt(std::chrono::seconds(i)));
    return all;
}

/// Two minutes with one failure in twenty seconds, then as many a second as told, for five seconds.
Scenarios failing(std::size_t inASecond)
{
    Scenarios all{clientAt(0s)};
    for (int second = 20; second < 120; second += 20)
        all.push_back(refusedAt(std::chrono::seconds(second)));
    for (int second = 120; second < 125; ++second)
        for (std::size_t i = 0; i < inASecond; ++i)
            all.push_back(refusedAt(std::chrono::seconds(second) + static_cast<std::int64_t>(i) * 10ms));
    all.push_back(clientAt(130s));
    return all;
}

/// One connection whose RTT is `before`, then `after`, with some noise that is the same in each run.
Scenarios shifting(Nanoseconds before, Nanoseconds after, std::uint64_t pings = 120)
{
    Scenario scenario = clientAt(1s);
    std::mt19937 random(1);
    std::normal_distribution<double> noise(1, 0.1);
    for (std::uint64_t ping = 1; ping <= pings; ++ping) {
        const Nanoseconds usual = ping <= pings / 2 ? before : after;
        const Nanoseconds rtt(static_cast<std::int64_t>(static_cast<double>(usual.count()) * noise(random)));
        scenario.at(ping * 10s).ping(ping, std::to_string(ping));
        scenario.after(rtt).pong(ping, std::to_string(ping), rtt);
    }
    return {scenario};
}

/// Connections of differing lives that are cut at these times.
Scenarios living(const std::vector<Nanoseconds> &ends)
{
    Scenarios all;
    for (std::size_t i = 0; i < ends.size(); ++i)
        all.push_back(clientAt(ends[i] - std::chrono::seconds(3 + 7 * (i % 4))).at(ends[i]).fin().ended());
    return all;
}

const std::vector<TogetherCase> &cases()
{
    static const std::vector<TogetherCase> list = {
        {"few", "heartbeat.synchronised", Verdict::NotApplicable, beating(3, 30s, [](std::size_t) { return 0s; })},
        {"in lockstep", "heartbeat.synchronised", Verdict::Warn, beating(12, 30s, [](std::size_t) { return 0s; }),
         "12 connections"},
        {"spread", "heartbeat.synchronised", Verdict::Pass,
         beating(12, 30s, [](std::size_t i) { return std::chrono::milliseconds(2500 * i); })},

        {"not declared", "heartbeat.adaptive-sane", Verdict::NotApplicable, {adaptive(30s, 1s)}},
        {"as it should be", "heartbeat.adaptive-sane", Verdict::Pass, {adaptive(3s, 2s)}, nullptr, adaptiveDeclared()},
        {"too seldom", "heartbeat.adaptive-sane", Verdict::Warn, {adaptive(45s, 2s)}, "outside", adaptiveDeclared()},
        {"not after the RTT",
         "heartbeat.adaptive-sane",
         Verdict::Warn,
         {adaptive(25s, 2s)},
         "would make it 3.00 s",
         adaptiveDeclared()},

        {"no browser", "heartbeat.background-throttle", Verdict::NotApplicable, {page({60s, 60s, 60s, 60s}, phone)}},
        {"steady", "heartbeat.background-throttle", Verdict::Pass, {page({25s, 25s, 25s, 25s})}},
        {"meant to be a minute", "heartbeat.background-throttle", Verdict::Pass, {page({60s, 60s, 60s, 60s})}},
        {"hidden",
         "heartbeat.background-throttle",
         Verdict::Warn,
         {page({25s, 25s, 60s, 60500ms, 59500ms, 60s})},
         "5 messages in a row"},

        {"no phone", "heartbeat.mobile-suspend", Verdict::NotApplicable, {page({40s})}},
        {"awake", "heartbeat.mobile-suspend", Verdict::Pass, {page({10s, 10s}, phone)}},
        {"asleep", "heartbeat.mobile-suspend", Verdict::Info, {page({10s, 95s}, phone)}, "95.0 s"},

        {"one connection", "heartbeat.server-pause", Verdict::NotApplicable, pausing(1, 3s)},
        {"300 ms together", "heartbeat.server-pause", Verdict::Warn, pausing(4, 300ms), "4 connections"},
        {"3 s together", "heartbeat.server-pause", Verdict::Fail, pausing(4, 3s)},
        {"one after another", "heartbeat.server-pause", Verdict::Pass, pausing(4, 3s, 10s), "here alone"},
        {"no pause", "heartbeat.server-pause", Verdict::Pass, pausing(4, 6ms)},

        {"not declared", "drain.notice", Verdict::NotApplicable, cutAt({100s})},
        {"1001", "drain.notice", Verdict::Pass, released(1, 1001, 0s), "1001"},
        {"1012", "drain.notice", Verdict::Pass, released(1, 1012, 0s)},
        {"declared, without a Close", "drain.notice", Verdict::Fail, cutAt({100s}), "10.0 s after", deployAt(90s)},
        {"declared, 1000", "drain.notice", Verdict::Warn, released(1, 1000, 0s), "1000", deployAt(90s)},
        {"declared, long before", "drain.notice", Verdict::NotApplicable, cutAt({1000s}), nullptr, deployAt(90s)},
        {"still open", "drain.notice", Verdict::NotApplicable, {clientAt(1s)}, nullptr, deployAt(90s)},

        {"no deploy", "drain.spread", Verdict::NotApplicable, cutAt({100s, 100s, 100s, 100s})},
        {"all at once", "drain.spread", Verdict::Warn, released(5, 1001, 0s), "5 of 5"},
        {"spread", "drain.spread", Verdict::Pass, released(8, 1001, 10s), "1 of 8", {}, 0s, 1},
        {"few", "drain.spread", Verdict::NotApplicable, released(2, 1001, 0s)},

        {"no deploy", "drain.signal-choice", Verdict::NotApplicable, cutAt({100s})},
        {"a deploy", "drain.signal-choice", Verdict::Info, released(1, 1001, 0s), "SIGTERM"},

        {"not declared", "drain.reload-cut", Verdict::NotApplicable, cutAt({100s, 100s, 100s})},
        {"together", "drain.reload-cut", Verdict::Warn, cutAt({330s, 330s, 330s}), "3 of 3", reloadAt(90s)},
        {"alone", "drain.reload-cut", Verdict::Pass, cutAt({330s}), nullptr, reloadAt(90s)},
        {"later", "drain.reload-cut", Verdict::Pass, cutAt({900s, 900s, 900s}), nullptr, reloadAt(90s)},

        {"few", "stat.setup-p95", Verdict::NotApplicable, setups(10, 2s), "10 of 20"},
        {"quick", "stat.setup-p95", Verdict::Pass, setups(25, 100ms)},
        {"one slow of 25", "stat.setup-p95", Verdict::Pass, setups(25, 100ms, 1, 9s)},
        {"three slow of 25", "stat.setup-p95", Verdict::Fail, setups(25, 100ms, 3, 9s), "9.00 s"},
        {"not the newest", "stat.setup-p95", Verdict::NotApplicable, setups(25, 2s), "connection 25", {}, 0s, 3},

        {"watched briefly", "stat.cusum-failures", Verdict::NotApplicable, attempts(5, 2)},
        {"now and then", "stat.cusum-failures", Verdict::Pass, failing(0)},
        {"a few more", "stat.cusum-failures", Verdict::Pass, failing(2)},
        {"many more", "stat.cusum-failures", Verdict::Warn, failing(8), "alarms"},

        {"few", "stat.cusum-latency", Verdict::NotApplicable, shifting(10ms, 10ms, 10)},
        {"steady", "stat.cusum-latency", Verdict::Pass, shifting(10ms, 10ms)},
        {"hardly more", "stat.cusum-latency", Verdict::Pass, shifting(10ms, 12ms)},
        {"risen", "stat.cusum-latency", Verdict::Warn, shifting(10ms, 40ms), "rose from"},
        {"fallen", "stat.cusum-latency", Verdict::Info, shifting(40ms, 10ms), "fell from"},

        {"few", "stat.slo", Verdict::NotApplicable, attempts(20, 2)},
        {"none failed", "stat.slo", Verdict::Pass, attempts(60, 0)},
        {"one of 200 failed", "stat.slo", Verdict::Warn, attempts(200, 1), "0.50 %"},
        {"five of 60 failed", "stat.slo", Verdict::Fail, attempts(60, 5), "last hour"},
        {"slow pongs", "stat.slo", Verdict::Warn, shifting(300ms, 300ms), "99 of 100"},

        {"few", "stat.periodicity", Verdict::NotApplicable, living({100s, 400s})},
        {"every five minutes", "stat.periodicity", Verdict::Warn,
         living({100s, 400s, 701s, 1000s, 1299s, 1600s, 1900s}), "follow a period"},
        {"at random", "stat.periodicity", Verdict::Pass, living({100s, 431s, 519s, 1207s, 1310s, 2077s, 2700s})},
        {"at their age", "stat.periodicity", Verdict::Pass,
         Scenarios{clientAt(0s).at(60s).fin().ended(), clientAt(61s).at(121s).fin().ended(),
                   clientAt(122s).at(182s).fin().ended(), clientAt(183s).at(243s).fin().ended(),
                   clientAt(244s).at(304s).fin().ended(), clientAt(305s).at(365s).fin().ended()},
         "age"},
    };
    return list;
}

/// The rows of `phase` that these cases are about.
QStringList missing(Phase phase)
{
    QStringList rows = untried(phase, cases(), {}, {});
    if (phase == Phase::Heartbeat)
        rows.removeIf([](const QString &row) {
            return std::ranges::none_of(cases(), [&](const TogetherCase &one) {
                return row.startsWith(QString::fromUtf8(one.id.data(), static_cast<qsizetype>(one.id.size())));
            });
        });
    return rows;
}

} // namespace

class TestChecksTogether : public QObject
{
    Q_OBJECT

private slots:
    void row_data() { addTogetherRows(cases()); }
    void row()
    {
        QFETCH(int, index);
        runTogether(cases()[static_cast<std::size_t>(index)]);
    }
    void everyRowIsTried()
    {
        QCOMPARE(missing(Phase::Statistics), QStringList());
        QCOMPARE(missing(Phase::Draining), QStringList({QStringLiteral("drain.signal-choice: pass")}));
        QCOMPARE(missing(Phase::Heartbeat), QStringList());
    }

    /// Times of a hostile file: a century of seconds is not walked.
    void centuries()
    {
        Scenarios all = attempts(3, 3);
        all.push_back(refusedAt(std::chrono::hours(24 * 365 * 100)));
        const auto facts = together(all);
        const auto judgement = checkById("stat.cusum-failures")
                                   ->rule({*facts->find(4), nullptr, facts.get(), facts->lastTime, {}, startWallMs});
        QCOMPARE(judgement.verdict, Verdict::Pass);
    }
};

QTEST_GUILESS_MAIN(TestChecksTogether)
#include "tst_checks_together.moc"
