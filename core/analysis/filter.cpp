// SPDX-License-Identifier: GPL-3.0-or-later
#include "filter.h"

#include "filter_parser.h"

#include "core/capture/record_kind.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace frameglass::analysis {

using capture::Relation;
using capture::RowColumn;
using capture::RowCondition;

namespace {

// -- as a condition on rows

/// What lets through no less and what lets through no more than the test; the same where rows decide it.
struct Bounds
{
    RowCondition upper = RowCondition::always();
    RowCondition lower = RowCondition::never();

    static Bounds exact(const RowCondition &condition) { return {condition, condition}; }
    static Bounds within(const RowCondition &condition) { return {condition, RowCondition::never()}; }
};

std::optional<RowColumn> columnOf(FilterFieldId field)
{
    switch (field) {
    case FilterFieldId::Opcode: return RowColumn::FrameOpcode;
    case FilterFieldId::Fin: return RowColumn::FrameFin;
    case FilterFieldId::Rsv: return RowColumn::FrameRsv;
    case FilterFieldId::Mask: return RowColumn::FrameMasked;
    case FilterFieldId::PayloadLength: return RowColumn::FrameLength;
    case FilterFieldId::WireOctets: return RowColumn::FrameOctets;
    case FilterFieldId::Conn: return RowColumn::Connection;
    case FilterFieldId::Kind: return RowColumn::Kind;
    case FilterFieldId::Time: return RowColumn::Time;
    default: return std::nullopt;
    }
}

template<typename T>
RowCondition isKind()
{
    return RowCondition::compare(RowColumn::Kind, Relation::Equal, static_cast<std::int64_t>(capture::kindOf<T>()));
}

RowCondition opcodeBelow(std::int64_t opcode)
{
    return RowCondition::compare(RowColumn::FrameOpcode, Relation::Less, opcode);
}

/// The rows that can have the field at all.
RowCondition carriersOf(FilterFieldId field)
{
    using namespace capture;
    switch (field) {
    case FilterFieldId::Websocket:
    case FilterFieldId::Opcode:
    case FilterFieldId::Fin:
    case FilterFieldId::Rsv:
    case FilterFieldId::Mask:
    case FilterFieldId::MaskingKey:
    case FilterFieldId::PayloadLength:
    case FilterFieldId::Payload:
    case FilterFieldId::WireOctets:
    case FilterFieldId::Delta: return isKind<FrameRecord>();
    case FilterFieldId::PayloadText: return opcodeBelow(2);
    case FilterFieldId::JsonPath: return opcodeBelow(3);
    case FilterFieldId::CloseCode:
    case FilterFieldId::CloseReason: return RowCondition::compare(RowColumn::FrameOpcode, Relation::Equal, 8);
    case FilterFieldId::Rtt: return RowCondition::compare(RowColumn::FrameOpcode, Relation::Equal, 10);
    case FilterFieldId::MessageOctets: return RowCondition::any({isKind<MessageRecord>(), opcodeBelow(3)});
    case FilterFieldId::Violation: return isKind<ViolationRecord>();
    case FilterFieldId::HttpStatus:
    case FilterFieldId::HttpHeader: return isKind<HeadRecord>();
    case FilterFieldId::Dir:
    case FilterFieldId::Conn:
    case FilterFieldId::Kind:
    case FilterFieldId::State:
    case FilterFieldId::Time: break;
    }
    return RowCondition::always();
}

bool isCarriedByRow(FilterFieldId field)
{
    return field == FilterFieldId::Websocket || columnOf(field).has_value();
}

Relation relationOf(FilterOperator relation)
{
    switch (relation) {
    case FilterOperator::NotEqual: return Relation::NotEqual;
    case FilterOperator::Less: return Relation::Less;
    case FilterOperator::Greater: return Relation::Greater;
    case FilterOperator::LessOrEqual: return Relation::LessOrEqual;
    case FilterOperator::GreaterOrEqual: return Relation::GreaterOrEqual;
    default: return Relation::Equal;
    }
}

Bounds boundsOf(const FilterTest &test)
{
    const RowCondition carriers = carriersOf(test.field);
    if (test.relation == FilterOperator::Exists)
        return isCarriedByRow(test.field) ? Bounds::exact(carriers) : Bounds::within(carriers);
    const auto column = columnOf(test.field);
    if (!column)
        return Bounds::within(carriers);
    std::vector<RowCondition> any;
    for (const auto &[first, last] : test.values) {
        const auto *from = std::get_if<std::int64_t>(&first);
        const auto *to = std::get_if<std::int64_t>(&last);
        if (!from || !to)
            return Bounds::within(carriers); // a fraction of a whole number
        if (test.relation == FilterOperator::In)
            any.push_back(RowCondition::all({RowCondition::compare(*column, Relation::GreaterOrEqual, *from),
                                             RowCondition::compare(*column, Relation::LessOrEqual, *to)}));
        else
            any.push_back(RowCondition::compare(*column, relationOf(test.relation), *from));
    }
    return Bounds::exact(RowCondition::any(std::move(any)));
}

bool isDecidedByRow(const FilterTest &test)
{
    if (test.relation == FilterOperator::Exists)
        return isCarriedByRow(test.field);
    return columnOf(test.field) && std::ranges::all_of(test.values, [](const auto &range) {
               return std::holds_alternative<std::int64_t>(range.first) &&
                      std::holds_alternative<std::int64_t>(range.second);
           });
}

Bounds boundsOf(const FilterNode &node)
{
    if (node.form == FilterNode::Form::Test)
        return boundsOf(node.test);
    if (node.form == FilterNode::Form::Not) {
        const Bounds inner = boundsOf(node.parts.front());
        return {RowCondition::negated(inner.lower), RowCondition::negated(inner.upper)};
    }
    std::vector<RowCondition> upper;
    std::vector<RowCondition> lower;
    for (const FilterNode &part : node.parts) {
        Bounds bounds = boundsOf(part);
        upper.push_back(std::move(bounds.upper));
        lower.push_back(std::move(bounds.lower));
    }
    if (node.form == FilterNode::Form::All)
        return {RowCondition::all(std::move(upper)), RowCondition::all(std::move(lower))};
    return {RowCondition::any(std::move(upper)), RowCondition::any(std::move(lower))};
}

template<typename Question>
bool anyTest(const FilterNode &node, const Question &question)
{
    if (node.form == FilterNode::Form::Test)
        return question(node.test);
    return std::ranges::any_of(node.parts, [&](const FilterNode &part) { return anyTest(part, question); });
}

// -- as a text

std::string quotedText(std::string_view text)
{
    std::string result = "\"";
    for (const char c : text) {
        switch (c) {
        case '"': result += "\\\""; break;
        case '\\': result += "\\\\"; break;
        case '\n': result += "\\n"; break;
        case '\r': result += "\\r"; break;
        case '\t': result += "\\t"; break;
        case '\0': result += "\\0"; break;
        default: result += c;
        }
    }
    return result + '"';
}

std::string numberText(double number)
{
    char digits[400];
    const auto written = std::to_chars(digits, digits + sizeof digits, number, std::chars_format::fixed);
    std::string text(digits, written.ptr);
    return text.find('.') == std::string::npos ? text + ".0" : text;
}

std::string valueText(const FilterTest &test, const FilterValue &value)
{
    const FilterField &field = filterField(test.field);
    if (const auto *text = std::get_if<std::string>(&value)) {
        if (field.type != FilterType::Octets)
            return quotedText(*text);
        constexpr const char *digits = "0123456789abcdef";
        std::string octets;
        for (const char c : *text) {
            octets += octets.empty() ? "" : ":";
            octets += digits[static_cast<unsigned char>(c) >> 4];
            octets += digits[static_cast<unsigned char>(c) & 15];
        }
        return octets.empty() ? "\"\"" : octets;
    }
    if (const auto *number = std::get_if<double>(&value))
        return numberText(*number);
    const std::int64_t whole = std::get<std::int64_t>(value);
    if (test.asTruth)
        return whole != 0 ? "true" : "false";
    for (const FilterName &name : filterNames(test.field))
        if (name.number == whole)
            return std::string(name.name);
    return std::to_string(whole) + (field.type == FilterType::Duration ? " ns" : "");
}

std::string testText(const FilterTest &test)
{
    std::string text(filterField(test.field).name);
    if (filterField(test.field).takesArgument)
        text += '(' + quotedText(test.argument) + ')';
    if (test.relation == FilterOperator::Exists)
        return text;
    text += ' ' + std::string(nameOf(test.relation)) + ' ';
    if (test.relation != FilterOperator::In)
        return text + valueText(test, test.values.front().first);
    text += '{';
    for (const auto &[first, last] : test.values) {
        text += text.back() == '{' ? "" : ", ";
        text += valueText(test, first);
        if (first != last)
            text += ".." + valueText(test, last);
    }
    return text + '}';
}

std::string nodeText(const FilterNode &node)
{
    switch (node.form) {
    case FilterNode::Form::Test: return testText(node.test);
    case FilterNode::Form::Not: {
        const FilterNode &part = node.parts.front();
        const bool isPlain = part.form == FilterNode::Form::Not;
        return isPlain ? '!' + nodeText(part) : "!(" + nodeText(part) + ')';
    }
    case FilterNode::Form::All:
    case FilterNode::Form::Any: break;
    }
    std::string text;
    for (const FilterNode &part : node.parts) {
        if (!text.empty())
            text += node.form == FilterNode::Form::All ? " && " : " || ";
        const bool isJoined = part.form == FilterNode::Form::All || part.form == FilterNode::Form::Any;
        text += isJoined ? '(' + nodeText(part) + ')' : nodeText(part);
    }
    return text;
}

// -- completion

std::vector<std::string> wordsAt(const FilterParser::Place &place)
{
    std::vector<std::string> words;
    switch (place.expected) {
    case FilterParser::Expected::Field:
        for (const FilterField &field : filterFields())
            words.emplace_back(std::string(field.name) + (field.takesArgument ? "(\"" : ""));
        return words;
    case FilterParser::Expected::Operator:
        words = operatorsOf(place.field->type);
        words.insert(words.end(), {"&&", "||"});
        return words;
    case FilterParser::Expected::Connective: return {"&&", "||"};
    case FilterParser::Expected::Value: break;
    }
    if (place.field->type == FilterType::Truth)
        return {"true", "false"};
    for (const FilterName &name : filterNames(place.field->id))
        words.emplace_back(name.name);
    return words;
}

} // namespace

