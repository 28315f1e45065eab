// SPDX-License-Identifier: GPL-3.0-or-later
#include "live_view.h"

#include "ui/support/theme.h"

#include <QEvent>

#include <algorithm>

namespace frameglass::ui {

LiveView::LiveView(Document *document, Selection *selection, QWidget *parent)
    : QWidget(parent), m_document(document), m_selection(selection)
{
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(coalesceMs);
    connect(&m_refresh, &QTimer::timeout, this, &LiveView::ensureFresh);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (isVisible() && m_document->isLive(m_selection->connection()))
            markStale();
    });
    connect(document, &Document::connectionsChanged, this, [this](const std::vector<capture::ConnectionId> &ids) {
        if (std::find(ids.begin(), ids.end(), m_selection->connection()) != ids.end())
            markStale();
    });
    const auto forget = [this] {
        switched();
        m_stale = true;
        if (isVisible())
            ensureFresh();
    };
    connect(document, &Document::captureReset, this, forget);
    connect(selection, &Selection::connectionChanged, this, forget);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        restyle();
        markStale();
    });
}

void LiveView::ensureFresh()
{
    m_refresh.stop();
    if (!m_stale)
        return;
    m_stale = false;
    refresh();
}

const analysis::ConnectionFacts *LiveView::facts() const
{
    const capture::ConnectionId id = m_selection->connection();
    return id == 0 ? nullptr : m_document->facts(id);
}

void LiveView::markStale()
{
    m_stale = true;
    if (isVisible() && !m_refresh.isActive())
        m_refresh.start();
}

void LiveView::setTicking(int milliseconds)
{
    if (milliseconds > 0)
        m_tick.start(milliseconds);
    else
        m_tick.stop();
}

void LiveView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        markStale();
    } else if (event->type() == QEvent::FontChange) {
        restyle();
    }
}

// Not a focus proxy: that would take what stands before the proxy out of the tab order.
void LiveView::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    if (m_readingWidget)
        m_readingWidget->setFocus(Qt::OtherFocusReason);
}

void LiveView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    ensureFresh();
}

} // namespace frameglass::ui
