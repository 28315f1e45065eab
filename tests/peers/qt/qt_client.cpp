// SPDX-License-Identifier: GPL-3.0-or-later
// A QWebSocket client. Same arguments and output as the other client peers.

#include "peer_output.h"

#include <QTimer>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>

#include <deque>

using namespace frameglass::peers;

namespace {

struct Action
{
    QString kind;
    QString value;
};

struct Arguments
{
    QUrl url;
    std::deque<Action> actions;
    QStringList subprotocols;
    int closeCode = 1000;
    QString closeReason;
    bool waitClose = false;
};

/// By hand, since QCommandLineParser forgets the order of different options.
Arguments parse(const QStringList &words)
{
    Arguments arguments;
    for (qsizetype i = 1; i < words.size(); ++i) {
        const QString &word = words[i];
        if (!word.startsWith("--"))
            arguments.url = QUrl(word);
        else if (word == "--wait-close")
            arguments.waitClose = true;
        else if (const QString value = words.value(++i); word == "--subprotocol")
            arguments.subprotocols << value;
        else if (word == "--close-code")
            arguments.closeCode = value.toInt();
        else if (word == "--close-reason")
            arguments.closeReason = value;
        else
            arguments.actions.push_back({word.mid(2), value});
    }
    return arguments;
}

class Client : public QObject
{
public:
    explicit Client(const Arguments &arguments) : m_arguments(arguments)
    {
        connect(&m_socket, &QWebSocket::connected, this, [this] {
            tell({{"event", "open"}, {"subprotocol", m_socket.subprotocol()}});
            next();
        });
        connect(&m_socket, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
            tellText(text);
            next();
        });
        connect(&m_socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &octets) {
            tellBinary(octets);
            next();
        });
        connect(&m_socket, &QWebSocket::pong, this, [this](quint64, const QByteArray &payload) {
            tell({{"event", "pong"}, {"data", QString::fromLatin1(payload.toHex())}});
            next();
        });
        connect(&m_socket, &QWebSocket::disconnected, this, [this] {
            tellClose(m_socket.closeCode(), m_socket.closeReason());
            QCoreApplication::exit(0);
        });
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
        const auto error = &QWebSocket::errorOccurred;
#else
        const auto error = qOverload<QAbstractSocket::SocketError>(&QWebSocket::error);
#endif
        connect(&m_socket, error, this, [this] { tell({{"event", "error"}, {"message", m_socket.errorString()}}); });
        QWebSocketHandshakeOptions options;
        options.setSubprotocols(m_arguments.subprotocols);
        m_socket.open(m_arguments.url, options);
    }

private:
    void next()
    {
        if (m_arguments.actions.empty()) {
            if (!m_arguments.waitClose)
                m_socket.close(static_cast<QWebSocketProtocol::CloseCode>(m_arguments.closeCode),
                               m_arguments.closeReason);
            return;
        }
        const Action action = m_arguments.actions.front();
        m_arguments.actions.pop_front();
        const bool fragmented = action.kind == "fragmented";
        m_socket.setOutgoingFrameSize(fragmented ? 16 : QWebSocket::maxOutgoingFrameSize());
        if (action.kind == "ping")
            m_socket.ping(action.value.toUtf8());
        else if (action.kind == "binary")
            m_socket.sendBinaryMessage(QByteArray::fromHex(action.value.toLatin1()));
        else
            m_socket.sendTextMessage(action.value);
    }

    Arguments m_arguments;
    QWebSocket m_socket;
};

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QTimer::singleShot(std::chrono::seconds(40), &application, [] {
        tell({{"event", "error"}, {"message", "out of patience"}});
        QCoreApplication::exit(1);
    });
    Client client(parse(application.arguments()));
    return application.exec();
}
