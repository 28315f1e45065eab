// SPDX-License-Identifier: GPL-3.0-or-later
#include "main_window_p.h"

#include "confirm.h"
#include "ui/support/settings.h"
#include "ui/support/theme.h"
#include "ui/views/checklist_view.h"
#include "ui/views/handshake_view.h"
#include "ui/views/heartbeat_view.h"
#include "ui/views/state_view.h"
#include "ui/views/timeline_view.h"

#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace frameglass::ui {

using protocol::ConnectionState;

MainWindow::MainWindow(QWidget *parent)
    : QMainWindow(parent), m_document(new Document(this)), m_selection(new Selection(this)),
      m_actions(std::make_unique<Actions>())
{
    build();
    buildActions();
    wire();
    restoreState();
    retranslate();
    offerLeftovers();
    selectionChanged();
    m_address->focusUrl();
}

MainWindow::~MainWindow()
{
    m_document->undoStack()->disconnect(this);
    // Views read the document until they are gone.
    delete takeCentralWidget();
    delete m_document;
}

// ---- What the window consists of -------------------------------------------------------------------------------

void MainWindow::build()
{
    setObjectName(QStringLiteral("mainWindow"));
    setAcceptDrops(true);
    resize(1280, 800);
    setMinimumSize(720, 480);
    auto *central = new QWidget(this);
    m_address = new AddressBar(central);
    m_serverButton = new QToolButton(central);
    m_serverButton->setObjectName(QStringLiteral("server"));
    m_serverButton->setCheckable(true);
    m_serverButton->setIcon(icon(Icon::Server));
    m_serverButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_serverButton->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    m_address->addToRow(m_serverButton);
    m_reportButton = new QToolButton(central);
    m_reportButton->setObjectName(QStringLiteral("reportButton"));
    m_reportButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_reportButton->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    m_address->addToRow(m_reportButton);
    m_options = new OptionsDrawer(m_document->undoStack(), central);
    m_options->setObjectName(QStringLiteral("optionsDrawer"));
    m_options->hide();
    m_tls = std::make_unique<TlsMaker>(transport::TlsContext::Side::Client, this);
    m_notice = new NoticeBar(central);
    m_notice->setObjectName(QStringLiteral("notice"));
    m_saving = new SavingBar(central);

    m_connections = new ConnectionPanel(m_document, m_selection, central);
    m_start = new StartPage(central);
    m_workspace = new QWidget(central);
    m_banner = new NoticeBar(m_workspace);
    m_banner->setObjectName(QStringLiteral("banner"));
    m_lifeLine = new LifeLine(m_document, m_selection, m_workspace);
    m_situation = new SituationPanel(m_document, m_selection, m_workspace);
    m_tabs = new QTabWidget(m_workspace);
    m_tabs->setObjectName(QStringLiteral("views"));
    m_tabs->setDocumentMode(true);
    m_tabs->tabBar()->setExpanding(false);
    m_tabs->tabBar()->setDrawBase(false);
    m_checklist = new ChecklistView(m_document, m_selection);
    m_tabs->addTab(new HandshakeView(m_document, m_selection), {});
    m_timeline = new TimelineView(m_document, m_selection);
    m_tabs->addTab(m_timeline, {});
    connect(m_timeline, &TimelineView::exportRequested, this, &MainWindow::exportRecords);
    connect(m_timeline, &TimelineView::findingRequested, this, &MainWindow::showFinding);
    m_tabs->addTab(new HeartbeatView(m_document, m_selection), {});
    m_tabs->addTab(new StateView(m_document, m_selection), {});
    m_tabs->addTab(m_checklist, {});
    connect(m_checklist, &ChecklistView::settingsWanted, this, &MainWindow::showCheckSettings);
    auto *work = new QVBoxLayout(m_workspace);
    work->setContentsMargins(0, 0, 0, 0);
    work->setSpacing(0);
    work->addWidget(m_banner);
    work->addWidget(m_lifeLine);
    work->addWidget(m_situation);
    work->addWidget(m_tabs, 1);
    m_pages = new QStackedWidget(central);
    m_pages->addWidget(m_start);
    m_pages->addWidget(m_workspace);

    m_splitter = new QSplitter(central);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(m_connections);
    m_splitter->addWidget(m_pages);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setSizes({330, 950});
    m_composer = new Composer(m_document, m_selection, central);

    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_address);
    layout->addWidget(m_options);
    layout->addWidget(m_notice);
    layout->addWidget(m_saving);
    layout->addWidget(m_splitter, 1);
    layout->addWidget(m_composer);
    setCentralWidget(central);
    setStatusBar(new StatusLine(m_document, this));

    m_serverPanel = new ServerPanel(m_document, central);
    m_serverPanel->setObjectName(QStringLiteral("serverPanel"));
    m_serverPanel->hide();
}

