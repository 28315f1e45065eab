// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection_state.h"

#include <algorithm>
#include <array>

namespace frameglass::protocol {

namespace {
using S = ConnectionState;
using T = Trigger;

constexpr auto table = std::to_array<Transition>({
    {S::Opening, T::HandshakeSucceeded, S::Open, "RFC 6455 §4.1"},
    {S::Opening, T::HandshakeFailed, S::Failed, "RFC 6455 §4.1, §4.2.2"},
    {S::Opening, T::TransportEnded, S::Failed, "RFC 6455 §4.1"},
    {S::Opening, T::FailedByUs, S::Failed, "RFC 6455 §7.1.7"},
    {S::Open, T::CloseFrameSent, S::CloseSent, "RFC 6455 §7.1.2"},
    {S::Open, T::CloseFrameReceived, S::CloseReceived, "RFC 6455 §7.1.3"},
    {S::Open, T::TransportEnded, S::Failed, "RFC 6455 §7.1.5"},
    {S::Open, T::FailedByUs, S::Failed, "RFC 6455 §7.1.7"},
    {S::CloseSent, T::CloseFrameReceived, S::CloseDone, "RFC 6455 §7.1.1"},
    {S::CloseSent, T::TransportEnded, S::Failed, "RFC 6455 §7.1.5"},
    {S::CloseSent, T::FailedByUs, S::Failed, "RFC 6455 §7.1.7"},
    {S::CloseReceived, T::CloseFrameSent, S::CloseDone, "RFC 6455 §5.5.1"},
    {S::CloseReceived, T::TransportEnded, S::Failed, "RFC 6455 §7.1.4"},
    {S::CloseReceived, T::FailedByUs, S::Failed, "RFC 6455 §7.1.7"},
    {S::CloseDone, T::TransportEnded, S::Closed, "RFC 6455 §7.1.4"},
});

constexpr std::array<std::string_view, connectionStateCount> stateNames = {
    "opening", "open", "close-sent", "close-received", "close-done", "closed", "failed"};

constexpr std::array<std::string_view, 6> triggerNames = {"handshake-succeeded", "handshake-failed",
                                                          "close-frame-sent",    "close-frame-received",
                                                          "transport-ended",     "failed-by-us"};

template<typename Value, std::size_t Size>
std::optional<Value> valueNamed(const std::array<std::string_view, Size> &names, std::string_view name)
{
    const auto found = std::ranges::find(names, name);
    if (found == names.end())
        return std::nullopt;
    return static_cast<Value>(found - names.begin());
}
} // namespace

std::span<const Transition> transitions()
{
    return table;
}

std::optional<ConnectionState> after(ConnectionState from, Trigger trigger)
{
    const auto row =
        std::ranges::find_if(table, [&](const Transition &t) { return t.from == from && t.trigger == trigger; });
    if (row == table.end())
        return std::nullopt;
    return row->to;
}

std::string_view nameOf(ConnectionState state)
{
    return stateNames.at(static_cast<std::size_t>(state));
}

std::string_view nameOf(Trigger trigger)
{
    return triggerNames.at(static_cast<std::size_t>(trigger));
}

std::optional<ConnectionState> connectionStateFromName(std::string_view name)
{
    return valueNamed<ConnectionState>(stateNames, name);
}

std::optional<Trigger> triggerFromName(std::string_view name)
{
    return valueNamed<Trigger>(triggerNames, name);
}

} // namespace frameglass::protocol
