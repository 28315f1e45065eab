// SPDX-License-Identifier: GPL-3.0-or-later
#include "passphrase_dialog.h"

#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace frameglass::ui {

void askPassphrase(QWidget *parent, const QString &file, bool wrong, std::function<void(std::string)> then,
                   std::function<void()> cancelled)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("Passphrase", text); };
    auto *dialog = new QDialog(parent);
    dialog->setObjectName(QStringLiteral("passphrase"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Passphrase of a private key"));
    auto *question = new WrapLabel(dialog);
    question->setText(tr("The private key in %1 is encrypted. Its passphrase is kept in memory only.").arg(file));
    question->setMinimumWidth(360);
    auto *line = new QLineEdit(dialog);
    line->setObjectName(QStringLiteral("passphraseLine"));
    line->setEchoMode(QLineEdit::Password);
    line->setAccessibleName(tr("Passphrase"));
    auto *fault = new FaultLabel(dialog);
    fault->setFault(wrong ? tr("This passphrase does not open it") : QString(), line);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("Use it"));
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(4 * Theme::space, 4 * Theme::space, 4 * Theme::space, 4 * Theme::space);
    layout->setSpacing(2 * Theme::space);
    layout->addWidget(question);
    layout->addWidget(line);
    layout->addWidget(fault);
    layout->addWidget(buttons);
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    QObject::connect(dialog, &QDialog::accepted, parent, [line, then = std::move(then)] {
        const std::string typed = line->text().toStdString();
        line->clear();
        then(typed);
    });
    QObject::connect(dialog, &QDialog::rejected, parent, std::move(cancelled));
    dialog->open();
    line->setFocus();
}

} // namespace frameglass::ui
