// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include "ui/views/quiet_tree.h"
#include "ui/views/state_diagram.h"
#include "ui/views/state_view.h"

#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

#include <set>

using namespace frameglass;
using namespace frameglass::ui;
using protocol::ConnectionState;
using protocol::Trigger;

class TestStateView : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QLocale::setDefault(QLocale(QLocale::English));
    }

    void everyTransitionIsDrawn()
    {
        StateDiagram diagram;
        diagram.resize(diagram.sizeHint());
        QCOMPARE(diagram.triggerCount(), protocol::transitions().size());
        std::set<std::pair<int, int>> places;
        for (const protocol::Transition &transition : protocol::transitions()) {
            const QRect label = diagram.labelRect(transition.from, transition.trigger);
            QVERIFY(diagram.rect().contains(label));
            QVERIFY2(places.insert({label.x(), label.y()}).second, "two labels lie on each other");
        }
        for (const protocol::Transition &one : protocol::transitions()) {
            for (const protocol::Transition &other : protocol::transitions()) {
                if (&one == &other)
                    continue;
                QVERIFY(
                    !diagram.labelRect(one.from, one.trigger).intersects(diagram.labelRect(other.from, other.trigger)));
            }
        }
    }

    void theWayTakenIsShown()
    {
        test::WholeConnection sample;
        Document document;
        Selection selection;
        StateView view(&document, &selection);
        document.open(sample.path);
        document.catchUp();
        selection.setConnection(sample.capture.connection);
        view.resize(1040, 560);
        view.show();
        QCOMPARE(view.litState(), std::optional(ConnectionState::Closed));
        auto *steps = view.findChild<QuietTree *>(QStringLiteral("stateSteps"));
        QCOMPARE(steps->topLevelItemCount(), 4);
        QCOMPARE(steps->topLevelItem(0)->text(2), QStringLiteral("handshake succeeded"));

        // A click on an arrow that was taken selects its record; on one that was not, nothing.
        QSignalSpy clicked(view.diagram(), &StateDiagram::recordClicked);
        QTest::mouseClick(view.diagram(), Qt::LeftButton, {},
                          view.diagram()->labelRect(ConnectionState::Opening, Trigger::HandshakeSucceeded).center());
        QCOMPARE(clicked.count(), 1);
        QCOMPARE(selection.record(), sample.opened);
        QCOMPARE(steps->currentItem(), steps->topLevelItem(0));
        QTest::mouseClick(view.diagram(), Qt::LeftButton, {},
                          view.diagram()->labelRect(ConnectionState::Opening, Trigger::HandshakeFailed).center());
        QCOMPARE(clicked.count(), 1);
    }

    void withoutAConnectionNothingIsLit()
    {
        Document document;
        Selection selection;
        StateView view(&document, &selection);
        QVERIFY(!view.litState().has_value());
    }
};

QTEST_MAIN(TestStateView)
#include "tst_state_view.moc"
