// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "proxy_opening.h"

namespace frameglass::transport {

/// A tunnel by SOCKS5 (RFC 1928), with user and password where there are credentials (RFC 1929). The proxy resolves
/// the name. ProxyAnswered::code is the reply's REP, refusedMethods or refusedCredentials.
class Socks5Opening final : public ProxyOpening
{
public:
    static constexpr int refusedMethods = -1;     ///< it takes none of the methods we offered
    static constexpr int refusedCredentials = -2; ///< RFC 1929 §2: the status is not 0

    Socks5Opening(asio::io_context &context, Proxy proxy, ProxyTarget target, Nanoseconds limit);

private:
    /// Each is the answer that is waited for, of a length that is known when its first octets are.
    enum class Step { Method, Credentials, Reply };

    void begin(TimePoint now) override;
    void answered(protocol::OctetView octets, TimePoint now) override;
    std::optional<capture::ProxyAnswered> cutShort(TimePoint now) override;

    /// Octets of the answer that is waited for; 0: more are needed to say it, or it is none.
    std::size_t answerOctets() const;
    bool isAnswer() const;
    bool take(TimePoint now);
    void sendCredentials(TimePoint now);
    void sendRequest(TimePoint now);

    Step m_step = Step::Method;
    protocol::Octets m_answer; ///< bounded by the longest reply
};

} // namespace frameglass::transport
