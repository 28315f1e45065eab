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
                                                                                     "note",
                                                                                     "tls-message",
                                                                                     "tls",
                                                                                     "dns",
                                                                                     "proxy",
                                                                                     "proxy-answered"};

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
    static constexpr Named<Stage> all[] = {{Stage::Resolve, "resolve"},
                                           {Stage::Tcp, "tcp"},
                                           {Stage::Proxy, "proxy"},
                                           {Stage::Tls, "tls"},
                                           {Stage::Upgrade, "upgrade"}};
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

template<>
struct Names<Hop>
{
    static constexpr Named<Hop> all[] = {{Hop::Server, "server"}, {Hop::Proxy, "proxy"}};
};

template<>
struct Names<TlsContent>
{
    static constexpr Named<TlsContent> all[] = {{TlsContent::Handshake, "handshake"},
                                                {TlsContent::Alert, "alert"},
                                                {TlsContent::ChangeCipherSpec, "change-cipher-spec"}};
};

template<>
struct Names<StapleStatus>
{
    static constexpr Named<StapleStatus> all[] = {{StapleStatus::Good, "good"},
                                                  {StapleStatus::Revoked, "revoked"},
                                                  {StapleStatus::Unknown, "unknown"},
                                                  {StapleStatus::Unreadable, "unreadable"}};
};

template<>
struct Names<TlsVerdict>
{
    static constexpr Named<TlsVerdict> all[] = {{TlsVerdict::NotReached, "not-reached"},
                                                {TlsVerdict::Trusted, "trusted"},
                                                {TlsVerdict::Untrusted, "untrusted"},
                                                {TlsVerdict::Overridden, "overridden"}};
};

template<>
struct Names<ProxyKind>
{
    static constexpr Named<ProxyKind> all[] = {{ProxyKind::HttpConnect, "http-connect"}, {ProxyKind::Socks5, "socks5"}};
};

template<>
struct Names<ProxySource>
{
    static constexpr Named<ProxySource> all[] = {
        {ProxySource::User, "user"}, {ProxySource::Environment, "environment"}, {ProxySource::System, "system"}};
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

std::string_view nameOf(Hop value)
{
    return find(value);
}

std::string_view nameOf(TlsContent value)
{
    return find(value);
}

std::string_view nameOf(StapleStatus value)
{
    return find(value);
}

std::string_view nameOf(TlsVerdict value)
{
    return find(value);
}

std::string_view nameOf(ProxyKind value)
{
    return find(value);
}

std::string_view nameOf(ProxySource value)
{
    return find(value);
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
template std::optional<Hop> fromName(std::string_view);
template std::optional<TlsContent> fromName(std::string_view);
template std::optional<StapleStatus> fromName(std::string_view);
template std::optional<TlsVerdict> fromName(std::string_view);
template std::optional<ProxyKind> fromName(std::string_view);
template std::optional<ProxySource> fromName(std::string_view);

} // namespace frameglass::capture
