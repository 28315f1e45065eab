// SPDX-License-Identifier: GPL-3.0-or-later
#include "checklist_model.h"

#include "ui/support/theme.h"

#include <QColor>
#include <QFont>

#include <algorithm>

namespace frameglass::ui {

using diagnosis::Finding;
using diagnosis::Report;
using diagnosis::Verdict;

namespace {

QString utf8(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString titleOf(const Finding &finding)
{
    const diagnosis::Check *check = diagnosis::checkById(finding.id);
    return check ? check->translatedTitle() : utf8(finding.id);
}

} // namespace

QColor colourOf(Verdict verdict)
{
    const Tokens &tokens = Theme::instance().tokens();
    switch (verdict) {
    case Verdict::NotApplicable: return tokens.quiet;
    case Verdict::Pass: return tokens.pass;
    case Verdict::Info: return tokens.info;
    case Verdict::Warn: return tokens.warn;
    case Verdict::Fail: return tokens.fail;
    }
    return tokens.text;
}

QString textOf(diagnosis::Severity severity)
{
    switch (severity) {
    case diagnosis::Severity::Info: return ChecklistModel::tr("info");
    case diagnosis::Severity::Low: return ChecklistModel::tr("low");
    case diagnosis::Severity::Medium: return ChecklistModel::tr("medium");
    case diagnosis::Severity::High: return ChecklistModel::tr("high");
    case diagnosis::Severity::Blocker: return ChecklistModel::tr("blocker");
    }
    return {};
}

std::vector<ChecklistModel::Node> ChecklistModel::build(const Report &report, bool notApplicable)
{
    std::vector<Node> nodes;
    const auto add = [&nodes](int parent, int finding, int phase) {
        Node node;
        node.parent = parent;
        node.finding = finding;
        node.phase = phase;
        const auto at = static_cast<int>(nodes.size());
        if (parent >= 0) {
            node.row = static_cast<int>(nodes[static_cast<std::size_t>(parent)].children.size());
            nodes[static_cast<std::size_t>(parent)].children.push_back(at);
        } else {
            node.row = static_cast<int>(
                std::count_if(nodes.begin(), nodes.end(), [](const Node &other) { return other.parent < 0; }));
        }
        nodes.push_back(std::move(node));
        return at;
    };
    const auto count = static_cast<int>(report.findings.size());
    const auto at = [&report](int index) -> const Finding & {
        return report.findings[static_cast<std::size_t>(index)];
    };
    const auto addFolded = [&](int parent, std::string_view id) {
        for (int i = 0; i < count; ++i) {
            if (at(i).foldedUnder == id)
                add(parent, i, -1);
        }
    };
    for (int i = 0; i < count && report.rootCause; ++i) {
        if (at(i).id == *report.rootCause)
            addFolded(add(add(-1, -1, -1), i, -1), at(i).id);
    }
    const auto addPart = [&](Part part) { nodes[static_cast<std::size_t>(add(-1, -1, -1))].part = part; };
    if (report.ending)
        addPart(Part::Ending);
    if (!report.forecast.empty())
        addPart(Part::Clients);
    int phaseNode = -1;
    int phase = -1;
    for (int i = 0; i < count; ++i) {
        const Finding &finding = at(i);
        const diagnosis::Check *check = diagnosis::checkById(finding.id);
        const bool isRoot = report.rootCause && finding.id == *report.rootCause;
        const bool hidden = finding.verdict == Verdict::NotApplicable && !notApplicable;
        if (!check || isRoot || hidden || !finding.foldedUnder.empty())
            continue;
        if (static_cast<int>(check->phase) != phase) {
            phase = static_cast<int>(check->phase);
            const auto known = std::find_if(nodes.begin(), nodes.end(), [phase](const Node &node) {
                return node.parent < 0 && node.phase == phase && node.part == Part::None;
            });
            phaseNode = known == nodes.end() ? add(-1, -1, phase) : static_cast<int>(known - nodes.begin());
        }
        addFolded(add(phaseNode, i, -1), finding.id);
    }
    return nodes;
}

void ChecklistModel::setReport(const Report &report)
{
    update(build(report, m_notApplicable), report);
}

void ChecklistModel::clear()
{
    update({}, {});
}

void ChecklistModel::setNotApplicableShown(bool shown)
{
    if (shown == m_notApplicable)
        return;
    m_notApplicable = shown;
    update(build(m_report, shown), m_report);
}

void ChecklistModel::update(std::vector<Node> nodes, Report report)
{
    if (nodes != m_nodes) {
        beginResetModel();
        m_nodes = std::move(nodes);
        m_report = std::move(report);
        m_top.clear();
        for (std::size_t i = 0; i < m_nodes.size(); ++i) {
            if (m_nodes[i].parent < 0)
                m_top.push_back(static_cast<int>(i));
        }
        endResetModel();
        return;
    }
    const Report before = std::exchange(m_report, std::move(report));
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const int finding = m_nodes[i].finding;
        const auto at = static_cast<std::size_t>(finding);
        const bool same = finding >= 0 && before.findings[at].verdict == m_report.findings[at].verdict &&
                          before.findings[at].reason == m_report.findings[at].reason;
        if (!same) // groups count their rows' verdicts
            emit dataChanged(indexOfNode(static_cast<int>(i), 0), indexOfNode(static_cast<int>(i), ColumnCount - 1));
    }
}

void ChecklistModel::retranslate()
{
    for (std::size_t i = 0; i < m_nodes.size(); ++i)
        emit dataChanged(indexOfNode(static_cast<int>(i), 0), indexOfNode(static_cast<int>(i), ColumnCount - 1));
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

const ChecklistModel::Node *ChecklistModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() && index.internalId() < m_nodes.size() ? &m_nodes[index.internalId()] : nullptr;
}

QModelIndex ChecklistModel::indexOfNode(int node, int column) const
{
    return createIndex(m_nodes[static_cast<std::size_t>(node)].row, column, static_cast<quintptr>(node));
}

const Finding *ChecklistModel::findingAt(const QModelIndex &index) const
{
    const Node *node = nodeOf(index);
    return node && node->finding >= 0 ? &m_report.findings[static_cast<std::size_t>(node->finding)] : nullptr;
}

ChecklistModel::Part ChecklistModel::partAt(const QModelIndex &index) const
{
    const Node *node = nodeOf(index);
    return node ? node->part : Part::None;
}

QModelIndex ChecklistModel::indexOf(std::string_view id) const
{
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const int finding = m_nodes[i].finding;
        if (finding >= 0 && m_report.findings[static_cast<std::size_t>(finding)].id == id)
            return indexOfNode(static_cast<int>(i));
    }
    return {};
}

