// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace frameglass::capture {

/// What a column of a record's row says; those of frames are false of all other records.
enum class RowColumn {
    Connection,
    Time, ///< ns
    Kind,
    FrameDirection, ///< 0 sent, 1 received
    FrameFin,       ///< 0 or 1
    FrameRsv,       ///< 0-7, RSV1 highest
    FrameOpcode,
    FrameMasked, ///< 0 or 1
    FrameLength, ///< of the payload as the header says, octets
    FrameOctets, ///< header and payload on the wire
};

enum class Relation { Equal, NotEqual, Less, Greater, LessOrEqual, GreaterOrEqual };

/// A condition that SQLite decides while it walks the rows. It never lets through what is no such record: what is not
/// there makes a comparison false.
class RowCondition
{
public:
    static RowCondition always() { return RowCondition(Form::Always); }
    static RowCondition never() { return RowCondition(Form::Never); }
    static RowCondition compare(RowColumn column, Relation relation, std::int64_t value);
    static RowCondition all(std::vector<RowCondition> parts);
    static RowCondition any(std::vector<RowCondition> parts);
    static RowCondition negated(RowCondition part);

    bool isAlways() const { return m_form == Form::Always; }
    bool isNever() const { return m_form == Form::Never; }

    /// As SQL over the table `record`; the values are appended to `values` and stand in it as ?n from `first` on.
    std::string sql(int first, std::vector<std::int64_t> &values) const;

private:
    enum class Form { Always, Never, Compare, All, Any, Not };
    explicit RowCondition(Form form) : m_form(form) {}
    static RowCondition joined(Form form, std::vector<RowCondition> parts);

    Form m_form;
    RowColumn m_column = RowColumn::Connection;
    Relation m_relation = Relation::Equal;
    std::int64_t m_value = 0;
    std::vector<RowCondition> m_parts;
};

} // namespace frameglass::capture
