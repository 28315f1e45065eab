// SPDX-License-Identifier: GPL-3.0-or-later
#include "timeline_view.h"

#include "filter_bar.h"
#include "find_bar.h"
#include "lane_view.h"
#include "notice_bar.h"
#include "record_detail.h"
#include "record_table.h"

#include "core/diagnosis/wording.h"
#include "ui/models/filter_search.h"
#include "ui/support/flow_layout.h"
#include "ui/support/theme.h"
#include "ui/support/unit_text.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QScopedValueRollback>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QUndoStack>
#include <QVBoxLayout>

namespace frameglass::ui {

TimelineView::TimelineView(Document *document, Selection *selection, QWidget *parent)
    : LiveView(document, selection, parent), m_model(new RecordModel(document, this)),
      m_table(new RecordTable(m_model, this)), m_filterBar(new FilterBar(this)),
      m_search(new FilterSearch(document, this)), m_findBar(new FindBar(document, selection, this)),
      m_lanes(new LaneView(document, selection, this)), m_forms(new QStackedWidget(this)),
      m_detail(new RecordDetail(document, selection, this)), m_splitter(new QSplitter(Qt::Vertical, this)),
      m_bar(new QWidget(this)), m_timeLabel(new QLabel(m_bar)), m_time(new QComboBox(m_bar)),
      m_events(new QToolButton(m_bar)), m_tls(new QToolButton(m_bar)), m_hearts(new QToolButton(m_bar)),
      m_pause(new QToolButton(m_bar)), m_asTable(new QToolButton(m_bar)), m_asLanes(new QToolButton(m_bar)),
      m_zoomIn(new QToolButton(m_bar)), m_zoomOut(new QToolButton(m_bar)), m_fit(new QToolButton(m_bar)),
      m_difference(new QLabel(m_bar)), m_note(new QLabel(this)), m_cleared(new NoticeBar(this))
{
    buildBar();
    m_note->setObjectName(QStringLiteral("timelineNote"));
    m_note->setWordWrap(true);
    m_note->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);
    m_note->hide();
    m_forms->addWidget(m_table);
    m_forms->addWidget(m_lanes);
    m_splitter->addWidget(m_forms);
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setSizes({420, 240});

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_filterBar);
    layout->addWidget(m_findBar);
    layout->addWidget(m_note);
    layout->addWidget(m_cleared);
    layout->addWidget(m_splitter, 1);

    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TimelineView::rowChosen);
    connect(m_table, &RecordTable::exportRequested, this, &TimelineView::exportRequested);
    connect(m_table, &RecordTable::findingRequested, this, &TimelineView::findingRequested);
    connect(m_table, &RecordTable::copyCut, this, [this](int copied, qint64 selected) {
        m_difference->setText(
            tr("Copied the first %1 of %2 rows").arg(QLocale().toString(copied), QLocale().toString(selected)));
    });
    connect(m_findBar, &FindBar::closed, this, [this] { m_forms->currentWidget()->setFocus(); });
    connect(m_filterBar, &FilterBar::filterChosen, this, &TimelineView::filter);
    connect(m_filterBar, &FilterBar::stopRequested, this, [this] {
        m_search->stop();
        m_filterBar->setSearching(false);
        m_filterBar->setStatus(tr("stopped; rows found: %1").arg(QLocale().toString(m_model->rowCount())));
    });
    connect(m_table, &RecordTable::filterRequested, m_filterBar, &FilterBar::apply);
    connect(m_search, &FilterSearch::found, m_model, &RecordModel::addMatches);
    connect(m_search, &FilterSearch::found, this, &TimelineView::showMatches);
    connect(m_search, &FilterSearch::progressed, this, [this](double share) {
        m_searched = share;
        showMatches();
    });
    connect(m_search, &FilterSearch::finished, this, [this](const QString &error) {
        m_searched = 1;
        m_filterBar->setSearching(false);
        showMatches();
        if (!error.isEmpty())
            m_filterBar->setStatus(error);
    });
    connect(selection, &Selection::recordChanged, this, &TimelineView::showSelected);
    connect(selection, &Selection::revealRequested, this, [this](capture::RecordId id) {
        if (id <= m_model->hiddenThrough())
            setClearedThrough(this->selection()->connection(), 0);
        m_model->reveal(id);
        if (m_filter && !m_model->isFiltered())
            m_filterBar->apply({}); // what is shown now does not match
        m_events->setChecked(m_model->eventsShown());
        m_tls->setChecked(m_model->tlsShown());
        m_hearts->setChecked(m_model->heartbeatsHidden());
        showSelected();
    });
    connect(m_model, &RecordModel::loadingChanged, this, [this](bool loading) {
        if (!loading)
            showSelected(); // what was asked for may only now have a row
        markStale();
    });
    connect(&Settings::instance(), &Settings::changed, this, [this](const QString &key) {
        if (key == QLatin1String(settings::timeFormat.key))
            followTimeFormat();
    });
    connect(document, &Document::captureReset, this, [this] { m_clearedThrough.clear(); });
    connect(m_cleared, &NoticeBar::actionTriggered, this,
            [this] { setClearedThrough(this->selection()->connection(), 0); });
    m_model->setConnection(selection->connection());
    retranslate();
    restyle();
    setLanesShown(Settings::instance().value(settings::lanesShown));
    setTicking(1000);
}

