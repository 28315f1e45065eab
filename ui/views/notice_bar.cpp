// SPDX-License-Identifier: GPL-3.0-or-later
#include "notice_bar.h"

#include "ui/models/checklist_model.h"
#include "ui/support/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace frameglass::ui {

NoticeBar::NoticeBar(QWidget *parent)
    : QFrame(parent), m_sign(new QLabel(this)), m_text(new WrapLabel(this)), m_action(new QPushButton(this)),
      m_dismiss(new QToolButton(this))
{
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setMinimumWidth(60);
    m_dismiss->setAutoRaise(true);
    m_dismiss->setIcon(icon(Icon::Close));
    m_dismiss->hide();
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(4 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);
    layout->setSpacing(2 * Theme::space);
    layout->addWidget(m_sign);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_action);
    layout->addWidget(m_dismiss);
    connect(m_action, &QPushButton::clicked, this, &NoticeBar::actionTriggered);
    connect(m_dismiss, &QToolButton::clicked, this, [this] {
        clear();
        emit dismissed();
    });
    connect(&Theme::instance(), &Theme::changed, this, &NoticeBar::restyle);
    clear();
    restyle();
}

void NoticeBar::show(diagnosis::Verdict verdict, const QString &text, const QString &action)
{
    if (isVisibleTo(parentWidget()) && verdict == m_verdict && text == m_text->text() && action == m_action->text())
        return;
    m_verdict = verdict;
    m_sign->setText(diagnosis::signOf(verdict));
    m_text->setText(text);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    setAccessibleName(textOf(verdict) + QStringLiteral(": ") + text);
    restyle();
    setVisible(true);
}

void NoticeBar::clear()
{
    m_text->clear();
    setVisible(false);
}

void NoticeBar::setDismissable(bool dismissable)
{
    m_dismiss->setVisible(dismissable);
    m_dismiss->setToolTip(tr("Hide this notice"));
    m_dismiss->setAccessibleName(m_dismiss->toolTip());
}

QString NoticeBar::text() const
{
    return m_text->text();
}

void NoticeBar::restyle()
{
    QPalette palette = m_sign->palette();
    palette.setColor(QPalette::WindowText, colourOf(m_verdict));
    m_sign->setPalette(palette);
    QFont bold = font();
    bold.setBold(true);
    m_sign->setFont(bold);
    update();
}

void NoticeBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange && !m_dismiss->isHidden())
        setDismissable(true);
    if (event->type() == QEvent::FontChange)
        restyle();
    QFrame::changeEvent(event);
}

void NoticeBar::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = Theme::instance().tokens();
    QPainter painter(this);
    painter.fillRect(rect(), tokens.surface);
    QColor wash = colourOf(m_verdict);
    wash.setAlpha(Theme::instance().isDark() ? 34 : 22);
    painter.fillRect(rect(), wash);
    painter.fillRect(QRect(0, 0, 3, height()), colourOf(m_verdict));
    painter.fillRect(QRect(0, height() - 1, width(), 1), tokens.line);
}

FaultLabel::FaultLabel(QWidget *parent) : WrapLabel(parent)
{
    setVisible(false);
    connect(&Theme::instance(), &Theme::changed, this, &FaultLabel::restyle);
    restyle();
}

void FaultLabel::setFault(const QString &text, QWidget *field)
{
    setText(text.isEmpty() ? QString() : diagnosis::signOf(diagnosis::Verdict::Fail) + u' ' + text);
    setVisible(!text.isEmpty());
    if (field)
        field->setAccessibleDescription(text);
}

void FaultLabel::restyle()
{
    QPalette palette;
    palette.setColor(QPalette::WindowText, Theme::instance().tokens().fail);
    setPalette(palette);
}

} // namespace frameglass::ui
