// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "proxy_opening.h"

#include "core/protocol/body_extent.h"
#include "core/protocol/http_head.h"

namespace frameglass::transport {

/// A tunnel by HTTP CONNECT (RFC 9110 §9.3.6), with Basic authentication where there are credentials (RFC 7617). Both
/// heads and the body of a refusal are recorded.
class HttpTunnel final : public ProxyOpening
{
public:
    HttpTunnel(asio::io_context &context, Proxy proxy, ProxyTarget target, Nanoseconds limit,
               const protocol::Limits &limits);

private:
    void begin(TimePoint now) override;
    void answered(protocol::OctetView octets, TimePoint now) override;
    std::optional<capture::ProxyAnswered> cutShort(TimePoint now) override;

    void takeBody(protocol::OctetView octets, TimePoint now);

    protocol::Limits m_limits;
    protocol::HttpHeadReader m_reader;
    int m_heads = 0; ///< interim ones that came
    std::optional<capture::ProxyAnswered> m_refusal;
    std::optional<protocol::BodyExtent> m_body; ///< of the refusal
    std::size_t m_bodyKept = 0;
};

} // namespace frameglass::transport
