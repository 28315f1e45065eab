// SPDX-License-Identifier: GPL-3.0-or-later
#include "handshake_view.h"

#include "accept_panel.h"
#include "hex_view.h"
#include "quiet_tree.h"
#include "tls_panel.h"

#include "core/capture/secrets.h"
#include "core/diagnosis/wording.h"
#include "core/diagnosis/wording_tls.h"
#include "ui/models/connection_trust.h"
#include "ui/models/record_fields.h"
#include "ui/models/record_row.h"
#include "ui/support/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace frameglass::ui {

HandshakeView::HandshakeView(Document *document, Selection *selection, QWidget *parent)
    : LiveView(document, selection, parent), m_bar(new QWidget(this)), m_pages(new QStackedWidget(this)),
      m_proxySides(new QSplitter(Qt::Horizontal, m_pages)),
      m_proxyRequest(new HeadPanel(QStringLiteral("proxyRequestFields"), m_proxySides)),
      m_proxyResponse(new HeadPanel(QStringLiteral("proxyResponseFields"), m_proxySides)), m_tls(new TlsPanel(m_pages)),
      m_raw(new QToolButton(m_bar)), m_secrets(new QToolButton(m_bar)), m_note(new QLabel(m_bar)),
      m_sides(new QSplitter(Qt::Horizontal, this)), m_splitter(new QSplitter(Qt::Vertical, this)),
      m_request(new HeadPanel(QStringLiteral("requestFields"), m_sides)),
      m_response(new HeadPanel(QStringLiteral("responseFields"), m_sides)), m_below(new QStackedWidget(this)),
      m_acceptPage(new QScrollArea(m_below)), m_accept(new AcceptPanel(m_acceptPage)), m_bodyPage(new QWidget(m_below)),
      m_bodyTitle(new QLabel(m_bodyPage)), m_bodyAsHex(new QCheckBox(m_bodyPage)),
      m_bodyStack(new QStackedWidget(m_bodyPage)), m_bodyText(new QPlainTextEdit(m_bodyStack)),
      m_bodyHex(new HexView(m_bodyStack))
{
    buildBar();
    buildBody();
    m_sides->addWidget(m_request);
    m_sides->addWidget(m_response);
    m_sides->setChildrenCollapsible(false);
    m_sides->setSizes({500, 500});
    m_acceptPage->setWidget(m_accept);
    m_acceptPage->setWidgetResizable(true);
    m_acceptPage->setFrameShape(QFrame::NoFrame);
    m_acceptPage->setFocusPolicy(Qt::NoFocus);
    m_below->addWidget(m_acceptPage);
    m_below->addWidget(m_bodyPage);
    m_splitter->addWidget(m_sides);
    m_splitter->addWidget(m_below);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setStretchFactor(1, 0);
    m_splitter->setSizes({420, 150});

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_pages, 1);
    buildPages();

    for (HeadPanel *panel : {m_proxyRequest, m_proxyResponse, m_request, m_response})
        connect(panel, &HeadPanel::lineChosen, this,
                [this](capture::RecordId record, std::size_t offset, std::size_t length) {
                    this->selection()->setRecord(record, offset, length);
                });
    connect(m_tls, &TlsPanel::recordChosen, this,
            [this](capture::RecordId record) { this->selection()->setRecord(record); });
    connect(selection, &Selection::recordChanged, this, &HandshakeView::showSelected);
    connect(selection, &Selection::revealRequested, this, &HandshakeView::showPageOf);
    setReadingWidget(m_request->tree());
    retranslate();
    restyle();
    setTicking(500);
}

