// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/uniform_table.h"
#include "ui/views/uniform_table_access.h"

#include <QAccessible>
#include <QHeaderView>
#include <QScrollBar>
#include <QTest>

#include <set>

using namespace frameglass::ui;

namespace {

/// Ten million rows that are made up when asked for; remembers which were.
class NumberModel : public QAbstractTableModel
{
public:
    static constexpr int columns = 4;
    explicit NumberModel(int rows = 10'000'000) : m_rows(rows) {}

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : m_rows; }
    int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : columns; }
    QVariant data(const QModelIndex &index, int role) const override
    {
        asked.insert(index.row());
        if (role == Qt::AccessibleTextRole && index.column() == 1)
            return QStringLiteral("spoken %1").arg(index.row());
        return role == Qt::DisplayRole ? QStringLiteral("%1:%2").arg(index.row()).arg(index.column()) : QVariant();
    }
    QVariant headerData(int section, Qt::Orientation, int role) const override
    {
        return role == Qt::DisplayRole ? QStringLiteral("head %1").arg(section) : QVariant();
    }
    void append(int rows)
    {
        beginInsertRows({}, m_rows, m_rows + rows - 1);
        m_rows += rows;
        endInsertRows();
    }

    mutable std::set<int> asked;

private:
    int m_rows;
};

struct Shown
{
    explicit Shown(int rows = 10'000'000) : model(rows)
    {
        table.setModel(&model);
        table.setRowHeight(20);
        table.resize(600, 400);
        table.show();
        table.setFocus();
    }
    int current() const { return table.currentIndex().row(); }
    NumberModel model;
    UniformTable table;
};

} // namespace

class TestUniformTable : public QObject
{
    Q_OBJECT
private slots:
    void onlyWhatIsSeenIsAskedFor()
    {
        Shown shown;
        QVERIFY(QTest::qWaitForWindowExposed(&shown.table));
        shown.table.grab();
        QVERIFY(!shown.model.asked.empty());
        QVERIFY(static_cast<int>(shown.model.asked.size()) <= shown.table.wholeRows() + 1);
        shown.model.asked.clear();
        shown.table.verticalScrollBar()->setValue(7'654'321);
        shown.table.grab();
        QCOMPARE(*shown.model.asked.begin(), 7'654'321);
        QVERIFY(static_cast<int>(shown.model.asked.size()) <= shown.table.wholeRows() + 1);
        QCOMPARE(shown.table.verticalScrollBar()->maximum(), 10'000'000 - shown.table.wholeRows());
    }

    void keysGoWhereTheySay()
    {
        Shown shown;
        QTest::keyClick(&shown.table, Qt::Key_Down);
        QCOMPARE(shown.current(), 0);
        QTest::keyClick(&shown.table, Qt::Key_Down);
        QCOMPARE(shown.current(), 1);
        QTest::keyClick(&shown.table, Qt::Key_PageDown);
        QCOMPARE(shown.current(), shown.table.wholeRows());
        QTest::keyClick(&shown.table, Qt::Key_PageUp);
        QCOMPARE(shown.current(), 1);
        QTest::keyClick(&shown.table, Qt::Key_End);
        QCOMPARE(shown.current(), 9'999'999);
        QCOMPARE(shown.table.topRow(), 10'000'000 - shown.table.wholeRows());
        QTest::keyClick(&shown.table, Qt::Key_Down);
        QCOMPARE(shown.current(), 9'999'999);
        QTest::keyClick(&shown.table, Qt::Key_Home);
        QCOMPARE(shown.current(), 0);
        QCOMPARE(shown.table.topRow(), 0);
        QTest::keyClick(&shown.table, Qt::Key_Right);
        QCOMPARE(shown.table.currentIndex().column(), 1);
        shown.model.asked.clear();
        QTest::keyClick(&shown.table, Qt::Key_7); // a search by typing would look through all
        QVERIFY(shown.model.asked.size() < 100);
    }

    void rangesAreSelected()
    {
        Shown shown;
        shown.table.selectRow(3);
        QTest::keyClick(&shown.table, Qt::Key_End, Qt::ShiftModifier);
        auto ranges = shown.table.selectedRanges();
        QCOMPARE(ranges.size(), std::size_t{1});
        QCOMPARE(ranges[0].first, 3);
        QCOMPARE(ranges[0].last, 9'999'999);
        shown.model.append(5);
        QCOMPARE(shown.table.selectedRanges()[0].last, 9'999'999);

        shown.table.verticalScrollBar()->setValue(100);
        const auto middle = [&](int row) { return shown.table.visualRect(shown.model.index(row, 0)).center(); };
        QTest::mouseClick(shown.table.viewport(), Qt::LeftButton, {}, middle(102));
        QTest::mouseClick(shown.table.viewport(), Qt::LeftButton, Qt::ShiftModifier, middle(105));
        QTest::mouseClick(shown.table.viewport(), Qt::LeftButton, Qt::ControlModifier, middle(108));
        QTest::mouseClick(shown.table.viewport(), Qt::LeftButton, Qt::ControlModifier, middle(106));
        ranges = shown.table.selectedRanges();
        QCOMPARE(ranges.size(), std::size_t{2});
        QCOMPARE(ranges[0].first, 102);
        QCOMPARE(ranges[0].last, 106);
        QCOMPARE(ranges[1].first, 108);
        QCOMPARE(ranges[1].last, 108);
        // Upwards across more than is seen.
        shown.table.verticalScrollBar()->setValue(5'000'000);
        QTest::mouseClick(shown.table.viewport(), Qt::LeftButton, {}, middle(5'000'004));
        shown.table.verticalScrollBar()->setValue(10);
        QTest::mouseClick(shown.table.viewport(), Qt::LeftButton, Qt::ShiftModifier, middle(12));
        ranges = shown.table.selectedRanges();
        QCOMPARE(ranges.size(), std::size_t{1});
        QCOMPARE(ranges[0].first, 12);
        QCOMPARE(ranges[0].last, 5'000'004);
        shown.table.selectAll();
        QCOMPARE(shown.table.selectedRanges()[0].size(), 10'000'005);
    }

