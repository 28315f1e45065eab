// SPDX-License-Identifier: GPL-3.0-or-later
// From a filter's text to its tree: a recursive descent over tokens. The grammar stands in the user guide.
#include "filter_parser.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

namespace frameglass::analysis {

namespace {

constexpr std::size_t mostValues = 256;
constexpr std::int64_t patternMemory = 1 << 20; ///< octets that RE2 may take for one pattern

bool isWordCharacter(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

struct Unit
{
    std::string_view name;
    double factor;
    bool isTime;
};
constexpr Unit units[] = {{"ns", 1, true},         {"us", 1e3, true},         {"µs", 1e3, true},   {"ms", 1e6, true},
                          {"s", 1e9, true},        {"min", 60e9, true},       {"h", 3600e9, true}, {"B", 1, false},
                          {"kB", 1e3, false},      {"MB", 1e6, false},        {"GB", 1e9, false},  {"KiB", 1024, false},
                          {"MiB", 1048576, false}, {"GiB", 1073741824, false}};

struct OperatorName
{
    std::string_view name;
    FilterOperator relation;
};
constexpr OperatorName operatorNames[] = {
    {"==", FilterOperator::Equal},          {"!=", FilterOperator::NotEqual},     {"<=", FilterOperator::LessOrEqual},
    {">=", FilterOperator::GreaterOrEqual}, {"<", FilterOperator::Less},          {">", FilterOperator::Greater},
    {"contains", FilterOperator::Contains}, {"matches", FilterOperator::Matches}, {"in", FilterOperator::In},
    {"eq", FilterOperator::Equal},          {"ne", FilterOperator::NotEqual},     {"le", FilterOperator::LessOrEqual},
    {"ge", FilterOperator::GreaterOrEqual}, {"lt", FilterOperator::Less},         {"gt", FilterOperator::Greater}};

bool fits(FilterOperator relation, FilterType type)
{
    switch (relation) {
    case FilterOperator::Exists: return true;
    case FilterOperator::Equal:
    case FilterOperator::NotEqual: return type != FilterType::Presence;
    case FilterOperator::In:
        return type == FilterType::Number || type == FilterType::Duration || type == FilterType::Name ||
               type == FilterType::Text || type == FilterType::Json;
    case FilterOperator::Contains:
        return type == FilterType::Text || type == FilterType::Octets || type == FilterType::Json;
    case FilterOperator::Matches: return type == FilterType::Text || type == FilterType::Json;
    default: return type == FilterType::Number || type == FilterType::Duration || type == FilterType::Json;
    }
}

} // namespace

std::string_view nameOf(FilterOperator relation)
{
    const auto *found = std::ranges::find(operatorNames, relation, &OperatorName::relation);
    return found == std::end(operatorNames) ? std::string_view() : found->name;
}

std::vector<std::string> operatorsOf(FilterType type)
{
    constexpr std::size_t offered = 9; // the rest is Wireshark's second spelling
    std::vector<std::string> names;
    for (const OperatorName &name : std::span(operatorNames).first(offered))
        if (fits(name.relation, type))
            names.emplace_back(name.name);
    return names;
}

FilterNode FilterParser::parse()
{
    if (m_text.size() > Filter::longest)
        fail(FilterErrorCode::TooLong, Filter::longest, m_text.size() - Filter::longest, {});
    FilterNode node = any(0);
    skipSpace();
    if (m_at < m_text.size()) {
        if (m_text[m_at] == ')')
            fail(FilterErrorCode::ParenthesisMissing, m_at, 1, "(");
        failHere(FilterErrorCode::ConnectiveExpected);
    }
    return node;
}

void FilterParser::fail(FilterErrorCode code, std::size_t position, std::size_t length, std::string subject,
                        std::string suggestion) const
{
    throw FilterError{code, position, length, std::move(subject), std::move(suggestion)};
}

void FilterParser::failHere(FilterErrorCode code, std::string suggestion) const
{
    std::size_t end = m_at;
    while (end < m_text.size() && isWordCharacter(m_text[end]))
        ++end;
    if (end == m_at && m_at < m_text.size())
        ++end;
    fail(code, m_at, end - m_at, std::string(m_text.substr(m_at, end - m_at)), std::move(suggestion));
}

void FilterParser::skipSpace()
{
    while (m_at < m_text.size() && std::isspace(static_cast<unsigned char>(m_text[m_at])) != 0)
        ++m_at;
}

bool FilterParser::take(std::string_view symbol)
{
    skipSpace();
    if (!m_text.substr(m_at).starts_with(symbol))
        return false;
    m_at += symbol.size();
    return true;
}

std::string_view FilterParser::peekWord()
{
    skipSpace();
    std::size_t end = m_at;
    while (end < m_text.size() && isWordCharacter(m_text[end]) && m_text.substr(end, 2) != "..")
        ++end;
    return m_text.substr(m_at, end - m_at);
}

bool FilterParser::takeWord(std::string_view word)
{
    if (peekWord() != word)
        return false;
    m_at += word.size();
    return true;
}

void FilterParser::expect(Expected expected, const FilterField *field)
{
    skipSpace();
    if (m_at >= m_text.size() && !m_expected)
        m_expected = {expected, field};
}

FilterNode FilterParser::joined(FilterNode::Form form, int depth)
{
    FilterNode node;
    node.form = form;
    const bool isAny = form == FilterNode::Form::Any;
    do {
        node.parts.push_back(isAny ? joined(FilterNode::Form::All, depth) : negation(depth));
        expect(Expected::Connective);
    } while (isAny ? take("||") || takeWord("or") : take("&&") || takeWord("and"));
    return node.parts.size() == 1 ? std::move(node.parts.front()) : std::move(node);
}

FilterNode FilterParser::any(int depth)
{
    if (depth > Filter::deepest)
        failHere(FilterErrorCode::TooDeep);
    return joined(FilterNode::Form::Any, depth);
}

FilterNode FilterParser::negation(int depth)
{
    expect(Expected::Field);
    if (depth > Filter::deepest)
        failHere(FilterErrorCode::TooDeep);
    skipSpace();
    if (takeWord("not") || (!m_text.substr(m_at).starts_with("!=") && take("!"))) {
        FilterNode node;
        node.form = FilterNode::Form::Not;
        node.parts.push_back(negation(depth + 1));
        return node;
    }
    const std::size_t open = m_at;
    if (take("(")) {
        FilterNode node = any(depth + 1);
        if (!take(")"))
            fail(FilterErrorCode::ParenthesisMissing, open, 1, ")");
        return node;
    }
    FilterNode node;
    node.test = test();
    return node;
}

FilterTest FilterParser::test()
{
    const std::string_view word = peekWord();
    if (word.empty())
        failHere(FilterErrorCode::FieldExpected);
    const FilterField *field = findFilterField(word);
    if (!field) {
        const FilterField *nearest = nearestFilterField(word);
        failHere(FilterErrorCode::FieldUnknown, nearest ? std::string(nearest->name) : std::string());
    }
    m_at += word.size();
    FilterTest test;
    test.field = field->id;
    if (field->takesArgument)
        argument(*field, test);
    expect(Expected::Operator, field);
    skipSpace();
    const std::size_t place = m_at;
    const std::string_view next = peekWord();
    const auto *named = std::ranges::find_if(operatorNames, [&](const OperatorName &name) {
        return next.empty() ? m_text.substr(m_at).starts_with(name.name) : next == name.name;
    });
    if (named == std::end(operatorNames))
        return test;
    m_at += named->name.size();
    test.relation = named->relation;
    if (!fits(test.relation, field->type))
        fail(FilterErrorCode::OperatorUnfit, place, named->name.size(), std::string(field->name),
             std::string(named->name));
    expect(Expected::Value, field);
    if (test.relation == FilterOperator::In) {
        set(*field, test);
        return test;
    }
    const std::size_t from = (skipSpace(), m_at);
    const FilterValue literal = value(*field, test);
    test.values.emplace_back(literal, literal);
    if (test.relation == FilterOperator::Matches)
        pattern(test, from);
    return test;
}

void FilterParser::argument(const FilterField &field, FilterTest &test)
{
    if (!take("("))
        fail(FilterErrorCode::ArgumentExpected, m_at, 0, std::string(field.name));
    skipSpace();
    const std::size_t from = m_at;
    if (m_at >= m_text.size() || m_text[m_at] != '"')
        fail(FilterErrorCode::ArgumentExpected, m_at, 0, std::string(field.name));
    test.argument = quoted();
    if (!take(")"))
        fail(FilterErrorCode::ParenthesisMissing, m_at, 0, ")");
    if (field.id == FilterFieldId::JsonPath && !readPath(test.argument, test.path))
        fail(FilterErrorCode::PathWrong, from, m_at - from - 1, test.argument);
}

bool FilterParser::readPath(std::string_view text, std::vector<JsonStep> &steps)
{
    if (!text.starts_with('$'))
        return false;
    std::size_t at = 1;
    const auto until = [&](auto ends) {
        const std::size_t from = at;
        while (at < text.size() && !ends(text[at]))
            ++at;
        return text.substr(from, at - from);
    };
    while (at < text.size()) {
        const char opening = text[at++];
        if (opening == '.') {
            const std::string_view name = until([](char c) { return c == '.' || c == '['; });
            if (name.empty())
                return false;
            steps.emplace_back(std::string(name));
            continue;
        }
        if (opening != '[' || at >= text.size())
            return false;
        if (text[at] == '\'' || text[at] == '"') {
            const char quote = text[at++];
            steps.emplace_back(std::string(until([quote](char c) { return c == quote; })));
            if (at >= text.size())
                return false;
            ++at;
        } else {
            const std::string_view digits = until([](char c) { return c == ']'; });
            std::size_t index = 0;
            const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), index);
            if (read.ec != std::errc() || read.ptr != digits.data() + digits.size())
                return false;
            steps.emplace_back(index);
        }
        if (at >= text.size() || text[at++] != ']')
            return false;
    }
    return true;
}

