// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"
#include "ui/models/tls_rows.h"

#include <QWidget>

#include <vector>

class QLabel;
class QPushButton;
class QTreeWidgetItem;

namespace frameglass::ui {

class QuietTree;

/// The TLS handshake of a connection: what it agreed on, its messages and alerts one by one, and the chain of
/// certificates with every fault at the certificate it is about.
class TlsPanel : public QWidget
{
    Q_OBJECT
public:
    explicit TlsPanel(QWidget *parent = nullptr);

    /// `captureStart`: wall clock of the capture's time zero, s since 1970. Nothing is rebuilt when nothing changed.
    void setFacts(const analysis::ConnectionFacts *facts, std::int64_t captureStart);
    void light(capture::RecordId record);
    void retranslate();
    void restyle();
    QuietTree *agreement() const { return m_agreement; }
    QuietTree *messages() const { return m_messages; }
    QuietTree *chain() const { return m_chain; }

signals:
    void recordChosen(frameglass::capture::RecordId record);

private:
    struct Message
    {
        capture::RecordId record = 0;
        Nanoseconds time{0}; ///< since the TLS stage began
        capture::TlsMessage what;
        friend bool operator==(const Message &, const Message &) = default;
    };
    void fill();
    void fillAgreement();
    void fillMessages();
    void fillChain();
    void addRow(QTreeWidgetItem *item, const TlsRow &row, const QFont &valueFont) const;
    void fit();
    void showMenu(QuietTree *tree, const QPoint &at);
    QByteArray currentPem() const;
    void updateCopy();

    QLabel *m_agreementTitle;
    QuietTree *m_agreement;
    QLabel *m_messagesTitle;
    QuietTree *m_messages;
    QLabel *m_chainTitle;
    QPushButton *m_copyPem;
    QuietTree *m_chain;
    capture::RecordId m_record = 0; ///< of the facts
    capture::Vantage m_vantage = capture::Vantage::Client;
    std::vector<TlsRow> m_rows;
    std::vector<Message> m_list;
    std::vector<CertificateRows> m_certificates;
    bool m_lighting = false;
};

} // namespace frameglass::ui