void HandshakeView::buildBar()
{
    m_raw->setObjectName(QStringLiteral("handshakeRaw"));
    m_secrets->setObjectName(QStringLiteral("handshakeSecrets"));
    m_note->setObjectName(QStringLiteral("handshakeNote"));
    m_note->setWordWrap(true);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (QToolButton *button : {m_raw, m_secrets}) {
        button->setCheckable(true);
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    }
    auto *bar = new QHBoxLayout(m_bar);
    bar->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);
    constexpr std::array names{"handshakeProxy", "handshakeTls", "handshakeHttp"};
    for (std::size_t i = 0; i < PageCount; ++i) {
        auto *step = new QToolButton(m_bar);
        step->setObjectName(QLatin1String(names[i]));
        step->setCheckable(true);
        step->setAutoRaise(true);
        step->setFocusPolicy(Qt::StrongFocus);
        step->setToolButtonStyle(Qt::ToolButtonTextOnly);
        connect(step, &QToolButton::clicked, this, [this, i] {
            m_chosen = Page(i);
            choosePage(Page(i));
        });
        m_steps[i] = step;
        bar->addWidget(step);
    }
    bar->addSpacing(2 * Theme::space);
    bar->addWidget(m_note, 1);
    bar->addWidget(m_secrets);
    bar->addWidget(m_raw);
    connect(m_raw, &QToolButton::toggled, this, [this](bool raw) {
        for (HeadPanel *panel : {m_proxyRequest, m_proxyResponse, m_request, m_response})
            panel->setRaw(raw);
        showSelected();
    });
    connect(m_secrets, &QToolButton::toggled, this, [this] {
        markStale();
        ensureFresh();
    });
}

void HandshakeView::buildPages()
{
    m_proxySides->addWidget(m_proxyRequest);
    m_proxySides->addWidget(m_proxyResponse);
    m_proxySides->setChildrenCollapsible(false);
    m_proxySides->setSizes({500, 500});
    m_pages->addWidget(m_proxySides);
    m_pages->addWidget(m_tls);
    m_pages->addWidget(m_splitter);
    m_pages->setCurrentIndex(HttpPage);
}

void HandshakeView::buildBody()
{
    m_bodyText->setObjectName(QStringLiteral("handshakeBody"));
    m_bodyText->setReadOnly(true);
    m_bodyText->setFrameShape(QFrame::NoFrame);
    m_bodyHex->setLineEndingsVisible(true);
    m_bodyStack->addWidget(m_bodyText);
    m_bodyStack->addWidget(m_bodyHex);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);
    head->addWidget(m_bodyTitle, 1);
    head->addWidget(m_bodyAsHex);
    auto *layout = new QVBoxLayout(m_bodyPage);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_bodyStack, 1);
    connect(m_bodyAsHex, &QCheckBox::toggled, m_bodyStack, [this](bool hex) { m_bodyStack->setCurrentIndex(hex); });
}

void HandshakeView::retranslate()
{
    m_steps[ProxyPage]->setText(tr("Proxy"));
    m_steps[ProxyPage]->setToolTip(tr("What was asked of the proxy, and its answer"));
    m_steps[TlsPage]->setToolTip(tr("What TLS agreed on, its messages and the certificates"));
    m_steps[HttpPage]->setText(tr("Request and response"));
    m_steps[HttpPage]->setToolTip(tr("The heads of the opening handshake"));
    m_raw->setText(tr("Raw octets"));
    m_raw->setToolTip(tr("Show both heads as octets with their line endings"));
    m_secrets->setText(tr("Show secrets"));
    m_secrets->setToolTip(tr("Show the values of credentials, cookies and tokens"));
    m_bodyAsHex->setText(tr("Hexadecimal"));
    m_bodyText->setAccessibleName(tr("Body of the response"));
    m_bodyHex->setAccessibleName(tr("Body of the response, raw octets"));
    for (HeadPanel *panel : {m_proxyRequest, m_proxyResponse, m_request, m_response})
        panel->retranslate();
    m_tls->retranslate();
    m_accept->retranslate();
}

void HandshakeView::restyle()
{
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, Theme::instance().tokens().quiet);
    m_note->setPalette(quiet);
    m_bodyTitle->setPalette(quiet);
    m_bodyText->setFont(Theme::instance().monospace());
    for (HeadPanel *panel : {m_proxyRequest, m_proxyResponse, m_request, m_response})
        panel->restyle();
    m_tls->restyle();
    m_accept->restyle();
}

void HandshakeView::switched()
{
    m_secrets->setChecked(false);
    m_chosen.reset();
    m_body.clear();
    m_bodyText->clear();
}

