// SPDX-License-Identifier: GPL-3.0-or-later
#include "filter_fields.h"

#include "core/capture/record_kind.h"
#include "core/protocol/connection_state.h"
#include "core/protocol/violation.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace frameglass::analysis {

namespace {

using Id = FilterFieldId;
using Type = FilterType;

constexpr FilterField fields[] = {
    {Id::Websocket, "websocket", Type::Presence, false, "websocket"},
    {Id::Opcode, "websocket.opcode", Type::Name, false, "websocket.opcode == ping"},
    {Id::Fin, "websocket.fin", Type::Truth, false, "websocket.fin == false"},
    {Id::Rsv, "websocket.rsv", Type::Number, false, "websocket.rsv != 0"},
    {Id::Mask, "websocket.mask", Type::Truth, false, "websocket.mask == true"},
    {Id::MaskingKey, "websocket.masking_key", Type::Octets, false, "websocket.masking_key == 37:fa:21:3d"},
    {Id::PayloadLength, "websocket.payload_length", Type::Number, false, "websocket.payload_length > 100"},
    {Id::Payload, "websocket.payload", Type::Octets, false, "websocket.payload contains 00:ff"},
    {Id::PayloadText, "websocket.payload.text", Type::Text, false, R"(websocket.payload.text contains "tick")"},
    {Id::CloseCode, "websocket.payload.close.status_code", Type::Number, false,
     "websocket.payload.close.status_code == 1000"},
    {Id::CloseReason, "websocket.payload.close.reason", Type::Text, false,
     R"(websocket.payload.close.reason matches "(?i)^bye")"},
    {Id::MessageOctets, "message.octets", Type::Number, false, "message.octets > 1 KiB"},
    {Id::WireOctets, "wire.octets", Type::Number, false, "wire.octets <= 125"},
    {Id::JsonPath, "json.path", Type::Json, true, R"(json.path("$.type") == "tick")"},
    {Id::Dir, "dir", Type::Name, false, "dir == sent"},
    {Id::Conn, "conn", Type::Number, false, "conn in {1, 3..5}"},
    {Id::Kind, "kind", Type::Name, false, "kind == state"},
    {Id::State, "state", Type::Name, false, "state == open && websocket"},
    {Id::Time, "time", Type::Duration, false, "time < 2 s"},
    {Id::Delta, "delta", Type::Duration, false, "delta > 250 ms"},
    {Id::Rtt, "rtt", Type::Duration, false, "rtt > 3 ms"},
    {Id::Violation, "violation", Type::Name, false, "violation"},
    {Id::HttpStatus, "http.status", Type::Number, false, "http.status == 101"},
    {Id::HttpHeader, "http.header", Type::Text, true, R"(http.header("Upgrade") == "websocket")"},
};

std::size_t distanceOf(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t(0));
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
        }
    }
    return row.back();
}

} // namespace

std::span<const FilterField> filterFields()
{
    return fields;
}

const FilterField &filterField(FilterFieldId id)
{
    return fields[static_cast<std::size_t>(id)];
}

const FilterField *findFilterField(std::string_view name)
{
    const auto *found = std::ranges::find(fields, name, &FilterField::name);
    return found == std::end(fields) ? nullptr : found;
}

const FilterField *nearestFilterField(std::string_view name)
{
    constexpr std::size_t longestName = 64;
    const FilterField *best = nullptr;
    std::size_t least = std::max<std::size_t>(2, name.size() / 4) + 1;
    for (const FilterField &field : fields) {
        // "opcode" means websocket.opcode.
        const bool isEnd =
            !name.empty() && field.name.ends_with(std::string(".") + std::string(name.substr(0, longestName)));
        const std::size_t distance = isEnd ? 0 : name.size() > longestName ? least : distanceOf(name, field.name);
        if (distance < least) {
            least = distance;
            best = &field;
        }
    }
    return best;
}

std::vector<FilterName> filterNames(FilterFieldId id)
{
    std::vector<FilterName> names;
    switch (id) {
    case Id::Opcode: return {{"continuation", 0}, {"text", 1}, {"binary", 2}, {"close", 8}, {"ping", 9}, {"pong", 10}};
    case Id::Dir: return {{"sent", 0}, {"received", 1}};
    case Id::Kind:
        for (std::size_t kind = 0; kind < std::variant_size_v<capture::RecordBody>; ++kind)
            names.push_back({capture::kindName(kind), static_cast<std::int64_t>(kind)});
        return names;
    case Id::State:
        for (int state = 0; state < protocol::connectionStateCount; ++state)
            names.push_back({protocol::nameOf(static_cast<protocol::ConnectionState>(state)), state});
        return names;
    case Id::Violation:
        for (const protocol::ViolationInfo &info : protocol::violations())
            names.push_back({info.id, static_cast<std::int64_t>(info.violation)});
        return names;
    default: return names;
    }
}

} // namespace frameglass::analysis
