// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/document.h"
#include "ui/support/selection.h"

#include <QFrame>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace frameglass::ui {

/// What stands between the life line and the views while there is no open connection to look at: how far connecting
/// is, or the refusal as it came, or what a listener listens for. Hidden otherwise.
class SituationPanel : public QFrame
{
    Q_OBJECT
public:
    SituationPanel(Document *document, Selection *selection, QWidget *parent = nullptr);

    void refresh();
    QString sentence() const;

signals:
    void cancelRequested();
    void retryRequested();
    /// A new attempt that goes on whatever the server's certificate.
    void anywayRequested();
    void stopServerRequested();

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    enum class Mode { Hidden, Connecting, Failed, Listening };
    Mode modeOf(const analysis::ConnectionFacts &facts) const;
    QString connectingText(const analysis::ConnectionFacts &facts) const;
    QString failedText(const analysis::ConnectionFacts &facts) const;
    QString answerText(const analysis::ConnectionFacts &facts) const;
    QString listeningText(const analysis::ConnectionFacts &facts) const;
    void showButtons(const analysis::ConnectionFacts &facts);
    void press();
    void pressSecond();

    Document *m_document;
    Selection *m_selection;
    QLabel *m_sentence;
    QPlainTextEdit *m_answer;
    QPushButton *m_second;
    QPushButton *m_button;
    Mode m_mode = Mode::Hidden;
};

} // namespace frameglass::ui
