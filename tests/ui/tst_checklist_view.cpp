// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include "ui/models/checklist_model.h"
#include "ui/views/checklist_view.h"
#include "ui/views/finding_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QPushButton>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <QTextBrowser>
#include <QTreeView>

#include <algorithm>

using namespace frameglass;
using namespace frameglass::ui;

class TestChecklistView : public QObject
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
            view.resize(1040, 560);
            view.show();
            view.ensureFresh();
        }
        Document document;
        Selection selection;
        ChecklistView view;
    };

private slots:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QLocale::setDefault(QLocale(QLocale::English));
    }

    void theRootCauseIsOpenedFirst()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        capture.open({}, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        capture.step(protocol::ConnectionState::Opening, protocol::Trigger::HandshakeFailed,
                     protocol::ConnectionState::Failed);
        capture.add(capture::ConnectionEnded{});
        Shown shown(capture.finish(), id);
        const diagnosis::Report &report = shown.document.report(id);
        QVERIFY(report.rootCause.has_value());
        QCOMPARE(shown.view.openedFinding().toStdString(), std::string(*report.rootCause));
        QVERIFY(shown.view.panel()->text().contains(report.find(*report.rootCause)->reason));
        QVERIFY(shown.view.panel()->text().contains(QStringLiteral("What to change")));
        shown.view.panel()->copyFix();
        QVERIFY(!QApplication::clipboard()->text().isEmpty());
    }

    void evidenceLeadsToItsRecord()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        const diagnosis::Report &report = shown.document.report(sample.capture.connection);
        const diagnosis::Finding *proved = nullptr;
        for (const diagnosis::Finding &finding : report.findings) {
            if (!finding.evidence.empty() && finding.evidence.front().record != 0)
                proved = &finding;
        }
        QVERIFY(proved);
        const diagnosis::Evidence evidence = proved->evidence.front();
        shown.view.showFinding(proved->id);
        QSignalSpy revealed(&shown.selection, &Selection::revealRequested);
        auto *browser = shown.view.panel()->findChild<QTextBrowser *>();
        emit browser->anchorClicked(
            QUrl(QStringLiteral("record:%1/%2/%3").arg(evidence.record).arg(evidence.offset).arg(evidence.length)));
        QCOMPARE(revealed.count(), 1);
        QCOMPARE(shown.selection.record(), evidence.record);
        QCOMPARE(shown.selection.length(), evidence.length);
    }

    void aRowThatCouldNotBeJudgedCanBeShown()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        const diagnosis::Report &report = shown.document.report(sample.capture.connection);
        const diagnosis::Finding *open = nullptr;
        for (const diagnosis::Finding &finding : report.findings) {
            if (finding.verdict == diagnosis::Verdict::NotApplicable && finding.foldedUnder.empty())
                open = &finding;
        }
        QVERIFY(open);
        const std::string id(open->id);
        const QString reason = open->reason;
        QVERIFY(!shown.view.model()->indexOf(id).isValid());
        shown.view.showFinding(id);
        QCOMPARE(shown.view.openedFinding().toStdString(), id);
        QVERIFY(shown.view.panel()->text().contains(reason));
    }

    void updatesKeepWhatIsExpandedAndOpen()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        auto *tree = shown.view.findChild<QTreeView *>(QStringLiteral("checklistTree"));
        const QModelIndex group = shown.view.model()->index(shown.view.model()->rowCount() - 1, 0);
        const QString key = group.data(ChecklistModel::KeyRole).toString();
        const QModelIndex row = shown.view.model()->indexOf("upgrade.accept-missing");
        tree->setCurrentIndex(row);
        const QString opened = shown.view.openedFinding();
        QVERIFY(!opened.isEmpty());
        tree->collapse(group);
        shown.view.model()->setNotApplicableShown(true); // a new tree
        QVERIFY(!tree->isExpanded(shown.view.model()->indexOfKey(key)));
        QCOMPARE(shown.view.openedFinding(), opened);
        QCOMPARE(tree->currentIndex().data(ChecklistModel::KeyRole).toString(), opened);
    }

    void whoEndedItAndWhatClientsDoHaveRowsOfTheirOwn()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        const diagnosis::Report &report = shown.document.report(sample.capture.connection);
        QVERIFY(report.ending && !report.forecast.empty());
        auto *tree = shown.view.findChild<QTreeView *>(QStringLiteral("checklistTree"));
        const auto open = [&](const char *key) {
            const QModelIndex row = shown.view.model()->indexOfKey(QLatin1String(key));
            tree->setCurrentIndex(row);
            return row.siblingAtColumn(ChecklistModel::Reason).data().toString();
        };
        QVERIFY(open("ending").startsWith(report.ending->sentence));
        const QString text = shown.view.panel()->text();
        QVERIFY(text.contains(report.ending->sentence));
        for (const diagnosis::EndingFact &fact : report.ending->facts)
            QVERIFY2(text.contains(fact.name) && text.contains(fact.text), qPrintable(fact.name));
        QCOMPARE(shown.view.openedFinding(), QStringLiteral("ending"));
        shown.view.model()->setNotApplicableShown(true); // a new tree
        QCOMPARE(shown.view.openedFinding(), QStringLiteral("ending"));
        QVERIFY(!shown.view.panel()->findChild<QPushButton *>("findingCopyFix")->isVisible());

        QCOMPARE(open("clients"), report.find("upgrade.client-forecast")->reason);
        for (const diagnosis::ClientForecast &line : report.forecast)
            QVERIFY(shown.view.panel()->text().contains(diagnosis::nameOf(line.client)));

        // A fact leads to its record.
        open("ending");
        QSignalSpy revealed(&shown.selection, &Selection::revealRequested);
        const auto fact = std::ranges::find_if(report.ending->facts, [](const auto &one) { return one.record != 0; });
        emit shown.view.panel()->findChild<QTextBrowser *>()->anchorClicked(
            QUrl(QStringLiteral("record:%1/0/0").arg(fact->record)));
        QCOMPARE(shown.selection.record(), fact->record);
        QCOMPARE(revealed.count(), 1);
    }

    void markupInEvidenceStaysText()
    {
        FindingPanel panel;
        diagnosis::Finding finding;
        finding.id = diagnosis::checks().front().id;
        finding.verdict = diagnosis::Verdict::Fail;
        finding.reason = QStringLiteral("<img src='file:///etc/passwd'><b>x</b>");
        finding.evidence.push_back({3, 0, 1, QStringLiteral("<a href='https://example.com'>y</a>")});
        panel.setFinding(&finding);
        QVERIFY(panel.text().contains(finding.reason));
        QVERIFY(panel.text().contains(finding.evidence.front().text));
    }
};

QTEST_MAIN(TestChecklistView)
#include "tst_checklist_view.moc"
