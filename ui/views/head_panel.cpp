// SPDX-License-Identifier: GPL-3.0-or-later
#include "head_panel.h"

#include "hex_view.h"
#include "quiet_tree.h"
#include "wrap_delegate.h"

#include "ui/support/theme.h"

#include <QHeaderView>
#include <QLabel>
#include <QScopedValueRollback>
#include <QStackedWidget>
#include <QTreeWidgetItemIterator>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace frameglass::ui {

namespace {

QColor colourOf(LineVerdict verdict)
{
    const Tokens &tokens = Theme::instance().tokens();
    switch (verdict) {
    case LineVerdict::Ok: return tokens.pass;
    case LineVerdict::Plain: return tokens.quiet;
    case LineVerdict::Odd: return tokens.warn;
    case LineVerdict::Wrong:
    case LineVerdict::Missing: return tokens.fail;
    }
    return tokens.text;
}

QString verdictText(const HeadRow &row)
{
    if (row.verdict == LineVerdict::Plain)
        return QStringLiteral("– ") + row.words;
    return signOf(row.verdict) + QLatin1Char(' ') + textOf(row.verdict) + QStringLiteral(": ") + row.words;
}

/// The names take what they need, but never so much that value and judgement have no room: then they wrap.
void fitFieldColumn(QTreeWidget *tree)
{
    constexpr double share = 0.38;
    tree->resizeColumnToContents(HeadPanel::FieldColumn);
    const int most = int(tree->viewport()->width() * share);
    if (tree->columnWidth(HeadPanel::FieldColumn) > most)
        tree->setColumnWidth(HeadPanel::FieldColumn, most);
}

bool sameRow(const HeadRow &a, const HeadRow &b)
{
    return a.name == b.name && a.value == b.value && a.verdict == b.verdict && a.words == b.words &&
           a.offset == b.offset && a.length == b.length;
}

} // namespace

bool operator==(const HeadPanel::Head &a, const HeadPanel::Head &b)
{
    return a.record == b.record && a.caption == b.caption && a.octets == b.octets &&
           std::equal(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(), sameRow);
}

HeadPanel::HeadPanel(const QString &treeName, QWidget *parent)
    : QWidget(parent), m_title(new QLabel(this)), m_stack(new QStackedWidget(this)), m_tree(new QuietTree(m_stack)),
      m_hex(new HexView(m_stack))
{
    m_tree->setObjectName(treeName);
    m_tree->setColumnCount(ColumnCount);
    new WrapDelegate(m_tree);
    m_tree->header()->setSectionResizeMode(ValueColumn, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(VerdictColumn, QHeaderView::Stretch);
    m_hex->setObjectName(treeName + QStringLiteral("Raw"));
    m_hex->setLineEndingsVisible(true);
    m_stack->addWidget(m_tree);
    m_stack->addWidget(m_hex);
    m_title->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_title);
    layout->addWidget(m_stack, 1);

    connect(m_tree, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem *item) {
        if (item && !m_lighting)
            emit lineChosen(item->data(0, RecordRole).toULongLong(), item->data(0, OffsetRole).toULongLong(),
                            item->data(0, LengthRole).toULongLong());
    });
    // The tree's own width, without what a resized column does to it.
    connect(m_tree->header(), &QHeaderView::geometriesChanged, this, [this, width = 0]() mutable {
        if (std::exchange(width, m_tree->viewport()->width()) != width)
            fitFieldColumn(m_tree);
    });
    connect(m_hex, &HexView::clicked, this, [this](std::size_t offset) {
        if (!m_heads.empty())
            emit lineChosen(m_heads.back().record, offset, 1);
    });
    retranslate();
}

void HeadPanel::setTitle(const QString &title, const QString &accessibleName)
{
    m_title->setText(title);
    m_tree->setAccessibleName(accessibleName);
    m_hex->setAccessibleName(tr("%1, raw octets").arg(accessibleName));
}

