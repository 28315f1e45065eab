// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record.h"

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

/// Stable kebab-case names of what records hold, for files, JSON and tests.
namespace frameglass::capture {

/// The number of a kind in the file: its index in RecordBody.
template<typename T>
consteval std::size_t kindOf()
{
    return []<std::size_t... I>(std::index_sequence<I...>)
    {
        return ((std::is_same_v<T, std::variant_alternative_t<I, RecordBody>> ? I : 0) + ...);
    }
    (std::make_index_sequence<std::variant_size_v<RecordBody>>());
}

/// "connection-started", "frame", "transport-ended" …
std::string_view nameOf(const RecordBody &body);
/// The name of the kind with this number (its index in RecordBody); empty for a number that is none.
std::string_view kindName(std::size_t number);

std::string_view nameOf(Direction direction);
std::string_view nameOf(Vantage vantage);
std::string_view nameOf(Stage stage);
std::string_view nameOf(StageOutcome outcome);
std::string_view nameOf(protocol::HeadKind kind);
std::string_view nameOf(HeartbeatKind kind);
std::string_view nameOf(TransportEnd end);
std::string_view nameOf(Hop value);
std::string_view nameOf(TlsContent value);
std::string_view nameOf(StapleStatus value);
std::string_view nameOf(TlsVerdict value);
std::string_view nameOf(ProxyKind value);
std::string_view nameOf(ProxySource value);

/// The value of that name in the enumeration `Enum` (one of the above); nothing for an unknown name.
template<typename Enum>
std::optional<Enum> fromName(std::string_view name);

} // namespace frameglass::capture
