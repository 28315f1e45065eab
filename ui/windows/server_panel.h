// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls_maker.h"
#include "ui/models/document.h"

#include <QFrame>

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace frameglass::ui {

class DeflateField;
class FaultLabel;
class ServerTlsFields;

/// The echo server: how it listens, start and stop, its URL. Lies over the window beneath the Server button.
class ServerPanel : public QFrame
{
    Q_OBJECT
public:
    explicit ServerPanel(Document *document, QWidget *parent = nullptr);

    /// Starts with the fields' values, after asking for a passphrase where one is needed; a fault stands beside its
    /// field.
    void start();
    void focusFirst();
    void save() const;
    void restore();

signals:
    void closeRequested();
    void resized();
    /// `caFile`: the authority a client has to trust for it; empty: none of ours.
    void connectRequested(const QString &url, const QString &caFile);

protected:
    bool event(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void retranslate();
    void refresh();
    bool read(session::ServerOptions &options);
    void startWith(const session::ServerOptions &options);

    Document *m_document;
    QLabel *m_addressLabel;
    QLineEdit *m_address;
    FaultLabel *m_addressFault;
    QLabel *m_portLabel;
    QSpinBox *m_port;
    QLabel *m_subprotocolsLabel;
    QLineEdit *m_subprotocols;
    FaultLabel *m_subprotocolsFault;
    QLabel *m_originsLabel;
    QLineEdit *m_origins;
    FaultLabel *m_originsFault;
    DeflateField *m_deflate;
    ServerTlsFields *m_tls;
    TlsMaker m_maker;
    QString m_authority; ///< of what runs
    QCheckBox *m_ping;
    QDoubleSpinBox *m_pingInterval;
    QPushButton *m_startStop;
    FaultLabel *m_startFault;
    QLabel *m_hint;
    QLabel *m_url;
    QToolButton *m_copy;
    QPushButton *m_connect;
};

} // namespace frameglass::ui
