// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/document.h"

#include <QElapsedTimer>
#include <QStatusBar>
#include <QTimer>

class QLabel;

namespace frameglass::ui {

/// Recording or not, how much, how fast, and what was dropped.
class StatusLine : public QStatusBar
{
    Q_OBJECT
public:
    explicit StatusLine(Document *document, QWidget *parent = nullptr);
    void refresh();

protected:
    void changeEvent(QEvent *event) override;

private:
    Document *m_document;
    QLabel *m_state;
    QLabel *m_rates;
    QTimer m_soon;
    QElapsedTimer m_since;
    std::uint64_t m_sent = 0;
    std::uint64_t m_received = 0;
};

} // namespace frameglass::ui