Filter::Filter(FilterNode root) : m_root(std::move(root))
{
    m_rows = boundsOf(m_root).upper;
    m_decidedByRows = !anyTest(m_root, [](const FilterTest &test) { return !isDecidedByRow(test); });
    m_needsPayload = anyTest(m_root, [](const FilterTest &test) {
        return test.field == FilterFieldId::Payload || test.field == FilterFieldId::PayloadText ||
               test.field == FilterFieldId::JsonPath;
    });
    m_needsHistory = anyTest(m_root, [](const FilterTest &test) {
        return test.field == FilterFieldId::Delta || test.field == FilterFieldId::Rtt ||
               test.field == FilterFieldId::State;
    });
}

std::variant<Filter, FilterError> Filter::parse(std::string_view text)
{
    try {
        return Filter(FilterParser(text).parse());
    } catch (const FilterError &error) {
        return error;
    }
}

std::string Filter::text() const
{
    return nodeText(m_root);
}

FilterCompletions Filter::completionsAt(std::string_view text, std::size_t cursor)
{
    const std::string_view before = text.substr(0, std::min(cursor, text.size()));
    if (before.size() > longest)
        return {before.size(), 0, {}};
    const auto isWord = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    };
    std::size_t start = before.size();
    while (start > 0 && isWord(before[start - 1]))
        --start;
    FilterParser parser(before.substr(0, start));
    try {
        parser.parse();
    } catch (const FilterError &) { // unfinished; what was expected at its end is known all the same
    }
    FilterCompletions result{start, before.size() - start, {}};
    if (!parser.expectedAtEnd())
        return result;
    const std::string_view typed = before.substr(start);
    for (std::string &word : wordsAt(*parser.expectedAtEnd())) {
        const bool fits = word.starts_with(typed) || (typed.size() > 1 && word.find(typed) != std::string::npos);
        if (fits && word != typed)
            result.words.push_back(std::move(word));
    }
    return result;
}

} // namespace frameglass::analysis
