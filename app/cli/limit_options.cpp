// SPDX-License-Identifier: GPL-3.0-or-later
#include "limit_options.h"

#include "command.h"

#include <charconv>
#include <limits>

namespace frameglass::cli {

namespace {

/// `take` returns false when the text is none of its kind or too large.
template<typename Take>
void addOption(CLI::App &command, const std::string &name, const char *unit, const std::string &description, Take take)
{
    command
        .add_option_function<std::string>(
            name,
            [name, take](const std::string &text) {
                if (take(text))
                    return;
                throw CLI::ValidationError(name, translate("fglass", "'%1' is no limit that can be used")
                                                     .arg(QString::fromStdString(text))
                                                     .toStdString());
            },
            description)
        ->type_name(unit);
}

template<typename Number>
auto takeSize(Number &limit)
{
    return [&limit](const std::string &text) {
        const auto size = parseSize(text);
        if (!size || *size > std::numeric_limits<Number>::max())
            return false;
        limit = static_cast<Number>(*size);
        return true;
    };
}

auto takeTime(Nanoseconds &limit)
{
    return [&limit](const std::string &text) {
        const auto time = parseDuration(text);
        if (!time || *time <= Nanoseconds(0))
            return false;
        limit = *time;
        return true;
    };
}

} // namespace

std::optional<std::uint64_t> parseSize(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value == 0)
        return {};
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    unsigned shift = 0;
    if (unit == "KiB")
        shift = 10;
    else if (unit == "MiB")
        shift = 20;
    else if (unit == "GiB")
        shift = 30;
    else if (!unit.empty())
        return {};
    if (value > std::numeric_limits<std::uint64_t>::max() >> shift)
        return {};
    return value << shift;
}

void LimitOptions::addForMessages(CLI::App &command)
{
    addOption(command, "--limit-frame", "SIZE", help("fglass", "Largest payload of a frame (default 64MiB)"),
              takeSize(m_limits.framePayloadOctets));
    addOption(command, "--limit-message", "SIZE", help("fglass", "Largest payload of a message (default 64MiB)"),
              takeSize(m_limits.messageOctets));
    addOption(command, "--limit-inflated", "SIZE",
              help("fglass", "Most that a compressed message may inflate to (default 64MiB)"),
              takeSize(m_limits.inflatedOctets));
    addOption(command, "--limit-fragments", "NUMBER", help("fglass", "Most fragments of a message (default 300000)"),
              takeSize(m_limits.fragmentsPerMessage));
}

void LimitOptions::addTo(CLI::App &command)
{
    addOption(command, "--limit-head", "SIZE", help("fglass", "Largest request head (default 64KiB)"),
              takeSize(m_limits.headOctets));
    addOption(command, "--limit-head-lines", "NUMBER", help("fglass", "Most field lines of a head (default 256)"),
              takeSize(m_limits.headLines));
    addForMessages(command);
    addOption(command, "--limit-queue", "SIZE",
              help("fglass", "Unsent octets of a client from which on it is not read (default 16MiB)"),
              takeSize(m_limits.queuedOutputOctets));
    addOption(command, "--limit-stall", "TIME",
              help("fglass", "End a client that takes almost nothing of that for so long (default 30s)"),
              takeTime(m_limits.stalledOutputTime));
    addOption(command, "--limit-handshake", "TIME",
              help("fglass", "Time for a client's whole request head (default 10s)"), takeTime(m_limits.handshakeTime));
    addOption(command, "--limit-connections", "NUMBER",
              help("fglass", "Most connections at once; more of them wait (default 20000)"),
              takeSize(m_limits.connections));
}

} // namespace frameglass::cli
