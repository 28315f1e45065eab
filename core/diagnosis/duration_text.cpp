// SPDX-License-Identifier: GPL-3.0-or-later
#include "duration_text.h"

#include <array>
#include <charconv>

namespace frameglass::diagnosis {

std::optional<Nanoseconds> parseDuration(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || !(value >= 0))
        return {};
    std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    while (unit.starts_with(' '))
        unit.remove_prefix(1);
    double seconds = 0;
    if (unit.empty() || unit == "s")
        seconds = value;
    else if (unit == "ms")
        seconds = value / 1000;
    else if (unit == "m" || unit == "min")
        seconds = value * 60;
    else if (unit == "h")
        seconds = value * 3600;
    else
        return {};
    constexpr double hundredDays = 100 * 86'400;
    if (!(seconds <= hundredDays))
        return {};
    return Nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

std::string durationToText(Nanoseconds duration)
{
    const bool brief = duration < std::chrono::seconds(1);
    const double value = std::chrono::duration<double>(duration).count() * (brief ? 1000 : 1);
    std::array<char, 32> digits{};
    const auto [end, error] =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
    return std::string(digits.data(), error == std::errc() ? end : digits.data()) + (brief ? "ms" : "s");
}

} // namespace frameglass::diagnosis