QModelIndex ChecklistModel::indexOfKey(const QString &key) const
{
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const QModelIndex index = indexOfNode(static_cast<int>(i));
        if (data(index, KeyRole).toString() == key)
            return index;
    }
    return {};
}

QModelIndex ChecklistModel::index(int row, int column, const QModelIndex &parent) const
{
    if (row < 0 || column < 0 || column >= ColumnCount || (parent.isValid() && parent.column() != 0))
        return {};
    const Node *above = nodeOf(parent);
    const std::vector<int> &siblings = above ? above->children : m_top;
    if (static_cast<std::size_t>(row) >= siblings.size())
        return {};
    return createIndex(row, column, static_cast<quintptr>(siblings[static_cast<std::size_t>(row)]));
}

QModelIndex ChecklistModel::parent(const QModelIndex &index) const
{
    const Node *node = nodeOf(index);
    return node && node->parent >= 0 ? indexOfNode(node->parent) : QModelIndex();
}

int ChecklistModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_top.size());
    const Node *node = parent.column() == 0 ? nodeOf(parent) : nullptr;
    return node ? static_cast<int>(node->children.size()) : 0;
}

int ChecklistModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

QString ChecklistModel::partText(Part part, int column) const
{
    if (column == Title)
        return part == Part::Ending ? ChecklistModel::tr("Who ended it")
                                    : ChecklistModel::tr("What clients do with it");
    if (column != Reason)
        return {};
    if (part == Part::Ending)
        return m_report.ending->cadence
                   ? m_report.ending->sentence + QLatin1Char(' ') + m_report.ending->cadence->sentence
                   : m_report.ending->sentence;
    const Finding *row = m_report.find("upgrade.client-forecast");
    return row && row->verdict != Verdict::NotApplicable ? row->reason : QString();
}

