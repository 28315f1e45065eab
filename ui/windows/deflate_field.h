// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/permessage_deflate.h"

#include <QWidget>

#include <optional>
#include <vector>

class QCheckBox;
class QJsonObject;
class QLineEdit;

namespace frameglass::ui {

class FaultLabel;

/// Whether permessage-deflate is offered (a client) or accepted (a server), and with which parameters, written as in
/// the header. A fault stands beneath.
class DeflateField : public QWidget
{
    Q_OBJECT
public:
    enum class Side { Client, Server };
    explicit DeflateField(Side side, QWidget *parent = nullptr);

    QCheckBox *box() const { return m_box; }
    bool validate();
    /// Empty: none is made. Only after validate().
    std::vector<protocol::DeflateParameters> offers() const;
    /// Nothing: no offer is accepted. Only after validate().
    std::optional<protocol::DeflatePreferences> preferences() const;
    void setOffers(const std::vector<protocol::DeflateParameters> &offers);

    void save(QJsonObject &json) const;
    void restore(const QJsonObject &json);
    void retranslate();

signals:
    void changed();

private:
    Side m_side;
    QCheckBox *m_box;
    QLineEdit *m_parameters;
    FaultLabel *m_fault;
};

} // namespace frameglass::ui
