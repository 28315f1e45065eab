// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/transport/tls_context.h"

#include <QWidget>

#include <array>

class QComboBox;
class QJsonObject;
class QLabel;
class QPushButton;

namespace frameglass::ui {

class FaultLabel;
class FileField;

/// Whether the echo server speaks wss, with which certificate, and what it asks of its clients. Faults stand beneath
/// their fields.
class ServerTlsFields : public QWidget
{
    Q_OBJECT
public:
    explicit ServerTlsFields(QWidget *parent = nullptr);

    bool isWanted() const;
    /// The development certificate is made where it is chosen and missing. False: a fault says why.
    bool read(transport::TlsOptions &options);
    /// The authority that a client has to trust; empty unless the development certificate is chosen.
    QString authority() const { return m_authority; }
    void showError(const transport::TlsError &error);

    void save(QJsonObject &json) const;
    void restore(const QJsonObject &json);
    void retranslate();

private:
    enum Certificate { NoTls, Development, OwnFiles };
    bool makeDevelopmentFiles(transport::TlsOptions &options);
    void exportAuthority();
    void writeAuthority(const QString &path);
    void enable();

    QLabel *m_label;
    QComboBox *m_certificate;
    QPushButton *m_export;
    FaultLabel *m_fault;
    QLabel *m_fileLabel;
    FileField *m_file;
    QLabel *m_keyLabel;
    FileField *m_key;
    QLabel *m_clientsLabel;
    QComboBox *m_clients;
    QLabel *m_clientCaLabel;
    FileField *m_clientCa;
    QString m_authority;
};

} // namespace frameglass::ui
