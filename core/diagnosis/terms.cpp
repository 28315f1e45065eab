// SPDX-License-Identifier: GPL-3.0-or-later
#include "terms.h"

#include "rule_support.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace frameglass::diagnosis {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t maximumBaseline = 16 << 20; // octets

bool matches(const std::string &pattern, std::string_view id)
{
    if (pattern.ends_with('*'))
        return id.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
    return pattern == id;
}

bool isFault(Verdict verdict)
{
    return verdict == Verdict::Warn || verdict == Verdict::Fail;
}

/// The entries of one list of a baseline or report that name a fault.
class BaselineReader
{
public:
    /// Verdicts other than these are passed over in a report, and a mistake in a list of accepted ones.
    void read(const ordered_json &list, bool isReport)
    {
        if (!list.is_array())
            throw BaselineError{CheckText::tr("The list of checks is not a list.")};
        for (const auto &entry : list) {
            const auto id = entry.is_object() && entry.contains("id") && entry["id"].is_string()
                                ? entry["id"].get<std::string>()
                                : std::string();
            if (id.empty())
                throw BaselineError{CheckText::tr("Each entry needs an \"id\" with the name of a check.")};
            const auto verdict = entry.contains("verdict") ? entry["verdict"] : ordered_json("fail");
            if (verdict == "fail" || verdict == "warn")
                note(id, verdict == "fail" ? Verdict::Fail : Verdict::Warn);
            else if (!isReport)
                throw BaselineError{
                    CheckText::tr("The \"verdict\" of %1 is neither \"warn\" nor \"fail\".").arg(utf8(id))};
        }
    }
    std::vector<AcceptedFault> take() const
    {
        std::vector<AcceptedFault> list;
        for (const auto &[id, verdict] : m_faults)
            list.push_back({id, verdict});
        return list;
    }

private:
    void note(const std::string &id, Verdict verdict)
    {
        auto &known = m_faults[id];
        known = std::max(known, verdict);
    }
    std::map<std::string, Verdict> m_faults;
};

} // namespace

bool Terms::wants(const Check &check) const
{
    const auto named = [&](const std::string &pattern) { return matches(pattern, check.id); };
    return (only.empty() || std::ranges::any_of(only, named)) && std::ranges::none_of(skip, named);
}

bool Terms::accepts(const Finding &finding) const
{
    return isFault(finding.verdict) && std::ranges::any_of(baseline, [&](const AcceptedFault &fault) {
               return fault.id == finding.id && finding.verdict <= fault.upTo;
           });
}

std::optional<std::string> Terms::unknownPattern() const
{
    for (const auto *patterns : {&only, &skip})
        for (const std::string &pattern : *patterns)
            if (std::ranges::none_of(checks(), [&](const Check &check) { return matches(pattern, check.id); }))
                return pattern;
    return {};
}

std::variant<std::vector<AcceptedFault>, BaselineError> readBaseline(std::string_view text)
{
    if (text.size() > maximumBaseline)
        return BaselineError{CheckText::tr("The file is larger than 16 MiB: that is no baseline.")};
    try {
        const auto json = ordered_json::parse(text);
        if (!json.is_object() || !json.contains("schema") || json["schema"] != 1)
            return BaselineError{CheckText::tr("It is not a JSON object with \"schema\": 1.")};
        BaselineReader reader;
        if (json.contains("accepted"))
            reader.read(json["accepted"], false);
        else if (json.contains("findings"))
            reader.read(json["findings"], true);
        else if (json.contains("connections") && json["connections"].is_array())
            for (const auto &connection : json["connections"])
                reader.read(connection.is_object() && connection.contains("findings") ? connection["findings"]
                                                                                      : ordered_json(),
                            true);
        else
            return BaselineError{CheckText::tr("It has neither \"accepted\" nor the findings of a report.")};
        return reader.take();
    } catch (const BaselineError &error) {
        return error;
    } catch (const ordered_json::exception &error) {
        return BaselineError{CheckText::tr("It is not JSON: %1").arg(QString::fromUtf8(error.what()))};
    }
}

ordered_json baselineOf(const std::vector<const Report *> &reports)
{
    std::map<std::string_view, Verdict> faults;
    for (const Report *report : reports)
        for (const Finding &finding : report->findings)
            if (isFault(finding.verdict))
                faults[finding.id] = std::max(faults[finding.id], finding.verdict);
    auto accepted = ordered_json::array();
    for (const auto &[id, verdict] : faults)
        accepted.push_back({{"id", id}, {"verdict", nameOf(verdict)}});
    return {{"schema", 1}, {"accepted", std::move(accepted)}};
}

} // namespace frameglass::diagnosis
