// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection_list_model.h"

#include "checklist_model.h"
#include "connection_trust.h"
#include "core/capture/secrets.h"
#include "core/diagnosis/wording.h"
#include "ui/support/theme.h"

#include <QPainter>
#include <QPixmap>

#include <algorithm>

namespace frameglass::ui {

using capture::ConnectionId;

/// A row. A group has id 0 and holds the attempts of a series.
struct ConnectionListModel::Node
{
    ConnectionId id = 0;
    ConnectionId series = 0; ///< first attempt, for rows at the top
    Node *parent = nullptr;
    std::vector<std::unique_ptr<Node>> children;

    bool isGroup() const { return id == 0; }
    int row() const
    {
        const auto &siblings = parent->children;
        const auto self =
            std::find_if(siblings.begin(), siblings.end(), [this](const auto &n) { return n.get() == this; });
        return int(self - siblings.begin());
    }
};

namespace {

QPixmap dot(const QColor &colour, bool filled)
{
    constexpr int size = 16;
    constexpr double ratio = 3;
    QPixmap pixmap(int(size * ratio), int(size * ratio));
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.5));
    painter.setBrush(filled ? QBrush(colour) : QBrush(Qt::NoBrush));
    painter.drawEllipse(QRectF(4.5, 4.5, 7, 7));
    return pixmap;
}

QString ageText(Nanoseconds age)
{
    const auto seconds = std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(age).count());
    const QChar zero = u'0';
    if (seconds < 3600)
        return QStringLiteral("%1:%2").arg(seconds / 60).arg(seconds % 60, 2, 10, zero);
    return QStringLiteral("%1:%2:%3")
        .arg(seconds / 3600)
        .arg(seconds / 60 % 60, 2, 10, zero)
        .arg(seconds % 60, 2, 10, zero);
}

/// Before the name of a connection that was made in spite of its certificate.
QString markOf(const analysis::ConnectionFacts &facts)
{
    return isTrustOverridden(facts) ? diagnosis::signOf(diagnosis::Verdict::Warn) + u' ' : QString();
}

} // namespace

ConnectionListModel::ConnectionListModel(Document *document, QObject *parent)
    : QAbstractItemModel(parent), m_document(document), m_root(std::make_unique<Node>())
{
    connect(document, &Document::captureReset, this, [this] {
        m_hidden.clear();
        rebuild();
    });
    connect(document, &Document::connectionsChanged, this, &ConnectionListModel::show);
    connect(&Theme::instance(), &Theme::changed, this, &ConnectionListModel::retranslate);
    m_staleTimer.setSingleShot(true);
    m_staleTimer.setInterval(150);
    connect(&m_staleTimer, &QTimer::timeout, this, [this] {
        refreshRows({m_stale.begin(), m_stale.end()});
        m_stale.clear();
    });
    m_ages.setInterval(1000);
    connect(&m_ages, &QTimer::timeout, this, [this] {
        std::vector<ConnectionId> living;
        for (const auto &[id, node] : m_nodes)
            if (m_document->isLive(id))
                living.push_back(id);
        refreshRows(living);
    });
    m_ages.start();
    rebuild();
}

ConnectionListModel::~ConnectionListModel() = default;

ConnectionListModel::Node *ConnectionListModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QModelIndex ConnectionListModel::indexOfNode(const Node *node, int column) const
{
    return node == m_root.get() ? QModelIndex() : createIndex(node->row(), column, node);
}

QModelIndex ConnectionListModel::index(int row, int column, const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    if (row < 0 || column < 0 || column >= ColumnCount || row >= int(node->children.size()) || parent.column() > 0)
        return {};
    return createIndex(row, column, node->children[std::size_t(row)].get());
}

QModelIndex ConnectionListModel::parent(const QModelIndex &child) const
{
    return child.isValid() ? indexOfNode(nodeOf(child)->parent) : QModelIndex();
}

int ConnectionListModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : int(nodeOf(parent)->children.size());
}

int ConnectionListModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

QModelIndex ConnectionListModel::indexOf(ConnectionId id) const
{
    const auto found = m_nodes.find(id);
    return found == m_nodes.end() ? QModelIndex() : indexOfNode(found->second);
}

ConnectionId ConnectionListModel::idAt(const QModelIndex &index) const
{
    if (!index.isValid())
        return 0;
    const Node *node = nodeOf(index);
    return node->isGroup() ? node->children.front()->id : node->id;
}

// ---- Growing and shrinking -------------------------------------------------------------------------------------

void ConnectionListModel::rebuild()
{
    beginResetModel();
    m_root = std::make_unique<Node>();
    m_nodes.clear();
    endResetModel();
    for (const auto &[id, facts] : m_document->facts().connections())
        insert(id);
}

void ConnectionListModel::show(const std::vector<ConnectionId> &ids)
{
    for (const ConnectionId id : ids) {
        if (m_nodes.contains(id))
            m_stale.insert(id);
        else
            insert(id);
    }
    if (!m_stale.empty() && !m_staleTimer.isActive())
        m_staleTimer.start();
}

