// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "opening.h"
#include "tls_stream.h"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <memory>

namespace frameglass::transport {

/// The TLS handshake, of a client or of a server as the context says, within a limit of time.
class TlsOpening final : public Opening, private TlsHandshakeHandler, public std::enable_shared_from_this<TlsOpening>
{
public:
    TlsOpening(asio::io_context &context, std::shared_ptr<const TlsContext> tls, TlsPeer peer, Nanoseconds limit);

    void start(std::shared_ptr<Stream> below, OpeningHandler &handler) override;
    void cancel() override;

private:
    void handshakeObserved(capture::RecordBody record, TimePoint now) override;
    void established(TimePoint now) override;
    void failed(const StreamBroken &why, TimePoint now) override;
    void stage(capture::StageOutcome outcome, TimePoint now, const SystemError &error = {});
    void timedOut(TimePoint now);
    void giveUp(capture::StageOutcome outcome, TimePoint now);

    asio::steady_timer m_timer;
    std::shared_ptr<const TlsContext> m_context;
    TlsPeer m_peer;
    Nanoseconds m_limit;
    std::shared_ptr<TlsStream> m_stream;
    OpeningHandler *m_handler = nullptr;
    TimePoint m_start;
};

} // namespace frameglass::transport
