// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/checklist_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace frameglass;
using namespace frameglass::ui;
using diagnosis::Verdict;

class TestChecklistModel : public QObject
{
    Q_OBJECT
private:
    /// Every row of the table passes, but for the first of each phase, which cannot be judged.
    static diagnosis::Report report()
    {
        diagnosis::Report report;
        int phase = -1;
        for (const diagnosis::Check &check : diagnosis::checks()) {
            diagnosis::Finding finding;
            finding.id = check.id;
            finding.verdict = static_cast<int>(check.phase) == phase ? Verdict::Pass : Verdict::NotApplicable;
            finding.reason = QStringLiteral("reason");
            phase = static_cast<int>(check.phase);
            report.findings.push_back(finding);
        }
        return report;
    }
    static int rowsBelow(const ChecklistModel &model, const QModelIndex &parent = {})
    {
        int rows = 0;
        for (int row = 0; row < model.rowCount(parent); ++row)
            rows += 1 + rowsBelow(model, model.index(row, 0, parent));
        return rows;
    }

private slots:
    void whatCannotBeJudgedIsShownOnDemand()
    {
        ChecklistModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const diagnosis::Report all = report();
        model.setReport(all);
        const auto hidden = static_cast<int>(all.count(Verdict::NotApplicable));
        QVERIFY(hidden > 1);
        QVERIFY(!model.indexOf(all.findings.front().id).isValid());
        const int before = rowsBelow(model) - model.rowCount();
        model.setNotApplicableShown(true);
        QCOMPARE(rowsBelow(model) - model.rowCount(), before + hidden);
        const QModelIndex first = model.indexOf(all.findings.front().id);
        QVERIFY(first.isValid());
        QCOMPARE(model.data(first.siblingAtColumn(ChecklistModel::Reason), Qt::DisplayRole).toString(),
                 QStringLiteral("reason"));
    }

    void rootCauseComesFirstWithWhatFollowsFromIt()
    {
        ChecklistModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        diagnosis::Report all = report();
        diagnosis::Finding &root = all.findings.back();
        root.verdict = Verdict::Fail;
        all.rootCause = root.id;
        all.findings[1].verdict = Verdict::Fail;
        all.findings[1].foldedUnder = root.id;
        model.setReport(all);
        const QModelIndex group = model.index(0, 0);
        QCOMPARE(model.data(group, ChecklistModel::KeyRole).toString(), QStringLiteral("root-cause"));
        const QModelIndex cause = model.index(0, 0, group);
        QCOMPARE(model.findingAt(cause)->id, root.id);
        QCOMPARE(model.rowCount(cause), 1);
        QCOMPARE(model.findingAt(model.index(0, 0, cause))->id, all.findings[1].id);
        // It is told once.
        QCOMPARE(model.indexOf(all.findings[1].id).parent(), cause);
        QCOMPARE(model.indexOf(root.id), cause);
        QVERIFY(model.data(cause, Qt::DisplayRole).toString().startsWith(QStringLiteral("✕ ")));
    }

    void newWordsMoveNothing()
    {
        ChecklistModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        diagnosis::Report all = report();
        model.setReport(all);
        diagnosis::Finding &passing = *std::ranges::find(all.findings, Verdict::Pass, &diagnosis::Finding::verdict);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        passing.verdict = Verdict::Warn;
        passing.reason = QStringLiteral("slower now");
        model.setReport(all);
        QCOMPARE(resets.count(), 0);
        QVERIFY(changed.count() >= 1);
        const QModelIndex row = model.indexOf(passing.id);
        QCOMPARE(model.data(row.siblingAtColumn(ChecklistModel::Reason), Qt::DisplayRole).toString(),
                 QStringLiteral("slower now"));
        passing.verdict = Verdict::NotApplicable; // leaves the list: a new tree
        model.setReport(all);
        QCOMPARE(resets.count(), 1);
        QVERIFY(!model.indexOf(passing.id).isValid());
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_MAIN(TestChecklistModel)
#include "tst_checklist_model.moc"
