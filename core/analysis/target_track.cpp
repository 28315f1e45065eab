// SPDX-License-Identifier: GPL-3.0-or-later
#include "target_track.h"

#include "connection_facts.h"
#include "reconnects.h"

namespace frameglass::analysis {

namespace {

template<class T>
void keep(std::deque<T> &list, T value)
{
    if (list.size() >= TargetTrack::maximumKept)
        list.pop_front();
    list.push_back(std::move(value));
}

Nanoseconds elapsedOf(const ConnectionFacts &facts, capture::Stage stage)
{
    const auto *last = facts.lastOf(stage);
    return last != nullptr ? last->value.elapsed : Nanoseconds(0);
}

} // namespace

TargetTrack::Before::Before(const ConnectionFacts &facts)
    : opened(facts.openedAt.has_value()), over(overAt(facts).has_value()), missed(facts.heartbeat.missed)
{}

void TargetTrack::note(const ConnectionFacts &facts, const Before &before, capture::RecordId record, Nanoseconds time)
{
    if (!before.opened && facts.openedAt) {
        const Setup setup{*facts.openedAt - facts.started->time, elapsedOf(facts, capture::Stage::Resolve),
                          elapsedOf(facts, capture::Stage::Tcp), elapsedOf(facts, capture::Stage::Tls),
                          elapsedOf(facts, capture::Stage::Upgrade)};
        keep(setups, {record, time, setup});
        keep(attempts, {time, false});
    }
    if (facts.heartbeat.missed > before.missed)
        keep(failures, {record, time, Failure::PongMissed});
    if (before.over || !overAt(facts))
        return;
    if (!facts.openedAt) {
        keep(attempts, {time, true});
        keep(failures, {record, time, Failure::NotOpened});
    } else if (wasLost(facts)) {
        keep(failures, {record, time, Failure::Lost});
        keep(losts, {record, time, time - *facts.openedAt});
    }
}

} // namespace frameglass::analysis
