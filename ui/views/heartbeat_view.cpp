// SPDX-License-Identifier: GPL-3.0-or-later
#include "heartbeat_view.h"

#include "rtt_plot.h"

#include "core/diagnosis/wording.h"
#include "ui/models/ping_model.h"
#include "ui/models/record_row.h"
#include "ui/support/flow_layout.h"
#include "ui/support/theme.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace frameglass::ui {

using diagnosis::durationText;

HeartbeatView::HeartbeatView(Document *document, Selection *selection, QWidget *parent)
    : LiveView(document, selection, parent), m_sentence(new QLabel(this)), m_figures(new QWidget(this)),
      m_who(new QLabel(this)), m_splitter(new QSplitter(Qt::Horizontal, this)), m_plot(new RttPlot(m_splitter)),
      m_model(new PingModel(this)), m_table(new QTableView(m_splitter))
{
    m_sentence->setObjectName(QStringLiteral("heartbeatSentence"));
    m_who->setObjectName(QStringLiteral("heartbeatWho"));
    for (QLabel *label : {m_sentence, m_who}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setContentsMargins(2 * Theme::space, 2 * Theme::space, 2 * Theme::space, Theme::space);
    }
    buildFigures();
    buildTable();
    m_splitter->addWidget(m_plot);
    m_splitter->addWidget(m_table);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_splitter->setSizes({560, 480});

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_sentence);
    layout->addWidget(m_figures);
    layout->addWidget(m_who);
    layout->addWidget(m_splitter, 1);

    connect(m_plot, &RttPlot::recordClicked, this,
            [this](capture::RecordId record) { this->selection()->setRecord(record); });
    connect(selection, &Selection::recordChanged, this, &HeartbeatView::showSelected);
    setReadingWidget(m_table);
    retranslate();
    restyle();
    setTicking(1000);
}

void HeartbeatView::buildFigures()
{
    m_figures->setObjectName(QStringLiteral("heartbeatFigures"));
    auto *row = new FlowLayout(m_figures);
    row->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);
    row->setSpacing(6 * Theme::space);
    for (int figure = 0; figure < FigureCount; ++figure) {
        const auto index = static_cast<std::size_t>(figure);
        auto *cell = new QWidget(m_figures);
        m_names[index] = new QLabel(cell);
        m_values[index] = new QLabel(cell);
        m_values[index]->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        auto *column = new QVBoxLayout(cell);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        column->addWidget(m_values[index], 0, Qt::AlignRight);
        column->addWidget(m_names[index], 0, Qt::AlignRight);
        row->addWidget(cell);
    }
}

void HeartbeatView::buildTable()
{
    m_table->setObjectName(QStringLiteral("heartbeatPings"));
    m_table->setModel(m_model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(PingModel::Outcome, QHeaderView::Stretch);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &row) {
        if (!m_choosing && row.isValid())
            this->selection()->setRecord(m_model->recordAt(row.row()));
    });
    connect(m_table, &QTableView::activated, this,
            [this](const QModelIndex &row) { this->selection()->setRecord(m_model->recordAt(row.row()), 0, 0, true); });
    // New pings come in at the top; what is being read further down stays where it is.
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &, int first, int last) {
        QScrollBar *bar = m_table->verticalScrollBar();
        if (bar->value() > 0) {
            bar->setMaximum(bar->maximum() + last - first + 1);
            bar->setValue(bar->value() + last - first + 1);
        }
    });
}

void HeartbeatView::retranslate()
{
    m_names[Sent]->setText(tr("sent"));
    m_names[Answered]->setText(tr("answered"));
    m_names[Late]->setText(tr("late"));
    m_names[Missed]->setText(tr("missed"));
    m_names[Unsolicited]->setText(tr("unsolicited"));
    m_names[Minimum]->setText(tr("fastest"));
    m_names[Median]->setText(tr("median"));
    m_names[P99]->setText(tr("99 of 100 within"));
    m_names[Late]->setToolTip(tr("Pongs that came after their time-out"));
    m_names[Unsolicited]->setToolTip(tr("Pongs that answer none of our pings"));
    for (int figure = 0; figure < FigureCount; ++figure)
        m_values[static_cast<std::size_t>(figure)]->setAccessibleName(
            m_names[static_cast<std::size_t>(figure)]->text());
    m_figures->setAccessibleName(tr("Heartbeat in figures"));
    m_table->setAccessibleName(tr("Pings, newest first"));
    m_plot->retranslate();
    m_model->retranslate();
}

void HeartbeatView::restyle()
{
    const Tokens &tokens = Theme::instance().tokens();
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, tokens.quiet);
    for (QLabel *name : m_names)
        name->setPalette(quiet);
    m_who->setPalette(quiet);
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.35);
    for (QLabel *value : m_values)
        value->setFont(large);
    const int height = std::max(Theme::rowHeight, fontMetrics().height() + Theme::space);
    m_table->verticalHeader()->setMinimumSectionSize(height);
    m_table->verticalHeader()->setDefaultSectionSize(height);
    m_plot->restyle();
}

void HeartbeatView::switched()
{
    m_plot->clear();
    m_model->setPings({}, {}, capture::Vantage::Client);
}

QString HeartbeatView::sentence()
{
    ensureFresh();
    return m_sentence->text();
}

QString HeartbeatView::figure(Figure figure)
{
    ensureFresh();
    return m_values[static_cast<std::size_t>(figure)]->text();
}

