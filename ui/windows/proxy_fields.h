// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/client_session.h"

#include <QWidget>

class QComboBox;
class QJsonObject;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace frameglass::ui {

class FaultLabel;

/// By which way the server is reached: through which proxy, at which of its addresses, over how many redirects, and
/// what name servers are asked. Faults stand beneath their fields.
class ProxyFields : public QWidget
{
    Q_OBJECT
public:
    explicit ProxyFields(QWidget *parent = nullptr);

    bool validate();
    /// Only after validate().
    void apply(session::ClientOptions &options) const;
    /// Most redirects to follow.
    std::uint32_t redirects() const;

    /// Without user and password, wherever they were typed.
    void save(QJsonObject &json) const;
    void restore(const QJsonObject &json);
    void retranslate();

signals:
    void changed();

private:
    std::optional<transport::Proxy> proxy() const;

    QLabel *m_label;
    QComboBox *m_choice;
    QLabel *m_urlLabel;
    QLineEdit *m_url;
    FaultLabel *m_urlFault;
    QLabel *m_signInLabel;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QLabel *m_addressesLabel;
    QLineEdit *m_addresses;
    FaultLabel *m_addressesFault;
    QLabel *m_redirectsLabel;
    QSpinBox *m_redirects;
    QLabel *m_nameServersLabel;
    QComboBox *m_questions;
    QLineEdit *m_nameServer;
    FaultLabel *m_nameServerFault;
};

} // namespace frameglass::ui
