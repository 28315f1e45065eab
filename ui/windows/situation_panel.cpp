// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation_panel.h"

#include "core/capture/secrets.h"
#include "core/diagnosis/wording.h"
#include "core/diagnosis/wording_certificate.h"
#include "ui/models/connection_trust.h"
#include "ui/models/server_address.h"
#include "ui/support/theme.h"
#include "ui/support/unit_text.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>

namespace frameglass::ui {

using capture::Stage;
using diagnosis::durationText;

namespace {

constexpr qsizetype shownBody = 64 * 1024;

// Octets that are no text become visible signs; nothing else is changed.
QString asShown(const QByteArray &octets)
{
    QString text = QString::fromUtf8(octets);
    text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    for (QChar &c : text)
        if (c.unicode() < 0x20 && c != u'\n' && c != u'\t')
            c = QChar(0x2400 + c.unicode());
    return text;
}

QByteArray bytes(const protocol::Octets &octets)
{
    return {reinterpret_cast<const char *>(octets.data()), qsizetype(octets.size())};
}

/// Which certificate failed, every fault of the chain, and what would mend the first.
QString trustText(const capture::TlsFacts &tls)
{
    QStringList sentences;
    for (const auto &fault : tls.faults) {
        const QString text = diagnosis::textOf(fault, tls.chain);
        if (!sentences.contains(text + u'.'))
            sentences << text + u'.';
    }
    for (const auto &fault : tls.faults) {
        const QString advice = diagnosis::adviceFor(fault, tls.chain);
        if (!advice.isEmpty()) {
            sentences << advice;
            break;
        }
    }
    return sentences.join(u' ');
}

} // namespace

SituationPanel::SituationPanel(Document *document, Selection *selection, QWidget *parent)
    : QFrame(parent), m_document(document), m_selection(selection), m_sentence(new QLabel(this)),
      m_answer(new QPlainTextEdit(this)), m_second(new QPushButton(this)), m_button(new QPushButton(this))
{
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setObjectName(QStringLiteral("situation"));
    m_answer->setReadOnly(true);
    m_answer->setObjectName(QStringLiteral("answer"));
    m_answer->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_answer->setTabChangesFocus(true);
    m_button->setObjectName(QStringLiteral("situationButton"));
    m_second->setObjectName(QStringLiteral("situationSecond"));
    auto *row = new QHBoxLayout;
    row->addWidget(m_sentence, 1);
    row->addWidget(m_second);
    row->addWidget(m_button);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4 * Theme::space, 2 * Theme::space, 3 * Theme::space, 2 * Theme::space);
    layout->addLayout(row);
    layout->addWidget(m_answer);
    connect(m_button, &QPushButton::clicked, this, &SituationPanel::press);
    connect(m_second, &QPushButton::clicked, this, &SituationPanel::pressSecond);
    setVisible(false);
}

QString SituationPanel::sentence() const
{
    return m_sentence->text();
}

SituationPanel::Mode SituationPanel::modeOf(const analysis::ConnectionFacts &facts) const
{
    if (facts.isListener())
        return Mode::Listening;
    if (facts.openedAt || !facts.started)
        return Mode::Hidden;
    if (facts.isOver() || facts.state == protocol::ConnectionState::Failed)
        return Mode::Failed;
    return m_document->isLive(facts.id) && facts.state == protocol::ConnectionState::Opening ? Mode::Connecting
                                                                                             : Mode::Hidden;
}

QString SituationPanel::connectingText(const analysis::ConnectionFacts &facts) const
{
    if (facts.stages.empty())
        return tr("Waiting for the request");
    const auto &stage = facts.stages.back();
    const QString since = durationText(std::max<Nanoseconds>(m_document->now() - stage.time, Nanoseconds{0}));
    switch (stage.value.stage) {
    case Stage::Resolve: return tr("Looking up the host for %1").arg(since);
    case Stage::Tcp: return tr("Making the TCP connection for %1").arg(since);
    case Stage::Proxy: return tr("Asking the proxy for %1").arg(since);
    case Stage::Tls: return tr("Making the TLS connection for %1").arg(since);
    case Stage::Upgrade: return tr("Request sent; waiting for the server's answer for %1").arg(since);
    }
    return {};
}

QString SituationPanel::failedText(const analysis::ConnectionFacts &facts) const
{
    if (facts.response) {
        const auto &head = facts.response->value;
        const QString line = QString::fromStdString(head.startLine);
        return facts.bodyOctets > 0
                   ? tr("The answer as it came: %1, with a body of %2").arg(line, sizeText(facts.bodyOctets))
                   : tr("The answer as it came: %1, without a body").arg(line);
    }
    if (isRefusedByTrust(facts))
        return trustText(facts.tls->value);
    // What failed is the banner's sentence.
    if (!facts.request)
        return tr("There is no answer to show: the request could not be sent.");
    return tr("The connection ended before the opening handshake was done. No answer came.");
}

