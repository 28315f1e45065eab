// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_panel.h"

#include "quiet_tree.h"
#include "wrap_delegate.h"

#include "core/diagnosis/wording.h"
#include "core/diagnosis/wording_tls.h"
#include "ui/models/record_row.h"
#include "ui/support/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace frameglass::ui {

namespace {

constexpr int recordRole = Qt::UserRole;
constexpr int certificateRole = Qt::UserRole + 1; ///< index of the certificate a line belongs to
constexpr int valueColumn = 1;

QColor colourOf(LineVerdict verdict)
{
    const Tokens &tokens = Theme::instance().tokens();
    switch (verdict) {
    case LineVerdict::Ok: return tokens.pass;
    case LineVerdict::Plain: return tokens.quiet;
    case LineVerdict::Odd: return tokens.warn;
    case LineVerdict::Wrong:
    case LineVerdict::Missing: return tokens.fail;
    }
    return tokens.text;
}

QString withSign(LineVerdict verdict, const QString &text)
{
    return verdict == LineVerdict::Plain ? text : signOf(verdict) + QLatin1Char(' ') + text;
}

void setTips(QTreeWidgetItem *item)
{
    for (int column = 0; column < item->columnCount(); ++column)
        item->setToolTip(column, item->text(column));
}

/// The first column takes what it needs, but leaves the others most of the width.
void fitFirst(QTreeWidget *tree, double most)
{
    tree->resizeColumnToContents(0);
    tree->setColumnWidth(0, std::min(tree->columnWidth(0), int(tree->viewport()->width() * most)));
}

} // namespace

TlsPanel::TlsPanel(QWidget *parent)
    : QWidget(parent), m_agreementTitle(new QLabel(this)), m_agreement(new QuietTree(this)),
      m_messagesTitle(new QLabel(this)), m_messages(new QuietTree(this)), m_chainTitle(new QLabel(this)),
      m_copyPem(new QPushButton(this)), m_chain(new QuietTree(this))
{
    m_agreement->setObjectName(QStringLiteral("tlsAgreement"));
    m_messages->setObjectName(QStringLiteral("tlsMessages"));
    m_chain->setObjectName(QStringLiteral("tlsChain"));
    m_copyPem->setObjectName(QStringLiteral("tlsCopyPem"));
    m_agreement->setColumnCount(2);
    m_messages->setColumnCount(4);
    m_chain->setColumnCount(2);
    m_chain->setRootIsDecorated(true);
    for (QuietTree *tree : {m_agreement, m_chain}) {
        new WrapDelegate(tree);
        tree->header()->setSectionResizeMode(valueColumn, QHeaderView::Stretch);
        connect(tree->header(), &QHeaderView::geometriesChanged, this, [this, tree, width = 0]() mutable {
            if (std::exchange(width, tree->viewport()->width()) != width)
                fit();
        });
    }
    for (QuietTree *tree : {m_agreement, m_messages, m_chain}) {
        tree->setMinimumHeight(6 * Theme::space); // gives way before a title does where the text is large
        tree->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(tree, &QWidget::customContextMenuRequested, this,
                [this, tree](const QPoint &at) { showMenu(tree, at); });
        connect(tree, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem *item) {
            updateCopy();
            const capture::RecordId record = item ? item->data(0, recordRole).toULongLong() : 0;
            if (!m_lighting && record != 0)
                emit recordChosen(record);
        });
    }
    connect(m_copyPem, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(QString::fromLatin1(currentPem())); });

    const auto column = [this](QWidget *head, QWidget *body) {
        auto *widget = new QWidget(this);
        auto *layout = new QVBoxLayout(widget);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
        layout->addWidget(head);
        layout->addWidget(body, 1);
        return widget;
    };
    for (QLabel *title : {m_agreementTitle, m_messagesTitle, m_chainTitle}) {
        title->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);
        title->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    }
    auto *chainHead = new QWidget(this);
    auto *chainRow = new QHBoxLayout(chainHead);
    chainRow->setContentsMargins(0, 0, 2 * Theme::space, 0);
    chainRow->addWidget(m_chainTitle, 1);
    chainRow->addWidget(m_copyPem);
    auto *left = new QSplitter(Qt::Vertical, this);
    left->addWidget(column(m_agreementTitle, m_agreement));
    left->addWidget(column(m_messagesTitle, m_messages));
    left->setChildrenCollapsible(false);
    left->setSizes({260, 240});
    auto *sides = new QSplitter(Qt::Horizontal, this);
    sides->addWidget(left);
    sides->addWidget(column(chainHead, m_chain));
    sides->setChildrenCollapsible(false);
    sides->setSizes({460, 540});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(sides);
    retranslate();
}

