// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnosis/settings_table.h"

#include <QAbstractTableModel>

namespace frameglass::ui {

/// The table of check settings, to be edited: a value that cannot be used is refused with the reason, nothing changes.
class CheckSettingsModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Title, Name, Value, Default, ColumnCount };
    enum Role { ChoicesRole = Qt::UserRole }; ///< QStringList, of Value: the words that it takes; empty: any text

    explicit CheckSettingsModel(const diagnosis::Settings &settings, QObject *parent = nullptr);

    const diagnosis::Settings &settings() const { return m_settings; }
    void setSettings(const diagnosis::Settings &settings);
    bool isChanged(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

signals:
    void refused(const QString &reason);

private:
    diagnosis::Settings m_settings;
};

} // namespace frameglass::ui
