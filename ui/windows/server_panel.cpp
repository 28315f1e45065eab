// SPDX-License-Identifier: GPL-3.0-or-later
#include "server_panel.h"

#include "deflate_field.h"
#include "server_tls_fields.h"

#include "core/capture/capture.h"
#include "core/diagnosis/wording.h"
#include "core/protocol/http_head.h"
#include "ui/models/server_address.h"
#include "ui/support/settings.h"
#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QCheckBox>
#include <QClipboard>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHostAddress>
#include <QJsonDocument>
#include <QJsonObject>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QUrl>

namespace frameglass::ui {

ServerPanel::ServerPanel(Document *document, QWidget *parent)
    : QFrame(parent), m_document(document), m_addressLabel(new QLabel(this)), m_address(new QLineEdit(this)),
      m_addressFault(new FaultLabel(this)), m_portLabel(new QLabel(this)), m_port(new QSpinBox(this)),
      m_subprotocolsLabel(new QLabel(this)), m_subprotocols(new QLineEdit(this)),
      m_subprotocolsFault(new FaultLabel(this)), m_originsLabel(new QLabel(this)), m_origins(new QLineEdit(this)),
      m_originsFault(new FaultLabel(this)), m_deflate(new DeflateField(DeflateField::Side::Server, this)),
      m_tls(new ServerTlsFields(this)), m_maker(transport::TlsContext::Side::Server, this), m_ping(new QCheckBox(this)),
      m_pingInterval(new QDoubleSpinBox(this)), m_startStop(new QPushButton(this)), m_startFault(new FaultLabel(this)),
      m_hint(new QLabel(this)), m_url(new QLabel(this)), m_copy(new QToolButton(this)), m_connect(new QPushButton(this))
{
    m_address->setObjectName(QStringLiteral("serverAddress"));
    m_port->setObjectName(QStringLiteral("serverPort"));
    m_startStop->setObjectName(QStringLiteral("serverStart"));
    m_startFault->setObjectName(QStringLiteral("serverFault"));
    m_address->setText(QStringLiteral("127.0.0.1"));
    m_port->setRange(0, 65535);
    m_port->setValue(9001);
    m_port->setGroupSeparatorShown(false);
    m_pingInterval->setRange(0.01, 86400);
    m_pingInterval->setValue(25);
    m_url->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_url->setObjectName(QStringLiteral("serverUrl"));
    m_connect->setObjectName(QStringLiteral("serverConnect"));
    m_copy->setIcon(icon(Icon::Copy));
    m_copy->setAutoRaise(true);

    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(4 * Theme::space, 4 * Theme::space, 4 * Theme::space, 4 * Theme::space);
    grid->setVerticalSpacing(Theme::space);
    int row = 0;
    const auto field = [&](QLabel *label, QWidget *widget, FaultLabel *fault) {
        label->setBuddy(widget);
        grid->addWidget(label, row, 0);
        grid->addWidget(widget, row++, 1, 1, 2);
        if (fault)
            grid->addWidget(fault, row++, 1, 1, 2);
    };
    field(m_addressLabel, m_address, m_addressFault);
    field(m_portLabel, m_port, nullptr);
    field(m_subprotocolsLabel, m_subprotocols, m_subprotocolsFault);
    field(m_originsLabel, m_origins, m_originsFault);
    grid->addWidget(m_deflate, row++, 0, 1, 3);
    grid->addWidget(m_ping, row, 0);
    grid->addWidget(m_pingInterval, row++, 1, 1, 2);
    grid->addWidget(m_tls, row++, 0, 1, 3);
    grid->addWidget(m_startFault, row++, 0, 1, 3);
    m_hint->setWordWrap(true);
    grid->addWidget(m_hint, row++, 0, 1, 3);
    auto *address = new QHBoxLayout;
    address->addWidget(m_url);
    address->addWidget(m_copy);
    address->addStretch(1);
    grid->addLayout(address, row++, 0, 1, 3);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(2 * Theme::space);
    buttons->addStretch(1);
    buttons->addWidget(m_connect);
    buttons->addWidget(m_startStop);
    grid->addLayout(buttons, row++, 0, 1, 3);
    grid->setColumnStretch(1, 1);
    setMinimumWidth(380);

    connect(m_startStop, &QPushButton::clicked, this, [this] {
        if (m_document->server())
            m_document->stopServer();
        else
            start();
    });
    connect(m_ping, &QCheckBox::toggled, this, &ServerPanel::refresh);
    connect(m_copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_url->text()); });
    connect(m_connect, &QPushButton::clicked, this, [this] { emit connectRequested(m_url->text(), m_authority); });
    for (QLineEdit *line : {m_address, m_subprotocols, m_origins}) {
        connect(line, &QLineEdit::textChanged, this, [this] {
            session::ServerOptions options;
            read(options);
        });
    }
    connect(m_document, &Document::serverChanged, this, &ServerPanel::refresh);
    restore();
    retranslate();
}