void FilterParser::set(const FilterField &field, FilterTest &test)
{
    if (!take("{"))
        fail(FilterErrorCode::ValueExpected, m_at, 0, std::string(field.name), "{");
    do {
        expect(Expected::Value, &field);
        const FilterValue first = value(field, test);
        const bool isRange = take("..");
        test.values.emplace_back(first, isRange ? value(field, test) : first);
        if (test.values.size() > mostValues)
            failHere(FilterErrorCode::TooLong);
    } while (take(","));
    if (!take("}"))
        fail(FilterErrorCode::ParenthesisMissing, m_at, 0, "}");
}

void FilterParser::pattern(FilterTest &test, std::size_t from) const
{
    const auto *text = std::get_if<std::string>(&test.values.front().first);
    if (!text)
        fail(FilterErrorCode::ValueUnfit, from, m_at - from, std::string(filterField(test.field).name));
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(patternMemory);
    auto compiled = std::make_shared<const re2::RE2>(*text, options);
    if (!compiled->ok())
        fail(FilterErrorCode::PatternWrong, from, m_at - from, compiled->error());
    test.pattern = std::move(compiled);
}

FilterValue FilterParser::value(const FilterField &field, FilterTest &test)
{
    skipSpace();
    const std::size_t from = m_at;
    const auto unfit = [&]() { fail(FilterErrorCode::ValueUnfit, from, m_at - from, std::string(field.name)); };
    if (m_at >= m_text.size())
        fail(FilterErrorCode::ValueExpected, m_at, 0, std::string(field.name));
    const bool isText =
        field.type == FilterType::Text || field.type == FilterType::Json || field.type == FilterType::Octets;
    if (m_text[m_at] == '"') {
        std::string text = quoted();
        if (!isText)
            unfit();
        return text;
    }
    if (field.type == FilterType::Octets)
        return octets(field);
    const char first = m_text[m_at];
    if (std::isdigit(static_cast<unsigned char>(first)) != 0 || first == '-') {
        FilterValue number = this->number(field);
        if (field.type == FilterType::Text || field.type == FilterType::Truth)
            unfit();
        return number;
    }
    const std::string_view word = peekWord();
    if (word.empty())
        failHere(FilterErrorCode::ValueExpected);
    m_at += word.size();
    if (field.type == FilterType::Truth || field.type == FilterType::Json) {
        if (word != "true" && word != "false")
            unfit();
        test.asTruth = true;
        return std::int64_t(word == "true" ? 1 : 0);
    }
    if (field.type != FilterType::Name)
        unfit();
    for (const FilterName &name : filterNames(field.id))
        if (name.name == word)
            return name.number;
    fail(FilterErrorCode::NameUnknown, from, word.size(), std::string(word), std::string(field.name));
}

