// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include "ui/support/theme.h"
#include "ui/views/accept_panel.h"
#include "ui/views/handshake_view.h"
#include "ui/views/hex_view.h"
#include "ui/views/quiet_tree.h"
#include "ui/views/wrap_delegate.h"

#include <QStandardPaths>
#include <QTest>
#include <QToolButton>

using namespace frameglass;
using namespace frameglass::ui;

class TestHandshakeView : public QObject
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
            view.resize(1000, 560);
            view.show();
            view.ensureFresh();
        }
        Document document;
        Selection selection;
        HandshakeView view;
        QTreeWidgetItem *row(HeadPanel *panel, const QString &name) const
        {
            const auto found = panel->tree()->findItems(name, Qt::MatchExactly | Qt::MatchRecursive);
            return found.isEmpty() ? nullptr : found.first();
        }
    };

private slots:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QLocale::setDefault(QLocale(QLocale::English));
    }

    void headsAsSentSideBySide()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        QCOMPARE(shown.view.request()->tree()->topLevelItemCount(), 7);
        QCOMPARE(shown.view.response()->tree()->topLevelItemCount(), 4);
        const auto *accept = shown.row(shown.view.response(), QStringLiteral("Sec-WebSocket-Accept"));
        QVERIFY(accept);
        QCOMPARE(accept->text(HeadPanel::ValueColumn), QString::fromLatin1(test::SampleCapture::acceptValue));
        QVERIFY(accept->text(HeadPanel::VerdictColumn).startsWith(QStringLiteral("✓ ok")));
        QCOMPARE(shown.view.accept()->comparison(), QStringLiteral("✓ equal"));
        QCOMPARE(shown.view.note(), QString());
    }

    void everyJudgementIsReadWhole()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        shown.view.resize(960, 560); // what a window of 1280 leaves it
        QCoreApplication::processEvents();
        for (HeadPanel *panel : {shown.view.request(), shown.view.response()}) {
            const QTreeWidget *tree = panel->tree();
            const auto *delegate = qobject_cast<const WrapDelegate *>(tree->itemDelegate());
            QVERIFY(delegate);
            int taller = 0;
            for (int row = 0; row < tree->topLevelItemCount(); ++row) {
                const QModelIndex index = tree->model()->index(row, HeadPanel::VerdictColumn);
                QVERIFY2(!delegate->isCut(index), qPrintable(index.data().toString()));
                taller += tree->visualRect(index).height() > Theme::instance().rowPixels();
            }
            if (panel == shown.view.request())
                QVERIFY(taller > 0); // some need more than one line: without wrapping they would be cut
        }
    }

    void secretsAppearOnlyWhenAskedFor()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        auto *secrets = shown.view.findChild<QToolButton *>(QStringLiteral("handshakeSecrets"));
        QVERIFY(secrets && secrets->isVisible());
        const auto value = [&shown] {
            return shown.row(shown.view.request(), QStringLiteral("Authorization"))->text(HeadPanel::ValueColumn);
        };
        QVERIFY(!value().contains(QStringLiteral("geheim")));
        QVERIFY(protocol::textOf(shown.view.request()->hex()->octets()).find("geheim") == std::string_view::npos);
        secrets->click();
        QVERIFY(value().contains(QStringLiteral("geheim")));
        secrets->click();
        QVERIFY(!value().contains(QStringLiteral("geheim")));
    }

    void aChosenLineIsTheOneSelection()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        QTreeWidgetItem *host = shown.row(shown.view.request(), QStringLiteral("Host"));
        shown.view.request()->tree()->setCurrentItem(host);
        QCOMPARE(shown.selection.record(), sample.capture.request);
        QCOMPARE(shown.selection.offset(), std::size_t{20});
        QCOMPARE(shown.view.request()->hex()->litOffset(), std::size_t{20});
        // And back: evidence elsewhere lights its line here.
        const auto *accept = shown.row(shown.view.response(), QStringLiteral("Sec-WebSocket-Accept"));
        shown.selection.setRecord(sample.capture.response,
                                  static_cast<std::size_t>(accept->data(0, HeadPanel::OffsetRole).toULongLong()) + 3,
                                  1);
        QCOMPARE(shown.view.response()->tree()->currentItem(), accept);
        QCOMPARE(shown.view.request()->tree()->currentItem(), nullptr);
    }

    void aRefusalShowsItsBody()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        capture.open({}, "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n\r\n");
        capture.add(capture::BodyRecord{capture::Direction::Received, protocol::octetsOf("{\"error\":\"token\"}")});
        capture.add(capture::ConnectionEnded{});
        Shown shown(capture.finish(), id);
        QCOMPARE(shown.view.bodyText(), QStringLiteral("{\n  \"error\": \"token\"\n}"));
        QCOMPARE(shown.row(shown.view.response(), QStringLiteral("Sec-WebSocket-Accept")), nullptr);
        const auto *status = shown.view.response()->tree()->topLevelItem(0);
        QCOMPARE(status->data(0, HeadPanel::VerdictRole).toInt(), static_cast<int>(LineVerdict::Wrong));
    }

    void aMissingFieldIsARow()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        capture.open({}, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        Shown shown(capture.finish(), id);
        const auto *accept = shown.row(shown.view.response(), QStringLiteral("Sec-WebSocket-Accept"));
        QVERIFY(accept);
        QVERIFY(accept->text(HeadPanel::VerdictColumn).startsWith(QStringLiteral("✕ missing")));
        QCOMPARE(shown.view.accept()->comparison(), QStringLiteral("✕ missing"));
    }

    void aFailureBeforeTcpIsASentence()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        capture.add(capture::StageChanged{capture::Stage::Tcp, capture::StageOutcome::Started});
        capture.add(capture::StageChanged{capture::Stage::Tcp, capture::StageOutcome::Failed,
                                          std::chrono::milliseconds(3), 111, "Connection refused"});
        capture.add(capture::ConnectionEnded{});
        Shown shown(capture.finish(), id);
        QCOMPARE(shown.view.note(), QStringLiteral("TCP connect failed after 3.00 ms: Connection refused."));
        QCOMPARE(shown.view.request()->tree()->topLevelItemCount(), 0);
        QCOMPARE(shown.view.request()->tree()->placeholder(), QStringLiteral("No request was exchanged."));
    }

    void nothingSelectedIsASentence()
    {
        Document document;
        Selection selection;
        HandshakeView view(&document, &selection);
        view.ensureFresh();
        QVERIFY(view.note().startsWith(QStringLiteral("No connection is selected.")));
    }
};

QTEST_MAIN(TestHandshakeView)
#include "tst_handshake_view.moc"
