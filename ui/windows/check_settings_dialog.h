// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnosis/settings.h"

#include <QDialog>

#include <functional>

class QLabel;
class QLineEdit;
class QTableView;

namespace frameglass::ui {

class CheckSettingsModel;

/// Thresholds of the checks and what the user declares of the system, for one capture. Files are those of
/// `fglass check --settings`. Deletes itself when it is closed.
class CheckSettingsDialog : public QDialog
{
    Q_OBJECT
public:
    explicit CheckSettingsDialog(const diagnosis::Settings &settings, QWidget *parent);

    /// Opens without blocking; `then` gets the settings when the user goes on.
    void ask(std::function<void(const diagnosis::Settings &)> then);
    CheckSettingsModel *model() const { return m_model; }
    /// From and to a settings file; false after telling why.
    bool load(const QString &path);
    bool save(const QString &path);

private:
    void tell(const QString &text, bool wrong);
    void restoreDefaults();

    CheckSettingsModel *m_model;
    QLineEdit *m_search;
    QTableView *m_table;
    QLabel *m_message;
};

} // namespace frameglass::ui
