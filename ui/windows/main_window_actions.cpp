// SPDX-License-Identifier: GPL-3.0-or-later
#include "main_window_p.h"

#include "check_settings_dialog.h"
#include "guide_window.h"
#include "preferences_dialog.h"
#include "ui/support/settings.h"
#include "ui/support/theme.h"
#include "ui/views/find_bar.h"
#include "ui/views/timeline_view.h"

#include <QApplication>
#include <QFileInfo>
#include <QKeyEvent>
#include <QMenuBar>
#include <QMessageBox>
#include <QTabWidget>
#include <QToolButton>

namespace frameglass::ui {

void MainWindow::buildActions()
{
    Actions &a = *m_actions;
    const auto add = [this](QMenu *menu, const QKeySequence &keys, auto slot) {
        auto *action = new QAction(this);
        action->setShortcut(keys);
        QObject::connect(action, &QAction::triggered, this, slot);
        menu->addAction(action);
        return action;
    };
    const auto menu = [this](QMenu *parent = nullptr) {
        auto *made = new QMenu(this);
        if (parent)
            parent->addMenu(made);
        else
            menuBar()->addMenu(made);
        return made;
    };
    a.file = menu();
    a.newConnection = add(a.file, QKeySequence::New, &MainWindow::newConnection);
    a.newCapture = add(a.file, Qt::CTRL | Qt::SHIFT | Qt::Key_N, &MainWindow::newCapture);
    a.open = add(a.file, QKeySequence::Open, &MainWindow::open);
    a.open->setIcon(icon(Icon::Open));
    a.recent = menu(a.file);
    QObject::connect(a.recent, &QMenu::aboutToShow, this, &MainWindow::fillRecent);
    a.file->addSeparator();
    a.saveAs = add(a.file, QKeySequence::Save, &MainWindow::saveAs);
    a.saveAs->setShortcuts({QKeySequence(QKeySequence::Save), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S)});
    a.saveAs->setIcon(icon(Icon::Save));
    a.saveCopy = add(a.file, {}, &MainWindow::saveCopy);
    a.exportRecords = add(a.file, QKeySequence(Qt::CTRL | Qt::Key_E), &MainWindow::exportRecords);
    a.report = add(a.file, QKeySequence(Qt::CTRL | Qt::Key_R), &MainWindow::report);
    a.report->setIcon(icon(Icon::Report));
    m_reportButton->setDefaultAction(a.report);
    a.file->addSeparator();
    a.quit = add(a.file, QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
    a.quit->setMenuRole(QAction::QuitRole);

    a.edit = menu();
    a.undo = add(a.edit, QKeySequence::Undo, [this] { m_document->undoStack()->undo(); });
    a.redo = add(a.edit, {}, [this] { m_document->undoStack()->redo(); });
    a.redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    a.edit->addSeparator();
    a.copy = add(a.edit, {}, [this] { copyFocused(); });
    a.copy->setIcon(icon(Icon::Copy));
    a.find = add(a.edit, QKeySequence::Find, [this] {
        showTab(TimelineTab);
        m_timeline->focusFilter();
    });
    const auto finding = [this](void (FindBar::*act)()) {
        return [this, act] {
            showTab(TimelineTab);
            (m_timeline->findBar()->*act)();
        };
    };
    a.findPayload = add(a.edit, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F), finding(&FindBar::open));
    a.findNext = add(a.edit, QKeySequence(Qt::Key_F3), finding(&FindBar::findNext));
    a.findPrevious = add(a.edit, QKeySequence(Qt::SHIFT | Qt::Key_F3), finding(&FindBar::findPrevious));
    a.clear = add(a.edit, QKeySequence(Qt::CTRL | Qt::Key_L), [this] { m_timeline->clear(); });
    a.edit->addSeparator();
    a.preferences = add(a.edit, QKeySequence(Qt::CTRL | Qt::Key_Comma), &MainWindow::showPreferences);
    a.preferences->setIcon(icon(Icon::Settings));
    a.preferences->setMenuRole(QAction::PreferencesRole);
    a.checkSettings = add(a.edit, {}, &MainWindow::showCheckSettings);
    a.checkSettings->setMenuRole(QAction::NoRole);

