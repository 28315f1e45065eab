// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "live_view.h"

#include "head_panel.h"

#include <array>
#include <optional>

class QCheckBox;
class QLabel;
class QPlainTextEdit;
class QScrollArea;
class QSplitter;
class QStackedWidget;
class QToolButton;

namespace frameglass::ui {

class AcceptPanel;
class HexView;
class TlsPanel;

/// The steps of the opening handshake, one page each: the heads exchanged with a proxy, TLS, and request and response
/// side by side as sent, each line judged, with the proof step by step; for an answer that is not 101, its body. Shows
/// the step that was reached until the user chooses one.
class HandshakeView : public LiveView
{
    Q_OBJECT
public:
    explicit HandshakeView(Document *document, Selection *selection, QWidget *parent = nullptr);

    enum Page { ProxyPage, TlsPage, HttpPage, PageCount };
    Page page() const;
    TlsPanel *tls() const { return m_tls; }
    HeadPanel *proxyRequest() const { return m_proxyRequest; }
    HeadPanel *proxyResponse() const { return m_proxyResponse; }
    HeadPanel *request() const { return m_request; }
    HeadPanel *response() const { return m_response; }
    AcceptPanel *accept() const { return m_accept; }
    QString note() const; ///< the sentence where something is missing
    QString bodyText() const;

protected:
    void refresh() override;
    void retranslate() override;
    void restyle() override;
    void switched() override;

private:
    void buildBar();
    void buildBody();
    void buildPages();
    void choosePage(Page page);
    void showPages(const analysis::ConnectionFacts *facts);
    void showProxyHeads(const analysis::ConnectionFacts *facts);
    void showHeads(const analysis::ConnectionFacts *facts);
    void showBody(const analysis::ConnectionFacts *facts);
    void showSelected();
    void showPageOf(capture::RecordId record);
    protocol::Octets shownOctets(const protocol::HttpHead &head) const;
    QString noteText(const analysis::ConnectionFacts &facts) const;
    QString stageText(const analysis::ConnectionFacts &facts) const;
    QString captionOf(const QString &name, const analysis::ConnectionFacts &facts, bool request) const;

    QWidget *m_bar;
    std::array<QToolButton *, PageCount> m_steps;
    QStackedWidget *m_pages;
    bool m_hasSecrets = false;
    std::optional<Page> m_chosen; ///< by the user, for this connection
    QSplitter *m_proxySides;
    HeadPanel *m_proxyRequest;
    HeadPanel *m_proxyResponse;
    TlsPanel *m_tls;
    QToolButton *m_raw;
    QToolButton *m_secrets;
    QLabel *m_note;
    QSplitter *m_sides;
    QSplitter *m_splitter;
    HeadPanel *m_request;
    HeadPanel *m_response;
    QStackedWidget *m_below;
    QScrollArea *m_acceptPage;
    AcceptPanel *m_accept;
    QWidget *m_bodyPage;
    QLabel *m_bodyTitle;
    QCheckBox *m_bodyAsHex;
    QStackedWidget *m_bodyStack;
    QPlainTextEdit *m_bodyText;
    HexView *m_bodyHex;
    protocol::Octets m_body; ///< shown now
};

} // namespace frameglass::ui
