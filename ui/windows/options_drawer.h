// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/client_session.h"

#include <QFrame>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QScrollArea;
class QSpinBox;
class QStackedWidget;
class QTabBar;
class QUndoStack;

namespace frameglass::ui {

class DeflateField;
class FaultLabel;
class HeaderEditor;
class ProxyFields;
class TlsFields;

/// How the next connection is made: headers, subprotocols, sign-in, heartbeat, time limits, strictness; and TLS on a
/// page of its own.
class OptionsDrawer : public QFrame
{
    Q_OBJECT
public:
    /// A header that was removed comes back through `undo`.
    explicit OptionsDrawer(QUndoStack *undo, QWidget *parent = nullptr);

    /// Writes everything but the URL and the TLS context into `options`. False while a field has a fault, which stands
    /// beside the field.
    bool apply(session::ClientOptions &options);
    TlsFields *tls() const { return m_tls; }
    const ProxyFields *proxy() const { return m_proxy; }
    void showTls();
    /// Kept between starts, apart from passwords, tokens, cookies and header values.
    void save() const;
    void restore();
    bool validate();

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool eventFilter(QObject *watched, QEvent *event) override;

signals:
    void closeRequested();

protected:
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void retranslate();
    void authChanged();

    enum Page { WebSocketPage, TlsPage, ProxyPage };
    void addPage(QWidget *fields);
    QScrollArea *scrolled(QWidget *content);
    QWidget *currentContent() const;

    QTabBar *m_tabs;
    QStackedWidget *m_stack;
    QWidget *m_content;
    TlsFields *m_tls;
    ProxyFields *m_proxy;
    HeaderEditor *m_headers;
    QLabel *m_subprotocolsLabel;
    QLineEdit *m_subprotocols;
    FaultLabel *m_subprotocolsFault;
    QLabel *m_originLabel;
    QLineEdit *m_origin;
    FaultLabel *m_originFault;
    QLabel *m_authLabel;
    QComboBox *m_auth;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QLineEdit *m_token;
    FaultLabel *m_authFault;
    QLabel *m_cookiesLabel;
    QLineEdit *m_cookies;
    FaultLabel *m_cookiesFault;
    DeflateField *m_deflate;

    QCheckBox *m_ping;
    QDoubleSpinBox *m_pingInterval;
    QLabel *m_pingTimeoutLabel;
    QDoubleSpinBox *m_pingTimeout;
    QLabel *m_pongLabel;
    QComboBox *m_pong;
    QSpinBox *m_pongDelay;
    QLabel *m_limitsLabel;
    struct StageField
    {
        QLabel *label;
        QDoubleSpinBox *seconds;
        Nanoseconds session::StageTimeouts::*member;
    };
    std::array<StageField, 6> m_stages; ///< in the order they are kept in
    QCheckBox *m_keepGoing;
};

} // namespace frameglass::ui