void TlsPanel::setFacts(const analysis::ConnectionFacts *facts, std::int64_t captureStart)
{
    capture::RecordId record = 0;
    std::vector<TlsRow> rows;
    std::vector<Message> list;
    std::vector<CertificateRows> certificates;
    const auto vantage = facts ? facts->vantage() : capture::Vantage::Client;
    if (facts && facts->tls) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(facts->tls->time).count();
        record = facts->tls->record;
        rows = agreementRows(facts->tls->value, vantage);
        certificates = chainRows(facts->tls->value, vantage, captureStart + seconds);
    }
    if (facts) {
        const auto begun = std::ranges::find_if(
            facts->stages, [](const auto &stage) { return stage.value.stage == capture::Stage::Tls; });
        const Nanoseconds zero = begun != facts->stages.end()  ? begun->time
                                 : !facts->tlsMessages.empty() ? facts->tlsMessages.front().time
                                                               : Nanoseconds{0};
        for (const auto &message : facts->tlsMessages)
            list.push_back({message.record, message.time - zero, message.value});
    }
    const bool waits = facts && !facts->isOver();
    m_agreement->setPlaceholder(waits ? tr("Nothing is agreed on yet.") : tr("Nothing was agreed on."));
    m_messages->setPlaceholder(waits ? tr("No message yet.") : tr("No message was exchanged."));
    m_chain->setPlaceholder(waits && record == 0 ? tr("No certificate yet.") : tr("No certificate came."));
    if (record == m_record && rows == m_rows && list == m_list && certificates == m_certificates)
        return;
    m_record = record;
    m_vantage = vantage;
    m_rows = std::move(rows);
    m_list = std::move(list);
    m_certificates = std::move(certificates);
    fill();
}

void TlsPanel::fill()
{
    QScopedValueRollback guard(m_lighting, true);
    fillAgreement();
    fillMessages();
    fillChain();
    fit();
    updateCopy();
}

void TlsPanel::fit()
{
    fitFirst(m_agreement, 0.4);
    fitFirst(m_chain, 0.38);
    m_agreementTitle->setMinimumHeight(m_copyPem->sizeHint().height()); // both tables begin at one height
    for (int column = 0; column < m_messages->columnCount() - 1; ++column)
        m_messages->resizeColumnToContents(column);
}

void TlsPanel::addRow(QTreeWidgetItem *item, const TlsRow &row, const QFont &valueFont) const
{
    item->setText(0, row.name);
    item->setForeground(0, Theme::instance().tokens().quiet);
    const QString value = withSign(row.verdict, row.value);
    item->setText(valueColumn, row.words.isEmpty() ? value : value + QStringLiteral(" · ") + row.words);
    item->setFont(valueColumn, valueFont);
    if (row.verdict != LineVerdict::Plain)
        item->setForeground(valueColumn, colourOf(row.verdict));
    setTips(item);
}

void TlsPanel::fillAgreement()
{
    m_agreement->clear();
    const QFont monospace = Theme::instance().monospace();
    for (const TlsRow &row : m_rows) {
        auto *item = new QTreeWidgetItem(m_agreement);
        addRow(item, row, monospace);
        item->setData(0, recordRole, QVariant::fromValue<qulonglong>(m_record));
    }
}

void TlsPanel::fillMessages()
{
    m_messages->clear();
    const Tokens &tokens = Theme::instance().tokens();
    for (const Message &message : m_list) {
        const bool alert = message.what.content == capture::TlsContent::Alert;
        const bool sent = message.what.direction == capture::Direction::Sent;
        QString name = diagnosis::tlsMessageName(message.what);
        if (alert)
            name = message.what.fatal
                       ? QStringLiteral("✕ ") + tr("alert %1 (%2), fatal").arg(name).arg(message.what.type)
                       : tr("alert %1 (%2)").arg(name).arg(message.what.type);
        auto *item = new QTreeWidgetItem(m_messages, {arrowOf(message.what.direction), name,
                                                      QLocale().toString(message.what.octets),
                                                      diagnosis::durationText(message.time)});
        item->setForeground(0, sent ? tokens.sent : tokens.received);
        item->setToolTip(0, directionWord(message.what.direction, m_vantage));
        item->setData(0, Qt::AccessibleTextRole, item->toolTip(0));
        item->setToolTip(1, name);
        if (alert)
            item->setForeground(1, message.what.fatal ? tokens.fail : tokens.quiet);
        item->setTextAlignment(2, Qt::AlignRight | Qt::AlignVCenter);
        item->setData(0, recordRole, QVariant::fromValue<qulonglong>(message.record));
    }
}