void HeadPanel::retranslate()
{
    m_tree->setHeaderLabels({tr("Field"), tr("Value as sent"), tr("Judgement")});
    if (!m_heads.empty())
        fill();
}

void HeadPanel::restyle()
{
    fill();
}

void HeadPanel::setRaw(bool raw)
{
    m_stack->setCurrentWidget(raw ? static_cast<QWidget *>(m_hex) : m_tree);
}

void HeadPanel::setHeads(std::vector<Head> heads, const QString &placeholder)
{
    m_tree->setPlaceholder(placeholder);
    m_hex->setPlaceholder(placeholder);
    if (heads == m_heads)
        return;
    m_heads = std::move(heads);
    fill();
}

void HeadPanel::fill()
{
    QScopedValueRollback guard(m_lighting, true);
    m_tree->clear();
    m_hex->setOctets(m_heads.empty() ? protocol::Octets() : m_heads.back().octets);
    m_tree->setRootIsDecorated(m_heads.size() > 1);
    for (const Head &head : m_heads) {
        QTreeWidgetItem *parent = nullptr;
        if (!head.caption.isEmpty()) {
            parent = new QTreeWidgetItem(m_tree, {head.caption});
            parent->setFirstColumnSpanned(true);
            parent->setForeground(0, Theme::instance().tokens().quiet);
            parent->setData(0, RecordRole, QVariant::fromValue<qulonglong>(head.record));
        }
        addRows(head, parent);
    }
    fitFieldColumn(m_tree);
}

void HeadPanel::addRows(const Head &head, QTreeWidgetItem *parent)
{
    const QFont monospace = Theme::instance().monospace();
    for (const HeadRow &row : head.rows) {
        auto *item = parent ? new QTreeWidgetItem(parent) : new QTreeWidgetItem(m_tree);
        const bool isStart = row.name.isEmpty();
        item->setText(FieldColumn, isStart ? (head.caption.isEmpty() ? tr("start line") : QString()) : row.name);
        item->setText(ValueColumn, row.verdict == LineVerdict::Missing ? QStringLiteral("–") : row.value);
        item->setText(VerdictColumn, verdictText(row));
        item->setFont(FieldColumn, monospace);
        item->setFont(ValueColumn, monospace);
        if (isStart)
            item->setForeground(FieldColumn, Theme::instance().tokens().quiet);
        item->setForeground(VerdictColumn, colourOf(row.verdict));
        if (row.verdict == LineVerdict::Missing)
            item->setForeground(FieldColumn, Theme::instance().tokens().fail);
        for (int column = 0; column < ColumnCount; ++column)
            item->setToolTip(column, item->text(column));
        item->setData(0, RecordRole, QVariant::fromValue<qulonglong>(head.record));
        item->setData(0, OffsetRole, QVariant::fromValue<qulonglong>(row.offset));
        item->setData(0, LengthRole, QVariant::fromValue<qulonglong>(row.length));
        item->setData(0, VerdictRole, static_cast<int>(row.verdict));
    }
}

void HeadPanel::light(capture::RecordId record, std::size_t offset, std::size_t length)
{
    QScopedValueRollback guard(m_lighting, true);
    const bool isMine = !m_heads.empty() && m_heads.back().record == record;
    m_hex->setLit(isMine ? offset : 0, isMine ? length : 0);
    QTreeWidgetItem *found = nullptr;
    for (QTreeWidgetItemIterator it(m_tree); *it && !found; ++it) {
        const auto at = (*it)->data(0, OffsetRole).toULongLong();
        const auto size = (*it)->data(0, LengthRole).toULongLong();
        if ((*it)->data(0, RecordRole).toULongLong() == record && length > 0 && offset >= at && offset - at < size)
            found = *it;
    }
    const QTreeWidgetItem *current = m_tree->currentItem();
    // A missing field has no octets to find it by; the row that was clicked stays.
    if (!found && length == 0 && current && current->data(0, RecordRole).toULongLong() == record)
        return;
    m_tree->setCurrentItem(found);
    if (found)
        m_tree->scrollToItem(found);
}

} // namespace frameglass::ui
