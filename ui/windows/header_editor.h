// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/handshake.h"

#include <QStringList>
#include <QWidget>

#include <vector>

class QLabel;
class QTableWidget;
class QToolButton;
class QUndoStack;

namespace frameglass::ui {

class FaultLabel;

/// Extra header fields of a request, in their order; "-Name" leaves a standard one out. A fault stands beneath.
class HeaderEditor : public QWidget
{
    Q_OBJECT
public:
    using Fields = std::vector<protocol::HandshakeRequest::ExtraField>;

    /// A header that was removed comes back through `undo`.
    explicit HeaderEditor(QUndoStack *undo, QWidget *parent = nullptr);

    Fields fields() const;
    /// Names alone: values may be secrets.
    QStringList names() const;
    void setNames(const QStringList &names);
    bool validate();
    void retranslate();

signals:
    void changed();

private:
    void add(const QString &name = {}, const QString &value = {}, int row = -1);
    void removeCurrent();
    void move(int by);
    QString textAt(int row, int column) const;

    QUndoStack *m_undo;
    QLabel *m_label;
    QTableWidget *m_table;
    QToolButton *m_add;
    QToolButton *m_remove;
    QToolButton *m_up;
    QToolButton *m_down;
    FaultLabel *m_fault;
};

/// Whether a text may stand in a field of the request: what has line ends would break its lines unasked.
bool fitsOneLine(const QString &text);

} // namespace frameglass::ui