    a.view = menu();
    for (int tab = 0; tab < TabCount; ++tab) {
        a.tabs[std::size_t(tab)] = add(a.view, QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + tab)), [this, tab] {
            showTab(Tab(tab));
            m_tabs->currentWidget()->setFocus();
        });
    }
    a.view->addSeparator();
    a.theme = menu(a.view);
    auto *themes = new QActionGroup(this);
    const auto theme = [&](ThemeChoice choice) {
        auto *action = add(a.theme, {}, [choice] {
            Settings::instance().setValue(settings::theme, int(choice));
            Theme::instance().apply(choice);
        });
        action->setCheckable(true);
        themes->addAction(action);
        return action;
    };
    a.themeSystem = theme(ThemeChoice::System);
    a.themeLight = theme(ThemeChoice::Light);
    a.themeDark = theme(ThemeChoice::Dark);
    QObject::connect(a.theme, &QMenu::aboutToShow, this, [this] {
        const std::array actions{m_actions->themeSystem, m_actions->themeLight, m_actions->themeDark};
        actions[std::size_t(Theme::instance().choice())]->setChecked(true);
    });
    a.zoomIn = add(a.view, QKeySequence::ZoomIn, [this] { zoomBy(10); });
    a.zoomIn->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Plus), QKeySequence(Qt::CTRL | Qt::Key_Equal)});
    a.zoomOut = add(a.view, QKeySequence(Qt::CTRL | Qt::Key_Minus), [this] { zoomBy(-10); });
    a.zoomReset = add(a.view, QKeySequence(Qt::CTRL | Qt::Key_0), [this] { zoomBy(100 - Theme::instance().zoom()); });

    a.connection = menu();
    a.connect = add(a.connection, {}, [this] {
        if (m_address->validate())
            connectNow();
        else
            m_address->focusUrl();
    });
    a.connect->setIcon(icon(Icon::Connect));
    a.disconnect = add(a.connection, QKeySequence(Qt::CTRL | Qt::Key_D), &MainWindow::disconnectSelected);
    a.disconnect->setIcon(icon(Icon::Disconnect));
    a.abort = add(a.connection, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D),
                  [this] { m_document->disconnect(m_selection->connection(), true); });
    a.reconnect = add(a.connection, QKeySequence(Qt::Key_F5), &MainWindow::reconnect);
    a.reconnect->setIcon(icon(Icon::Retry));
    a.ping =
        add(a.connection, QKeySequence(Qt::CTRL | Qt::Key_P), [this] { m_document->ping(m_selection->connection()); });
    a.ping->setIcon(icon(Icon::Ping));
    a.compose = add(a.connection, QKeySequence(Qt::CTRL | Qt::Key_M), [this] { m_composer->focusText(); });
    a.connection->addSeparator();
    a.options = add(a.connection, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
                    [this] { setOptionsOpen(m_options->isHidden()); });
    a.options->setIcon(icon(Icon::Options));
    a.server = add(a.connection, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E),
                   [this] { setServerPanelOpen(m_serverPanel->isHidden()); });
    a.server->setIcon(icon(Icon::Server));
    a.connection->addSeparator();
    a.remove = add(a.connection, {}, [this] { m_connections->removeSelected(); });
    a.remove->setIcon(icon(Icon::Remove));
    a.remove->setShortcut(QKeySequence::Delete);
    a.remove->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_connections->addAction(a.remove);

    a.help = menu();
    a.guide = add(a.help, QKeySequence::HelpContents, [this] { showGuide(); });
    a.about = add(a.help, {}, [this] { showAbout(); });
    a.about->setMenuRole(QAction::AboutRole);
}

