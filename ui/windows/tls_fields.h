// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/transport/tls_context.h"

#include <QWidget>

#include <array>
#include <optional>
#include <string>
#include <vector>

class QComboBox;
class QJsonObject;
class QLabel;
class QLineEdit;

namespace frameglass::ui {

class FaultLabel;
class FileField;

/// How TLS is made to wss:// servers: whom to trust, who we are, versions, ciphers, names. Each fault stands beneath
/// its field.
class TlsFields : public QWidget
{
    Q_OBJECT
public:
    explicit TlsFields(QWidget *parent = nullptr);

    /// Whether the fields can be read; only what needs no file is looked at.
    bool validate();
    transport::TlsOptions options() const;
    /// Nothing: the host. Empty: none is sent.
    std::optional<std::string> serverName() const;
    /// Says why `options()` could not be used, at the field it is about, and gives that the keyboard.
    void showError(const transport::TlsError &error);
    void setCaFile(const QString &path);
    QString caFile() const;

    /// Without the key log: that secrets are written is chosen anew each time the program starts.
    void save(QJsonObject &json) const;
    void restore(const QJsonObject &json);
    void retranslate();

signals:
    void changed();

private:
    enum Sni { SniHost, SniOther, SniNone };
    FileField *fileFieldOf(const transport::TlsError &error) const;
    std::optional<transport::TlsVersion> versionOf(const QComboBox *box) const;

    QLabel *m_caLabel;
    FileField *m_ca;
    QLabel *m_certificateLabel;
    FileField *m_certificate;
    QLabel *m_keyLabel;
    FileField *m_key;
    QLabel *m_keyLogLabel;
    FileField *m_keyLog;
    QLabel *m_versionsLabel;
    QComboBox *m_oldest;
    QLabel *m_newestLabel;
    QComboBox *m_newest;
    FaultLabel *m_versionsFault;
    QLabel *m_ciphersLabel;
    QLineEdit *m_ciphers;
    FaultLabel *m_ciphersFault;
    QLabel *m_sniLabel;
    QComboBox *m_sni;
    QLineEdit *m_sniName;
    FaultLabel *m_sniFault;
    QLabel *m_alpnLabel;
    QLineEdit *m_alpn;
    FaultLabel *m_alpnFault;
    FaultLabel *m_fault; ///< of no field
};

} // namespace frameglass::ui
