// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include "ui/views/hex_view.h"
#include "ui/views/quiet_tree.h"
#include "ui/views/record_detail.h"
#include "ui/views/record_table.h"
#include "ui/views/timeline_view.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QStandardPaths>
#include <QTest>

using namespace frameglass;
using namespace frameglass::ui;
using namespace std::chrono_literals;

class TestTimelineView : public QObject
{
    Q_OBJECT
private:
    struct Shown
    {
        explicit Shown(const QString &path, capture::ConnectionId connection) : view(&document, &selection)
        {
            document.open(path);
            document.catchUp();
            selection.setConnection(connection);
            view.resize(1040, 600);
            view.show();
            view.ensureFresh();
        }
        void loaded() { QTRY_VERIFY(!view.model()->isLoading()); }
        QTreeWidgetItem *field(const QString &name) const
        {
            const auto found = view.detail()->findChild<QuietTree *>()->findItems(name, Qt::MatchExactly);
            return found.isEmpty() ? nullptr : found.first();
        }
        HexView *hex() const { return view.detail()->findChild<HexView *>(); }
        Document document;
        Selection selection;
        TimelineView view;
    };

private slots:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QLocale::setDefault(QLocale(QLocale::English));
    }

    void aCompressedFrameIsShownAsSentAndAsMeant()
    {
        test::SampleCapture capture;
        capture.begin("ws://127.0.0.1:9/");
        capture.open();
        capture::FrameRecord frame;
        frame.header.opcode = static_cast<std::uint8_t>(protocol::Opcode::Text);
        frame.header.rsv = protocol::rsv1;
        frame.header.payloadLength = 7;
        for (const int octet : {0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00})
            frame.payload.push_back(static_cast<std::byte>(octet));
        frame.payloadOctets = 7;
        frame.inflated = capture::InflatedPayload{5, 3us, protocol::octetsOf("Hello")};
        const auto id = capture.add(frame);
        Shown shown(capture.finish(), capture.connection);
        shown.loaded();
        const int row = shown.view.model()->rowOf(id);
        const auto cell = [&](int column) { return shown.view.model()->index(row, column).data().toString(); };
        QCOMPARE(cell(RecordModel::Length), QStringLiteral("7 → 5"));
        QCOMPARE(cell(RecordModel::Data), QStringLiteral("Hello"));

        shown.view.table()->selectRow(row);
        QCOMPARE(shown.view.detail()->findChild<QPlainTextEdit *>()->toPlainText(), QStringLiteral("Hello"));
        QVERIFY(shown.field(QStringLiteral("RSV1"))->text(2).contains(QStringLiteral("permessage-deflate")));
        QCOMPARE(shown.field(QStringLiteral("inflated"))->text(1), QStringLiteral("5"));
        const auto button = [&](const char *name) {
            return shown.view.detail()->findChild<QAbstractButton *>(QLatin1String(name));
        };
        QVERIFY(button("octetsAsSent")->isChecked());
        QVERIFY(!button("octetsUnmasked")->isVisible()); // a server masks nothing
        QCOMPARE(shown.hex()->octets().size(), std::size_t{2 + 7});
        QTest::mouseClick(button("octetsInflated"), Qt::LeftButton);
        QCOMPARE(protocol::textOf(shown.hex()->octets()), std::string_view("Hello"));
        QTest::mouseClick(button("octetsAsSent"), Qt::LeftButton);
        QCOMPARE(shown.hex()->octets().size(), std::size_t{2 + 7});
    }

    void aChosenRowIsTheOneSelectionAndIsTakenApart()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        shown.loaded();
        shown.view.table()->selectRow(shown.view.model()->rowOf(sample.text));
        QCOMPARE(shown.selection.record(), sample.text);
        QCOMPARE(shown.view.detail()->record(), sample.text);
        // 81 89 37fa213d, then the masked payload
        QCOMPARE(shown.hex()->octets().size(), std::size_t{6 + 9});
        QCOMPARE(std::to_integer<int>(shown.hex()->octets()[0]), 0x81);
        QCOMPARE(std::to_integer<int>(shown.hex()->octets()[6]), '{' ^ 0x37);
        QCOMPARE(shown.view.detail()->findChild<QPlainTextEdit *>()->toPlainText(),
                 QStringLiteral("{\n  \"seq\": 1\n}"));
    }

    void fieldsAndOctetsLightEachOther()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        shown.loaded();
        shown.selection.setRecord(sample.text);
        QTreeWidgetItem *key = shown.field(QStringLiteral("masking key"));
        QVERIFY(key);
        key->treeWidget()->setCurrentItem(key);
        QCOMPARE(shown.selection.offset(), std::size_t{2});
        QCOMPARE(shown.selection.length(), std::size_t{4});
        QCOMPARE(shown.hex()->litOffset(), std::size_t{2});
        QCOMPARE(shown.hex()->litLength(), std::size_t{4});
        emit shown.hex()->clicked(0);
        QCOMPARE(shown.selection.offset(), std::size_t{0});
        QVERIFY(shown.view.detail()
                    ->findChild<QLabel *>(QStringLiteral("recordBits"))
                    ->text()
                    .startsWith(QStringLiteral("81 = 1 0 0 0 0001 · FIN = 1")));
    }

    void evidenceFromElsewhereIsShown()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        shown.loaded();
        shown.view.model()->setHeartbeatsHidden(true);
        shown.selection.setRecord(sample.pong, 1, 1, true);
        QCOMPARE(shown.view.table()->currentIndex().row(), shown.view.model()->rowOf(sample.pong));
        QVERIFY(shown.view.model()->rowOf(sample.pong) >= 0);
        QCOMPARE(shown.hex()->litOffset(), std::size_t{1});
        QVERIFY(!shown.view.model()->heartbeatsHidden());
    }

    void twoRowsGiveTheirDifference()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        shown.loaded();
        RecordTable *table = shown.view.table();
        table->selectRow(shown.view.model()->rowOf(sample.ping));
        QCOMPARE(shown.view.difference(), QString());
        table->selectionModel()->select(shown.view.model()->index(shown.view.model()->rowOf(sample.pong), 0),
                                        QItemSelectionModel::Select | QItemSelectionModel::Rows);
        QCOMPARE(shown.view.difference(), QStringLiteral("Between the two rows: 3.10 ms"));
        QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
        const QStringList lines = QApplication::clipboard()->text().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines.last().contains(QStringLiteral("\tpong\t")));
        QVERIFY(lines.last().endsWith(QStringLiteral("\tid 1 · 3.10 ms")));
    }

    void largePayloadsAreCutAndSaySo()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        const auto big =
            capture.frame(capture::Direction::Received, protocol::Opcode::Binary, std::string(200'000, 'x'));
        Shown shown(capture.finish(), id);
        shown.loaded();
        shown.selection.setRecord(big);
        QCOMPARE(shown.hex()->octets().size(), std::size_t{10 + 64 * 1024});
        auto *all = shown.view.detail()->findChild<QPushButton *>();
        QVERIFY(all && all->isVisible());
        all->click();
        QCOMPARE(shown.hex()->octets().size(), std::size_t{10 + 200'000});
        QVERIFY(!all->isVisible());
    }

    void listsDoNotJump()
    {
        Shown shown(test::WholeConnection().path, 0);
        shown.document.newCapture();
        QString error;
        QVERIFY2(shown.document.startServer({}, &error), qPrintable(error));
        session::ClientOptions options;
        options.url = shown.document.server()->url();
        const auto id = shown.document.connectTo(options);
        shown.selection.setConnection(id);
        RecordTable *table = shown.view.table();
        const auto send = [&](int count) {
            const int before = shown.view.model()->rowCount();
            for (int i = 0; i < count; ++i)
                shown.document.sendText(id, QStringLiteral("message"), 1);
            QTRY_VERIFY_WITH_TIMEOUT(shown.view.model()->rowCount() >= before + 2 * count, 20000);
        };
        QTRY_VERIFY_WITH_TIMEOUT(shown.document.facts(id) && shown.document.facts(id)->openedAt, 20000);
        send(60);
        QScrollBar *bar = table->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 0 && bar->value() == bar->maximum());
        QVERIFY(table->isFollowing());

        bar->setValue(3);
        QVERIFY(!table->isFollowing());
        send(20);
        QCOMPARE(bar->value(), 3);
        QCOMPARE(table->waitingRows(), 40);
        auto *waiting = table->findChild<QPushButton *>(QStringLiteral("timelineWaiting"));
        QVERIFY(waiting->isVisible());
        QCOMPARE(waiting->text(), QStringLiteral("40 new ↓"));
        waiting->click();
        QTRY_COMPARE(bar->value(), bar->maximum());
        QVERIFY(!waiting->isVisible());

        table->setFocus();
        QTest::keyClick(table, Qt::Key_Space);
        QVERIFY(table->isPaused());
        const int held = bar->value();
        send(10);
        QCOMPARE(bar->value(), held);
        QCOMPARE(table->waitingRows(), 20);
        QTest::keyClick(table, Qt::Key_End);
        QVERIFY(table->isFollowing());
        QTRY_COMPARE(bar->value(), bar->maximum());
    }

    void waitingIsASentence()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        capture.open();
        Shown shown(capture.finish(), id);
        shown.loaded();
        shown.view.ensureFresh();
        QVERIFY2(shown.view.note().startsWith(QStringLiteral("Open for ")), qPrintable(shown.view.note()));
    }
};

QTEST_MAIN(TestTimelineView)
#include "tst_timeline_view.moc"
