// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <QString>

#include <vector>

namespace frameglass::ui {

/// One line of the field list below the timeline: what it is called, what it holds, what that means, and which octets
/// (and bits) of the record carry it.
struct RecordField
{
    QString name;
    QString value;
    QString meaning;
    std::size_t offset = 0; ///< octets from the first octet of the record as sent
    std::size_t length = 0; ///< 0: not carried by octets
    int firstBit = -1;      ///< 0 is the most significant bit of the octet at `offset`; -1: whole octets
    int bits = 0;
    bool odd = false; ///< breaks a rule or is unusual
};

/// The fields of any record. Of a frame: header bit by bit, close code and reason, place in the stream.
std::vector<RecordField> fieldsOf(const capture::Record &record, capture::Vantage vantage);

/// The octets of a record as they were on the wire: frame header and masked payload, head, body. Empty for records that
/// are no octets.
protocol::Octets wireOctets(const capture::Record &record);
/// How many of them are a frame's header.
std::size_t headerOctets(const capture::Record &record);

/// The field that holds the octet most closely; nullptr where none does.
const RecordField *fieldAt(const std::vector<RecordField> &fields, std::size_t offset);

/// "c1 = 1 1 0 0 0001": the bits of a header octet grouped by the fields that share it.
QString bitsOf(const std::vector<RecordField> &fields, std::size_t offset, std::byte octet);

/// JSON with line breaks and indentation, every token as it came; nothing when it is no JSON object or array.
QString prettyJson(const QByteArray &text);

} // namespace frameglass::ui
