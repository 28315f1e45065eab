// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/document.h"
#include "ui/support/selection.h"

#include <QFrame>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace frameglass::ui {

class FaultLabel;
class RawFrameEditor;

/// Where messages and frames are written and sent to the selected connection. What is typed is kept: for each kind,
/// and between starts.
class Composer : public QFrame
{
    Q_OBJECT
public:
    enum class Kind { Text, Binary, Ping, Pong, Close, RawFrame };

    Composer(Document *document, Selection *selection, QWidget *parent = nullptr);

    /// Sends what is written; false and a fault beside the field when it cannot be sent.
    bool send();
    void setKind(Kind kind);
    void refresh();
    void focusText();

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void retranslate();
    void kindChanged();
    void keepDraft();
    QString check(bool order);
    Kind kind() const;
    void fitHeight();

    Document *m_document;
    Selection *m_selection;
    QComboBox *m_kind;
    QSpinBox *m_code;
    QPlainTextEdit *m_text;
    RawFrameEditor *m_raw;
    QLabel *m_fragmentsLabel;
    QSpinBox *m_fragments;
    QPushButton *m_send;
    FaultLabel *m_fault;
    std::array<QString, 6> m_drafts;
    Kind m_shown = Kind::Text;
};

} // namespace frameglass::ui
