// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnosis/rule_support.h"
#include "tls_scenarios.h"

namespace frameglass::diagnosis::test {

namespace {

std::vector<Case> portCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto fail = Verdict::Fail;
    constexpr auto none = Verdict::NotApplicable;
    const std::string_view hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
    Scenario helloToUs;
    helloToUs.server().requestRaw(hello, false).refused();
    const Scenario plainRequest = accepted(
        with([](TlsFacts &facts) {
            facts = TlsFacts();
            facts.notTls = "GET /?token=geheim HTTP/1.1\r\nAuthorization: Bearer geheim\r\n";
        }),
        [](Scenario &) {}, false);
    return {
        {"HTTP", "tls.plain-on-tls-port", fail, plain("HTTP/1.1 400 Bad Request\r\nServer: x\r\n"), "plain HTTP"},
        {"HTML", "tls.plain-on-tls-port", fail, plain("<html>"), "HTML"},
        {"SSH", "tls.plain-on-tls-port", fail, plain("SSH-2.0-OpenSSH_9.2\r\n"), "SSH"},
        {"other octets", "tls.plain-on-tls-port", fail, plain("220 mail.test ESMTP\r\n"), "no TLS record"},
        {"a client that speaks HTTP to us", "tls.plain-on-tls-port", fail, plainRequest, "The client speaks HTTP"},
        {"TLS", "tls.plain-on-tls-port", pass, done()},
        {"silence", "tls.plain-on-tls-port", none, stalled(false), "sent nothing"},
        {"ws://", "tls.plain-on-tls-port", none, Scenario().opened(), "does not use TLS"},
        {"under way", "tls.plain-on-tls-port", none, Scenario().reached(), "under way"},

        {"an alert", "tls.tls-on-plain-port", fail,
         withoutTls(std::string_view("\x15\x03\x01\x00\x02\x02\x46", 7), false), "1503010002"},
        {"a handshake record", "tls.tls-on-plain-port", fail, withoutTls(hello, false), "TLS record"},
        {"nginx", "tls.tls-on-plain-port", fail,
         withoutTls("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<center>The plain HTTP request was sent to HTTPS "
                    "port</center>"),
         "400 says"},
        {"Go", "tls.tls-on-plain-port", fail,
         withoutTls("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"),
         "expects TLS"},
        {"our own server", "tls.tls-on-plain-port", fail,
         withoutTls("HTTP/1.1 400 Bad Request\r\n\r\nThis port speaks TLS. Use wss:// (or https://) to reach it"),
         "TLS"},
        {"a client that speaks TLS to us", "tls.tls-on-plain-port", fail, helloToUs, "The client speaks TLS"},
        {"another 400", "tls.tls-on-plain-port", pass, withoutTls("HTTP/1.1 400 Bad Request\r\n\r\nno")},
        {"101", "tls.tls-on-plain-port", pass, Scenario().opened()},
        {"no answer", "tls.tls-on-plain-port", none, Scenario().client().request(), "nothing"},
        {"wss://", "tls.tls-on-plain-port", none, done(), "uses TLS"},
    };
}

std::vector<Case> certificateCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto note = Verdict::Info;
    constexpr auto none = Verdict::NotApplicable;
    const auto dated = [](int from, int until) {
        return done(with([&](TlsFacts &facts) { facts.chain = {certificate("peer.test", "Root", from, until)}; }));
    };
    const auto named = [](std::vector<std::string> names) {
        return done(with([&](TlsFacts &facts) { facts.chain.front().names = std::move(names); }));
    };
    const auto resumed = done(with([](TlsFacts &facts) { facts.resumed = true; }));
    const auto servedFor = [](const std::string &sni) {
        return accepted(
            with([&](TlsFacts &facts) { facts.sni = sni; }), [](Scenario &) {}, true);
    };
    return {
        {"expired", "tls.cert-dates", fail,
         failed(refused({fault::expired}, {certificate("peer.test", "Root", -90, -3)})), "3 days ago"},
        {"expired and connected anyway", "tls.cert-dates", fail, dated(-90, -1), "expired"},
        {"not yet valid", "tls.cert-dates", fail,
         failed(refused({fault::notYetValid}, {certificate("peer.test", "Root", 2, 90)})),
         "not valid before 2027-01-17"},
        {"an intermediate expired", "tls.cert-dates", fail, failed(with([](TlsFacts &facts) {
             facts.verdict = TlsVerdict::Untrusted;
             facts.faults = {{fault::expired, "certificate has expired", 1}};
         })),
         "Intermediate"},
        {"10 days left", "tls.cert-dates", warn, dated(-20, 10), "10 days"},
        {"20 days of a year left", "tls.cert-dates", warn, dated(-345, 20), "20 days"},
        {"27 days of 90 left", "tls.cert-dates", note, dated(-63, 27), "renewal"},
        {"60 days of 90 left", "tls.cert-dates", pass, dated(-30, 60), "2027-03-16"},
        {"no certificate", "tls.cert-dates", none, stalled(true), "No certificate"},

        {"another host's", "tls.cert-name", fail,
         failed(refused({fault::hostMismatch}, {certificate("other.test", "Root")})), "DNS:other.test"},
        {"an address that is not named", "tls.cert-name", fail, failed(refused({fault::addressMismatch})), "not for"},
        {"our server's, asked for another", "tls.cert-name", fail, servedFor("other.test"), "other.test"},
        {"our server's", "tls.cert-name", pass, servedFor("peer.test")},
        {"our server's, asked for none", "tls.cert-name", none, servedFor(""), "named no host"},
        {"only the common name", "tls.cert-name", note, named({}), "common name"},
        {"wildcard", "tls.cert-name", pass, named({"DNS:*.test"})},
        {"wildcard of another level", "tls.cert-name", note, named({"DNS:*.peer.test"})},
        {"named", "tls.cert-name", pass, done(), "peer.test"},
        {"resumed", "tls.cert-name", pass, resumed},
        {"ws://", "tls.cert-name", none, Scenario().opened()},
    };
}

