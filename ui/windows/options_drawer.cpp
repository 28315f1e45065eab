// SPDX-License-Identifier: GPL-3.0-or-later
#include "options_drawer.h"

#include "deflate_field.h"
#include "header_editor.h"
#include "proxy_fields.h"
#include "tls_fields.h"

#include "core/protocol/http_head.h"
#include "ui/support/flow_layout.h"
#include "ui/support/settings.h"
#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QScrollArea>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTabBar>

namespace frameglass::ui {

namespace {

enum Auth { NoAuth, BasicAuth, BearerAuth };

Nanoseconds fromSeconds(double seconds)
{
    return std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(seconds));
}

double toSeconds(Nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

QDoubleSpinBox *secondsField(QWidget *parent, double value)
{
    auto *field = new QDoubleSpinBox(parent);
    field->setRange(0.01, 86400);
    field->setDecimals(2);
    field->setValue(value);
    return field;
}

} // namespace

OptionsDrawer::OptionsDrawer(QUndoStack *undo, QWidget *parent)
    : QFrame(parent), m_tabs(new QTabBar(this)), m_stack(new QStackedWidget(this)), m_content(new QWidget(m_stack)),
      m_tls(new TlsFields(m_stack)), m_proxy(new ProxyFields(m_stack)), m_headers(new HeaderEditor(undo, m_content)),
      m_subprotocolsLabel(new QLabel(this)), m_subprotocols(new QLineEdit(this)),
      m_subprotocolsFault(new FaultLabel(this)), m_originLabel(new QLabel(this)), m_origin(new QLineEdit(this)),
      m_originFault(new FaultLabel(this)), m_authLabel(new QLabel(this)), m_auth(new QComboBox(this)),
      m_user(new QLineEdit(this)), m_password(new QLineEdit(this)), m_token(new QLineEdit(this)),
      m_authFault(new FaultLabel(this)), m_cookiesLabel(new QLabel(this)), m_cookies(new QLineEdit(this)),
      m_cookiesFault(new FaultLabel(this)), m_deflate(new DeflateField(DeflateField::Side::Client, this)),
      m_ping(new QCheckBox(this)), m_pingInterval(secondsField(this, 25)), m_pingTimeoutLabel(new QLabel(this)),
      m_pingTimeout(secondsField(this, 20)), m_pongLabel(new QLabel(this)), m_pong(new QComboBox(this)),
      m_pongDelay(new QSpinBox(this)), m_limitsLabel(new QLabel(this)), m_keepGoing(new QCheckBox(this))
{
    m_auth->setObjectName(QStringLiteral("signIn"));
    m_pong->setObjectName(QStringLiteral("answerPings"));
    m_subprotocols->setObjectName(QStringLiteral("subprotocols"));
    m_subprotocolsFault->setObjectName(QStringLiteral("subprotocolsFault"));
    m_origin->setObjectName(QStringLiteral("origin"));
    m_password->setEchoMode(QLineEdit::Password);
    m_token->setEchoMode(QLineEdit::Password);
    m_auth->addItems({QString(), QString(), QString()});
    m_pong->addItems({QString(), QString(), QString()});
    m_pongDelay->setRange(1, 3'600'000);
    m_pongDelay->setValue(1000);
    m_pongDelay->setSuffix(QStringLiteral(" ms"));

    const auto block = [this](QLayout *inside) {
        auto *widget = new QWidget(m_content);
        widget->setLayout(inside);
        inside->setContentsMargins(0, 0, 0, 0);
        return widget;
    };
    auto *middle = new QGridLayout;
    middle->setVerticalSpacing(Theme::space);
    int row = 0;
    const auto field = [&](QLabel *label, QWidget *widget, FaultLabel *fault) {
        label->setBuddy(widget);
        middle->addWidget(label, row, 0);
        middle->addWidget(widget, row++, 1, 1, 2);
        middle->addWidget(fault, row++, 1, 1, 2);
    };
    field(m_subprotocolsLabel, m_subprotocols, m_subprotocolsFault);
    field(m_originLabel, m_origin, m_originFault);
    middle->addWidget(m_authLabel, row, 0);
    m_authLabel->setBuddy(m_auth);
    middle->addWidget(m_auth, row, 1);
    auto *secrets = new QHBoxLayout;
    secrets->setSpacing(Theme::space);
    for (QLineEdit *line : {m_user, m_password, m_token}) {
        line->setMinimumWidth(60);
        secrets->addWidget(line);
    }
    middle->addLayout(secrets, row++, 2);
    middle->addWidget(m_authFault, row++, 1, 1, 2);
    field(m_cookiesLabel, m_cookies, m_cookiesFault);
    middle->addWidget(m_deflate, row++, 0, 1, 3);
    middle->setRowStretch(row, 1);
    middle->setColumnStretch(2, 1);

    auto *right = new QGridLayout;
    right->setVerticalSpacing(Theme::space);
    right->addWidget(m_ping, 0, 0);
    right->addWidget(m_pingInterval, 0, 1);
    right->addWidget(m_pingTimeoutLabel, 0, 2);
    right->addWidget(m_pingTimeout, 0, 3);
    m_pingTimeoutLabel->setBuddy(m_pingTimeout);
    right->addWidget(m_pongLabel, 1, 0);
    right->addWidget(m_pong, 1, 1);
    right->addWidget(m_pongDelay, 1, 3);
    m_pongLabel->setBuddy(m_pong);
    right->addWidget(m_limitsLabel, 2, 0, 1, 4);
    const std::array members{&session::StageTimeouts::resolve, &session::StageTimeouts::tcp,
                             &session::StageTimeouts::upgrade, &session::StageTimeouts::closeReply,
                             &session::StageTimeouts::tls,     &session::StageTimeouts::proxy};
    constexpr std::array places{0, 1, 4, 5, 3, 2}; // as they follow each other
    for (std::size_t i = 0; i < members.size(); ++i) {
        m_stages[i] = {new QLabel(this), secondsField(this, toSeconds(session::StageTimeouts{}.*members[i])),
                       members[i]};
        m_stages[i].label->setBuddy(m_stages[i].seconds);
        right->addWidget(m_stages[i].label, 3 + places[i] / 2, places[i] % 2 * 2);
        right->addWidget(m_stages[i].seconds, 3 + places[i] / 2, places[i] % 2 * 2 + 1);
    }
    right->addWidget(m_keepGoing, 6, 0, 1, 4);
    right->setRowStretch(7, 1);

    // Side by side, or beneath each other where the text is large; then what does not fit is scrolled.
    auto *blocks = new FlowLayout(m_content);
    blocks->setContentsMargins(3 * Theme::space, 2 * Theme::space, 3 * Theme::space, 3 * Theme::space);
    blocks->setSpacing(6 * Theme::space);
    blocks->setStretching(true);
    blocks->addWidget(m_headers);
    blocks->addWidget(block(middle));
    blocks->addWidget(block(right));
    m_stack->addWidget(scrolled(m_content));
    addPage(m_tls);
    addPage(m_proxy);
    m_tabs->setObjectName(QStringLiteral("optionsPages"));
    for (int page = 0; page < m_stack->count(); ++page)
        m_tabs->addTab({});
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 1, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_tabs);
    layout->addWidget(m_stack, 1);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);

    connect(m_tabs, &QTabBar::currentChanged, this, [this](int page) {
        m_stack->setCurrentIndex(page);
        updateGeometry();
    });
    connect(m_tls, &TlsFields::changed, this, [this] { updateGeometry(); });
    connect(m_proxy, &ProxyFields::changed, this, [this] { updateGeometry(); });
    connect(m_headers, &HeaderEditor::changed, this, &OptionsDrawer::validate);
    for (QLineEdit *line : {m_subprotocols, m_origin, m_user, m_password, m_token, m_cookies})
        connect(line, &QLineEdit::textChanged, this, &OptionsDrawer::validate);
    connect(m_auth, &QComboBox::currentIndexChanged, this, &OptionsDrawer::authChanged);
    const auto enable = [this] {
        m_pingInterval->setEnabled(m_ping->isChecked());
        m_pongDelay->setVisible(m_pong->currentIndex() == int(session::AutoPong::Delayed));
    };
    connect(m_ping, &QCheckBox::toggled, this, enable);
    connect(m_pong, &QComboBox::currentIndexChanged, this, enable);
    enable();
    retranslate();
    authChanged();
}

