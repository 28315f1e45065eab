// SPDX-License-Identifier: GPL-3.0-or-later
#include "screenshots.h"

#include "core/transport/development_authority.h"
#include "ui/models/server_address.h"
#include "ui/support/theme.h"
#include "ui/windows/options_drawer.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLineEdit>
#include <QPixmap>
#include <QTabBar>

#include <array>

namespace frameglass::app {

using ui::MainWindow;
using ui::ThemeChoice;

namespace {

struct Look
{
    ThemeChoice theme;
    QSize size;
};
const std::array looks{Look{ThemeChoice::Light, {1280, 800}}, Look{ThemeChoice::Dark, {1280, 800}},
                       Look{ThemeChoice::Light, {1920, 1080}}, Look{ThemeChoice::Dark, {1920, 1080}}};

constexpr qint64 longestWaitMs = 10'000;
constexpr int settleMs = 250; ///< for repaints after a change of size and theme

} // namespace

Screenshots::Screenshots(MainWindow *window, QString folder, QObject *parent)
    : QObject(parent), m_window(window), m_folder(std::move(folder))
{
    m_poll.setInterval(50);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        if (m_scenes[m_scene].ready() || m_waited.elapsed() > longestWaitMs) {
            m_poll.stop();
            m_look = 0;
            look();
        }
    });
    plan();
}

void Screenshots::plan()
{
    const auto window = [this]() -> QWidget * { return m_window; };
    const auto always = [] { return true; };
    m_scenes.push_back({QStringLiteral("start"), [] {}, always, window});
    m_scenes.push_back({QStringLiteral("timeline"),
                        [this] {
                            m_window->startDemo();
                            m_demo = m_window->selection()->connection();
                        },
                        [this] {
                            const auto *facts = m_window->document()->facts(m_demo);
                            if (!facts || facts->heartbeat.matched < 6 || facts->received.messages < 4)
                                return false;
                            if (m_window->selection()->record() == 0)
                                m_window->selection()->setRecord(facts->received.lastDataFrame->record);
                            return true;
                        },
                        window});
    const std::array<std::pair<const char *, MainWindow::Tab>, 4> views{{{"handshake", MainWindow::HandshakeTab},
                                                                         {"heartbeat", MainWindow::HeartbeatTab},
                                                                         {"state", MainWindow::StateTab},
                                                                         {"checklist", MainWindow::ChecklistTab}}};
    for (const auto &[name, tab] : views)
        m_scenes.push_back({QLatin1String(name), [this, tab = tab] { m_window->showTab(tab); }, always, window});
    m_scenes.push_back({QStringLiteral("options"),
                        [this] {
                            m_window->showTab(MainWindow::TimelineTab);
                            m_window->setOptionsOpen(true);
                        },
                        always, window});
    m_scenes.push_back({QStringLiteral("server"),
                        [this] {
                            m_window->setOptionsOpen(false);
                            m_window->setServerPanelOpen(true);
                        },
                        always, window});
    m_scenes.push_back({QStringLiteral("refused"),
                        [this] {
                            m_window->setServerPanelOpen(false);
                            m_window->startBroken();
                        },
                        [this] {
                            const auto *facts = m_window->document()->facts(m_window->selection()->connection());
                            return facts && facts->isOver();
                        },
                        window});
    planTls();
    m_scenes.push_back({QStringLiteral("preferences"), [this] { m_window->showPreferences(); }, always,
                        [this] {
                            auto *dialog = m_window->findChild<QDialog *>(QStringLiteral("preferences"));
                            return dialog ? static_cast<QWidget *>(dialog) : m_window;
                        }});
}

