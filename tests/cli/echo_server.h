// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/recorder.h"
#include "core/session/network_thread.h"
#include "core/session/server_session.h"

#include <QString>

#include <memory>
#include <stdexcept>

namespace frameglass::testing {

/// An echo server of ours for `fglass`, or for a proxy before it, to talk to.
class EchoServer
{
public:
    explicit EchoServer(session::ServerOptions options = {})
        : m_server(m_network, std::make_shared<capture::NullSink>(), std::move(options))
    {
        if (!m_server.start())
            throw std::runtime_error(m_server.error().message);
    }
    std::uint16_t port() const { return m_server.port(); }
    QString url() const { return QString::fromStdString(m_server.url()); }
    /// Under another name of this machine.
    QString urlOf(const QString &host) const { return QStringLiteral("ws://%1:%2/x").arg(host).arg(port()); }

private:
    session::NetworkThread m_network;
    session::ServerSession m_server;
};

} // namespace frameglass::testing
