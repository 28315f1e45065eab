// SPDX-License-Identifier: GPL-3.0-or-later
#include "server_address.h"

#include <QHostAddress>
#include <QUrl>

namespace frameglass::ui {

QString addressOf(const session::ServerSession &server)
{
    QUrl url(QString::fromStdString(server.url()));
    const QHostAddress host(url.host());
    const bool here =
        host.isLoopback() || host == QHostAddress(QHostAddress::AnyIPv4) || host == QHostAddress(QHostAddress::AnyIPv6);
    if (url.scheme() == QLatin1String("wss") && here)
        url.setHost(QStringLiteral("localhost"));
    return url.toString();
}

} // namespace frameglass::ui