void MainWindow::retranslate()
{
    const Actions &a = *m_actions;
    a.file->setTitle(tr("&File"));
    a.newConnection->setText(tr("&New connection"));
    a.newCapture->setText(tr("New &capture"));
    a.open->setText(tr("&Open capture…"));
    a.recent->setTitle(tr("Open &recent"));
    a.saveAs->setText(tr("&Save as…"));
    a.saveCopy->setText(tr("Save a co&py…"));
    a.exportRecords->setText(tr("&Export records…"));
    a.report->setText(tr("&Report…"));
    a.report->setIconText(tr("Report"));
    a.report->setToolTip(tr("Save what is wrong, why and what to change, to send or to attach (Ctrl+R)"));
    a.quit->setText(tr("&Quit"));
    a.edit->setTitle(tr("&Edit"));
    a.find->setText(tr("&Filter the timeline"));
    a.findPayload->setText(tr("Find in pa&yloads…"));
    a.findNext->setText(tr("Find &next"));
    a.findPrevious->setText(tr("Find pre&vious"));
    a.clear->setText(tr("C&lear the timeline"));
    a.copy->setText(tr("&Copy") + u'\t' + QKeySequence(QKeySequence::Copy).toString(QKeySequence::NativeText));
    a.preferences->setText(tr("&Preferences…"));
    a.checkSettings->setText(tr("C&heck settings…"));
    a.view->setTitle(tr("&View"));
    const std::array names{tr("Handshake"), tr("Timeline"), tr("Heartbeat"), tr("State"), tr("Checklist")};
    for (int tab = 0; tab < TabCount; ++tab) {
        a.tabs[std::size_t(tab)]->setText(names[std::size_t(tab)]);
        m_tabs->setTabText(tab, names[std::size_t(tab)]);
        m_tabs->setTabToolTip(tab, tr("%1 (Ctrl+%2)").arg(names[std::size_t(tab)]).arg(tab + 1));
    }
    a.theme->setTitle(tr("&Theme"));
    a.themeSystem->setText(tr("As the &system"));
    a.themeLight->setText(tr("&Light"));
    a.themeDark->setText(tr("&Dark"));
    a.zoomIn->setText(tr("&Larger text"));
    a.zoomOut->setText(tr("&Smaller text"));
    a.zoomReset->setText(tr("&Normal text"));
    a.connection->setTitle(tr("&Connection"));
    a.connect->setText(tr("&Connect"));
    a.disconnect->setText(tr("&Disconnect"));
    a.abort->setText(tr("&Abort with a reset"));
    a.reconnect->setText(tr("Connect &again"));
    a.ping->setText(tr("&Ping"));
    a.compose->setText(tr("&Write a message"));
    a.options->setText(tr("&Options"));
    a.server->setText(tr("&Echo server"));
    a.remove->setText(tr("&Remove from the list"));
    a.help->setTitle(tr("&Help"));
    a.guide->setText(tr("&User guide"));
    a.about->setText(tr("&About Frameglass"));
    const session::ServerSession *server = m_document->server();
    m_serverButton->setText(server ? tr("Server ● :%1").arg(server->port()) : tr("Server"));
    m_serverButton->setToolTip(tr("The built-in echo server (Ctrl+Shift+E)"));
    m_serverButton->setAccessibleName(server ? tr("Echo server, running") : tr("Echo server, stopped"));
    m_document->retranslateReports();
    updateTitle();
    refresh();
}

