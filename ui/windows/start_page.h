// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>
#include <QStringList>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace frameglass::ui {

/// What a user sees before there is anything to see: what to type, three examples, and captures that an earlier run
/// left behind.
class StartPage : public QScrollArea
{
    Q_OBJECT
public:
    explicit StartPage(QWidget *parent = nullptr);

    void setLeftovers(const QStringList &paths);

signals:
    void echoRequested();
    void brokenRequested();
    void openRequested();
    void leftoverOpened(const QString &path);
    void leftoverDiscarded(const QString &path, const QString &when);

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void restyle();

    struct Example
    {
        QPushButton *button;
        QLabel *text;
    };
    Example addExample(QVBoxLayout *layout, const char *name);

    QLabel *m_title;
    QLabel *m_lead;
    Example m_echo;
    Example m_broken;
    Example m_open;
    QLabel *m_leftTitle;
    QVBoxLayout *m_leftRows;
    QStringList m_leftovers;
    QWidget *m_column;
};

} // namespace frameglass::ui
