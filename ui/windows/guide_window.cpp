// SPDX-License-Identifier: GPL-3.0-or-later
#include "guide_window.h"

#include "core/diagnosis/check.h"
#include "core/diagnosis/wording_filter.h"

#include <QEvent>
#include <QTextBrowser>
#include <QVBoxLayout>

#include <array>

namespace frameglass::ui {

namespace {

QString escaped(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size())).toHtmlEscaped();
}

} // namespace

GuideWindow::GuideWindow(QWidget *parent) : QDialog(parent), m_browser(new QTextBrowser(this))
{
    m_browser->setOpenExternalLinks(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_browser);
    resize(760, 640);
    retranslate();
}

QString GuideWindow::html()
{
    QString text =
        QStringLiteral("<h2>%1</h2><p>%2</p><p>%3</p>")
            .arg(tr("Reading the window"),
                 tr("The line at the top says in one sentence what is wrong; “Why” leads to the check that "
                    "found it. The line below shows how far the connection came, with the time of each stage; "
                    "a click leads to the record that shows it. The views show the octets."),
                 tr("What you select in one view is selected in all. Nothing is lost on the way: also frames "
                    "that break the rules are recorded as they came."));
    const std::array keys{std::pair{QStringLiteral("Ctrl+N"), tr("New connection")},
                          std::pair{QStringLiteral("F5"), tr("Connect again")},
                          std::pair{QStringLiteral("Ctrl+D"), tr("Disconnect")},
                          std::pair{QStringLiteral("Ctrl+P"), tr("Ping now")},
                          std::pair{QStringLiteral("Ctrl+M"), tr("Write a message")},
                          std::pair{QStringLiteral("Ctrl+Enter"), tr("Send")},
                          std::pair{QStringLiteral("Ctrl+1 … Ctrl+5"), tr("Change the view")},
                          std::pair{QStringLiteral("Ctrl+Shift+O"), tr("Connection options")},
                          std::pair{QStringLiteral("Ctrl+Shift+E"), tr("Echo server")},
                          std::pair{QStringLiteral("Ctrl+F"), tr("Filter the timeline")},
                          std::pair{QStringLiteral("Ctrl+E"), tr("Export records")},
                          std::pair{QStringLiteral("Ctrl+L"), tr("Clear the timeline")},
                          std::pair{QStringLiteral("Ctrl+Z"), tr("Undo a removal or clearing")},
                          std::pair{tr("Space"), tr("Pause the timeline")}};
    text += QStringLiteral("<h2>%1</h2><table cellpadding=3>").arg(tr("Keys"));
    for (const auto &[key, meaning] : keys)
        text +=
            QStringLiteral("<tr><td><b>%1</b></td><td>%2</td></tr>").arg(key.toHtmlEscaped(), meaning.toHtmlEscaped());
    text += QStringLiteral("</table><h2>%1</h2><table cellpadding=3>").arg(tr("Commands in the message field"));
    const std::array commands{std::pair{"/ping", tr("A ping with an id and time of our own")},
                              std::pair{"/ping TEXT", tr("A ping with that payload")},
                              std::pair{"/pong TEXT", tr("An unasked pong")},
                              std::pair{"/close 1000 bye", tr("The closing handshake with code and reason")},
                              std::pair{"//text", tr("A message that begins with a slash")}};
    for (const auto &[command, meaning] : commands)
        text += QStringLiteral("<tr><td><code>%1</code></td><td>%2</td></tr>")
                    .arg(QLatin1String(command), meaning.toHtmlEscaped());
    text +=
        QStringLiteral("</table><h2>%1</h2><p>%2</p>")
            .arg(tr("Filters"), tr("A filter shows only the records that match. && and || join conditions, ! negates, "
                                   "parentheses group. What can be asked:"));
    for (const analysis::FilterField &field : analysis::filterFields())
        text += QStringLiteral("<p><code>%1</code> %2<br/><code>%3</code></p>")
                    .arg(escaped(field.name), diagnosis::helpOf(field.id).toHtmlEscaped(), escaped(field.example));
    text += QStringLiteral("<h2>%1</h2>").arg(tr("The checks"));
    std::optional<diagnosis::Phase> phase;
    for (const diagnosis::Check &check : diagnosis::checks()) {
        if (phase != check.phase) {
            phase = check.phase;
            text += QStringLiteral("<h3>%1</h3>").arg(titleOf(check.phase).toHtmlEscaped());
        }
        const QString clause =
            check.url.empty() ? escaped(check.clause)
                              : QStringLiteral("<a href=\"%1\">%2</a>").arg(escaped(check.url), escaped(check.clause));
        text += QStringLiteral("<p><b>%1</b><br/><code>%2</code> · %3<br/>%4</p>")
                    .arg(check.translatedTitle().toHtmlEscaped(), escaped(check.id), clause,
                         check.translatedFix().toHtmlEscaped());
    }
    return text;
}

void GuideWindow::retranslate()
{
    setWindowTitle(tr("User guide"));
    m_browser->setAccessibleName(windowTitle());
    m_browser->setHtml(html());
}

void GuideWindow::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::PaletteChange)
        retranslate();
    QDialog::changeEvent(event);
}

} // namespace frameglass::ui
