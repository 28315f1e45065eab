// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal.h"

#include "core/transport/opening.h"

#include <memory>

namespace frameglass::session {

class Arrival;

/// Who accepted a connection. Calls come on the network thread.
class ArrivalOwner
{
public:
    virtual ~ArrivalOwner() = default;
    /// The peer can be spoken with over `stream`, which was not started; `journal` is handed over.
    virtual void arrived(Arrival &arrival, std::shared_ptr<transport::Stream> stream, Journal journal,
                         TimePoint now) = 0;
    /// It did not come so far; ConnectionEnded is recorded.
    virtual void arrivalFailed(Arrival &arrival) = 0;
};

/// An accepted connection during its TLS handshake. The owner holds it until one of its two calls.
class Arrival final : public transport::OpeningHandler
{
public:
    Arrival(ArrivalOwner &owner, Journal journal, std::shared_ptr<transport::Opening> opening);

    capture::ConnectionId id() const { return m_id; }
    void start(std::shared_ptr<transport::Stream> accepted, TimePoint now);
    void cancel(TimePoint now);

private:
    void connecting(capture::RecordBody record, TimePoint now) override;
    void connected(std::shared_ptr<transport::Stream> stream, TimePoint now) override;
    void notConnected(TimePoint now) override;

    ArrivalOwner &m_owner;
    capture::ConnectionId m_id;
    Journal m_journal;
    std::shared_ptr<transport::Opening> m_opening;
};

} // namespace frameglass::session