void ConnectionListModel::insert(ConnectionId id)
{
    const analysis::ConnectionFacts *facts = m_document->facts(id);
    if (id == 0 || !facts || m_hidden.contains(id) || m_nodes.contains(id) || !(facts->started || facts->listener))
        return;
    auto node = std::make_unique<Node>();
    node->id = id;
    node->series = id;
    const auto add = [this](Node *parent, std::size_t row, std::unique_ptr<Node> child) {
        beginInsertRows(indexOfNode(parent), int(row), int(row));
        child->parent = parent;
        if (child->id)
            m_nodes[child->id] = child.get();
        parent->children.insert(parent->children.begin() + std::ptrdiff_t(row), std::move(child));
        endInsertRows();
    };
    if (facts->started) {
        const auto &started = facts->started->value;
        if (started.listener) {
            if (const auto listener = m_nodes.find(*started.listener); listener != m_nodes.end()) {
                add(listener->second, listener->second->children.size(), std::move(node));
                return;
            }
        }
        if (started.series) {
            node->series = *started.series;
            const auto &roots = m_root->children;
            const auto same = std::find_if(roots.begin(), roots.end(),
                                           [&](const auto &root) { return root->series == node->series; });
            if (same != roots.end()) {
                Node *group = same->get();
                if (!group->isGroup()) {
                    // The row becomes the group's, and its attempt the first row beneath.
                    const ConnectionId first = group->id;
                    group->id = 0;
                    m_nodes.erase(first);
                    auto child = std::make_unique<Node>();
                    child->id = child->series = first;
                    add(group, 0, std::move(child));
                }
                add(group, 0, std::move(node));
                const QModelIndex changed = indexOfNode(group);
                emit dataChanged(changed, changed.siblingAtColumn(ColumnCount - 1));
                return;
            }
        }
    }
    add(m_root.get(), m_root->children.size(), std::move(node));
}

std::vector<ConnectionId> ConnectionListModel::idsUnder(const QModelIndex &index) const
{
    std::vector<ConnectionId> ids;
    if (!index.isValid())
        return ids;
    const Node *node = nodeOf(index);
    if (!node->isGroup())
        ids.push_back(node->id);
    for (const auto &child : node->children)
        ids.push_back(child->id);
    return ids;
}

std::vector<ConnectionId> ConnectionListModel::remove(const QModelIndex &index)
{
    std::vector<ConnectionId> ids = idsUnder(index);
    if (ids.empty())
        return ids;
    Node *node = nodeOf(index);
    Node *parent = node->parent;
    const bool last = parent->isGroup() && parent != m_root.get() && parent->children.size() == 1;
    Node *gone = last ? parent : node;
    Node *owner = gone->parent;
    const int row = gone->row();
    beginRemoveRows(indexOfNode(owner), row, row);
    for (const ConnectionId id : ids) {
        m_hidden.insert(id);
        m_nodes.erase(id);
    }
    owner->children.erase(owner->children.begin() + row);
    endRemoveRows();
    return ids;
}

void ConnectionListModel::remove(const std::vector<ConnectionId> &ids)
{
    for (const ConnectionId id : ids) {
        remove(indexOf(id));
        m_hidden.insert(id); // also what came beneath it since
    }
}

void ConnectionListModel::unremove(const std::vector<ConnectionId> &ids)
{
    for (const ConnectionId id : ids)
        m_hidden.erase(id);
    rebuild();
}

// ---- What a row says -------------------------------------------------------------------------------------------

void ConnectionListModel::refreshRows(const std::vector<ConnectionId> &ids)
{
    const Node *lastGroup = nullptr;
    for (const ConnectionId id : ids) {
        const auto found = m_nodes.find(id);
        if (found == m_nodes.end())
            continue;
        emit dataChanged(indexOfNode(found->second), indexOfNode(found->second, ColumnCount - 1));
        const Node *parent = found->second->parent;
        if (parent != m_root.get() && parent != lastGroup)
            emit dataChanged(indexOfNode(parent), indexOfNode(parent, ColumnCount - 1));
        lastGroup = parent;
    }
}

void ConnectionListModel::retranslate()
{
    std::vector<ConnectionId> all;
    for (const auto &[id, node] : m_nodes)
        all.push_back(id);
    refreshRows(all);
}

QString ConnectionListModel::titleOf(ConnectionId id) const
{
    const analysis::ConnectionFacts *facts = m_document->facts(id);
    return facts ? titleOf(*facts) : QString();
}

QString ConnectionListModel::titleOf(const analysis::ConnectionFacts &facts)
{
    if (facts.listener)
        return tr("Echo :%1").arg(QString::fromStdString(facts.listener->value.address).section(u':', -1));
    if (!facts.started)
        return {};
    const auto &started = facts.started->value;
    if (started.listener)
        return facts.firstSocket ? QString::fromStdString(facts.firstSocket->value.remote) : tr("client");
    if (!started.label.empty())
        return QString::fromStdString(started.label);
    const QString url = QString::fromStdString(capture::maskedUrl(started.url));
    return url.contains(QStringLiteral("://")) ? url.section(QStringLiteral("://"), 1) : url;
}