void TimelineView::buildBar()
{
    m_time->setObjectName(QStringLiteral("timelineTime"));
    m_events->setObjectName(QStringLiteral("timelineEvents"));
    m_tls->setObjectName(QStringLiteral("timelineTls"));
    m_hearts->setObjectName(QStringLiteral("timelineHearts"));
    m_pause->setObjectName(QStringLiteral("timelinePause"));
    m_difference->setObjectName(QStringLiteral("timelineDifference"));
    m_difference->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (const TimeFormat format : timeFormats)
        m_time->addItem(textOf(format));
    m_timeLabel->setBuddy(m_time);
    m_events->setCheckable(true);
    m_events->setChecked(true);
    m_tls->setCheckable(true);
    m_tls->hide(); // until there is something to show
    m_hearts->setCheckable(true);
    m_pause->setCheckable(true);
    m_asTable->setObjectName(QStringLiteral("timelineAsTable"));
    m_asLanes->setObjectName(QStringLiteral("timelineAsLanes"));
    m_zoomIn->setObjectName(QStringLiteral("lanesZoomIn"));
    m_zoomOut->setObjectName(QStringLiteral("lanesZoomOut"));
    m_fit->setObjectName(QStringLiteral("lanesFit"));
    m_asTable->setCheckable(true);
    m_asLanes->setCheckable(true);
    auto *forms = new QButtonGroup(this);
    forms->addButton(m_asTable);
    forms->addButton(m_asLanes);
    m_asTable->setChecked(true);
    for (QToolButton *button : {m_asTable, m_asLanes, m_zoomIn, m_zoomOut, m_fit, m_events, m_tls, m_hearts, m_pause}) {
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::StrongFocus);
    }
    auto *bar = new FlowLayout(m_bar);
    bar->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);
    bar->addWidget(m_asTable);
    bar->addWidget(m_asLanes);
    bar->addWidget(m_zoomIn);
    bar->addWidget(m_zoomOut);
    bar->addWidget(m_fit);
    bar->addWidget(m_timeLabel);
    bar->addWidget(m_time);
    bar->addWidget(m_events);
    bar->addWidget(m_tls);
    bar->addWidget(m_hearts);
    bar->addWidget(m_pause);
    bar->alignRight();
    bar->addWidget(m_difference);

    connect(m_time, &QComboBox::activated, this,
            [](int index) { Settings::instance().setValue(settings::timeFormat, index); });
    connect(m_events, &QToolButton::toggled, this, [this](bool on) {
        m_model->setEventsShown(on);
        showSelected();
    });
    connect(m_tls, &QToolButton::toggled, this, [this](bool on) {
        m_model->setTlsShown(on);
        showSelected();
    });
    connect(m_hearts, &QToolButton::toggled, this, [this](bool on) {
        m_model->setHeartbeatsHidden(on);
        showSelected();
    });
    connect(m_asLanes, &QToolButton::toggled, this, &TimelineView::setLanesShown);
    connect(m_zoomIn, &QToolButton::clicked, m_lanes, &LaneView::zoomIn);
    connect(m_zoomOut, &QToolButton::clicked, m_lanes, &LaneView::zoomOut);
    connect(m_fit, &QToolButton::clicked, m_lanes, &LaneView::fit);
    connect(m_pause, &QToolButton::toggled, m_table, &RecordTable::setPaused);
    connect(m_table, &RecordTable::pausedChanged, m_pause, [this](bool paused) {
        m_pause->setChecked(paused);
        m_pause->setIcon(icon(paused ? Icon::Resume : Icon::Pause));
    });
}

