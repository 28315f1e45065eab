// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_table.h"

#include "ui/support/theme.h"
#include "ui/support/unit_text.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollBar>

#include <algorithm>

namespace frameglass::ui {

namespace {
const QString columnsName = QStringLiteral("timeline");
}

RecordTable::RecordTable(RecordModel *model, QWidget *parent)
    : UniformTable(parent), m_model(model), m_waiting(new QPushButton(this))
{
    setObjectName(QStringLiteral("timelineTable"));
    setModel(model);
    setTextElideMode(Qt::ElideRight);
    setFrameShape(QFrame::NoFrame);
    setUpColumns();
    applyMetrics();

    m_waiting->setObjectName(QStringLiteral("timelineWaiting"));
    m_waiting->setFocusPolicy(Qt::NoFocus); // reached by key End
    m_waiting->hide();
    connect(m_waiting, &QPushButton::clicked, this, &RecordTable::followAgain);

    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &RecordTable::scrolled);
    connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, [this] {
        if (isFollowing()) {
            QScopedValueRollback guard(m_movesItself, true);
            verticalScrollBar()->setValue(verticalScrollBar()->maximum());
        }
    });
    connect(model, &QAbstractItemModel::rowsInserted, this, &RecordTable::rowsChanged);
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        m_following = true;
        m_seenRows = m_model->rowCount();
        rowsChanged();
    });
    retranslate();
}

RecordTable::~RecordTable()
{
    Settings::instance().saveHeader(columnsName, horizontalHeader());
}

void RecordTable::retranslate()
{
    setAccessibleName(tr("Frame timeline"));
    m_waiting->setToolTip(tr("Go to the newest row and follow (End)"));
    updateWaiting();
}

void RecordTable::applyMetrics()
{
    setRowHeight(std::max(Theme::rowHeight, fontMetrics().height() + Theme::space));
    // Columns keep the room they had for so many characters.
    const int digit = fontMetrics().horizontalAdvance(QLatin1Char('0'));
    QHeaderView *header = horizontalHeader();
    for (int column = 0; m_digitWidth > 0 && digit != m_digitWidth && column < RecordModel::Data; ++column)
        if (!header->isSectionHidden(column))
            header->resizeSection(column, header->sectionSize(column) * digit / m_digitWidth);
    m_digitWidth = digit;
}

void RecordTable::setUpColumns()
{
    QHeaderView *header = horizontalHeader();
    header->setSectionsMovable(true);
    header->setStretchLastSection(true);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    connect(header, &QHeaderView::customContextMenuRequested, this, &RecordTable::showColumnMenu);
    if (Settings::instance().restoreHeader(columnsName, header))
        return;
    const auto width = [this](const char *sample) {
        return fontMetrics().horizontalAdvance(QString::fromUtf8(sample)) + 5 * Theme::space;
    };
    header->resizeSection(RecordModel::Number, width("00,000,0"));
    header->resizeSection(RecordModel::Time, width("00:00:00.000"));
    header->resizeSection(RecordModel::Delta, width("000.000000"));
    header->resizeSection(RecordModel::Dir, width("Dir "));
    header->resizeSection(RecordModel::Type, width("continuation"));
    header->resizeSection(RecordModel::Fin, width("FIN "));
    header->resizeSection(RecordModel::Rsv, width("RSV "));
    header->resizeSection(RecordModel::Length, width("000,000,000"));
}

