// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/document.h"
#include "ui/support/selection.h"

#include <QTimer>
#include <QWidget>

namespace frameglass::ui {

/// What the five views have in common: they show the selected connection, are brought up to date a few times a second
/// at most and only while they can be seen, and follow language and theme at once.
class LiveView : public QWidget
{
    Q_OBJECT
public:
    LiveView(Document *document, Selection *selection, QWidget *parent = nullptr);

    /// Brings the view up to date now when it is not; accessors for tests call it.
    void ensureFresh();

protected:
    /// The facts may have changed: show them.
    virtual void refresh() = 0;
    /// Sets every fixed text of the view.
    virtual void retranslate() = 0;
    /// Theme colours or fonts changed.
    virtual void restyle() {}
    /// Another connection, or another capture: forget what belongs to the old one.
    virtual void switched() {}

    Document *document() const { return m_document; }
    Selection *selection() const { return m_selection; }
    /// Facts of the selected connection; nullptr without one. Never kept: a new capture deletes them.
    const analysis::ConnectionFacts *facts() const;
    void markStale();
    /// For views with a running clock ("next due in 12 s"): refreshed that often while visible and live; 0 stops.
    void setTicking(int milliseconds);

    /// Where the keyboard goes when the view as a whole is given the focus.
    void setReadingWidget(QWidget *widget) { m_readingWidget = widget; }

    void changeEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    static constexpr int coalesceMs = 80;
    Document *m_document;
    Selection *m_selection;
    QWidget *m_readingWidget = nullptr;
    QTimer m_refresh;
    QTimer m_tick;
    bool m_stale = true;
};

} // namespace frameglass::ui