std::string FilterParser::quoted()
{
    const std::size_t from = m_at++;
    std::string text;
    while (m_at < m_text.size() && m_text[m_at] != '"') {
        char c = m_text[m_at++];
        if (c == '\\' && m_at < m_text.size()) {
            c = m_text[m_at++];
            switch (c) {
            case 'n': c = '\n'; break;
            case 'r': c = '\r'; break;
            case 't': c = '\t'; break;
            case '0': c = '\0'; break;
            case '"':
            case '\\': break;
            default: text += '\\'; // as a pattern has them: "\d+"
            }
        }
        text += c;
    }
    if (m_at >= m_text.size())
        fail(FilterErrorCode::TextUnfinished, from, m_text.size() - from, {});
    ++m_at;
    return text;
}

FilterValue FilterParser::octets(const FilterField &field)
{
    const std::size_t from = m_at;
    std::string result;
    const auto digit = [this](std::size_t at) {
        const char c = at < m_text.size() ? m_text[at] : ' ';
        const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    };
    while (digit(m_at) >= 0 && digit(m_at + 1) >= 0) {
        result += static_cast<char>(digit(m_at) * 16 + digit(m_at + 1));
        m_at += 2;
        if (m_at < m_text.size() && (m_text[m_at] == ':' || m_text[m_at] == '-') && digit(m_at + 1) >= 0)
            ++m_at;
    }
    if (result.empty() || (m_at < m_text.size() && isWordCharacter(m_text[m_at]))) {
        m_at = from;
        const std::string_view word = peekWord();
        fail(FilterErrorCode::ValueUnfit, from, word.size(), std::string(field.name));
    }
    return result;
}

