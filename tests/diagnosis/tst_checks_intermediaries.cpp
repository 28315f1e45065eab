// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnosis/rule_support.h"
#include "core/protocol/handshake.h"
#include "proxy_cases.h"

#include <memory>

namespace frameglass::diagnosis::test {

namespace {

/// A valid request, answered through nginx with this status line, further field lines and body.
Scenario throughNginx(std::string_view statusLine, std::string_view lines, std::string_view body)
{
    Scenario scenario;
    return scenario.client()
        .request()
        .at(5ms)
        .responseRaw("HTTP/1.1 " + std::string(statusLine) + "\r\nServer: nginx/1.22.1\r\n" + std::string(lines) +
                     "\r\n" + std::string(body))
        .refused();
}

/// What our own server answers to the request that nginx makes of ours.
Scenario ownRefusal(std::string_view requestAtBackend)
{
    const auto head = protocol::parseHead(protocol::HeadKind::Request, protocol::viewOf(requestAtBackend));
    const auto refusal = protocol::refusalFor(head, protocol::judgeRequest(head));
    return throughNginx(std::to_string(refusal.status) + " Refused", "", refusal.body);
}

constexpr std::string_view rest = "Host: backend\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                  "Sec-WebSocket-Version: 13\r\n";

Scenario backendSaw(std::string_view startLine, std::string_view fields)
{
    return ownRefusal(std::string(startLine) + "\r\n" + std::string(rest) + std::string(fields) + "\r\n");
}

Scenario bareLocation()
{
    return backendSaw("GET /ws HTTP/1.0", "Connection: close\r\n");
}
Scenario withoutUpgradeSettings()
{
    return backendSaw("GET /ws HTTP/1.1", "Connection: close\r\n");
}
Scenario withoutHttpVersion()
{
    return backendSaw("GET /ws HTTP/1.0", "Upgrade: websocket\r\nConnection: upgrade\r\n");
}
Scenario emptyConnection()
{
    return backendSaw("GET /ws HTTP/1.1", "Upgrade: websocket\r\n");
}
Scenario wrongKey()
{
    return ownRefusal("GET /ws HTTP/1.1\r\nHost: b\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                      "Sec-WebSocket-Version: 13\r\n\r\n");
}

Scenario nginx101()
{
    Scenario scenario;
    return scenario.client().request().at(5ms).response101("Server: nginx/1.22.1\r\n").open();
}

Scenario gorilla(std::string_view body)
{
    return throughNginx("400 Bad Request", "Sec-Websocket-Version: 13\r\nX-Content-Type-Options: nosniff\r\n", body);
}

Scenario python(std::string_view what)
{
    return throughNginx("426 Upgrade Required", "", "Failed to open a WebSocket connection: " + std::string(what));
}

Scenario silentFor(Nanoseconds silence)
{
    Scenario scenario;
    return scenario.opened().at(1s).received(Opcode::Text, "hi").after(silence).fin().ended();
}

std::vector<Case> ownCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto none = Verdict::NotApplicable;
    static const Scenario direct = Scenario().opened();
    static const Scenario directRefused = Scenario().client().request().responseRaw("HTTP/1.1 404 \r\n\r\n").refused();
    const Scenario plain = throughNginx("400 Bad Request", "", "no");
    const Scenario page = throughNginx("400 Bad Request", "", "<hr><center>nginx/1.22.1</center>");
    Scenario other;
    other.client().request().at(5ms).responseRaw("HTTP/1.1 400 \r\nServer: Apache\r\n\r\n").refused();
    return {
        {"bare location", "proxy.nginx-upgrade-missing", fail, bareLocation(), "saw HTTP/1.0, Upgrade absent"},
        {"HTTP/1.1 without the fields", "proxy.nginx-upgrade-missing", fail, withoutUpgradeSettings(), "HTTP/1.1"},
        {"gorilla's plain refusal", "proxy.nginx-upgrade-missing", fail, gorilla("Bad Request\n"), "gorilla"},
        {"gorilla's text about Connection", "proxy.nginx-upgrade-missing", fail,
         gorilla("websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' "
                 "header"),
         "Connection"},
        {"gorilla's text about Upgrade", "proxy.nginx-upgrade-missing", fail,
         gorilla("websocket: the client is not using the websocket protocol: 'websocket' token not found in 'Upgrade' "
                 "header"),
         "no upgrade request"},
        {"gorilla's text about the key", "proxy.nginx-upgrade-missing", pass,
         gorilla("websocket: not a websocket handshake: 'Sec-WebSocket-Key' header is missing or blank"),
         "saw Upgrade"},
        {"ws", "proxy.nginx-upgrade-missing", fail, throughNginx("426 Upgrade Required", "", "Upgrade Required"), "ws"},
        {"ws about the key", "proxy.nginx-upgrade-missing", pass,
         throughNginx("400 Bad Request", "", "Missing or invalid Sec-WebSocket-Key header"), "ws"},
        {"websockets (Python), Connection", "proxy.nginx-upgrade-missing", fail,
         python("invalid Connection header: close."), "Python"},
        {"websockets (Python), Upgrade", "proxy.nginx-upgrade-missing", fail, python("missing Upgrade header."),
         "Python"},
        {"the direct attempt got 101", "proxy.nginx-upgrade-missing", fail, plain, "direct", &direct},
        {"the direct attempt got 404", "proxy.nginx-upgrade-missing", none, plain, "no 101 either", &directRefused},
        {"200, and the direct attempt got 101", "proxy.nginx-upgrade-missing", fail,
         throughNginx("200 OK", "", "hello"), "direct", &direct},
        {"no evidence", "proxy.nginx-upgrade-missing", none, plain, "--direct"},
        {"nginx's own page", "proxy.nginx-upgrade-missing", none, page, "itself", &direct},
        {"502", "proxy.nginx-upgrade-missing", none, throughNginx("502 Bad Gateway", "", ""), "502", &direct},
        {"Upgrade arrived", "proxy.nginx-upgrade-missing", pass, withoutHttpVersion(), "saw Upgrade"},
        {"101", "proxy.nginx-upgrade-missing", pass, nginx101()},
        {"another server", "proxy.nginx-upgrade-missing", none, other, "Apache"},
        {"no answer", "proxy.nginx-upgrade-missing", none, Scenario().client().request()},

        {"Connection emptied", "proxy.nginx-connection-cleared", fail, emptyConnection(), "absent"},
        {"neither arrives", "proxy.nginx-connection-cleared", none, bareLocation(), "no Upgrade either"},
        {"both arrive", "proxy.nginx-connection-cleared", pass, withoutHttpVersion()},
        {"both arrive, the key does not", "proxy.nginx-connection-cleared", pass, wrongKey()},
        {"both arrive, the key does not", "proxy.nginx-upgrade-missing", pass, wrongKey(), "saw Upgrade"},
        {"101", "proxy.nginx-connection-cleared", pass, nginx101()},
        {"another server", "proxy.nginx-connection-cleared", none, other},

        {"no proxy_http_version", "proxy.nginx-http10", fail, withoutHttpVersion(), "HTTP/1.0"},
        {"bare location", "proxy.nginx-http10", warn, bareLocation(), "as well"},
        {"websockets (Python) could not read it", "proxy.nginx-http10", fail,
         python("did not receive a valid HTTP request."), "HTTP/1.1 only"},
        {"HTTP/1.1", "proxy.nginx-http10", pass, withoutUpgradeSettings(), "HTTP/1.1"},
        {"101", "proxy.nginx-http10", none, nginx101()},
        {"no evidence", "proxy.nginx-http10", none, plain},
        {"another server", "proxy.nginx-http10", none, other},

        {"2 s, then FIN", "proxy.idle-cut", fail, silentFor(2s), "2.00 s without an octet either way (a configured"},
        {"60 s", "proxy.idle-cut", fail, silentFor(60s), "nginx (proxy_read_timeout), AWS ALB, ingress-nginx, HAProxy"},
        {"52 s", "proxy.idle-cut", fail, silentFor(52s), "(as with HAProxy)"},
        {"101 s", "proxy.idle-cut", fail, silentFor(101s), "Cloudflare"},
        {"356 s", "proxy.idle-cut", fail, silentFor(356s), "AWS NLB"},
        {"358 s", "proxy.idle-cut", fail, silentFor(358s), "a configured value"},
        {"reset after 30 s", "proxy.idle-cut", fail, Scenario().opened().at(30s).rst().ended(), "30.0 s"},
        {"after 999 ms", "proxy.idle-cut", pass, silentFor(999ms), "no silence"},
        {"Close received", "proxy.idle-cut", pass, Scenario().opened().at(5s).closeReceived().at(8s).fin().ended(),
         "Close frame"},
        {"our Close, then FIN 2 s later", "proxy.idle-cut", pass,
         Scenario().opened().at(5s).closeSent().at(7s).fin().ended(), "Close frame"},
        {"ended by us", "proxy.idle-cut", pass, Scenario().opened().at(5s).transport(TransportEnd::ClosedByUs).ended()},
        {"still open", "proxy.idle-cut", none, Scenario().opened().at(5s), "still stands"},
        {"never open", "proxy.idle-cut", none, bareLocation(), "never open"},
    };
}

const std::vector<Case> &cases()
{
    static const std::vector<Case> all = [] {
        std::vector<Case> joined;
        for (const auto part : {ownCases, proxyAnswerCases, proxyEndCases})
            std::ranges::move(part(), std::back_inserter(joined));
        return joined;
    }();
    return all;
}

} // namespace

class TestChecksIntermediaries : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried()
    {
        // manyCutAtOnce() has the fault of proxy.k8s-ingress.
        auto missing = untried(Phase::Intermediaries, cases(), {"proxy.signature", "proxy.cloudflare"},
                               {"proxy.upstream-keepalive-low"});
        missing.removeAll(QStringLiteral("proxy.k8s-ingress: fail, warn or info"));
        QCOMPARE(missing, QStringList());
    }