void OptionsDrawer::addPage(QWidget *fields)
{
    auto *page = new QWidget(m_stack);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(3 * Theme::space, 2 * Theme::space, 3 * Theme::space, 3 * Theme::space);
    layout->addWidget(fields);
    m_stack->addWidget(scrolled(page));
}

QScrollArea *OptionsDrawer::scrolled(QWidget *content)
{
    auto *area = new QScrollArea(m_stack);
    area->setWidget(content);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    content->installEventFilter(this); // its height depends on its width and on what is at fault
    return area;
}

QWidget *OptionsDrawer::currentContent() const
{
    return static_cast<QScrollArea *>(m_stack->currentWidget())->widget();
}

void OptionsDrawer::showTls()
{
    m_tabs->setCurrentIndex(TlsPage);
}

void OptionsDrawer::authChanged()
{
    const int auth = m_auth->currentIndex();
    m_user->setVisible(auth == BasicAuth);
    m_password->setVisible(auth == BasicAuth);
    m_token->setVisible(auth == BearerAuth);
    validate();
}

bool OptionsDrawer::validate()
{
    const bool headersGood = m_headers->validate();
    QString subprotocolFault;
    for (const QString &name : m_subprotocols->text().split(u',', Qt::SkipEmptyParts))
        if (!protocol::isToken(name.trimmed().toStdString()))
            subprotocolFault = tr("“%1” is no subprotocol name: letters, digits and . - _ only").arg(name.trimmed());
    m_subprotocolsFault->setFault(subprotocolFault, m_subprotocols);
    m_originFault->setFault(fitsOneLine(m_origin->text()) ? QString() : tr("Must stay on one line"), m_origin);
    QString authFault;
    if (m_auth->currentIndex() == BasicAuth && m_user->text().contains(u':'))
        authFault = tr("A user name for Basic has no colon (RFC 7617)");
    else if (m_auth->currentIndex() == BearerAuth && m_token->text().contains(u' '))
        authFault = tr("A bearer token has no spaces");
    m_authFault->setFault(authFault, m_auth);
    m_cookiesFault->setFault(fitsOneLine(m_cookies->text()) ? QString() : tr("Must stay on one line"), m_cookies);
    return headersGood && !m_subprotocolsFault->hasFault() && !m_originFault->hasFault() && !m_authFault->hasFault() &&
           !m_cookiesFault->hasFault() && m_deflate->validate();
}

