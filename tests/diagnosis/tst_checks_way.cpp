// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnosis/rule_support.h"
#include "core/diagnosis/way_view.h"
#include "scenario.h"

#include <functional>
#include <memory>

namespace frameglass::diagnosis::test {

namespace {

// errno of Linux
constexpr int refusal = 111;
constexpr int silence = 110;
constexpr int noRoute = 113;

struct Try
{
    const char *address;
    int error = 0;
    Nanoseconds elapsed = 1ms;
};

/// A client that looked the host up and tried these addresses in turn.
Scenario dialling(const std::vector<Try> &tries, std::string host = "peer.com", std::vector<std::string> more = {})
{
    std::vector<std::string> addresses;
    for (const Try &one : tries)
        addresses.emplace_back(one.address);
    addresses.insert(addresses.end(), more.begin(), more.end());
    Scenario scenario;
    scenario.dialled("ws://" + host + "/").resolved(std::move(addresses), 1ms, host);
    scenario.stage(Stage::Tcp, StageOutcome::Started, 0ms);
    for (const Try &one : tries)
        scenario.after(one.elapsed)
            .tried(one.address, one.error, one.elapsed, one.error ? "errno " + std::to_string(one.error) : "");
    if (tries.empty())
        return scenario;
    const int last = tries.back().error;
    scenario.stage(Stage::Tcp,
                   last == 0         ? StageOutcome::Succeeded
                   : last == silence ? StageOutcome::TimedOut
                                     : StageOutcome::Failed,
                   tries.back().elapsed, last);
    return last == 0 ? scenario : scenario.ended();
}

Scenario lookup(StageOutcome outcome, int error = 0, Nanoseconds elapsed = 2ms, std::string url = "ws://peer.com/")
{
    Scenario scenario;
    return scenario.dialled(std::move(url))
        .stage(Stage::Resolve, StageOutcome::Started, 0ms)
        .after(elapsed)
        .stage(Stage::Resolve, outcome, elapsed, error, "system text");
}

Scenario resolvedIn(Nanoseconds elapsed)
{
    Scenario scenario;
    return scenario.dialled("ws://peer.com/").resolved({"192.0.2.1:80"}, elapsed, "peer.com");
}

Scenario given()
{
    Scenario scenario;
    scenario.dialled("ws://peer.com/").stage(Stage::Resolve, StageOutcome::Succeeded, 1ms);
    return scenario.add(capture::AddressesResolved{"peer.com", {"127.0.0.1:80"}, true});
}

capture::DnsLookup answer(std::vector<capture::DnsResource> resources, std::string outcome = "answered",
                          Nanoseconds elapsed = 5ms)
{
    return {"peer.com", "A", std::move(outcome), {}, "192.0.2.53:53", elapsed, std::move(resources)};
}

Scenario asked(capture::DnsLookup lookup)
{
    return resolvedIn(1ms).add(std::move(lookup));
}

Scenario failedLookupWith(const std::string &outcome)
{
    return lookup(StageOutcome::Failed, -2).add(answer({}, outcome));
}

capture::DnsResource address(std::string data, std::uint32_t ttl)
{
    return {"peer.com", "A", std::move(data), ttl};
}

Scenario aliases(std::size_t links, Nanoseconds elapsed = 5ms)
{
    std::vector<capture::DnsResource> resources;
    for (std::size_t i = 0; i < links; ++i)
        resources.push_back({"peer.com", "CNAME", "edge" + std::to_string(i) + ".test", 60});
    resources.push_back(address("192.0.2.1", 60));
    return asked(answer(std::move(resources), "answered", elapsed));
}

Scenario throughProxy(capture::ProxyKind kind, bool credentials = false)
{
    Scenario scenario;
    scenario.dialled("wss://peer.com/");
    scenario.add(
        capture::ProxyUsed{kind, "proxy.test:3128", capture::ProxySource::Environment, credentials, "peer.com:443"});
    scenario.resolved({"192.0.2.8:3128"}, 1ms, "proxy.test").tried("192.0.2.8:3128");
    return scenario.stage(Stage::Tcp, StageOutcome::Succeeded, 1ms).stage(Stage::Proxy, StageOutcome::Started, 0ms);
}

Scenario proxyAnswered(capture::ProxyKind kind, int code, std::string message = {}, bool credentials = false)
{
    Scenario scenario = throughProxy(kind, credentials);
    if (kind == capture::ProxyKind::HttpConnect)
        scenario.add(capture::HeadRecord{
            Direction::Received, protocol::HeadKind::Response, true,
            protocol::octetsOf("HTTP/1.1 " + std::to_string(code) + " " + message + "\r\n\r\n"), capture::Hop::Proxy});
    scenario.add(capture::ProxyAnswered{code, message});
    const bool good = kind == capture::ProxyKind::HttpConnect ? code == 200 : code == 0;
    scenario.stage(Stage::Proxy, good ? StageOutcome::Succeeded : StageOutcome::Failed, 2ms);
    return good ? scenario : scenario.ended();
}

Scenario socket(std::optional<std::uint32_t> retransmits, std::optional<std::uint32_t> unacked)
{
    Scenario scenario = Scenario().opened();
    for (int i = 0; i < 250; ++i)
        scenario.sent(Opcode::Text, "x");
    capture::SocketFacts facts;
    facts.retransmits = retransmits;
    facts.unacked = unacked;
    return scenario.at(45s).add(std::move(facts));
}

Scenario unackedAt(Nanoseconds time, std::uint32_t unacked)
{
    capture::SocketFacts facts;
    facts.unacked = unacked;
    return Scenario().opened().at(1s).sent(Opcode::Text, "x").at(time).add(std::move(facts));
}

/// Pings every second, every third of them answered that much later than the others.
Scenario pingedWith(Nanoseconds stall, int pings = 12)
{
    Scenario scenario = Scenario().opened();
    for (int i = 1; i <= pings; ++i) {
        const Nanoseconds rtt = 2ms + (i % 3 == 0 ? stall : Nanoseconds(0));
        const std::string payload = std::to_string(i);
        scenario.at(std::chrono::seconds(i)).ping(static_cast<std::uint64_t>(i), payload);
        scenario.after(rtt).pong(static_cast<std::uint64_t>(i), payload, rtt);
    }
    return scenario;
}

std::vector<Case> targetCases()
{
    constexpr auto http = capture::ProxyKind::HttpConnect;
    constexpr auto socks = capture::ProxyKind::Socks5;
    constexpr auto fail = Verdict::Fail;
    const char *row = "target.explicit-proxy";
    return {
        {"no proxy", row, Verdict::Pass, dialling({{"192.0.2.1:80"}})},
        {"CONNECT went through", row, Verdict::Info, proxyAnswered(http, 200, "OK"), "from the environment"},
        {"407", row, fail, proxyAnswered(http, 407, "Proxy Authentication Required"), "asks for credentials"},
        {"407 although there are some", row, fail, proxyAnswered(http, 407, "", true), "does not accept"},
        {"403", row, fail, proxyAnswered(http, 403, "Forbidden"), "does not allow CONNECT to peer.com:443"},
        {"502", row, fail, proxyAnswered(http, 502, "Bad Gateway"), "cannot reach peer.com:443 (502)"},
        {"500 of tinyproxy", row, fail, proxyAnswered(http, 500, "Unable to connect"), "cannot reach"},
        {"405", row, fail, proxyAnswered(http, 405, "Method Not Allowed"), "405 Method Not Allowed"},
        {"SOCKS refused", row, fail, proxyAnswered(socks, 5), "the server refuses"},
        {"SOCKS by its rules", row, fail, proxyAnswered(socks, 2), "rules"},
        {"SOCKS without a method", row, fail, proxyAnswered(socks, -1), "no method"},
        {"no answer", row, fail, throughProxy(http).after(5s).stage(Stage::Proxy, StageOutcome::TimedOut, 5s).ended(),
         "5.00 s"},
        {"ended", row, fail, throughProxy(http).stage(Stage::Proxy, StageOutcome::Failed, 5ms).ended(),
         "without an answer"},
        {"not known yet", row, Verdict::NotApplicable, Scenario().dialled()},
        {"our server", row, Verdict::NotApplicable, Scenario().server()},
    };
}

std::vector<Case> dnsCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto note = Verdict::Info;
    constexpr auto none = Verdict::NotApplicable;
    const Scenario literal = lookup(StageOutcome::Succeeded, 0, 1ms, "ws://[2001:db8::1]:9000/");
    const Scenario dead4 = dialling({{"[2001:db8::1]:80"}}, "peer.com", {"192.0.2.1:80"});
    const char *service = "chat.prod.svc.cluster.local";
    std::vector<capture::DnsResource> many;
    for (int i = 0; i < 9; ++i)
        many.push_back(address("192.0.2." + std::to_string(i), 0));
    return {
        {"resolved", "dns.resolve", pass, resolvedIn(1ms), "peer.com is 192.0.2.1:80"},
        {"name servers say the same", "dns.resolve", pass, asked(answer({address("192.0.2.1", 60)}))},
        {"name servers say otherwise", "dns.resolve", note, asked(answer({address("192.0.2.7", 60)})), "192.0.2.7"},
        {"no such name", "dns.resolve", fail, lookup(StageOutcome::Failed, -2), "NXDOMAIN or NODATA"},
        {"no such name on macOS", "dns.resolve", fail, lookup(StageOutcome::Failed, 8), "no such name"},
        {"no such name on Windows", "dns.resolve", fail, lookup(StageOutcome::Failed, 11001), "no such name"},
        {"no address", "dns.resolve", fail, lookup(StageOutcome::Failed, -5), "(NODATA)"},
        {"resolver fails", "dns.resolve", fail, lookup(StageOutcome::Failed, -3), "SERVFAIL"},
        {"no answer", "dns.resolve", fail, lookup(StageOutcome::TimedOut, 0, 5s), "no answer within 5.00 s"},
        {"NXDOMAIN of a name server", "dns.resolve", fail, failedLookupWith("nxdomain"), "(NXDOMAIN)"},
        {"NODATA of a name server", "dns.resolve", fail, failedLookupWith("nodata"), "(NODATA)"},
        {"SERVFAIL of a name server", "dns.resolve", fail, failedLookupWith("servfail"), "SERVFAIL"},
        {"a name server knows it", "dns.resolve", fail, failedLookupWith("answered"), "but a name server answers"},
        {"an address", "dns.resolve", none, literal, "is an address"},
        {"a given address", "dns.resolve", none, given(), "was given"},
        {"looking up", "dns.resolve", none, lookup(StageOutcome::Started), "being looked up"},
        {"our server", "dns.resolve", none, Scenario().server()},

        {"99 ms", "dns.slow", pass, resolvedIn(99ms)},
        {"100 ms", "dns.slow", warn, resolvedIn(100ms), "100 ms"},
        {"1.1 s", "dns.slow", fail, resolvedIn(1100ms), "1.10 s"},
        {"an address", "dns.slow", none, literal},
        {"failed", "dns.slow", none, lookup(StageOutcome::Failed, -2), "No name was resolved"},

        {"IPv6 dead, IPv4 works", "dns.family-gap", warn,
         dialling({{"[2001:db8::1]:80", silence, 5s}, {"192.0.2.1:80"}}), "IPv4 can"},
        {"IPv6 slow, IPv4 fast", "dns.family-gap", warn,
         dialling({{"192.0.2.1:80", 0, 10ms}, {"[2001:db8::1]:80", 0, 300ms}}), "300 ms"},
        {"only IPv6, and dead", "dns.family-gap", fail, dialling({{"[2001:db8::1]:80", noRoute}}), "Only IPv6"},
        {"IPv6 works", "dns.family-gap", pass, dead4, "works"},
        {"only IPv4", "dns.family-gap", none, dialling({{"192.0.2.1:80"}}), "Only IPv4"},
        {"only IPv6", "dns.family-gap", none, dialling({{"[2001:db8::1]:80"}}), "Only IPv6"},
        {"IPv6 not tried", "dns.family-gap", none, dialling({{"192.0.2.1:80"}}, "peer.com", {"[2001:db8::1]:80"}),
         "no IPv6"},
        {"neither works", "dns.family-gap", none, dialling({{"[2001:db8::1]:80", refusal}, {"192.0.2.1:80", refusal}}),
         "either family"},

        {"1 of 3 dead", "dns.stale-address", warn,
         dialling({{"192.0.2.1:80", refusal}, {"192.0.2.2:80"}}, "peer.com", {"192.0.2.3:80"}), "1 of 3"},
        {"1 of 2 dead", "dns.stale-address", fail, dialling({{"192.0.2.1:80", silence, 5s}, {"192.0.2.2:80"}}),
         "1 of 2"},
        {"the first works", "dns.stale-address", pass, dialling({{"192.0.2.1:80"}}, "peer.com", {"192.0.2.2:80"})},
        {"all dead", "dns.stale-address", none, dialling({{"192.0.2.1:80", refusal}, {"192.0.2.2:80", refusal}})},
        {"one address", "dns.stale-address", none, dialling({{"192.0.2.1:80"}}), "Only one"},
        {"the families differ", "dns.stale-address", none,
         dialling({{"[::1]:80", refusal}, {"127.0.0.1:80"}}, "localhost"), "families"},

        {"60 s", "dns.ttl", note, asked(answer({address("192.0.2.1", 60)})), "TTL 60 s"},
        {"0 with nine addresses", "dns.ttl", warn, asked(answer(many)), "9 addresses"},
        {"not asked", "dns.ttl", none, resolvedIn(1ms), "not asked"},
        {"not answered", "dns.ttl", none, asked(answer({}, "timed-out")), "No name server"},

        {"headless", "dns.cluster-service", note, dialling({{"10.0.0.1:80"}}, service, {"10.0.0.2:80"}), "2 Pods"},
        {"ClusterIP", "dns.cluster-service", note, dialling({{"10.0.0.1:80"}}, service), "One ClusterIP"},
        {"a Pod that is not ready", "dns.cluster-service", warn,
         dialling({{"10.0.0.1:80", refusal}, {"10.0.0.2:80"}}, service), "not ready"},
        {"another name", "dns.cluster-service", none, resolvedIn(1ms), "Kubernetes"},

        {"six links", "dns.cname-chain", warn, aliases(6), "6 links"},
        {"slow", "dns.cname-chain", warn, aliases(1, 1100ms), "1.10 s"},
        {"one link", "dns.cname-chain", note, aliases(1), "peer.com → edge0.test"},
        {"none", "dns.cname-chain", pass, aliases(0)},
        {"not asked", "dns.cname-chain", none, resolvedIn(1ms)},

        {"RFC 1918", "dns.private-answer", warn, dialling({{"172.20.1.1:80"}}), "private"},
        {"loopback", "dns.private-answer", warn, dialling({{"127.0.0.1:80"}})},
        {"carrier-grade NAT", "dns.private-answer", warn, dialling({{"100.100.0.1:80"}})},
        {"ULA", "dns.private-answer", warn, dialling({{"[fd12:3456::1]:80"}})},
        {"link-local", "dns.private-answer", warn, dialling({{"[fe80::1%eth0]:80"}})},
        {"public", "dns.private-answer", pass, dialling({{"172.32.0.1:80"}, {"[2001:db8::1]:80"}})},
        {"localhost", "dns.private-answer", none, dialling({{"127.0.0.1:80"}}, "localhost"), "local name"},
        {"a name of the inner network", "dns.private-answer", none, dialling({{"10.0.0.1:80"}}, "chat.internal")},
        {"behind a proxy", "dns.private-answer", none, throughProxy(capture::ProxyKind::Socks5), "proxy resolves"},
    };
}

std::vector<Case> tcpCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto none = Verdict::NotApplicable;
    const Scenario works = dialling({{"192.0.2.1:80"}});
    const Scenario refused = dialling({{"192.0.2.1:80", refusal}});
    const Scenario silent = dialling({{"192.0.2.1:80", silence, 5s}});
    const Scenario away = dialling({{"192.0.2.1:80", noRoute}});
    const auto connectedIn = [](Nanoseconds time) { return dialling({{"192.0.2.1:80", 0, time}}); };
    Scenario proxyRefuses;
    proxyRefuses.dialled().add(
        capture::ProxyUsed{capture::ProxyKind::HttpConnect, "proxy.test:3128", {}, false, "a:443"});
    proxyRefuses.resolved({"192.0.2.8:3128"}, 1ms, "proxy.test").tried("192.0.2.8:3128", refusal, 1ms, "refused");
    proxyRefuses.stage(Stage::Tcp, StageOutcome::Failed, 1ms, refusal).ended();
    Settings few;
    few.timeWaitWarn = 0;
    return {
        {"refused", "tcp.refused", fail, refused, "192.0.2.1:80"},
        {"refused on macOS", "tcp.refused", fail, dialling({{"192.0.2.1:80", 61}})},
        {"refused on Windows", "tcp.refused", fail, dialling({{"192.0.2.1:80", 10061}})},
        {"the proxy refuses", "tcp.refused", fail, proxyRefuses, "the proxy 192.0.2.8:3128"},
        {"connected", "tcp.refused", pass, works},
        {"connected to the second", "tcp.refused", pass, dialling({{"192.0.2.1:80", refusal}, {"192.0.2.2:80"}})},
        {"silent", "tcp.refused", none, silent, "otherwise"},
        {"resolving", "tcp.refused", none, Scenario().dialled(), "not reached"},
        {"our server", "tcp.refused", none, Scenario().server()},

        {"no answer in 5 s", "tcp.filtered", fail, silent, "about 3 SYNs"},
        {"no answer in 500 ms", "tcp.filtered", warn, dialling({{"192.0.2.1:80", silence, 500ms}}), "too short"},
        {"connected", "tcp.filtered", pass, works},
        {"refused", "tcp.filtered", none, refused, "gave an answer"},

        {"no route", "tcp.unreachable", fail, away, "No route to 192.0.2.1:80"},
        {"connected", "tcp.unreachable", pass, works},
        {"refused", "tcp.unreachable", none, refused},

        {"150 ms", "tcp.connect-slow", pass, connectedIn(150ms)},
        {"151 ms", "tcp.connect-slow", warn, connectedIn(151ms), "151 ms"},
        {"501 ms", "tcp.connect-slow", fail, connectedIn(501ms)},
        {"a lost SYN", "tcp.connect-slow", fail, connectedIn(1010ms), "sent again"},
        {"refused", "tcp.connect-slow", none, refused},

        {"FIN after the request", "tcp.reset-before-reply", fail, Scenario().client().request().at(20ms).fin(),
         "20.0 ms"},
        {"reset after the request", "tcp.reset-before-reply", fail, Scenario().client().request().at(20ms).rst()},
        {"answered", "tcp.reset-before-reply", pass, Scenario().opened()},
        {"waiting", "tcp.reset-before-reply", none, Scenario().client().request()},
        {"not asked yet", "tcp.reset-before-reply", none, works, "No request"},

        {"never recorded", "tcp.keepalive-defaults", none, Scenario().opened(), "not recorded"},

        {"20 of 250", "tcp.retransmits", fail, socket(20, {}), "20 of about"},
        {"5 of 250", "tcp.retransmits", warn, socket(5, {}), "5 of about"},
        {"none", "tcp.retransmits", pass, socket(0, {})},
        {"too few segments", "tcp.retransmits", none, unackedAt(2s, 0)},
        {"no TCP_INFO", "tcp.retransmits", none, Scenario().opened(), "TCP_INFO"},

        {"40 s unacknowledged", "tcp.half-open", fail, unackedAt(41s, 1), "40.0 s"},
        {"11 s unacknowledged", "tcp.half-open", warn, unackedAt(12s, 1)},
        {"the system gave up", "tcp.half-open", fail,
         Scenario().opened().at(900s).transport(TransportEnd::TimedOut, silence), "gave up"},
        {"all acknowledged", "tcp.half-open", pass, unackedAt(41s, 0)},
        {"no TCP_INFO", "tcp.half-open", none, Scenario().opened()},

        {"40 ms", "tcp.nagle-delay", warn, pingedWith(40ms), "4 of 12"},
        {"200 ms", "tcp.nagle-delay", warn, pingedWith(200ms)},
        {"100 ms", "tcp.nagle-delay", pass, pingedWith(100ms)},
        {"few pings", "tcp.nagle-delay", none, pingedWith(40ms, 6)},

        {"alone", "tcp.time-wait", none, Scenario().opened(), "no other connections"},
    };
}

