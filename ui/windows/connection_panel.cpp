// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection_panel.h"

#include "confirm.h"
#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

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
#include <QUndoStack>

#include <algorithm>

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
    connect(m_undo, &NoticeBar::actionTriggered, m_document->undoStack(), &QUndoStack::undo);
    connect(m_document->undoStack(), &QUndoStack::indexChanged, this, &ConnectionPanel::showUndo);
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

/// Taking connections out of the list, and bringing them back.
class ConnectionPanel::Removal : public QUndoCommand
{
public:
    Removal(ConnectionPanel *panel, std::vector<capture::ConnectionId> ids, const QString &title)
        : QUndoCommand(ConnectionPanel::tr("remove %1").arg(title)), m_panel(panel), m_ids(std::move(ids)),
          m_title(title)
    {}
    void redo() override { m_panel->takeOut(m_ids); }
    void undo() override
    {
        m_panel->m_model->unremove(m_ids);
        m_panel->m_selection->setConnection(m_ids.front());
    }
    const QString &title() const { return m_title; }

private:
    ConnectionPanel *m_panel;
    std::vector<capture::ConnectionId> m_ids;
    QString m_title;
};

void ConnectionPanel::removeSelected()
{
    const QModelIndex index = m_filtered->mapToSource(m_view->currentIndex()).siblingAtColumn(0);
    if (!index.isValid())
        return;
    auto ids = m_model->idsUnder(index);
    const QString title = m_model->titleOf(m_model->idAt(index));
    const auto remove = [this, ids, title] { m_document->undoStack()->push(new Removal(this, ids, title)); };
    if (std::none_of(ids.begin(), ids.end(), [this](capture::ConnectionId id) { return m_document->isLive(id); })) {
        remove();
        return;
    }
    // A record comes back by Undo, a live connection does not.
    const bool listener = m_document->facts(ids.front())->isListener();
    confirm(this, tr("Remove what is live?"),
            listener ? tr("The echo server is running. Removing it stops it and closes its connections.")
                     : tr("The connection to %1 is open. Removing it closes it.").arg(title),
            listener ? tr("Stop and remove") : tr("Close and remove"), [this, ids, remove] {
                for (const capture::ConnectionId id : ids) {
                    if (!m_document->isLive(id))
                        continue;
                    if (m_document->facts(id)->isListener())
                        m_document->stopServer();
                    else
                        m_document->closeConnection(id, 1000, {});
                }
                remove();
            });
}

void ConnectionPanel::takeOut(const std::vector<capture::ConnectionId> &ids)
{
    m_showing = true;
    m_model->remove(ids);
    m_showing = false;
    m_selection->setConnection(m_model->idAt(m_filtered->mapToSource(m_view->currentIndex())));
}

/// The bar offers to undo a removal while that is what Undo would do.
void ConnectionPanel::showUndo()
{
    const QUndoStack *stack = m_document->undoStack();
    const auto *removal =
        stack->index() > 0 ? dynamic_cast<const Removal *>(stack->command(stack->index() - 1)) : nullptr;
    if (!removal) {
        m_undo->clear();
        return;
    }
    m_undo->show(diagnosis::Verdict::Info, tr("Removed %1").arg(removal->title()), tr("Undo"));
    m_undo->setDismissable(true);
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
    restyle(); // the words decide how wide the columns are
}

void ConnectionPanel::restyle()
{
    const QFontMetrics metrics(m_view->font());
    int state = 0;
    for (const QString &sample : m_model->stateSamples())
        state = std::max(state, metrics.horizontalAdvance(sample));
    m_view->header()->resizeSection(ConnectionListModel::StateColumn, state + 3 * Theme::space);
    constexpr int nameCharacters = 12; // of a name are always seen
    m_view->setMinimumWidth(state + metrics.averageCharWidth() * nameCharacters + 12 * Theme::space);
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
