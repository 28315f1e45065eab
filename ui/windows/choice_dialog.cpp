// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice_dialog.h"

#include "ui/support/theme.h"

#include <QButtonGroup>
#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

namespace frameglass::ui {

ChoiceDialog::ChoiceDialog(const QString &name, const QString &title, QWidget *parent)
    : QDialog(parent), m_layout(new QVBoxLayout(this))
{
    setObjectName(name);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    m_layout->setContentsMargins(4 * Theme::space, 4 * Theme::space, 4 * Theme::space, 4 * Theme::space);
    m_layout->setSpacing(2 * Theme::space);
}

QButtonGroup *ChoiceDialog::addGroup(const QString &title)
{
    if (m_layout->count() > 0)
        m_layout->addSpacing(2 * Theme::space);
    auto *label = new QLabel(title, this);
    QFont bold = label->font();
    bold.setBold(true);
    label->setFont(bold);
    m_layout->addWidget(label);
    return new QButtonGroup(this);
}

QRadioButton *ChoiceDialog::addChoice(QButtonGroup *group, int id, const char *name, const QString &text)
{
    auto *button = new QRadioButton(text, this);
    button->setObjectName(QLatin1String(name));
    group->addButton(button, id);
    m_layout->addWidget(button);
    return button;
}

void ChoiceDialog::addWidget(QWidget *widget)
{
    m_layout->addSpacing(2 * Theme::space);
    m_layout->addWidget(widget);
}

void ChoiceDialog::addNote(const QString &text)
{
    auto *note = new QLabel(text, this);
    note->setForegroundRole(QPalette::PlaceholderText);
    addWidget(note);
}

void ChoiceDialog::ask(const QString &goOn, const QString &cancel, std::function<void()> then)
{
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    buttons->button(QDialogButtonBox::Ok)->setText(goOn);
    buttons->button(QDialogButtonBox::Cancel)->setText(cancel);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    addWidget(buttons);
    connect(this, &QDialog::accepted, parentWidget(), std::move(then));
    open();
}

} // namespace frameglass::ui