// In a low window with large text the rows themselves come first; Ctrl+F brings the line all the same.
void TimelineView::showFilterWhereThereIsRoom()
{
    constexpr int leastRows = 10;
    const bool room = height() >= leastRows * Theme::instance().rowPixels();
    const bool used = m_filter || m_filterBar->line()->hasFocus();
    m_filterBar->setVisible(m_forms->currentWidget() == m_table && (room || used));
}

void TimelineView::resizeEvent(QResizeEvent *event)
{
    LiveView::resizeEvent(event);
    showFilterWhereThereIsRoom();
}

void TimelineView::focusFilter()
{
    setLanesShown(false);
    m_filterBar->show();
    m_filterBar->line()->setFocus();
    m_filterBar->line()->selectAll();
}

void TimelineView::filter(const std::optional<analysis::Filter> &chosen)
{
    m_filter = chosen;
    m_search->stop();
    m_filterBar->setSearching(chosen.has_value());
    m_filterBar->setStatus({});
    if (!chosen) {
        m_model->endFilter();
        showSelected();
        return;
    }
    m_model->beginFilter();
    m_searched = 0;
    m_search->start(*chosen, selection()->connection());
}

void TimelineView::showMatches()
{
    if (!m_filter)
        return;
    const auto shown = static_cast<std::uint64_t>(m_model->rowCount());
    const std::uint64_t matches = m_search->matches();
    QString text = tr("rows: %1").arg(QLocale().toString(static_cast<qulonglong>(shown)));
    if (m_searched < 1)
        text = tr("%1 %, rows: %2")
                   .arg(static_cast<int>(m_searched * 100))
                   .arg(QLocale().toString(static_cast<qulonglong>(shown)));
    else if (matches > shown && !m_model->isLoading())
        text += u' ' + tr("(matches that are no rows or switched off: %1)")
                           .arg(QLocale().toString(static_cast<qulonglong>(matches - shown)));
    m_filterBar->setStatus(text);
}

void TimelineView::setLanesShown(bool shown)
{
    m_asLanes->setChecked(shown);
    m_forms->setCurrentWidget(shown ? static_cast<QWidget *>(m_lanes) : m_table);
    setReadingWidget(m_forms->currentWidget());
    Settings::instance().setValue(settings::lanesShown, shown);
    for (QToolButton *button : {m_zoomIn, m_zoomOut, m_fit})
        button->setVisible(shown);
    for (QToolButton *button : {m_events, m_hearts, m_pause})
        button->setVisible(!shown);
    showFilterWhereThereIsRoom();
    refresh();
}

void TimelineView::followTimeFormat()
{
    const TimeFormat format = Settings::instance().timeFormat();
    m_model->setTimeFormat(format);
    m_lanes->setTimeFormat(format);
    m_time->setCurrentIndex(static_cast<int>(format));
}