bool ServerPanel::read(session::ServerOptions &options)
{
    const QString address = m_address->text().trimmed();
    m_addressFault->setFault(
        QHostAddress(address).isNull() ? tr("An IPv4 or IPv6 address such as 127.0.0.1 or ::") : QString(), m_address);
    options.address = address.toStdString();
    options.port = std::uint16_t(m_port->value());
    QString fault;
    for (const QString &part : m_subprotocols->text().split(u',', Qt::SkipEmptyParts)) {
        const std::string name = part.trimmed().toStdString();
        if (!protocol::isToken(name))
            fault = tr("“%1” is no subprotocol name: letters, digits and . - _ only").arg(part.trimmed());
        options.subprotocols.push_back(name);
    }
    m_subprotocolsFault->setFault(fault, m_subprotocols);
    fault.clear();
    for (const QString &part : m_origins->text().split(u',', Qt::SkipEmptyParts)) {
        const QString origin = part.trimmed();
        const QUrl url(origin, QUrl::StrictMode);
        if (origin != QLatin1String("null") &&
            (url.scheme().isEmpty() || url.host().isEmpty() || !url.path().isEmpty()))
            fault = tr("“%1” is no origin; write it like https://example.com").arg(origin);
        options.allowedOrigins.push_back(origin.toStdString());
    }
    m_originsFault->setFault(fault, m_origins);
    if (m_ping->isChecked())
        options.heartbeat.pingInterval =
            std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(m_pingInterval->value()));
    const bool deflateGood = m_deflate->validate();
    options.deflate = deflateGood ? m_deflate->preferences() : std::nullopt;
    return !m_addressFault->hasFault() && !m_subprotocolsFault->hasFault() && !m_originsFault->hasFault() &&
           deflateGood;
}

void ServerPanel::focusFirst()
{
    if (m_document->server())
        m_startStop->setFocus(Qt::TabFocusReason);
    else
        m_address->setFocus(Qt::TabFocusReason);
}

void ServerPanel::start()
{
    session::ServerOptions options;
    m_startFault->setFault({}, m_startStop);
    if (!read(options))
        return;
    m_authority.clear();
    if (!m_tls->isWanted()) {
        startWith(options);
        return;
    }
    transport::TlsOptions tls;
    if (!m_tls->read(tls))
        return;
    m_authority = m_tls->authority();
    m_maker.make(
        std::move(tls),
        [this, options](TlsMaker::Context made) mutable {
            options.tls = std::move(made);
            startWith(options);
        },
        [this](const transport::TlsError &error) { m_tls->showError(error); });
}

void ServerPanel::startWith(const session::ServerOptions &options)
{
    QString error;
    try {
        if (!m_document->startServer(options, &error)) {
            m_startFault->setFault(
                tr("Cannot listen on %1, port %2: %3").arg(m_address->text()).arg(m_port->value()).arg(error),
                m_startStop);
            return;
        }
    } catch (const capture::CaptureError &failure) {
        m_startFault->setFault(diagnosis::textOf(failure.code(), m_document->path()), m_startStop);
        return;
    }
    save();
}

void ServerPanel::save() const
{
    QJsonObject json{{QStringLiteral("address"), m_address->text()},
                     {QStringLiteral("port"), m_port->value()},
                     {QStringLiteral("subprotocols"), m_subprotocols->text()},
                     {QStringLiteral("origins"), m_origins->text()},
                     {QStringLiteral("ping"), m_ping->isChecked()},
                     {QStringLiteral("ping_s"), m_pingInterval->value()}};
    m_deflate->save(json);
    m_tls->save(json);
    Settings::instance().setValue(settings::serverOptions, QJsonDocument(json).toJson(QJsonDocument::Compact));
}

