// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection_panel.h"

#include "notice_bar.h"
#include "ui/support/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QToolButton>
#include <QTreeView>

namespace frameglass::ui {

ConnectionPanel::ConnectionPanel(Document *document, Selection *selection, QWidget *parent)
    : QWidget(parent), m_document(document), m_selection(selection), m_model(new ConnectionListModel(document, this)),
      m_filtered(new QSortFilterProxyModel(this)), m_title(new QLabel(this)), m_add(new QToolButton(this)),
      m_find(new QToolButton(this)), m_filter(new QLineEdit(this)), m_view(new QTreeView(this)),
      m_undo(new NoticeBar(this))
{
    m_filtered->setSourceModel(m_model);
    m_filtered->setRecursiveFilteringEnabled(true);
    m_filtered->setAutoAcceptChildRows(true);
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filtered->setFilterKeyColumn(ConnectionListModel::NameColumn);
    m_view->setObjectName(QStringLiteral("connections"));
    m_view->setModel(m_filtered);
    m_view->setHeaderHidden(true);
    m_view->setUniformRowHeights(true);
    m_view->setIndentation(12);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setTextElideMode(Qt::ElideMiddle);
    m_view->setAllColumnsShowFocus(true);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(ConnectionListModel::NameColumn, QHeaderView::Stretch);
    m_view->header()->setSectionResizeMode(ConnectionListModel::StateColumn, QHeaderView::Fixed);
    m_view->header()->setSectionResizeMode(ConnectionListModel::VerdictColumn, QHeaderView::Fixed);
    m_view->header()->setMinimumSectionSize(16);
    m_add->setIcon(icon(Icon::Add));
    m_add->setAutoRaise(true);
    m_find->setIcon(icon(Icon::Search));
    m_find->setAutoRaise(true);
    m_find->setCheckable(true);
    m_filter->setVisible(false);
    m_filter->setClearButtonEnabled(true);

    auto *head = new QHBoxLayout;
    head->setContentsMargins(3 * Theme::space, Theme::space, Theme::space, Theme::space);
    head->addWidget(m_title, 1);
    head->addWidget(m_add);
    head->addWidget(m_find);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_filter);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_undo);

    connect(m_add, &QToolButton::clicked, this, &ConnectionPanel::newRequested);
    connect(m_find, &QToolButton::toggled, this, [this](bool on) {
        m_filter->setVisible(on);
        if (on)
            m_filter->setFocus();
        else
            m_filter->clear();
    });
    connect(m_filter, &QLineEdit::textChanged, m_filtered, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &index) {
        if (!m_showing && index.isValid())
            m_selection->setConnection(m_model->idAt(m_filtered->mapToSource(index)));
    });
    connect(m_view, &QWidget::customContextMenuRequested, this, [this](const QPoint &at) {
        if (m_view->indexAt(at).isValid())
            emit contextMenuRequested(m_view->viewport()->mapToGlobal(at));
    });
    // New rows open the branch they are in, and never move the row that is selected out of sight.
    connect(m_filtered, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &branch) {
        if (branch.isValid() && m_filtered->rowCount(branch) <= 2)
            m_view->expand(branch);
        showSelection();
    });
    connect(m_filtered, &QAbstractItemModel::modelReset, this, [this] {
        m_view->expandAll();
        showSelection();
    });
    connect(m_selection, &Selection::connectionChanged, this, &ConnectionPanel::showSelection);
    connect(m_undo, &NoticeBar::actionTriggered, this, &ConnectionPanel::undoRemove);
    connect(m_document, &Document::captureReset, this, [this] {
        m_removed.clear();
        m_undo->clear();
        emit undoChanged();
    });
    connect(&Theme::instance(), &Theme::changed, this, &ConnectionPanel::restyle);
    retranslate();
    restyle();
}

void ConnectionPanel::showSelection()
{
    const QModelIndex index = m_filtered->mapFromSource(m_model->indexOf(m_selection->connection()));
    m_showing = true;
    if (index.isValid()) {
        if (m_view->currentIndex().siblingAtColumn(0) != index)
            m_view->setCurrentIndex(index);
    } else if (m_selection->connection() == 0) {
        m_view->selectionModel()->clear();
    }
    m_showing = false;
}

void ConnectionPanel::removeSelected()
{
    const QModelIndex index = m_filtered->mapToSource(m_view->currentIndex());
    if (!index.isValid())
        return;
    const capture::ConnectionId id = m_model->idAt(index);
    const QString title = m_model->titleOf(id);
    m_showing = true;
    auto removed = m_model->remove(index.siblingAtColumn(0));
    m_showing = false;
    for (const capture::ConnectionId gone : removed)
        if (m_document->isLive(gone) && !m_document->facts(gone)->isListener())
            m_document->closeConnection(gone, 1000, {});
    m_removed.push_back(std::move(removed));
    m_undo->show(diagnosis::Verdict::Info, tr("Removed %1").arg(title), tr("Undo"));
    m_undo->setDismissable(true);
    m_selection->setConnection(m_model->idAt(m_filtered->mapToSource(m_view->currentIndex())));
    emit undoChanged();
}

bool ConnectionPanel::undoRemove()
{
    if (m_removed.empty())
        return false;
    const auto ids = std::move(m_removed.back());
    m_removed.pop_back();
    m_model->unremove(ids);
    m_undo->clear();
    m_selection->setConnection(ids.front());
    emit undoChanged();
    return true;
}

void ConnectionPanel::retranslate()
{
    m_title->setText(tr("Connections"));
    m_add->setToolTip(tr("New connection (Ctrl+N)"));
    m_add->setAccessibleName(tr("New connection"));
    m_find->setToolTip(tr("Find in the list of connections"));
    m_find->setAccessibleName(m_find->toolTip());
    m_filter->setPlaceholderText(tr("Find"));
    m_filter->setAccessibleName(m_find->toolTip());
    m_view->setAccessibleName(tr("Connections"));
    m_model->retranslate();
}

void ConnectionPanel::restyle()
{
    const QFontMetrics metrics(m_view->font());
    m_view->header()->resizeSection(ConnectionListModel::StateColumn,
                                    metrics.horizontalAdvance(QStringLiteral("1006  00.0 s")) + 3 * Theme::space);
    m_view->header()->resizeSection(ConnectionListModel::VerdictColumn,
                                    metrics.horizontalAdvance(QStringLiteral("✕")) + 4 * Theme::space);
    QPalette palette = m_view->palette();
    const Tokens &tokens = Theme::instance().tokens();
    palette.setColor(QPalette::Base, tokens.raised);
    // Soft, so that dots and signs keep their colours.
    QColor wash = tokens.accent;
    wash.setAlpha(Theme::instance().isDark() ? 70 : 45);
    palette.setColor(QPalette::Highlight, wash);
    palette.setColor(QPalette::HighlightedText, tokens.text);
    m_view->setPalette(palette);
    QPalette quiet = this->palette();
    quiet.setColor(QPalette::WindowText, tokens.quiet);
    m_title->setPalette(quiet);
}

void ConnectionPanel::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    if (event->type() == QEvent::FontChange)
        restyle();
    QWidget::changeEvent(event);
}

} // namespace frameglass::ui