std::vector<Case> issuerCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto none = Verdict::NotApplicable;
    const std::vector<int> missing{fault::issuerMissingLocally, fault::leafUnverified};
    const Certificate own = certificate("peer.test", "peer.test");
    const auto stapled = [](capture::OcspStaple made) {
        return done(with([&](TlsFacts &facts) { facts.staple = std::move(made); }));
    };
    const auto issuedBy = [](const std::string &issuer) {
        return done(with([&](TlsFacts &facts) { facts.chain = {certificate("peer.test", issuer)}; }));
    };
    return {
        {"leaf alone", "tls.chain-incomplete", fail, failed(refused(missing, leafOnly())), "CN=Intermediate"},
        {"leaf with another's intermediate", "tls.chain-incomplete", fail,
         failed(refused(missing, {leafOnly().front(), certificate("Other", "Root")})), "None of the other 1"},
        {"complete", "tls.chain-incomplete", pass, done(), "2 certificates"},
        {"complete, but the authority is unknown", "tls.chain-incomplete", pass, failed(refused(missing))},
        {"self-signed", "tls.chain-incomplete", none, failed(refused({fault::selfSigned}, {own})), "no chain"},
        {"our own", "tls.chain-incomplete", none,
         accepted(
             good(), [](Scenario &) {}, true)},

        {"self-signed", "tls.self-signed", fail, failed(refused({fault::selfSigned}, {own})), "self-signed"},
        {"the authority was sent", "tls.self-signed", fail,
         failed(refused({fault::selfSignedInChain}, {certificate("peer.test", "Root"), certificate("Root", "Root")})),
         "CN=Root is not trusted"},
        {"the authority was not sent", "tls.self-signed", fail, failed(refused(missing)), "CN=Root is neither sent"},
        {"connected anyway", "tls.self-signed", fail, done([&] {
             TlsFacts facts = refused({fault::selfSigned}, {own});
             facts.verdict = TlsVerdict::Overridden;
             return facts;
         }()),
         "self-signed"},
        {"our client does not trust us", "tls.self-signed", fail, refusedByClient(alert::unknownCa), "unknown_ca"},
        {"a browser does not trust us", "tls.self-signed", fail, refusedByClient(alert::certificateUnknown), "client"},
        {"our client trusts us", "tls.self-signed", pass,
         accepted(
             good(), [](Scenario &) {}, true),
         "accepted"},
        {"our client cares for another thing", "tls.self-signed", none, refusedByClient(alert::handshakeFailure)},
        {"trusted", "tls.self-signed", pass, done(), "CN=Root"},
        {"breaks off", "tls.self-signed", none, failed(refused(missing, leafOnly())), "breaks off"},

        {"revoked", "tls.revoked", fail, stapled(staple(capture::StapleStatus::Revoked)), "2027-01-15"},
        {"revoked, says someone", "tls.revoked", warn, stapled(staple(capture::StapleStatus::Revoked, false)),
         "revoked"},
        {"unknown", "tls.revoked", warn, stapled(staple(capture::StapleStatus::Unknown)), "unknown"},
        {"by a list", "tls.revoked", fail, failed(refused({fault::revoked})), "revoked"},
        {"ours, says the client", "tls.revoked", fail, refusedByClient(alert::certificateRevoked), "our certificate"},
        {"good", "tls.revoked", pass, stapled(staple(capture::StapleStatus::Good)), "good"},
        {"no staple", "tls.revoked", none, done(), "stapled"},

        {"weak key", "tls.cert-unfit", fail, failed(refused({66})), "fault 66"},
        {"a client's, not accepted", "tls.cert-unfit", fail,
         accepted(
             with([](TlsFacts &facts) {
                 facts.clientCertificateWanted = true;
                 facts.clientChain = {certificate("client", "Elsewhere")};
                 facts.verdict = TlsVerdict::Untrusted;
                 facts.faults = {{fault::issuerMissingLocally, "unable to get local issuer certificate", 0}};
             }),
             [](Scenario &scenario) { scenario.alert(sent, alert::unknownCa); }, false),
         "client's certificate of client"},
        {"only another row's fault", "tls.cert-unfit", pass, failed(refused({fault::expired}))},
        {"accepted", "tls.cert-unfit", pass, done()},
        {"none was verified", "tls.cert-unfit", none,
         accepted(
             with([](TlsFacts &facts) { facts.verdict = TlsVerdict::NotReached; }), [](Scenario &) {}, true)},

        {"antivirus", "tls.interception", warn, issuedBy("Avast Web/Mail Shield Root"), "Avast"},
        {"mitmproxy", "tls.interception", warn, issuedBy("mitmproxy"), "mitmproxy"},
        {"a public authority", "tls.interception", pass, issuedBy("R11"), "R11"},
        {"our server", "tls.interception", none,
         accepted(
             good(), [](Scenario &) {}, true)},
    };
}

