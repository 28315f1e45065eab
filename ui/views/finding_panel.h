// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnosis/check.h"

#include <QWidget>

#include <variant>
#include <vector>

class QPushButton;
class QTextBrowser;
class QUrl;

namespace frameglass::ui {

/// One row of the checklist opened. A finding: what was seen, the proof with links to the octets, the likely causes
/// with how to tell them apart, what to change, and the clause of the standard. Or the facts of the connection's end
/// and what follows from them, or what each client does with the answer.
class FindingPanel : public QWidget
{
    Q_OBJECT
public:
    explicit FindingPanel(QWidget *parent = nullptr);

    /// nullptr: nothing is chosen. The text stays where it is scrolled to while the same finding is shown.
    void setFinding(const diagnosis::Finding *finding);
    void setEnding(const diagnosis::Ending &ending);
    void setForecast(const std::vector<diagnosis::ClientForecast> &forecast);
    void setPlaceholder(const QString &text);
    void retranslate();
    void restyle();
    QString text() const;
    QString html() const { return m_html; }

public slots:
    void copyFix() const;

signals:
    void evidenceChosen(frameglass::capture::RecordId record, std::size_t offset, std::size_t length);
    void findingChosen(const QString &id);

private:
    void fill();
    static QString bodyOf(const diagnosis::Finding &finding);
    static QString bodyOf(const diagnosis::Ending &ending);
    static QString bodyOf(const std::vector<diagnosis::ClientForecast> &forecast);
    QString fix() const; ///< empty where there is none to copy
    void follow(const QUrl &url);

    QTextBrowser *m_browser;
    QPushButton *m_copy;
    std::variant<std::monostate, diagnosis::Finding, diagnosis::Ending, std::vector<diagnosis::ClientForecast>> m_shown;
    QString m_placeholder;
    QString m_html;
};

/// Configuration is told from prose by its punctuation.
bool looksLikeConfiguration(const QString &fix);

} // namespace frameglass::ui
