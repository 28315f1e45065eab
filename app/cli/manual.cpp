// SPDX-License-Identifier: GPL-3.0-or-later
#include "manual.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace frameglass::cli {

namespace {

/// roff takes a '\' for its own, a '-' for a hyphen, and a '.' or '\'' at the start of a line for an order.
std::string escaped(const std::string &text)
{
    std::string result;
    for (const char c : text) {
        if (c == '\\')
            result += "\\e";
        else if (c == '-')
            result += "\\-";
        else
            result += c;
    }
    return !result.empty() && (result[0] == '.' || result[0] == '\'') ? "\\&" + result : result;
}

std::string bold(const std::string &text)
{
    return "\\fB" + escaped(text) + "\\fR";
}

/// "-H, --header 'NAME: VALUE'"
std::string headingOf(const CLI::Option &option)
{
    std::string heading;
    const auto add = [&](const std::string &dashes, const std::vector<std::string> &names) {
        for (const auto &name : names)
            heading += (heading.empty() ? "" : ", ") + bold(dashes + name);
    };
    add("-", option.get_snames());
    add("--", option.get_lnames());
    // A validator's word for what is wanted comes after the library's own.
    const auto type = option.get_type_name();
    if (option.get_type_size() != 0 && !type.empty())
        heading += " \\fI" + escaped(type.substr(type.rfind("TEXT:") == 0 ? 5 : 0)) + "\\fR";
    return heading;
}

struct Shared
{
    const CLI::Option *option;
    std::vector<std::string> commands;
};

bool alike(const CLI::Option &one, const CLI::Option &other)
{
    return headingOf(one) == headingOf(other) && one.get_description() == other.get_description();
}

std::vector<Shared> optionsOf(const std::vector<const CLI::App *> &commands)
{
    std::vector<Shared> all;
    for (const CLI::App *command : commands) {
        for (const CLI::Option *option : command->get_options()) {
            if (option->get_positional() || option == command->get_help_ptr())
                continue;
            const auto found = std::find_if(all.begin(), all.end(),
                                            [&](const Shared &known) { return alike(*known.option, *option); });
            if (found == all.end())
                all.push_back({option, {command->get_name()}});
            else
                found->commands.push_back(command->get_name());
        }
    }
    return all;
}

std::string upper(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
}

std::string titleOf(const std::vector<std::string> &commands)
{
    std::string title;
    for (std::size_t i = 0; i < commands.size(); ++i)
        title += (i == 0 ? "" : i + 1 == commands.size() ? " and " : ", ") + commands[i];
    return "OPTIONS OF " + upper(title);
}

std::string usageOf(const CLI::App &command)
{
    std::string usage = command.get_name();
    for (const CLI::Option *option : command.get_options()) {
        if (!option->get_positional())
            continue;
        const auto name = option->get_type_name().empty() ? upper(option->get_name()) : option->get_type_name();
        usage += option->get_required() ? ' ' + name : " [" + name + ']';
    }
    return usage;
}

} // namespace

std::string manualOf(const CLI::App &app)
{
    const auto commands = app.get_subcommands([](const CLI::App *) { return true; });
    std::string page = ".SH COMMANDS\n";
    for (const CLI::App *command : commands)
        page += ".TP\n" + bold(usageOf(*command)) + '\n' + escaped(command->get_description()) + ".\n";
    page += ".PP\n" + bold("fglass COMMAND --help") + "\nlists all options of a command.\n";

    auto options = optionsOf(commands);
    while (!options.empty()) {
        const auto group = options.front().commands;
        page += ".SH " + titleOf(group) + '\n';
        for (const Shared &shared : options) {
            if (shared.commands == group)
                page += ".TP\n" + headingOf(*shared.option) + '\n' + escaped(shared.option->get_description()) + ".\n";
        }
        std::erase_if(options, [&group](const Shared &shared) { return shared.commands == group; });
    }
    return page;
}

} // namespace frameglass::cli
