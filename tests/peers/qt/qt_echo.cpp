// SPDX-License-Identifier: GPL-3.0-or-later
// An echo server on QWebSocketServer. Same arguments and output as the other echo peers, less --no-read.

#include "peer_output.h"

#include <QCommandLineParser>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>

#include <memory>

using namespace frameglass::peers;

namespace {

struct Options
{
    int closeAfter = 0;
    int closeCode = 1000;
    QString closeReason;
    int pingInterval = 0;
};

void serve(QWebSocket *socket, const Options &options)
{
    tell({{"event", "open"}, {"subprotocol", socket->subprotocol()}, {"path", socket->requestUrl().path()}});
    auto count = std::make_shared<int>(0);
    const auto counted = [socket, count, options] {
        if (++*count == options.closeAfter)
            socket->close(static_cast<QWebSocketProtocol::CloseCode>(options.closeCode), options.closeReason);
    };
    QObject::connect(socket, &QWebSocket::textMessageReceived, socket, [=](const QString &text) {
        tellText(text);
        socket->sendTextMessage(text);
        counted();
    });
    QObject::connect(socket, &QWebSocket::binaryMessageReceived, socket, [=](const QByteArray &octets) {
        tellBinary(octets);
        socket->sendBinaryMessage(octets);
        counted();
    });
    QObject::connect(socket, &QWebSocket::pong, socket, [](quint64, const QByteArray &payload) {
        tell({{"event", "pong"}, {"data", QString::fromLatin1(payload.toHex())}});
    });
    QObject::connect(socket, &QWebSocket::disconnected, socket, [socket] {
        tellClose(socket->closeCode(), socket->closeReason());
        socket->deleteLater();
    });
    if (options.pingInterval > 0) {
        auto *timer = new QTimer(socket);
        QObject::connect(timer, &QTimer::timeout, socket, [socket] { socket->ping("qt"); });
        timer->start(options.pingInterval);
    }
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addOptions({{"subprotocol", "To accept (repeatable).", "name"},
                       {"close-after", "Close after N messages.", "N", "0"},
                       {"close-code", "Status code of that close.", "code", "1000"},
                       {"close-reason", "Reason of that close.", "reason"},
                       {"ping-interval", "Milliseconds between pings.", "ms", "0"}});
    parser.process(application);
    const Options options{parser.value("close-after").toInt(), parser.value("close-code").toInt(),
                          parser.value("close-reason"), parser.value("ping-interval").toInt()};

    QWebSocketServer server("qt", QWebSocketServer::NonSecureMode);
    server.setSupportedSubprotocols(parser.values("subprotocol"));
    QObject::connect(&server, &QWebSocketServer::newConnection, &server, [&] {
        while (QWebSocket *socket = server.nextPendingConnection())
            serve(socket, options);
    });
    if (!server.listen(QHostAddress::LocalHost))
        return 1;
    std::printf("PORT %d\n", server.serverPort());
    std::fflush(stdout);
    endWithParent();
    return application.exec();
}