QString ConnectionListModel::stateText(ConnectionId id) const
{
    const analysis::ConnectionFacts *facts = m_document->facts(id);
    if (!facts)
        return {};
    if (facts->listener)
        return facts->listener->value.listening ? tr("listening") : tr("stopped");
    const Nanoseconds begin = facts->openedAt.value_or(facts->started ? facts->started->time : Nanoseconds{0});
    if (facts->isOver()) {
        const QString lasted = facts->openedAt ? diagnosis::durationText(facts->ended->time - begin) : QString();
        if (facts->openedAt)
            return QStringLiteral("%1  %2").arg(facts->ended->value.code).arg(lasted);
        if (facts->response && facts->response->value.status != 0 && facts->response->value.status != 101)
            return QStringLiteral("HTTP %1").arg(facts->response->value.status);
        return isRefusedByTrust(*facts) ? tr("not trusted", "the server's certificate") : tr("failed");
    }
    if (!m_document->isLive(id))
        return m_document->foldedShare() < 1 ? tr("reading…", "the capture is not read to its end yet")
                                             : tr("cut short", "the capture ends before the connection does");
    const QString age = ageText(m_document->now() - begin);
    switch (facts->state) {
    case protocol::ConnectionState::Opening: return tr("connecting %1").arg(age);
    case protocol::ConnectionState::Open: return tr("open %1").arg(age);
    default: return tr("closing");
    }
}

QStringList ConnectionListModel::stateSamples() const
{
    return {tr("connecting %1").arg(QStringLiteral("0:00")), tr("open %1").arg(QStringLiteral("0:00:00")),
            QStringLiteral("1006  00.0 ms"), tr("listening"), tr("not trusted", "the server's certificate")};
}

QString ConnectionListModel::tipOf(const analysis::ConnectionFacts &facts) const
{
    const QString name = facts.started && !facts.started->value.url.empty()
                             ? QString::fromStdString(capture::maskedUrl(facts.started->value.url))
                             : titleOf(facts.id);
    return isTrustOverridden(facts) ? name + u'\n' + markOf(facts) + notTrustedText() : name;
}

QColor ConnectionListModel::dotColour(ConnectionId id) const
{
    const Tokens &tokens = Theme::instance().tokens();
    const analysis::ConnectionFacts *facts = m_document->facts(id);
    if (!facts || !m_document->isLive(id))
        return tokens.quiet;
    if (facts->listener || facts->state == protocol::ConnectionState::Open)
        return tokens.pass;
    return tokens.warn;
}

QVariant ConnectionListModel::nodeData(const Node &node, int column, int role) const
{
    const ConnectionId id = node.isGroup() ? node.children.front()->id : node.id;
    const analysis::ConnectionFacts *facts = m_document->facts(id);
    if (!facts)
        return {};
    const Tokens &tokens = Theme::instance().tokens();
    const bool beneathSeries = node.parent != m_root.get() && node.parent->isGroup();
    switch (role) {
    case ConnectionRole: return QVariant::fromValue(id);
    case LiveRole: return m_document->isLive(id);
    case GroupRole: return node.isGroup();
    case Qt::DisplayRole:
        if (column == NameColumn)
            return markOf(*facts) + (beneathSeries && facts->started
                                         ? QStringLiteral("#%1").arg(facts->started->value.attempt)
                                         : titleOf(id));
        if (column == StateColumn)
            return node.isGroup() ? tr("%n attempts", nullptr, int(node.children.size())) : stateText(id);
        return facts->isListener() || (!facts->isOver() && facts->state == protocol::ConnectionState::Opening)
                   ? QVariant()
                   : diagnosis::signOf(m_document->report(id).verdict);
    case Qt::DecorationRole:
        if (column == NameColumn)
            return dot(dotColour(id), m_document->isLive(id));
        return {};
    case Qt::ForegroundRole:
        if (column == NameColumn && isTrustOverridden(*facts))
            return tokens.warn;
        if (column == StateColumn)
            return tokens.quiet;
        if (column == VerdictColumn)
            return colourOf(m_document->report(id).verdict);
        return {};
    case Qt::TextAlignmentRole:
        return int((column == NameColumn    ? Qt::AlignLeft
                    : column == StateColumn ? Qt::AlignRight
                                            : Qt::AlignHCenter) |
                   Qt::AlignVCenter);
    case Qt::ToolTipRole:
        if (column == VerdictColumn && !facts->isListener())
            return m_document->report(id).summary;
        return tipOf(*facts);
    case Qt::AccessibleTextRole:
        if (column == NameColumn)
            return tr("%1, %2, %3", "connection, state, verdict")
                .arg(titleOf(id),
                     isTrustOverridden(*facts) ? stateText(id) + QStringLiteral(", ") + notTrustedText()
                                               : stateText(id),
                     facts->isListener() ? QString() : textOf(m_document->report(id).verdict));
        return {};
    default: return {};
    }
}

QVariant ConnectionListModel::data(const QModelIndex &index, int role) const
{
    return index.isValid() ? nodeData(*nodeOf(index), index.column(), role) : QVariant();
}

} // namespace frameglass::ui
