// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/time_axis.h"

#include <QTest>

#include <cmath>

using namespace frameglass;
using namespace frameglass::ui;
using namespace std::chrono_literals;

class TestTimeAxis : public QObject
{
    Q_OBJECT
private slots:
    void fitsTheWholeAndKeepsWhatIsUnderThePointer()
    {
        TimeAxis axis;
        axis.setWidth(1000);
        axis.setExtent(10s, 34s);
        axis.fit();
        QVERIFY(axis.isFitted());
        QVERIFY(axis.pixelOf(10s) > 0 && axis.pixelOf(34s) < 1000);
        const Nanoseconds under = axis.timeAt(300);
        axis.zoom(0.1, 300);
        QVERIFY(!axis.isFitted());
        QVERIFY(std::abs(axis.pixelOf(under) - 300) < 1e-3);
        axis.zoom(10, 300);
        QVERIFY(axis.isFitted());
    }

    /// From more than a day down to a nanosecond a pixel, and back.
    void zoomsFromADayToLessThanAMicrosecond()
    {
        TimeAxis axis;
        axis.setWidth(1000);
        axis.setExtent(0s, 26h);
        axis.fit();
        const Nanoseconds middle = 13h + 7ns;
        for (int i = 0; i < 100; ++i) {
            axis.show(middle);
            axis.zoom(0.5, axis.pixelOf(middle));
        }
        QCOMPARE(axis.nanosecondsPerPixel(), 1.0);
        QVERIFY(axis.right() - axis.left() <= 1us);
        QVERIFY(axis.pixelOf(middle) >= 0 && axis.pixelOf(middle) < 1000);
        QVERIFY(std::abs(axis.pixelOf(middle + 100ns) - axis.pixelOf(middle) - 100) < 1);
        for (int i = 0; i < 100; ++i)
            axis.zoom(2, 500);
        QVERIFY(axis.left() < 0s && axis.right() > 26h);
    }

    void ticksAreRoundAndApart_data()
    {
        QTest::addColumn<qint64>("span");
        QTest::addColumn<qint64>("step");
        QTest::addColumn<int>("digits");
        QTest::newRow("microsecond") << qint64(1'000) << qint64(100) << 7;
        QTest::newRow("millisecond") << qint64(1'000'000) << qint64(100'000) << 4;
        QTest::newRow("second") << qint64(1'000'000'000) << qint64(100'000'000) << 1;
        QTest::newRow("minute") << qint64(60'000'000'000) << qint64(10'000'000'000) << 0;
        QTest::newRow("hour") << qint64(3'600'000'000'000) << qint64(600'000'000'000) << 0;
        QTest::newRow("day") << qint64(86'400'000'000'000) << qint64(10'800'000'000'000) << 0;
    }
    void ticksAreRoundAndApart()
    {
        QFETCH(qint64, span);
        QFETCH(qint64, step);
        QFETCH(int, digits);
        TimeAxis axis;
        axis.setWidth(1000);
        axis.setExtent(5s, 5s + Nanoseconds(span));
        axis.fit();
        axis.zoom(0.96, 0); // without the margins: `span` in the window
        const auto ticks = axis.ticks(99);
        QVERIFY(ticks.size() >= 3);
        for (std::size_t i = 1; i < ticks.size(); ++i) {
            QCOMPARE((ticks[i].time - ticks[i - 1].time).count(), step);
            QVERIFY(ticks[i].pixel - ticks[i - 1].pixel >= 99);
            QVERIFY(std::abs(axis.pixelOf(ticks[i].time) - ticks[i].pixel) < 1);
        }
        QCOMPARE(axis.digits(99), digits);
    }

    void staysNearWhatThereIs()
    {
        TimeAxis axis;
        axis.setWidth(1000);
        axis.setExtent(0s, 10s);
        axis.fit();
        axis.zoom(0.5, 0);
        axis.scroll(1e9);
        QVERIFY(axis.left() < 10s);
        axis.scroll(-1e9);
        QVERIFY(axis.right() > 0s);
        axis.goToEnd();
        QVERIFY(axis.isAtEnd());
        axis.scroll(-500);
        QVERIFY(!axis.isAtEnd());
        axis.show(9s);
        QVERIFY(axis.pixelOf(9s) >= 0 && axis.pixelOf(9s) < 1000);
    }

    void nothingIsAPiece()
    {
        TimeAxis axis;
        axis.fit();
        axis.setWidth(0);
        axis.zoom(0, 0);
        axis.setExtent(5s, 1s);
        axis.fit();
        QVERIFY(axis.nanosecondsPerPixel() >= 1);
        QVERIFY(axis.ticks(100).size() < 100);
    }
};

QTEST_GUILESS_MAIN(TestTimeAxis)
#include "tst_time_axis.moc"