QString HandshakeView::note() const
{
    return m_note->text();
}

QString HandshakeView::bodyText() const
{
    return m_below->currentWidget() == m_bodyPage ? m_bodyText->toPlainText() : QString();
}

QString HandshakeView::stageText(const analysis::ConnectionFacts &facts) const
{
    if (facts.isListener())
        return tr("A listener has no handshake of its own. Each connection that it accepted is in the list.");
    if (facts.stages.empty())
        return facts.response ? QString() : tr("Waiting for the first octets.");
    const auto &last = facts.stages.back();
    const QString stage = diagnosis::textOf(last.value.stage);
    switch (last.value.outcome) {
    case capture::StageOutcome::Started:
        return facts.isOver()
                   ? tr("The connection ended during this stage: %1.").arg(stage)
                   : tr("%1 under way for %2.").arg(stage, diagnosis::durationText(document()->now() - last.time));
    case capture::StageOutcome::Succeeded: return {};
    case capture::StageOutcome::Failed:
    case capture::StageOutcome::TimedOut:
    case capture::StageOutcome::Cancelled: {
        const QString text =
            tr("%1 %2 after %3")
                .arg(stage, diagnosis::textOf(last.value.outcome), diagnosis::durationText(last.value.elapsed));
        const QString why = QString::fromStdString(last.value.message);
        return why.isEmpty() ? text + QLatin1Char('.') : text + QStringLiteral(": ") + why + QLatin1Char('.');
    }
    }
    return {};
}

protocol::Octets HandshakeView::shownOctets(const protocol::HttpHead &head) const
{
    return m_secrets->isChecked() ? head.raw : capture::masked(head.raw, capture::secretsInHead(head.raw));
}

QString HandshakeView::captionOf(const QString &name, const analysis::ConnectionFacts &facts, bool request) const
{
    const auto &head = request ? facts.request : facts.response;
    if (!head)
        return name;
    const bool byUs = request != (facts.vantage() == capture::Vantage::Server);
    const auto direction = byUs ? capture::Direction::Sent : capture::Direction::Received;
    QString text =
        QStringLiteral("%1 · %2 %3").arg(name, arrowOf(direction), directionWord(direction, facts.vantage()));
    if (!request && facts.request)
        text += QStringLiteral(" · ") + tr("%1 later").arg(diagnosis::durationText(head->time - facts.request->time));
    if (!request && facts.responsePartial)
        text += QStringLiteral(" · ") + tr("never became whole");
    return text;
}

HandshakeView::Page HandshakeView::page() const
{
    return Page(m_pages->currentIndex());
}

void HandshakeView::choosePage(Page page)
{
    m_pages->setCurrentIndex(page);
    for (std::size_t i = 0; i < PageCount; ++i)
        m_steps[i]->setChecked(i == page);
    const bool heads = page != TlsPage;
    m_raw->setVisible(heads);
    m_secrets->setVisible(heads && m_hasSecrets);
}

/// Which steps there are, and the one to look at: the last that was reached, unless the user chose another.
void HandshakeView::showPages(const analysis::ConnectionFacts *facts)
{
    const bool secure = facts && !facts->isListener() && isSecure(*facts);
    const bool proxy = facts && (facts->proxy || facts->lastOf(capture::Stage::Proxy));
    m_steps[ProxyPage]->setVisible(proxy);
    m_steps[TlsPage]->setVisible(secure);
    m_steps[HttpPage]->setVisible(proxy || secure);
    QString sign;
    if (secure && facts->tls) {
        const auto verdict = facts->tls->value.verdict;
        const auto *stage = facts->lastOf(capture::Stage::Tls);
        const bool failed = stage && stage->value.outcome != capture::StageOutcome::Started &&
                            stage->value.outcome != capture::StageOutcome::Succeeded;
        sign = QLatin1Char(' ') + signOf(failed                                       ? diagnosis::Verdict::Fail
                                         : verdict == capture::TlsVerdict::Overridden ? diagnosis::Verdict::Warn
                                                                                      : diagnosis::Verdict::Pass);
    }
    m_steps[TlsPage]->setText(QStringLiteral("TLS") + sign);
    Page reached = HttpPage;
    if (facts && !facts->request && (proxy || secure)) {
        if (secure && facts->lastOf(capture::Stage::Tls))
            reached = TlsPage;
        else if (facts->lastOf(capture::Stage::Proxy))
            reached = ProxyPage;
    }
    choosePage(m_chosen.value_or(reached));
}

