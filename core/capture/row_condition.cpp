// SPDX-License-Identifier: GPL-3.0-or-later
#include "row_condition.h"

#include "record_kind.h"

#include <utility>

namespace frameglass::capture {

namespace {

const char *columnSql(RowColumn column)
{
    switch (column) {
    case RowColumn::Connection: return "connection";
    case RowColumn::Time: return "t_ns";
    case RowColumn::Kind: return "kind";
    case RowColumn::FrameDirection: return "direction";
    case RowColumn::FrameFin: return "first_octet >> 7";
    case RowColumn::FrameRsv: return "first_octet >> 4 & 7";
    case RowColumn::FrameOpcode: return "first_octet & 15";
    case RowColumn::FrameMasked: return "substr(header, 2, 1) >= x'80'";
    case RowColumn::FrameLength: return "length";
    case RowColumn::FrameOctets: // what was not kept was counted in the detail
        return "length(header) + CASE WHEN detail IS NULL THEN coalesce(octets, length)"
               " WHEN json_valid(detail) THEN json_extract(detail, '$.payload_octets') END";
    }
    return "0";
}

bool isOfFrames(RowColumn column)
{
    return column != RowColumn::Connection && column != RowColumn::Time && column != RowColumn::Kind;
}

const char *relationSql(Relation relation)
{
    switch (relation) {
    case Relation::Equal: return "=";
    case Relation::NotEqual: return "<>";
    case Relation::Less: return "<";
    case Relation::Greater: return ">";
    case Relation::LessOrEqual: return "<=";
    case Relation::GreaterOrEqual: return ">=";
    }
    return "=";
}

} // namespace

RowCondition RowCondition::compare(RowColumn column, Relation relation, std::int64_t value)
{
    RowCondition condition(Form::Compare);
    condition.m_column = column;
    condition.m_relation = relation;
    condition.m_value = value;
    return condition;
}

RowCondition RowCondition::joined(Form form, std::vector<RowCondition> parts)
{
    const Form neutral = form == Form::All ? Form::Always : Form::Never;
    const Form decisive = form == Form::All ? Form::Never : Form::Always;
    std::vector<RowCondition> kept;
    for (RowCondition &part : parts) {
        if (part.m_form == decisive)
            return RowCondition(decisive);
        if (part.m_form != neutral)
            kept.push_back(std::move(part));
    }
    if (kept.empty())
        return RowCondition(neutral);
    if (kept.size() == 1)
        return std::move(kept.front());
    RowCondition condition(form);
    condition.m_parts = std::move(kept);
    return condition;
}

RowCondition RowCondition::all(std::vector<RowCondition> parts)
{
    return joined(Form::All, std::move(parts));
}

RowCondition RowCondition::any(std::vector<RowCondition> parts)
{
    return joined(Form::Any, std::move(parts));
}

RowCondition RowCondition::negated(RowCondition part)
{
    if (part.isAlways())
        return never();
    if (part.isNever())
        return always();
    RowCondition condition(Form::Not);
    condition.m_parts.push_back(std::move(part));
    return condition;
}

std::string RowCondition::sql(int first, std::vector<std::int64_t> &values) const
{
    switch (m_form) {
    case Form::Always: return "1";
    case Form::Never: return "0";
    case Form::Not: return "NOT " + m_parts.front().sql(first, values);
    case Form::Compare: {
        values.push_back(m_value);
        const std::string place = "?" + std::to_string(first + static_cast<int>(values.size()) - 1);
        const std::string test =
            std::string("ifnull((") + columnSql(m_column) + ") " + relationSql(m_relation) + " " + place + ", 0)";
        return isOfFrames(m_column) ? "(kind = " + std::to_string(kindOf<FrameRecord>()) + " AND " + test + ")" : test;
    }
    case Form::All:
    case Form::Any: break;
    }
    std::string text = "(";
    for (const RowCondition &part : m_parts) {
        if (text.size() > 1)
            text += m_form == Form::All ? " AND " : " OR ";
        text += part.sql(first, values);
    }
    return text + ")";
}

} // namespace frameglass::capture
