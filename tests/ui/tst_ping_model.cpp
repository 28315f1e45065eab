// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ping_model.h"

#include <QAbstractItemModelTester>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>

#include <chrono>

using namespace frameglass;
using namespace frameglass::ui;
using namespace std::chrono_literals;

class TestPingModel : public QObject
{
    Q_OBJECT
private:
    static analysis::PingFact ping(capture::RecordId record, Nanoseconds sent)
    {
        analysis::PingFact fact;
        fact.pingRecord = record;
        fact.sent = sent;
        return fact;
    }

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void outcomesInWords_data()
    {
        QTest::addColumn<QString>("outcome");
        QTest::addColumn<bool>("answered");
        QTest::addColumn<bool>("missed");
        QTest::addColumn<bool>("late");
        QTest::addColumn<bool>("matched");
        QTest::newRow("waiting") << "… waiting for its pong" << false << false << false << true;
        QTest::newRow("answered") << "✓ answered" << true << false << false << true;
        QTest::newRow("missed") << "✕ missed" << false << true << false << true;
        QTest::newRow("late after a miss") << "! answered late" << true << true << true << true;
        QTest::newRow("another payload") << "✕ answered with another payload" << true << false << false << false;
    }
    void outcomesInWords()
    {
        QFETCH(QString, outcome);
        QFETCH(bool, answered);
        QFETCH(bool, missed);
        QFETCH(bool, late);
        QFETCH(bool, matched);
        analysis::PingFact fact = ping(7, 3s);
        if (answered) {
            fact.pongRecord = 8;
            fact.rtt = 2500us;
        }
        fact.missed = missed;
        fact.late = late;
        fact.payloadMatched = matched;
        PingModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setPings({fact}, 1s, capture::Vantage::Client);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.index(0, PingModel::Outcome).data().toString(), outcome);
        QCOMPARE(model.index(0, PingModel::Time).data().toString(), QStringLiteral("2.00 s"));
        QCOMPARE(model.index(0, PingModel::Rtt).data().toString(),
                 answered ? QStringLiteral("2.50 ms") : QStringLiteral("–"));
        QCOMPARE(model.rowOf(answered ? 8 : 7), 0);
        QCOMPARE(model.rowOf(99), -1);
    }

    void newPingsComeFirstWithoutReset()
    {
        PingModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::deque<analysis::PingFact> pings{ping(1, 1s)};
        model.setPings(pings, 0s, capture::Vantage::Client);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        pings.front().rtt = 1ms;
        pings.push_back(ping(2, 2s));
        pings.push_back(ping(3, 3s));
        model.setPings(pings, 0s, capture::Vantage::Client);
        QCOMPARE(resets.count(), 0);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(model.recordAt(0), 3u);
        QCOMPARE(model.recordAt(2), 1u);
    }

    void theOldestLeaveWhenThereAreTooMany()
    {
        PingModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::deque<analysis::PingFact> pings;
        for (capture::RecordId id = 1; id <= PingModel::maximumRows; ++id)
            pings.push_back(ping(id, Nanoseconds(static_cast<std::int64_t>(id))));
        model.setPings(pings, 0s, capture::Vantage::Client);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        for (capture::RecordId id = 1; id <= 3; ++id)
            pings.push_back(ping(PingModel::maximumRows + id, 1s));
        model.setPings(pings, 0s, capture::Vantage::Client);
        QCOMPARE(resets.count(), 0);
        QCOMPARE(removed.count(), 1);
        QCOMPARE(model.rowCount(), static_cast<int>(PingModel::maximumRows));
        QCOMPARE(model.recordAt(0), PingModel::maximumRows + 3);
        QCOMPARE(model.recordAt(model.rowCount() - 1), 4u);
    }
};

QTEST_MAIN(TestPingModel)
#include "tst_ping_model.moc"
