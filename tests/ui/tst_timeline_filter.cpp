// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include "ui/support/settings.h"
#include "ui/views/filter_bar.h"
#include "ui/views/notice_bar.h"
#include "ui/views/record_table.h"
#include "ui/views/timeline_view.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QStandardPaths>
#include <QTest>
#include <QToolButton>

using namespace frameglass;
using namespace frameglass::ui;
using namespace std::chrono_literals;

class TestTimelineFilter : public QObject
{
    Q_OBJECT
private:
    struct Shown
    {
        Shown(const QString &path, capture::ConnectionId connection) : view(&document, &selection)
        {
            if (!path.isEmpty())
                document.open(path);
            document.catchUp();
            selection.setConnection(connection);
            view.resize(1000, 600);
            view.show();
        }
        void type(const QString &text)
        {
            view.filterBar()->line()->setFocus();
            view.filterBar()->line()->clear();
            QTest::keyClicks(view.filterBar()->line(), text);
            QTest::keyClick(view.filterBar()->line(), Qt::Key_Escape); // the completions
            view.filterBar()->line()->setText(text);
            QTest::keyClick(view.filterBar()->line(), Qt::Key_Return);
        }
        bool settles() const
        {
            auto *stop = view.findChild<QToolButton *>(QStringLiteral("timelineFilterStop"));
            return QTest::qWaitFor([&] { return stop->isHidden() && !view.model()->isLoading(); }, 20'000);
        }
        QString status() const { return view.findChild<QLabel *>(QStringLiteral("timelineFilterStatus"))->text(); }
        QString fault() const { return view.findChild<FaultLabel *>(QStringLiteral("timelineFilterFault"))->text(); }
        Document document;
        Selection selection;
        TimelineView view;
    };

private slots:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QLocale::setDefault(QLocale(QLocale::English));
        Settings::instance().setValue(settings::filterHistory, QStringList());
        Settings::instance().setValue(settings::filtersSaved, QStringList());
    }

    void onlyWhatMatchesIsShown()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        QAbstractItemModelTester tester(shown.view.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(shown.settles());
        const int all = shown.view.model()->rowCount();
        shown.type(QStringLiteral("websocket.opcode in {ping, pong}"));
        QVERIFY(shown.settles());
        QCOMPARE(shown.view.model()->rowCount(), 3);
        QCOMPARE(shown.view.model()->idAt(0), sample.ping);
        QVERIFY2(shown.status().contains(QStringLiteral("3")), qPrintable(shown.status()));
        // Numbers count all frames, not those that are shown.
        QVERIFY(shown.view.model()->index(0, RecordModel::Number).data().toString() != QStringLiteral("1"));

        shown.type(QStringLiteral("websocket.payload.text contains \"seq\""));
        QVERIFY(shown.settles());
        QVERIFY(shown.view.model()->rowOf(sample.text) >= 0);
        QCOMPARE(shown.view.model()->rowOf(sample.ping), -1);
        shown.view.filterBar()->line()->clear();
        QCOMPARE(shown.view.model()->rowCount(), all);
        QCOMPARE(shown.status(), QString());
    }

