// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnosis/check.h"
#include "ui/support/wrap_label.h"

#include <QFrame>

class QToolButton;
class QPushButton;

namespace frameglass::ui {

/// One sentence with its sign and colour, and what can be done about it. Hidden while it has nothing to say.
class NoticeBar : public QFrame
{
    Q_OBJECT
public:
    explicit NoticeBar(QWidget *parent = nullptr);

    void show(diagnosis::Verdict verdict, const QString &text, const QString &action = {});
    void clear();
    void setDismissable(bool dismissable);
    QString text() const;
    QPushButton *actionButton() const { return m_action; }

signals:
    void actionTriggered();
    void dismissed();

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void restyle();
    diagnosis::Verdict m_verdict = diagnosis::Verdict::Info;
    QLabel *m_sign;
    QLabel *m_text;
    QPushButton *m_action;
    QToolButton *m_dismiss;
};

/// What is wrong with the field beside it; takes no room while nothing is.
class FaultLabel : public WrapLabel
{
    Q_OBJECT
public:
    explicit FaultLabel(QWidget *parent = nullptr);
    /// Shows the fault (empty: none) and tells screen readers through the description of `field`.
    void setFault(const QString &text, QWidget *field = nullptr);
    bool hasFault() const { return !text().isEmpty(); }

private:
    void restyle();
};

} // namespace frameglass::ui