void TimelineView::retranslate()
{
    m_asTable->setText(tr("Table"));
    m_asTable->setToolTip(tr("The records as rows"));
    m_asLanes->setText(tr("Lanes"));
    m_asLanes->setToolTip(tr("The connections along the time"));
    m_zoomIn->setText(QStringLiteral("+"));
    m_zoomIn->setAccessibleName(tr("Zoom in"));
    m_zoomIn->setToolTip(tr("Zoom in (+, or Ctrl and the wheel)"));
    m_zoomOut->setText(QStringLiteral("−"));
    m_zoomOut->setAccessibleName(tr("Zoom out"));
    m_zoomOut->setToolTip(tr("Zoom out (−, or Ctrl and the wheel)"));
    m_fit->setText(tr("Fit"));
    m_fit->setToolTip(tr("Show the whole capture (0)"));
    m_timeLabel->setText(tr("Time"));
    for (const TimeFormat format : timeFormats)
        m_time->setItemText(static_cast<int>(format), textOf(format));
    followTimeFormat();
    m_time->setToolTip(tr("How the Time column counts"));
    m_time->setAccessibleName(tr("Time column"));
    m_events->setText(tr("Events"));
    m_events->setToolTip(tr("Also show stages, heads, state changes, violations and how TCP ended"));
    m_tls->setText(tr("TLS messages"));
    m_tls->setToolTip(tr("Also show the messages of the TLS handshake; alerts are always shown"));
    m_hearts->setText(tr("Hide heartbeat"));
    m_hearts->setToolTip(tr("Hide pings and pongs; missed ones stay"));
    m_pause->setText(tr("Pause"));
    m_pause->setToolTip(tr("Stop following new rows (Space); recording goes on"));
    m_table->retranslate();
    m_filterBar->retranslate();
    m_findBar->retranslate();
    m_lanes->retranslate();
    m_model->retranslate();
    m_detail->retranslate();
}

void TimelineView::restyle()
{
    m_events->setIcon(icon(Icon::Tail));
    m_tls->setIcon(icon(Icon::Lock));
    m_hearts->setIcon(icon(Icon::Heart));
    m_pause->setIcon(icon(m_table->isPaused() ? Icon::Resume : Icon::Pause));
    QPalette quiet = m_note->palette();
    quiet.setColor(QPalette::WindowText, Theme::instance().tokens().quiet);
    m_note->setPalette(quiet);
    m_difference->setPalette(quiet);
    m_timeLabel->setPalette(quiet);
    m_filterBar->restyle();
    m_table->viewport()->update();
    m_detail->retranslate(); // its cells hold fonts and colours
}

// Clearing hides what there is; the capture keeps it.
void TimelineView::clear()
{
    class Clear : public QUndoCommand
    {
    public:
        Clear(TimelineView *view, capture::ConnectionId connection, capture::RecordId through)
            : QUndoCommand(tr("clear the timeline")), m_view(view), m_connection(connection), m_through(through),
              m_before(view->m_model->hiddenThrough())
        {}
        void redo() override { m_view->setClearedThrough(m_connection, m_through); }
        void undo() override
        {
            m_view->selection()->setConnection(m_connection);
            m_view->setClearedThrough(m_connection, m_before);
        }

    private:
        TimelineView *m_view;
        capture::ConnectionId m_connection;
        capture::RecordId m_through;
        capture::RecordId m_before;
    };
    if (m_model->rowCount() > 0)
        document()->undoStack()->push(new Clear(this, selection()->connection(), document()->reader().lastId()));
}

void TimelineView::setClearedThrough(capture::ConnectionId connection, capture::RecordId record)
{
    m_clearedThrough[connection] = record;
    if (connection != selection()->connection())
        return;
    m_model->setHiddenThrough(record);
    if (selection()->record() != 0 && selection()->record() <= record)
        selection()->setRecord(0);
    refresh();
}

void TimelineView::switched()
{
    m_model->setHiddenThrough(m_clearedThrough[selection()->connection()]);
    m_model->setConnection(selection()->connection());
    m_detail->showRecord(0);
    if (m_filter)
        filter(m_filter); // of the other connection
}

