// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/target.h"

#include <QWidget>

class QComboBox;
class QPushButton;
class QToolButton;

namespace frameglass::ui {

class FaultLabel;

/// Where to connect: the URL with its history, and the one button that connects, cancels or disconnects.
class AddressBar : public QWidget
{
    Q_OBJECT
public:
    enum class Order { Connect, Cancel, Disconnect };

    explicit AddressBar(QWidget *parent = nullptr);

    QString url() const;
    void setUrl(const QString &url);
    void focusUrl();
    /// What the button does for the connection selected, as long as the field still holds its URL.
    void setLive(const QString &liveUrl, Order order);
    /// Checks the URL; shows a fault beneath the field and puts the cursor there.
    bool validate();
    /// Puts the URL first in the history, its secrets emptied.
    void remember();
    /// For buttons that stand in the same row.
    void addToRow(QWidget *widget);
    QToolButton *optionsButton() const { return m_options; }

signals:
    void connectRequested();
    void cancelRequested();
    void disconnectRequested();
    void optionsToggled(bool open);
    void urlEdited();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void updateButton();
    void press();

    QComboBox *m_url;
    QPushButton *m_button;
    QToolButton *m_options;
    FaultLabel *m_fault;
    QWidget *m_row;
    QString m_liveUrl;
    Order m_liveOrder = Order::Connect;
    Order m_order = Order::Connect;
};

/// The sentence for a URL that cannot be used.
QString textOf(const session::TargetFault &fault);

} // namespace frameglass::ui