void ServerPanel::restore()
{
    const QJsonObject json = QJsonDocument::fromJson(Settings::instance().value(settings::serverOptions)).object();
    if (json.isEmpty())
        return;
    m_address->setText(json.value(QStringLiteral("address")).toString(m_address->text()));
    m_port->setValue(json.value(QStringLiteral("port")).toInt(m_port->value()));
    m_subprotocols->setText(json.value(QStringLiteral("subprotocols")).toString());
    m_origins->setText(json.value(QStringLiteral("origins")).toString());
    m_deflate->restore(json);
    m_tls->restore(json);
    m_ping->setChecked(json.value(QStringLiteral("ping")).toBool());
    m_pingInterval->setValue(json.value(QStringLiteral("ping_s")).toDouble(m_pingInterval->value()));
}

void ServerPanel::refresh()
{
    const session::ServerSession *server = m_document->server();
    const bool running = server != nullptr;
    // The fields are for the next start; what runs may have been started elsewhere.
    for (QWidget *field : std::initializer_list<QWidget *>{m_addressLabel, m_address, m_portLabel, m_port,
                                                           m_subprotocolsLabel, m_subprotocols, m_originsLabel,
                                                           m_origins, m_deflate, m_tls, m_ping, m_pingInterval})
        field->setVisible(!running);
    m_pingInterval->setEnabled(m_ping->isChecked());
    m_hint->setVisible(running);
    m_url->setText(running ? addressOf(*server) : QString());
    m_url->setVisible(running);
    m_copy->setVisible(running);
    m_connect->setVisible(running);
    m_startStop->setText(running ? tr("Stop") : tr("Start"));
    m_startStop->setProperty("primary", !running);
    m_startStop->setToolTip(running ? tr("Stop the server and close its connections") : tr("Start the echo server"));
    m_startStop->setAccessibleName(m_startStop->toolTip());
    m_startStop->update();
    if (running)
        m_startFault->setFault({}, m_startStop);
    adjustSize();
}

void ServerPanel::retranslate()
{
    setAccessibleName(tr("Echo server"));
    m_addressLabel->setText(tr("Address"));
    m_address->setToolTip(tr("127.0.0.1 for this computer only, 0.0.0.0 or :: for all networks"));
    m_portLabel->setText(tr("Port"));
    m_port->setSpecialValueText(tr("any free one"));
    m_subprotocolsLabel->setText(tr("Subprotocols"));
    m_subprotocols->setPlaceholderText(tr("none; the first that a client offers is chosen"));
    m_originsLabel->setText(tr("Allowed origins"));
    m_origins->setPlaceholderText(tr("any; others than listed get 403"));
    m_deflate->retranslate();
    m_tls->retranslate();
    m_ping->setText(tr("Ping every"));
    m_pingInterval->setSuffix(tr(" s", "seconds"));
    m_pingInterval->setAccessibleName(tr("Ping interval"));
    m_url->setAccessibleName(tr("Address of the server"));
    m_hint->setText(tr("The echo server is running. Stop it to change how it listens."));
    m_copy->setToolTip(tr("Copy the address"));
    m_copy->setAccessibleName(m_copy->toolTip());
    m_connect->setText(tr("Connect to it"));
    m_connect->setToolTip(tr("Open a client connection to this server"));
    session::ServerOptions options;
    read(options); // what is at fault is said in the new language too
    refresh();
}

// It lies over the window, outside of any layout: faults and larger text make it grow by itself.
bool ServerPanel::event(QEvent *event)
{
    const bool done = QFrame::event(event);
    if (event->type() == QEvent::LayoutRequest)
        adjustSize();
    return done;
}

void ServerPanel::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    emit resized();
}

void ServerPanel::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QFrame::changeEvent(event);
}

void ServerPanel::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        emit closeRequested();
    else
        QFrame::keyPressEvent(event);
}

void ServerPanel::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = Theme::instance().tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), tokens.surface);
    painter.setPen(QPen(tokens.line, 1));
    painter.setBrush(tokens.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
}

} // namespace frameglass::ui