std::vector<Case> parameterCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto note = Verdict::Info;
    constexpr auto none = Verdict::NotApplicable;
    const auto version = [](const char *name) { return done(with([&](TlsFacts &facts) { facts.version = name; })); };
    const auto cipher = [](const char *name) { return done(with([&](TlsFacts &facts) { facts.cipher = name; })); };
    const auto alpn = [](const char *name) { return done(with([&](TlsFacts &facts) { facts.alpnChosen = name; })); };
    Scenario settings;
    settings.client().request().at(5ms);
    settings.responseRaw(std::string_view("\0\0\x12\x04\0\0\0\0\0\0\x03", 11), false).refused().fin();
    Scenario ourRefusal;
    hellos(ourRefusal.reached()).alert(sent, alert::protocolVersion).add(TlsFacts());
    ourRefusal.stage(Stage::Tls, StageOutcome::Failed, 3ms, 0, "unsupported protocol");
    return {
        {"1.3", "tls.version", pass, version("TLSv1.3")},
        {"1.2", "tls.version", note, version("TLSv1.2"), "1.3"},
        {"1.1", "tls.version", fail, version("TLSv1.1"), "withdrawn"},
        {"none in common", "tls.version", fail, alerted(alert::protocolVersion, TlsFacts()), "protocol_version"},
        {"none in common, we say", "tls.version", fail, ourRefusal, "not allowed here"},
        {"nothing agreed on", "tls.version", none, cutInHandshake(), "no ServerHello"},

        {"RC4", "tls.legacy-cipher", warn, cipher("TLS_RSA_WITH_RC4_128_SHA"), "RC4"},
        {"static RSA", "tls.legacy-cipher", warn, cipher("TLS_RSA_WITH_AES_128_GCM_SHA256"), "forward secrecy"},
        {"CBC with SHA-1", "tls.legacy-cipher", warn, cipher("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"), "SHA-1"},
        {"3DES", "tls.legacy-cipher", warn, cipher("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"), "3DES"},
        {"CBC with SHA-2", "tls.legacy-cipher", note, cipher("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256")},
        {"AEAD", "tls.legacy-cipher", pass, cipher("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")},
        {"ws://", "tls.legacy-cipher", none, Scenario().opened()},

        {"h2 chosen", "tls.alpn-h2-forced", fail, alpn("h2"), "h2"},
        {"nothing but h2", "tls.alpn-h2-forced", fail, alerted(alert::noApplicationProtocol),
         "no_application_protocol"},
        {"SETTINGS", "tls.alpn-h2-forced", fail, settings, "SETTINGS"},
        {"http/1.1 chosen", "tls.alpn-h2-forced", pass, alpn("http/1.1")},
        {"nothing chosen", "tls.alpn-h2-forced", pass, alpn("")},
        {"ws://", "tls.alpn-h2-forced", none, Scenario().opened()},
    };
}

