// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "document.h"

#include <QAbstractItemModel>
#include <QTimer>

#include <set>

namespace frameglass::ui {

/// The list on the left: a series with its attempts beneath, newest first; a listener with what it accepted beneath,
/// oldest first. A series of one attempt is one row. Rows appear and are removed by the user, nothing else moves.
class ConnectionListModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Column { NameColumn, StateColumn, VerdictColumn, ColumnCount };
    enum Role {
        ConnectionRole = Qt::UserRole + 1, ///< ConnectionId; of a group the one that its row stands for
        LiveRole,
        GroupRole, ///< the row is a series of several attempts
    };

    explicit ConnectionListModel(Document *document, QObject *parent = nullptr);
    ~ConnectionListModel() override;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

    /// The row of a connection: its own row, not its group's. Invalid while hidden or unknown.
    QModelIndex indexOf(capture::ConnectionId id) const;
    capture::ConnectionId idAt(const QModelIndex &index) const;

    /// Takes a connection (a series, a listener with all it accepted) out of the list; its records stay in the capture.
    /// Returns what was taken out, for unremove().
    std::vector<capture::ConnectionId> remove(const QModelIndex &index);
    /// The same for connections that remove() once gave.
    void remove(const std::vector<capture::ConnectionId> &ids);
    /// What remove() would take out.
    std::vector<capture::ConnectionId> idsUnder(const QModelIndex &index) const;
    void unremove(const std::vector<capture::ConnectionId> &ids);

    /// What the row of a connection is called: the label, or host, port and path without secrets.
    QString titleOf(capture::ConnectionId id) const;
    static QString titleOf(const analysis::ConnectionFacts &facts);
    /// "open 4:12", "1006 60.0 s", "connecting".
    QString stateText(capture::ConnectionId id) const;
    /// The longest that stateText() usually is: what a column should have room for.
    QStringList stateSamples() const;

    void retranslate();

private:
    struct Node;
    Node *nodeOf(const QModelIndex &index) const;
    QModelIndex indexOfNode(const Node *node, int column = 0) const;
    void rebuild();
    void show(const std::vector<capture::ConnectionId> &ids);
    void insert(capture::ConnectionId id);
    void refreshRows(const std::vector<capture::ConnectionId> &ids);
    QString tipOf(const analysis::ConnectionFacts &facts) const;
    QColor dotColour(capture::ConnectionId id) const;
    QVariant nodeData(const Node &node, int column, int role) const;

    Document *m_document;
    std::unique_ptr<Node> m_root;
    std::map<capture::ConnectionId, Node *> m_nodes;
    std::set<capture::ConnectionId> m_hidden;
    std::set<capture::ConnectionId> m_stale; ///< rows to paint anew, a few times a second
    QTimer m_staleTimer;
    QTimer m_ages;
};

} // namespace frameglass::ui