void MainWindow::updateActions()
{
    const Actions &a = *m_actions;
    const capture::ConnectionId id = m_selection->connection();
    const analysis::ConnectionFacts *facts = m_document->facts(id);
    const bool live = m_document->isLive(id);
    const bool listener = facts && facts->isListener();
    const bool client = facts && facts->started && facts->vantage() == capture::Vantage::Client;
    const QUndoStack *undo = m_document->undoStack();
    a.undo->setEnabled(undo->canUndo());
    a.undo->setText(undo->canUndo() ? tr("&Undo: %1").arg(undo->undoText()) : tr("&Undo"));
    a.redo->setEnabled(undo->canRedo());
    a.redo->setText(undo->canRedo() ? tr("&Redo: %1").arg(undo->redoText()) : tr("&Redo"));
    a.clear->setEnabled(facts && !listener);
    a.disconnect->setEnabled(live);
    a.abort->setEnabled(live && !listener);
    a.reconnect->setEnabled(client);
    a.ping->setEnabled(live && !listener && facts && facts->state == protocol::ConnectionState::Open);
    a.remove->setEnabled(id != 0);
    a.saveAs->setEnabled(!m_document->isEmpty() && !m_document->isSaving());
    a.saveCopy->setEnabled(a.saveAs->isEnabled());
    a.exportRecords->setEnabled(a.saveAs->isEnabled());
    a.report->setEnabled(a.saveAs->isEnabled());
    setWindowModified(m_document->isUnsaved());
}

void MainWindow::updateTitle()
{
    const bool named = !m_document->isUnsaved() && !Document::isInDataFolder(m_document->path());
    setWindowFilePath(named ? m_document->path() : QString());
    setWindowTitle((named ? QFileInfo(m_document->path()).fileName() : tr("new capture")) +
                   QStringLiteral("[*] — Frameglass"));
}

void MainWindow::showContextMenu(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions({m_actions->reconnect, m_actions->disconnect, m_actions->abort, m_actions->ping});
    menu->addSeparator();
    menu->addAction(m_actions->remove);
    menu->popup(at);
}

void MainWindow::fillRecent()
{
    m_actions->recent->clear();
    const QStringList files = Settings::instance().value(settings::recentFiles);
    for (const QString &path : files) {
        QAction *action = m_actions->recent->addAction(QFileInfo(path).fileName());
        action->setToolTip(path);
        connect(action, &QAction::triggered, this, [this, path] { openFile(path); });
    }
    if (files.isEmpty())
        m_actions->recent->addAction(tr("No captures opened yet"))->setEnabled(false);
}

// Every widget knows how to copy itself; the menu only presses the key.
void MainWindow::copyFocused()
{
    if (QWidget *focus = QApplication::focusWidget()) {
        QApplication::postEvent(focus, new QKeyEvent(QEvent::KeyPress, Qt::Key_C, Qt::ControlModifier));
        QApplication::postEvent(focus, new QKeyEvent(QEvent::KeyRelease, Qt::Key_C, Qt::ControlModifier));
    }
}

void MainWindow::zoomBy(int percent)
{
    Theme::instance().setZoom(Theme::instance().zoom() + percent);
    Settings::instance().setValue(settings::zoom, Theme::instance().zoom());
}

void MainWindow::showCheckSettings()
{
    auto *dialog = new CheckSettingsDialog(m_document->checkSettings(), this);
    dialog->ask([this](const diagnosis::Settings &settings) { m_document->setCheckSettings(settings); });
}

void MainWindow::showPreferences()
{
    auto *dialog = new PreferencesDialog(this);
    dialog->setObjectName(QStringLiteral("preferences"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::showGuide()
{
    auto *guide = new GuideWindow(this);
    guide->setAttribute(Qt::WA_DeleteOnClose);
    guide->show();
}

void MainWindow::showAbout()
{
    auto *box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("About Frameglass"));
    box->setIconPixmap(windowIcon().pixmap(64));
    box->setText(tr("Frameglass %1").arg(QStringLiteral(FRAMEGLASS_VERSION)));
    box->setInformativeText(
        tr("Shows what a WebSocket connection really does, and says what is wrong and why.\n\n"
           "Free software under the GNU General Public License, version 3 or later. It comes without "
           "any warranty."));
    box->open();
}

void MainWindow::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QMainWindow::changeEvent(event);
}

} // namespace frameglass::ui