/// wss:// with the development certificate: refused as nobody trusts its authority, made anyway, and trusted.
void Screenshots::planTls()
{
    const auto window = [this]() -> QWidget * { return m_window; };
    const auto always = [] { return true; };
    const auto facts = [this] { return m_window->document()->facts(m_window->selection()->connection()); };
    const auto opened = [facts] { return facts() && facts()->openedAt; };
    m_scenes.push_back({QStringLiteral("untrusted"),
                        [this] {
                            startSecureServer();
                            m_window->showTab(MainWindow::HandshakeTab);
                            m_window->connectTo(ui::addressOf(*m_window->document()->server()));
                        },
                        [facts] { return facts() && facts()->isOver() && facts()->tls; }, window});
    m_scenes.push_back({QStringLiteral("anyway"), [this] { m_window->connectAnyway(); }, opened, window});
    m_scenes.push_back({QStringLiteral("tls"),
                        [this] {
                            m_window->findChild<QLineEdit *>(QStringLiteral("tlsCa"))->setText(m_authority);
                            m_window->connectTo(ui::addressOf(*m_window->document()->server()));
                        },
                        [this, opened] {
                            const auto tls = m_window->findChildren<QAbstractButton *>(QStringLiteral("handshakeTls"));
                            if (opened() && !tls.isEmpty() && !tls.first()->isChecked())
                                tls.first()->click();
                            return opened();
                        },
                        window});
    m_scenes.push_back({QStringLiteral("tls-timeline"),
                        [this] {
                            m_window->showTab(MainWindow::TimelineTab);
                            m_window->findChild<QAbstractButton *>(QStringLiteral("timelineTls"))->setChecked(true);
                        },
                        always, window});
    m_scenes.push_back({QStringLiteral("options-tls"),
                        [this] {
                            m_window->setOptionsOpen(true);
                            m_window->findChild<ui::OptionsDrawer *>()->showTls();
                        },
                        always, window});
    m_scenes.push_back({QStringLiteral("options-proxy"),
                        [this] {
                            m_window->findChild<QTabBar *>(QStringLiteral("optionsPages"))->setCurrentIndex(2);
                            m_window->findChild<QComboBox *>(QStringLiteral("proxyChoice"))->setCurrentIndex(2);
                        },
                        always, window});
    m_scenes.push_back({QStringLiteral("server-tls"),
                        [this] {
                            m_window->setOptionsOpen(false);
                            m_window->document()->stopServer();
                            m_window->setServerPanelOpen(true);
                            m_window->findChild<QComboBox *>(QStringLiteral("serverTls"))->setCurrentIndex(1);
                        },
                        always, window});
    m_scenes.push_back({QStringLiteral("server-files"),
                        [this] {
                            m_window->findChild<QComboBox *>(QStringLiteral("serverTls"))->setCurrentIndex(2);
                            m_window->findChild<QComboBox *>(QStringLiteral("serverClients"))->setCurrentIndex(2);
                        },
                        [this] { return m_window->document()->server() == nullptr; }, window});
}

void Screenshots::startSecureServer()
{
    const auto made = transport::developmentFiles(transport::developmentFolder(), std::chrono::system_clock::now());
    const auto *files = std::get_if<transport::DevelopmentFiles>(&made);
    if (!files) {
        qWarning("no development certificate");
        ++m_failures;
        return;
    }
    m_authority = QString::fromStdString(files->authority.string());
    transport::TlsOptions tls;
    tls.certificateFile = files->certificate.string();
    tls.keyFile = files->key.string();
    auto context = transport::TlsContext::make(transport::TlsContext::Side::Server, tls);
    session::ServerOptions options;
    if (const auto *ready = std::get_if<std::shared_ptr<transport::TlsContext>>(&context))
        options.tls = *ready;
    m_window->document()->startServer(options, nullptr);
}

void Screenshots::start()
{
    QDir().mkpath(m_folder);
    next();
}

void Screenshots::next()
{
    if (m_scene == m_scenes.size()) {
        emit finished(m_failures);
        return;
    }
    m_scenes[m_scene].prepare();
    m_waited.start();
    m_poll.start();
}

void Screenshots::look()
{
    if (m_look == looks.size()) {
        ++m_scene;
        next();
        return;
    }
    ui::Theme::instance().apply(looks[m_look].theme);
    m_window->resize(looks[m_look].size);
    QTimer::singleShot(settleMs, this, &Screenshots::shoot);
}

void Screenshots::shoot()
{
    const Look &now = looks[m_look];
    const QString name = QStringLiteral("%1/%2-%3-%4x%5.png")
                             .arg(m_folder, m_scenes[m_scene].name,
                                  now.theme == ThemeChoice::Dark ? QStringLiteral("dark") : QStringLiteral("light"))
                             .arg(now.size.width())
                             .arg(now.size.height());
    if (!m_scenes[m_scene].subject()->grab().save(name)) {
        qWarning("cannot write %s", qPrintable(name));
        ++m_failures;
    }
    ++m_look;
    look();
}

} // namespace frameglass::app