bool OptionsDrawer::apply(session::ClientOptions &options)
{
    const bool general = validate();
    const bool tls = m_tls->validate();
    const bool proxy = m_proxy->validate();
    if (!general || !tls || !proxy) {
        m_tabs->setCurrentIndex(!general ? WebSocketPage : !tls ? TlsPage : ProxyPage);
        return false;
    }
    m_proxy->apply(options);
    options.serverName = m_tls->serverName();
    options.headers = m_headers->fields();
    options.subprotocols.clear();
    for (const QString &name : m_subprotocols->text().split(u',', Qt::SkipEmptyParts))
        options.subprotocols.push_back(name.trimmed().toStdString());
    options.origin.reset();
    if (!m_origin->text().isEmpty())
        options.origin = m_origin->text().toStdString();
    const int auth = m_auth->currentIndex();
    options.basicUser = auth == BasicAuth ? m_user->text().toStdString() : std::string();
    options.basicPassword = auth == BasicAuth ? m_password->text().toStdString() : std::string();
    options.bearerToken = auth == BearerAuth ? m_token->text().toStdString() : std::string();
    options.cookies = m_cookies->text().toStdString();
    options.deflateOffers = m_deflate->offers();
    options.heartbeat.pingInterval.reset();
    if (m_ping->isChecked())
        options.heartbeat.pingInterval = fromSeconds(m_pingInterval->value());
    options.heartbeat.pingTimeout = fromSeconds(m_pingTimeout->value());
    options.heartbeat.autoPong = session::AutoPong(m_pong->currentIndex());
    options.heartbeat.pongDelay = std::chrono::milliseconds(m_pongDelay->value());
    for (const StageField &stage : m_stages)
        options.timeouts.*stage.member = fromSeconds(stage.seconds->value());
    options.reading = m_keepGoing->isChecked() ? protocol::Reading::Observer : protocol::Reading::Endpoint;
    return true;
}

