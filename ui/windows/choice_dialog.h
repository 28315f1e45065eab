// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <functional>

class QButtonGroup;
class QRadioButton;
class QVBoxLayout;

namespace frameglass::ui {

/// Groups of choices under headings, with one button to go on: what exports and reports ask before they ask for a file.
/// Deletes itself when it is closed.
class ChoiceDialog : public QDialog
{
    Q_OBJECT
public:
    ChoiceDialog(const QString &name, const QString &title, QWidget *parent);

    /// A heading, and the group of the choices that are added to it next.
    QButtonGroup *addGroup(const QString &title);
    QRadioButton *addChoice(QButtonGroup *group, int id, const char *name, const QString &text);
    /// A widget, or a line of text, under the last group.
    void addWidget(QWidget *widget);
    void addNote(const QString &text);
    /// Opens without blocking; `then` is called when the user goes on.
    void ask(const QString &goOn, const QString &cancel, std::function<void()> then);

private:
    QVBoxLayout *m_layout;
};

} // namespace frameglass::ui