QString ChecklistModel::groupText(const Node &node, int column) const
{
    if (node.part != Part::None)
        return partText(node.part, column);
    if (column == Title)
        return node.phase < 0 ? ChecklistModel::tr("Root cause")
                              : diagnosis::titleOf(static_cast<diagnosis::Phase>(node.phase));
    if (column != Reason || node.phase < 0)
        return {};
    QStringList parts;
    for (const Verdict verdict : {Verdict::Fail, Verdict::Warn, Verdict::Info, Verdict::Pass, Verdict::NotApplicable}) {
        const auto count = std::count_if(node.children.begin(), node.children.end(), [&](int child) {
            const int finding = m_nodes[static_cast<std::size_t>(child)].finding;
            return m_report.findings[static_cast<std::size_t>(finding)].verdict == verdict;
        });
        if (count > 0)
            parts += diagnosis::signOf(verdict) + QStringLiteral(" %1").arg(count);
    }
    return parts.join(QStringLiteral("   "));
}

QVariant ChecklistModel::groupData(const Node &node, int column, int role) const
{
    switch (role) {
    case Qt::DisplayRole: return groupText(node, column);
    case Qt::FontRole: {
        QFont bold;
        bold.setBold(column == Title);
        return bold;
    }
    case Qt::ForegroundRole: return column == Title ? QVariant() : QVariant(Theme::instance().tokens().quiet);
    case Qt::ToolTipRole: return node.part == Part::None ? QVariant() : QVariant(groupText(node, column));
    case KeyRole:
        if (node.part != Part::None)
            return node.part == Part::Ending ? QStringLiteral("ending") : QStringLiteral("clients");
        return node.phase < 0 ? QStringLiteral("root-cause") : QStringLiteral("phase-%1").arg(node.phase);
    default: return {};
    }
}

QVariant ChecklistModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node &node = *nodeOf(index);
    if (node.finding < 0)
        return groupData(node, index.column(), role);
    const Finding &finding = m_report.findings[static_cast<std::size_t>(node.finding)];
    const diagnosis::Check *check = diagnosis::checkById(finding.id);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        if (index.column() == Title)
            return QString(diagnosis::signOf(finding.verdict) + QLatin1Char(' ') + titleOf(finding));
        if (index.column() == Reason)
            return finding.reason;
        return check && finding.verdict >= Verdict::Info ? textOf(check->severity) : QString();
    case Qt::AccessibleTextRole:
        if (index.column() == Title)
            return QString(diagnosis::textOf(finding.verdict) + QStringLiteral(": ") + titleOf(finding));
        return data(index, Qt::DisplayRole);
    case Qt::ForegroundRole:
        if (index.column() == Title)
            return finding.verdict == Verdict::Pass ? QVariant() : QVariant(colourOf(finding.verdict));
        return Theme::instance().tokens().quiet;
    case FindingIdRole:
    case KeyRole: return utf8(finding.id);
    case VerdictRole: return static_cast<int>(finding.verdict);
    default: return {};
    }
}

QVariant ChecklistModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Title: return ChecklistModel::tr("Check");
    case Reason: return ChecklistModel::tr("What was seen");
    case SeverityColumn: return ChecklistModel::tr("Severity");
    default: return {};
    }
}

} // namespace frameglass::ui
