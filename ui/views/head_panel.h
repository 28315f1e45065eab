// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/head_rows.h"

#include <QTreeWidgetItem>
#include <QWidget>

#include <optional>

class QLabel;
class QStackedWidget;

namespace frameglass::ui {

class HexView;
class QuietTree;

/// One side of the handshake: the lines of a head as sent, each with its verdict, or the same as raw octets.
class HeadPanel : public QWidget
{
    Q_OBJECT
public:
    struct Head
    {
        capture::RecordId record = 0;
        QString caption; ///< of an informational head; empty for the head itself
        std::vector<HeadRow> rows;
        protocol::Octets octets; ///< as they may be seen

        friend bool operator==(const Head &a, const Head &b);
    };
    enum Role { RecordRole = Qt::UserRole, OffsetRole, LengthRole, VerdictRole };
    enum Column { FieldColumn, ValueColumn, VerdictColumn, ColumnCount };

    HeadPanel(const QString &treeName, QWidget *parent = nullptr);

    void setTitle(const QString &title, const QString &accessibleName);
    /// Shows the heads of one side; the last one is the head itself, those before it are informational. Nothing is
    /// rebuilt when nothing changed.
    void setHeads(std::vector<Head> heads, const QString &placeholder);
    void setRaw(bool raw);
    void light(capture::RecordId record, std::size_t offset, std::size_t length);
    void retranslate();
    void restyle();
    QuietTree *tree() const { return m_tree; }
    HexView *hex() const { return m_hex; }

signals:
    void lineChosen(frameglass::capture::RecordId record, std::size_t offset, std::size_t length);

private:
    void fill();
    void addRows(const Head &head, QTreeWidgetItem *parent);

    QLabel *m_title;
    QStackedWidget *m_stack;
    QuietTree *m_tree;
    HexView *m_hex;
    std::vector<Head> m_heads;
    bool m_lighting = false;
};

} // namespace frameglass::ui
