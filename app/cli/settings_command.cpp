// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "report_text.h"
#include "terminal.h"

#include "core/diagnosis/settings_table.h"

#include <nlohmann/json.hpp>

namespace frameglass::cli {

namespace {

QString from(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

class SettingsCommand
{
public:
    explicit SettingsCommand(CLI::App &app)
    {
        auto *command = app.add_subcommand(
            "settings", help("fglass", "List the thresholds of the checks, and what can be declared"));
        command->add_option("name", m_name, help("fglass", "Only those whose names begin so, for example reconnect"))
            ->type_name("NAME");
        auto *json = command->add_flag("--json", m_json, help("fglass", "As a file for --settings, with the defaults"));
        command->add_flag("--markdown", m_markdown, help("fglass", "As the table of the user guide"))->excludes(json);
    }

    int run() const
    {
        const diagnosis::Settings defaults;
        auto values = nlohmann::ordered_json::object();
        std::size_t found = 0;
        if (m_markdown)
            Terminal::out().line(QStringLiteral("| setting | default | what it is |\n| --- | --- | --- |"));
        for (const diagnosis::Setting &setting : diagnosis::settingsTable()) {
            if (!setting.name.starts_with(m_name))
                continue;
            ++found;
            const QString value = valueOf(setting, defaults);
            if (m_json)
                values[std::string(setting.name)] = setting.textOf(defaults).toStdString();
            else if (m_markdown)
                Terminal::out().line(
                    QStringLiteral("| `%1` | %2 | %3 |").arg(from(setting.name), value, titleOf(setting)));
            else
                Terminal::out().line(
                    QStringLiteral("%1 %2  %3").arg(from(setting.name), -42).arg(value, -12).arg(titleOf(setting)));
        }
        if (found == 0) {
            complain(translate("fglass", "No setting's name begins with '%1'.").arg(Terminal::printable(from(m_name))));
            return Usage;
        }
        if (m_json)
            printJson({{"schema", 1}, {"settings", std::move(values)}});
        return Good;
    }

private:
    /// With the words that it takes, where it takes only some.
    static QString titleOf(const diagnosis::Setting &setting)
    {
        const QStringList choices = setting.choices();
        return choices.isEmpty()
                   ? setting.title()
                   : translate("fglass", "%1: one of %2").arg(setting.title(), choices.join(QStringLiteral(", ")));
    }
    static QString valueOf(const diagnosis::Setting &setting, const diagnosis::Settings &settings)
    {
        const QString value = setting.textOf(settings);
        return value.isEmpty() ? translate("fglass", "none") : value;
    }

    std::string m_name;
    bool m_json = false;
    bool m_markdown = false;
};

} // namespace

Run addSettings(CLI::App &app)
{
    const auto command = std::make_shared<SettingsCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
