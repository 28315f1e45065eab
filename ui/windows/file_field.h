// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;
class QToolButton;

namespace frameglass::ui {

class FaultLabel;

/// The name of a file, typed or chosen in a dialog. A fault stands beneath.
class FileField : public QWidget
{
    Q_OBJECT
public:
    enum class For { Reading, Writing };
    /// `name` is the object name of the line; the button's and the fault's begin with it.
    FileField(const QString &name, For purpose, QWidget *parent = nullptr);

    QString path() const;
    void setPath(const QString &path);
    void setFault(const QString &text);
    bool hasFault() const;
    /// `title`: of the dialog and for screen readers. `filter` as QFileDialog takes it.
    void setTexts(const QString &title, const QString &placeholder, const QString &tip, const QString &filter);

signals:
    void changed();

private:
    void browse();

    For m_purpose;
    QLineEdit *m_line;
    QToolButton *m_browse;
    FaultLabel *m_fault;
    QString m_title;
    QString m_filter;
};

} // namespace frameglass::ui
