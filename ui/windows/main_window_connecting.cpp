// SPDX-License-Identifier: GPL-3.0-or-later
#include "main_window_p.h"

#include "demo.h"
#include "preferences_dialog.h"
#include "ui/models/connection_trust.h"

#include <QFileInfo>

/// How the window makes connections: from the address and the drawer, again, or as an example.
namespace frameglass::ui {

using protocol::ConnectionState;

// Calls what may fail for the capture file's sake, and says so where it does.
void MainWindow::guarded(const std::function<void()> &work)
{
    try {
        work();
    } catch (const capture::CaptureError &error) {
        const QString path = QString::fromStdU16String(error.path().u16string());
        showNotice(diagnosis::Verdict::Fail, diagnosis::textOf(error.code(), path));
    }
}

void MainWindow::connectTo(const QString &url)
{
    m_address->setUrl(url);
    if (m_address->validate())
        connectNow();
}

void MainWindow::connectNow()
{
    session::ClientOptions options;
    options.limits = PreferencesDialog::limits();
    options.url = m_address->url().toStdString();
    if (!m_options->apply(options)) {
        setOptionsOpen(true);
        return;
    }
    m_address->remember();
    m_options->save();
    const auto target = session::parseTarget(options.url);
    const std::uint32_t redirects = m_options->proxy()->redirects();
    if (std::get<session::Target>(target).isSecure() || redirects > 0) // which may lead to wss://
        makeTls(std::move(options), redirects);
    else
        connectWith(std::move(options), 0);
}

// Files are read and a passphrase may be asked for before the connection is begun.
void MainWindow::makeTls(session::ClientOptions options, std::uint32_t redirects)
{
    m_tls->make(
        m_options->tls()->options(),
        [this, options, redirects](TlsMaker::Context made) mutable {
            options.tls = std::move(made);
            connectWith(std::move(options), redirects);
        },
        [this](const transport::TlsError &error) {
            setOptionsOpen(true);
            m_options->showTls();
            m_options->tls()->showError(error);
        });
}

void MainWindow::connectWith(session::ClientOptions options, std::uint32_t redirects)
{
    guarded([&] {
        if (m_document->isReadOnly()) {
            const QString name = QFileInfo(m_document->path()).fileName();
            m_document->newCapture();
            showNotice(diagnosis::Verdict::Info,
                       tr("%1 is read-only, so this connection goes into a new capture.").arg(name));
        }
        m_selection->setConnection(m_document->connectTo(std::move(options), redirects));
    });
}

void MainWindow::reconnect()
{
    attemptAgain(false);
}

void MainWindow::connectAnyway()
{
    attemptAgain(true);
}

void MainWindow::attemptAgain(bool anyCertificate)
{
    const capture::ConnectionId id = m_selection->connection();
    const analysis::ConnectionFacts *facts = m_document->facts(id);
    if (!facts || !facts->started || facts->vantage() != capture::Vantage::Client)
        return;
    const auto &started = facts->started->value;
    session::ClientOptions options;
    const session::ClientOptions *before = m_document->optionsOf(id);
    if (before) {
        options = *before;
    } else {
        options.url = started.url;
        options.label = started.label;
        options.subprotocols = started.offeredSubprotocols;
        options.heartbeat.pingInterval = started.pingInterval;
        options.heartbeat.pingTimeout = started.pingTimeout.value_or(options.heartbeat.pingTimeout);
    }
    options.limits = PreferencesDialog::limits();
    options.anyCertificate = anyCertificate; // an exception is made once: it does not come from the attempt before
    options.series = started.series.value_or(id);
    for (const auto &[other, known] : m_document->facts().connections())
        if (known->started && known->started->value.series.value_or(other) == *options.series)
            options.attempt = std::max(options.attempt, known->started->value.attempt);
    ++options.attempt;
    // A connection of a reopened capture had options that nobody knows any more.
    if (before || !isSecure(*facts))
        connectWith(std::move(options), m_document->redirectsOf(id));
    else
        makeTls(std::move(options), 0);
}

// Whoever looks at the connection that was sent on wants to see where it leads.
void MainWindow::redirectFollowed(capture::ConnectionId from, capture::ConnectionId to)
{
    if (m_selection->connection() == from)
        m_selection->setConnection(to);
}

void MainWindow::redirectRefused(capture::ConnectionId id, session::RedirectError error)
{
    if (m_selection->connection() == id)
        showNotice(diagnosis::Verdict::Warn, tr("The redirect is not followed: %1").arg(diagnosis::textOf(error)));
}

void MainWindow::disconnectSelected()
{
    const capture::ConnectionId id = m_selection->connection();
    const analysis::ConnectionFacts *facts = m_document->facts(id);
    if (!facts || !m_document->isLive(id))
        return;
    if (facts->isListener())
        m_document->stopServer();
    else if (facts->state == ConnectionState::Open)
        m_document->closeConnection(id, 1000, {});
    else
        m_document->disconnect(id, false);
}

void MainWindow::newConnection()
{
    m_selection->setConnection(0);
    m_address->focusUrl();
}

void MainWindow::startDemo()
{
    guarded([this] {
        QString error;
        auto *demo = new Demo(m_document, this);
        const capture::ConnectionId id = demo->start(&error);
        if (id == 0) {
            delete demo;
            showNotice(diagnosis::Verdict::Fail, tr("The echo server could not start: %1").arg(error));
            return;
        }
        m_selection->setConnection(id);
        showTab(TimelineTab);
    });
}

void MainWindow::startBroken()
{
    guarded([this] {
        QString error;
        const capture::ConnectionId id = startRefused(*m_document, &error);
        if (id == 0) {
            showNotice(diagnosis::Verdict::Fail, tr("The echo server could not start: %1").arg(error));
            return;
        }
        m_selection->setConnection(id);
        showTab(HandshakeTab);
    });
}

} // namespace frameglass::ui
