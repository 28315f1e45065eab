// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/limits.h"

#include <QDialog>

class QComboBox;
class QDialogButtonBox;
class QFormLayout;
class QTabWidget;
class QLabel;
class QSpinBox;

namespace frameglass::ui {

/// Language, look, time format and limits. What is chosen here applies at once.
class PreferencesDialog : public QDialog
{
    Q_OBJECT
public:
    explicit PreferencesDialog(QWidget *parent = nullptr);

    /// The limits as set, for new connections and the next server start.
    static protocol::Limits limits();

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    QLabel *addRow(QFormLayout *form, QWidget *field);

    QTabWidget *m_pages;
    QWidget *m_look;
    QLabel *m_languageLabel;
    QComboBox *m_language;
    QLabel *m_themeLabel;
    QComboBox *m_theme;
    QLabel *m_zoomLabel;
    QSpinBox *m_zoom;
    QLabel *m_timeLabel;
    QComboBox *m_time;
    QWidget *m_limits;
    QLabel *m_limitsNote;
    struct LimitField
    {
        QLabel *label;
        QSpinBox *value;
    };
    std::vector<LimitField> m_limitFields; ///< in the order of the table of limits
    QDialogButtonBox *m_buttons;
};

} // namespace frameglass::ui
