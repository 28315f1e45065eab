// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "terminal.h"

#include "core/diagnosis/check.h"

namespace frameglass::cli {

namespace {

QString from(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

class ChecksCommand
{
public:
    explicit ChecksCommand(CLI::App &app)
    {
        auto *command = app.add_subcommand("checks", help("fglass", "List every check, or explain one"));
        command->add_option("id", m_id, help("fglass", "The check to explain, for example upgrade.accept-missing"))
            ->type_name("ID");
        command->add_flag("--markdown", m_markdown, help("fglass", "As the page of the user guide"));
    }

    int run() const
    {
        if (m_markdown)
            return printMarkdown();
        if (!m_id.empty())
            return explain();
        std::optional<diagnosis::Phase> phase;
        for (const auto &check : diagnosis::checks()) {
            if (phase != check.phase) {
                phase = check.phase;
                Terminal::out().line(Terminal::out().coloured(diagnosis::titleOf(check.phase), Colour::Strong));
            }
            Terminal::out().line(QStringLiteral("  %1 %2").arg(from(check.id), -34).arg(check.translatedTitle()));
        }
        return Good;
    }

private:
    int explain() const
    {
        const auto *check = diagnosis::checkById(m_id);
        if (!check) {
            Terminal::err().line(translate("fglass", "There is no check '%1'; `fglass checks` lists them.")
                                     .arg(Terminal::printable(from(m_id))));
            return Usage;
        }
        auto &out = Terminal::out();
        out.line(out.coloured(check->translatedTitle(), Colour::Strong));
        out.line(from(check->id) + QStringLiteral(" · ") + diagnosis::titleOf(check->phase) + QStringLiteral(" · ") +
                 from(diagnosis::nameOf(check->severity)) + QStringLiteral(" · ") + from(check->clause));
        for (const auto &cause : check->causes) {
            out.line(translate("fglass", "cause: ") + translate("checks", cause.cause));
            if (cause.howToTell && *cause.howToTell)
                out.line(QStringLiteral("  ") + translate("fglass", "how to tell: ") +
                         translate("checks", cause.howToTell));
        }
        out.line(translate("fglass", "fix: ") + check->translatedFix());
        return Good;
    }

    static int printMarkdown()
    {
        auto &out = Terminal::out();
        out.line(QStringLiteral("# ") + translate("fglass", "The checks"));
        std::optional<diagnosis::Phase> phase;
        for (const auto &check : diagnosis::checks()) {
            if (phase != check.phase) {
                phase = check.phase;
                out.line();
                out.line(QStringLiteral("## ") + diagnosis::titleOf(check.phase));
            }
            out.line();
            out.line(QStringLiteral("### `%1` %2").arg(from(check.id), check.translatedTitle()));
            out.line();
            out.line(translate("fglass", "Severity: %1. Clause: %2.")
                         .arg(from(diagnosis::nameOf(check.severity)), from(check.clause)));
            out.line();
            int number = 0;
            for (const auto &cause : check.causes) {
                QString line = QStringLiteral("%1. ").arg(++number);
                line += translate("checks", cause.cause);
                if (cause.howToTell && *cause.howToTell)
                    line += QStringLiteral(" — ") + translate("fglass", "how to tell: ") +
                            translate("checks", cause.howToTell);
                out.line(line);
            }
            out.line();
            out.line(translate("fglass", "Fix: %1").arg(check.translatedFix()));
        }
        return Good;
    }

    std::string m_id;
    bool m_markdown = false;
};

} // namespace

Run addChecks(CLI::App &app)
{
    const auto command = std::make_shared<ChecksCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
