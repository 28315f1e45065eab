// SPDX-License-Identifier: GPL-3.0-or-later
// An echo server on QWebSocketServer. Same arguments and output as the other echo peers, less --no-read. QWebSocket
// has no extensions and always closes with a code.

#include "../program/peer_program.h"

#include <QCoreApplication>
#include <QFile>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>

#include <memory>

using namespace frameglass::peers;

namespace {

/// QWebSocket cuts by size. A text goes out as UTF-8, whatever its size as a QString.
void cutInto(QWebSocket *socket, std::size_t fragments, qsizetype octets)
{
    const auto count = static_cast<qsizetype>(fragments);
    const auto size = std::max<qsizetype>(1, (octets + count - 1) / count);
    socket->setOutgoingFrameSize(fragments > 1 ? static_cast<quint64>(size) : QWebSocket::maxOutgoingFrameSize());
}

void serve(QWebSocket *socket, const ProgramArguments &arguments)
{
    tellOpen("QWebSocket " QT_VERSION_STR, socket->subprotocol().toStdString(), {},
             socket->requestUrl().path().toStdString());
    auto count = std::make_shared<int>(0);
    const auto counted = [socket, count, &arguments] {
        if (++*count == arguments.closeAfter)
            socket->close(static_cast<QWebSocketProtocol::CloseCode>(arguments.closeCode),
                          QString::fromStdString(arguments.closeReason));
    };
    QObject::connect(socket, &QWebSocket::textMessageReceived, socket, [=, &arguments](const QString &text) {
        const QByteArray utf8 = text.toUtf8();
        tellMessage(true, {utf8.constData(), static_cast<std::size_t>(utf8.size())});
        cutInto(socket, arguments.fragments, utf8.size());
        socket->sendTextMessage(text);
        counted();
    });
    QObject::connect(socket, &QWebSocket::binaryMessageReceived, socket, [=, &arguments](const QByteArray &octets) {
        tellMessage(false, {octets.constData(), static_cast<std::size_t>(octets.size())});
        cutInto(socket, arguments.fragments, octets.size());
        socket->sendBinaryMessage(octets);
        counted();
    });
    QObject::connect(socket, &QWebSocket::pong, socket,
                     [](quint64, const QByteArray &payload) { tellPong(payload.toStdString()); });
    QObject::connect(socket, &QWebSocket::disconnected, socket, [socket] {
        tellClose(socket->closeCode(), socket->closeReason().toStdString());
        socket->deleteLater();
    });
    if (arguments.pingInterval > 0) {
        auto *timer = new QTimer(socket);
        QObject::connect(timer, &QTimer::timeout, socket, [socket] { socket->ping("qt"); });
        timer->start(arguments.pingInterval);
    }
}

QSslConfiguration configurationOf(const ProgramArguments &arguments)
{
    QFile key(QString::fromStdString(arguments.key));
    if (!key.open(QIODevice::ReadOnly))
        cannot("read the key");
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificateChain(
        QSslCertificate::fromPath(QString::fromStdString(arguments.certificate), QSsl::Pem));
    configuration.setPrivateKey(QSslKey(&key, QSsl::Ec));
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const ProgramArguments arguments = parseArguments(argc, argv);
    if (arguments.deflate.on)
        cannot("permessage-deflate");
    if (arguments.noRead)
        cannot("leave a connection unread");
    if (arguments.closeAfter > 0 && arguments.closeCode == 0)
        cannot("close without code");

    const bool secure = !arguments.certificate.empty();
    QWebSocketServer server("qt", secure ? QWebSocketServer::SecureMode : QWebSocketServer::NonSecureMode);
    if (secure)
        server.setSslConfiguration(configurationOf(arguments));
    QStringList subprotocols;
    for (const std::string &name : arguments.subprotocols)
        subprotocols << QString::fromStdString(name);
    server.setSupportedSubprotocols(subprotocols);
    QObject::connect(&server, &QWebSocketServer::newConnection, &server, [&] {
        while (QWebSocket *socket = server.nextPendingConnection())
            serve(socket, arguments);
    });
    if (!server.listen(QHostAddress::LocalHost))
        return 1;
    tellPort(server.serverPort());
    endWithParent();
    return application.exec();
}