    void columnsAreMovedResizedAndHidden()
    {
        Shown shown(50);
        QHeaderView *header = shown.table.horizontalHeader();
        const auto left = [&](int column) { return shown.table.visualRect(shown.model.index(0, column)).left(); };
        QVERIFY(left(0) < left(1));
        header->moveSection(header->visualIndex(1), 0);
        QCOMPARE(left(1), 0);
        QVERIFY(left(0) > 0);
        header->resizeSection(1, 222);
        QCOMPARE(left(0), 222);
        shown.table.setColumnHidden(1, true);
        QCOMPARE(left(0), 0);
        QVERIFY(shown.table.visualRect(shown.model.index(0, 1)).isNull());
        // Wider than the window: scrolled to what is asked for, and the header with it.
        for (const int column : {0, 2, 3})
            header->resizeSection(column, 500);
        shown.table.scrollTo(shown.model.index(0, 3));
        QVERIFY(left(3) >= 0 && left(3) + 500 <= shown.table.viewport()->width());
        QCOMPARE(header->sectionViewportPosition(3), left(3));
        QCOMPARE(shown.table.indexAt(QPoint(left(3) + 5, 25)), shown.model.index(1, 3));
        QVERIFY(!shown.table.indexAt(QPoint(5, 20 * 50 + 5)).isValid());
    }

    void aScreenReaderFindsATable()
    {
        Shown shown;
        shown.table.setAccessibleName(QStringLiteral("numbers"));
        QAccessibleInterface *access = QAccessible::queryAccessibleInterface(&shown.table);
        QVERIFY(access);
        QCOMPARE(access->role(), QAccessible::Table);
        QCOMPARE(access->text(QAccessible::Name), QStringLiteral("numbers"));
        QAccessibleTableInterface *table = access->tableInterface();
        QVERIFY(table);
        QCOMPARE(table->rowCount(), 10'000'000);
        QCOMPARE(table->columnCount(), 4);
        QCOMPARE(table->columnDescription(2), QStringLiteral("head 2"));

        QAccessibleInterface *cell = table->cellAt(7'000'000, 2);
        QVERIFY(cell && cell->isValid());
        QCOMPARE(cell->role(), QAccessible::Cell);
        QCOMPARE(cell->text(QAccessible::Name), QStringLiteral("7000000:2"));
        QCOMPARE(table->cellAt(5, 1)->text(QAccessible::Name), QStringLiteral("spoken 5"));
        QVERIFY(cell->state().offscreen);
        QCOMPARE(access->child(access->indexOfChild(cell)), cell);
        QCOMPARE(cell->parent(), access);
        QAccessibleTableCellInterface *place = cell->tableCellInterface();
        QVERIFY(place);
        QCOMPARE(place->rowIndex(), 7'000'000);
        QCOMPARE(place->columnIndex(), 2);
        QCOMPARE(place->columnHeaderCells().size(), 1);
        QCOMPARE(place->columnHeaderCells().first()->text(QAccessible::Name), QStringLiteral("head 2"));
        QCOMPARE(place->columnHeaderCells().first()->role(), QAccessible::ColumnHeader);
        QVERIFY(!table->cellAt(10'000'000, 0));
        QVERIFY(!table->cellAt(0, 4));

        QVERIFY(table->selectRow(4));
        QVERIFY(table->isRowSelected(4));
        QVERIFY(table->cellAt(4, 3)->state().selected);
        QVERIFY(!table->cellAt(5, 3)->state().selected);
        QCOMPARE(table->selectedRows(), QList<int>{4});
        QCOMPARE(table->selectedCells().size(), 4);
        QVERIFY(table->unselectRow(4));
        QCOMPARE(table->selectedRowCount(), 0);
        const QRect rect = table->cellAt(1, 1)->rect();
        QCOMPARE(access->childAt(rect.center().x(), rect.center().y()), table->cellAt(1, 1));
    }

    void walkingAllCellsHoldsFew()
    {
        Shown shown;
        QAccessibleTableInterface *table = QAccessible::queryAccessibleInterface(&shown.table)->tableInterface();
        QAccessibleInterface *first = table->cellAt(0, 0);
        const QAccessible::Id id = QAccessible::uniqueId(first);
        for (int row = 1; row < 30'000; ++row)
            QVERIFY(table->cellAt(row, 0));
        QVERIFY(!QAccessible::accessibleInterface(id)); // asked for long ago
        QCOMPARE(table->cellAt(0, 0)->text(QAccessible::Name), QStringLiteral("0:0"));
    }

    void theFocusedCellIsToldApart()
    {
        Shown shown;
        QVERIFY(QTest::qWaitForWindowActive(&shown.table));
        shown.table.selectRow(6);
        QTest::keyClick(&shown.table, Qt::Key_Down);
        QAccessibleInterface *access = QAccessible::queryAccessibleInterface(&shown.table);
        QVERIFY(access->focusChild());
        QCOMPARE(access->focusChild()->text(QAccessible::Name), QStringLiteral("7:0"));
        QVERIFY(access->focusChild()->state().focused);
        // What events about the focus carry.
        QCOMPARE(access->child(accessibleChildOf(shown.table, shown.table.currentIndex())), access->focusChild());
    }
};

QTEST_MAIN(TestUniformTable)
#include "tst_uniform_table.moc"
