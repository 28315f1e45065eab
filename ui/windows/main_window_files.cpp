// SPDX-License-Identifier: GPL-3.0-or-later
#include "main_window_p.h"

#include "export_dialog.h"
#include "report_dialog.h"
#include "ui/models/record_model.h"
#include "ui/support/settings.h"
#include "ui/views/timeline_view.h"

#include <QCheckBox>
#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSplitter>
#include <QStandardPaths>
#include <QTabWidget>
#include <QUrl>

#include <utility>

namespace frameglass::ui {

namespace {

constexpr int recentLength = 10;
constexpr auto suffix = ".fglass";

QString droppedCapture(const QMimeData *data)
{
    const auto urls = data->urls();
    for (const QUrl &url : urls)
        if (url.isLocalFile() && url.toLocalFile().endsWith(QLatin1String(suffix), Qt::CaseInsensitive))
            return url.toLocalFile();
    return {};
}

// What went wrong, and what can be done about it.
QString notSavedText(const capture::CaptureError &error, const QString &target)
{
    using capture::CaptureErrorCode;
    QString advice;
    switch (error.code()) {
    case CaptureErrorCode::InUse:
        advice = MainWindow::tr("Choose another name, or close the program that writes there.");
        break;
    case CaptureErrorCode::ReadOnly:
    case CaptureErrorCode::NotFound: advice = MainWindow::tr("Choose a folder that you may write to."); break;
    case CaptureErrorCode::DiskFull: advice = MainWindow::tr("Make room there, or choose another disk."); break;
    default: advice = MainWindow::tr("Choose another place, and look whether the disk is in order.");
    }
    return MainWindow::tr("Not saved. %1 %2 Nothing of the capture is lost.", "what went wrong, what to do")
        .arg(diagnosis::textOf(error.code(), QDir::toNativeSeparators(target)), advice);
}

} // namespace

void MainWindow::settleUnsaved(std::function<void()> then)
{
    // One thing at a time: what a saving under way might lose waits for it, and comes only if it went well.
    if (m_document->isSaving()) {
        m_afterSaving = [this, then] { settleUnsaved(then); };
        m_saving->setWaiting(true);
        return;
    }
    if (!m_document->isUnsaved()) {
        then();
        return;
    }
    auto *box = new QMessageBox(this);
    box->setObjectName(QStringLiteral("unsaved"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(QMessageBox::Question);
    box->setWindowTitle(tr("Save this capture?"));
    box->setText(tr("This capture has not been saved."));
    box->setInformativeText(m_document->hasLiveSessions()
                                ? tr("Its live connections end. What is discarded is gone for good.")
                                : tr("What is discarded is gone for good."));
    QPushButton *save = box->addButton(QMessageBox::Save);
    QPushButton *discard = box->addButton(QMessageBox::Discard);
    QPushButton *cancel = box->addButton(QMessageBox::Cancel);
    save->setText(tr("Save…"));
    discard->setText(tr("Discard"));
    cancel->setText(tr("Cancel"));
    box->setDefaultButton(save);
    connect(box, &QMessageBox::buttonClicked, this, [=, this](QAbstractButton *button) {
        if (button == save) {
            saveAsThen(then);
        } else if (button == discard) {
            m_document->setDiscarded(true);
            then();
        }
    });
    box->open();
}

void MainWindow::newCapture()
{
    settleUnsaved([this] {
        guarded([this] { m_document->newCapture(); });
        m_address->focusUrl();
    });
}

void MainWindow::open()
{
    askFile(false, tr("Open a capture"), {}, [this](const QString &path) { openFile(path); });
}

void MainWindow::openFile(const QString &path)
{
    settleUnsaved([this, path] { openNow(path); });
}

void MainWindow::openNow(const QString &path)
{
    try {
        m_selectFirst = true;
        m_document->open(path);
    } catch (const capture::CaptureError &error) {
        m_selectFirst = false;
        m_document->setDiscarded(false); // nothing took its place
        Settings::instance().remove(settings::recentFiles, QFileInfo(path).absoluteFilePath());
        showNotice(diagnosis::Verdict::Fail, diagnosis::textOf(error.code(), QDir::toNativeSeparators(path)));
        return;
    }
    if (!Document::isInDataFolder(m_document->path()))
        opened(m_document->path());
    if (m_document->wasInterrupted())
        showNotice(diagnosis::Verdict::Warn, tr("The program that wrote this capture ended without closing it. Up to a "
                                                "second of records may be missing at the end."));
    offerLeftovers();
}

void MainWindow::opened(const QString &path)
{
    Settings::instance().prepend(settings::recentFiles, QFileInfo(path).absoluteFilePath(), recentLength);
    updateTitle();
    updateActions();
}

void MainWindow::saveAs()
{
    saveAsThen([] {});
}

void MainWindow::saveAsThen(std::function<void()> then)
{
    askFile(true, tr("Save the capture"), QStringLiteral("capture.fglass"), [this, then](const QString &path) {
        m_saving->begin(path);
        m_document->saveAs(path, [this, path, then](const Document::Saved &saved) {
            if (saved.isDone())
                opened(m_document->path());
            endSaving(saved, path, then);
        });
        updateActions();
    });
}

void MainWindow::endSaving(const Document::Saved &saved, const QString &path, const std::function<void()> &then)
{
    m_saving->end();
    updateActions();
    const auto after = std::exchange(m_afterSaving, {});
    if (saved.error)
        showNotice(diagnosis::Verdict::Fail, notSavedText(*saved.error, path));
    else if (saved.cancelled)
        showNotice(diagnosis::Verdict::Info, tr("Saving to %1 was cancelled.").arg(QDir::toNativeSeparators(path)));
    if (!saved.isDone())
        return;
    then();
    if (after)
        after();
}

void MainWindow::saveCopy()
{
    askFile(true, tr("Save a copy"), QStringLiteral("capture copy.fglass"), [this](const QString &path) {
        auto *box = new QMessageBox(this);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->setIcon(QMessageBox::Question);
        box->setWindowTitle(tr("Save a copy"));
        box->setText(tr("The copy leaves out passwords, tokens and cookies."));
        auto *secrets = new QCheckBox(tr("Include them: only for a copy that stays with you"), box);
        box->setCheckBox(secrets);
        QPushButton *save = box->addButton(QMessageBox::Save);
        save->setText(tr("Save"));
        box->addButton(QMessageBox::Cancel)->setText(tr("Cancel"));
        box->setDefaultButton(save);
        connect(box, &QMessageBox::buttonClicked, this, [=, this](QAbstractButton *button) {
            if (button != save)
                return;
            m_saving->begin(path);
            m_document->saveCopy(path, secrets->isChecked(), [this, path](const Document::Saved &saved) {
                endSaving(saved, path, [&] {
                    showNotice(diagnosis::Verdict::Pass, tr("Copied to %1").arg(QDir::toNativeSeparators(path)));
                });
            });
            updateActions();
        });
        box->open();
    });
}

void MainWindow::exportRecords()
{
    const std::uint64_t selected = m_timeline->selectedRecords().size();
    const std::uint64_t shown = static_cast<std::uint64_t>(m_timeline->model()->rowCount());
    askExport(this, {selected, shown, m_document->counters().committed}, [this](const ExportChoice &choice) {
        const bool csv = choice.form == capture::ExportForm::Csv;
        const auto then = [this, choice](const QString &path) {
            if (m_document->isSaving()) // begun while the dialogs were open
                return showNotice(diagnosis::Verdict::Warn,
                                  tr("Not exported: another file is being written. Try again."));
            std::optional<analysis::RecordSet> records;
            if (choice.scope != ExportScope::All)
                records =
                    choice.scope == ExportScope::Shown ? m_timeline->shownRecords() : m_timeline->selectedRecords();
            m_saving->begin(path);
            m_document->exportRecords(
                path, choice.form, std::move(records), choice.withSecrets, [this, path](const Document::Saved &saved) {
                    endSaving(saved, path, [&] {
                        showNotice(diagnosis::Verdict::Pass, tr("Exported to %1").arg(QDir::toNativeSeparators(path)));
                    });
                });
            updateActions();
        };
        askFile(true, tr("Export records"), csv ? QStringLiteral("records.csv") : QStringLiteral("records.jsonl"), then,
                csv ? tr("CSV (*.csv)") : tr("JSON Lines (*.jsonl)"));
    });
}

void MainWindow::report()
{
    const analysis::ConnectionFacts *facts = m_document->facts(m_selection->connection());
    const bool judged = facts && !facts->isListener();
    const auto &connections = m_document->facts().connections();
    const auto all =
        static_cast<std::uint64_t>(std::count_if(connections.begin(), connections.end(), [](const auto &entry) {
            return entry.first != 0 && !entry.second->isListener();
        }));
    const capture::ConnectionId selected = judged ? facts->id : 0;
    const QString name = judged ? QStringLiteral("#%1 %2").arg(facts->id).arg(diagnosis::targetOf(*facts)) : QString();
    askReport(this, name, all, [this, selected](const ReportChoice &choice) {
        const auto then = [this, choice, selected](const QString &path) {
            if (m_document->isSaving()) // begun while the dialogs were open
                return showNotice(diagnosis::Verdict::Warn,
                                  tr("Not reported: another file is being written. Try again."));
            m_saving->begin(path);
            m_document->writeReport(path, choice.form, choice.allConnections ? 0 : selected,
                                    [this, path](const Document::Saved &saved) {
                                        endSaving(saved, path, [&] {
                                            showNotice(diagnosis::Verdict::Pass,
                                                       tr("Report saved to %1").arg(QDir::toNativeSeparators(path)));
                                        });
                                    });
            updateActions();
        };
        const QString suffix = diagnosis::suffixOf(choice.form);
        askFile(true, tr("Report"), QStringLiteral("report.") + suffix, then, QStringLiteral("*.") + suffix);
    });
}

void MainWindow::askFile(bool saving, const QString &title, const QString &suggestion,
                         const std::function<void(const QString &)> &then, const QString &kind)
{
    auto &store = Settings::instance();
    QString folder = store.value(settings::lastFolder);
    if (folder.isEmpty())
        folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    const QString captures = tr("Frameglass captures (*%1)").arg(QLatin1String(suffix));
    auto *dialog = new QFileDialog(this, title, folder, kind.isEmpty() ? captures : kind);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(saving ? QFileDialog::AcceptSave : QFileDialog::AcceptOpen);
    dialog->setFileMode(saving ? QFileDialog::AnyFile : QFileDialog::ExistingFile);
    dialog->setDefaultSuffix(kind.isEmpty() ? QLatin1String(suffix).mid(1) : QFileInfo(suggestion).suffix());
    if (saving)
        dialog->selectFile(suggestion);
    connect(dialog, &QFileDialog::fileSelected, this, [then](const QString &path) {
        Settings::instance().setValue(settings::lastFolder, QFileInfo(path).absolutePath());
        then(path);
    });
    dialog->open();
}

void MainWindow::offerLeftovers()
{
    QStringList paths = Document::leftovers();
    paths.removeAll(m_document->path());
    m_start->setLeftovers(paths);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!m_mayClose && (m_document->isUnsaved() || m_document->isSaving())) {
        event->ignore();
        settleUnsaved([this] {
            m_mayClose = true;
            // After the dialog that answered is gone.
            QMetaObject::invokeMethod(this, &QWidget::close, Qt::QueuedConnection);
        });
        return;
    }
    saveState();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (!droppedCapture(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QString path = droppedCapture(event->mimeData());
    if (path.isEmpty())
        return;
    event->acceptProposedAction();
    openFile(path);
}

void MainWindow::saveState()
{
    auto &store = Settings::instance();
    store.setValue(settings::windowGeometry, saveGeometry());
    store.setValue(settings::mainSplitter, m_splitter->saveState());
    store.setValue(settings::currentTab, m_tabs->currentIndex());
    m_options->save();
    m_serverPanel->save();
}

void MainWindow::restoreState()
{
    const auto &store = Settings::instance();
    restoreGeometry(store.value(settings::windowGeometry));
    m_splitter->restoreState(store.value(settings::mainSplitter));
    m_tabs->setCurrentIndex(std::clamp(store.value(settings::currentTab), 0, int(TabCount) - 1));
    m_options->restore();
}

} // namespace frameglass::ui
