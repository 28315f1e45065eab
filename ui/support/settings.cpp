// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings.h"

#include <QHeaderView>
#include <QSettings>

namespace frameglass::ui {

Settings &Settings::instance()
{
    static Settings settings;
    return settings;
}

QVariant Settings::read(const char *key, const QVariant &fallback) const
{
    const QVariant value = QSettings().value(QLatin1String(key));
    return value.isValid() && value.canConvert(fallback.metaType()) ? value : fallback;
}

void Settings::write(const char *key, const QVariant &value)
{
    QSettings store;
    if (store.value(QLatin1String(key)) == value)
        return;
    store.setValue(QLatin1String(key), value);
    emit changed(QLatin1String(key));
}

void Settings::prepend(const Setting<QStringList> &setting, const QString &entry, int maximum)
{
    QStringList list = value(setting);
    list.removeAll(entry);
    list.prepend(entry);
    while (list.size() > maximum)
        list.removeLast();
    setValue(setting, list);
}

void Settings::remove(const Setting<QStringList> &setting, const QString &entry)
{
    QStringList list = value(setting);
    list.removeAll(entry);
    setValue(setting, list);
}

TimeFormat Settings::timeFormat() const
{
    const int kept = value(settings::timeFormat);
    return kept >= 0 && kept < int(timeFormats.size()) ? timeFormats[std::size_t(kept)] : TimeFormat::SinceStart;
}

void Settings::saveHeader(const QString &name, const QHeaderView *header)
{
    QSettings().setValue(QStringLiteral("columns/") + name, header->saveState());
}

bool Settings::restoreHeader(const QString &name, QHeaderView *header) const
{
    const QByteArray state = QSettings().value(QStringLiteral("columns/") + name).toByteArray();
    return !state.isEmpty() && header->restoreState(state);
}

} // namespace frameglass::ui
