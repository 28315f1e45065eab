// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include "ui/models/lane_detail.h"
#include "ui/models/lane_index.h"
#include "ui/support/theme.h"
#include "ui/views/lane_view.h"
#include "ui/views/timeline_view.h"

#include <QScrollBar>
#include <QStandardPaths>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

using namespace frameglass;
using namespace frameglass::ui;
using namespace std::chrono_literals;
using capture::Direction;
using protocol::Opcode;

namespace {

/// Two connections: one that talks, is silent for a minute, pings and closes; one that fails.
struct TwoLanes
{
    TwoLanes()
    {
        first = capture.begin("ws://127.0.0.1:9/one");
        capture.open();
        text = capture.frame(Direction::Sent, Opcode::Text, std::string(400, 'x'));
        capture.frame(Direction::Received, Opcode::Text, "part", 1ms, false);
        fragment = capture.frame(Direction::Received, Opcode::Continuation, "whole", 2ms);
        ping = capture.frame(Direction::Sent, Opcode::Ping, "beat", 60s);
        pong = capture.frame(Direction::Received, Opcode::Pong, "beat", 3ms);
        stray = capture.frame(Direction::Received, Opcode::Pong, "other", 3ms);
        close = capture.frame(Direction::Sent, Opcode::Close, std::string("\x03\xe8", 2), 1s);
        second = capture.begin("ws://127.0.0.1:9/two");
        fault = capture.add(capture::TransportEnded{capture::TransportEnd::ResetReceived, 104, "reset"}, 500ms);
        path = capture.finish();
    }
    test::SampleCapture capture;
    QString path;
    capture::ConnectionId first = 0, second = 0;
    capture::RecordId text = 0, fragment = 0, ping = 0, pong = 0, stray = 0, close = 0, fault = 0;
};

struct Shown
{
    explicit Shown(const QString &path, capture::ConnectionId connection) : view(&document, &selection)
    {
        document.open(path);
        document.catchUp();
        selection.setConnection(connection);
        view.resize(1000, 500);
        view.show();
        ready();
    }
    void ready() { QTRY_VERIFY(view.isReady()); }
    Nanoseconds timeOf(capture::RecordId id) const { return document.reader().record(id)->time; }
    QPoint placeOf(capture::ConnectionId connection, capture::RecordId id) const
    {
        return view.placeOf(connection, timeOf(id));
    }
    void click(const QPoint &place) { QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, place); }
    Document document;
    Selection selection;
    LaneView view;
};

const LaneMark &markOf(const LaneDetail &detail, capture::ConnectionId connection, capture::RecordId id)
{
    static const LaneMark none;
    for (const LaneMark &mark : *detail.lane(connection))
        if (mark.id == id)
            return mark;
    return none;
}

} // namespace

