// SPDX-License-Identifier: GPL-3.0-or-later
#include "address_bar.h"

#include "core/capture/secrets.h"
#include "ui/support/settings.h"
#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QComboBox>
#include <QCompleter>
#include <QCoreApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>

namespace frameglass::ui {

namespace {

constexpr int historyLength = 20;

// The history is no place for secrets: their values are left empty.
QString withoutSecrets(const std::string &url)
{
    std::string result = url;
    const auto ranges = capture::secretsInUrl(url);
    for (auto range = ranges.rbegin(); range != ranges.rend(); ++range)
        result.erase(range->offset, range->length);
    return QString::fromStdString(result);
}

} // namespace

QString textOf(const session::TargetFault &fault)
{
    const auto text = [](const char *source) { return QCoreApplication::translate("AddressBar", source); };
    switch (fault.error) {
    case session::TargetError::Empty:
        return text(QT_TRANSLATE_NOOP("AddressBar", "Type where to connect, for example wss://example.com/chat"));
    case session::TargetError::SchemeMissing:
        return text(QT_TRANSLATE_NOOP("AddressBar", "The address must begin with ws:// or wss://"));
    case session::TargetError::SchemeUnsupported:
        return text(QT_TRANSLATE_NOOP("AddressBar", "Only ws:// and wss:// addresses can be opened"));
    case session::TargetError::HostMissing:
        return text(QT_TRANSLATE_NOOP("AddressBar", "The host is missing after ://"));
    case session::TargetError::HostInvalid:
        return text(QT_TRANSLATE_NOOP("AddressBar", "This is no valid host name or address"));
    case session::TargetError::PortInvalid:
        return text(QT_TRANSLATE_NOOP("AddressBar", "The port must be a number from 1 to 65535"));
    case session::TargetError::HasFragment:
        return text(QT_TRANSLATE_NOOP("AddressBar", "A WebSocket address has no #fragment (RFC 6455 §3)"));
    case session::TargetError::InvalidOctet:
        return text(QT_TRANSLATE_NOOP("AddressBar", "This character must be percent-encoded"));
    }
    return {};
}

AddressBar::AddressBar(QWidget *parent)
    : QWidget(parent), m_url(new QComboBox(this)), m_button(new QPushButton(this)), m_options(new QToolButton(this)),
      m_fault(new FaultLabel(this)), m_row(new QWidget(this))
{
    m_url->setObjectName(QStringLiteral("url"));
    m_url->setEditable(true);
    m_url->setInsertPolicy(QComboBox::NoInsert);
    m_url->setMaxVisibleItems(historyLength);
    m_url->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_url->setMinimumContentsLength(20);
    m_url->addItems(Settings::instance().value(settings::urlHistory));
    m_url->setEditText(Settings::instance().value(settings::lastUrl));
    m_url->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_url->completer()->setCaseSensitivity(Qt::CaseSensitive);
    m_url->lineEdit()->setClearButtonEnabled(true);
    m_button->setObjectName(QStringLiteral("connect"));
    m_options->setObjectName(QStringLiteral("options"));
    m_options->setCheckable(true);
    m_options->setIcon(icon(Icon::Options));
    m_options->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_options->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    m_fault->setObjectName(QStringLiteral("urlFault"));

    auto *row = new QHBoxLayout(m_row);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_url, 1);
    row->addWidget(m_button);
    row->addWidget(m_options);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * Theme::space, 2 * Theme::space, 3 * Theme::space, 2 * Theme::space);
    layout->setSpacing(Theme::space);
    layout->addWidget(m_row);
    layout->addWidget(m_fault);

    m_url->installEventFilter(this);
    connect(m_url->lineEdit(), &QLineEdit::returnPressed, this, [this] {
        if (m_order == Order::Connect)
            press();
    });
    connect(m_url, &QComboBox::editTextChanged, this, [this] {
        if (m_fault->hasFault())
            validate();
        updateButton();
        emit urlEdited();
    });
    connect(m_button, &QPushButton::clicked, this, &AddressBar::press);
    connect(m_options, &QToolButton::toggled, this, &AddressBar::optionsToggled);
    retranslate();
}

QString AddressBar::url() const
{
    return m_url->currentText().trimmed();
}

void AddressBar::setUrl(const QString &url)
{
    m_url->setEditText(url);
    m_fault->setFault({}, m_url);
}

