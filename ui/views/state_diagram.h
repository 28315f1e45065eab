// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"

#include <QPainterPath>
#include <QWidget>

#include <array>
#include <optional>

namespace frameglass::ui {

/// The state machine of a connection, drawn from protocol::transitions(): every state, every arrow with what triggers
/// it, the way that was taken, the state it is in.
class StateDiagram : public QWidget
{
    Q_OBJECT
public:
    explicit StateDiagram(QWidget *parent = nullptr);

    /// Nothing is lit without a state. `started` is the time that the steps' times are counted from.
    void setWay(std::optional<protocol::ConnectionState> state, std::vector<analysis::StateStep> steps,
                Nanoseconds started);
    std::optional<protocol::ConnectionState> litState() const { return m_lit; }
    /// How many arrows with how many triggers are drawn.
    std::size_t arrowCount() const { return m_arrows.size(); }
    std::size_t triggerCount() const;
    /// Where an arrow's label is, in widget coordinates; empty when there is no such transition.
    QRect labelRect(protocol::ConnectionState from, protocol::Trigger trigger) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    void retranslate();

signals:
    void recordClicked(frameglass::capture::RecordId record);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    bool event(QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Label
    {
        protocol::Trigger trigger;
        std::string_view clause;
        QStringList lines; ///< the trigger's name, broken where its arrow is short
        QRectF place;
        std::vector<const analysis::StateStep *> taken;
    };
    struct Arrow
    {
        protocol::ConnectionState from;
        protocol::ConnectionState to;
        QPainterPath path;
        std::vector<Label> labels;
        bool taken() const;
    };
    void layOut();
    void markTaken();
    void route(Arrow &arrow) const;
    void routeDown(Arrow &arrow, const QRectF &from, const QRectF &to) const;
    void routeAcross(Arrow &arrow, const QRectF &from, const QRectF &to) const;
    void routeElbow(Arrow &arrow, const QRectF &from, const QRectF &to) const;
    /// Sizes a label for the room it has.
    void setLabel(Label &label, double room) const;
    double gapBetween() const;
    QFontMetricsF boldMetrics() const;
    void paintArrow(QPainter &painter, const Arrow &arrow) const;
    void paintState(QPainter &painter, protocol::ConnectionState state) const;
    QString labelText(const Label &label) const;
    QString spokenText() const;
    /// Drawing is laid out in units of the font and scaled to fit.
    double scale() const;
    QPointF origin() const;
    const Label *labelAt(const QPointF &position) const;

    std::optional<protocol::ConnectionState> m_lit;
    std::vector<analysis::StateStep> m_steps;
    Nanoseconds m_started{0};
    std::array<QRectF, protocol::connectionStateCount> m_states;
    std::vector<Arrow> m_arrows;
    QSizeF m_size;
};

} // namespace frameglass::ui
