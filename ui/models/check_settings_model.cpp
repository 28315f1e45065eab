// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_settings_model.h"

#include <QFont>
#include <QFontDatabase>

#include <array>

namespace frameglass::ui {

namespace {

const diagnosis::Setting &settingAt(int row)
{
    return diagnosis::settingsTable()[static_cast<std::size_t>(row)];
}

QString nameOf(const diagnosis::Setting &setting)
{
    return QString::fromUtf8(setting.name.data(), static_cast<qsizetype>(setting.name.size()));
}

} // namespace

CheckSettingsModel::CheckSettingsModel(const diagnosis::Settings &settings, QObject *parent)
    : QAbstractTableModel(parent), m_settings(settings)
{}

void CheckSettingsModel::setSettings(const diagnosis::Settings &settings)
{
    m_settings = settings;
    emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

bool CheckSettingsModel::isChanged(int row) const
{
    return settingAt(row).textOf(m_settings) != settingAt(row).textOf({});
}

int CheckSettingsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(diagnosis::settingsTable().size());
}

int CheckSettingsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CheckSettingsModel::data(const QModelIndex &index, int role) const
{
    const diagnosis::Setting &setting = settingAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
    case Qt::ToolTipRole:
        switch (index.column()) {
        case Title: return setting.title();
        case Name: return nameOf(setting);
        case Value: return setting.textOf(m_settings);
        case Default: return setting.textOf({});
        }
        break;
    case Qt::FontRole:
        if (index.column() == Name)
            return QFontDatabase::systemFont(QFontDatabase::FixedFont);
        if (index.column() == Value && isChanged(index.row())) {
            QFont font;
            font.setBold(true);
            return font;
        }
        break;
    case ChoicesRole: return index.column() == Value ? setting.choices() : QStringList();
    }
    return {};
}

bool CheckSettingsModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::EditRole || index.column() != Value)
        return false;
    const std::string written = value.toString().trimmed().toStdString();
    if (const auto error = diagnosis::applyValue(m_settings, settingAt(index.row()), written)) {
        emit refused(error->message);
        return false;
    }
    emit refused({});
    emit dataChanged(index.siblingAtColumn(0), index.siblingAtColumn(ColumnCount - 1));
    return true;
}

QVariant CheckSettingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    const std::array titles{tr("What it is"), tr("Name"), tr("Value"), tr("Default")};
    return titles[static_cast<std::size_t>(section)];
}

Qt::ItemFlags CheckSettingsModel::flags(const QModelIndex &index) const
{
    const auto flags = QAbstractTableModel::flags(index);
    return index.column() == Value ? flags | Qt::ItemIsEditable : flags;
}

} // namespace frameglass::ui
