// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "opening.h"
#include "resolver.h"

#include "core/capture/record.h"
#include "core/protocol/time.h"

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace frameglass::transport {

/// Resolves a name and tries its addresses in order, each with a limit of time of its own; then takes what further
/// steps there are, each with a limit of its own as well.
class Connector final : private OpeningHandler, public std::enable_shared_from_this<Connector>
{
public:
    struct Options
    {
        std::string host;
        std::uint16_t port = 0;
        Nanoseconds resolveLimit{0};
        Nanoseconds tcpLimit{0}; ///< for each address
        Lookup lookup = systemLookup;
        std::vector<asio::ip::tcp::endpoint> given;  ///< used instead of a lookup, unless empty
        std::size_t queueLimit = 0;                  ///< of the stream, in octets
        std::vector<std::shared_ptr<Opening>> steps; ///< once TCP stands, in this order
    };

    Connector(asio::io_context &context, Options options);

    void start(OpeningHandler &handler);
    /// Records the stage under way as cancelled; no call to the handler follows, also not notConnected().
    void cancel();

private:
    void connecting(capture::RecordBody record, TimePoint now) override;
    void connected(std::shared_ptr<Stream> stream, TimePoint now) override;
    void notConnected(TimePoint now) override;
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
    OpeningHandler *m_handler = nullptr;
    std::vector<asio::ip::tcp::endpoint> m_endpoints;
    std::size_t m_index = 0;
    std::size_t m_nextStep = 0;   ///< of the options'; those before it are taken
    bool m_resolvingOrTcp = true; ///< no step is under way
    unsigned m_step = 0;          ///< of the time limit and attempt under way; what belongs to an older one is stale
    capture::Stage m_stage = capture::Stage::Resolve;
    TimePoint m_stageStart;
    TimePoint m_tryStart;
};

} // namespace frameglass::transport
