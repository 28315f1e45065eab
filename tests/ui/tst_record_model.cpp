// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include "ui/models/filter_search.h"
#include "ui/models/record_fields.h"
#include "ui/models/record_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

#include <sqlite3.h>

#include <chrono>

using namespace frameglass;
using namespace frameglass::ui;
using namespace std::chrono_literals;

class TestRecordModel : public QObject
{
    Q_OBJECT
private:
    static QString cell(const RecordModel &model, int row, int column)
    {
        return model.index(row, column).data().toString();
    }
    static int frameRows(const RecordModel &model)
    {
        int count = 0;
        for (int row = 0; row < model.rowCount(); ++row)
            count += model.index(row, 0).data(RecordModel::IsFrameRole).toBool() ? 1 : 0;
        return count;
    }

private slots:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QLocale::setDefault(QLocale(QLocale::English));
    }

    void rowsSayWhatTheRecordsHold()
    {
        test::WholeConnection sample;
        Document document;
        document.open(sample.path);
        RecordModel model(&document);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setConnection(sample.capture.connection);
        QTRY_VERIFY(!model.isLoading());
        QCOMPARE(frameRows(model), 8);
        QCOMPARE(model.frameCount(), 8u);

        const int text = model.rowOf(sample.text);
        QVERIFY(text > 0);
        QCOMPARE(cell(model, text, RecordModel::Number), QStringLiteral("1"));
        QCOMPARE(cell(model, text, RecordModel::Dir), QStringLiteral("↑"));
        QCOMPARE(cell(model, text, RecordModel::Type), QStringLiteral("text"));
        QCOMPARE(cell(model, text, RecordModel::Fin), QStringLiteral("●"));
        QCOMPARE(cell(model, text, RecordModel::Rsv), QStringLiteral("–"));
        QCOMPARE(cell(model, text, RecordModel::Length), QStringLiteral("9"));
        QCOMPARE(cell(model, text, RecordModel::Data), QStringLiteral("{\"seq\":1}"));
        QCOMPARE(cell(model, text + 1, RecordModel::Delta), QStringLiteral("0.001000"));
        QCOMPARE(model.index(text, RecordModel::Dir).data(Qt::AccessibleTextRole).toString(), QStringLiteral("sent"));

        const int violating = model.rowOf(sample.violating);
        QVERIFY(model.index(violating, 0).data(RecordModel::ViolatesRole).toBool());
        QVERIFY(!model.index(text, 0).data(RecordModel::ViolatesRole).toBool());
        QCOMPARE(cell(model, violating, RecordModel::Type), QStringLiteral("✕ binary"));
        QCOMPARE(cell(model, violating, RecordModel::Rsv), QStringLiteral("2"));
        QCOMPARE(cell(model, violating, RecordModel::Data), QStringLiteral("00 ff 10"));

        const int pong = model.rowOf(sample.pong);
        QCOMPARE(cell(model, pong, RecordModel::Data), QStringLiteral("id 1 · 3.10 ms"));
        QVERIFY(model.index(pong, 0).data(Qt::FontRole).value<QFont>().italic());
        QCOMPARE(cell(model, model.rowOf(sample.close), RecordModel::Data),
                 QStringLiteral("1000 Normal Closure · bye"));

        QSignalSpy changed(&model, &RecordModel::dataChanged);
        model.setMarks({{sample.text, {diagnosis::Verdict::Warn, "frame.tiny-messages", QStringLiteral("Tiny: 9")}},
                        {sample.close, {diagnosis::Verdict::Fail, "close.reply", QStringLiteral("None: 10 s")}}});
        QCOMPARE(changed.count(), 1);
        QCOMPARE(cell(model, text, RecordModel::Type), QStringLiteral("! text"));
        QCOMPARE(model.index(text, RecordModel::Type).data(Qt::ToolTipRole).toString(),
                 QStringLiteral("text; Tiny: 9"));
        QVERIFY(cell(model, model.rowOf(sample.close), RecordModel::Type).startsWith(QStringLiteral("✕ ")));
        QCOMPARE(model.markAt(text)->check, std::string_view("frame.tiny-messages"));
        QVERIFY(model.markAt(pong) == nullptr);
        model.setMarks({});
        QCOMPARE(cell(model, text, RecordModel::Type), QStringLiteral("text"));
    }

    /// Of several findings on one record the gravest marks it, and the root cause before all; what is folded or
    /// accepted marks nothing.
    void marksComeFromTheReport()
    {
        const auto finding = [](std::string_view id, diagnosis::Verdict verdict, capture::RecordId record) {
            diagnosis::Finding made;
            made.id = id;
            made.verdict = verdict;
            made.reason = QStringLiteral("seen");
            made.evidence = {{record, 0, 0, {}}};
            return made;
        };
        diagnosis::Report report;
        report.findings = {finding("close.reply", diagnosis::Verdict::Fail, 7),
                           finding("close.tcp-end", diagnosis::Verdict::Fail, 7),
                           finding("frame.utf8", diagnosis::Verdict::Warn, 8),
                           finding("frame.rsv-bits", diagnosis::Verdict::Fail, 8),
                           finding("close.rst", diagnosis::Verdict::Fail, 9),
                           finding("close.empty", diagnosis::Verdict::Fail, 10),
                           finding("close.payload", diagnosis::Verdict::Pass, 11)};
        report.findings[4].foldedUnder = "close.reply";
        report.findings[5].accepted = true;
        report.rootCause = "close.tcp-end";
        const RowMarks marks = marksOf(report);
        QCOMPARE(marks.size(), std::size_t(2));
        QCOMPARE(marks.at(7).check, std::string_view("close.tcp-end"));
        QCOMPARE(marks.at(8).check, std::string_view("frame.rsv-bits"));
        QCOMPARE(marks.at(8).verdict, diagnosis::Verdict::Fail);
    }

    void secretsAreMasked()
    {
        test::WholeConnection sample;
        Document document;
        document.open(sample.path);
        RecordModel model(&document);
        model.setConnection(sample.capture.connection);
        QTRY_VERIFY(!model.isLoading());
        for (int row = 0; row < model.rowCount(); ++row)
            QVERIFY2(!cell(model, row, RecordModel::Data).contains(QStringLiteral("geheim")),
                     qPrintable(cell(model, row, RecordModel::Data)));
    }

    void togglesHideAndShow()
    {
        test::WholeConnection sample;
        Document document;
        document.open(sample.path);
        RecordModel model(&document);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setConnection(sample.capture.connection);
        QTRY_VERIFY(!model.isLoading());
        model.setEventsShown(false);
        QCOMPARE(model.rowCount(), 8);
        model.setHeartbeatsHidden(true);
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(model.rowOf(sample.ping), -1);
        QCOMPARE(model.idAt(model.rowOf(sample.ping, true)), sample.violating);
        QVERIFY(model.reveal(sample.ping));
        QVERIFY(!model.heartbeatsHidden());
        QVERIFY(model.rowOf(sample.ping) >= 0);
        QVERIFY(!model.eventsShown());
        QVERIFY(model.reveal(sample.opened));
        QVERIFY(model.eventsShown());
    }

    void tlsMessagesAreRowsWhenAskedForAndAlertsAlways()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("wss://localhost/");
        const auto hello = capture.add(capture::TlsMessage{capture::Direction::Sent, {}, 1, false, 517});
        const auto alert =
            capture.add(capture::TlsMessage{capture::Direction::Received, capture::TlsContent::Alert, 40, true, 2});
        capture.add(capture::TlsFacts{});
        Document document;
        document.open(capture.finish());
        document.catchUp();
        RecordModel model(&document);
        model.setConnection(id);
        QTRY_VERIFY(!model.isLoading());
        QCOMPARE(model.rowOf(hello), -1);
        QVERIFY(model.rowOf(alert) >= 0);
        model.setEventsShown(false);
        QCOMPARE(model.rowCount(), 1);
        const auto cell = [&model](capture::RecordId record, RecordModel::Column column) {
            return model.index(model.rowOf(record), column).data().toString();
        };
        QCOMPARE(cell(alert, RecordModel::Dir), QStringLiteral("↓"));
        QVERIFY(cell(alert, RecordModel::Data).contains(QStringLiteral("handshake_failure (40), fatal")));
        QVERIFY(model.reveal(hello));
        QVERIFY(model.tlsShown());
        QCOMPARE(cell(hello, RecordModel::Dir), QStringLiteral("↑"));
        QCOMPARE(cell(hello, RecordModel::Length), QStringLiteral("517"));
        QVERIFY(cell(hello, RecordModel::Data).contains(QStringLiteral("ClientHello")));
    }

    void timesAreCountedAsAsked()
    {
        test::WholeConnection sample;
        Document document;
        document.open(sample.path);
        RecordModel model(&document);
        model.setConnection(sample.capture.connection);
        QTRY_VERIFY(!model.isLoading());
        QCOMPARE(cell(model, 0, RecordModel::Time), QStringLiteral("0.000000"));
        const int pong = model.rowOf(sample.pong);
        QCOMPARE(model.timeAt(pong) - model.timeAt(model.rowOf(sample.ping)), Nanoseconds(3100us));
        model.setTimeFormat(TimeFormat::SincePrevious);
        QCOMPARE(cell(model, pong, RecordModel::Time), QStringLiteral("0.003100"));
        model.setTimeFormat(TimeFormat::WallClock);
        QVERIFY(QTime::fromString(cell(model, pong, RecordModel::Time), QStringLiteral("HH:mm:ss.zzz")).isValid());
    }

    void severalConnectionsStayApart()
    {
        test::SampleCapture capture;
        const auto first = capture.begin("ws://127.0.0.1:1/");
        capture.frame(capture::Direction::Sent, protocol::Opcode::Text, "one");
        const auto second = capture.begin("ws://127.0.0.1:2/");
        capture.frame(capture::Direction::Sent, protocol::Opcode::Text, "two");
        capture.frame(capture::Direction::Received, protocol::Opcode::Text, "three");
        Document document;
        document.open(capture.finish());
        RecordModel model(&document);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setConnection(first);
        QTRY_VERIFY(!model.isLoading());
        QCOMPARE(frameRows(model), 1);
        model.setConnection(second);
        QTRY_VERIFY(!model.isLoading());
        QCOMPARE(frameRows(model), 2);
        QCOMPARE(cell(model, model.rowCount() - 1, RecordModel::Data), QStringLiteral("three"));
        model.setConnection(0);
        QCOMPARE(model.rowCount(), 0);
    }

    /// A file that says it has billions of billions of records is read as fast as what it holds.
    void gapsOfADamagedFileAreLeaptOver()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        capture.frame(capture::Direction::Sent, protocol::Opcode::Text, "one");
        const auto moved = capture.frame(capture::Direction::Sent, protocol::Opcode::Text, "two");
        capture.frame(capture::Direction::Sent, protocol::Opcode::Text, "three");
        const QString path = capture.finish();
        sqlite3 *file = nullptr;
        QCOMPARE(sqlite3_open(path.toUtf8().constData(), &file), SQLITE_OK);
        const QByteArray change =
            "UPDATE record SET id = id + 1000000000 WHERE id = " + QByteArray::number(qulonglong(moved)) +
            "; UPDATE record SET id = 4611686018427387904 WHERE id = " + QByteArray::number(qulonglong(moved + 1));
        QCOMPARE(sqlite3_exec(file, change.constData(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(file);
        Document document;
        document.open(path);
        document.catchUp();
        RecordModel model(&document);
        model.setConnection(id);
        QTRY_VERIFY(!model.isLoading());
        QCOMPARE(frameRows(model), 2); // no capture has so many that the third could be one of them
        QVERIFY(model.rowOf(moved + 1'000'000'000) > 0);
        FilterSearch search(&document);
        QSignalSpy finished(&search, &FilterSearch::finished);
        search.start(std::get<analysis::Filter>(analysis::Filter::parse("websocket")), id);
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(search.matches(), std::uint64_t{3});
    }

    void longPayloadsAreCutInTheRow()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        const auto big = capture.frame(capture::Direction::Received, protocol::Opcode::Text, std::string(70'000, 'x'));
        Document document;
        document.open(capture.finish());
        RecordModel model(&document);
        model.setConnection(id);
        QTRY_VERIFY(!model.isLoading());
        const QString data = cell(model, model.rowOf(big), RecordModel::Data);
        QVERIFY(data.endsWith(QStringLiteral("…")));
        QCOMPARE(data.size(), static_cast<qsizetype>(previewOctets) + 1);
        QCOMPARE(cell(model, model.rowOf(big), RecordModel::Length), QStringLiteral("70,000"));
    }

    void liveRowsComeInBatches()
    {
        Document document;
        QString error;
        QVERIFY2(document.startServer({}, &error), qPrintable(error));
        session::ClientOptions options;
        options.url = document.server()->url();
        const auto id = document.connectTo(options);
        RecordModel model(&document);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setConnection(id);
        QTRY_VERIFY_WITH_TIMEOUT(document.facts(id) && document.facts(id)->openedAt, 20000);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        const int before = frameRows(model);
        constexpr int messages = 500;
        for (int i = 0; i < messages; ++i)
            document.sendText(id, QString::number(i), 1);
        QTRY_COMPARE_WITH_TIMEOUT(frameRows(model), before + 2 * messages, 30000);
        QVERIFY2(inserted.count() < messages, qPrintable(QString::number(inserted.count())));
        // No record is missing or doubled, and they are in order.
        for (int row = 1; row < model.rowCount(); ++row)
            QVERIFY(model.idAt(row) > model.idAt(row - 1));
    }

    void fieldsOfAHeader()
    {
        capture::Record record;
        capture::FrameRecord frame;
        frame.direction = capture::Direction::Sent;
        frame.header.opcode = 1;
        frame.header.maskKey = protocol::MaskKey{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
        frame.header.lengthOctets = 2;
        frame.header.payloadLength = 5;
        frame.payload = protocol::octetsOf("Hello");
        frame.payloadOctets = 5;
        record.body = frame;
        const auto fields = fieldsOf(record, capture::Vantage::Client);
        const auto named = [&fields](const char *name) {
            for (const RecordField &field : fields) {
                if (field.name == QLatin1String(name))
                    return field;
            }
            return RecordField{};
        };
        QCOMPARE(named("FIN").value, QStringLiteral("1"));
        QCOMPARE(named("opcode").value, QStringLiteral("0001"));
        QCOMPARE(named("opcode").firstBit, 4);
        QVERIFY(!named("MASK").odd);
        QVERIFY(named("length form").odd); // 16-bit form for 5 octets
        QCOMPARE(named("payload length").offset, 2u);
        QCOMPARE(named("payload length").length, 2u);
        QCOMPARE(named("masking key").value, QStringLiteral("01 02 03 04"));
        QCOMPARE(named("masking key").offset, 4u);
        QCOMPARE(named("payload").offset, 8u);
        const auto octets = wireOctets(record);
        QCOMPARE(octets.size(), std::size_t{13});
        QCOMPARE(std::to_integer<int>(octets[8]), 'H' ^ 1);
        QCOMPARE(bitsOf(fields, 0, octets[0]).section(QStringLiteral(" · "), 0, 0),
                 QStringLiteral("81 = 1 0 0 0 0001"));
        QCOMPARE(fieldAt(fields, 5)->name, QStringLiteral("masking key"));
        // The same frame received by this client would break the rule on masks.
        frame.direction = capture::Direction::Received;
        record.body = frame;
        for (const RecordField &field : fieldsOf(record, capture::Vantage::Client)) {
            if (field.name == QStringLiteral("MASK"))
                QVERIFY(field.odd);
        }
    }

    void jsonKeepsItsTokens()
    {
        QCOMPARE(prettyJson("{\"b\":1.50,\"a\":[],\"s\":\"{,}\\\"\"}"),
                 QStringLiteral("{\n  \"b\": 1.50,\n  \"a\": [],\n  \"s\": \"{,}\\\"\"\n}"));
        QCOMPARE(prettyJson("{\"a\":1"), QString());
        QCOMPARE(prettyJson("hello"), QString());
    }
};

QTEST_MAIN(TestRecordModel)
#include "tst_record_model.moc"
