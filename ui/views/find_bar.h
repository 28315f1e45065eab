// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/record_set.h"
#include "core/protocol/octets.h"
#include "ui/models/document.h"
#include "ui/support/selection.h"

#include <QWidget>

#include <optional>

class QLabel;
class QLineEdit;
class QToolButton;

namespace frameglass::ui {

class FilterSearch;

/// Finds octets or text in the payloads of the selected connection, from the selected record on, without hiding the
/// others. Looks through the capture once, in the background, and goes on with what is recorded meanwhile.
class FindBar : public QWidget
{
    Q_OBJECT
public:
    FindBar(Document *document, Selection *selection, QWidget *parent = nullptr);

    /// Shows it with the cursor in the line.
    void open();
    /// Opens it where nothing is asked for yet.
    void findNext();
    void findPrevious();
    bool isSearching() const;
    QString status() const; ///< "2 of 17"
    void retranslate();

signals:
    void closed();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    enum class Way { Next, Previous };

    void find(Way way);
    bool begin();
    void go();
    void select(capture::RecordId record);
    void stop();
    void showStatus();

    Document *m_document;
    Selection *m_selection;
    FilterSearch *m_search;
    QLineEdit *m_line;
    QToolButton *m_hex;
    QToolButton *m_previous;
    QToolButton *m_next;
    QToolButton *m_close;
    QLabel *m_status;
    protocol::Octets m_wanted; ///< what is being looked for
    capture::ConnectionId m_connection = 0;
    analysis::RecordSet m_found;
    std::optional<Way> m_pending; ///< asked for, and not yet answered
    bool m_wrapped = false;
    QString m_error;
};

} // namespace frameglass::ui