QString TimelineView::note() const
{
    return m_note->isHidden() ? QString() : m_note->text();
}

QString TimelineView::difference() const
{
    return m_difference->text();
}

analysis::RecordSet TimelineView::shownRecords() const
{
    return m_model->records(0, m_model->rowCount() - 1);
}

analysis::RecordSet TimelineView::selectedRecords() const
{
    std::vector<analysis::RecordSet> parts;
    for (const UniformTable::RowRange range : m_table->selectedRanges())
        parts.push_back(m_model->records(range.first, range.last));
    std::vector<const analysis::RecordSet *> sets;
    for (const analysis::RecordSet &part : parts)
        sets.push_back(&part);
    return unite(sets);
}

QString TimelineView::waitingText(const analysis::ConnectionFacts &facts) const
{
    if (facts.isListener())
        return tr("A listener has no frames of its own. Each connection that it accepted is in the list.");
    if (facts.sent.frames + facts.received.frames > 0)
        return {};
    if (facts.isOver())
        return tr("The connection ended before any frame was exchanged.");
    if (!facts.openedAt)
        return tr("No frames yet: the opening handshake is not done.");
    const QString since = diagnosis::durationText(document()->now() - *facts.openedAt);
    if (facts.vantage() == capture::Vantage::Client)
        return tr("Open for %1, nothing received. The server may wait for your first message.").arg(since);
    return tr("Open for %1, nothing received.").arg(since);
}

void TimelineView::refresh()
{
    const analysis::ConnectionFacts *now = facts();
    m_model->setMarks(now && !now->isListener() ? marksOf(document()->report(now->id)) : RowMarks());
    m_tls->setVisible(now && !now->tlsMessages.empty() && m_forms->currentWidget() == m_table);
    const QString text = now ? waitingText(*now)
                         : m_model->isLoading()
                             ? QString()
                             : tr("No connection is selected. Connect to a server, or open a capture.");
    m_note->setText(text);
    m_note->setVisible(!text.isEmpty());
    const int hidden = m_model->hiddenRows();
    if (hidden == 0)
        m_cleared->clear();
    else
        m_cleared->show(diagnosis::Verdict::Info,
                        tr("Cleared. Hidden rows: %1; the capture keeps them.").arg(QLocale().toString(hidden)),
                        tr("Show them"));
}

void TimelineView::rowChosen()
{
    const std::vector<UniformTable::RowRange> ranges = m_table->selectedRanges();
    qint64 rows = 0;
    for (const UniformTable::RowRange range : ranges)
        rows += range.size();
    const Nanoseconds between =
        rows < 2 ? Nanoseconds(0) : m_model->timeAt(ranges.back().last) - m_model->timeAt(ranges.front().first);
    m_difference->clear();
    if (rows == 2)
        m_difference->setText(tr("Between the two rows: %1").arg(diagnosis::durationText(between)));
    else if (rows > 2)
        m_difference->setText(
            tr("%1 rows selected, %2").arg(QLocale().toString(rows), diagnosis::durationText(between)));
    if (m_choosing || rows == 0)
        return;
    const QModelIndex current = m_table->currentIndex();
    if (!current.isValid())
        return;
    QScopedValueRollback guard(m_choosing, true);
    const capture::RecordId id = m_model->idAt(current.row());
    m_detail->showRecord(id);
    if (selection()->record() != id)
        selection()->setRecord(id);
}

void TimelineView::showSelected()
{
    const capture::RecordId id = selection()->record();
    m_detail->showRecord(id);
    if (m_choosing)
        return;
    QScopedValueRollback guard(m_choosing, true);
    if (id == 0) {
        m_table->clearSelection();
        return;
    }
    const int row = m_model->rowOf(id, true);
    if (row < 0 || (m_table->currentIndex().row() == row && m_table->selectionModel()->hasSelection()))
        return;
    m_table->showRow(row);
}

} // namespace frameglass::ui
