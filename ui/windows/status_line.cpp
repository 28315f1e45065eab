// SPDX-License-Identifier: GPL-3.0-or-later
#include "status_line.h"

#include "ui/support/theme.h"
#include "ui/support/unit_text.h"

#include <QEvent>
#include <QLabel>
#include <QLocale>

namespace frameglass::ui {

namespace {
constexpr int rateMs = 1000;
}

StatusLine::StatusLine(Document *document, QWidget *parent)
    : QStatusBar(parent), m_document(document), m_state(new QLabel(this)), m_rates(new QLabel(this))
{
    m_state->setObjectName(QStringLiteral("recording"));
    m_rates->setObjectName(QStringLiteral("rates"));
    setSizeGripEnabled(false);
    addWidget(m_state, 1);
    m_rates->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    addPermanentWidget(m_rates);
    setContentsMargins(2 * Theme::space, 0, 2 * Theme::space, 0);
    auto *timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, &StatusLine::refresh);
    timer->start(rateMs);
    // What began or ended is told soon, not only with the next second.
    m_soon.setSingleShot(true);
    m_soon.setInterval(200);
    connect(&m_soon, &QTimer::timeout, this, &StatusLine::refresh);
    connect(document, &Document::connectionsChanged, this, [this] {
        if (!m_soon.isActive())
            m_soon.start();
    });
    connect(document, &Document::captureReset, this, [this] {
        m_since.invalidate();
        refresh();
    });
    refresh();
}

void StatusLine::refresh()
{
    std::uint64_t frames = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    for (const auto &[id, facts] : m_document->facts().connections()) {
        frames += facts->sent.frames + facts->received.frames;
        sent += facts->sent.wireOctets;
        received += facts->received.wireOctets;
    }
    const capture::CaptureCounters counters = m_document->counters();
    const bool live = m_document->hasLiveSessions();
    const double read = m_document->foldedShare();
    const QString state = live                       ? tr("Recording")
                          : read < 1                 ? tr("Reading, %1 %").arg(static_cast<int>(read * 100))
                          : m_document->isReadOnly() ? tr("Read-only")
                                                     : tr("Nothing live");
    const QString dropped =
        counters.dropped ? tr("%n records dropped", nullptr, int(counters.dropped)) : tr("nothing dropped");
    m_state->setText(QStringList{state, tr("%1 frames").arg(QLocale().toString(qulonglong(frames))),
                                 sizeText(sent + received), dropped}
                         .join(QStringLiteral(" · ")));
    m_state->setMinimumHeight(m_state->sizeHint().height()); // the bar measured it before there were words
    if (m_since.isValid() && m_since.elapsed() < rateMs - 50)
        return; // rates want their second, which a timer may call early
    const double seconds = m_since.isValid() ? double(m_since.nsecsElapsed()) / 1e9 : 0;
    const auto rate = [seconds](std::uint64_t now, std::uint64_t before) {
        return seconds > 0 && now >= before ? std::uint64_t(double(now - before) / seconds) : 0;
    };
    m_rates->setText(tr("%1/s ↑   %2/s ↓", "octets sent and received in a second")
                         .arg(sizeText(rate(sent, m_sent)), sizeText(rate(received, m_received))));
    // Room for what it may grow to, so that it neither moves nor is cut.
    m_rates->setMinimumWidth(m_rates->fontMetrics().horizontalAdvance(QStringLiteral("000.0 KiB/s ↑   000.0 KiB/s ↓")));
    m_sent = sent;
    m_received = received;
    m_since.start();
}

void StatusLine::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        refresh();
    QStatusBar::changeEvent(event);
}

} // namespace frameglass::ui