class TestLaneView : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }

    void marksKnowWhatBelongsTogether()
    {
        TwoLanes sample;
        const capture::CaptureReader reader(sample.path.toStdString());
        LaneDetail detail(1, reader.lastId());
        while (!detail.read(reader)) {}
        const auto timeOf = [&](capture::RecordId id) { return reader.record(id)->time; };
        const LaneMark &pong = markOf(detail, sample.first, sample.pong);
        QCOMPARE(pong.answers, std::optional(timeOf(sample.ping)));
        QVERIFY(!markOf(detail, sample.first, sample.stray).answers);
        QCOMPARE(markOf(detail, sample.first, sample.fragment).messageFrom,
                 std::optional(timeOf(sample.fragment) - 2ms));
        QVERIFY(!markOf(detail, sample.first, sample.text).messageFrom);
        QCOMPARE(markOf(detail, sample.first, sample.text).length, std::uint64_t{400});
        QCOMPARE(markOf(detail, sample.first, sample.close).kind, RowKind::Close);
        QVERIFY(markOf(detail, sample.second, sample.fault).isFault);
        QVERIFY(!markOf(detail, sample.second, sample.fault).label.isEmpty());
        QVERIFY(!detail.lane(77));
    }

    /// However records are grouped, none is left out and each span says what is in it.
    void theIndexHoldsEveryRecordOnce()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:9/");
        std::uint64_t frames = 2'000;
        for (std::uint64_t i = 0; i < frames; ++i)
            capture.frame(i % 3 == 0 ? Direction::Received : Direction::Sent, Opcode::Text, std::string(i % 500, 'x'),
                          i % 400 == 399 ? Nanoseconds(10s) : Nanoseconds(20us));
        const QString path = capture.finish();
        const capture::CaptureReader reader(path.toStdString());
        LaneIndex index;
        std::size_t rows = 0;
        reader.forEach(1, reader.lastId(), capture::Payloads::ControlOnly, [&](capture::Record &&record) {
            rows += rowKindOf(record) == RowKind::Hidden ? 0 : 1;
            index.add(record);
            return true;
        });
        const LaneIndex::Lane *lane = index.find(id);
        QVERIFY(lane);
        std::size_t records = 0;
        std::size_t sent = 0;
        for (std::size_t i = 0; i < lane->spans.size(); ++i) {
            const LaneSpan &span = lane->spans[i];
            records += span.records;
            sent += span.frames[0];
            QVERIFY(span.records <= LaneIndex::spanRecords);
            QVERIFY(span.begin <= span.end && span.first <= span.last);
            QVERIFY(i == 0 || span.begin >= lane->spans[i - 1].end);
            QVERIFY(span.end - span.begin < 5s); // silence lies between spans
        }
        QCOMPARE(records, rows);
        QCOMPARE(sent, frames * 2 / 3);
        QCOMPARE(LaneSpan::bitsOf(412), std::uint8_t{9});
        QVERIFY(lane->at(index.begin()) == 0 && lane->at(index.end()) == lane->spans.size() - 1);
    }

    void aClickChoosesTheNearestRecordOfItsLane()
    {
        TwoLanes sample;
        Shown shown(sample.path, sample.first);
        QCOMPARE(shown.view.connections(), (std::vector{sample.first, sample.second}));
        QVERIFY(shown.view.showsRecords());
        shown.click(shown.placeOf(sample.first, sample.close));
        QCOMPARE(shown.selection.record(), sample.close);
        shown.click(shown.placeOf(sample.second, sample.fault));
        QCOMPARE(shown.selection.connection(), sample.second);
        QCOMPARE(shown.selection.record(), sample.fault);
        QTest::keyClick(&shown.view, Qt::Key_Up);
        QCOMPARE(shown.selection.connection(), sample.first);
    }

    void arrowKeysGoFromRecordToRecord()
    {
        TwoLanes sample;
        Shown shown(sample.path, sample.first);
        shown.selection.setRecord(sample.ping);
        QTest::keyClick(&shown.view, Qt::Key_Right);
        QCOMPARE(shown.selection.record(), sample.pong);
        QTest::keyClick(&shown.view, Qt::Key_Right);
        QTest::keyClick(&shown.view, Qt::Key_Right);
        QCOMPARE(shown.selection.record(), sample.close);
        for (int i = 0; i < 4; ++i)
            QTest::keyClick(&shown.view, Qt::Key_Left);
        QCOMPARE(shown.selection.record(), sample.fragment); // across a minute of silence
    }

    void whatIsChosenElsewhereComesIntoView()
    {
        TwoLanes sample;
        Shown shown(sample.path, sample.first);
        shown.selection.setRecord(sample.close);
        for (int i = 0; i < 20; ++i)
            shown.view.zoomIn();
        shown.ready();
        shown.selection.setRecord(sample.text);
        const QPoint place = shown.placeOf(sample.first, sample.text);
        QVERIFY(shown.view.viewport()->rect().contains(place));
        shown.view.fit();
        QVERIFY(shown.view.axis().isFitted());
    }

    void theWheelZoomsAndMoves()
    {
        TwoLanes sample;
        Shown shown(sample.path, sample.first);
        const auto turn = [&](int by, Qt::KeyboardModifiers modifiers, QPointF place) {
            QWheelEvent event(place, shown.view.viewport()->mapToGlobal(place), {}, {0, by}, Qt::NoButton, modifiers,
                              Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(shown.view.viewport(), &event);
        };
        const QPoint place = shown.placeOf(sample.first, sample.ping);
        const double before = shown.view.axis().nanosecondsPerPixel();
        turn(480, Qt::ControlModifier, place);
        QVERIFY(shown.view.axis().nanosecondsPerPixel() < before / 2);
        QVERIFY((shown.placeOf(sample.first, sample.ping) - place).manhattanLength() <= 1);
        turn(120, Qt::ShiftModifier, place);
        QVERIFY(shown.placeOf(sample.first, sample.ping).x() > place.x());
        shown.view.horizontalScrollBar()->setValue(0);
        QVERIFY(shown.view.axis().left() <= shown.view.index().begin() + 1ms);
    }

    void manyRecordsAreDrawnAsSpans()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:9/");
        for (std::size_t i = 0; i < LaneDetail::largest + 5'000; ++i)
            capture.frame(Direction::Received, Opcode::Text, "x", 10us);
        Shown shown(capture.finish(), id);
        QVERIFY(!shown.view.showsRecords());
        const QImage image = shown.view.viewport()->grab().toImage();
        const QPoint middle = shown.view.placeOf(id, (shown.view.index().begin() + shown.view.index().end()) / 2);
        const QColor below = image.pixelColor((middle + QPoint(0, 3)) * image.devicePixelRatio());
        QCOMPARE(below, Theme::instance().tokens().received);
        for (int i = 0; i < 6; ++i)
            shown.view.zoomIn();
        QTRY_VERIFY(shown.view.isReady() && shown.view.showsRecords());
        // A click is as exact from afar.
        shown.view.fit();
        shown.click(middle);
        const Nanoseconds wanted = shown.view.axis().timeAt(0);
        QVERIFY(shown.selection.record() > 1000 && wanted < shown.timeOf(shown.selection.record()));
    }

    void liveRecordsFollow()
    {
        Document document;
        Selection selection;
        LaneView view(&document, &selection);
        view.resize(900, 400);
        view.show();
        QString error;
        QVERIFY2(document.startServer({}, &error), qPrintable(error));
        session::ClientOptions options;
        options.url = document.server()->url();
        const auto id = document.connectTo(options);
        selection.setConnection(id);
        QTRY_VERIFY_WITH_TIMEOUT(document.facts(id) && document.facts(id)->openedAt, 20'000);
        document.sendText(id, QStringLiteral("hello"), 1);
        QTRY_COMPARE_WITH_TIMEOUT(document.facts(id)->received.frames, 1u, 20'000);
        QTRY_VERIFY(view.isReady() && view.showsRecords());
        QVERIFY(view.index().find(id));
        QVERIFY(view.axis().isAtEnd());
        const std::vector<capture::ConnectionId> lanes = view.connections();
        QVERIFY(std::find(lanes.begin(), lanes.end(), id) != lanes.end());
        for (const capture::ConnectionId lane : lanes)
            QVERIFY(!document.facts(lane)->isListener());
    }

    void theTimelineSwitchesItsForm()
    {
        TwoLanes sample;
        Document document;
        Selection selection;
        document.open(sample.path);
        document.catchUp();
        TimelineView view(&document, &selection);
        view.resize(1000, 600);
        view.show();
        selection.setConnection(sample.first);
        auto *lanes = view.findChild<QToolButton *>(QStringLiteral("timelineAsLanes"));
        QVERIFY(view.lanes()->isHidden() || !view.lanes()->isVisible());
        QTest::mouseClick(lanes, Qt::LeftButton);
        QVERIFY(view.lanes()->isVisible());
        QVERIFY(!view.findChild<QToolButton *>(QStringLiteral("timelineEvents"))->isVisible());
        QTRY_VERIFY(view.lanes()->isReady());
        selection.setRecord(sample.ping);
        QTest::keyClick(view.lanes(), Qt::Key_Right);
        QCOMPARE(selection.record(), sample.pong);
        QTest::mouseClick(view.findChild<QToolButton *>(QStringLiteral("timelineAsTable")), Qt::LeftButton);
        QVERIFY(!view.lanes()->isVisible());
    }
};

QTEST_MAIN(TestLaneView)
#include "tst_lane_view.moc"
