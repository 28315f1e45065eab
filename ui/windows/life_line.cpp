// SPDX-License-Identifier: GPL-3.0-or-later
#include "life_line.h"

#include "core/diagnosis/wording.h"
#include "ui/models/connection_trust.h"
#include "ui/support/flow_layout.h"
#include "ui/support/theme.h"

#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

namespace frameglass::ui {

using capture::Stage;
using capture::StageOutcome;
using diagnosis::durationText;
using protocol::ConnectionState;

namespace {

const QString none = QStringLiteral("–");

LifeLine::Phase phaseOf(Stage stage)
{
    switch (stage) {
    case Stage::Resolve: return LifeLine::Phase::Resolve;
    case Stage::Tcp: return LifeLine::Phase::Tcp;
    case Stage::Proxy: return LifeLine::Phase::Proxy;
    case Stage::Tls: return LifeLine::Phase::Tls;
    case Stage::Upgrade: return LifeLine::Phase::Upgrade;
    }
    return LifeLine::Phase::Upgrade;
}

/// Whether a phase is, or would have been, on the way to this connection. What was accepted had no way of ours.
bool isUsed(LifeLine::Phase phase, const analysis::ConnectionFacts &facts)
{
    const bool accepted = facts.vantage() == capture::Vantage::Server;
    switch (phase) {
    case LifeLine::Phase::Resolve:
    case LifeLine::Phase::Tcp: return !accepted;
    case LifeLine::Phase::Proxy: return facts.proxy || facts.lastOf(Stage::Proxy);
    case LifeLine::Phase::Tls: return isSecure(facts);
    case LifeLine::Phase::Upgrade:
    case LifeLine::Phase::Open:
    case LifeLine::Phase::Close: return true;
    }
    return true;
}

QString clock(Nanoseconds time)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
    const QChar zero = u'0';
    return QStringLiteral("%1:%2:%3")
        .arg(seconds / 3600, 2, 10, zero)
        .arg(seconds / 60 % 60, 2, 10, zero)
        .arg(seconds % 60, 2, 10, zero);
}

} // namespace

std::array<LifeLine::Step, LifeLine::phaseCount> LifeLine::stepsOf(const analysis::ConnectionFacts &facts,
                                                                   Nanoseconds now)
{
    std::array<Step, phaseCount> steps;
    for (std::size_t i = 0; i < phaseCount; ++i) {
        steps[i].time = none;
        steps[i].used = isUsed(Phase(i), facts);
    }
    for (const auto &stage : facts.stages) {
        Step &step = steps[std::size_t(phaseOf(stage.value.stage))];
        step.record = stage.record;
        switch (stage.value.outcome) {
        case StageOutcome::Started:
            step.standing = Standing::Current;
            step.time = durationText(std::max<Nanoseconds>(now - stage.time, Nanoseconds{0}));
            break;
        case StageOutcome::Succeeded:
            step.standing = Standing::Done;
            step.time = durationText(stage.value.elapsed);
            break;
        case StageOutcome::Failed:
        case StageOutcome::TimedOut:
        case StageOutcome::Cancelled:
            step.standing = Standing::Failed;
            step.time = durationText(stage.value.elapsed);
            break;
        }
    }
    // What it agreed on, or came to, says more than that it ended.
    if (Step &tls = steps[std::size_t(Phase::Tls)]; facts.tls && tls.record)
        tls.record = facts.tls->record;
    Step &upgrade = steps[std::size_t(Phase::Upgrade)];
    if (facts.response)
        upgrade.record = facts.response->record;
    // An accepted connection has no stage for it: its upgrade runs from the first record, or from TLS, to the answer.
    if (upgrade.standing == Standing::Pending && facts.request && facts.started) {
        const auto *tls = facts.lastOf(Stage::Tls);
        const Nanoseconds began = tls ? tls->time : facts.started->time;
        upgrade.standing = facts.openedAt ? Standing::Done : facts.isOver() ? Standing::Failed : Standing::Current;
        upgrade.record = upgrade.record ? upgrade.record : facts.request->record;
        upgrade.time = durationText(facts.openedAt.value_or(facts.lastTime.value_or(now)) - began);
    }
    if (facts.openedAt) {
        upgrade.standing = Standing::Done;
        Step &open = steps[std::size_t(Phase::Open)];
        const bool left = facts.state != ConnectionState::Open;
        open.standing = left || facts.isOver() ? Standing::Done : Standing::Current;
        Nanoseconds until = now;
        for (const auto &step : facts.steps) {
            if (step.value.to == ConnectionState::Open)
                open.record = step.record;
            if (step.value.from == ConnectionState::Open)
                until = step.time;
        }
        open.time = clock(std::max<Nanoseconds>(until - *facts.openedAt, Nanoseconds{0}));
        Step &close = steps[std::size_t(Phase::Close)];
        if (facts.isOver()) {
            close.standing = facts.ended->value.wasClean ? Standing::Done : Standing::Failed;
            close.time = QString::number(facts.ended->value.code);
            close.record = facts.closeReceived ? facts.closeReceived->record
                           : facts.closeSent   ? facts.closeSent->record
                                               : facts.ended->record;
        } else if (left) {
            close.standing = Standing::Current;
            close.time = durationText(std::max<Nanoseconds>(now - until, Nanoseconds{0}));
            close.record = facts.steps.back().record;
        }
    }
    return steps;
}

