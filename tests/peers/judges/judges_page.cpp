// SPDX-License-Identifier: GPL-3.0-or-later
// Results of the judges, kept and shown.
#include "judges.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

namespace frameglass::peers {

namespace {

using nlohmann::json;

constexpr std::string_view passed = "✓";
constexpr std::string_view failed = "✗";

std::string cellOf(const Row &row, const RowResult &result, Case what)
{
    const auto exception = exceptionFor(row, what);
    if (exception && exception->kind == Exception::Kind::NotOffered)
        return "– " + std::string(1, exception->mark);
    if (!result.failures.contains(what))
        return std::string(passed);
    return exception ? std::string(failed) + ' ' + exception->mark : std::string(failed);
}

/// Characters, where each is as wide as the next.
std::size_t widthOf(std::string_view utf8)
{
    return static_cast<std::size_t>(
        std::count_if(utf8.begin(), utf8.end(), [](char octet) { return (octet & 0xC0) != 0x80; }));
}

using Lines = std::vector<std::vector<std::string>>;

/// A first line of titles, then one a row.
Lines linesOf(const Results &results, JudgeRole role, bool withAgreed)
{
    Lines lines;
    auto &titles = lines.emplace_back(std::vector<std::string>{"judge", "deflate"});
    for (const Case what : allCases())
        titles.emplace_back(nameOf(what));
    if (withAgreed)
        titles.emplace_back("agreed");
    for (const Row &row : allRows()) {
        const auto result = results.find(row);
        if (row.role != role || !result)
            continue;
        auto &line = lines.emplace_back(std::vector<std::string>{std::string(row.judge)});
        line.emplace_back(nameOf(row.compression));
        for (const Case what : allCases())
            line.push_back(cellOf(row, *result, what));
        if (withAgreed)
            line.push_back(result->agreed);
    }
    return lines;
}

std::string tableOf(const Lines &lines, bool markdown)
{
    std::vector<std::size_t> widths(lines.front().size());
    for (const auto &line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], widthOf(line[i]));
    }
    std::string text;
    const auto addLine = [&](const std::vector<std::string> &line) {
        std::string written = markdown ? "|" : "";
        for (std::size_t i = 0; i < line.size(); ++i) {
            const std::string padding(widths[i] - widthOf(line[i]), ' ');
            written += markdown ? ' ' + line[i] + padding + " |" : (i == 0 ? "" : "  ") + line[i] + padding;
        }
        written.erase(written.find_last_not_of(' ') + 1);
        text += written + '\n';
    };
    addLine(lines.front());
    if (markdown) {
        text += '|';
        for (const std::size_t width : widths)
            text += std::string(width + 2, '-') + '|';
        text += '\n';
    }
    std::for_each(lines.begin() + 1, lines.end(), addLine);
    return text;
}

std::vector<std::string> librariesOf(const Results &results)
{
    std::vector<std::string> names;
    for (const Row &row : allRows()) {
        const auto result = results.find(row);
        if (result && !result->library.empty() && std::find(names.begin(), names.end(), result->library) == names.end())
            names.push_back(result->library);
    }
    return names;
}

constexpr std::string_view roleTitle(JudgeRole role)
{
    return role == JudgeRole::Client ? "The judge as client, our echo server" : "Our client, the judge as echo server";
}

} // namespace

Results::Results(std::filesystem::path folder) : m_folder(std::move(folder)) {}

std::filesystem::path Results::fileOf(const Row &row) const
{
    std::string name(row.judge);
    name.append(".").append(nameOf(row.role)).append(".").append(nameOf(row.compression)).append(".json");
    return m_folder / name;
}

void Results::forget(const Row &row) const
{
    std::filesystem::remove(fileOf(row));
}

void Results::keep(const Row &row, const RowResult &result) const
{
    json failures = json::object();
    for (const auto &[what, how] : result.failures)
        failures[std::to_string(static_cast<int>(what))] = how;
    std::filesystem::create_directories(m_folder);
    std::ofstream(fileOf(row)) << json{
        {"library", result.library},
        {"agreed", result.agreed},
        {"failures", failures}}.dump(1, ' ', false, json::error_handler_t::replace);
}

std::optional<RowResult> Results::find(const Row &row) const
{
    std::ifstream file(fileOf(row));
    const json fields = json::parse(file, nullptr, false);
    if (!fields.is_object())
        return std::nullopt;
    RowResult result{fields.value("library", ""), fields.value("agreed", ""), {}};
    for (const auto &[number, how] : fields.at("failures").items())
        result.failures[static_cast<Case>(std::stoi(number))] = how.get<std::string>();
    return result;
}

std::string pageOf(const Results &results)
{
    std::string page = R"(# The judges

Other people's WebSocket libraries, each as client of our echo server and as echo server to our client. The table is
written by the tests (`judges.*` in CTest) and compared with them in every run of `./dev test`, which prints it; after a
change, `FRAMEGLASS_WRITE_JUDGES=1 ctest --preset asan -R judges` writes this page anew.

A cell passes (✓) when everything agrees: opcode, number and digest of the octets of each message as both sides saw
them, fragments, pings with their pongs, code and reason of the Close as each side read it, and our own records, which
hold no violation and end cleanly.

- **deflate**: *off*; *on*, with context takeover; *no-context*, without it both ways; *window-10*, windows of 2^10
  octets both ways. **agreed**: the parameters that the server answered.
- **open**: the opening handshake; both sides name the same extension parameters, and both then compress.
- **text**, **bin**: some text beyond ASCII, each octet value; **0** to **1 Mi**: so many octets, as text that can be
  compressed and as binary that cannot.
- **frag**: messages in several frames, both ways. **ping**: pings of both sides and their pongs.
- **its close**, **our close**: the judge or we close with code and reason; **no code**: by an empty Close frame.
- **–**: the library has no such thing. **✗** with a letter: the judge's own mistake, explained below; the test fails
  when such a cell passes. Any other ✗ fails the test.

)";
    page += "Seen here:";
    const auto names = librariesOf(results);
    for (std::size_t i = 0; i < names.size(); ++i)
        page += (i == 0 ? " " : ", ") + names[i];
    page += ".\n";
    for (const JudgeRole role : {JudgeRole::Client, JudgeRole::Server})
        page.append("\n## ").append(roleTitle(role)).append("\n\n").append(tableOf(linesOf(results, role, true), true));
    page += "\n## Exceptions\n\n";
    for (const Exception &exception : allExceptions())
        page.append("- **").append(1, exception.mark).append("**: ").append(exception.why).append("\n");
    return page;
}

std::string tableOf(const Results &results)
{
    std::string text;
    for (const JudgeRole role : {JudgeRole::Client, JudgeRole::Server})
        text.append(roleTitle(role)).append("\n").append(tableOf(linesOf(results, role, false), false)).append("\n");
    for (const Exception &exception : allExceptions())
        text.append(1, exception.mark).append("  ").append(exception.why).append("\n");
    return text;
}

} // namespace frameglass::peers
