// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_dialog.h"

#include "choice_dialog.h"

#include <QButtonGroup>
#include <QCoreApplication>
#include <QLocale>
#include <QRadioButton>

namespace frameglass::ui {

namespace {

struct ReportDialogText
{
    Q_DECLARE_TR_FUNCTIONS(ReportDialog)
};

using diagnosis::ReportForm;

QString textOf(ReportForm form)
{
    switch (form) {
    case ReportForm::Html: return ReportDialogText::tr("&Web page: one file with the timeline's picture");
    case ReportForm::Markdown: return ReportDialogText::tr("&Markdown: for an issue or a chat");
    case ReportForm::Text: return ReportDialogText::tr("&Plain text");
    case ReportForm::Json: return ReportDialogText::tr("&JSON: everything, for programs");
    case ReportForm::Junit: return ReportDialogText::tr("JUnit &XML: each check as a test case");
    case ReportForm::Sarif: return ReportDialogText::tr("&SARIF: for code scanning");
    }
    return {};
}

} // namespace

void askReport(QWidget *parent, const QString &selected, std::uint64_t all,
               std::function<void(const ReportChoice &)> then)
{
    auto *dialog = new ChoiceDialog(QStringLiteral("report"), ReportDialogText::tr("Report"), parent);
    auto *scopes = dialog->addGroup(ReportDialogText::tr("About"));
    auto *one =
        dialog->addChoice(scopes, 0, "reportSelected",
                          selected.isEmpty() ? ReportDialogText::tr("&The selected connection")
                                             : ReportDialogText::tr("&The selected connection: %1").arg(selected));
    auto *every = dialog->addChoice(
        scopes, 1, "reportAll",
        ReportDialogText::tr("&All connections (%1)").arg(QLocale().toString(static_cast<qulonglong>(all))));
    one->setEnabled(!selected.isEmpty());
    (selected.isEmpty() ? every : one)->setChecked(true);

    auto *forms = dialog->addGroup(ReportDialogText::tr("As"));
    for (const ReportForm form : {ReportForm::Html, ReportForm::Markdown, ReportForm::Text, ReportForm::Json,
                                  ReportForm::Junit, ReportForm::Sarif}) {
        const QByteArray name = "report" + QByteArray(diagnosis::nameOf(form).data());
        dialog->addChoice(forms, int(form), name.constData(), textOf(form))->setChecked(form == ReportForm::Html);
    }
    dialog->addNote(ReportDialogText::tr("Passwords, tokens and cookies are masked."));
    dialog->ask(ReportDialogText::tr("Save report…"), ReportDialogText::tr("Cancel"),
                [scopes, forms, then = std::move(then)] {
                    then({scopes->checkedId() == 1, static_cast<ReportForm>(forms->checkedId())});
                });
}

} // namespace frameglass::ui
