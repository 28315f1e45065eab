// SPDX-License-Identifier: GPL-3.0-or-later
// The URL, and what a forward proxy says beside the answers that tst_checks_way goes through.
#include "core/diagnosis/rule_support.h"
#include "scenario.h"

namespace frameglass::diagnosis::test {

namespace {

Scenario unanswered(capture::ProxyKind kind, std::string message)
{
    Scenario scenario;
    scenario.dialled("wss://peer.com/");
    scenario.add(capture::ProxyUsed{kind, "proxy.test:1080", capture::ProxySource::User, true, "peer.com:443"});
    scenario.stage(Stage::Proxy, StageOutcome::Started, 0ms);
    return scenario.stage(Stage::Proxy, StageOutcome::Failed, 2ms, 0, std::move(message)).ended();
}

Scenario answered(capture::ProxyKind kind, int code)
{
    Scenario scenario;
    scenario.dialled("wss://peer.com/");
    scenario.add(capture::ProxyUsed{kind, "proxy.test:1080", capture::ProxySource::User, true, "peer.com:443"});
    scenario.stage(Stage::Proxy, StageOutcome::Started, 0ms);
    scenario.add(capture::ProxyAnswered{code, "said"});
    return scenario.stage(Stage::Proxy, StageOutcome::Failed, 2ms).ended();
}

Scenario unusable()
{
    Scenario scenario;
    scenario.dialled("wss://peer.com/");
    return scenario
        .stage(Stage::Proxy, StageOutcome::Failed, 0ms, 0, "HTTPS_PROXY: proxies of this kind are not supported")
        .ended();
}

Scenario to(std::string url, std::string_view moreLines = {})
{
    return Scenario().client(std::move(url)).request(moreLines);
}

std::string longUrl(std::size_t octets, std::string host = "peer.test")
{
    return "ws://" + host + "/" + std::string(octets - 1, 'a');
}

std::vector<Case> urlCases()
{
    using enum Verdict;
    const Scenario accepted = Scenario().server();
    const std::string_view page = "Origin: https://app.test\r\n";
    return {
        {"ws", "target.scheme", Pass, to("ws://peer.test/")},
        {"wss", "target.scheme", Pass, to("wss://peer.test/")},
        {"https", "target.scheme", Info, to("https://peer.test/"), "refuse it"},
        {"Unix socket", "target.scheme", Info, to("ws+unix:///run/a.sock"), "browsers do not"},
        {"ftp", "target.scheme", Fail, to("ftp://peer.test/"), "ftp is no scheme"},
        {"accepted", "target.scheme", NotApplicable, accepted},
        {"hash", "target.fragment", Fail, to("ws://peer.test/#/room"), "character 16"},
        {"none", "target.fragment", Pass, to("ws://peer.test/a?b=c")},
        {"accepted", "target.fragment", NotApplicable, accepted},
        {"password", "target.userinfo", Warn, to("ws://me:secret@peer.test/"), "gorilla refuses it"},
        {"none", "target.userinfo", Pass, to("ws://peer.test/a@b")},
        {"unreadable", "target.userinfo", NotApplicable, to("ws://peer.test:port/")},
        {"X11", "target.blocked-port", Warn, to("ws://peer.test:6000/"), "6000"},
        {"IRC", "target.blocked-port", Warn, to("ws://peer.test:6667/"), "6667"},
        {"10080", "target.blocked-port", Warn, to("ws://peer.test:10080/"), "10080"},
        {"8080", "target.blocked-port", Pass, to("ws://peer.test:8080/")},
        {"Unix socket", "target.blocked-port", NotApplicable, to("ws+unix:///run/a.sock")},
        {"secure page", "target.mixed-content", Fail, to("ws://peer.test/", page), "browsers block it"},
        {"secure page and connection", "target.mixed-content", Pass, to("wss://peer.test/", page)},
        {"this machine", "target.mixed-content", Pass, to("ws://localhost:9001/", page), "this machine"},
        {"plain page", "target.mixed-content", Pass, to("ws://peer.test/", "Origin: http://app.test\r\n")},
        {"no page", "target.mixed-content", NotApplicable, to("ws://peer.test/")},
        {"2,048", "target.url-length", Pass, to(longUrl(2048))},
        {"2,049", "target.url-length", Warn, to(longUrl(2049)), "2,049 octets"},
        {"8,191", "target.url-length", Fail, to(longUrl(8191)), "Apache and nginx"},
        {"API Gateway", "target.url-length", Fail, to(longUrl(4097, "a.execute-api.amazonaws.com")), "API Gateway"},
        {"4,097 elsewhere", "target.url-length", Warn, to(longUrl(4097))},
        {"accepted", "target.url-length", NotApplicable, accepted},
    };
}

std::vector<Case> cases()
{
    const char *row = "target.explicit-proxy";
    constexpr auto fail = Verdict::Fail;
    std::vector<Case> all = urlCases();
    const std::vector<Case> proxies = {
        {"none used", row, Verdict::Pass, to("ws://peer.test/")},
        {"accepted", row, Verdict::NotApplicable, Scenario().server()},
        {"SOCKS refuses the password", row, fail, answered(capture::ProxyKind::Socks5, -2),
         "user name or the password"},
        {"401", row, fail, answered(capture::ProxyKind::HttpConnect, 401), "does not accept the credentials (401)"},
        {"no SOCKS", row, fail, unanswered(capture::ProxyKind::Socks5, "no SOCKS5 answer: 0x48"), "0x48"},
        {"closed", row, fail, unanswered(capture::ProxyKind::Socks5, ""), "without an answer"},
        {"cannot be used", row, fail, unusable(), "HTTPS_PROXY"},
    };
    all.insert(all.end(), proxies.begin(), proxies.end());
    return all;
}

} // namespace

class TestChecksTarget : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried() { QCOMPARE(untried(Phase::Target, cases()), QStringList()); }

    void wrongCredentialsAreTheFirstCause()
    {
        for (const auto &[kind, code] :
             {std::pair(capture::ProxyKind::Socks5, -2), std::pair(capture::ProxyKind::HttpConnect, 401)}) {
            const auto result = report(answered(kind, code));
            QCOMPARE(utf8(*result.rootCause), QString("target.explicit-proxy"));
            const auto *finding = result.find(*result.rootCause);
            QVERIFY(finding->causes.at(0).cause.contains("password"));
        }
    }
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksTarget)
#include "tst_checks_target.moc"
