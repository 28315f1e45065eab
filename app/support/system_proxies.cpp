// SPDX-License-Identifier: GPL-3.0-or-later
#include "system_proxies.h"

#include <QNetworkProxy>
#include <QNetworkProxyQuery>
#include <QUrl>

namespace frameglass::app {

namespace {

transport::Proxy proxyFrom(const QNetworkProxy &from)
{
    transport::Proxy proxy;
    proxy.kind =
        from.type() == QNetworkProxy::Socks5Proxy ? capture::ProxyKind::Socks5 : capture::ProxyKind::HttpConnect;
    proxy.host = from.hostName().toStdString();
    proxy.port = from.port();
    proxy.user = from.user().toStdString();
    proxy.password = from.password().toStdString();
    return proxy;
}

} // namespace

/// The first one that is usable: settings may name several, in order of preference.
session::ProxyAdvice systemProxiesFor(const session::Target &target)
{
    QUrl url;
    url.setScheme(target.isSecure() ? QStringLiteral("https") : QStringLiteral("http"));
    url.setHost(QString::fromStdString(target.host));
    url.setPort(target.port);
    for (const QNetworkProxy &proxy : QNetworkProxyFactory::systemProxyForQuery(QNetworkProxyQuery(url))) {
        switch (proxy.type()) {
        case QNetworkProxy::NoProxy: return {};
        case QNetworkProxy::Socks5Proxy:
        case QNetworkProxy::HttpProxy:
        case QNetworkProxy::HttpCachingProxy:
            if (!proxy.hostName().isEmpty() && proxy.port() != 0)
                return {proxyFrom(proxy), {}};
            break;
        case QNetworkProxy::DefaultProxy:
        case QNetworkProxy::FtpCachingProxy: break;
        }
    }
    return {};
}

} // namespace frameglass::app