QString SituationPanel::listeningText(const analysis::ConnectionFacts &facts) const
{
    const auto &listener = facts.listener->value;
    const QString address = QString::fromStdString(listener.address);
    if (listener.error)
        return tr("The echo server could not listen on %1: %2").arg(address, QString::fromStdString(listener.message));
    std::size_t all = 0;
    std::size_t open = 0;
    for (const auto &[id, other] : m_document->facts().connections()) {
        if (other->started && other->started->value.listener == facts.id) {
            ++all;
            open += !other->isOver() && m_document->isLive(id) ? 1 : 0;
        }
    }
    if (!m_document->isLive(facts.id))
        return tr("The echo server on %1 has stopped. %n connections were accepted.", nullptr, int(all)).arg(address);
    return tr("Echo server on %1: %2 open, %n accepted. It sends every message back as it came.", nullptr, int(all))
        .arg(address)
        .arg(open);
}

void SituationPanel::refresh()
{
    const analysis::ConnectionFacts *facts = m_document->facts(m_selection->connection());
    m_mode = facts ? modeOf(*facts) : Mode::Hidden;
    setVisible(m_mode != Mode::Hidden);
    if (m_mode == Mode::Hidden)
        return;
    QString answer;
    switch (m_mode) {
    case Mode::Connecting: m_sentence->setText(connectingText(*facts)); break;
    case Mode::Failed:
        m_sentence->setText(failedText(*facts));
        answer = answerText(*facts);
        break;
    case Mode::Listening: m_sentence->setText(listeningText(*facts)); break;
    case Mode::Hidden: break;
    }
    showButtons(*facts);
    m_answer->setVisible(!answer.isEmpty());
    if (m_answer->toPlainText() != answer)
        m_answer->setPlainText(answer);
    m_answer->setFont(Theme::instance().monospace());
    m_answer->setAccessibleName(tr("The server's answer"));
    const int lines = std::clamp(m_answer->blockCount() + 1, 3, 7);
    const int line = QFontMetrics(m_answer->font()).lineSpacing();
    m_answer->setMinimumHeight(line * 2 + 2 * Theme::space); // it gives way where the text is large
    m_answer->setMaximumHeight(line * lines + 4 * Theme::space);
}

QString SituationPanel::answerText(const analysis::ConnectionFacts &facts) const
{
    if (!facts.response)
        return {};
    const auto &raw = facts.response->value.raw;
    QByteArray octets = bytes(capture::masked(raw, capture::secretsInHead(raw)));
    octets += bytes(facts.body).left(shownBody);
    QString answer = asShown(octets).trimmed();
    if (facts.bodyOctets > std::min<std::uint64_t>(facts.body.size(), shownBody))
        answer += u'\n' + tr("[cut: the body has %1]").arg(sizeText(facts.bodyOctets));
    return answer;
}

void SituationPanel::showButtons(const analysis::ConnectionFacts &facts)
{
    const bool live = m_document->isLive(facts.id);
    const bool client = facts.vantage() == capture::Vantage::Client;
    switch (m_mode) {
    case Mode::Connecting:
        m_button->setText(tr("Cancel"));
        m_button->setToolTip(tr("Stop connecting (Ctrl+D)"));
        m_button->setVisible(client);
        m_second->hide();
        break;
    case Mode::Failed:
        m_button->setText(tr("Retry"));
        m_button->setToolTip(tr("Connect again with the same options (F5)"));
        m_button->setVisible(client);
        m_second->setText(tr("Connect anyway (this once)"));
        m_second->setToolTip(tr("Whoever is on the way could read and change what is sent. The next attempt is "
                                "verified again"));
        m_second->setVisible(isRefusedByTrust(facts));
        break;
    case Mode::Listening:
        m_button->setText(tr("Stop"));
        m_button->setToolTip(tr("Stop the server and close its connections"));
        m_button->setVisible(live);
        m_second->setText(tr("Copy address"));
        m_second->setToolTip({});
        m_second->setVisible(live);
        break;
    case Mode::Hidden: break;
    }
    m_button->setAccessibleName(m_button->text());
    m_second->setAccessibleName(m_second->text());
}

void SituationPanel::press()
{
    switch (m_mode) {
    case Mode::Connecting: emit cancelRequested(); break;
    case Mode::Failed: emit retryRequested(); break;
    case Mode::Listening: emit stopServerRequested(); break;
    case Mode::Hidden: break;
    }
}

void SituationPanel::pressSecond()
{
    if (m_mode == Mode::Failed)
        emit anywayRequested();
    else if (const session::ServerSession *server = m_document->server())
        QGuiApplication::clipboard()->setText(addressOf(*server));
}

void SituationPanel::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        refresh();
    QFrame::changeEvent(event);
}

void SituationPanel::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = Theme::instance().tokens();
    QPainter painter(this);
    painter.fillRect(rect(), tokens.surface);
    painter.fillRect(QRect(0, height() - 1, width(), 1), tokens.line);
}

} // namespace frameglass::ui
