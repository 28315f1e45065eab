// SPDX-License-Identifier: GPL-3.0-or-later
#include "state_view.h"

#include "quiet_tree.h"
#include "state_diagram.h"

#include "core/diagnosis/wording.h"
#include "ui/support/theme.h"

#include <QHeaderView>
#include <QLabel>
#include <QScopedValueRollback>
#include <QSplitter>
#include <QVBoxLayout>

namespace frameglass::ui {

namespace {
constexpr int recordRole = Qt::UserRole;
enum StepColumn { TimeColumn, FromColumn, TriggerColumn, ToColumn, ClauseColumn, StepColumns };

QString clauseOf(const capture::StateRecord &step)
{
    for (const protocol::Transition &transition : protocol::transitions()) {
        if (transition.from == step.from && transition.trigger == step.trigger)
            return QString::fromUtf8(transition.clause.data(), static_cast<qsizetype>(transition.clause.size()));
    }
    return {};
}
} // namespace

StateView::StateView(Document *document, Selection *selection, QWidget *parent)
    : LiveView(document, selection, parent), m_splitter(new QSplitter(Qt::Vertical, this)),
      m_sentence(new QLabel(this)), m_diagram(new StateDiagram(this)), m_steps(new QuietTree(this))
{
    m_sentence->setObjectName(QStringLiteral("stateSentence"));
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setWordWrap(true);
    m_sentence->setContentsMargins(2 * Theme::space, 2 * Theme::space, 2 * Theme::space, Theme::space);
    m_steps->setObjectName(QStringLiteral("stateSteps"));
    m_steps->setColumnCount(StepColumns);
    m_splitter->addWidget(m_diagram);
    m_splitter->addWidget(m_steps);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setSizes({420, 180});

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_sentence);
    layout->addWidget(m_splitter, 1);

    connect(m_diagram, &StateDiagram::recordClicked, this,
            [this](capture::RecordId record) { this->selection()->setRecord(record); });
    connect(m_steps, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem *item) {
        if (item && !m_choosing)
            this->selection()->setRecord(item->data(0, recordRole).toULongLong());
    });
    connect(m_steps, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem *item) {
        this->selection()->setRecord(item->data(0, recordRole).toULongLong(), 0, 0, true);
    });
    connect(selection, &Selection::recordChanged, this, &StateView::showSelected);
    setReadingWidget(m_steps);
    retranslate();
    setTicking(1000);
}

std::optional<protocol::ConnectionState> StateView::litState()
{
    ensureFresh();
    return m_diagram->litState();
}

void StateView::retranslate()
{
    m_steps->setHeaderLabels({tr("Time"), tr("From"), tr("Because"), tr("To"), tr("Clause")});
    m_steps->headerItem()->setTextAlignment(TimeColumn, Qt::AlignRight | Qt::AlignVCenter);
    m_steps->setAccessibleName(tr("Steps taken"));
    m_steps->setToolTip(tr("Enter shows a step in the timeline"));
    m_diagram->retranslate();
}

void StateView::restyle()
{
    m_diagram->update();
}

void StateView::switched()
{
    m_steps->clear();
}

void StateView::refresh()
{
    const analysis::ConnectionFacts *now = facts();
    if (!now || now->isListener()) {
        m_diagram->setWay(std::nullopt, {}, {});
        m_steps->clear();
        m_sentence->setText(
            now ? tr("A listener has no state of its own. Each connection that it accepted is in the list.")
                : tr("No connection is selected. The diagram shows every state one can be in."));
        return;
    }
    const Nanoseconds started = now->started ? now->started->time : Nanoseconds{0};
    m_diagram->setWay(now->state, now->steps, started);
    const Nanoseconds entered = now->steps.empty() ? started : now->steps.back().time;
    const bool running = document()->isLive(now->id) && !protocol::isFinal(now->state);
    m_sentence->setText(
        running ? tr("Now %1, for %2.")
                      .arg(diagnosis::textOf(now->state), diagnosis::durationText(document()->now() - entered))
                : tr("At the end: %1, reached %2 after the start.")
                      .arg(diagnosis::textOf(now->state), diagnosis::durationText(entered - started)));
    fillSteps(*now);
    showSelected();
}

void StateView::fillSteps(const analysis::ConnectionFacts &facts)
{
    QScopedValueRollback guard(m_choosing, true);
    const Nanoseconds started = facts.started ? facts.started->time : Nanoseconds{0};
    const auto count = static_cast<int>(facts.steps.size());
    while (m_steps->topLevelItemCount() > count)
        delete m_steps->takeTopLevelItem(m_steps->topLevelItemCount() - 1);
    while (m_steps->topLevelItemCount() < count) {
        auto *item = new QTreeWidgetItem(m_steps);
        item->setTextAlignment(TimeColumn, Qt::AlignRight | Qt::AlignVCenter);
    }
    for (int row = 0; row < count; ++row) {
        const analysis::StateStep &step = facts.steps[static_cast<std::size_t>(row)];
        QTreeWidgetItem *item = m_steps->topLevelItem(row);
        item->setData(0, recordRole, QVariant::fromValue<qulonglong>(step.record));
        item->setText(TimeColumn, diagnosis::durationText(step.time - started));
        item->setText(FromColumn, diagnosis::textOf(step.value.from));
        item->setText(TriggerColumn, diagnosis::textOf(step.value.trigger));
        item->setText(ToColumn, diagnosis::textOf(step.value.to));
        item->setText(ClauseColumn, clauseOf(step.value));
    }
    for (int column = 0; column < ClauseColumn; ++column) {
        m_steps->resizeColumnToContents(column);
        m_steps->setColumnWidth(column, m_steps->columnWidth(column) + 4 * Theme::space);
    }
}

void StateView::showSelected()
{
    QScopedValueRollback guard(m_choosing, true);
    QTreeWidgetItem *found = nullptr;
    for (int row = 0; row < m_steps->topLevelItemCount() && !found; ++row) {
        if (m_steps->topLevelItem(row)->data(0, recordRole).toULongLong() == selection()->record())
            found = m_steps->topLevelItem(row);
    }
    m_steps->setCurrentItem(found);
}

} // namespace frameglass::ui
