// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeWidget>

namespace frameglass::ui {

/// A tree or list of a view: flat, one row height, a sentence while it is empty, rows copied with Ctrl+C.
class QuietTree : public QTreeWidget
{
    Q_OBJECT
public:
    explicit QuietTree(QWidget *parent = nullptr);

    void setPlaceholder(const QString &text);
    QString placeholder() const { return m_placeholder; }
    /// The current row's columns with tabs between them.
    QString currentText() const;

public slots:
    void copy() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QString m_placeholder;
};

} // namespace frameglass::ui
