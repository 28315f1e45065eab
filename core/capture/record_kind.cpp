// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_kind.h"

#include <array>

namespace frameglass::capture {

namespace {

constexpr std::array<std::string_view, std::variant_size_v<RecordBody>> kindNames = {"connection-started",
                                                                                     "stage",
                                                                                     "addresses-resolved",
                                                                                     "address-tried",
                                                                                     "socket-facts",
                                                                                     "transfer",
                                                                                     "head",
                                                                                     "body",
                                                                                     "frame",
                                                                                     "message",
                                                                                     "state",
                                                                                     "violation",
                                                                                     "heartbeat",
                                                                                     "transport-ended",
                                                                                     "connection-ended",
                                                                                     "listener",
                                                                                     "dropped",
                                                                                     "interrupted",
                                                                                     "note"};

template<typename Enum>
struct Named
{
    Enum value;
    std::string_view name;
};

template<typename Enum>
struct Names;

template<>
struct Names<Direction>
{
    static constexpr Named<Direction> all[] = {{Direction::Sent, "sent"}, {Direction::Received, "received"}};
};

template<>
struct Names<Vantage>
{
    static constexpr Named<Vantage> all[] = {
        {Vantage::Client, "client"}, {Vantage::Server, "server"}, {Vantage::Observer, "observer"}};
};

template<>
struct Names<Stage>
{
    static constexpr Named<Stage> all[] = {
        {Stage::Resolve, "resolve"}, {Stage::Tcp, "tcp"}, {Stage::Tls, "tls"}, {Stage::Upgrade, "upgrade"}};
};

template<>
struct Names<StageOutcome>
{
    static constexpr Named<StageOutcome> all[] = {{StageOutcome::Started, "started"},
                                                  {StageOutcome::Succeeded, "succeeded"},
                                                  {StageOutcome::Failed, "failed"},
                                                  {StageOutcome::TimedOut, "timed-out"},
                                                  {StageOutcome::Cancelled, "cancelled"}};
};

template<>
struct Names<protocol::HeadKind>
{
    static constexpr Named<protocol::HeadKind> all[] = {{protocol::HeadKind::Request, "request"},
                                                        {protocol::HeadKind::Response, "response"}};
};

template<>
struct Names<HeartbeatKind>
{
    static constexpr Named<HeartbeatKind> all[] = {{HeartbeatKind::PingSent, "ping-sent"},
                                                   {HeartbeatKind::PongMatched, "pong-matched"},
                                                   {HeartbeatKind::PongLate, "pong-late"},
                                                   {HeartbeatKind::PongUnsolicited, "pong-unsolicited"},
                                                   {HeartbeatKind::PongMissed, "pong-missed"},
                                                   {HeartbeatKind::AutoPongDelayed, "auto-pong-delayed"},
                                                   {HeartbeatKind::AutoPongWithheld, "auto-pong-withheld"}};
};

template<>
struct Names<TransportEnd>
{
    static constexpr Named<TransportEnd> all[] = {
        {TransportEnd::FinReceived, "fin-received"},     {TransportEnd::FinSent, "fin-sent"},
        {TransportEnd::ResetReceived, "reset-received"}, {TransportEnd::Error, "error"},
        {TransportEnd::TimedOut, "timed-out"},           {TransportEnd::ClosedByUs, "closed-by-us"},
        {TransportEnd::ResetByUs, "reset-by-us"}};
};

template<typename Enum>
std::string_view find(Enum value)
{
    for (const auto &row : Names<Enum>::all) {
        if (row.value == value)
            return row.name;
    }
    return {};
}

} // namespace

std::string_view nameOf(const RecordBody &body)
{
    return kindName(body.index());
}

std::string_view kindName(std::size_t number)
{
    return number < kindNames.size() ? kindNames[number] : std::string_view();
}

std::string_view nameOf(Direction direction)
{
    return find(direction);
}

std::string_view nameOf(Vantage vantage)
{
    return find(vantage);
}

std::string_view nameOf(Stage stage)
{
    return find(stage);
}

std::string_view nameOf(StageOutcome outcome)
{
    return find(outcome);
}

std::string_view nameOf(protocol::HeadKind kind)
{
    return find(kind);
}

std::string_view nameOf(HeartbeatKind kind)
{
    return find(kind);
}

std::string_view nameOf(TransportEnd end)
{
    return find(end);
}

template<typename Enum>
std::optional<Enum> fromName(std::string_view name)
{
    for (const auto &row : Names<Enum>::all) {
        if (row.name == name)
            return row.value;
    }
    return std::nullopt;
}

template std::optional<Direction> fromName(std::string_view);
template std::optional<Vantage> fromName(std::string_view);
template std::optional<Stage> fromName(std::string_view);
template std::optional<StageOutcome> fromName(std::string_view);
template std::optional<protocol::HeadKind> fromName(std::string_view);
template std::optional<HeartbeatKind> fromName(std::string_view);
template std::optional<TransportEnd> fromName(std::string_view);

} // namespace frameglass::capture
