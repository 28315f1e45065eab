// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "terminal.h"

#include "core/diagnosis/wording_filter.h"

namespace frameglass::cli {

namespace {

QString stringOf(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString typeText(const analysis::FilterField &field)
{
    switch (field.type) {
    case analysis::FilterType::Presence: return translate("fglass", "presence");
    case analysis::FilterType::Truth: return translate("fglass", "truth");
    case analysis::FilterType::Number: return translate("fglass", "number");
    case analysis::FilterType::Duration: return translate("fglass", "duration");
    case analysis::FilterType::Name: return translate("fglass", "name");
    case analysis::FilterType::Text: return translate("fglass", "text");
    case analysis::FilterType::Octets: return translate("fglass", "octets");
    case analysis::FilterType::Json: return translate("fglass", "any");
    }
    return {};
}

class FieldsCommand
{
public:
    explicit FieldsCommand(CLI::App &app)
    {
        auto *command =
            app.add_subcommand("fields", help("fglass", "List the fields of the filter language, or explain one"));
        command->add_option("name", m_name, help("fglass", "The field to explain, for example websocket.opcode"))
            ->type_name("NAME");
        command->add_flag("--markdown", m_markdown, help("fglass", "As the table of the user guide"));
    }

    int run() const
    {
        if (!m_name.empty())
            return explain();
        if (m_markdown)
            Terminal::out().line(QStringLiteral("| field | type | what it is | example |\n| --- | --- | --- | --- |"));
        for (const analysis::FilterField &field : analysis::filterFields()) {
            const QString name = stringOf(field.name) + (field.takesArgument ? QStringLiteral("(\"…\")") : QString());
            if (m_markdown) {
                const auto cell = [](QString text) { return text.replace(u'|', QStringLiteral("\\|")); };
                Terminal::out().line(
                    QStringLiteral("| `%1` | %2 | %3 | `%4` |")
                        .arg(name, typeText(field), cell(diagnosis::helpOf(field.id)), cell(stringOf(field.example))));
            } else {
                Terminal::out().line(QStringLiteral("%1  %2").arg(name, -38).arg(diagnosis::helpOf(field.id)));
            }
        }
        return Good;
    }

private:
    int explain() const
    {
        const analysis::FilterField *field = analysis::findFilterField(m_name);
        if (!field) {
            const analysis::FilterField *nearest = analysis::nearestFilterField(m_name);
            complain(diagnosis::textOf({analysis::FilterErrorCode::FieldUnknown, 0, 0, m_name,
                                        nearest ? std::string(nearest->name) : std::string()}));
            return Usage;
        }
        Terminal::out().line(stringOf(field->name) + QStringLiteral(" · ") + typeText(*field));
        Terminal::out().line(diagnosis::helpOf(field->id));
        for (const analysis::FilterName &name : analysis::filterNames(field->id))
            Terminal::out().line(QStringLiteral("  %1  %2").arg(name.number, 3).arg(stringOf(name.name)));
        Terminal::out().line(QStringLiteral("  ") + stringOf(field->example));
        return Good;
    }

    std::string m_name;
    bool m_markdown = false;
};

} // namespace

Run addFields(CLI::App &app)
{
    const auto command = std::make_shared<FieldsCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
