// SPDX-License-Identifier: GPL-3.0-or-later
#include "state_diagram.h"

#include "core/diagnosis/wording.h"
#include "ui/support/theme.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPathStroker>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace frameglass::ui {

using protocol::ConnectionState;
using protocol::Trigger;

namespace {

constexpr double largestScale = 1.35;
constexpr double smallestScale = 0.72;

std::size_t indexOf(ConnectionState state)
{
    return static_cast<std::size_t>(state);
}

/// A name in two lines, broken at the space nearest to its middle.
QStringList brokenInTwo(const QString &text)
{
    qsizetype best = -1;
    for (qsizetype at = text.indexOf(QLatin1Char(' ')); at >= 0; at = text.indexOf(QLatin1Char(' '), at + 1)) {
        if (best < 0 || std::abs(2 * at - text.size()) < std::abs(2 * best - text.size()))
            best = at;
    }
    return best < 0 ? QStringList{text} : QStringList{text.left(best), text.mid(best + 1)};
}

/// An open head at the end of a path.
QPainterPath headOf(const QPainterPath &path, double size)
{
    const double angle = path.angleAtPercent(1.0) * M_PI / 180.0;
    const QPointF tip = path.pointAtPercent(1.0);
    const QPointF back(std::cos(angle), -std::sin(angle));
    const QPointF side(-back.y(), back.x());
    QPainterPath head(tip - back * size + side * size * 0.5);
    head.lineTo(tip);
    head.lineTo(tip - back * size - side * size * 0.5);
    return head;
}

} // namespace

bool StateDiagram::Arrow::taken() const
{
    return std::any_of(labels.begin(), labels.end(), [](const Label &label) { return !label.taken.empty(); });
}

StateDiagram::StateDiagram(QWidget *parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("stateDiagram"));
    setMouseTracking(true);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        layOut();
        update();
    });
    retranslate();
}

void StateDiagram::retranslate()
{
    layOut();
    setAccessibleName(tr("State diagram"));
    setAccessibleDescription(spokenText());
    update();
}

std::size_t StateDiagram::triggerCount() const
{
    std::size_t count = 0;
    for (const Arrow &arrow : m_arrows)
        count += arrow.labels.size();
    return count;
}

void StateDiagram::setWay(std::optional<ConnectionState> state, std::vector<analysis::StateStep> steps,
                          Nanoseconds started)
{
    m_lit = state;
    m_steps = std::move(steps);
    m_started = started;
    markTaken();
    setAccessibleDescription(spokenText());
    update();
}

QString StateDiagram::spokenText() const
{
    if (!m_lit)
        return tr("No connection");
    QStringList parts;
    for (const analysis::StateStep &step : m_steps)
        parts += tr("%1 after %2: %3")
                     .arg(diagnosis::textOf(step.value.to), diagnosis::durationText(step.time - m_started),
                          diagnosis::textOf(step.value.trigger));
    parts += tr("Now: %1").arg(diagnosis::textOf(*m_lit));
    return parts.join(QStringLiteral("; "));
}

QFontMetricsF StateDiagram::boldMetrics() const
{
    QFont bold = font();
    bold.setBold(true); // labels of arrows that were taken
    return QFontMetricsF(bold);
}

double StateDiagram::gapBetween() const
{
    // Wide enough for the widest label broken into two lines.
    const QFontMetricsF metrics = boldMetrics();
    double widest = 0;
    for (const protocol::Transition &transition : protocol::transitions()) {
        for (const QString &line : brokenInTwo(diagnosis::textOf(transition.trigger)))
            widest = std::max(widest, metrics.horizontalAdvance(line));
    }
    return widest + 1.8 * metrics.height();
}