void MainWindow::wire()
{
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(60);
    connect(&m_refresh, &QTimer::timeout, this, &MainWindow::refresh);
    // Clocks run while something lives, also when nothing happens.
    m_ticking.setInterval(250);
    connect(&m_ticking, &QTimer::timeout, this, [this] {
        if (m_document->isLive(m_selection->connection()))
            refresh();
    });
    m_ticking.start();

    connect(m_document, &Document::connectionsChanged, this, [this](const std::vector<capture::ConnectionId> &ids) {
        if (m_selectFirst && !ids.empty()) {
            for (const auto &[id, facts] : m_document->facts().connections()) {
                if (id == 0)
                    continue;
                m_selection->setConnection(id);
                m_selectFirst = false;
                if (!facts->isListener())
                    break;
            }
        }
        refreshSoon();
    });
    connect(m_document, &Document::captureReset, this, [this] {
        m_selection->setConnection(0);
        m_notice->clear();
        updateTitle();
        refresh();
    });
    connect(m_document, &Document::serverChanged, this, [this] {
        if (const session::ServerSession *server = m_document->server(); server && m_selection->connection() == 0)
            m_selection->setConnection(server->id());
        retranslate();
        refreshSoon();
    });
    connect(m_document, &Document::writeFailed, this,
            [this](const QString &text) { showNotice(diagnosis::Verdict::Fail, text); });
    connect(m_document, &Document::redirectFollowed, this, &MainWindow::redirectFollowed);
    connect(m_document, &Document::redirectRefused, this, &MainWindow::redirectRefused);
    connect(m_document, &Document::savingProgressed, m_saving, &SavingBar::setShare);
    connect(m_saving, &SavingBar::cancelRequested, m_document, &Document::cancelSaving);
    connect(m_selection, &Selection::connectionChanged, this, &MainWindow::selectionChanged);
    connect(m_selection, &Selection::revealRequested, this, &MainWindow::reveal);

    connect(m_address, &AddressBar::connectRequested, this, &MainWindow::connectNow);
    connect(m_address, &AddressBar::cancelRequested, this, &MainWindow::disconnectSelected);
    connect(m_address, &AddressBar::disconnectRequested, this, &MainWindow::disconnectSelected);
    connect(m_address, &AddressBar::optionsToggled, this, &MainWindow::setOptionsOpen);
    connect(m_options, &OptionsDrawer::closeRequested, this, [this] { setOptionsOpen(false); });
    connect(m_serverButton, &QToolButton::toggled, this, &MainWindow::setServerPanelOpen);
    connect(m_serverPanel, &ServerPanel::resized, this, &MainWindow::placeServerPanel);
    connect(m_serverPanel, &ServerPanel::closeRequested, this, [this] { setServerPanelOpen(false); });
    connect(m_serverPanel, &ServerPanel::connectRequested, this, [this](const QString &url, const QString &caFile) {
        setServerPanelOpen(false);
        if (!caFile.isEmpty() && m_options->tls()->caFile().isEmpty())
            m_options->tls()->setCaFile(caFile); // seen there, and needed for whoever connects from here
        connectTo(url);
    });
    connect(m_connections, &ConnectionPanel::newRequested, this, &MainWindow::newConnection);
    connect(m_connections, &ConnectionPanel::contextMenuRequested, this, &MainWindow::showContextMenu);
    connect(m_document->undoStack(), &QUndoStack::indexChanged, this, &MainWindow::updateActions);
    connect(m_banner, &NoticeBar::actionTriggered, this, &MainWindow::why);
    connect(m_situation, &SituationPanel::cancelRequested, this, &MainWindow::disconnectSelected);
    connect(m_situation, &SituationPanel::retryRequested, this, &MainWindow::reconnect);
    connect(m_situation, &SituationPanel::anywayRequested, this, &MainWindow::connectAnyway);
    connect(m_situation, &SituationPanel::stopServerRequested, m_document, &Document::stopServer);
    connect(m_start, &StartPage::echoRequested, this, &MainWindow::startDemo);
    connect(m_start, &StartPage::brokenRequested, this, &MainWindow::startBroken);
    connect(m_start, &StartPage::openRequested, this, &MainWindow::open);
    connect(m_start, &StartPage::leftoverOpened, this, &MainWindow::openFile);
    connect(m_start, &StartPage::leftoverDiscarded, this, [this](const QString &path, const QString &when) {
        confirm(this, tr("Delete this capture?"),
                tr("The capture of %1 was never saved. It is gone for good.").arg(when), tr("Delete"), [this, path] {
                    Document::discardLeftover(path);
                    offerLeftovers();
                });
    });
}

// ---- Following the document ------------------------------------------------------------------------------------

void MainWindow::refreshSoon()
{
    if (!m_refresh.isActive())
        m_refresh.start();
}