// Passwords, tokens, cookies and header values may be secrets and stay in memory only.
void OptionsDrawer::save() const
{
    QJsonArray stages;
    for (const StageField &stage : m_stages)
        stages.append(stage.seconds->value());
    QJsonObject json{{QStringLiteral("headers"), QJsonArray::fromStringList(m_headers->names())},
                     {QStringLiteral("subprotocols"), m_subprotocols->text()},
                     {QStringLiteral("origin"), m_origin->text()},
                     {QStringLiteral("ping"), m_ping->isChecked()},
                     {QStringLiteral("ping_s"), m_pingInterval->value()},
                     {QStringLiteral("ping_timeout_s"), m_pingTimeout->value()},
                     {QStringLiteral("pong"), m_pong->currentIndex()},
                     {QStringLiteral("pong_delay_ms"), m_pongDelay->value()},
                     {QStringLiteral("stages_s"), stages},
                     {QStringLiteral("keep_going"), m_keepGoing->isChecked()}};
    m_deflate->save(json);
    m_tls->save(json);
    m_proxy->save(json);
    Settings::instance().setValue(settings::connectOptions, QJsonDocument(json).toJson(QJsonDocument::Compact));
}

void OptionsDrawer::restore()
{
    const QJsonObject json = QJsonDocument::fromJson(Settings::instance().value(settings::connectOptions)).object();
    if (json.isEmpty())
        return;
    QStringList headers;
    for (const QJsonValue name : json.value(QStringLiteral("headers")).toArray())
        headers << name.toString();
    m_headers->setNames(headers);
    m_subprotocols->setText(json.value(QStringLiteral("subprotocols")).toString());
    m_origin->setText(json.value(QStringLiteral("origin")).toString());
    m_ping->setChecked(json.value(QStringLiteral("ping")).toBool());
    m_pingInterval->setValue(json.value(QStringLiteral("ping_s")).toDouble(m_pingInterval->value()));
    m_pingTimeout->setValue(json.value(QStringLiteral("ping_timeout_s")).toDouble(m_pingTimeout->value()));
    m_pong->setCurrentIndex(json.value(QStringLiteral("pong")).toInt());
    m_pongDelay->setValue(json.value(QStringLiteral("pong_delay_ms")).toInt(m_pongDelay->value()));
    const QJsonArray stages = json.value(QStringLiteral("stages_s")).toArray();
    for (std::size_t i = 0; i < m_stages.size(); ++i)
        m_stages[i].seconds->setValue(stages.at(qsizetype(i)).toDouble(m_stages[i].seconds->value()));
    m_keepGoing->setChecked(json.value(QStringLiteral("keep_going")).toBool());
    m_deflate->restore(json);
    m_tls->restore(json);
    m_proxy->restore(json);
    validate();
}

