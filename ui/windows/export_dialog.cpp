// SPDX-License-Identifier: GPL-3.0-or-later
#include "export_dialog.h"

#include "choice_dialog.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QCoreApplication>
#include <QLocale>
#include <QRadioButton>

namespace frameglass::ui {

namespace {

struct ExportText
{
    Q_DECLARE_TR_FUNCTIONS(Export)
};

QString counted(const QString &text, std::uint64_t count)
{
    return text.arg(QLocale().toString(static_cast<qulonglong>(count)));
}

} // namespace

void askExport(QWidget *parent, const ExportCounts &counts, std::function<void(const ExportChoice &)> then)
{
    auto *dialog = new ChoiceDialog(QStringLiteral("export"), ExportText::tr("Export records"), parent);
    auto *scopes = dialog->addGroup(ExportText::tr("What"));
    auto *selected = dialog->addChoice(scopes, int(ExportScope::Selected), "exportSelected",
                                       counted(ExportText::tr("&Selected rows (%1)"), counts.selected));
    auto *shown = dialog->addChoice(scopes, int(ExportScope::Shown), "exportShown",
                                    counted(ExportText::tr("All &rows of the timeline (%1)"), counts.shown));
    auto *all = dialog->addChoice(scopes, int(ExportScope::All), "exportAll",
                                  counted(ExportText::tr("All records of the &capture (%1)"), counts.all));
    selected->setEnabled(counts.selected > 0);
    shown->setEnabled(counts.shown > 0);
    // One row is what was looked at; several are what was chosen.
    (counts.selected > 1 ? selected : counts.shown > 0 ? shown : all)->setChecked(true);

    auto *forms = dialog->addGroup(ExportText::tr("As"));
    dialog
        ->addChoice(forms, int(capture::ExportForm::JsonLines), "exportJsonLines",
                    ExportText::tr("&JSON Lines: everything that a record holds"))
        ->setChecked(true);
    dialog->addChoice(forms, int(capture::ExportForm::Csv), "exportCsv",
                      ExportText::tr("CS&V: what a row says, for a spreadsheet"));
    auto *secrets = new QCheckBox(ExportText::tr("Include &passwords, tokens and cookies"), dialog);
    secrets->setObjectName(QStringLiteral("exportSecrets"));
    dialog->addWidget(secrets);

    dialog->ask(ExportText::tr("Export…"), ExportText::tr("Cancel"), [scopes, forms, secrets, then = std::move(then)] {
        then({static_cast<ExportScope>(scopes->checkedId()), static_cast<capture::ExportForm>(forms->checkedId()),
              secrets->isChecked()});
    });
}

} // namespace frameglass::ui
