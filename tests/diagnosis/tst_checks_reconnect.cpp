// SPDX-License-Identifier: GPL-3.0-or-later
#include "together_cases.h"

using namespace frameglass;
using namespace frameglass::diagnosis;
using namespace frameglass::diagnosis::test;

namespace {

constexpr Nanoseconds brief = 10ms; ///< how long a refused attempt takes

/// An attempt that our server answered with that status.
Scenario refusedAt(Nanoseconds time, int status = 503, std::string_view requestLines = {},
                   std::string_view responseLines = {})
{
    Scenario scenario;
    scenario.at(time).server().request(requestLines);
    scenario.responseRaw("HTTP/1.1 " + std::to_string(status) + " Refused\r\n" + std::string(responseLines) + "\r\n");
    return scenario.refused().after(brief).transport(TransportEnd::FinSent).ended();
}

/// One that opened and was lost after `life`.
Scenario lostAt(Nanoseconds time, Nanoseconds life, std::string_view requestLines = {})
{
    return Scenario().at(time).server().request(requestLines).response101().open().after(life).fin().ended();
}

/// One that our server closed with that code.
Scenario closedAt(Nanoseconds time, Nanoseconds life, std::uint16_t code, std::string_view requestLines = {})
{
    return Scenario()
        .at(time)
        .server()
        .request(requestLines)
        .response101()
        .open()
        .after(life)
        .closeSent(code)
        .closeReceived(code)
        .fin()
        .ended();
}

Scenario standingAt(Nanoseconds time, std::string_view requestLines = {})
{
    return Scenario().at(time).server().request(requestLines).response101().open();
}

/// Failures with these delays between the end of one and the begin of the next; one more than there are delays.
std::vector<Scenario> loop(const std::vector<Nanoseconds> &delays, Nanoseconds begin = 1s, int status = 503,
                           std::string_view requestLines = {})
{
    std::vector<Scenario> attempts{refusedAt(begin, status, requestLines)};
    Nanoseconds now = begin;
    for (const Nanoseconds delay : delays)
        attempts.push_back(refusedAt(now += brief + delay, status, requestLines));
    return attempts;
}

std::vector<Scenario> alike(std::size_t count, Nanoseconds delay, Nanoseconds begin = 1s)
{
    return loop(std::vector<Nanoseconds>(count - 1, delay), begin);
}

std::vector<Scenario> joined(std::vector<std::vector<Scenario>> parts)
{
    std::vector<Scenario> all;
    for (auto &part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

/// Clients with a path of their own that are lost together and come back after `delay` of each.
std::vector<Scenario> crowd(std::size_t clients, const std::function<Nanoseconds(std::size_t)> &delay)
{
    std::vector<Scenario> all;
    for (std::size_t i = 0; i < clients; ++i) {
        const std::string agent = "User-Agent: client/" + std::to_string(i) + "\r\n";
        all.push_back(lostAt(1s, 60s, agent));
        all.push_back(standingAt(61s + delay(i), agent));
    }
    return all;
}

/// Opened connections of `life` each, the next one `delay` after the end.
std::vector<Scenario> flapping(std::size_t count, Nanoseconds life, Nanoseconds delay)
{
    std::vector<Scenario> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(lostAt(1s + static_cast<std::int64_t>(i) * (life + delay), life));
    return all;
}

/// A JWT that expires that long after the capture's start; nobody checks its signature.
std::string bearer(Nanoseconds expiry)
{
    const auto part = [](const QByteArray &json) {
        return json.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals).toStdString();
    };
    const auto exp = startWallMs / 1000 + std::chrono::duration_cast<std::chrono::seconds>(expiry).count();
    return "Authorization: Bearer " + part(R"({"alg":"HS256"})") + "." +
           part("{\"exp\":" + QByteArray::number(qlonglong(exp)) + "}") + ".c2ln\r\n";
}

/// Our own attempts, made by a policy, at a name with two addresses.
std::vector<Scenario> dialled(const std::vector<std::string> &addresses)
{
    std::vector<Scenario> all;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        Scenario scenario;
        capture::ConnectionStarted started;
        started.url = "ws://peer.test/";
        started.attempt = static_cast<std::uint32_t>(i + 1);
        if (i > 0)
            started.series = 1;
        scenario.at(std::chrono::seconds(1 + 2 * i)).add(started);
        scenario.resolved({"192.0.2.1:80", "192.0.2.2:80"}).tried(addresses[i], 111);
        all.push_back(scenario.stage(Stage::Tcp, StageOutcome::Failed, 1ms, 111).ended());
    }
    return all;
}

std::vector<Scenario> byHand()
{
    std::vector<Scenario> all;
    for (int i = 0; i < 6; ++i)
        all.push_back(Scenario()
                          .at(std::chrono::seconds(i + 1))
                          .client()
                          .request()
                          .responseRaw("HTTP/1.1 404 Not Found\r\n\r\n")
                          .refused()
                          .fin()
                          .ended());
    return all;
}

Settings with(ReconnectProfile profile)
{
    Settings settings;
    settings.reconnectProfile = profile;
    return settings;
}

const std::vector<TogetherCase> &cases()
{
    static const std::vector<TogetherCase> list = {
        {"once", "reconnect.backoff-shape", Verdict::NotApplicable, {standingAt(1s)}, "did not connect again"},
        {"closed by the client's wish",
         "reconnect.backoff-shape",
         Verdict::NotApplicable,
         {Scenario().at(1s).server().request().response101().open().closeReceived(1000).closeSent(1000).fin().ended(),
          standingAt(2s)},
         "did not connect again"},
        {"side by side", "reconnect.backoff-shape", Verdict::NotApplicable, {standingAt(1s), standingAt(2s)}},
        {"by hand", "reconnect.backoff-shape", Verdict::NotApplicable, byHand(), "by hand"},
        {"not the newest", "reconnect.backoff-shape", Verdict::NotApplicable, alike(5, 1s), "connection 5", {}, 0s, 2},
        {"too few", "reconnect.backoff-shape", Verdict::NotApplicable, alike(3, 1s), "judged from 4"},
        {"exponential", "reconnect.backoff-shape", Verdict::Pass, loop({1s, 2s, 4s, 8s, 16s, 30s, 30s}), "by 2.0"},
        {"decorrelated", "reconnect.backoff-shape", Verdict::Pass, loop({1100ms, 1700ms, 4900ms, 6s, 19s, 28s})},
        {"steep", "reconnect.backoff-shape", Verdict::Info, loop({100ms, 1s, 10s, 100s}), "by 10.0"},
        {"a fixed timer", "reconnect.backoff-shape", Verdict::Warn, alike(6, 3s), "do not grow"},
        {"shrinking", "reconnect.backoff-shape", Verdict::Fail, loop({8s, 4s, 2s, 1s}), "shrink"},
        {"no delay", "reconnect.backoff-shape", Verdict::Fail, alike(12, 5ms), "less than 200 ms"},

        {"once", "reconnect.jitter", Verdict::NotApplicable, {standingAt(1s)}},
        {"nothing to compare", "reconnect.jitter", Verdict::NotApplicable, loop({1s, 2s, 4s}), "to compare"},
        {"one timer", "reconnect.jitter", Verdict::Warn, alike(6, 3s)},
        {"three outages, alike", "reconnect.jitter", Verdict::Warn,
         joined({loop({1s, 2s}), {lostAt(10s, 60s)}, loop({1s, 2s}, 71s), {lostAt(80s, 60s)}, loop({1s, 2s}, 141s)}),
         "spread by"},
        {"some chance", "reconnect.jitter", Verdict::Info, loop({1000ms, 1150ms, 1000ms, 1150ms})},
        {"chance", "reconnect.jitter", Verdict::Pass, loop({900ms, 1500ms, 700ms, 1300ms, 1100ms})},

        {"too few", "reconnect.cap", Verdict::NotApplicable, alike(3, 1s)},
        {"30 s", "reconnect.cap", Verdict::Pass, loop({1s, 10s, 30s, 30s}), "30.0 s"},
        {"90 s", "reconnect.cap", Verdict::Info, loop({1s, 10s, 90s})},
        {"no limit", "reconnect.cap", Verdict::Warn, loop({10s, 60s, 300s})},

        {"once", "reconnect.by-cause", Verdict::NotApplicable, {standingAt(1s)}},
        {"503", "reconnect.by-cause", Verdict::Pass, alike(6, 1s)},
        {"401 in a loop", "reconnect.by-cause", Verdict::Fail, loop({1s, 1s, 1s}, 1s, 401), "after status 401"},
        {"401, then new credentials",
         "reconnect.by-cause",
         Verdict::Pass,
         {refusedAt(1s, 401, "Authorization: Bearer a\r\n"), refusedAt(2s, 401, "Authorization: Bearer b\r\n"),
          refusedAt(3s, 401, "Authorization: Bearer c\r\n"), refusedAt(4s, 401, "Authorization: Bearer d\r\n")}},
        {"1008 in a loop",
         "reconnect.by-cause",
         Verdict::Fail,
         {closedAt(1s, 100ms, 1008), closedAt(2s, 100ms, 1008), closedAt(3s, 100ms, 1008), closedAt(4s, 100ms, 1008)},
         "1008"},
        {"1012",
         "reconnect.by-cause",
         Verdict::Pass,
         {closedAt(1s, 100ms, 1012), closedAt(2s, 100ms, 1012), closedAt(3s, 100ms, 1012), closedAt(4s, 100ms, 1012)}},
        {"slow enough", "reconnect.by-cause", Verdict::Pass, loop({40s, 40s, 40s}, 1s, 404)},

        {"not asked", "reconnect.retry-after", Verdict::NotApplicable, alike(4, 1s)},
        {"kept",
         "reconnect.retry-after",
         Verdict::Pass,
         {refusedAt(1s, 503, {}, "Retry-After: 30\r\n"), standingAt(32s)}},
        {"not kept",
         "reconnect.retry-after",
         Verdict::Fail,
         {refusedAt(1s, 503, {}, "Retry-After: 30\r\n"), standingAt(3s)},
         "Asked to wait 30.0 s"},
        {"a date, not kept", // startWallMs is 2027-01-15 08:00:00
         "reconnect.retry-after",
         Verdict::Fail,
         {refusedAt(1s, 429, {}, "Retry-After: Fri, 15 Jan 2027 08:01:00 GMT\r\n"), standingAt(10s)},
         "59.0 s"},
        {"nonsense",
         "reconnect.retry-after",
         Verdict::NotApplicable,
         {refusedAt(1s, 503, {}, "Retry-After: 99999999999999999999\r\n"), standingAt(3s)}},

        {"few", "reconnect.breaker", Verdict::NotApplicable, alike(5, 1s)},
        {"hammering", "reconnect.breaker", Verdict::Fail, alike(40, 2s), "70 % of the attempts"},
        {"at the pace of a long backoff", "reconnect.breaker", Verdict::Warn, alike(16, 29s)},
        {"half fail", "reconnect.breaker", Verdict::Warn,
         joined({alike(3, 1s),
                 {lostAt(10s, 1s), lostAt(12s, 1s), lostAt(14s, 1s), lostAt(16s, 1s), lostAt(18s, 1s)},
                 alike(3, 1s, 20s)})},
        {"all open", "reconnect.breaker", Verdict::Pass, flapping(12, 10s, 1s)},

        {"not declared", "reconnect.profile", Verdict::NotApplicable, alike(4, 1s), "reconnect.profile"},
        {"no failure",
         "reconnect.profile",
         Verdict::NotApplicable,
         {lostAt(1s, 60s), standingAt(70s)},
         "No attempt failed",
         with(ReconnectProfile::Orders)},
        {"trading", "reconnect.profile", Verdict::Pass, loop({1s, 1800ms, 3s, 3s}), "trading",
         with(ReconnectProfile::Trading)},
        {"trading, too slow", "reconnect.profile", Verdict::Warn, loop({1s, 1800ms, 6s}), "Delay 3",
         with(ReconnectProfile::Trading)},
        {"orders, too often", "reconnect.profile", Verdict::Warn, alike(11, 1500ms), "More than the 8 tries",
         with(ReconnectProfile::Orders)},
        {"notifications", "reconnect.profile", Verdict::Pass, loop({500ms, 2900ms, 1700ms}), nullptr,
         with(ReconnectProfile::Notifications)},

        {"once", "reconnect.storm", Verdict::NotApplicable, {standingAt(1s)}},
        {"calm", "reconnect.storm", Verdict::Pass, alike(5, 10s)},
        {"12 in a minute", "reconnect.storm", Verdict::Warn, alike(12, 1s)},
        {"hammering", "reconnect.storm", Verdict::Fail, alike(80, 500ms)},
        {"a crowd together", "reconnect.storm", Verdict::Warn, crowd(20, [](std::size_t) { return 3s; }),
         "20 of 20 clients"},
        {"a crowd spread out", "reconnect.storm", Verdict::Pass,
         crowd(20, [](std::size_t i) { return std::chrono::seconds(2 * i); })},

        {"once", "reconnect.flapping", Verdict::NotApplicable, {standingAt(1s)}},
        {"long lives", "reconnect.flapping", Verdict::Pass, flapping(8, 6s, 1s)},
        {"six", "reconnect.flapping", Verdict::Warn, flapping(6, 1s, 1s)},
        {"twelve", "reconnect.flapping", Verdict::Fail, flapping(12, 1s, 1s)},

        {"not refused", "reconnect.token-expiry", Verdict::NotApplicable, alike(3, 1s)},
        {"no JWT",
         "reconnect.token-expiry",
         Verdict::NotApplicable,
         {lostAt(1s, 10s, "Authorization: Bearer opaque\r\n"), refusedAt(12s, 401, "Authorization: Bearer opaque\r\n")},
         "No token"},
        {"expired meanwhile",
         "reconnect.token-expiry",
         Verdict::Fail,
         {lostAt(1s, 60s, bearer(30s)), refusedAt(62s, 401, bearer(30s))},
         "expired 32.0 s before"},
        {"still good",
         "reconnect.token-expiry",
         Verdict::Pass,
         {lostAt(1s, 60s, bearer(3600s)), refusedAt(62s, 401, bearer(3600s))}},

        {"one address known", "reconnect.same-dead-address", Verdict::NotApplicable, alike(5, 1s)},
        {"the first again and again", "reconnect.same-dead-address", Verdict::Warn,
         dialled({"192.0.2.1:80", "192.0.2.1:80", "192.0.2.1:80"}), "192.0.2.1:80"},
        {"in turn", "reconnect.same-dead-address", Verdict::Pass,
         dialled({"192.0.2.1:80", "192.0.2.2:80", "192.0.2.1:80", "192.0.2.2:80"})},

        {"once", "reconnect.browser-delay", Verdict::NotApplicable, {standingAt(1s)}},
        {"Firefox", "reconnect.browser-delay", Verdict::Info,
         loop({1s, 2s}, 1s, 503, "User-Agent: Mozilla/5.0 (X11; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"),
         "Firefox"},
        {"Chromium", "reconnect.browser-delay", Verdict::Info,
         loop({1s, 2s}, 1s, 503, "User-Agent: Mozilla/5.0 AppleWebKit/537.36 Chrome/126.0 Safari/537.36\r\n"),
         "Chromium"},
        {"a program", "reconnect.browser-delay", Verdict::Pass, alike(4, 1s)},

        {"once", "reconnect.attempt-limit", Verdict::NotApplicable, {standingAt(1s)}},
        {"just failed", "reconnect.attempt-limit", Verdict::NotApplicable, alike(5, 1s)},
        {"open at last", "reconnect.attempt-limit", Verdict::Pass, joined({alike(3, 1s), {standingAt(10s)}})},
        {"silent since", "reconnect.attempt-limit", Verdict::Warn, alike(5, 1s), "failure 5 in a row", {}, 200s},
    };
    return list;
}

} // namespace