LifeLine::LifeLine(Document *document, Selection *selection, QWidget *parent)
    : QFrame(parent), m_document(document), m_selection(selection), m_trust(new QLabel(this)), m_rtt(new QLabel(this))
{
    auto *layout = new FlowLayout(this);
    layout->setContentsMargins(2 * Theme::space, Theme::space, 3 * Theme::space, Theme::space);
    layout->setSpacing(0);
    for (std::size_t i = 0; i < phaseCount; ++i) {
        auto *button = new QToolButton(this);
        button->setAutoRaise(true);
        button->setCheckable(true);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setFocusPolicy(Qt::TabFocus);
        button->setObjectName(QStringLiteral("stage%1").arg(i));
        connect(button, &QToolButton::clicked, this, [this, i] {
            refresh();
            if (m_steps[i].record)
                m_selection->setRecord(m_steps[i].record, 0, 0, true);
        });
        m_buttons[i] = button;
        m_arrows[i] = new QLabel(QStringLiteral("▸"), this);
        m_arrows[i]->setContentsMargins(2, 0, 2, 0);
        if (i > 0)
            layout->addWidget(m_arrows[i]);
        else
            m_arrows[i]->hide();
        layout->addWidget(button);
    }
    m_trust->setObjectName(QStringLiteral("trustMark"));
    m_trust->setContentsMargins(3 * Theme::space, 0, 0, 0);
    m_trust->hide();
    layout->addWidget(m_trust);
    layout->alignRight();
    m_rtt->setObjectName(QStringLiteral("rtt"));
    layout->addWidget(m_rtt);
    connect(&Theme::instance(), &Theme::changed, this, &LifeLine::refresh);
    retranslate();
}

void LifeLine::refresh()
{
    const analysis::ConnectionFacts *facts = m_document->facts(m_selection->connection());
    if (!facts)
        return;
    const Tokens &tokens = Theme::instance().tokens();
    const bool live = m_document->isLive(facts->id);
    const Nanoseconds now = live ? m_document->now() : facts->lastTime.value_or(Nanoseconds{0});
    m_steps = stepsOf(*facts, now);
    bool first = true;
    for (std::size_t i = 0; i < phaseCount; ++i) {
        const Step &step = m_steps[i];
        QToolButton *button = m_buttons[i];
        button->setVisible(step.used);
        m_arrows[i]->setVisible(step.used && !first);
        first = first && !step.used;
        const QString sign =
            step.standing == Standing::Failed ? diagnosis::signOf(diagnosis::Verdict::Fail) + u' ' : QString();
        button->setText(sign + m_names[i] + u' ' + step.time);
        button->setChecked(step.standing == Standing::Current && live);
        button->setEnabled(step.record != 0);
        QPalette palette = this->palette();
        palette.setColor(QPalette::ButtonText, step.standing == Standing::Failed    ? tokens.fail
                                               : step.standing == Standing::Current ? tokens.accent
                                               : step.standing == Standing::Done    ? tokens.text
                                                                                    : tokens.quiet);
        palette.setColor(QPalette::Disabled, QPalette::ButtonText, tokens.quiet);
        if (button->palette() != palette)
            button->setPalette(palette);
        QPalette quiet = this->palette();
        quiet.setColor(QPalette::WindowText, tokens.quiet);
        if (m_arrows[i]->palette() != quiet)
            m_arrows[i]->setPalette(quiet);
    }
    m_trust->setVisible(isTrustOverridden(*facts));
    m_trust->setText(diagnosis::signOf(diagnosis::Verdict::Warn) + u' ' + notTrustedText());
    QPalette warning = palette();
    warning.setColor(QPalette::WindowText, tokens.warn);
    if (m_trust->palette() != warning)
        m_trust->setPalette(warning);
    QString rtt;
    if (facts->heartbeat.lastRtt) {
        const bool tcp = facts->lastSocket && facts->lastSocket->value.tcpRtt;
        rtt = tcp ? tr("RTT %1, TCP %2")
                        .arg(durationText(*facts->heartbeat.lastRtt), durationText(*facts->lastSocket->value.tcpRtt))
                  : tr("RTT %1").arg(durationText(*facts->heartbeat.lastRtt));
    }
    m_rtt->setText(rtt);
}

void LifeLine::retranslate()
{
    m_names = {tr("resolve"), tr("TCP"), tr("proxy"), tr("TLS"), tr("upgrade"), tr("open"), tr("close")};
    const std::array tips{tr("Looking up the host's addresses"),
                          tr("Making the TCP connection"),
                          tr("Asking the proxy to connect to the server"),
                          tr("The TLS handshake: what it agreed on, and whether the certificate is trusted"),
                          tr("The opening handshake: request out, response head in"),
                          tr("How long the connection has been, or was, open"),
                          tr("The closing handshake and the end of TCP")};
    for (std::size_t i = 0; i < phaseCount; ++i) {
        m_buttons[i]->setToolTip(tips[i]);
        m_buttons[i]->setAccessibleDescription(tips[i]);
    }
    m_trust->setToolTip(tr("The server's certificate is not trusted; it was connected anyway, this once"));
    m_rtt->setToolTip(tr("Round trip of the last ping, and the kernel's own for TCP"));
    refresh();
}

void LifeLine::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QFrame::changeEvent(event);
}

void LifeLine::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = Theme::instance().tokens();
    QPainter painter(this);
    painter.fillRect(rect(), tokens.surface);
    painter.fillRect(QRect(0, height() - 1, width(), 1), tokens.line);
}

} // namespace frameglass::ui