void StateDiagram::layOut()
{
    const QFontMetricsF metrics = boldMetrics();
    const double line = metrics.height();
    double widest = 0;
    for (int i = 0; i < protocol::connectionStateCount; ++i)
        widest = std::max(widest, metrics.horizontalAdvance(diagnosis::textOf(static_cast<ConnectionState>(i))));
    const QSizeF box(widest + 1.6 * line, 2.2 * line);
    const double gap = gapBetween();
    const double rowStep = box.height() + 5.4 * line;
    const auto place = [&](ConnectionState state, double column, double row) {
        m_states[indexOf(state)] =
            QRectF(QPointF(line + column * (box.width() + gap), 1.6 * line + row * rowStep), box);
    };
    place(ConnectionState::Opening, 0, 0.5);
    place(ConnectionState::Open, 1, 0.5);
    place(ConnectionState::CloseSent, 2, 0);
    place(ConnectionState::CloseReceived, 2, 1);
    place(ConnectionState::CloseDone, 3, 0.5);
    place(ConnectionState::Closed, 4, 0.5);
    m_size.setWidth(m_states[indexOf(ConnectionState::Closed)].right() + line);
    // The state that most arrows lead to lies under all others, so that each arrow falls straight into it.
    const double bottom = m_states[indexOf(ConnectionState::CloseReceived)].bottom() + 5.2 * line;
    m_states[indexOf(ConnectionState::Failed)] =
        QRectF(QPointF(m_states[0].left(), bottom),
               QSizeF(m_states[indexOf(ConnectionState::CloseDone)].right() - m_states[0].left(), box.height()));
    m_size.setHeight(bottom + box.height() + line);

    m_arrows.clear();
    for (const protocol::Transition &transition : protocol::transitions()) {
        auto arrow = std::find_if(m_arrows.begin(), m_arrows.end(), [&](const Arrow &known) {
            return known.from == transition.from && known.to == transition.to;
        });
        if (arrow == m_arrows.end())
            arrow = m_arrows.insert(m_arrows.end(), Arrow{transition.from, transition.to, {}, {}});
        arrow->labels.push_back({transition.trigger, transition.clause, {}, {}, {}});
    }
    for (Arrow &arrow : m_arrows)
        route(arrow);
    markTaken();
    updateGeometry();
}

void StateDiagram::route(Arrow &arrow) const
{
    const QRectF from = m_states[indexOf(arrow.from)];
    const QRectF to = m_states[indexOf(arrow.to)];
    if (arrow.to == ConnectionState::Failed)
        routeDown(arrow, from, to);
    else if (std::abs(from.center().y() - to.center().y()) < 1)
        routeAcross(arrow, from, to);
    else
        routeElbow(arrow, from, to);
}

void StateDiagram::setLabel(Label &label, double room) const
{
    const QFontMetricsF metrics = boldMetrics();
    const QString text = diagnosis::textOf(label.trigger);
    label.lines = metrics.horizontalAdvance(text) <= room ? QStringList{text} : brokenInTwo(text);
    double width = 0;
    for (const QString &line : std::as_const(label.lines))
        width = std::max(width, metrics.horizontalAdvance(line));
    label.place.setSize({width, static_cast<double>(label.lines.size()) * metrics.height()});
}

void StateDiagram::routeDown(Arrow &arrow, const QRectF &from, const QRectF &to) const
{
    const double line = boldMetrics().height();
    // From the upper row aside first, past the state beneath.
    const bool upper = arrow.from == ConnectionState::CloseSent;
    const double x = upper ? from.right() + 1.2 * line : from.left() + 1.2 * line;
    arrow.path.moveTo(upper ? QPointF(from.right(), from.center().y()) : QPointF(x, from.bottom()));
    if (upper)
        arrow.path.lineTo(x, from.center().y());
    arrow.path.lineTo(x, to.top());
    double y = to.top() - line - static_cast<double>(arrow.labels.size()) * 1.15 * line;
    for (Label &label : arrow.labels) {
        setLabel(label, from.width() + gapBetween());
        label.place.moveTopLeft({x + 0.5 * line, y});
        y += 1.15 * line;
    }
}