void OptionsDrawer::retranslate()
{
    const QSignalBlocker blocker(m_auth);
    m_tabs->setTabText(WebSocketPage, tr("WebSocket"));
    m_tabs->setTabText(TlsPage, tr("TLS"));
    m_tabs->setTabText(ProxyPage, tr("Proxy and addresses"));
    m_tabs->setAccessibleName(tr("Pages of the options"));
    m_headers->retranslate();
    m_tls->retranslate();
    m_proxy->retranslate();
    m_subprotocolsLabel->setText(tr("Subprotocols"));
    m_subprotocols->setPlaceholderText(tr("names, separated by commas"));
    m_originLabel->setText(tr("Origin"));
    m_origin->setPlaceholderText(tr("none, or https://app.example"));
    m_authLabel->setText(tr("Sign-in"));
    m_auth->setItemText(NoAuth, tr("none"));
    m_auth->setItemText(BasicAuth, tr("Basic"));
    m_auth->setItemText(BearerAuth, tr("Bearer"));
    m_user->setPlaceholderText(tr("user"));
    m_password->setPlaceholderText(tr("password"));
    m_token->setPlaceholderText(tr("token"));
    for (QLineEdit *line : {m_user, m_password, m_token})
        line->setAccessibleName(line->placeholderText());
    m_cookiesLabel->setText(tr("Cookies"));
    m_cookies->setPlaceholderText(QStringLiteral("name=value; name=value"));
    m_deflate->retranslate();
    m_ping->setText(tr("Ping every"));
    m_pingInterval->setAccessibleName(tr("Ping interval"));
    m_pingTimeoutLabel->setText(tr("missed after"));
    m_pongLabel->setText(tr("Answer pings"));
    m_pong->setItemText(0, tr("at once"));
    m_pong->setItemText(1, tr("never"));
    m_pong->setItemText(2, tr("later"));
    m_pong->setToolTip(tr("Withhold or delay pongs to see what the server does about it"));
    m_pongDelay->setAccessibleName(tr("Delay of pongs"));
    m_limitsLabel->setText(tr("Time limits"));
    const std::array stages{tr("Resolve"), tr("TCP"), tr("Upgrade"), tr("Close reply"), tr("TLS"), tr("Proxy")};
    for (std::size_t i = 0; i < stages.size(); ++i)
        m_stages[i].label->setText(stages[i]);
    for (QDoubleSpinBox *seconds : findChildren<QDoubleSpinBox *>())
        seconds->setSuffix(tr(" s", "seconds"));
    m_keepGoing->setText(tr("Keep going after violations"));
    m_keepGoing->setToolTip(tr("Note what breaks the rules and read on, instead of failing the connection"));
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, Theme::instance().tokens().quiet);
    m_limitsLabel->setPalette(quiet);
    validate(); // what is at fault is said in the new language too
}

void OptionsDrawer::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::PaletteChange)
        retranslate();
    QFrame::changeEvent(event);
}

// As high as its fields, but never more than half of the window: the views stay in sight.
QSize OptionsDrawer::sizeHint() const
{
    const QWidget *content = currentContent();
    const int room = std::max(width(), content->minimumSizeHint().width());
    const QLayout *fields = content->layout();
    const int height = fields->hasHeightForWidth() ? fields->heightForWidth(room) : fields->sizeHint().height();
    const int wanted = m_tabs->sizeHint().height() + height + 1;
    return {content->sizeHint().width(), parentWidget() ? std::min(wanted, parentWidget()->height() / 2) : wanted};
}

QSize OptionsDrawer::minimumSizeHint() const
{
    constexpr double share = 0.3; // of the window's height, where its text is large and all wants room
    const int least = parentWidget() ? int(parentWidget()->height() * share) : 0;
    return {currentContent()->minimumSizeHint().width(), std::min(sizeHint().height(), least)};
}

bool OptionsDrawer::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize)
        updateGeometry();
    return QFrame::eventFilter(watched, event);
}

void OptionsDrawer::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        emit closeRequested();
    else
        QFrame::keyPressEvent(event);
}

void OptionsDrawer::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(QRect(0, 0, width(), 1), Theme::instance().tokens().line);
}

} // namespace frameglass::ui
