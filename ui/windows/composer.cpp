// SPDX-License-Identifier: GPL-3.0-or-later
#include "composer.h"

#include "core/protocol/close_code.h"
#include "core/session/order.h"
#include "raw_frame_editor.h"
#include "ui/support/hex_text.h"
#include "ui/support/settings.h"
#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSpinBox>

namespace frameglass::ui {

using protocol::ConnectionState;

namespace {

constexpr int noCode = -1;

protocol::Octets octetsOf(const QString &text)
{
    return protocol::octetsOf(text.toStdString());
}

} // namespace

Composer::Composer(Document *document, Selection *selection, QWidget *parent)
    : QFrame(parent), m_document(document), m_selection(selection), m_kind(new QComboBox(this)),
      m_code(new QSpinBox(this)), m_text(new QPlainTextEdit(this)), m_raw(new RawFrameEditor(this)),
      m_fragmentsLabel(new QLabel(this)), m_fragments(new QSpinBox(this)), m_send(new QPushButton(this)),
      m_fault(new FaultLabel(this))
{
    m_kind->setObjectName(QStringLiteral("composerKind"));
    m_text->setObjectName(QStringLiteral("composerText"));
    m_send->setObjectName(QStringLiteral("send"));
    m_fault->setObjectName(QStringLiteral("composerFault"));
    m_fragments->setObjectName(QStringLiteral("fragments"));
    for (int i = 0; i <= int(Kind::RawFrame); ++i)
        m_kind->addItem(QString());
    m_code->setRange(noCode, 65535);
    m_code->setValue(1000);
    m_fragments->setRange(1, 10000);
    m_text->setTabChangesFocus(true);
    m_send->setIcon(icon(Icon::Send));
    m_fragmentsLabel->setBuddy(m_fragments);

    auto *row = new QHBoxLayout;
    row->addWidget(m_kind, 0, Qt::AlignTop);
    row->addWidget(m_code, 0, Qt::AlignTop);
    row->addWidget(m_text, 1);
    row->addWidget(m_raw, 1);
    row->addWidget(m_fragmentsLabel);
    row->addWidget(m_fragments);
    row->addWidget(m_send, 0, Qt::AlignTop);
    row->setAlignment(m_fragmentsLabel, Qt::AlignTop);
    row->setAlignment(m_fragments, Qt::AlignTop);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * Theme::space, 2 * Theme::space, 3 * Theme::space, 2 * Theme::space);
    layout->setSpacing(Theme::space);
    layout->addLayout(row);
    layout->addWidget(m_fault);

    auto &store = Settings::instance();
    m_drafts[std::size_t(Kind::Text)] = store.value(settings::textDraft);
    m_drafts[std::size_t(Kind::Binary)] = store.value(settings::binaryDraft);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &Composer::kindChanged);
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        m_fault->setFault(check(false), m_text);
        keepDraft();
        fitHeight();
    });
    connect(m_send, &QPushButton::clicked, this, &Composer::send);
    for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Enter}) {
        auto *shortcut = new QShortcut(QKeySequence(Qt::CTRL | key), this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, &Composer::send);
    }
    connect(m_selection, &Selection::connectionChanged, this, [this](capture::ConnectionId id) {
        const analysis::ConnectionFacts *facts = m_document->facts(id);
        m_raw->setMaskedByDefault(!facts || facts->vantage() != capture::Vantage::Server);
    });
    connect(&Theme::instance(), &Theme::changed, this, &Composer::fitHeight);
    m_shown = Kind(std::clamp(store.value(settings::composerKind), 0, int(Kind::RawFrame)));
    retranslate();
    m_kind->setCurrentIndex(int(m_shown));
    m_text->setPlainText(m_drafts[std::size_t(m_shown)]);
    kindChanged();
    refresh();
}

Composer::Kind Composer::kind() const
{
    return Kind(m_kind->currentIndex());
}

void Composer::setKind(Kind kind)
{
    m_kind->setCurrentIndex(int(kind));
}

void Composer::focusText()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
}

