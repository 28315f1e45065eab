// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "recorded.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace frameglass::analysis {

class ConnectionFacts;

/// What became of all attempts at one target: one URL of our own attempts, or one listener of ours. Folded beside the
/// facts of its connections, O(1) for each record; lists keep the newest `maximumKept`.
struct TargetTrack
{
    static constexpr std::size_t maximumKept = 100'000;

    /// From the attempt's start to open, with the stages that made it up.
    struct Setup
    {
        Nanoseconds total{0};
        Nanoseconds dns{0}, tcp{0}, tls{0}, upgrade{0};
    };
    std::deque<Recorded<Setup>> setups; ///< in the order in which they opened
    enum class Failure : std::uint8_t { NotOpened, Lost, PongMissed };
    std::deque<Recorded<Failure>> failures;
    std::deque<Recorded<Nanoseconds>> losts; ///< ends of open connections that nobody here asked for; how long it lived
    /// Attempts that were decided (open, or over before), in order.
    struct Attempt
    {
        Nanoseconds time{0};
        bool failed = false;
    };
    std::deque<Attempt> attempts;
    std::vector<const ConnectionFacts *> connections;

    /// What of `facts` had been counted before a record was folded.
    struct Before
    {
        bool opened = false;
        bool over = false;
        std::uint64_t missed = 0;
        explicit Before(const ConnectionFacts &facts);
    };
    /// Counts what that record changed.
    void note(const ConnectionFacts &facts, const Before &before, capture::RecordId record, Nanoseconds time);
};

} // namespace frameglass::analysis