FilterValue FilterParser::number(const FilterField &field)
{
    const std::size_t from = m_at;
    const auto wrong = [&]() {
        fail(FilterErrorCode::NumberWrong, from, m_at - from, std::string(m_text.substr(from, m_at - from)));
    };
    std::int64_t whole = 0;
    if (m_text.substr(m_at).starts_with("0x")) {
        const auto read = std::from_chars(m_text.data() + m_at + 2, m_text.data() + m_text.size(), whole, 16);
        m_at = static_cast<std::size_t>(read.ptr - m_text.data());
        if (read.ec != std::errc())
            wrong();
        return whole;
    }
    if (m_text[m_at] == '-')
        ++m_at;
    bool fraction = false;
    while (m_at < m_text.size()) {
        const bool point = m_text[m_at] == '.' && !fraction && m_text.substr(m_at, 2) != "..";
        if (!point && std::isdigit(static_cast<unsigned char>(m_text[m_at])) == 0)
            break;
        fraction = fraction || point;
        ++m_at;
    }
    const std::string digits(m_text.substr(from, m_at - from));
    if (digits == "-" || digits.back() == '.')
        wrong();
    const double value = std::strtod(digits.c_str(), nullptr);
    const bool inRange = std::from_chars(digits.data(), digits.data() + digits.size(), whole).ec == std::errc();
    skipSpace();
    std::size_t end = m_at; // "µ" is no word character
    while (end < m_text.size() && (isWordCharacter(m_text[end]) || static_cast<unsigned char>(m_text[end]) >= 0x80) &&
           m_text.substr(end, 2) != "..")
        ++end;
    const std::string_view word = m_text.substr(m_at, end - m_at);
    const auto *unit = std::ranges::find(units, word, &Unit::name);
    const bool hasUnit = unit != std::end(units);
    if (hasUnit)
        m_at = end;
    else if (!word.empty() && word != "and" && word != "or")
        wrong();
    if (field.type == FilterType::Duration ? !hasUnit || !unit->isTime : hasUnit && unit->isTime)
        fail(FilterErrorCode::NumberWrong, from, m_at - from, std::string(m_text.substr(from, m_at - from)),
             field.type == FilterType::Duration ? "ms" : "");
    if (!fraction && !hasUnit) {
        if (!inRange)
            wrong();
        return whole;
    }
    const double scaled = hasUnit ? value * unit->factor : value;
    if (std::abs(scaled) >= 9.2e18)
        wrong();
    if (!hasUnit)
        return scaled;
    // Whole numbers of a unit stay exact.
    return !fraction && inRange && std::abs(scaled) < 9e15
               ? FilterValue(static_cast<std::int64_t>(whole * static_cast<std::int64_t>(unit->factor)))
               : FilterValue(static_cast<std::int64_t>(std::llround(scaled)));
}

} // namespace frameglass::analysis