std::vector<Case> handshakeCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto warn = Verdict::Warn;
    constexpr auto fail = Verdict::Fail;
    constexpr auto note = Verdict::Info;
    constexpr auto none = Verdict::NotApplicable;
    const auto old = [](Nanoseconds took) {
        return done(with([](TlsFacts &facts) { facts.version = "TLSv1.2"; }), took);
    };
    const auto asked = [](TlsFacts facts, bool succeeded, std::optional<std::uint8_t> refusal) {
        facts.clientCertificateWanted = true;
        return accepted(
            std::move(facts),
            [&](Scenario &scenario) {
                if (refusal)
                    scenario.alert(sent, *refusal);
            },
            succeeded);
    };
    return {
        {"no answer", "tls.handshake-failed", fail, stalled(false), "No answer to our ClientHello within 5.00 s"},
        {"stalled after ServerHello", "tls.handshake-failed", fail, stalled(true), "after ServerHello"},
        {"no cipher in common", "tls.handshake-failed", fail, alerted(alert::handshakeFailure, TlsFacts()),
         "handshake_failure (40)"},
        {"unknown name", "tls.handshake-failed", fail, alerted(alert::unrecognizedName), "unrecognized_name"},
        {"FIN", "tls.handshake-failed", fail, cutInHandshake(), "without an alert"},
        {"done", "tls.handshake-failed", pass, done(), "30.0 ms"},
        {"under way", "tls.handshake-failed", none, Scenario().reached(), "under way"},
        {"not reached", "tls.handshake-failed", none, Scenario().dialled(), "not reached"},

        {"151 ms", "tls.handshake-slow", pass, done(good(), 151ms), "150 ms"},
        {"152 ms", "tls.handshake-slow", warn, done(good(), 152ms), "151 ms"},
        {"1.2 has a round trip more", "tls.handshake-slow", pass, old(152ms), "150 ms"},
        {"2.1 s", "tls.handshake-slow", fail, done(good(), 2100ms), "2.10 s"},
        {"not done within 5 s", "tls.handshake-slow", fail, stalled(false), "5.00 s"},
        {"refused", "tls.handshake-slow", none, failed(refused({fault::selfSigned}))},
        {"ws://", "tls.handshake-slow", none, Scenario().opened(), "does not use TLS"},

        {"flight of 1.1 s", "tls.serverhello-retransmit", fail, flight(1100ms), "1.10 s"},
        {"flight that stops", "tls.serverhello-retransmit", fail, stalled(true), "did not come"},
        {"flight of 20 ms", "tls.serverhello-retransmit", pass, flight(20ms), "20.0 ms"},
        {"no ServerHello", "tls.serverhello-retransmit", none, stalled(false), "No ServerHello"},
        {"our server", "tls.serverhello-retransmit", none,
         accepted(
             good(), [](Scenario &) {}, true)},

        {"required and missing", "tls.mtls", fail, wantedClientCertificate(false, alert::certificateRequired),
         "none was sent"},
        {"required and missing, TLS 1.2", "tls.mtls", fail, wantedClientCertificate(false, alert::handshakeFailure),
         "handshake_failure"},
        {"sent and refused", "tls.mtls", fail, wantedClientCertificate(true, alert::unknownCa), "refused our"},
        {"asked for, went on without", "tls.mtls", note, wantedClientCertificate(false, {}), "without one"},
        {"asked for and taken", "tls.mtls", note, wantedClientCertificate(true, {}), "took ours"},
        {"our client sent none", "tls.mtls", fail, asked(good(), false, alert::certificateRequired), "We require"},
        {"our client sent none, and may", "tls.mtls", note, asked(good(), true, {}), "sent none"},
        {"not asked for", "tls.mtls", pass, done()},
        {"ws://", "tls.mtls", none, Scenario().opened()},

        {"FIN, no Close", "tls.truncation", warn, endedBy([](Scenario &s) { s.at(2s).fin().ended(); }), "close_notify"},
        {"FIN after both Close frames", "tls.truncation", note,
         endedBy([](Scenario &s) { s.closeSent().closeReceived().fin().ended(true, 1000); }), "nothing was lost"},
        {"close_notify", "tls.truncation", pass, endedBy([](Scenario &s) { s.alert(got, 0, false).fin().ended(); })},
        {"reset", "tls.truncation", none, endedBy([](Scenario &s) { s.rst().ended(); }), "otherwise"},
        {"still open", "tls.truncation", none, done(), "still stands"},
        {"ws://", "tls.truncation", none, Scenario().opened()},
    };
}

