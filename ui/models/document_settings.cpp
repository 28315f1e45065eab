// SPDX-License-Identifier: GPL-3.0-or-later
#include "document_p.h"

#include "core/diagnosis/settings_table.h"
#include "ui/support/settings.h"

#include <nlohmann/json.hpp>

#include <QFileInfo>

#include <vector>

namespace frameglass::ui {

namespace {

constexpr int capturesKept = 50;

QString keyOf(const QString &path)
{
    return QFileInfo(path).absoluteFilePath() + u'\n';
}

/// The entry of that capture; empty without one.
QString entryOf(const QString &path)
{
    const QStringList entries = Settings::instance().value(settings::checkSettings);
    for (const QString &entry : entries)
        if (entry.startsWith(keyOf(path)))
            return entry;
    return {};
}

} // namespace

const diagnosis::Settings &Document::checkSettings() const
{
    return d->checkSettings;
}

void Document::setCheckSettings(const diagnosis::Settings &settings)
{
    d->checkSettings = settings;
    d->keepCheckSettings();
    d->reports.clear();
    std::vector<capture::ConnectionId> all;
    for (const auto &[id, facts] : d->facts->connections())
        all.push_back(id);
    emit connectionsChanged(all);
}

void Document::Private::readCheckSettings()
{
    checkSettings = {};
    const QString entry = entryOf(path);
    // What another version wrote and this one does not know is passed over as a whole.
    if (!entry.isEmpty())
        diagnosis::applySettings(checkSettings, entry.mid(keyOf(path).size()).toStdString());
}

void Document::Private::forgetCheckSettings(const QString &file)
{
    if (const QString entry = entryOf(file); !entry.isEmpty())
        Settings::instance().remove(settings::checkSettings, entry);
}

void Document::Private::keepCheckSettings() const
{
    forgetCheckSettings(path);
    const auto changed = diagnosis::changedSettings(checkSettings);
    if (!changed["settings"].empty())
        Settings::instance().prepend(settings::checkSettings, keyOf(path) + QString::fromStdString(changed.dump()),
                                     capturesKept);
}

} // namespace frameglass::ui