    void aResetSpeaksForNat()
    {
        const auto judgement = judge("proxy.idle-cut", Scenario().opened().at(30s).rst().ended());
        QCOMPARE(judgement.causeOrder, (std::vector<std::size_t>{2, 0, 1}));
    }

    void attemptsThatAgree()
    {
        const auto all = together({silentFor(2s), silentFor(2050ms), silentFor(3s)});
        const auto judgement = checkById("proxy.idle-cut")->rule({*all->find(1), nullptr, all.get(), 10s, {}});
        QVERIFY2(judgement.reason.endsWith("other attempts: 1"), qPrintable(judgement.reason));
    }

    void manyCutAtOnce()
    {
        const Scenario cut = silentFor(20s);
        const Scenario cloudflare =
            Scenario().client().request().response101("CF-Ray: 8a-FRA\r\n").open().at(21s).fin().ended();
        for (const auto &[id, scenario] :
             {std::pair("proxy.k8s-ingress", cut), std::pair("proxy.cloudflare", cloudflare)}) {
            const auto three = together({scenario, scenario, scenario});
            const auto two = together({scenario, scenario});
            const auto &rule = *checkById(id)->rule;
            const auto judgement = rule({*three->find(1), nullptr, three.get(), 30s, {}});
            QCOMPARE(judgement.verdict, Verdict::Fail);
            QVERIFY2(judgement.reason.startsWith("3 connections"), qPrintable(judgement.reason));
            QVERIFY(rule({*two->find(1), nullptr, two.get(), 30s, {}}).verdict != Verdict::Fail);
        }
    }