    void aMistakeIsNamedAndChangesNothing()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        QVERIFY(shown.settles());
        const int all = shown.view.model()->rowCount();
        shown.type(QStringLiteral("websocket.opcde == ping"));
        QVERIFY2(shown.fault().contains(QStringLiteral("Did you mean websocket.opcode?")), qPrintable(shown.fault()));
        QCOMPARE(shown.view.model()->rowCount(), all);
        shown.type(QStringLiteral("websocket.opcode == ping"));
        QCOMPARE(shown.fault(), QString());
    }

    void whatMayStandThereIsOffered()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        auto *line = shown.view.filterBar()->line();
        line->setFocus();
        QTest::keyClicks(line, QStringLiteral("websocket.opc"));
        QVERIFY(shown.fault().isEmpty()); // not finished is not wrong
        auto *popup = QApplication::activePopupWidget();
        QVERIFY(popup);
        QTest::keyClick(popup, Qt::Key_Down);
        QTest::keyClick(popup, Qt::Key_Return);
        QCOMPARE(line->text(), QStringLiteral("websocket.opcode "));
    }

    void whatComesLaterIsFilteredToo()
    {
        Shown shown({}, 0);
        QString error;
        QVERIFY2(shown.document.startServer({}, &error), qPrintable(error));
        session::ClientOptions options;
        options.url = shown.document.server()->url();
        const auto id = shown.document.connectTo(options);
        shown.selection.setConnection(id);
        QTRY_VERIFY_WITH_TIMEOUT(shown.document.facts(id) && shown.document.facts(id)->openedAt, 20'000);
        shown.type(QStringLiteral("websocket.payload.text matches \"^b\" && dir == received"));
        QVERIFY(shown.settles());
        QCOMPARE(shown.view.model()->rowCount(), 0);
        for (const char *text : {"apple", "banana", "cherry", "berry"})
            shown.document.sendText(id, QLatin1String(text), 1);
        QTRY_COMPARE_WITH_TIMEOUT(shown.document.facts(id)->received.messages, 4u, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(shown.view.model()->rowCount(), 2, 20'000);
        QCOMPARE(shown.view.model()->index(1, RecordModel::Data).data().toString(), QStringLiteral("berry"));
    }

    void evidenceThatDoesNotMatchEndsTheFilter()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        shown.type(QStringLiteral("websocket.opcode == ping"));
        QVERIFY(shown.settles());
        shown.selection.setRecord(sample.close, 0, 0, true);
        QVERIFY(shown.view.model()->rowOf(sample.close) >= 0);
        QVERIFY(shown.view.filterBar()->text().isEmpty());
    }

    void aCellSuggestsItsFilter()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        QVERIFY(shown.settles());
        const RecordModel *model = shown.view.model();
        const auto first = [&](capture::RecordId id, int column) {
            return model->filtersFor(model->index(model->rowOf(id), column)).value(0);
        };
        QCOMPARE(first(sample.ping, RecordModel::Type), QStringLiteral("websocket.opcode == ping"));
        QCOMPARE(first(sample.pong, RecordModel::Dir), QStringLiteral("dir == received"));
        QCOMPARE(first(sample.text, RecordModel::Length), QStringLiteral("websocket.payload_length == 9"));
        QCOMPARE(first(sample.violating, RecordModel::Rsv), QStringLiteral("websocket.rsv == 2"));
        QCOMPARE(first(sample.opened, RecordModel::Type), QStringLiteral("kind == state"));
        for (const auto id : {sample.ping, sample.text, sample.opened})
            for (int column = 0; column < RecordModel::ColumnCount; ++column)
                for (const QString &filter : model->filtersFor(model->index(model->rowOf(id), column)))
                    QVERIFY2(std::holds_alternative<analysis::Filter>(analysis::Filter::parse(filter.toStdString())),
                             qPrintable(filter));
        emit shown.view.table()->filterRequested(first(sample.ping, RecordModel::Type));
        QVERIFY(shown.settles());
        QCOMPARE(model->rowCount(), 2);
    }

    void filtersAreRememberedAndSaved()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        shown.type(QStringLiteral("conn == 1 && websocket"));
        auto *menu = shown.view.findChild<QToolButton *>(QStringLiteral("timelineFilterHistory"))->menu();
        const auto action = [&](const QString &text) -> QAction * {
            emit menu->aboutToShow();
            for (QAction *each : menu->actions())
                if (each->text() == text)
                    return each;
            return nullptr;
        };
        QVERIFY(action(QStringLiteral("conn == 1 &&&& websocket")));
        action(QStringLiteral("Save this filter"))->trigger();
        QCOMPARE(Settings::instance().value(settings::filtersSaved),
                 QStringList{QStringLiteral("conn == 1 && websocket")});
        QVERIFY(!action(QStringLiteral("Save this filter")));
        action(QStringLiteral("Forget this filter"))->trigger();
        QVERIFY(Settings::instance().value(settings::filtersSaved).isEmpty());
        shown.type(QString());
        action(QStringLiteral("conn == 1 &&&& websocket"))->trigger();
        QCOMPARE(shown.view.filterBar()->text(), QStringLiteral("conn == 1 && websocket"));
    }
};

QTEST_MAIN(TestTimelineFilter)
#include "tst_timeline_filter.moc"
