// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "resolver.h"

#include "core/capture/record.h"
#include "core/protocol/time.h"

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>

namespace frameglass::transport {

/// Told how a connection comes about. All calls come from the loop, or from inside cancel().
class ConnectorHandler
{
public:
    virtual ~ConnectorHandler() = default;
    /// StageChanged (Resolve, Tcp), AddressesResolved, AddressTried: in order, each at once.
    virtual void connecting(capture::RecordBody record, TimePoint now) = 0;
    /// The last call, one of these two.
    virtual void connected(asio::ip::tcp::socket socket, TimePoint now) = 0;
    virtual void notConnected(TimePoint now) = 0;
};

/// Resolves a name and tries its addresses in order, each with a limit of time of its own.
class Connector : public std::enable_shared_from_this<Connector>
{
public:
    struct Options
    {
        std::string host;
        std::uint16_t port = 0;
        Nanoseconds resolveLimit{0};
        Nanoseconds tcpLimit{0}; ///< for each address
        Lookup lookup = systemLookup;
    };

    Connector(asio::io_context &context, Options options);

    void start(ConnectorHandler &handler);
    /// Records the stage under way as cancelled; no call to the handler follows, also not notConnected().
    void cancel();

private:
    void resolved(LookupResult result);
    void tryNext();
    void tried(const std::error_code &error, bool timedOut);
    void stage(capture::Stage stage, capture::StageOutcome outcome, TimePoint now, const SystemError &error = {});
    void stop();
    template<typename F>
    void limit(Nanoseconds after, F expired);

    Options m_options;
    Resolver m_resolver;
    asio::steady_timer m_timer;
    asio::ip::tcp::socket m_socket;
    ConnectorHandler *m_handler = nullptr;
    std::vector<asio::ip::tcp::endpoint> m_endpoints;
    std::size_t m_index = 0;
    unsigned m_step = 0; ///< of the time limit and attempt under way; what belongs to an older one is stale
    capture::Stage m_stage = capture::Stage::Resolve;
    TimePoint m_stageStart;
    TimePoint m_tryStart;
};

} // namespace frameglass::transport
