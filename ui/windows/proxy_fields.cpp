// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_fields.h"

#include "core/session/redirect.h"
#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QComboBox>
#include <QGridLayout>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>

#include <utility>

namespace frameglass::ui {

namespace {

using Kind = session::ProxyChoice::Kind;

/// In the order of the choice.
enum class Questions { Addresses, Services, None };

QString wordsFor(session::ProxyError error)
{
    using session::ProxyError;
    switch (error) {
    case ProxyError::Empty: return ProxyFields::tr("Which proxy, for example http://proxy.example:3128");
    case ProxyError::KindUnsupported: return ProxyFields::tr("A proxy begins with http:// or socks5://");
    case ProxyError::TlsUnsupported:
        return ProxyFields::tr("Proxies that are spoken to over TLS are not supported; most take http:// too, and "
                               "wss:// stays encrypted through it");
    case ProxyError::HostMissing: return ProxyFields::tr("The host of the proxy is missing");
    case ProxyError::HostInvalid: return ProxyFields::tr("This is no valid host name or address");
    case ProxyError::PortInvalid: return ProxyFields::tr("The port must be a number from 1 to 65535");
    case ProxyError::CredentialsTooLong:
        return ProxyFields::tr("User or password are longer than such a proxy can take");
    case ProxyError::InvalidOctet: return ProxyFields::tr("This character must be percent-encoded");
    }
    return {};
}

} // namespace

ProxyFields::ProxyFields(QWidget *parent)
    : QWidget(parent), m_label(new QLabel(this)), m_choice(new QComboBox(this)), m_urlLabel(new QLabel(this)),
      m_url(new QLineEdit(this)), m_urlFault(new FaultLabel(this)), m_signInLabel(new QLabel(this)),
      m_user(new QLineEdit(this)), m_password(new QLineEdit(this)), m_addressesLabel(new QLabel(this)),
      m_addresses(new QLineEdit(this)), m_addressesFault(new FaultLabel(this)), m_redirectsLabel(new QLabel(this)),
      m_redirects(new QSpinBox(this)), m_nameServersLabel(new QLabel(this)), m_questions(new QComboBox(this)),
      m_nameServer(new QLineEdit(this)), m_nameServerFault(new FaultLabel(this))
{
    m_choice->setObjectName(QStringLiteral("proxyChoice"));
    m_url->setObjectName(QStringLiteral("proxyUrl"));
    m_urlFault->setObjectName(QStringLiteral("proxyUrlFault"));
    m_user->setObjectName(QStringLiteral("proxyUser"));
    m_password->setObjectName(QStringLiteral("proxyPassword"));
    m_addresses->setObjectName(QStringLiteral("givenAddresses"));
    m_addressesFault->setObjectName(QStringLiteral("givenAddressesFault"));
    m_password->setEchoMode(QLineEdit::Password);
    m_choice->addItems({QString(), QString(), QString()});
    m_redirects->setObjectName(QStringLiteral("redirects"));
    m_redirects->setRange(0, int(session::mostRedirects));
    m_questions->setObjectName(QStringLiteral("dnsQuestions"));
    m_questions->addItems({QString(), QString(), QString()});
    m_nameServer->setObjectName(QStringLiteral("nameServer"));
    m_nameServerFault->setObjectName(QStringLiteral("nameServerFault"));
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(Theme::space);
    m_label->setBuddy(m_choice);
    m_urlLabel->setBuddy(m_url);
    m_signInLabel->setBuddy(m_user);
    m_addressesLabel->setBuddy(m_addresses);
    m_redirectsLabel->setBuddy(m_redirects);
    m_nameServersLabel->setBuddy(m_questions);
    grid->addWidget(m_label, 0, 0);
    grid->addWidget(m_choice, 0, 1, Qt::AlignLeft);
    grid->addWidget(m_urlLabel, 1, 0);
    grid->addWidget(m_url, 1, 1, 1, 2);
    grid->addWidget(m_urlFault, 2, 1, 1, 2);
    grid->addWidget(m_signInLabel, 3, 0);
    grid->addWidget(m_user, 3, 1);
    grid->addWidget(m_password, 3, 2);
    grid->addWidget(m_addressesLabel, 4, 0);
    grid->addWidget(m_addresses, 4, 1, 1, 2);
    grid->addWidget(m_addressesFault, 5, 1, 1, 2);
    grid->addWidget(m_redirectsLabel, 6, 0);
    grid->addWidget(m_redirects, 6, 1, Qt::AlignLeft);
    grid->addWidget(m_nameServersLabel, 7, 0);
    grid->addWidget(m_questions, 7, 1);
    grid->addWidget(m_nameServer, 7, 2);
    grid->addWidget(m_nameServerFault, 8, 1, 1, 2);
    grid->setRowStretch(9, 1);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(2, 1);

    const auto edited = [this] {
        const bool given = m_choice->currentIndex() == int(Kind::Given);
        for (QWidget *widget : std::initializer_list<QWidget *>{m_urlLabel, m_url, m_signInLabel, m_user, m_password})
            widget->setVisible(given);
        m_nameServer->setVisible(m_questions->currentIndex() != int(Questions::None));
        validate();
        emit changed();
    };
    connect(m_choice, &QComboBox::currentIndexChanged, this, edited);
    connect(m_questions, &QComboBox::currentIndexChanged, this, edited);
    for (QLineEdit *line : {m_url, m_user, m_password, m_addresses, m_nameServer})
        connect(line, &QLineEdit::textChanged, this, edited);
    retranslate();
    edited();
}

std::optional<transport::Proxy> ProxyFields::proxy() const
{
    auto parsed = session::parseProxy(m_url->text().trimmed().toStdString());
    auto *proxy = std::get_if<transport::Proxy>(&parsed);
    if (!proxy)
        return std::nullopt;
    if (!m_user->text().isEmpty() || !m_password->text().isEmpty()) {
        proxy->user = m_user->text().toStdString();
        proxy->password = m_password->text().toStdString();
    }
    return std::move(*proxy);
}

bool ProxyFields::validate()
{
    QString fault;
    if (m_choice->currentIndex() == int(Kind::Given)) {
        const auto parsed = session::parseProxy(m_url->text().trimmed().toStdString());
        if (const auto *error = std::get_if<session::ProxyError>(&parsed))
            fault = wordsFor(*error);
    }
    m_urlFault->setFault(fault, m_url);
    QString addressFault;
    for (const QString &address : m_addresses->text().split(u',', Qt::SkipEmptyParts))
        if (!session::parseAddress(address.trimmed().toStdString()))
            addressFault = tr("“%1” is no IPv4 or IPv6 address").arg(address.trimmed());
    m_addressesFault->setFault(addressFault, m_addresses);
    QString serverFault;
    const QString server = m_nameServer->text().trimmed();
    if (m_questions->currentIndex() != int(Questions::None) && !server.isEmpty() &&
        !session::parseNameServer(server.toStdString()))
        serverFault = tr("“%1” is no IPv4 or IPv6 address with an optional port").arg(server);
    m_nameServerFault->setFault(serverFault, m_nameServer);
    return fault.isEmpty() && addressFault.isEmpty() && serverFault.isEmpty();
}

void ProxyFields::apply(session::ClientOptions &options) const
{
    options.proxy = {};
    options.proxy.kind = Kind(m_choice->currentIndex());
    if (options.proxy.kind == Kind::Given)
        options.proxy.proxy = proxy().value_or(transport::Proxy{});
    options.addresses.clear();
    for (const QString &address : m_addresses->text().split(u',', Qt::SkipEmptyParts))
        if (const auto numeric = session::parseAddress(address.trimmed().toStdString()))
            options.addresses.push_back({{}, 0, *numeric}); // whatever the host
    const auto questions = Questions(m_questions->currentIndex());
    options.dns.detail = questions != Questions::None;
    options.dns.services = questions == Questions::Services;
    options.dns.server = session::parseNameServer(m_nameServer->text().trimmed().toStdString()).value_or("");
}

std::uint32_t ProxyFields::redirects() const
{
    return std::uint32_t(m_redirects->value());
}

void ProxyFields::save(QJsonObject &json) const
{
    QString url;
    if (const auto known = proxy())
        url = (known->kind == capture::ProxyKind::Socks5 ? QStringLiteral("socks5://") : QStringLiteral("http://")) +
              QString::fromStdString(transport::hostAndPort(known->host, known->port));
    json.insert(QStringLiteral("proxy"), m_choice->currentIndex());
    json.insert(QStringLiteral("proxy_url"), url);
    json.insert(QStringLiteral("addresses"), m_addresses->text());
    json.insert(QStringLiteral("redirects"), m_redirects->value());
    json.insert(QStringLiteral("dns_questions"), m_questions->currentIndex());
    json.insert(QStringLiteral("name_server"), m_nameServer->text());
}

void ProxyFields::restore(const QJsonObject &json)
{
    const int choice = json.value(QStringLiteral("proxy")).toInt();
    m_choice->setCurrentIndex(choice >= 0 && choice < m_choice->count() ? choice : 0);
    m_url->setText(json.value(QStringLiteral("proxy_url")).toString());
    m_addresses->setText(json.value(QStringLiteral("addresses")).toString());
    m_redirects->setValue(json.value(QStringLiteral("redirects")).toInt());
    const int questions = json.value(QStringLiteral("dns_questions")).toInt();
    m_questions->setCurrentIndex(questions >= 0 && questions < m_questions->count() ? questions : 0);
    m_nameServer->setText(json.value(QStringLiteral("name_server")).toString());
}

void ProxyFields::retranslate()
{
    m_label->setText(tr("Proxy"));
    m_choice->setItemText(int(Kind::System), tr("as the system says"));
    m_choice->setItemText(int(Kind::None), tr("none"));
    m_choice->setItemText(int(Kind::Given), tr("this one"));
    m_choice->setToolTip(
        tr("The system's: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, else its settings; never to "
           "this computer itself"));
    m_urlLabel->setText(tr("Its address"));
    m_url->setPlaceholderText(QStringLiteral("http://proxy.example:3128, socks5://…"));
    m_signInLabel->setText(tr("Its sign-in"));
    m_user->setPlaceholderText(tr("user"));
    m_password->setPlaceholderText(tr("password"));
    m_user->setAccessibleName(tr("User of the proxy"));
    m_password->setAccessibleName(tr("Password of the proxy"));
    m_addressesLabel->setText(tr("Server's addresses"));
    m_addresses->setPlaceholderText(tr("as its name resolves"));
    m_addresses->setToolTip(tr("Connect to these instead, in this order; separated by commas. Not through a proxy"));
    m_redirectsLabel->setText(tr("Redirects"));
    m_redirects->setSpecialValueText(tr("not followed"));
    m_redirects->setPrefix(tr("at most "));
    m_redirects->setToolTip(
        tr("Redirects are followed up to this many, each with a connection of its own; credentials and "
           "cookies stay with their server. Browsers follow none"));
    m_nameServersLabel->setText(tr("Name servers"));
    m_questions->setItemText(int(Questions::Addresses), tr("ask for addresses"));
    m_questions->setItemText(int(Questions::Services), tr("and for SRV records"));
    m_questions->setItemText(int(Questions::None), tr("do not ask"));
    m_questions->setToolTip(tr("Asked beside the system's resolver, whose answer the connection uses: what they say is "
                               "compared with it"));
    m_nameServer->setPlaceholderText(tr("those of the system"));
    m_nameServer->setAccessibleName(tr("Name server to ask"));
    m_nameServer->setToolTip(tr("Address of the name server to ask, with a port where it is not 53"));
    validate();
}

} // namespace frameglass::ui
