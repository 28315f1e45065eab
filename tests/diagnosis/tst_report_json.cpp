// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnosis/report_json.h"
#include "tls_scenarios.h"

#include <nlohmann/json.hpp>

namespace frameglass::diagnosis::test {

namespace {

nlohmann::ordered_json jsonOf(const Scenario &scenario)
{
    const auto facts = scenario.facts();
    const Evaluation evaluation{facts, nullptr, nullptr, scenario.now(), {}};
    return toJson(evaluate(evaluation), facts);
}

Scenario cutAfterSilence()
{
    return Scenario().client("ws://peer.test/ws?token=hunter2").request().response101().open().at(2s).fin().ended();
}

} // namespace

class TestReportJson : public QObject
{
    Q_OBJECT
private slots:
    void keysOfTheObject();
    void everyRowOnceInOrder();
    void aFailure();
    void connection();
    void compression();
    void noCompression();
    void nothingWrongHasNoRootCause();
    void octetsThatAreNoUtf8();
    void noSecrets();
    void neverConnected();
    void theWayThere();
    void noSecretsOnTheWay();
};

void TestReportJson::keysOfTheObject()
{
    const auto json = jsonOf(cutAfterSilence());
    std::vector<std::string> keys;
    for (const auto &[key, value] : json.items())
        keys.push_back(key);
    QCOMPARE(keys, (std::vector<std::string>{"schema", "url", "verdict", "root_cause", "summary", "findings", "ending",
                                             "clients", "connection"}));
    QCOMPARE(json["schema"].get<int>(), 1);
    QCOMPARE(json["verdict"].get<std::string>(), std::string("fail"));
    QCOMPARE(json["root_cause"].get<std::string>(), std::string("proxy.idle-cut"));
}

void TestReportJson::everyRowOnceInOrder()
{
    const auto json = jsonOf(cutAfterSilence());
    QCOMPARE(json["findings"].size(), checks().size());
    for (std::size_t i = 0; i < checks().size(); ++i) {
        const auto &finding = json["findings"][i];
        QCOMPARE(finding["id"].get<std::string>(), std::string(checks()[i].id));
        for (const char *key : {"title", "verdict", "severity", "reason", "clause", "fix"})
            QVERIFY2(finding[key].is_string(), key);
        QVERIFY(finding["phase"].is_number_integer());
        QVERIFY(finding["evidence"].is_array());
        QVERIFY(finding["causes"].is_array());
    }
}

void TestReportJson::aFailure()
{
    const auto json = jsonOf(cutAfterSilence());
    for (const auto &finding : json["findings"]) {
        if (finding["id"] != "close.fin-without-close")
            continue;
        QCOMPARE(finding["phase"].get<int>(), 12);
        QCOMPARE(finding["verdict"].get<std::string>(), std::string("fail"));
        QCOMPARE(finding["severity"].get<std::string>(), std::string("high"));
        QCOMPARE(finding["clause"].get<std::string>(), std::string("RFC 6455 §7.1.1"));
        QCOMPARE(finding["folded_under"].get<std::string>(), std::string("proxy.idle-cut"));
        QVERIFY(!finding["fix"].get<std::string>().empty());
        QVERIFY(!finding["causes"].empty());
        QVERIFY(finding["causes"][0]["cause"].is_string());
        QVERIFY(finding["causes"][0]["how_to_tell"].is_string());
        QVERIFY(!finding["evidence"].empty());
        QVERIFY(finding["evidence"][0]["record"].get<std::uint64_t>() > 0);
        return;
    }
    QFAIL("no such finding");
}

void TestReportJson::connection()
{
    Scenario scenario = Scenario().opened().ping(1, "p").after(3ms).pong(1, "p", 3ms);
    const auto json =
        jsonOf(scenario.received(Opcode::Text, "hi").closeReceived(1000, "bye").closeSent().fin().ended(true, 1000));
    const auto &connection = json["connection"];
    QCOMPARE(connection["vantage"].get<std::string>(), std::string("client"));
    QCOMPARE(connection["state"].get<std::string>(), std::string("closed"));
    QCOMPARE(connection["response"]["status"].get<int>(), 101);
    QCOMPARE(connection["received"]["frames"].get<int>(), 3);
    QCOMPARE(connection["heartbeat"]["rtt"]["median_ns"].get<std::int64_t>(), 3'000'000);
    QCOMPARE(connection["end"]["close_received"]["code"].get<int>(), 1000);
    QCOMPARE(connection["end"]["close_received"]["reason"].get<std::string>(), std::string("bye"));
    QCOMPARE(connection["end"]["was_clean"].get<bool>(), true);
    QCOMPARE(connection["stages"][0]["stage"].get<std::string>(), std::string("resolve"));
    QCOMPARE(connection["stages"][0]["elapsed_ns"].get<std::int64_t>(), 1'000'000);
    QCOMPARE(connection["steps"][0]["trigger"].get<std::string>(), std::string("handshake-succeeded"));
}

void TestReportJson::compression()
{
    Scenario scenario;
    scenario.client()
        .request("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, permessage-deflate\r\n")
        .response101("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10\r\n")
        .open()
        .sent(Opcode::Text, "small")
        .compressed(Direction::Sent, Opcode::Text, 100, 400)
        .compressed(Direction::Sent, Opcode::Text, 100, 400);
    const auto json = jsonOf(scenario);
    const auto &compression = json["connection"]["compression"];
    QCOMPARE(compression.dump(),
             std::string(R"({"offered":["permessage-deflate; client_max_window_bits","permessage-deflate"],)"
                         R"("agreed":{"answer":"permessage-deflate; client_max_window_bits=10",)"
                         R"("server_window_bits":15,"server_context_takeover":true,)"
                         R"("client_window_bits":10,"client_context_takeover":true},)"
                         R"("sent":{"messages":2,"plain_messages":1,"wire_octets":200,"inflated_octets":800,)"
                         R"("ratio":0.25,"cost_ns":2000},)"
                         R"("received":{"messages":0,"plain_messages":0,"wire_octets":0,"inflated_octets":0,)"
                         R"("ratio":null,"cost_ns":0}})"));
}

void TestReportJson::noCompression()
{
    QVERIFY(jsonOf(Scenario().opened())["connection"]["compression"].is_null());
    const auto declined =
        jsonOf(Scenario().client().request("Sec-WebSocket-Extensions: permessage-deflate\r\n").response101().open());
    QCOMPARE(declined["connection"]["compression"]["offered"].size(), std::size_t(1));
    QVERIFY(declined["connection"]["compression"]["agreed"].is_null());
}

void TestReportJson::nothingWrongHasNoRootCause()
{
    const auto json = jsonOf(Scenario().opened().received(Opcode::Text, "hi"));
    QVERIFY(json["root_cause"].is_null());
    QCOMPARE(json["verdict"].get<std::string>(), std::string("pass"));
}

void TestReportJson::octetsThatAreNoUtf8()
{
    const auto json = jsonOf(Scenario()
                                 .client("ws://peer.test/\xff")
                                 .request("X-Odd: \xfe\r\n")
                                 .response101("X-\xff: \xff\r\n")
                                 .open()
                                 .violation(Violation::InvalidUtf8, Direction::Received, "\xff\xfe")
                                 .closeReceived(1000, "\xff")
                                 .fin());
    const std::string text = json.dump(); // throws on octets that are no UTF-8
    QVERIFY(text.find("\u00ff") != std::string::npos);
}

void TestReportJson::noSecrets()
{
    const auto text = jsonOf(Scenario()
                                 .client("ws://user:hunter2@peer.test/ws?token=hunter2")
                                 .request("Authorization: Bearer hunter2\r\nCookie: sid=hunter2\r\n")
                                 .response101("Set-Cookie: sid=hunter2\r\n")
                                 .open())
                          .dump();
    QCOMPARE(text.find("hunter2"), std::string::npos);
    QVERIFY(text.find("Authorization") != std::string::npos);
}

void TestReportJson::neverConnected()
{
    Scenario scenario;
    scenario.add(capture::ConnectionStarted{})
        .stage(Stage::Tcp, StageOutcome::Failed, 3ms, 111, "Connection refused")
        .ended();
    const auto json = jsonOf(scenario);
    QCOMPARE(json["verdict"].get<std::string>(), std::string("fail"));
    QVERIFY(json["root_cause"].is_null());
    QVERIFY(json["connection"]["request"].is_null());
    QCOMPARE(json["findings"].size(), checks().size());
}

void TestReportJson::theWayThere()
{
    const auto json = jsonOf(failed(refused({fault::selfSigned}, {certificate("peer.test", "peer.test")})));
    const auto &tls = json["connection"]["tls"];
    QCOMPARE(tls["version"].get<std::string>(), std::string("TLSv1.3"));
    QCOMPARE(tls["verdict"].get<std::string>(), std::string("untrusted"));
    QCOMPARE(tls["faults"][0]["error"].get<int>(), fault::selfSigned);
    QCOMPARE(tls["chain"][0]["names"][0].get<std::string>(), std::string("DNS:peer.test"));
    QVERIFY(!tls["chain"][0].contains("der_hex"));
    QCOMPARE(tls["messages"].size(), std::size_t(3));
    QCOMPARE(tls["messages"][2]["content"].get<std::string>(), std::string("alert"));
    QVERIFY(json["connection"]["proxy"].is_null());
    QCOMPARE(json["root_cause"].get<std::string>(), std::string("tls.self-signed"));
    QVERIFY(jsonOf(cutAfterSilence())["connection"]["tls"].is_null());
}

void TestReportJson::noSecretsOnTheWay()
{
    Scenario scenario;
    scenario.dialled().add(
        capture::ProxyUsed{capture::ProxyKind::HttpConnect, "proxy.test:3128", {}, true, "peer.test:443"});
    scenario.add(capture::HeadRecord{Direction::Sent, protocol::HeadKind::Request, true,
                                     protocol::octetsOf("CONNECT peer.test:443 HTTP/1.1\r\nProxy-Authorization: Basic "
                                                        "Z2VoZWlt\r\n\r\n"),
                                     capture::Hop::Proxy});
    capture::TlsFacts tls;
    tls.notTls = "GET / HTTP/1.1\r\nAuthorization: Bearer geheim\r\n";
    scenario.add(std::move(tls)).add(capture::ProxyAnswered{407, "Proxy Authentication Required"});
    scenario.add(capture::DnsLookup{"peer.test", "A", "nxdomain", {}, "192.0.2.53:53", 5ms, {}});
    const auto json = jsonOf(scenario.ended());
    QCOMPARE(json["connection"]["proxy"]["answer"]["code"].get<int>(), 407);
    QCOMPARE(json["connection"]["proxy"]["target"].get<std::string>(), std::string("peer.test:443"));
    QCOMPARE(json["connection"]["dns"][0]["outcome"].get<std::string>(), std::string("nxdomain"));
    QVERIFY(json.dump().find("Z2VoZWlt") == std::string::npos);
    QVERIFY(json.dump().find("geheim") == std::string::npos);
}

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestReportJson)
#include "tst_report_json.moc"
