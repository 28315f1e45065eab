// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include "ui/models/ping_model.h"
#include "ui/views/heartbeat_view.h"
#include "ui/views/rtt_plot.h"

#include <QStandardPaths>
#include <QTableView>
#include <QTest>

using namespace frameglass;
using namespace frameglass::ui;
using namespace std::chrono_literals;

class TestHeartbeatView : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QLocale::setDefault(QLocale(QLocale::English));
    }

    void figuresPlotAndTableAgree()
    {
        test::WholeConnection sample;
        Document document;
        Selection selection;
        HeartbeatView view(&document, &selection);
        document.open(sample.path);
        document.catchUp();
        selection.setConnection(sample.capture.connection);
        view.resize(1040, 560);
        view.show();
        QCOMPARE(view.figure(HeartbeatView::Sent), QStringLiteral("2"));
        QCOMPARE(view.figure(HeartbeatView::Answered), QStringLiteral("1"));
        QCOMPARE(view.figure(HeartbeatView::Missed), QStringLiteral("1"));
        QCOMPARE(view.figure(HeartbeatView::Late), QStringLiteral("0"));
        QCOMPARE(view.figure(HeartbeatView::Median), QStringLiteral("3.10 ms"));
        QCOMPARE(view.plot()->pointCount(), std::size_t{1});
        QCOMPARE(view.plot()->missedCount(), std::size_t{1});
        QCOMPARE(view.model()->rowCount(), 2);
        QVERIFY2(view.sentence().startsWith(QStringLiteral("Your pings every 1.00 s; last pong after 3.10 ms")),
                 qPrintable(view.sentence()));
        QVERIFY2(!view.sentence().contains(QStringLiteral("next due")), "nothing is due in a capture that is over");

        auto *table = view.findChild<QTableView *>(QStringLiteral("heartbeatPings"));
        table->setCurrentIndex(view.model()->index(0, 0));
        QCOMPARE(selection.record(), sample.missedPing);
        selection.setRecord(sample.pong);
        QCOMPARE(table->currentIndex().row(), 1);
    }

    void aLiveHeartbeatIsCounted()
    {
        Document document;
        Selection selection;
        HeartbeatView view(&document, &selection);
        view.show();
        QString error;
        QVERIFY2(document.startServer({}, &error), qPrintable(error));
        session::ClientOptions options;
        options.url = document.server()->url();
        const auto id = document.connectTo(options);
        selection.setConnection(id);
        QTRY_VERIFY_WITH_TIMEOUT(document.facts(id) && document.facts(id)->openedAt, 20000);
        document.ping(id);
        document.ping(id);
        QTRY_COMPARE_WITH_TIMEOUT(view.figure(HeartbeatView::Answered), QStringLiteral("2"), 20000);
        QCOMPARE(view.plot()->pointCount(), std::size_t{2});
        QVERIFY(view.sentence().startsWith(QStringLiteral("Your pings are sent by hand; last pong after ")));
    }

    void nobodyPings()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        capture.open();
        capture.add(capture::ConnectionEnded{});
        Document document;
        Selection selection;
        HeartbeatView view(&document, &selection);
        document.open(capture.finish());
        document.catchUp();
        selection.setConnection(id);
        QCOMPARE(view.sentence(), QStringLiteral("Nobody pinged while the connection was open."));
        QCOMPARE(view.figure(HeartbeatView::Median), QStringLiteral("–"));
    }
};

QTEST_MAIN(TestHeartbeatView)
#include "tst_heartbeat_view.moc"