void StateDiagram::routeAcross(Arrow &arrow, const QRectF &from, const QRectF &to) const
{
    const double line = boldMetrics().height();
    arrow.path.moveTo(from.right(), from.center().y());
    arrow.path.lineTo(to.left(), to.center().y());
    double bottom = from.center().y() - 0.25 * line;
    for (Label &label : arrow.labels) {
        setLabel(label, to.left() - from.right() - 1.2 * line);
        label.place.moveCenter({(from.right() + to.left()) / 2 - 0.2 * line, 0});
        label.place.moveBottom(bottom);
        bottom -= label.place.height();
    }
}

void StateDiagram::routeElbow(Arrow &arrow, const QRectF &from, const QRectF &to) const
{
    const double line = boldMetrics().height();
    // Out of one side, up or down, into the other; the label lies on the long level part.
    const bool forks = arrow.from == ConnectionState::Open;
    const double x = forks ? from.center().x() : to.center().x();
    const double level = forks ? to.center().y() : from.center().y();
    const bool down = to.center().y() > from.center().y();
    if (forks) {
        arrow.path.moveTo(x, down ? from.bottom() : from.top());
        arrow.path.lineTo(x, level);
        arrow.path.lineTo(to.left(), level);
    } else {
        arrow.path.moveTo(from.right(), level);
        arrow.path.lineTo(x, level);
        arrow.path.lineTo(x, down ? to.top() : to.bottom());
    }
    const double room = forks ? to.left() - x - 1.8 * line : x - from.right() - 2.2 * line;
    double bottom = level - 0.25 * line;
    for (Label &label : arrow.labels) {
        setLabel(label, room);
        label.place.moveBottom(bottom);
        if (forks)
            label.place.moveLeft(x + 0.7 * line);
        else
            label.place.moveRight(x - 0.5 * line);
        bottom -= label.place.height();
    }
}

void StateDiagram::markTaken()
{
    for (Arrow &arrow : m_arrows) {
        for (Label &label : arrow.labels) {
            label.taken.clear();
            for (const analysis::StateStep &step : m_steps) {
                if (step.value.from == arrow.from && step.value.to == arrow.to && step.value.trigger == label.trigger)
                    label.taken.push_back(&step);
            }
        }
    }
}

QSize StateDiagram::sizeHint() const
{
    return m_size.toSize();
}

QSize StateDiagram::minimumSizeHint() const
{
    return (m_size * smallestScale).toSize();
}

double StateDiagram::scale() const
{
    return std::clamp(std::min(width() / m_size.width(), height() / m_size.height()), smallestScale, largestScale);
}

QPointF StateDiagram::origin() const
{
    return {std::max(0.0, (width() - m_size.width() * scale()) / 2),
            std::max(0.0, (height() - m_size.height() * scale()) / 2)};
}

QRect StateDiagram::labelRect(ConnectionState from, Trigger trigger) const
{
    for (const Arrow &arrow : m_arrows) {
        for (const Label &label : arrow.labels) {
            if (arrow.from == from && label.trigger == trigger)
                return QRectF(origin() + label.place.topLeft() * scale(), label.place.size() * scale()).toRect();
        }
    }
    return {};
}

const StateDiagram::Label *StateDiagram::labelAt(const QPointF &position) const
{
    const QPointF point = (position - origin()) / scale();
    const double reach = QFontMetricsF(font()).height() / 3;
    for (const Arrow &arrow : m_arrows) {
        for (const Label &label : arrow.labels) {
            if (label.place.adjusted(-reach, -reach / 2, reach, reach / 2).contains(point))
                return &label;
        }
    }
    QPainterPathStroker stroker;
    stroker.setWidth(2 * reach);
    for (const Arrow &arrow : m_arrows) {
        if (!stroker.createStroke(arrow.path).contains(point))
            continue;
        const auto taken = std::find_if(arrow.labels.begin(), arrow.labels.end(),
                                        [](const Label &label) { return !label.taken.empty(); });
        return taken == arrow.labels.end() ? &arrow.labels.front() : &*taken;
    }
    return nullptr;
}

