// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace frameglass::analysis {

enum class FilterType {
    Presence, ///< only whether it is there
    Truth,
    Number,
    Duration,
    Name, ///< one of a list of names, or its number
    Text,
    Octets,
    Json, ///< whatever stands at a path: number, text, truth value
};

enum class FilterFieldId {
    Websocket,
    Opcode,
    Fin,
    Rsv,
    Mask,
    MaskingKey,
    PayloadLength,
    Payload,
    PayloadText,
    CloseCode,
    CloseReason,
    MessageOctets,
    WireOctets,
    JsonPath,
    Dir,
    Conn,
    Kind,
    State,
    Time,
    Delta,
    Rtt,
    Violation,
    HttpStatus,
    HttpHeader,
};

/// A field of the filter language. The sentence that explains it is diagnosis::helpOf().
struct FilterField
{
    FilterFieldId id;
    std::string_view name; ///< Wireshark's where the meaning is the same
    FilterType type;
    bool takesArgument;       ///< stands with ("…")
    std::string_view example; ///< a whole filter
};

/// All of them, as the user guide lists them. The one table.
std::span<const FilterField> filterFields();
const FilterField &filterField(FilterFieldId id);
const FilterField *findFilterField(std::string_view name);
/// The field whose name is nearest, unless none is near.
const FilterField *nearestFilterField(std::string_view name);

/// The names that a field of type Name knows, and their numbers.
struct FilterName
{
    std::string_view name;
    std::int64_t number;
};
std::vector<FilterName> filterNames(FilterFieldId id);

} // namespace frameglass::analysis
