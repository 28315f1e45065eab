// SPDX-License-Identifier: GPL-3.0-or-later
#include "export_dialog.h"

#include "ui/support/theme.h"
#include "ui/support/wrap_label.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

namespace frameglass::ui {

namespace {

struct ExportText
{
    Q_DECLARE_TR_FUNCTIONS(Export)
};

QRadioButton *choice(QWidget *parent, QButtonGroup *group, int id, const char *name, const QString &text)
{
    auto *button = new QRadioButton(text, parent);
    button->setObjectName(QLatin1String(name));
    group->addButton(button, id);
    return button;
}

QString counted(const QString &text, std::uint64_t count)
{
    return text.arg(QLocale().toString(static_cast<qulonglong>(count)));
}

} // namespace

void askExport(QWidget *parent, const ExportCounts &counts, std::function<void(const ExportChoice &)> then)
{
    auto *dialog = new QDialog(parent);
    dialog->setObjectName(QStringLiteral("export"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(ExportText::tr("Export records"));

    auto *scopes = new QButtonGroup(dialog);
    auto *selected = choice(dialog, scopes, int(ExportScope::Selected), "exportSelected",
                            counted(ExportText::tr("&Selected rows (%1)"), counts.selected));
    auto *shown = choice(dialog, scopes, int(ExportScope::Shown), "exportShown",
                         counted(ExportText::tr("All &rows of the timeline (%1)"), counts.shown));
    auto *all = choice(dialog, scopes, int(ExportScope::All), "exportAll",
                       counted(ExportText::tr("All records of the &capture (%1)"), counts.all));
    selected->setEnabled(counts.selected > 0);
    shown->setEnabled(counts.shown > 0);
    // One row is what was looked at; several are what was chosen.
    (counts.selected > 1 ? selected : counts.shown > 0 ? shown : all)->setChecked(true);

    auto *forms = new QButtonGroup(dialog);
    auto *lines = choice(dialog, forms, int(capture::ExportForm::JsonLines), "exportJsonLines",
                         ExportText::tr("&JSON Lines: everything that a record holds"));
    choice(dialog, forms, int(capture::ExportForm::Csv), "exportCsv",
           ExportText::tr("CS&V: what a row says, for a spreadsheet"));
    lines->setChecked(true);
    auto *secrets = new QCheckBox(ExportText::tr("Include &passwords, tokens and cookies"), dialog);
    secrets->setObjectName(QStringLiteral("exportSecrets"));

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    buttons->button(QDialogButtonBox::Ok)->setText(ExportText::tr("Export…"));
    buttons->button(QDialogButtonBox::Cancel)->setText(ExportText::tr("Cancel"));
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);

    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(4 * Theme::space, 4 * Theme::space, 4 * Theme::space, 4 * Theme::space);
    layout->setSpacing(2 * Theme::space);
    const auto addGroup = [&](const QString &title, const QButtonGroup *group) {
        auto *label = new QLabel(title, dialog);
        QFont bold = label->font();
        bold.setBold(true);
        label->setFont(bold);
        layout->addWidget(label);
        for (QAbstractButton *button : group->buttons())
            layout->addWidget(button);
        layout->addSpacing(2 * Theme::space);
    };
    addGroup(ExportText::tr("What"), scopes);
    addGroup(ExportText::tr("As"), forms);
    layout->addWidget(secrets);
    layout->addSpacing(2 * Theme::space);
    layout->addWidget(buttons);

    QObject::connect(dialog, &QDialog::accepted, parent, [scopes, forms, secrets, then = std::move(then)] {
        then({static_cast<ExportScope>(scopes->checkedId()), static_cast<capture::ExportForm>(forms->checkedId()),
              secrets->isChecked()});
    });
    dialog->open();
}

} // namespace frameglass::ui