class TestChecksReconnect : public QObject
{
    Q_OBJECT

private slots:
    void row_data() { addTogetherRows(cases()); }
    void row()
    {
        QFETCH(int, index);
        runTogether(cases()[static_cast<std::size_t>(index)]);
    }
    void everyRowIsTried() { QCOMPARE(untried(Phase::Reconnect, cases()), QStringList()); }

    /// A refused attempt that never got past TCP is judged too, and by the whole table.
    void attemptsThatGotNowhere()
    {
        const auto all = together(dialled({"192.0.2.1:80", "192.0.2.1:80", "192.0.2.1:80"}));
        const Report report = evaluate({*all->find(3), nullptr, all.get(), all->lastTime, {}, startWallMs});
        const Finding *finding = report.find("reconnect.same-dead-address");
        QVERIFY(finding != nullptr);
        QCOMPARE(finding->verdict, Verdict::Warn);
    }

    /// What a client of ours and one of its neighbours do are told apart by their heads.
    void clientsAreToldApart()
    {
        const auto all = together(crowd(3, [](std::size_t) { return 1s; }));
        QCOMPARE(all->reconnects().chains().size(), std::size_t(3));
        for (const auto &chain : all->reconnects().chains())
            QCOMPARE(chain->size(), std::size_t(2));
    }
};

QTEST_GUILESS_MAIN(TestChecksReconnect)
#include "tst_checks_reconnect.moc"