    /// One client that is cut, comes back and is cut again within a second is no event of a proxy's.
    void oneAfterAnotherIsNoEvent()
    {
        const auto cutAt = [](Nanoseconds time) {
            return Scenario().at(time).client().request().response101().open().after(100ms).fin().ended();
        };
        const auto three = together({cutAt(1s), cutAt(1300ms), cutAt(1600ms)});
        const auto judgement = checkById("proxy.k8s-ingress")->rule({*three->find(3), nullptr, three.get(), 30s, {}});
        QCOMPARE(judgement.verdict, Verdict::NotApplicable);
    }

    void rootCause_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("root");
        QTest::addColumn<QStringList>("folded");
        m_scenarios.clear();
        const auto row = [&](const char *name, Scenario scenario, const char *root, QStringList folded) {
            QTest::newRow(name) << static_cast<int>(m_scenarios.size()) << QString::fromUtf8(root) << folded;
            m_scenarios.push_back(std::move(scenario));
        };
        row("location without any setting", bareLocation(), "proxy.nginx-upgrade-missing", {"proxy.nginx-http10"});
        row("location without the fields", withoutUpgradeSettings(), "proxy.nginx-upgrade-missing", {});
        row("location without proxy_http_version", withoutHttpVersion(), "proxy.nginx-http10", {});
        row("Connection emptied", emptyConnection(), "proxy.nginx-connection-cleared", {});
        row("gorilla behind a bare location", gorilla("Bad Request\n"), "proxy.nginx-upgrade-missing", {"upgrade.400"});
        row("read time-out of 2 s", silentFor(2s), "proxy.idle-cut", {"close.abnormal", "close.fin-without-close"});
        row("lower-case names and a time-out of 3 s",
            Scenario()
                .client()
                .request()
                .responseRaw("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
                             "sec-websocket-accept: " +
                             std::string(sampleAccept) + "\r\n\r\n")
                .open()
                .at(3s)
                .fin()
                .ended(),
            "proxy.idle-cut", {"proxy.haproxy-tunnel-timeout", "close.abnormal"});
        row("read time-out of 60 s", silentFor(60s), "proxy.idle-cut", {"close.abnormal", "close.fin-without-close"});
    }
    void rootCause()
    {
        QFETCH(int, index);
        QFETCH(QString, root);
        QFETCH(QStringList, folded);
        const auto result = report(m_scenarios[static_cast<std::size_t>(index)]);
        QCOMPARE(result.verdict, Verdict::Fail);
        QVERIFY(result.rootCause.has_value());
        QCOMPARE(utf8(*result.rootCause), root);
        for (const QString &id : std::as_const(folded)) {
            const auto *finding = result.find(id.toStdString());
            QVERIFY2(finding != nullptr, qPrintable(id));
            QCOMPARE(id + " under " + utf8(finding->foldedUnder), id + " under " + root);
        }
        // Whatever the refusal's status was, and whatever phases 10 and 12 say of the cut: all hang under the root.
        for (const Finding &finding : result.findings) {
            const bool fault = finding.verdict == Verdict::Fail || finding.verdict == Verdict::Warn;
            if (fault && finding.foldedUnder.empty())
                QCOMPARE(utf8(finding.id), root);
        }
    }

    void secondCauseOfABareLocation()
    {
        const auto result = report(bareLocation());
        const auto *finding = result.find("proxy.nginx-upgrade-missing");
        QVERIFY(finding != nullptr && finding->causes.size() > 1);
        QVERIFY(finding->causes.at(1).cause.contains("proxy.nginx-http10"));
    }

    void withoutEvidenceBothAreNamed()
    {
        for (const char *line : {"400 Bad Request", "426 Upgrade Required", "200 OK"}) {
            const auto result = report(throughNginx(line, "", ""));
            QVERIFY(result.rootCause.has_value());
            const auto *finding = result.find(*result.rootCause);
            QVERIFY(utf8(finding->id).startsWith("upgrade."));
            QString causes;
            for (const Cause &cause : finding->causes)
                causes += cause.cause;
            QVERIFY(causes.contains("proxy.nginx-upgrade-missing") && causes.contains("proxy.nginx-http10"));
        }
    }

private:
    std::vector<Scenario> m_scenarios;
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksIntermediaries)
#include "tst_checks_intermediaries.moc"
