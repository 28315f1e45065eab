// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;
class QProgressBar;
class QPushButton;

namespace frameglass::ui {

/// How far a saving in the background is, with Cancel. Takes no room while there is none.
class SavingBar : public QFrame
{
    Q_OBJECT
public:
    explicit SavingBar(QWidget *parent = nullptr);

    void begin(const QString &path);
    void setShare(double share);
    /// What waits for the saving to end is said too.
    void setWaiting(bool waiting);
    void end();

signals:
    void cancelRequested();

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void retranslate();

    QString m_path;
    bool m_waiting = false;
    QLabel *m_text;
    QProgressBar *m_progress;
    QPushButton *m_cancel;
};

} // namespace frameglass::ui