void RecordTable::addColumnActions(QMenu *menu)
{
    menu->addSection(tr("Columns"));
    for (int column = 0; column < RecordModel::ColumnCount; ++column) {
        QAction *action = menu->addAction(m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        // One column always stays, or there would be no header left to bring the others back.
        action->setEnabled(column != RecordModel::Data);
        connect(action, &QAction::toggled, this, [this, column](bool shown) { setColumnHidden(column, !shown); });
    }
    menu->addSection(tr("Time counts"));
    auto *formats = new QActionGroup(menu);
    for (const TimeFormat format : timeFormats) {
        QAction *action = menu->addAction(textOf(format));
        action->setCheckable(true);
        action->setChecked(format == m_model->timeFormat());
        formats->addAction(action);
        connect(action, &QAction::triggered, this,
                [format] { Settings::instance().setValue(settings::timeFormat, static_cast<int>(format)); });
    }
}

void RecordTable::showColumnMenu(const QPoint &position)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("columnMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addColumnActions(menu);
    menu->popup(horizontalHeader()->mapToGlobal(position));
}

void RecordTable::setPaused(bool paused)
{
    if (paused == m_paused)
        return;
    m_paused = paused;
    if (paused)
        m_seenRows = m_following ? m_model->rowCount() : m_seenRows;
    else if (m_following)
        scrollToBottom();
    updateWaiting();
    emit pausedChanged(paused);
}

int RecordTable::waitingRows() const
{
    return isFollowing() ? 0 : m_model->rowCount() - m_seenRows;
}

void RecordTable::followAgain()
{
    m_following = true;
    if (m_paused)
        setPaused(false);
    scrollToBottom();
    updateWaiting();
}

void RecordTable::scrolled(int value)
{
    if (m_movesItself)
        return;
    const bool atBottom = value >= verticalScrollBar()->maximum();
    if (atBottom == m_following)
        return;
    m_following = atBottom;
    if (!atBottom)
        m_seenRows = m_model->rowCount();
    updateWaiting();
}

void RecordTable::rowsChanged()
{
    if (isFollowing())
        m_seenRows = m_model->rowCount();
    updateWaiting();
}

void RecordTable::updateWaiting()
{
    const int waiting = waitingRows();
    m_waiting->setVisible(waiting > 0);
    if (waiting <= 0)
        return;
    const QString text = tr("%1 new ↓").arg(QLocale().toString(waiting));
    if (text == m_waiting->text())
        return;
    m_waiting->setText(text);
    m_waiting->setAccessibleName(tr("%1 new rows; go to the newest").arg(QLocale().toString(waiting)));
    m_waiting->adjustSize();
    const QRect area = viewport()->geometry();
    m_waiting->move(area.center().x() - m_waiting->width() / 2, area.bottom() - m_waiting->height() - 2 * Theme::space);
    m_waiting->raise();
}

void RecordTable::showRow(int row)
{
    if (row < 0 || row >= m_model->rowCount())
        return;
    const QModelIndex target = m_model->index(row, 0);
    if (m_following && row + 1 < m_model->rowCount()) {
        m_following = false;
        m_seenRows = m_model->rowCount();
    }
    selectionModel()->setCurrentIndex(target, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    QScopedValueRollback guard(m_movesItself, true);
    scrollTo(target, EnsureVisible);
    updateWaiting();
}

QString RecordTable::selectedText() const
{
    QStringList lines;
    const QHeaderView *header = horizontalHeader();
    const auto add = [&](int row) {
        QStringList cells;
        for (int visual = 0; visual < header->count(); ++visual) {
            const int column = header->logicalIndex(visual);
            if (!isColumnHidden(column))
                cells += m_model->index(row, column).data().toString();
        }
        lines += cells.join(QLatin1Char('\t'));
    };
    for (const RowRange range : selectedRanges())
        for (int row = range.first; row <= range.last && lines.size() < longestCopy; ++row)
            add(row);
    return lines.join(QLatin1Char('\n'));
}

void RecordTable::copy()
{
    QApplication::clipboard()->setText(selectedText());
    qint64 selected = 0;
    for (const RowRange range : selectedRanges())
        selected += range.size();
    if (selected > longestCopy)
        emit copyCut(longestCopy, selected);
}

void RecordTable::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if (event->key() == Qt::Key_Space && event->modifiers() == Qt::NoModifier) {
        setPaused(!m_paused);
    } else if (event->key() == Qt::Key_End && event->modifiers() == Qt::NoModifier) {
        followAgain();
    } else if (event->key() == Qt::Key_Home && event->modifiers() == Qt::NoModifier) {
        scrollToTop();
    } else {
        UniformTable::keyPressEvent(event);
        return;
    }
    event->accept();
}

void RecordTable::mousePressEvent(QMouseEvent *event)
{
    UniformTable::mousePressEvent(event);
    // A row that was chosen is being read: it stays where it is.
    if (m_following && currentIndex().isValid() && m_model->rowCount() > 0) {
        m_following = false;
        m_seenRows = m_model->rowCount();
        updateWaiting();
    }
}

void RecordTable::resizeEvent(QResizeEvent *event)
{
    UniformTable::resizeEvent(event);
    m_waiting->setText({});
    updateWaiting();
}

void RecordTable::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *copyRows = menu->addAction(tr("Copy rows"), this, &RecordTable::copy);
    copyRows->setShortcut(QKeySequence::Copy);
    copyRows->setEnabled(selectionModel()->hasSelection());
    menu->addAction(tr("Export…"), this, &RecordTable::exportRequested)->setEnabled(m_model->rowCount() > 0);
    const QModelIndex under = indexAt(viewport()->mapFromGlobal(event->globalPos()));
    const QModelIndex cell = under.isValid() ? under : currentIndex();
    if (const RowMark *mark = cell.isValid() ? m_model->markAt(cell.row()) : nullptr) {
        const QString check = QString::fromUtf8(mark->check.data(), static_cast<qsizetype>(mark->check.size()));
        menu->addAction(tr("Why is it marked?"), this, [this, check] { emit findingRequested(check); });
    }
    for (const QString &filter : m_model->filtersFor(cell)) {
        QString shown = filter;
        menu->addAction(tr("Filter: %1").arg(shown.replace(u'&', QStringLiteral("&&"))), this,
                        [this, filter] { emit filterRequested(filter); });
    }
    addColumnActions(menu->addMenu(tr("Columns and time"))); // the header has no place in the tab order
    menu->popup(event->globalPos());
}

void RecordTable::changeEvent(QEvent *event)
{
    UniformTable::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange)
        applyMetrics();
}

} // namespace frameglass::ui
