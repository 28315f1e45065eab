// SPDX-License-Identifier: GPL-3.0-or-later
// A QWebSocket client. Same arguments and output as the other client peers. QWebSocket has no extensions and always
// closes with a code.

#include "../program/peer_program.h"

#include <QCoreApplication>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>

using namespace frameglass::peers;

namespace {

class Client : public QObject
{
public:
    explicit Client(const ProgramArguments &arguments) : m_arguments(arguments)
    {
        connect(&m_socket, &QWebSocket::connected, this, [this] {
            tellOpen("QWebSocket " QT_VERSION_STR, m_socket.subprotocol().toStdString(), {});
            next();
        });
        connect(&m_socket, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
            tellMessage(true, text.toStdString());
            next();
        });
        connect(&m_socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &octets) {
            tellMessage(false, {octets.constData(), static_cast<std::size_t>(octets.size())});
            next();
        });
        connect(&m_socket, &QWebSocket::pong, this, [this](quint64, const QByteArray &payload) {
            tellPong(payload.toStdString());
            next();
        });
        connect(&m_socket, &QWebSocket::disconnected, this, [this] {
            tellClose(m_socket.closeCode(), m_socket.closeReason().toStdString());
            QCoreApplication::exit(0);
        });
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
        const auto error = &QWebSocket::errorOccurred;
#else
        const auto error = qOverload<QAbstractSocket::SocketError>(&QWebSocket::error);
#endif
        connect(&m_socket, error, this, [this] { tellError(m_socket.errorString().toStdString()); });
        if (!m_arguments.authority.empty()) {
            QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
            configuration.setCaCertificates(
                QSslCertificate::fromPath(QString::fromStdString(m_arguments.authority), QSsl::Pem));
            m_socket.setSslConfiguration(configuration);
        }
        QWebSocketHandshakeOptions options;
        QStringList subprotocols;
        for (const std::string &name : m_arguments.subprotocols)
            subprotocols << QString::fromStdString(name);
        options.setSubprotocols(subprotocols);
        m_socket.open(QUrl(QString::fromStdString(m_arguments.url)), options);
    }

private:
    void next()
    {
        if (m_arguments.actions.empty()) {
            if (!m_arguments.waitClose)
                m_socket.close(static_cast<QWebSocketProtocol::CloseCode>(m_arguments.closeCode),
                               QString::fromStdString(m_arguments.closeReason));
            return;
        }
        const Action action = std::move(m_arguments.actions.front());
        m_arguments.actions.pop_front();
        const QByteArray octets = QByteArray::fromStdString(action.octets);
        const bool fragmented = action.kind == "fragmented";
        m_socket.setOutgoingFrameSize(fragmented ? static_cast<quint64>(octets.size() / 3 + 1)
                                                 : QWebSocket::maxOutgoingFrameSize());
        if (action.kind == "ping")
            m_socket.ping(octets);
        else if (action.kind == "binary")
            m_socket.sendBinaryMessage(octets);
        else
            m_socket.sendTextMessage(QString::fromUtf8(octets));
    }

    ProgramArguments m_arguments;
    QWebSocket m_socket;
};

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const ProgramArguments arguments = parseArguments(argc, argv);
    if (arguments.deflate.on)
        cannot("permessage-deflate");
    if (!arguments.waitClose && arguments.closeCode == 0)
        cannot("close without code");
    QTimer::singleShot(std::chrono::seconds(2 * patienceSeconds), &application, [] {
        tellError("out of patience");
        QCoreApplication::exit(1);
    });
    Client client(arguments);
    return application.exec();
}
