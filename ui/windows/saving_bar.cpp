// SPDX-License-Identifier: GPL-3.0-or-later
#include "saving_bar.h"

#include "ui/support/theme.h"

#include <QDir>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>

namespace frameglass::ui {

SavingBar::SavingBar(QWidget *parent)
    : QFrame(parent), m_text(new QLabel(this)), m_progress(new QProgressBar(this)), m_cancel(new QPushButton(this))
{
    setObjectName(QStringLiteral("saving"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_progress->setRange(0, 100);
    m_progress->setMaximumWidth(240);
    m_cancel->setObjectName(QStringLiteral("savingCancel"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(4 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);
    layout->setSpacing(3 * Theme::space);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_progress);
    layout->addWidget(m_cancel);
    connect(m_cancel, &QPushButton::clicked, this, &SavingBar::cancelRequested);
    setVisible(false);
    retranslate();
}

void SavingBar::begin(const QString &path)
{
    m_path = path;
    m_waiting = false;
    m_progress->setValue(0);
    retranslate();
    setVisible(true);
}

void SavingBar::setShare(double share)
{
    m_progress->setValue(int(share * 100));
}

void SavingBar::setWaiting(bool waiting)
{
    m_waiting = waiting;
    retranslate();
}

void SavingBar::end()
{
    setVisible(false);
}

void SavingBar::retranslate()
{
    QString text = tr("Saving to %1. Recording goes on.").arg(QDir::toNativeSeparators(m_path));
    if (m_waiting)
        text += u' ' + tr("What you asked for follows when it is written.");
    m_text->setText(text);
    m_progress->setAccessibleName(tr("Progress of saving"));
    m_cancel->setText(tr("Cancel"));
    m_cancel->setAccessibleName(tr("Cancel saving"));
    m_cancel->setToolTip(tr("Stop saving; the capture and the file at the target stay as they are"));
}

void SavingBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QFrame::changeEvent(event);
}

void SavingBar::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = Theme::instance().tokens();
    QPainter painter(this);
    painter.fillRect(rect(), tokens.surface);
    painter.fillRect(QRect(0, height() - 1, width(), 1), tokens.line);
}

} // namespace frameglass::ui
