// SPDX-License-Identifier: GPL-3.0-or-later
#include "checklist_view.h"

#include "finding_panel.h"
#include "wrap_delegate.h"

#include "ui/models/checklist_model.h"
#include "ui/support/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QSplitter>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace frameglass::ui {

using diagnosis::Verdict;

ChecklistView::ChecklistView(Document *document, Selection *selection, QWidget *parent)
    : LiveView(document, selection, parent), m_model(new ChecklistModel(this)), m_summary(new QLabel(this)),
      m_notApplicable(new QToolButton(this)), m_settings(new QToolButton(this)),
      m_splitter(new QSplitter(Qt::Horizontal, this)), m_tree(new QTreeView(m_splitter)),
      m_panel(new FindingPanel(m_splitter))
{
    m_summary->setObjectName(QStringLiteral("checklistSummary"));
    m_summary->setWordWrap(true);
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_notApplicable->setObjectName(QStringLiteral("checklistNotApplicable"));
    m_notApplicable->setCheckable(true);
    m_notApplicable->setAutoRaise(true);
    m_notApplicable->setFocusPolicy(Qt::StrongFocus);
    m_settings->setObjectName(QStringLiteral("checklistSettings"));
    m_settings->setAutoRaise(true);
    m_settings->setFocusPolicy(Qt::StrongFocus);
    m_tree->setObjectName(QStringLiteral("checklistTree"));
    m_tree->setModel(m_model);
    new WrapDelegate(m_tree);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setTextElideMode(Qt::ElideRight);
    m_tree->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_tree->header()->setHighlightSections(false);
    m_tree->header()->setStretchLastSection(false);
    for (const int column : {ChecklistModel::Title, ChecklistModel::Reason})
        m_tree->header()->setSectionResizeMode(column, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(ChecklistModel::SeverityColumn, QHeaderView::ResizeToContents);
    m_splitter->addWidget(m_tree);
    m_splitter->addWidget(m_panel);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_splitter->setSizes({620, 420});

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);
    bar->addWidget(m_summary, 1);
    bar->addWidget(m_notApplicable);
    bar->addWidget(m_settings);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_splitter, 1);

    connect(m_model, &QAbstractItemModel::modelAboutToBeReset, this, &ChecklistView::rememberLayout);
    connect(m_model, &QAbstractItemModel::modelReset, this, &ChecklistView::restoreLayout);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ChecklistView::open);
    connect(m_tree, &QTreeView::collapsed, this, [this](const QModelIndex &index) {
        const QString key = index.data(ChecklistModel::KeyRole).toString();
        m_expanded.remove(key);
        m_collapsed.insert(key);
    });
    connect(m_tree, &QTreeView::expanded, this, [this](const QModelIndex &index) {
        const QString key = index.data(ChecklistModel::KeyRole).toString();
        m_collapsed.remove(key);
        m_expanded.insert(key);
    });
    connect(m_notApplicable, &QToolButton::toggled, m_model, &ChecklistModel::setNotApplicableShown);
    connect(m_settings, &QToolButton::clicked, this, &ChecklistView::settingsWanted);
    connect(m_panel, &FindingPanel::evidenceChosen, this,
            [this](capture::RecordId record, std::size_t offset, std::size_t length) {
                this->selection()->setRecord(record, offset, length, true);
            });
    connect(m_panel, &FindingPanel::findingChosen, this, [this](const QString &id) { showFinding(id.toStdString()); });
    setReadingWidget(m_tree);
    retranslate();
    restyle();
    setTicking(1000); // some checks judge by how long nothing happened
}

void ChecklistView::retranslate()
{
    m_tree->setAccessibleName(tr("Checklist"));
    m_notApplicable->setToolTip(tr("Also show the checks that could not be judged, with the reason why"));
    m_settings->setText(tr("Settings…"));
    m_settings->setToolTip(tr("Change the thresholds of the checks, and declare what they cannot see"));
    m_panel->setPlaceholder(tr("Choose a check to see its evidence, its likely causes and what to change."));
    m_panel->retranslate();
    m_model->retranslate();
}

void ChecklistView::restyle()
{
    m_panel->restyle();
    m_tree->viewport()->update();
}

void ChecklistView::switched()
{
    m_opened.clear();
    m_model->clear();
    m_panel->setFinding(nullptr);
}

QString ChecklistView::openedFinding() const
{
    return m_opened;
}

void ChecklistView::refresh()
{
    const analysis::ConnectionFacts *now = facts();
    if (!now || now->isListener()) {
        m_model->clear();
        m_panel->setFinding(nullptr);
        m_notApplicable->hide();
        m_summary->setText(now ? tr("A listener is not judged. Each connection that it accepted is in the list.")
                               : tr("No connection is selected. Connect to a server, or open a capture."));
        return;
    }
    const diagnosis::Report &report = document()->report(now->id);
    m_summary->setText(report.summary);
    const auto hidden = static_cast<int>(report.count(Verdict::NotApplicable));
    m_notApplicable->setVisible(hidden > 0);
    m_notApplicable->setText(tr("Not judged: %1").arg(hidden));
    m_model->setReport(report);
    if (m_opened.isEmpty() && report.rootCause)
        showFinding(*report.rootCause);
    open();
}

void ChecklistView::open()
{
    if (m_restoring)
        return;
    const diagnosis::Finding *finding = m_model->findingAt(m_tree->currentIndex());
    const auto part = m_model->partAt(m_tree->currentIndex());
    if (part != ChecklistModel::Part::None) {
        m_opened = m_tree->currentIndex().data(ChecklistModel::KeyRole).toString();
        if (part == ChecklistModel::Part::Ending)
            m_panel->setEnding(*m_model->report().ending);
        else
            m_panel->setForecast(m_model->report().forecast);
        return;
    }
    m_opened = finding ? QString::fromUtf8(finding->id.data(), static_cast<qsizetype>(finding->id.size())) : QString();
    m_panel->setFinding(finding);
}

void ChecklistView::showFinding(std::string_view id)
{
    ensureFresh();
    QModelIndex index = m_model->indexOf(id);
    if (!index.isValid()) {
        m_notApplicable->setChecked(true);
        index = m_model->indexOf(id);
    }
    if (!index.isValid())
        return;
    m_tree->expand(index.parent());
    m_tree->setCurrentIndex(index);
    m_tree->scrollTo(index);
}

void ChecklistView::rememberLayout()
{
    m_restoring = true;
    m_scrolled = m_tree->verticalScrollBar()->value();
}

void ChecklistView::restoreLayout()
{
    // Groups and the root cause are open until the user closes them, other findings closed until he opens them.
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex group = m_model->index(row, 0);
        if (!m_collapsed.contains(group.data(ChecklistModel::KeyRole).toString()))
            m_tree->expand(group);
        for (int child = 0; child < m_model->rowCount(group); ++child) {
            const QModelIndex finding = m_model->index(child, 0, group);
            const bool isRoot = group.data(ChecklistModel::KeyRole).toString() == QLatin1String("root-cause");
            const QString key = finding.data(ChecklistModel::KeyRole).toString();
            if (m_model->rowCount(finding) > 0 && (m_expanded.contains(key) || (isRoot && !m_collapsed.contains(key))))
                m_tree->expand(finding);
        }
    }
    const QModelIndex opened = m_opened.isEmpty() ? QModelIndex() : m_model->indexOfKey(m_opened);
    if (opened.isValid())
        m_tree->setCurrentIndex(opened);
    m_tree->doItemsLayout();
    m_tree->verticalScrollBar()->setValue(m_scrolled);
    m_restoring = false;
    open();
}

} // namespace frameglass::ui
