// SPDX-License-Identifier: GPL-3.0-or-later
#include "finding_panel.h"

#include "ui/models/checklist_model.h"
#include "ui/support/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollBar>
#include <QTextBrowser>
#include <QUrl>
#include <QVBoxLayout>

#include <type_traits>

namespace frameglass::ui {

namespace {

QString utf8(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString section(const QString &title)
{
    return QStringLiteral("<p style='margin-top:12px;margin-bottom:2px'><b>%1</b></p>").arg(title.toHtmlEscaped());
}

QString coloured(const QString &text, const QColor &colour)
{
    return QStringLiteral("<span style='color:%1'>%2</span>").arg(colour.name(), text.toHtmlEscaped());
}

QString headline(const QString &title, const QColor &colour)
{
    return QStringLiteral("<p style='font-size:large;margin:0'><b>%1</b></p>").arg(coloured(title, colour));
}

QString evidenceList(const std::vector<diagnosis::Evidence> &evidence)
{
    QString html;
    for (const diagnosis::Evidence &proof : evidence) {
        const QString text = proof.text.toHtmlEscaped();
        if (proof.record == 0)
            html += QStringLiteral("<p style='margin:2px 0'>%1</p>").arg(text);
        else
            html += QStringLiteral("<p style='margin:2px 0'><a href='record:%1/%2/%3'>#%1</a>&nbsp; %4</p>")
                        .arg(proof.record)
                        .arg(proof.offset)
                        .arg(proof.length)
                        .arg(text);
    }
    return html;
}

/// One directive a line, as a configuration file has it.
QString asLines(QString fix)
{
    return fix.replace(QStringLiteral("; "), QStringLiteral(";\n"));
}

} // namespace

bool looksLikeConfiguration(const QString &fix)
{
    return fix.contains(QLatin1Char('{')) || (fix.contains(QLatin1Char(';')) && fix.contains(QLatin1Char('_')));
}

FindingPanel::FindingPanel(QWidget *parent)
    : QWidget(parent), m_browser(new QTextBrowser(this)), m_copy(new QPushButton(this))
{
    m_browser->setObjectName(QStringLiteral("findingText"));
    m_browser->setOpenLinks(false);
    m_browser->setUndoRedoEnabled(false);
    m_browser->setFrameShape(QFrame::NoFrame);
    m_browser->document()->setDocumentMargin(3 * Theme::space);
    m_copy->setObjectName(QStringLiteral("findingCopyFix"));
    auto *buttons = new QHBoxLayout;
    buttons->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, 2 * Theme::space);
    buttons->addStretch(1);
    buttons->addWidget(m_copy);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_browser, 1);
    layout->addLayout(buttons);
    connect(m_browser, &QTextBrowser::anchorClicked, this, &FindingPanel::follow);
    connect(m_copy, &QPushButton::clicked, this, &FindingPanel::copyFix);
    retranslate();
}

void FindingPanel::retranslate()
{
    m_browser->setAccessibleName(tr("The chosen check"));
    m_copy->setText(tr("Copy fix"));
    m_copy->setToolTip(tr("Copy what to change to the clipboard"));
    fill();
}

void FindingPanel::restyle()
{
    m_copy->setIcon(icon(Icon::Copy));
    m_html.clear();
    fill();
}

void FindingPanel::setPlaceholder(const QString &text)
{
    m_placeholder = text;
    m_browser->setPlaceholderText(text);
}

void FindingPanel::setFinding(const diagnosis::Finding *finding)
{
    if (finding)
        m_shown = *finding;
    else
        m_shown = std::monostate();
    fill();
}

void FindingPanel::setEnding(const diagnosis::Ending &ending)
{
    m_shown = ending;
    fill();
}

void FindingPanel::setForecast(const std::vector<diagnosis::ClientForecast> &forecast)
{
    m_shown = forecast;
    fill();
}

QString FindingPanel::fix() const
{
    const auto *finding = std::get_if<diagnosis::Finding>(&m_shown);
    return finding ? finding->fix : QString();
}

QString FindingPanel::text() const
{
    return m_browser->toPlainText();
}

QString FindingPanel::bodyOf(const diagnosis::Finding &finding)
{
    const diagnosis::Check *check = diagnosis::checkById(finding.id);
    const Tokens &tokens = Theme::instance().tokens();
    const QString title = check ? check->translatedTitle() : utf8(finding.id);
    QString html = headline(diagnosis::signOf(finding.verdict) + QLatin1Char(' ') + title,
                            finding.verdict == diagnosis::Verdict::Pass ? tokens.text : colourOf(finding.verdict));
    QStringList facts{diagnosis::textOf(finding.verdict)};
    if (check)
        facts += tr("severity %1").arg(textOf(check->severity));
    facts += utf8(finding.id);
    html += QStringLiteral("<p style='margin:2px 0 8px 0'>%1</p>")
                .arg(coloured(facts.join(QStringLiteral(" · ")), tokens.quiet));
    html += QStringLiteral("<p style='margin:0'>%1</p>").arg(finding.reason.toHtmlEscaped());
    if (!finding.foldedUnder.empty())
        html += QStringLiteral("<p style='margin:4px 0'>%1 <a href='finding:%2'>%2</a></p>")
                    .arg(tr("Follows from").toHtmlEscaped(), utf8(finding.foldedUnder).toHtmlEscaped());
    if (!finding.evidence.empty())
        html += section(tr("Evidence")) + evidenceList(finding.evidence);
    if (!finding.causes.empty()) {
        html += section(tr("Likely causes, likeliest first")) + QStringLiteral("<ol style='margin-top:2px'>");
        for (const diagnosis::Cause &cause : finding.causes)
            html += QStringLiteral("<li style='margin-bottom:4px'>%1<br>%2</li>")
                        .arg(cause.cause.toHtmlEscaped(),
                             coloured(tr("How to tell: %1").arg(cause.howToTell), tokens.quiet));
        html += QStringLiteral("</ol>");
    }
    if (!finding.fix.isEmpty()) {
        html += section(tr("What to change"));
        if (looksLikeConfiguration(finding.fix))
            html += QStringLiteral("<pre style='background-color:%1;white-space:pre-wrap;font-family:\"%2\"'>%3</pre>")
                        .arg(tokens.raised.name(), Theme::instance().monospace().family().toHtmlEscaped(),
                             asLines(finding.fix).toHtmlEscaped());
        else
            html += QStringLiteral("<p style='margin:0'>%1</p>").arg(finding.fix.toHtmlEscaped());
    }
    if (check && check->clause != "none") {
        const QString clause = utf8(check->clause).toHtmlEscaped();
        html += section(tr("Where it is written"));
        html += check->url.empty() ? QStringLiteral("<p style='margin:0'>%1</p>").arg(clause)
                                   : QStringLiteral("<p style='margin:0'><a href='%1'>%2</a></p>")
                                         .arg(utf8(check->url).toHtmlEscaped(), clause);
    }
    return html;
}

