// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnosis/wording.h"
#include "core/diagnosis/wording_certificate.h"
#include "scenario.h"

#include <QLocale>

namespace frameglass::diagnosis::test {

class TestWording : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void duration_data();
    void duration();
    void octets_data();
    void octets();
    void codes();
    void everyCodeHasWords();
    void record_data();
    void record();
    void secretsAreMasked();
    void hostileTextIsBounded();
    void faultsNameTheirCertificate();
    void validityIsAsOfTheHandshake();
};

void TestWording::duration_data()
{
    QTest::addColumn<qint64>("ns");
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << qint64(0) << "0 ns";
    QTest::newRow("ns") << qint64(999) << "999 ns";
    QTest::newRow("µs") << qint64(1'000) << "1.00 µs";
    QTest::newRow("rounds up a unit") << qint64(999'600) << "1.00 ms";
    QTest::newRow("ms") << qint64(3'141'592) << "3.14 ms";
    QTest::newRow("two digits") << qint64(31'415'926) << "31.4 ms";
    QTest::newRow("three digits") << qint64(314'159'265) << "314 ms";
    QTest::newRow("rounds to three digits") << qint64(9'996'000) << "10.0 ms";
    QTest::newRow("s") << qint64(60'000'000'000) << "60.0 s";
    QTest::newRow("min") << qint64(252'000'000'000) << "4:12 min";
    QTest::newRow("h") << qint64(7'875'000'000'000) << "2:11 h";
    QTest::newRow("negative") << qint64(-2'000'000'000) << "−2.00 s";
}

void TestWording::duration()
{
    QFETCH(qint64, ns);
    QFETCH(QString, text);
    QCOMPARE(durationText(Nanoseconds(ns)), text);
}

void TestWording::octets_data()
{
    QTest::addColumn<quint64>("octets");
    QTest::addColumn<QString>("text");
    QTest::newRow("0") << quint64(0) << "0";
    QTest::newRow("412") << quint64(412) << "412";
    QTest::newRow("1,904") << quint64(1904) << "1,904";
    QTest::newRow("KiB") << quint64(200 * 1024) << "200 KiB";
    QTest::newRow("MiB") << quint64(3'250'586) << "3.1 MiB";
    QTest::newRow("GiB") << quint64(2) * 1024 * 1024 * 1024 << "2.0 GiB";
}

void TestWording::octets()
{
    QFETCH(quint64, octets);
    QFETCH(QString, text);
    QCOMPARE(octetsText(octets), text);
}

void TestWording::codes()
{
    QCOMPARE(opcodeName(0x9), QStringLiteral("ping"));
    QCOMPARE(opcodeName(0x3), QStringLiteral("reserved 0x3"));
    QCOMPARE(opcodeName(0xb), QStringLiteral("reserved 0xb"));
    QVERIFY(closeCodeText(1006).startsWith(QStringLiteral("1006 ")));
    QCOMPARE(closeCodeText(2000), QStringLiteral("2000"));
}

void TestWording::everyCodeHasWords()
{
    for (const auto &info : protocol::violations())
        QVERIFY2(!textOf(info.violation).isEmpty(), std::string(info.id).c_str());
    for (int state = 0; state < protocol::connectionStateCount; ++state)
        QVERIFY(!textOf(static_cast<ConnectionState>(state)).isEmpty());
    QVERIFY(textOf(capture::CaptureErrorCode::NotFound, QStringLiteral("/x")).contains(QStringLiteral("/x")));
    QVERIFY(textOf(capture::TransportEnd::FinReceived).contains(QStringLiteral("FIN")));
}

void TestWording::record_data()
{
    QTest::addColumn<int>("index");
    QTest::addColumn<QString>("text");
    // One scenario whose records are told apart by their place in `samples()`.
    QTest::newRow("text frame") << 0 << "text · 2 octets";
    QTest::newRow("one octet") << 1 << "binary · 1 octet";
    QTest::newRow("close") << 2 << "close · 1000 Normal Closure · bye";
    QTest::newRow("ping that is no text") << 3 << "ping · 2 octets · ff00";
    QTest::newRow("fragment") << 4 << "text … · 1 octet";
    QTest::newRow("cut frame") << 5 << "text · 2 of 9 octets";
    QTest::newRow("pong matched") << 6 << "Pong for ping 7 after 3.00 ms";
    QTest::newRow("state") << 7 << "opening → open: handshake succeeded";
    QTest::newRow("violation") << 8 << "A reserved bit is set: RSV2";
    QTest::newRow("end") << 9 << "The other side reset TCP (RST): error 104";
    QTest::newRow("head") << 10 << "HTTP/1.1 101 Switching Protocols";
    QTest::newRow("compressed frame") << 12 << "text · 7 → 5 octets · Hello";
    QTest::newRow("compressed frame without payload") << 13 << "text · 7 → 5 octets";
    QTest::newRow("compressed message") << 14 << "text message whole: 70 → 500 octets in 2 fragments";
    QTest::newRow("stage") << 11 << "TCP connect: failed after 3.00 ms: Connection refused";
}

void TestWording::record()
{
    Scenario scenario;
    const auto header = [&](std::uint64_t length) {
        return scenario.headerFor(Direction::Received, Opcode::Text, length);
    };
    const auto frame = [&](FrameHeader head, std::string_view payload) {
        capture::FrameRecord record;
        record.header = head;
        record.payloadOctets = payload.size();
        if (head.isControl())
            record.payload = protocol::octetsOf(payload);
        return record;
    };
    const auto deflated = [&](std::string_view meant) {
        capture::FrameRecord record = frame(header(7), "deflate");
        record.inflated = capture::InflatedPayload::of(protocol::octetsOf(meant), Nanoseconds(1us));
        record.inflated->octets = 5;
        return record;
    };
    const std::vector<capture::RecordBody> samples{
        frame(header(2), "hi"),
        frame(scenario.headerFor(Direction::Received, Opcode::Binary, 1), "x"),
        frame(scenario.headerFor(Direction::Received, Opcode::Close, 5), "\x03\xe8"
                                                                         "bye"),
        frame(scenario.headerFor(Direction::Received, Opcode::Ping, 2), std::string_view("\xff\0", 2)),
        frame(scenario.headerFor(Direction::Received, Opcode::Text, 1, false), "x"),
        frame(header(9), "hi"),
        capture::HeartbeatRecord{HeartbeatKind::PongMatched, 7, Nanoseconds(3ms), {}},
        capture::StateRecord{ConnectionState::Opening, ConnectionState::Open, Trigger::HandshakeSucceeded},
        capture::ViolationRecord{Direction::Received, Violation::ReservedBit, 0, "RSV2"},
        capture::TransportEnded{TransportEnd::ResetReceived, 104, {}},
        capture::HeadRecord{Direction::Received, protocol::HeadKind::Response, true,
                            protocol::octetsOf("HTTP/1.1 101 Switching Protocols\r\n\r\n")},
        capture::StageChanged{Stage::Tcp, StageOutcome::Failed, Nanoseconds(3ms), 111, "Connection refused"},
        deflated("Hello"),
        deflated(""),
        capture::MessageRecord{Direction::Received, Opcode::Text, 70, 2, true, 500}};
    QFETCH(int, index);
    QFETCH(QString, text);
    QCOMPARE(summaryOf({1, 1, Nanoseconds(0), samples[static_cast<std::size_t>(index)]}), text);
}

void TestWording::secretsAreMasked()
{
    capture::HeadRecord head{Direction::Sent, protocol::HeadKind::Request, true,
                             protocol::octetsOf("GET /ws?token=hunter2 HTTP/1.1\r\nHost: a\r\n\r\n")};
    const QString line = summaryOf({1, 1, Nanoseconds(0), head});
    QVERIFY(line.startsWith(QStringLiteral("GET /ws?token=*")));
    QVERIFY(!line.contains(QStringLiteral("hunter2")));
    capture::ConnectionStarted started;
    started.url = "ws://user:hunter2@a/";
    QVERIFY(!summaryOf({1, 1, Nanoseconds(0), started}).contains(QStringLiteral("hunter2")));
}

void TestWording::hostileTextIsBounded()
{
    capture::ViolationRecord violation{Direction::Received, Violation::StatusNot101, 0, std::string(100'000, 'x')};
    QVERIFY(summaryOf({1, 1, Nanoseconds(0), violation}).size() < 250);
    violation.detail = "a\nb\x1b[31m";
    const QString line = summaryOf({1, 1, Nanoseconds(0), violation});
    QVERIFY(!line.contains(QLatin1Char('\n')));
    QVERIFY(!line.contains(QChar(0x1b)));
}

void TestWording::faultsNameTheirCertificate()
{
    capture::Certificate leaf;
    leaf.names = {"DNS:a.example"}; // as many are issued now: without a common name, without a subject
    leaf.notAfter = 86'400;
    capture::Certificate issuer;
    issuer.commonName = "Some CA";
    issuer.issuer = "CN=Root";
    const std::vector chain{leaf, issuer};
    QCOMPARE(textOf({10, "certificate has expired", 0}, chain),
             QStringLiteral("The certificate of DNS:a.example expired on 1970-01-02"));
    QCOMPARE(textOf({20, {}, 1}, chain),
             QStringLiteral("The issuer of Some CA was not sent and is not trusted here: CN=Root"));
    // A fault behind the last one that was sent is its; one that has no words of ours has the library's.
    QCOMPARE(textOf({68, "CA signature digest algorithm too weak", 7}, chain),
             QStringLiteral("The certificate of Some CA: CA signature digest algorithm too weak"));
    QCOMPARE(textOf({10, "certificate has expired", 0}, {}), QStringLiteral("certificate has expired"));
    QVERIFY(adviceFor({62, {}, 0}, chain).contains(QStringLiteral("name")));
    QVERIFY(adviceFor({68, {}, 0}, chain).isEmpty());
}

void TestWording::validityIsAsOfTheHandshake()
{
    constexpr std::int64_t day = 86'400;
    capture::Certificate certificate;
    certificate.notBefore = 10 * day;
    certificate.notAfter = 20 * day;
    QVERIFY(validityText(certificate, 9 * day).startsWith(QStringLiteral("not valid before 1970-01-11")));
    QVERIFY(validityText(certificate, 15 * day).contains(QStringLiteral("5 days left")));
    QVERIFY(validityText(certificate, 23 * day).contains(QStringLiteral("3 days before")));
}

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestWording)
#include "tst_wording.moc"