void StateDiagram::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(origin());
    painter.scale(scale(), scale());
    painter.setFont(font());
    // The way taken lies over the rest.
    for (const bool taken : {false, true}) {
        for (const Arrow &arrow : m_arrows) {
            if (arrow.taken() == taken)
                paintArrow(painter, arrow);
        }
    }
    for (int i = 0; i < protocol::connectionStateCount; ++i)
        paintState(painter, static_cast<ConnectionState>(i));
}

void StateDiagram::paintArrow(QPainter &painter, const Arrow &arrow) const
{
    const Tokens &tokens = Theme::instance().tokens();
    const double line = painter.fontMetrics().height();
    const bool taken = arrow.taken();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(
        QPen(taken ? tokens.accent : tokens.line, taken ? 2.2 : 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(arrow.path);
    painter.drawPath(headOf(arrow.path, 0.5 * line));
    const bool falls = arrow.to == ConnectionState::Failed;
    for (const Label &label : arrow.labels) {
        QFont labelFont = font();
        labelFont.setBold(!label.taken.empty());
        painter.setFont(labelFont);
        painter.setPen(label.taken.empty() ? tokens.quiet : tokens.text);
        painter.drawText(label.place, static_cast<int>(Qt::AlignLeft | Qt::AlignBottom) | Qt::TextDontClip,
                         label.lines.join(QLatin1Char('\n')));
        if (label.taken.empty())
            continue;
        painter.setFont(font());
        painter.setPen(tokens.accent);
        // Labels over an arrow have room beneath it; those beside a falling arrow have it at their right.
        const QPointF at =
            falls ? label.place.topRight() + QPointF(0.6 * line, 0) : label.place.bottomLeft() + QPointF(0, 0.5 * line);
        painter.drawText(QRectF(at, QSizeF(10 * line, line)),
                         static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip,
                         diagnosis::durationText(label.taken.front()->time - m_started));
    }
}

void StateDiagram::paintState(QPainter &painter, ConnectionState state) const
{
    const Tokens &tokens = Theme::instance().tokens();
    const QRectF box = m_states[indexOf(state)].adjusted(0.75, 0.75, -0.75, -0.75);
    const bool lit = m_lit == state;
    const bool been = std::any_of(m_steps.begin(), m_steps.end(), [state](const analysis::StateStep &step) {
        return step.value.from == state || step.value.to == state;
    });
    QColor accent = tokens.accent;
    if (state == ConnectionState::Failed)
        accent = tokens.fail;
    else if (state == ConnectionState::Open || state == ConnectionState::Closed)
        accent = tokens.pass;
    painter.setBrush(lit ? accent : tokens.raised);
    painter.setPen(QPen(lit || been ? accent : tokens.line, lit || been ? 2.0 : 1.5));
    painter.drawRoundedRect(box, 6, 6);
    QFont nameFont = font();
    nameFont.setBold(lit);
    painter.setFont(nameFont);
    painter.setPen(lit ? tokens.surface : been ? tokens.text : tokens.quiet);
    painter.drawText(box, Qt::AlignCenter, diagnosis::textOf(state));
}

void StateDiagram::mousePressEvent(QMouseEvent *event)
{
    const Label *label = labelAt(event->position());
    if (label && !label->taken.empty())
        emit recordClicked(label->taken.back()->record);
}

QString StateDiagram::labelText(const Label &label) const
{
    QStringList lines{diagnosis::textOf(label.trigger),
                      QString::fromUtf8(label.clause.data(), static_cast<qsizetype>(label.clause.size()))};
    for (const analysis::StateStep *step : label.taken)
        lines += tr("taken %1 after the start; click to select its record")
                     .arg(diagnosis::durationText(step->time - m_started));
    return lines.join(QLatin1Char('\n'));
}

bool StateDiagram::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const Label *label = labelAt(help->pos());
        if (label)
            QToolTip::showText(help->globalPos(), labelText(*label), this);
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::MouseMove) {
        const Label *label = labelAt(static_cast<QMouseEvent *>(event)->position());
        setCursor(label && !label->taken.empty() ? Qt::PointingHandCursor : Qt::ArrowCursor);
    }
    return QWidget::event(event);
}

void StateDiagram::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        layOut();
}

} // namespace frameglass::ui
