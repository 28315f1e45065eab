// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnosis/check.h"

#include <QWidget>

#include <optional>

class QPushButton;
class QTextBrowser;
class QUrl;

namespace frameglass::ui {

/// One finding opened: what was seen, the proof with links to the octets, the likely causes with how to tell them
/// apart, what to change, and the clause of the standard.
class FindingPanel : public QWidget
{
    Q_OBJECT
public:
    explicit FindingPanel(QWidget *parent = nullptr);

    /// nullptr: nothing is chosen. The text stays where it is scrolled to while the same finding is shown.
    void setFinding(const diagnosis::Finding *finding);
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
    QString bodyOf(const diagnosis::Finding &finding) const;
    void follow(const QUrl &url);

    QTextBrowser *m_browser;
    QPushButton *m_copy;
    std::optional<diagnosis::Finding> m_finding;
    QString m_placeholder;
    QString m_html;
};

/// Configuration is told from prose by its punctuation.
bool looksLikeConfiguration(const QString &fix);

} // namespace frameglass::ui