QString HeartbeatView::scheduleText(const analysis::ConnectionFacts &facts) const
{
    const analysis::HeartbeatTrack &track = facts.heartbeat;
    const std::optional<Nanoseconds> interval = facts.started ? facts.started->value.pingInterval : std::nullopt;
    QStringList parts;
    if (interval)
        parts += tr("Your pings every %1").arg(durationText(*interval));
    else if (track.pingsSent > 0)
        parts += tr("Your pings are sent by hand");
    else
        parts += tr("This end sends no pings");
    if (track.lastRtt)
        parts += tr("last pong after %1").arg(durationText(*track.lastRtt));
    else if (track.pingsSent > 0)
        parts += tr("no pong yet");
    if (track.missedInARow > 0)
        parts += tr("%1 missed in a row").arg(QLocale().toString(track.missedInARow));
    if (track.nextDue && document()->isLive(facts.id) && facts.state == protocol::ConnectionState::Open) {
        const Nanoseconds left = std::max(Nanoseconds{0}, *track.nextDue - document()->now());
        // The view is refreshed once a second: more digits would pretend.
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(left);
        parts += tr("next due in %1 s").arg(QLocale().toString(static_cast<qlonglong>(seconds.count())));
    }
    return parts.join(QStringLiteral("; ")) + QLatin1Char('.');
}

QString HeartbeatView::stateText(const analysis::ConnectionFacts &facts) const
{
    if (facts.isListener())
        return tr("A listener has no heartbeat of its own. Each connection that it accepted is in the list.");
    if (!facts.openedAt)
        return facts.isOver() ? tr("The connection never opened, so there was no heartbeat.")
                              : tr("The heartbeat begins once the connection is open.");
    if (facts.heartbeat.pings().empty() && facts.heartbeat.pongsReceived == 0 && facts.isOver())
        return tr("Nobody pinged while the connection was open.");
    return scheduleText(facts);
}

QString HeartbeatView::pingsOf(const analysis::ConnectionFacts &facts, capture::Direction direction) const
{
    const analysis::HeartbeatTrack &track = facts.heartbeat;
    const std::uint64_t count = direction == capture::Direction::Sent ? track.pingsSent : track.pingsReceived;
    const QString who =
        arrowOf(direction) + QLatin1Char(' ') + directionWord(direction, facts.vantage()) + QStringLiteral(": ");
    if (count == 0)
        return who + tr("no pings");
    QString text =
        who + (count == 1 ? tr("1 ping") : tr("%1 pings").arg(QLocale().toString(static_cast<qulonglong>(count))));
    if (const auto mean = track.meanInterval(direction))
        text += tr(", every %1 on average").arg(durationText(*mean));
    if (direction == capture::Direction::Received && track.withheld > 0)
        text += tr(", %1 left unanswered on purpose").arg(QLocale().toString(static_cast<qulonglong>(track.withheld)));
    return text;
}

void HeartbeatView::showFigures(const analysis::ConnectionFacts *facts)
{
    const auto count = [](std::uint64_t value) { return QLocale().toString(static_cast<qulonglong>(value)); };
    const QString none = QStringLiteral("–");
    const auto set = [this](Figure figure, const QString &text) {
        m_values[static_cast<std::size_t>(figure)]->setText(text);
    };
    if (!facts || facts->isListener()) {
        for (QLabel *value : m_values)
            value->setText(none);
        return;
    }
    const analysis::HeartbeatTrack &track = facts->heartbeat;
    set(Sent, count(track.pingsSent));
    set(Answered, count(track.matched));
    set(Late, count(track.late));
    set(Missed, count(track.missed));
    set(Unsolicited, count(track.unsolicited));
    const auto rtt = track.rtt(capture::Direction::Sent);
    set(Minimum, rtt.samples > 0 ? durationText(rtt.minimum) : none);
    set(Median, rtt.samples > 0 ? durationText(rtt.median) : none);
    set(P99, rtt.samples > 0 ? durationText(rtt.p99) : none);
    const Tokens &tokens = Theme::instance().tokens();
    const auto tint = [this](Figure figure, const QColor &colour) {
        QLabel *value = m_values[static_cast<std::size_t>(figure)];
        QPalette colours = value->palette();
        colours.setColor(QPalette::WindowText, colour);
        value->setPalette(colours);
    };
    tint(Missed, track.missed > 0 ? tokens.fail : tokens.text);
    tint(Late, track.late > 0 ? tokens.warn : tokens.text);
    tint(Unsolicited, track.unsolicited > 0 ? tokens.info : tokens.text);
}

void HeartbeatView::refresh()
{
    const analysis::ConnectionFacts *now = facts();
    showFigures(now);
    if (!now) {
        m_sentence->setText(tr("No connection is selected. Connect to a server, or open a capture."));
        m_who->clear();
        return;
    }
    m_sentence->setText(stateText(*now));
    m_who->setText(now->isListener() ? QString()
                                     : pingsOf(*now, capture::Direction::Sent) + QStringLiteral("   ") +
                                           pingsOf(*now, capture::Direction::Received));
    const Nanoseconds started = now->started ? now->started->time : Nanoseconds{0};
    m_plot->setPings(now->heartbeat, started);
    const bool first = m_model->rowCount() == 0;
    m_model->setPings(now->heartbeat.pings(), started, now->vantage());
    if (first && m_model->rowCount() > 0) {
        for (const int column : {PingModel::Time, PingModel::Dir, PingModel::Rtt, PingModel::TcpRtt}) {
            m_table->resizeColumnToContents(column);
            m_table->setColumnWidth(column, m_table->columnWidth(column) + 4 * Theme::space);
        }
    }
    showSelected();
}

void HeartbeatView::showSelected()
{
    QScopedValueRollback guard(m_choosing, true);
    m_plot->setSelected(selection()->record());
    const int row = m_model->rowOf(selection()->record());
    if (row < 0)
        m_table->clearSelection();
    else if (m_table->currentIndex().row() != row)
        m_table->setCurrentIndex(m_model->index(row, 0));
}

} // namespace frameglass::ui
