// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "settings.h"

#include <nlohmann/json_fwd.hpp>

#include <QString>
#include <QStringList>

#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace frameglass::diagnosis {

/// What a setting is to its check.
enum class SettingRole : std::uint8_t { Declared, Good, Info, Warn, Fail, Needed, Tolerance, Span, Assumed };

/// One member of Settings with its name: a check's id and a word ("heartbeat.pong-reply.fail"), or, of what the user
/// declares, a name of its own ("deploy.at"). The one table behind `--set`, settings files, `fglass settings` and the
/// window.
struct Setting
{
    using Member = std::variant<Nanoseconds Settings::*, double Settings::*, std::uint64_t Settings::*,
                                std::uint32_t Settings::*, std::int64_t Settings::*, int Settings::*, bool Settings::*,
                                MessageType Settings::*, ReconnectProfile Settings::*, WallMoment Settings::*>;
    std::string_view name;
    SettingRole role;
    Member member;
    const char *declaredTitle = nullptr; ///< of Declared: source text, context "checks"

    /// The check that reads it; empty for Declared.
    std::string_view check() const;
    /// "Peer answers Ping: fails from", in the current language.
    QString title() const;
    /// The words that it takes, where it takes only some ("any", "text", "binary"); empty for numbers and times.
    QStringList choices() const;
    /// How a value is written: "500ms", "5s", "0.25", "4096", "yes", "2026-11-27T12:30:00Z", "" for no moment.
    QString textOf(const Settings &settings) const;
    /// Takes what textOf() gives, durations also in min and h, shares also in %. False where it is no such value or out
    /// of range: durations up to 30 days, numbers from 0 to 10^12.
    bool set(Settings &settings, std::string_view text) const;
};

std::span<const Setting> settingsTable();
const Setting *settingByName(std::string_view name);

/// What in a settings file or in NAME=VALUE cannot be used, in the current language.
struct SettingError
{
    QString message;
};

/// Setting::set() that says what is wrong.
std::optional<SettingError> applyValue(Settings &settings, const Setting &setting, std::string_view value);
/// "NAME=VALUE".
std::optional<SettingError> applySetting(Settings &settings, std::string_view assignment);
/// `{"schema":1,"settings":{NAME:VALUE,…}}`, values as text or numbers. Changes nothing where anything is wrong.
std::optional<SettingError> applySettings(Settings &settings, std::string_view json);
/// The values that differ from the defaults, as applySettings() takes them.
nlohmann::ordered_json changedSettings(const Settings &settings);

} // namespace frameglass::diagnosis