/// Evidence elsewhere leads to the page that shows it.
void HandshakeView::showPageOf(capture::RecordId record)
{
    const analysis::ConnectionFacts *now = facts();
    if (!now)
        return;
    const auto is = [record](const auto &fact) { return fact && fact->record == record; };
    const auto *stage = now->lastOf(capture::Stage::Tls);
    const bool message = std::ranges::any_of(now->tlsMessages, [record](const auto &m) { return m.record == record; });
    if (message || is(now->tls) || (stage && stage->record == record))
        m_chosen = TlsPage;
    else if (is(now->proxyRequest) || is(now->proxyResponse))
        m_chosen = ProxyPage;
    else if (is(now->request) || is(now->response))
        m_chosen = HttpPage;
    markStale();
}

void HandshakeView::showProxyHeads(const analysis::ConnectionFacts *facts)
{
    m_proxyRequest->setTitle(tr("Request to the proxy"), tr("Request to the proxy"));
    m_proxyResponse->setTitle(tr("The proxy's answer"), tr("The proxy's answer"));
    const auto headsOf = [this](const auto &head) {
        std::vector<HeadPanel::Head> heads;
        if (head) {
            HeadPanel::Head shown{head->record, {}, {}, shownOctets(head->value)};
            shown.rows = judgeProxyHead(head->value, shown.octets);
            heads.push_back(std::move(shown));
        }
        return heads;
    };
    const bool socks = facts && facts->proxy && facts->proxy->value.kind == capture::ProxyKind::Socks5;
    const QString none =
        socks ? tr("SOCKS5 has no heads; the timeline shows its answer.") : tr("No head was exchanged.");
    m_proxyRequest->setHeads(facts ? headsOf(facts->proxyRequest) : std::vector<HeadPanel::Head>(), none);
    m_proxyResponse->setHeads(facts ? headsOf(facts->proxyResponse) : std::vector<HeadPanel::Head>(), none);
}

void HandshakeView::showHeads(const analysis::ConnectionFacts *facts)
{
    const bool over = facts && facts->isOver();
    m_request->setTitle(facts ? captionOf(tr("Request"), *facts, true) : tr("Request"), tr("Request"));
    m_response->setTitle(facts ? captionOf(tr("Response"), *facts, false) : tr("Response"), tr("Response"));
    const diagnosis::Report *report = facts && !facts->isListener() ? &document()->report(facts->id) : nullptr;

    std::vector<HeadPanel::Head> requests;
    if (facts && facts->request) {
        const protocol::HttpHead &head = facts->request->value;
        HeadPanel::Head shown{facts->request->record, {}, {}, shownOctets(head)};
        shown.rows = judgeHead(head, protocol::judgeRequest(head), shown.octets, shown.record, report);
        requests.push_back(std::move(shown));
    }
    m_request->setHeads(std::move(requests), !facts ? QString()
                                             : over ? tr("No request was exchanged.")
                                                    : tr("No request yet."));

    std::vector<HeadPanel::Head> responses;
    if (facts) {
        for (const auto &informational : facts->informational) {
            HeadPanel::Head shown{
                informational.record, tr("Before it, informational"), {}, shownOctets(informational.value)};
            shown.rows = judgeHead(informational.value, {}, shown.octets, shown.record);
            responses.push_back(std::move(shown));
        }
    }
    if (facts && facts->response) {
        const protocol::HttpHead &head = facts->response->value;
        HeadPanel::Head shown{facts->response->record, {}, {}, shownOctets(head)};
        std::vector<protocol::HandshakeFault> faults;
        if (facts->request)
            faults = protocol::judgeResponse(facts->request->value, head);
        if (head.status != 101) // a refusal owes none of the fields of a 101
            std::erase_if(faults, [](const protocol::HandshakeFault &fault) {
                return fault.violation != protocol::Violation::StatusNot101;
            });
        shown.rows = judgeHead(head, faults, shown.octets, shown.record, report);
        responses.push_back(std::move(shown));
    }
    m_response->setHeads(std::move(responses), !facts ? QString()
                                               : over ? tr("No response came.")
                                                      : tr("No response yet."));
}