const std::vector<Case> &cases()
{
    static const std::vector<Case> all = [] {
        std::vector<Case> joined;
        for (const auto part : {targetCases, dnsCases, tcpCases})
            std::ranges::move(part(), std::back_inserter(joined));
        return joined;
    }();
    return all;
}

} // namespace

class TestChecksWay : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyDnsRowIsTried()
    {
        QCOMPARE(untried(Phase::Dns, cases(), {"dns.ttl", "dns.cluster-service"}), QStringList());
    }
    void everyTcpRowIsTried()
    {
        QCOMPARE(untried(Phase::Tcp, cases(), {}, {"tcp.keepalive-defaults", "tcp.time-wait"}), QStringList());
    }

    void ttlAgainstALaterLookup()
    {
        const auto first = asked(answer({address("192.0.2.1", 600)}));
        const auto later = resolvedIn(1ms).at(90s).add(answer({address("192.0.2.2", 600)}));
        const auto all = together({first, later});
        const auto &rule = *checkById("dns.ttl")->rule;
        const auto judgement = rule({*all->find(1), nullptr, all.get(), 90s, {}});
        QCOMPARE(judgement.verdict, Verdict::Warn);
        QVERIFY2(judgement.reason.contains("TTL 600 s, but the addresses changed"), qPrintable(judgement.reason));
        const auto same = together({first, resolvedIn(1ms).at(90s).add(answer({address("192.0.2.1", 600)}))});
        QCOMPARE(rule({*same->find(1), nullptr, same.get(), 90s, {}}).verdict, Verdict::Info);
    }

    void portsInTimeWait()
    {
        const Scenario closed = Scenario().opened().at(1s).transport(TransportEnd::ClosedByUs).ended();
        const Scenario byPeer = Scenario().opened().at(1s).fin().ended();
        const auto all = together({closed, closed, closed, byPeer});
        const auto &rule = *checkById("tcp.time-wait")->rule;
        Settings settings;
        QCOMPARE(rule({*all->find(1), nullptr, all.get(), 2s, settings}).verdict, Verdict::Pass);
        settings.timeWaitWarn = 2;
        QCOMPARE(rule({*all->find(1), nullptr, all.get(), 2s, settings}).verdict, Verdict::Warn);
        settings.timeWaitFail = 2;
        QCOMPARE(rule({*all->find(1), nullptr, all.get(), 2s, settings}).verdict, Verdict::Fail);
        settings.timeWaitWarn = settings.timeWaitFail = 3;
        QCOMPARE(rule({*all->find(1), nullptr, all.get(), 2s, settings}).verdict, Verdict::Pass);
    }

    void rootCause_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("root");
        m_scenarios.clear();
        const auto row = [&](const char *name, Scenario scenario, const char *root) {
            QTest::newRow(name) << static_cast<int>(m_scenarios.size()) << QString::fromUtf8(root);
            m_scenarios.push_back(std::move(scenario));
        };
        row("no such name", lookup(StageOutcome::Failed, -2).ended(), "dns.resolve");
        row("refused", dialling({{"192.0.2.1:80", refusal}}), "tcp.refused");
        row("filtered", dialling({{"192.0.2.1:80", silence, 5s}}), "tcp.filtered");
        row("unreachable", dialling({{"192.0.2.1:80", noRoute}}), "tcp.unreachable");
        row("407", proxyAnswered(capture::ProxyKind::HttpConnect, 407), "target.explicit-proxy");
        row("refused by the proxy", proxyAnswered(capture::ProxyKind::HttpConnect, 403), "target.explicit-proxy");
        row("SOCKS", proxyAnswered(capture::ProxyKind::Socks5, 5), "target.explicit-proxy");
        row("ended before a reply", Scenario().client().request().at(20ms).fin().ended(), "tcp.reset-before-reply");
    }
    void rootCause()
    {
        QFETCH(int, index);
        QFETCH(QString, root);
        const auto result = report(m_scenarios[static_cast<std::size_t>(index)]);
        QVERIFY(result.rootCause.has_value());
        QCOMPARE(utf8(*result.rootCause), root);
        QCOMPARE(result.verdict, Verdict::Fail);
        QVERIFY2(result.summary.contains(result.find(*result.rootCause)->reason), qPrintable(result.summary));
    }

private:
    std::vector<Scenario> m_scenarios;
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksWay)
#include "tst_checks_way.moc"
