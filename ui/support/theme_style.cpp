// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme_style.h"

#include "theme.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>
#include <QTabBar>
#include <QToolButton>

namespace frameglass::ui {

namespace {

constexpr double radius = 4;
constexpr double ringWidth = 2;

const Tokens &tokens()
{
    return Theme::instance().tokens();
}

QColor veil(const QColor &colour, int alpha)
{
    QColor result = colour;
    result.setAlpha(alpha);
    return result;
}

void drawBox(QPainter *painter, const QRect &rect, const QColor &fill, const QColor &edge)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(edge.isValid() ? QPen(edge, 1) : QPen(Qt::NoPen));
    painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    painter->restore();
}

void drawRing(QPainter *painter, const QRect &rect, double corner = radius)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(tokens().accent, ringWidth));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), corner, corner);
    painter->restore();
}

void drawArrow(QPainter *painter, const QRect &rect, const QColor &colour, bool up = false)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF centre = QRectF(rect).center();
    const double tip = up ? -1.75 : 1.75;
    painter->drawPolyline(
        QPolygonF({centre + QPointF(-3.5, -tip), centre + QPointF(0, tip), centre + QPointF(3.5, -tip)}));
    painter->restore();
}

void drawCheck(QPainter *painter, const QRect &rect, bool on, bool enabled)
{
    const QColor lit = enabled ? tokens().accent : tokens().quiet;
    drawBox(painter, rect, on ? lit : tokens().surface, on ? lit : enabled ? tokens().quiet : tokens().line);
    if (!on)
        return;
    const QRectF r = rect;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(tokens().surface, 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->drawPolyline(QPolygonF({{r.left() + r.width() * 0.25, r.top() + r.height() * 0.52},
                                     {r.left() + r.width() * 0.43, r.top() + r.height() * 0.70},
                                     {r.left() + r.width() * 0.76, r.top() + r.height() * 0.32}}));
    painter->restore();
}

bool isPrimary(const QWidget *widget)
{
    return widget && widget->property("primary").toBool();
}

} // namespace

ThemeStyle::ThemeStyle() : QProxyStyle(QStringLiteral("fusion"))
{
    // A ring must come and go also where a widget repaints only its viewport on a change of focus.
    connect(qApp, &QApplication::focusChanged, this, [](QWidget *old, QWidget *now) {
        for (QWidget *widget : {old, now})
            if (widget)
                widget->update();
    });
}

void ThemeStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                               const QWidget *widget) const
{
    const bool focus = option->state & State_HasFocus;
    const bool enabled = option->state & State_Enabled;
    const bool over = enabled && (option->state & State_MouseOver);
    const bool down = option->state & (State_Sunken | State_On);
    switch (element) {
    case PE_FrameFocusRect:
        if (qobject_cast<const QAbstractItemView *>(widget)) {
            painter->save();
            painter->setPen(QPen(tokens().accent, 1));
            painter->drawRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5));
            painter->restore();
            return;
        }
        drawRing(painter, option->rect, 2);
        return;
    case PE_PanelButtonCommand: {
        if (isPrimary(widget) && enabled) {
            const QColor fill = down   ? tokens().accent.darker(115)
                                : over ? tokens().accent.lighter(110)
                                       : tokens().accent;
            drawBox(painter, option->rect, fill, fill);
            if (focus)
                drawBox(painter, option->rect.adjusted(2, 2, -2, -2), {}, tokens().surface);
        } else {
            drawBox(painter, option->rect,
                    down   ? tokens().line
                    : over ? veil(tokens().line, 140)
                           : tokens().surface,
                    tokens().line);
        }
        if (focus)
            drawRing(painter, option->rect);
        return;
    }
    case PE_PanelButtonTool: {
        const bool flat = option->state & State_AutoRaise;
        if (down)
            drawBox(painter, option->rect, veil(tokens().accent, 40), veil(tokens().accent, 120));
        else if (over)
            drawBox(painter, option->rect, veil(tokens().line, 140), flat ? QColor() : tokens().line);
        else if (!flat)
            drawBox(painter, option->rect, tokens().surface, tokens().line);
        if (focus)
            drawRing(painter, option->rect);
        return;
    }
    case PE_FrameLineEdit:
    case PE_PanelLineEdit:
        if (widget && (qobject_cast<const QComboBox *>(widget->parentWidget()) ||
                       qobject_cast<const QAbstractSpinBox *>(widget->parentWidget())))
            return;
        drawBox(painter, option->rect, enabled ? tokens().surface : tokens().raised, tokens().line);
        if (focus)
            drawRing(painter, option->rect);
        return;
    case PE_Frame:
        painter->save();
        painter->setPen(tokens().line);
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        if (focus && qobject_cast<const QAbstractScrollArea *>(widget))
            drawRing(painter, option->rect, 1);
        return;
    case PE_FrameTabWidget:
        painter->save();
        painter->setPen(tokens().line);
        painter->drawLine(option->rect.topLeft(), option->rect.topRight());
        painter->restore();
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: drawCheck(painter, option->rect, option->state & State_On, enabled); return;
    case PE_FrameTabBarBase: return;
    case PE_FrameStatusBarItem: return;
    default: QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void ThemeStyle::drawTab(const QStyleOption *option, QPainter *painter) const
{
    const bool selected = option->state & State_Selected;
    const bool over = option->state & State_MouseOver;
    if (over && !selected)
        painter->fillRect(option->rect, veil(tokens().line, 90));
    if (selected) {
        QRect bar = option->rect.adjusted(Theme::space, 0, -Theme::space, 0);
        bar.setTop(bar.bottom() - 1);
        painter->fillRect(bar, tokens().accent);
    }
}

void ThemeStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                             const QWidget *widget) const
{
    switch (element) {
    case CE_TabBarTabShape: drawTab(option, painter); return;
    case CE_HeaderSection: {
        painter->fillRect(option->rect, tokens().raised);
        painter->setPen(tokens().line);
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        painter->drawLine(option->rect.topRight(), option->rect.bottomRight());
        return;
    }
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, tokens().raised);
        painter->setPen(tokens().line);
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        return;
    case CE_Splitter: painter->fillRect(option->rect, tokens().line); return;
    case CE_PushButtonLabel: {
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        if (button && isPrimary(widget) && (option->state & State_Enabled)) {
            QStyleOptionButton copy = *button;
            copy.palette.setColor(QPalette::ButtonText, copy.palette.color(QPalette::HighlightedText));
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    }
    case CE_TabBarTabLabel: {
        const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option);
        if (tab && !(tab->state & State_Selected)) {
            QStyleOptionTab copy = *tab;
            copy.palette.setColor(QPalette::WindowText, tokens().quiet);
            copy.palette.setColor(QPalette::ButtonText, tokens().quiet);
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    }
    default: break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void ThemeStyle::drawCombo(const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const
{
    const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option);
    const bool enabled = option->state & State_Enabled;
    const bool over = enabled && (option->state & State_MouseOver) && combo && !combo->editable;
    if (combo && combo->frame)
        drawBox(painter, option->rect,
                !enabled ? tokens().raised
                : over   ? veil(tokens().line, 140)
                         : tokens().surface,
                tokens().line);
    drawArrow(painter, subControlRect(CC_ComboBox, option, SC_ComboBoxArrow, widget),
              enabled ? tokens().quiet : tokens().line);
    const bool inside = widget && widget->focusProxy() && widget->focusProxy()->hasFocus();
    if ((option->state & State_HasFocus) || inside)
        drawRing(painter, option->rect);
}

void ThemeStyle::drawSpin(const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const
{
    const auto *spin = qstyleoption_cast<const QStyleOptionSpinBox *>(option);
    const bool enabled = option->state & State_Enabled;
    drawBox(painter, option->rect, enabled ? tokens().surface : tokens().raised, tokens().line);
    for (const auto &[part, step] : {std::pair{SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled},
                                     std::pair{SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled}}) {
        const bool can = enabled && spin && (spin->stepEnabled & step);
        drawArrow(painter, subControlRect(CC_SpinBox, option, part, widget), can ? tokens().quiet : tokens().line,
                  part == SC_SpinBoxUp);
    }
    if (option->state & State_HasFocus)
        drawRing(painter, option->rect);
}

void ThemeStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                                    const QWidget *widget) const
{
    if (control == CC_SpinBox) {
        drawSpin(option, painter, widget);
        return;
    }
    if (control == CC_ComboBox) {
        drawCombo(option, painter, widget);
        return;
    }
    if (control == CC_ToolButton) {
        const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
        const bool popup = button && button->subControls & SC_ToolButtonMenu;
        if (button && !popup) {
            // The label alone; the ring is part of the panel.
            QStyleOptionToolButton panel = *button;
            panel.rect = option->rect;
            const bool shown = !(button->state & State_AutoRaise) || button->state & (State_Sunken | State_On) ||
                               button->state & State_MouseOver || button->state & State_HasFocus;
            if (shown)
                drawPrimitive(PE_PanelButtonTool, &panel, painter, widget);
            QStyleOptionToolButton label = *button;
            label.state &= ~State_HasFocus;
            if (button->features & QStyleOptionToolButton::HasMenu) {
                QRect arrow = option->rect;
                arrow.setLeft(arrow.right() - 16);
                drawArrow(painter, arrow, tokens().quiet);
                label.rect.setRight(arrow.left());
                label.features &= ~QStyleOptionToolButton::HasMenu;
            }
            if (button->toolButtonStyle != Qt::ToolButtonIconOnly && !button->text.isEmpty())
                label.rect.adjust(Theme::space, 0, -Theme::space, 0);
            drawControl(CE_ToolButtonLabel, &label, painter, widget);
            return;
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

int ThemeStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_SplitterWidth: return 1;
    case PM_SmallIconSize:
    case PM_ButtonIconSize: return 16 * std::max(Theme::instance().zoom(), 100) / 100; // as large as the words beside
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarBaseOverlap:
    case PM_TabBarTabOverlap: return 0;
    case PM_TabBarTabHSpace: return 7 * Theme::space;
    case PM_TabBarTabVSpace: return 3 * Theme::space;
    case PM_HeaderMargin: return Theme::space + 2;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing: return 2 * Theme::space;
    case PM_LayoutLeftMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutBottomMargin: return 3 * Theme::space;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

QSize ThemeStyle::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                                   const QWidget *widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    const int control = Theme::instance().rowPixels() + 2 * Theme::space;
    switch (type) {
    case CT_PushButton: return {result.width() + 2 * Theme::space, std::max(result.height(), control)};
    case CT_ToolButton: {
        const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
        const bool worded = button && button->toolButtonStyle != Qt::ToolButtonIconOnly && !button->text.isEmpty();
        return worded ? result + QSize(2 * Theme::space, 0) : result;
    }
    case CT_ItemViewItem: return {result.width(), std::max(result.height(), Theme::instance().rowPixels())};
    case CT_LineEdit:
    case CT_ComboBox:
    case CT_SpinBox: return {result.width(), std::max(result.height(), control)};
    default: return result;
    }
}

int ThemeStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                          QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_ComboBox_Popup: return 0;
    case SH_EtchDisabledText:
    case SH_DialogButtonBox_ButtonsHaveIcons: return 0;
    case SH_ToolTip_WakeUpDelay: return 500;
    case SH_Widget_Animation_Duration: return std::min(150, QProxyStyle::styleHint(hint, option, widget, data));
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

void ThemeStyle::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget) || qobject_cast<QTabBar *>(widget))
        widget->setAttribute(Qt::WA_Hover);
    // Entries are worded after the box was made, and again with another language.
    if (auto *combo = qobject_cast<QComboBox *>(widget); combo && !combo->isEditable())
        combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
}

} // namespace frameglass::ui