void HandshakeView::showBody(const analysis::ConnectionFacts *facts)
{
    m_below->setVisible(facts && (facts->request || facts->response)); // before that there is nothing to compute
    const bool refused = facts && facts->response && facts->response->value.status != 101;
    if (!refused) {
        m_below->setCurrentWidget(m_acceptPage);
        std::optional<std::string> key;
        std::optional<std::string> sent;
        if (facts && facts->request) {
            if (const auto *field = facts->request->value.find("Sec-WebSocket-Key"))
                key = field->value;
        }
        if (facts && facts->response) {
            if (const auto *field = facts->response->value.find("Sec-WebSocket-Accept"))
                sent = field->value;
        }
        m_accept->setHandshake(key, sent, facts && facts->response);
        return;
    }
    m_below->setCurrentWidget(m_bodyPage);
    QString title = tr("Body of the response · %1 octets").arg(diagnosis::octetsText(facts->bodyOctets));
    if (facts->bodyOctets > facts->body.size())
        title += QStringLiteral(" · ") + tr("the first %1 are kept").arg(diagnosis::octetsText(facts->body.size()));
    m_bodyTitle->setText(title);
    m_bodyText->setPlaceholderText(facts->isOver() ? tr("The response has no body.") : tr("No body yet."));
    if (facts->body == m_body)
        return;
    m_body = facts->body;
    const QByteArray octets(reinterpret_cast<const char *>(m_body.data()), static_cast<qsizetype>(m_body.size()));
    const QString json = prettyJson(octets);
    m_bodyText->setPlainText(json.isEmpty() ? QString::fromUtf8(octets) : json);
    m_bodyHex->setOctets(m_body);
}

/// Where the handshake stands; once it is done, what was agreed on compression and what that brings.
QString HandshakeView::noteText(const analysis::ConnectionFacts &facts) const
{
    QString text = stageText(facts);
    if (facts.tls && page() != TlsPage)
        text += (text.isEmpty() ? QString() : QStringLiteral("\n")) +
                tr("TLS: %1").arg(diagnosis::summaryOf(facts.tls->value));
    if (const QString compression = diagnosis::compressionText(facts.compression); !compression.isEmpty())
        text += (text.isEmpty() ? QString() : QStringLiteral("\n")) + tr("Compression: %1").arg(compression);
    return text;
}

void HandshakeView::refresh()
{
    const analysis::ConnectionFacts *now = facts();
    const auto hides = [](const auto &head) { return head && !capture::secretsInHead(head->value.raw).empty(); };
    m_hasSecrets =
        now && (hides(now->request) || hides(now->response) || hides(now->proxyRequest) || hides(now->proxyResponse));
    showPages(now);
    m_note->setText(now ? noteText(*now) : tr("No connection is selected. Connect to a server, or open a capture."));
    showProxyHeads(now);
    m_tls->setFacts(now && isSecure(*now) ? now : nullptr, document()->reader().startWallMs() / 1000);
    showHeads(now);
    showBody(now);
    showSelected();
}

void HandshakeView::showSelected()
{
    const Selection *chosen = selection();
    for (HeadPanel *panel : {m_proxyRequest, m_proxyResponse, m_request, m_response})
        panel->light(chosen->record(), chosen->offset(), chosen->length());
    m_tls->light(chosen->record());
    const analysis::ConnectionFacts *now = facts();
    const bool inBody = now && now->firstBodyRecord && chosen->record() == *now->firstBodyRecord;
    m_bodyHex->setLit(inBody ? chosen->offset() : 0, inBody ? chosen->length() : 0);
}

} // namespace frameglass::ui
