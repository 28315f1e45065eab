// SPDX-License-Identifier: GPL-3.0-or-later
#include "arrival.h"

#include <utility>

namespace frameglass::session {

Arrival::Arrival(ArrivalOwner &owner, Journal journal, std::shared_ptr<transport::Opening> opening)
    : m_owner(owner), m_id(journal.connection()), m_journal(std::move(journal)), m_opening(std::move(opening))
{}

void Arrival::start(std::shared_ptr<transport::Stream> accepted, TimePoint now)
{
    connecting(accepted->facts(), now);
    m_opening->start(std::move(accepted), *this);
}

void Arrival::cancel(TimePoint now)
{
    m_opening->cancel();
    notConnected(now);
}

void Arrival::connecting(capture::RecordBody record, TimePoint now)
{
    m_journal.add(now, std::move(record));
    m_journal.flush();
}

void Arrival::connected(std::shared_ptr<transport::Stream> stream, TimePoint now)
{
    m_owner.arrived(*this, std::move(stream), std::move(m_journal), now);
}

void Arrival::notConnected(TimePoint now)
{
    connecting(capture::ConnectionEnded{}, now);
    m_owner.arrivalFailed(*this);
}

} // namespace frameglass::session
