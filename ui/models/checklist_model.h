// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnosis/check.h"

#include <QAbstractItemModel>

#include <array>
#include <string_view>
#include <vector>

namespace frameglass::ui {

/// A report as a tree: the root cause with what it implies on top, who ended the connection and what clients make of
/// the answer, then the phases with their rows. While a report only
/// changes its words and verdicts nothing moves; rows that appear or go make a new tree.
class ChecklistModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Column { Title, Reason, SeverityColumn, ColumnCount };
    enum Role { FindingIdRole = Qt::UserRole + 1, VerdictRole, KeyRole };

    using QAbstractItemModel::QAbstractItemModel;

    void setReport(const diagnosis::Report &report);
    void clear();
    /// Rows that could not be judged, shown with their reasons.
    void setNotApplicableShown(bool shown);
    bool notApplicableShown() const { return m_notApplicable; }
    void retranslate();

    const diagnosis::Report &report() const { return m_report; }
    const diagnosis::Finding *findingAt(const QModelIndex &index) const;
    /// What else of a report stands in a row of its own.
    enum class Part { None, Ending, Clients };
    Part partAt(const QModelIndex &index) const;
    QModelIndex indexOf(std::string_view id) const;
    /// A stable name of a row, for keeping what is expanded: an id, or a group's.
    QModelIndex indexOfKey(const QString &key) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node
    {
        int parent = -1; ///< -1: at the top
        int row = 0;
        int finding = -1; ///< index into the report; -1: a group
        int phase = -1;   ///< of a group; -1: the root cause's
        Part part = Part::None;
        std::vector<int> children;
        friend bool operator==(const Node &, const Node &) = default;
    };
    static std::vector<Node> build(const diagnosis::Report &report, bool notApplicable);
    void update(std::vector<Node> nodes, diagnosis::Report report);
    const Node *nodeOf(const QModelIndex &index) const;
    QModelIndex indexOfNode(int node, int column = 0) const;
    QString groupText(const Node &node, int column) const;
    QString partText(Part part, int column) const;
    QVariant groupData(const Node &node, int column, int role) const;

    diagnosis::Report m_report;
    std::vector<Node> m_nodes;
    std::vector<int> m_top;
    bool m_notApplicable = false;
};

/// Colour of a verdict in the current theme.
QColor colourOf(diagnosis::Verdict verdict);
QString textOf(diagnosis::Severity severity);

} // namespace frameglass::ui