void Composer::keepDraft()
{
    m_drafts[std::size_t(m_shown)] = m_text->toPlainText();
    if (m_shown == Kind::Text)
        Settings::instance().setValue(settings::textDraft, m_text->toPlainText());
    else if (m_shown == Kind::Binary)
        Settings::instance().setValue(settings::binaryDraft, m_text->toPlainText());
}

void Composer::kindChanged()
{
    const Kind now = kind();
    if (now != m_shown) {
        m_shown = now;
        m_text->setPlainText(m_drafts[std::size_t(now)]);
    }
    m_text->setVisible(now != Kind::RawFrame);
    m_raw->setVisible(now == Kind::RawFrame);
    m_code->setVisible(now == Kind::Close);
    const bool message = now == Kind::Text || now == Kind::Binary;
    m_fragmentsLabel->setVisible(message);
    m_fragments->setVisible(message);
    m_text->setFont(now == Kind::Binary ? Theme::instance().monospace() : font());
    Settings::instance().setValue(settings::composerKind, int(now));
    m_fault->setFault(check(false), m_text);
    retranslate();
    fitHeight();
}

// One line while little is written, up to six when there is more.
void Composer::fitHeight()
{
    const QFontMetrics metrics(m_text->font());
    constexpr int most = 6;
    const int needed = int(m_text->document()->size().height()); // which a plain text's layout counts in lines
    const int lines = std::clamp(needed, 1, most);
    m_text->setVerticalScrollBarPolicy(needed > most ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    const int control = m_kind->sizeHint().height();
    m_fragmentsLabel->setFixedHeight(control);
    m_code->setFixedHeight(control);
    m_fragments->setFixedHeight(control);
    const int height = std::max(control, metrics.lineSpacing() * lines + 2 * Theme::space);
    m_text->setFixedHeight(height);
    // A single line stands in the middle, as in the fields beside it.
    const int frame = 2 * m_text->frameWidth();
    m_text->document()->setDocumentMargin(
        std::max(double(Theme::space), (height - frame - metrics.lineSpacing() * lines) / 2.0));
}

/// Checks what is written, and with `order` sends it. Returns what is wrong with it.
QString Composer::check(bool order)
{
    const capture::ConnectionId id = m_selection->connection();
    const QString text = m_text->toPlainText();
    const auto fragments = std::uint32_t(m_fragments->value());
    switch (kind()) {
    case Kind::Text: {
        const std::string line = text.toStdString();
        const auto parsed = session::parseOrder(line);
        if (const auto *fault = std::get_if<session::OrderFault>(&parsed)) {
            switch (fault->error) {
            case session::OrderError::UnknownCommand:
                return tr("Unknown command. Known are /ping, /pong and /close; begin with // to send a slash");
            case session::OrderError::PayloadTooLong: return tr("A ping or pong carries at most 125 octets");
            case session::OrderError::CodeInvalid: return tr("A close code is a number from 0 to 65535");
            case session::OrderError::ReasonTooLong: return tr("A close reason has at most 123 octets");
            }
        }
        if (!order)
            return {};
        const auto &what = std::get<session::Order>(parsed);
        if (const auto *message = std::get_if<session::TextOrder>(&what)) {
            m_document->sendText(id, QString::fromStdString(message->text), fragments);
        } else if (const auto *ping = std::get_if<session::PingOrder>(&what)) {
            if (ping->payload)
                m_document->ping(id, protocol::octetsOf(*ping->payload));
            else
                m_document->ping(id);
        } else if (const auto *pong = std::get_if<session::PongOrder>(&what)) {
            m_document->pong(id, protocol::octetsOf(pong->payload));
        } else if (const auto *close = std::get_if<session::CloseOrder>(&what)) {
            m_document->closeConnection(id, close->code, QString::fromStdString(close->reason));
        }
        return {};
    }
    case Kind::Binary: {
        HexText hex = parseHex(text);
        if (!hex.valid())
            return faultText(hex);
        if (order)
            m_document->sendBinary(id, std::move(hex.octets), fragments);
        return {};
    }
    case Kind::Ping:
    case Kind::Pong: {
        protocol::Octets payload = octetsOf(text);
        if (payload.size() > protocol::maximumControlPayload)
            return tr("A ping or pong carries at most 125 octets; this has %1").arg(payload.size());
        if (!order)
            return {};
        if (kind() == Kind::Pong)
            m_document->pong(id, std::move(payload));
        else if (payload.empty())
            m_document->ping(id);
        else
            m_document->ping(id, std::move(payload));
        return {};
    }
    case Kind::Close: {
        const std::size_t octets = text.toStdString().size();
        if (octets > protocol::maximumReasonOctets)
            return tr("A close reason has at most 123 octets; this has %1").arg(octets);
        if (m_code->value() == noCode && octets > 0)
            return tr("A reason needs a code before it");
        if (order)
            m_document->closeConnection(
                id, m_code->value() == noCode ? std::nullopt : std::optional(std::uint16_t(m_code->value())), text);
        return {};
    }
    case Kind::RawFrame:
        if (order) {
            if (auto frame = m_raw->frame())
                m_document->sendRaw(id, std::move(*frame));
        }
        return {};
    }
    return {};
}

bool Composer::send()
{
    if (!m_send->isEnabled())
        return false;
    const QString fault = check(true);
    m_fault->setFault(fault, m_text);
    if (!fault.isEmpty()) {
        m_text->setFocus();
        return false;
    }
    // A sent message leaves the field for the next one; what is tuned over several tries stays.
    // Undo brings it back.
    if (kind() == Kind::Text) {
        QTextCursor all(m_text->document());
        all.select(QTextCursor::Document);
        all.removeSelectedText();
    }
    return true;
}

void Composer::refresh()
{
    const analysis::ConnectionFacts *facts = m_document->facts(m_selection->connection());
    const bool live = facts && m_document->isLive(facts->id) && !facts->isListener();
    const bool open = live && facts->openedAt && !protocol::isFinal(facts->state);
    // Only a raw frame may leave after our Close: to see what the peer makes of it.
    const bool sendable = open && (facts->state == ConnectionState::Open || kind() == Kind::RawFrame);
    m_send->setEnabled(sendable);
    m_send->setToolTip(sendable ? tr("Send (Ctrl+Enter)")
                       : open   ? tr("The closing handshake has begun: only a raw frame can be sent")
                                : tr("Connect first: nothing is open to send to"));
}

void Composer::retranslate()
{
    const std::array names{tr("text"), tr("binary"), tr("ping"), tr("pong"), tr("close"), tr("raw frame")};
    for (int i = 0; i < int(names.size()); ++i)
        m_kind->setItemText(i, names[std::size_t(i)]);
    m_kind->setAccessibleName(tr("What to send"));
    m_kind->setToolTip(tr("What to send"));
    switch (m_shown) {
    case Kind::Text: m_text->setPlaceholderText(tr("Message, or /ping, /pong, /close 1000 bye")); break;
    case Kind::Binary: m_text->setPlaceholderText(tr("Octets in hex: 01 02 ff")); break;
    case Kind::Ping:
        m_text->setPlaceholderText(tr("Payload; empty for an id and time of our own, so that the pong can be matched"));
        break;
    case Kind::Pong: m_text->setPlaceholderText(tr("Payload")); break;
    case Kind::Close: m_text->setPlaceholderText(tr("Reason")); break;
    case Kind::RawFrame: break;
    }
    m_text->setAccessibleName(tr("Message to send"));
    m_code->setSpecialValueText(tr("no code"));
    m_code->setAccessibleName(tr("Close code"));
    m_code->setToolTip(tr("Close code; codes that must not be sent can be sent here too"));
    m_fragmentsLabel->setText(tr("Fragments"));
    m_fragments->setAccessibleName(tr("Fragments"));
    m_fragments->setToolTip(tr("Send the message in that many frames"));
    m_send->setText(tr("Send"));
    m_send->setAccessibleName(tr("Send"));
    m_fault->setFault(check(false), m_text); // in the new language too
    refresh();
}

void Composer::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    if (event->type() == QEvent::FontChange)
        fitHeight();
    QFrame::changeEvent(event);
}

void Composer::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(QRect(0, 0, width(), 1), Theme::instance().tokens().line);
}

} // namespace frameglass::ui