void AddressBar::focusUrl()
{
    m_url->setFocus(Qt::ShortcutFocusReason);
    m_url->lineEdit()->selectAll();
}

void AddressBar::setLive(const QString &liveUrl, Order order)
{
    m_liveUrl = liveUrl;
    m_liveOrder = order;
    updateButton();
}

bool AddressBar::validate()
{
    const std::string text = url().toStdString();
    const auto result = session::parseTarget(text);
    const auto *fault = std::get_if<session::TargetFault>(&result);
    if (!fault) {
        m_fault->setFault({}, m_url);
        return true;
    }
    // The position counts octets, the field counts UTF-16 units.
    const auto place = QString::fromUtf8(text.data(), qsizetype(std::min(fault->position, text.size()))).size();
    QString sentence = textOf(*fault);
    if (fault->error != session::TargetError::Empty)
        sentence = tr("%1 (character %2)").arg(sentence).arg(place + 1);
    m_fault->setFault(sentence, m_url);
    return false;
}

void AddressBar::remember()
{
    const QString kept = withoutSecrets(url().toStdString());
    auto &store = Settings::instance();
    store.prepend(settings::urlHistory, kept, historyLength);
    store.setValue(settings::lastUrl, kept);
    const QString current = m_url->currentText();
    const QSignalBlocker blocker(m_url);
    m_url->clear();
    m_url->addItems(store.value(settings::urlHistory));
    m_url->setEditText(current);
}

void AddressBar::addToRow(QWidget *widget)
{
    m_row->layout()->addWidget(widget);
}

void AddressBar::press()
{
    switch (m_order) {
    case Order::Connect:
        if (validate()) {
            emit connectRequested();
        } else {
            m_url->setFocus();
            const std::string text = url().toStdString();
            const auto result = session::parseTarget(text);
            const std::size_t position = std::get<session::TargetFault>(result).position;
            m_url->lineEdit()->setCursorPosition(
                int(QString::fromUtf8(text.data(), qsizetype(std::min(position, text.size()))).size()));
        }
        break;
    case Order::Cancel: emit cancelRequested(); break;
    case Order::Disconnect: emit disconnectRequested(); break;
    }
}

void AddressBar::updateButton()
{
    m_order = m_liveUrl.isEmpty() || m_liveUrl != url() ? Order::Connect : m_liveOrder;
    switch (m_order) {
    case Order::Connect:
        m_button->setText(tr("Connect"));
        m_button->setToolTip(tr("Open a connection to this address (Enter)"));
        break;
    case Order::Cancel:
        m_button->setText(tr("Cancel"));
        m_button->setToolTip(tr("Stop connecting (Ctrl+D)"));
        break;
    case Order::Disconnect:
        m_button->setText(tr("Disconnect"));
        m_button->setToolTip(tr("Close this connection with code 1000 (Ctrl+D)"));
        break;
    }
    m_button->setAccessibleName(m_button->text());
    m_button->setProperty("primary", m_order == Order::Connect);
    m_button->update();
}

void AddressBar::retranslate()
{
    m_url->lineEdit()->setPlaceholderText(tr("ws:// or wss://host:port/path"));
    m_url->setAccessibleName(tr("WebSocket address"));
    m_url->setToolTip(tr("Address to connect to (Ctrl+N)"));
    m_options->setText(tr("Options"));
    m_options->setToolTip(
        tr("Headers, subprotocols, sign-in, heartbeat and time limits of the next connection (Ctrl+Shift+O)"));
    m_options->setAccessibleName(tr("Connection options"));
    updateButton();
    // Room for the longest of the three words, so that nothing moves when it changes.
    int width = 0;
    for (const QString &word : {tr("Connect"), tr("Cancel"), tr("Disconnect")})
        width = std::max(width, m_button->fontMetrics().horizontalAdvance(word));
    m_button->setMinimumWidth(width + 10 * Theme::space);
    if (m_fault->hasFault())
        validate();
}

// The line edit leaves Enter to its combo box, which hands it back: one press would be two orders, and when the first
// connection has already failed by then, the second is a connection that nobody asked for.
bool AddressBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_url && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter)
            return true;
    }
    return QWidget::eventFilter(watched, event);
}

void AddressBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::FontChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace frameglass::ui
