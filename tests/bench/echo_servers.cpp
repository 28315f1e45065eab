// SPDX-License-Identifier: GPL-3.0-or-later
#include "echo_servers.h"

#include "core/capture/capture.h"
#include "core/session/server_session.h"

#include <QCoreApplication>
#include <QHostAddress>
#include <QSocketNotifier>
#include <QWebSocket>
#include <QWebSocketServer>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <unistd.h>

namespace frameglass::bench {

void announce(unsigned port)
{
    std::printf("PORT %u\n", port);
    std::fflush(stdout);
}

void waitForEndOfInput()
{
    char octet = 0;
    while (::read(STDIN_FILENO, &octet, 1) > 0) {}
}

int serveFrameglass(bool recording)
{
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("bench-echo-" + std::to_string(::getpid()) + ".fglass");
    std::shared_ptr<capture::RecordSink> sink;
    if (recording)
        sink = std::make_shared<capture::CaptureWriter>(path);
    else
        sink = std::make_shared<capture::NullSink>();
    {
        session::NetworkThread network;
        session::ServerSession server(network, sink, {});
        if (!server.start())
            return 1;
        announce(server.port());
        waitForEndOfInput();
    }
    sink.reset();
    if (recording) {
        std::cerr << "  capture file: " << std::filesystem::file_size(path) / (1 << 20) << " MiB\n";
        std::filesystem::remove(path);
    }
    return 0;
}

int serveQt()
{
    int argc = 0;
    QCoreApplication application(argc, nullptr);
    QWebSocketServer server(QStringLiteral("bench"), QWebSocketServer::NonSecureMode);
    QObject::connect(&server, &QWebSocketServer::newConnection, [&server] {
        QWebSocket *socket = server.nextPendingConnection();
        QObject::connect(socket, &QWebSocket::textMessageReceived, socket,
                         [socket](const QString &text) { socket->sendTextMessage(text); });
        QObject::connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
    });
    if (!server.listen(QHostAddress::LocalHost))
        return 1;
    announce(server.serverPort());
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, [] { QCoreApplication::quit(); });
    return QCoreApplication::exec();
}

} // namespace frameglass::bench