QString FindingPanel::bodyOf(const diagnosis::Ending &ending)
{
    const Tokens &tokens = Theme::instance().tokens();
    QString html = headline(tr("Who ended it"), tokens.text);
    html += QStringLiteral("<p style='margin:4px 0'>%1 %2</p>")
                .arg(ending.sentence.toHtmlEscaped(),
                     coloured(QStringLiteral("(%1)").arg(diagnosis::textOf(ending.confidence)), tokens.quiet));
    if (ending.cadence)
        html += QStringLiteral("<p style='margin:4px 0'>%1</p>").arg(ending.cadence->sentence.toHtmlEscaped());
    if (!ending.whatWouldTell.isEmpty())
        html += section(tr("What would tell")) +
                QStringLiteral("<p style='margin:0'>%1</p>").arg(ending.whatWouldTell.toHtmlEscaped());
    html += section(tr("What was observed")) + QStringLiteral("<table cellspacing='0' cellpadding='2'>");
    for (const diagnosis::EndingFact &fact : ending.facts) {
        const QString link =
            fact.record == 0 ? QString() : QStringLiteral(" <a href='record:%1/0/0'>#%1</a>").arg(fact.record);
        html += QStringLiteral("<tr><td style='padding-right:10px'>%1</td><td>%2%3</td></tr>")
                    .arg(coloured(fact.name, tokens.quiet), fact.text.toHtmlEscaped(), link);
    }
    return html + QStringLiteral("</table>");
}

QString FindingPanel::bodyOf(const std::vector<diagnosis::ClientForecast> &forecast)
{
    const Tokens &tokens = Theme::instance().tokens();
    QString html = headline(tr("What clients do with this answer"), tokens.text);
    html += QStringLiteral("<p style='margin:2px 0 8px 0'>%1</p>")
                .arg(coloured(tr("As these clients did when they were given answers like it."), tokens.quiet));
    for (const diagnosis::ClientForecast &line : forecast) {
        const bool opens = line.reaction == diagnosis::Reaction::Opens;
        const auto verdict = opens ? diagnosis::Verdict::Pass : diagnosis::Verdict::Fail;
        QString sees = line.sees;
        if (!line.end.isEmpty())
            sees = tr("%1; at the end %2").arg(sees, line.end);
        html += QStringLiteral("<p style='margin:6px 0'>%1 <b>%2</b> %3<br>%4")
                    .arg(coloured(diagnosis::signOf(verdict), colourOf(verdict)),
                         diagnosis::nameOf(line.client).toHtmlEscaped(),
                         coloured(diagnosis::textOf(line.reaction), tokens.quiet), sees.toHtmlEscaped());
        if (line.because != nullptr)
            html += QStringLiteral("<br>") +
                    coloured(tr("because of: %1").arg(QCoreApplication::translate("checks", line.because->title)),
                             tokens.quiet);
        html += QStringLiteral("</p>");
    }
    return html;
}

void FindingPanel::fill()
{
    m_copy->setVisible(!fix().isEmpty());
    const QString style =
        QStringLiteral("<style>a{color:%1;text-decoration:none}</style>").arg(Theme::instance().tokens().accent.name());
    const QString html = std::visit(
        [&](const auto &shown) {
            if constexpr (std::is_same_v<std::decay_t<decltype(shown)>, std::monostate>)
                return QString();
            else
                return style + bodyOf(shown);
        },
        m_shown);
    if (html == m_html && !m_html.isEmpty())
        return;
    m_html = html;
    const int scrolled = m_browser->verticalScrollBar()->value();
    m_browser->setHtml(html);
    m_browser->verticalScrollBar()->setValue(scrolled);
}

void FindingPanel::copyFix() const
{
    if (const QString text = fix(); !text.isEmpty())
        QApplication::clipboard()->setText(looksLikeConfiguration(text) ? asLines(text) : text);
}

void FindingPanel::follow(const QUrl &url)
{
    if (url.scheme() == QLatin1String("record")) {
        const QStringList parts = url.path().split(QLatin1Char('/'));
        if (parts.size() == 3)
            emit evidenceChosen(parts[0].toULongLong(), static_cast<std::size_t>(parts[1].toULongLong()),
                                static_cast<std::size_t>(parts[2].toULongLong()));
    } else if (url.scheme() == QLatin1String("finding")) {
        emit findingChosen(url.path());
    } else if (url.scheme() == QLatin1String("https")) {
        QDesktopServices::openUrl(url);
    }
}

} // namespace frameglass::ui
