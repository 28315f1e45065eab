// SPDX-License-Identifier: GPL-3.0-or-later
// What a forward proxy says, beside the answers that tst_checks_way goes through.
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

std::vector<Case> cases()
{
    const char *row = "target.explicit-proxy";
    constexpr auto fail = Verdict::Fail;
    return {
        {"SOCKS refuses the password", row, fail, answered(capture::ProxyKind::Socks5, -2),
         "user name or the password"},
        {"401", row, fail, answered(capture::ProxyKind::HttpConnect, 401), "does not accept the credentials (401)"},
        {"no SOCKS", row, fail, unanswered(capture::ProxyKind::Socks5, "no SOCKS5 answer: 0x48"), "0x48"},
        {"closed", row, fail, unanswered(capture::ProxyKind::Socks5, ""), "without an answer"},
        {"cannot be used", row, fail, unusable(), "HTTPS_PROXY"},
    };
}

} // namespace

class TestChecksTarget : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }

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
