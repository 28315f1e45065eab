// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo.h"

namespace frameglass::ui {

namespace {

constexpr int pings = 6;
constexpr int stepMs = 180;

} // namespace

Demo::Demo(Document *document, QObject *parent)
    : QObject(parent), m_document(document), m_messages(session::demonstrationMessages())
{
    m_steps.setInterval(stepMs);
    connect(&m_steps, &QTimer::timeout, this, &Demo::step);
    connect(document, &Document::captureReset, this, &QObject::deleteLater);
}

capture::ConnectionId Demo::start(QString *error)
{
    if (!m_document->startServer(session::demonstrationServer(), error))
        return 0;
    m_client = m_document->connectTo(session::demonstrationClient(m_document->server()->url()));
    m_steps.start();
    return m_client;
}

void Demo::step()
{
    const analysis::ConnectionFacts *facts = m_document->facts(m_client);
    if (!m_document->isLive(m_client)) {
        m_steps.stop();
        emit done();
        deleteLater();
        return;
    }
    if (!facts || !facts->openedAt)
        return;
    if (m_sent < m_messages.size()) {
        const auto &message = m_messages[m_sent++];
        if (const auto *text = std::get_if<std::string>(&message.content))
            m_document->sendText(m_client, QString::fromStdString(*text), message.fragments);
        else
            m_document->sendBinary(m_client, std::get<protocol::Octets>(message.content), message.fragments);
    }
    if (m_pings++ < pings) {
        m_document->ping(m_client);
    } else if (m_sent == m_messages.size()) {
        m_steps.stop();
        emit done();
        deleteLater();
    }
}

capture::ConnectionId startRefused(Document &document, QString *error)
{
    session::ServerOptions server;
    server.allowedOrigins = {"https://app.example"};
    if (!document.startServer(server, error))
        return 0;
    session::ClientOptions client;
    client.url = document.server()->url();
    client.origin = "https://elsewhere.example";
    return document.connectTo(client);
}

} // namespace frameglass::ui
