// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "filter_fields.h"

#include "core/capture/row_condition.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace re2 {
class RE2;
}

namespace frameglass::analysis {

enum class FilterOperator {
    Exists,
    Equal,
    NotEqual,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    Contains,
    Matches,
    In
};

/// A literal: a number (also of a duration in ns, of a name, of a truth value), or octets (text, or "aa:bb").
using FilterValue = std::variant<std::int64_t, double, std::string>;

/// A step of json.path: a member's name or an element's index.
using JsonStep = std::variant<std::string, std::size_t>;

/// One condition of a filter.
struct FilterTest
{
    FilterFieldId field = FilterFieldId::Websocket;
    std::string argument; ///< of http.header and json.path, as written
    std::vector<JsonStep> path;
    FilterOperator relation = FilterOperator::Exists;
    /// One value, or for In the ranges from first to second, both included.
    std::vector<std::pair<FilterValue, FilterValue>> values;
    bool asTruth = false; ///< the literal was `true` or `false`
    std::shared_ptr<const re2::RE2> pattern;
};

struct FilterNode
{
    enum class Form { Any, All, Not, Test };
    Form form = Form::Test;
    std::vector<FilterNode> parts;
    FilterTest test;
};

enum class FilterErrorCode {
    TooLong,
    TooDeep,
    FieldExpected,
    FieldUnknown,
    ArgumentExpected, ///< json.path and http.header stand with ("…")
    PathWrong,        ///< not of the form $.name[0]['name']
    OperatorUnfit,    ///< for a field of that type
    ValueExpected,
    ValueUnfit, ///< a text where a number belongs, and the like
    NameUnknown,
    NumberWrong,
    TextUnfinished,
    PatternWrong, ///< `subject` says why
    ConnectiveExpected,
    ParenthesisMissing,
};

/// What is wrong with a filter's text, and where. The sentence is diagnosis::textOf().
struct FilterError
{
    FilterErrorCode code = FilterErrorCode::FieldExpected;
    std::size_t position = 0; ///< octets from the start of the text
    std::size_t length = 0;   ///< octets; 0 at its end
    std::string subject;      ///< what stands there, or the field whose value is wrong
    std::string suggestion;   ///< what may have been meant; may be empty
};

/// What could stand at a place of a filter's text.
struct FilterCompletions
{
    std::size_t position = 0; ///< of what is typed already and is replaced
    std::size_t length = 0;
    std::vector<std::string> words;
};

/// A condition on records, in the small language of the user guide's page on filters. A value; may be copied to
/// another thread.
class Filter
{
public:
    static constexpr std::size_t longest = 4096; ///< octets of its text
    static constexpr int deepest = 64;           ///< parentheses and negations within each other

    static std::variant<Filter, FilterError> parse(std::string_view text);
    static FilterCompletions completionsAt(std::string_view text, std::size_t cursor);

    /// Parses to the same filter again.
    std::string text() const;

    /// Lets through at least the records that match; exactly those where isDecidedByRows().
    const capture::RowCondition &rows() const { return m_rows; }
    bool isDecidedByRows() const { return m_decidedByRows; }
    bool needsPayload() const { return m_needsPayload; }
    /// Whether what a record is judged by depends on those before it (delta, rtt, state).
    bool needsHistory() const { return m_needsHistory; }

    const FilterNode &root() const { return m_root; }

private:
    explicit Filter(FilterNode root);

    FilterNode m_root;
    capture::RowCondition m_rows = capture::RowCondition::always();
    bool m_decidedByRows = false;
    bool m_needsPayload = false;
    bool m_needsHistory = false;
};

} // namespace frameglass::analysis