const std::vector<Case> &cases()
{
    static const std::vector<Case> all = [] {
        std::vector<Case> joined;
        for (const auto part : {portCases, certificateCases, issuerCases, parameterCases, handshakeCases})
            std::ranges::move(part(), std::back_inserter(joined));
        return joined;
    }();
    return all;
}

} // namespace

class TestChecksTls : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried() { QCOMPARE(untried(Phase::Tls, cases()), QStringList()); }

    /// Nothing but the wall clock of the capture may say whether a date has passed.
    void datesNeedTheWallClock()
    {
        const auto facts = done(with([](TlsFacts &of) { of.chain = {certificate("a", "b", -90, -80)}; })).facts();
        const auto &rule = *checkById("tls.cert-dates")->rule;
        QCOMPARE(rule({facts, nullptr, nullptr, 1s, {}}).verdict, Verdict::NotApplicable);
        QCOMPARE(rule({facts, nullptr, nullptr, 1s, {}, startWallMs}).verdict, Verdict::Fail);
        QCOMPARE(rule({facts, nullptr, nullptr, 1s, {}, startWallMs - 85LL * 86'400'000}).verdict, Verdict::Warn);
    }

    void secretsOfAPlainRequestAreNotShown()
    {
        for (const Case &one : portCases()) {
            if (std::string_view(one.name) != "a client that speaks HTTP to us")
                continue;
            const auto judgement = judge(one.id, one.scenario);
            QVERIFY2(!judgement.reason.contains("geheim"), qPrintable(judgement.reason));
            for (const auto &piece : judgement.evidence)
                QVERIFY2(!piece.text.contains("geheim"), qPrintable(piece.text));
        }
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
        const Certificate own = certificate("peer.test", "peer.test");
        row("self-signed", failed(refused({fault::selfSigned}, {own})), "tls.self-signed");
        row("expired", failed(refused({fault::expired}, {certificate("peer.test", "Root", -90, -3)})),
            "tls.cert-dates");
        row("not yet valid", failed(refused({fault::notYetValid}, {certificate("peer.test", "Root", 3, 90)})),
            "tls.cert-dates");
        row("wrong name", failed(refused({fault::hostMismatch}, {certificate("other.test", "Root")})), "tls.cert-name");
        row("incomplete chain", failed(refused({fault::issuerMissingLocally, fault::leafUnverified}, leafOnly())),
            "tls.chain-incomplete");
        row("private authority", failed(refused({fault::issuerMissingLocally})), "tls.self-signed");
        row("revoked", done(with([](TlsFacts &facts) { facts.staple = staple(capture::StapleStatus::Revoked); })),
            "tls.revoked");
        row("client certificate missing, 1.3", wantedClientCertificate(false, alert::certificateRequired), "tls.mtls");
        row("plain HTTP on the TLS port", plain("HTTP/1.1 400 Bad Request\r\n"), "tls.plain-on-tls-port");
        row("TLS on the plain port", withoutTls(std::string_view("\x15\x03\x01\x00\x02\x02\x46", 7), false),
            "tls.tls-on-plain-port");
        row("TLS on the plain port of nginx",
            withoutTls(
                "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\nThe plain HTTP request was sent to HTTPS port"),
            "tls.tls-on-plain-port");
        row("stalled", stalled(false), "tls.handshake-failed");
        row("stalled later", stalled(true), "tls.handshake-failed");
        row("weak key", failed(refused({66})), "tls.cert-unfit");
        row("nothing but h2", alerted(alert::noApplicationProtocol), "tls.alpn-h2-forced");
        row("old versions only", alerted(alert::protocolVersion, TlsFacts()), "tls.version");
        row("a client that does not trust us", refusedByClient(alert::unknownCa), "tls.self-signed");
    }
    void rootCause()
    {
        QFETCH(int, index);
        QFETCH(QString, root);
        const auto result = report(m_scenarios[static_cast<std::size_t>(index)]);
        QVERIFY(result.rootCause.has_value());
        QCOMPARE(utf8(*result.rootCause), root);
        QCOMPARE(result.verdict, Verdict::Fail);
        const auto *finding = result.find(*result.rootCause);
        QVERIFY2(result.summary.contains(finding->reason), qPrintable(result.summary));
        // Nothing else is left standing beside it, whatever else failed because of it.
        for (const Finding &other : result.findings) {
            if (other.verdict == Verdict::Fail && other.foldedUnder.empty())
                QCOMPARE(utf8(other.id), root);
        }
    }

private:
    std::vector<Scenario> m_scenarios;
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksTls)
#include "tst_checks_tls.moc"
