// SPDX-License-Identifier: GPL-3.0-or-later
#include "connector.h"

#include "socket_facts.h"
#include "tcp_stream.h"

#include <utility>

namespace frameglass::transport {

using capture::Stage;
using capture::StageOutcome;
using Clock = std::chrono::steady_clock;

Connector::Connector(asio::io_context &context, Options options)
    : m_options(std::move(options)), m_resolver(context), m_timer(context), m_socket(context)
{}

void Connector::start(OpeningHandler &handler)
{
    m_handler = &handler;
    stage(Stage::Resolve, StageOutcome::Started, Clock::now());
    if (!m_options.given.empty()) {
        resolved({{}, m_options.given});
        return;
    }
    limit(m_options.resolveLimit, [](Connector &self) {
        self.m_resolver.cancel();
        const auto now = Clock::now();
        self.stage(Stage::Resolve, StageOutcome::TimedOut, now);
        auto *told = std::exchange(self.m_handler, nullptr);
        self.stop();
        told->notConnected(now);
    });
    m_resolver.resolve(m_options.lookup, m_options.host, m_options.port,
                       [weak = weak_from_this()](LookupResult result) {
                           if (const auto self = weak.lock())
                               self->resolved(std::move(result));
                       });
}

void Connector::cancel()
{
    if (!m_handler)
        return;
    if (m_resolvingOrTcp)
        stage(m_stage, StageOutcome::Cancelled, Clock::now());
    else
        m_options.steps[m_nextStep - 1]->cancel();
    m_handler = nullptr;
    stop();
}

void Connector::stop()
{
    ++m_step;
    m_resolver.cancel();
    m_timer.cancel();
    asio::error_code ignored;
    m_socket.close(ignored);
}

template<typename F>
void Connector::limit(Nanoseconds after, F expired)
{
    const auto step = ++m_step;
    m_timer.expires_after(after);
    m_timer.async_wait([self = shared_from_this(), step, expired](const std::error_code &error) {
        if (!error && step == self->m_step && self->m_handler)
            expired(*self);
    });
}

void Connector::stage(Stage stage, StageOutcome outcome, TimePoint now, const SystemError &error)
{
    if (outcome == StageOutcome::Started) {
        m_stage = stage;
        m_stageStart = now;
    }
    m_handler->connecting(capture::StageChanged{stage, outcome, now - m_stageStart, error.number, error.message}, now);
}

void Connector::resolved(LookupResult result)
{
    if (!m_handler)
        return;
    const auto now = Clock::now();
    if (result.endpoints.empty()) {
        stage(Stage::Resolve, StageOutcome::Failed, now, result.error);
        auto *told = std::exchange(m_handler, nullptr);
        stop();
        told->notConnected(now);
        return;
    }
    m_endpoints = std::move(result.endpoints);
    capture::AddressesResolved addresses{m_options.host, {}, !m_options.given.empty()};
    for (const auto &endpoint : m_endpoints)
        addresses.addresses.push_back(endpointText(endpoint));
    stage(Stage::Resolve, StageOutcome::Succeeded, now);
    m_handler->connecting(std::move(addresses), now);
    stage(Stage::Tcp, StageOutcome::Started, now);
    tryNext();
}

void Connector::tryNext()
{
    m_tryStart = Clock::now();
    asio::error_code ignored;
    m_socket.close(ignored);
    limit(m_options.tcpLimit,
          [](Connector &self) { self.tried(asio::error::make_error_code(asio::error::timed_out), true); });
    m_socket.async_connect(m_endpoints[m_index],
                           [self = shared_from_this(), step = m_step](const std::error_code &error) {
                               if (self->m_handler && step == self->m_step)
                                   self->tried(error, false);
                           });
}

void Connector::tried(const std::error_code &error, bool timedOut)
{
    const auto now = Clock::now();
    ++m_step;
    m_timer.cancel();
    const auto system = systemErrorOf(error);
    m_handler->connecting(
        capture::AddressTried{endpointText(m_endpoints[m_index]), now - m_tryStart, system.number, system.message},
        now);
    if (!error) {
        stage(Stage::Tcp, StageOutcome::Succeeded, now);
        m_resolvingOrTcp = false;
        auto stream = std::make_shared<TcpStream>(std::move(m_socket), m_options.queueLimit);
        if (!m_options.steps.empty())
            m_handler->connecting(stream->facts(), now); // should it not come further
        connected(std::move(stream), now);
        return;
    }
    if (++m_index < m_endpoints.size()) {
        tryNext();
        return;
    }
    stage(Stage::Tcp, timedOut ? StageOutcome::TimedOut : StageOutcome::Failed, now, system);
    auto *told = std::exchange(m_handler, nullptr);
    stop();
    told->notConnected(now);
}

// -- further steps --------------------------------------------------------------------------------------------------

void Connector::connecting(capture::RecordBody record, TimePoint now)
{
    if (m_handler)
        m_handler->connecting(std::move(record), now);
}

void Connector::connected(std::shared_ptr<Stream> stream, TimePoint now)
{
    const auto self = shared_from_this(); // whoever is told may let go of us
    if (m_nextStep < m_options.steps.size())
        m_options.steps[m_nextStep++]->start(std::move(stream), *this);
    else if (m_handler)
        std::exchange(m_handler, nullptr)->connected(std::move(stream), now);
}

void Connector::notConnected(TimePoint now)
{
    const auto self = shared_from_this();
    if (m_handler)
        std::exchange(m_handler, nullptr)->notConnected(now);
}

} // namespace frameglass::transport
