// SPDX-License-Identifier: GPL-3.0-or-later
#include "confirm.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

namespace frameglass::ui {

void confirm(QWidget *parent, const QString &title, const QString &text, const QString &action,
             std::function<void()> then)
{
    auto *box = new QMessageBox(QMessageBox::Question, title, text, QMessageBox::NoButton, parent);
    box->setObjectName(QStringLiteral("confirm"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    const QPushButton *yes = box->addButton(action, QMessageBox::DestructiveRole);
    QPushButton *cancel = box->addButton(QMessageBox::Cancel);
    cancel->setText(QCoreApplication::translate("Confirm", "Cancel"));
    box->setDefaultButton(cancel);
    QObject::connect(box, &QMessageBox::buttonClicked, parent,
                     [yes, then = std::move(then)](const QAbstractButton *button) {
                         if (button == yes)
                             then();
                     });
    box->open();
}

} // namespace frameglass::ui