void TlsPanel::fillChain()
{
    m_chain->clear();
    const QFont monospace = Theme::instance().monospace();
    bool marked = std::ranges::any_of(m_certificates, [](const auto &c) { return c.verdict != LineVerdict::Ok; });
    for (std::size_t i = 0; i < m_certificates.size(); ++i) {
        const CertificateRows &certificate = m_certificates[i];
        auto *top = new QTreeWidgetItem(m_chain);
        const bool faulty = certificate.verdict != LineVerdict::Ok;
        const QString title = QStringLiteral("%1 · %2").arg(certificate.title, certificate.role);
        top->setText(0, faulty ? withSign(certificate.verdict, title) : title);
        top->setText(valueColumn, certificate.validity);
        if (faulty)
            top->setForeground(0, colourOf(certificate.verdict));
        setTips(top);
        if (faulty) {
            auto *fault = new QTreeWidgetItem(top);
            addRow(fault, {tr("not trusted"), certificate.faults, {}, certificate.verdict}, font());
        }
        for (const TlsRow &row : certificate.rows)
            addRow(new QTreeWidgetItem(top), row, monospace);
        for (int line = 0; line < top->childCount(); ++line) {
            top->child(line)->setData(0, certificateRole, int(i));
            top->child(line)->setData(0, recordRole, QVariant::fromValue<qulonglong>(m_record));
        }
        top->setData(0, certificateRole, int(i));
        top->setData(0, recordRole, QVariant::fromValue<qulonglong>(m_record));
        // What is wrong is open; where nothing is, the certificate of the other end.
        top->setExpanded(marked ? faulty : i == 0);
    }
}

QByteArray TlsPanel::currentPem() const
{
    if (m_certificates.empty())
        return {};
    const QTreeWidgetItem *item = m_chain->currentItem();
    const auto index = item ? std::size_t(item->data(0, certificateRole).toInt()) : 0;
    return index < m_certificates.size() ? m_certificates[index].pem : QByteArray();
}

void TlsPanel::updateCopy()
{
    m_copyPem->setEnabled(!m_certificates.empty());
}

void TlsPanel::showMenu(QuietTree *tree, const QPoint &at)
{
    QTreeWidgetItem *item = tree->itemAt(at);
    if (!item)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QString value = item->text(valueColumn);
    menu->addAction(tr("Copy value"), this, [value] { QApplication::clipboard()->setText(value); });
    menu->addAction(tr("Copy row"), tree, &QuietTree::copy)->setShortcut(QKeySequence::Copy);
    if (tree == m_chain) {
        menu->addAction(tr("Copy certificate as PEM"), this,
                        [this] { QApplication::clipboard()->setText(QString::fromLatin1(currentPem())); });
        menu->addAction(tr("Copy the whole chain as PEM"), this, [this] {
            QByteArray all;
            for (const CertificateRows &certificate : m_certificates)
                all += certificate.pem;
            QApplication::clipboard()->setText(QString::fromLatin1(all));
        });
    }
    menu->popup(tree->viewport()->mapToGlobal(at));
}

void TlsPanel::light(capture::RecordId record)
{
    QScopedValueRollback guard(m_lighting, true);
    QTreeWidgetItem *found = nullptr;
    for (int row = 0; row < m_messages->topLevelItemCount() && !found; ++row)
        if (m_messages->topLevelItem(row)->data(0, recordRole).toULongLong() == record)
            found = m_messages->topLevelItem(row);
    m_messages->setCurrentItem(found);
    if (found)
        m_messages->scrollToItem(found);
    if (record != m_record)
        m_agreement->setCurrentItem(nullptr);
}

void TlsPanel::retranslate()
{
    m_agreementTitle->setText(tr("Agreed on"));
    m_messagesTitle->setText(tr("Messages and alerts"));
    m_chainTitle->setText(tr("Certificates, leaf first"));
    m_agreement->setHeaderLabels({tr("What"), tr("Value")});
    m_messages->setHeaderLabels({QString(), tr("Message"), tr("Octets"), tr("After")});
    m_chain->setHeaderLabels({tr("Certificate"), tr("Valid, or value")});
    m_agreement->setAccessibleName(tr("What the TLS handshake agreed on"));
    m_messages->setAccessibleName(tr("Messages of the TLS handshake"));
    m_chain->setAccessibleName(tr("Chain of certificates"));
    m_copyPem->setText(tr("Copy as PEM"));
    m_copyPem->setToolTip(tr("Copy the selected certificate, or the first, as a PEM file holds it"));
    m_copyPem->setAccessibleName(m_copyPem->toolTip());
    fill();
}

void TlsPanel::restyle()
{
    fill();
}

} // namespace frameglass::ui