void MainWindow::selectionChanged()
{
    const capture::ConnectionId id = m_selection->connection();
    m_pages->setCurrentWidget(id == 0 ? static_cast<QWidget *>(m_start) : m_workspace);
    if (const session::ClientOptions *options = m_document->optionsOf(id)) {
        m_address->setUrl(QString::fromStdString(options->url));
    } else if (const analysis::ConnectionFacts *facts = m_document->facts(id);
               facts && facts->started && facts->vantage() == capture::Vantage::Client) {
        m_address->setUrl(QString::fromStdString(facts->started->value.url));
    }
    refresh();
}

void MainWindow::refresh()
{
    m_refresh.stop();
    updateActions();
    const capture::ConnectionId id = m_selection->connection();
    const analysis::ConnectionFacts *facts = m_document->facts(id);
    const bool live = m_document->isLive(id);
    const session::ClientOptions *options = m_document->optionsOf(id);
    const bool opening = !facts || facts->state == ConnectionState::Opening;
    m_address->setLive(live && options ? QString::fromStdString(options->url) : QString(),
                       opening ? AddressBar::Order::Cancel : AddressBar::Order::Disconnect);
    m_composer->refresh();
    m_situation->refresh();
    const bool listener = facts && facts->isListener();
    m_lifeLine->setVisible(facts && !listener);
    m_tabs->setTabEnabled(HeartbeatTab, !listener);
    if (!facts || listener) {
        m_banner->clear();
        m_tabs->setTabText(ChecklistTab, tr("Checklist"));
        return;
    }
    m_lifeLine->refresh();
    const diagnosis::Report &report = m_document->report(id);
    using diagnosis::Verdict;
    if (opening && live)
        m_banner->clear();
    else
        m_banner->show(report.verdict, report.summary, report.verdict == Verdict::Pass ? QString() : tr("Why ▸"));
    QString counts = tr("Checklist");
    const std::size_t good = report.count(Verdict::Pass) + report.count(Verdict::Info);
    for (const auto &[verdict, count] :
         {std::pair(Verdict::Fail, report.count(Verdict::Fail)), std::pair(Verdict::Warn, report.count(Verdict::Warn)),
          std::pair(Verdict::Pass, good)})
        if (count > 0)
            counts += QStringLiteral("  %1 %2").arg(signOf(verdict)).arg(count);
    m_tabs->setTabText(ChecklistTab, counts);
}

void MainWindow::reveal(capture::RecordId record)
{
    const auto found = m_document->reader().record(record, capture::Payloads::ControlOnly);
    if (!found)
        return;
    const auto *stage = capture::as<capture::StageChanged>(*found);
    const bool handshake = capture::as<capture::HeadRecord>(*found) || capture::as<capture::BodyRecord>(*found) ||
                           capture::as<capture::TlsFacts>(*found) || (stage && stage->stage == capture::Stage::Tls);
    showTab(handshake ? HandshakeTab : TimelineTab);
}

void MainWindow::why()
{
    const diagnosis::Report &report = m_document->report(m_selection->connection());
    std::string_view id = report.rootCause.value_or(std::string_view());
    for (const diagnosis::Finding &finding : report.findings)
        if (id.empty() && finding.verdict == report.verdict)
            id = finding.id;
    showFinding(QString::fromUtf8(id.data(), static_cast<qsizetype>(id.size())));
}

void MainWindow::showFinding(const QString &check)
{
    showTab(ChecklistTab);
    if (!check.isEmpty())
        m_checklist->showFinding(check.toStdString());
    m_checklist->setFocus();
}

void MainWindow::showTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
}

void MainWindow::setOptionsOpen(bool open)
{
    m_options->setVisible(open);
    m_address->optionsButton()->setChecked(open);
    if (!open)
        m_address->optionsButton()->setFocus();
}

void MainWindow::setServerPanelOpen(bool open)
{
    m_serverButton->setChecked(open);
    m_serverPanel->setVisible(open);
    if (!open) {
        m_serverButton->setFocus();
        return;
    }
    m_serverPanel->adjustSize();
    placeServerPanel();
    m_serverPanel->raise();
    m_serverPanel->focusFirst();
}

void MainWindow::placeServerPanel()
{
    if (m_serverPanel->isHidden())
        return;
    const QPoint below =
        m_serverButton->mapTo(centralWidget(), QPoint(m_serverButton->width(), m_serverButton->height()));
    m_serverPanel->move(std::max(0, below.x() - m_serverPanel->width()), below.y() + Theme::space);
}

void MainWindow::showNotice(diagnosis::Verdict verdict, const QString &text)
{
    m_notice->show(verdict, text);
    m_notice->setDismissable(true);
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    placeServerPanel();
}

} // namespace frameglass::ui
