// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/document.h"
#include "ui/support/selection.h"

#include <QMainWindow>
#include <QTimer>

#include <functional>

class QMenu;
class QSplitter;
class QStackedWidget;
class QTabWidget;
class QToolButton;

namespace frameglass::ui {

class AddressBar;
class ChecklistView;
class Composer;
class ConnectionPanel;
class LifeLine;
class NoticeBar;
class OptionsDrawer;
class SavingBar;
class ServerPanel;
class SituationPanel;
class StartPage;
class TimelineView;
class TlsMaker;

/// The one window: address bar, connections, banner, life line, five views, composer, status.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    enum Tab { HandshakeTab, TimelineTab, HeartbeatTab, StateTab, ChecklistTab, TabCount };

    explicit MainWindow(QWidget *parent = nullptr);
    ~MainWindow() override;

    Document *document() const { return m_document; }
    Selection *selection() const { return m_selection; }

    void openFile(const QString &path);
    /// Puts the URL into the address bar and connects with the options of the drawer.
    void connectTo(const QString &url);
    void startDemo();
    void startBroken();
    void showTab(Tab tab);
    void setOptionsOpen(bool open);
    void setServerPanelOpen(bool open);
    /// Asks what shall become of an unsaved capture, then calls `then`; not when the user cancels.
    void settleUnsaved(std::function<void()> then);

public slots:
    void newConnection();
    void newCapture();
    void open();
    void saveAs();
    void saveCopy();
    void exportRecords();
    void report();
    void reconnect();
    /// The same again, once, whatever the server's certificate.
    void connectAnyway();
    void disconnectSelected();
    void showPreferences();
    void showCheckSettings();

protected:
    void changeEvent(QEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    // main_window.cpp: what the window consists of, and how it follows the document
    void build();
    void wire();
    void selectionChanged();
    void refresh();
    void refreshSoon();
    void reveal(capture::RecordId record);
    void why();
    void showFinding(const QString &check);
    void showNotice(diagnosis::Verdict verdict, const QString &text);
    void placeServerPanel();
    void updateTitle();

    // main_window_connecting.cpp
    void connectNow();
    void makeTls(session::ClientOptions options, std::uint32_t redirects);
    void connectWith(session::ClientOptions options, std::uint32_t redirects);
    void redirectFollowed(capture::ConnectionId from, capture::ConnectionId to);
    void redirectRefused(capture::ConnectionId id, session::RedirectError error);
    void attemptAgain(bool anyCertificate);
    void guarded(const std::function<void()> &work);

    // main_window_actions.cpp: menus and their texts
    void buildActions();
    void retranslate();
    void updateActions();
    void showContextMenu(const QPoint &at);
    void fillRecent();
    void copyFocused();
    void zoomBy(int percent);
    void showAbout();
    void showGuide();

    // main_window_files.cpp: captures on disk
    void openNow(const QString &path);
    void saveAsThen(std::function<void()> then);
    void endSaving(const Document::Saved &saved, const QString &path, const std::function<void()> &then);
    void opened(const QString &path);
    void askFile(bool saving, const QString &title, const QString &suggestion,
                 const std::function<void(const QString &)> &then, const QString &kind = {});
    void offerLeftovers();
    void saveState();
    void restoreState();

    Document *m_document;
    Selection *m_selection;
    AddressBar *m_address;
    QToolButton *m_serverButton;
    QToolButton *m_reportButton;
    OptionsDrawer *m_options;
    std::unique_ptr<TlsMaker> m_tls;
    ServerPanel *m_serverPanel;
    NoticeBar *m_notice;
    SavingBar *m_saving;
    std::function<void()> m_afterSaving;
    QSplitter *m_splitter;
    ConnectionPanel *m_connections;
    QStackedWidget *m_pages;
    StartPage *m_start;
    QWidget *m_workspace;
    NoticeBar *m_banner;
    LifeLine *m_lifeLine;
    SituationPanel *m_situation;
    QTabWidget *m_tabs;
    TimelineView *m_timeline;
    ChecklistView *m_checklist;
    Composer *m_composer;
    QTimer m_refresh;
    QTimer m_ticking;
    bool m_selectFirst = false;
    bool m_mayClose = false;

    struct Actions;
    std::unique_ptr<Actions> m_actions;
};

} // namespace frameglass::ui
