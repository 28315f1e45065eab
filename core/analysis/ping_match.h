// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <optional>
#include <vector>

namespace frameglass::analysis {

/// Which Ping of a connection a Pong answers, by its payload (RFC 6455 §5.5.3), whoever sent it. Remembers the last few
/// Pings of both sides.
class PingMatch
{
public:
    void addPing(capture::Direction direction, Nanoseconds time, const capture::Octets &payload);
    /// The time of the newest Ping of the other side with that payload, which with those before it is answered now.
    std::optional<Nanoseconds> takeAnswered(capture::Direction direction, const capture::Octets &payload);

private:
    static constexpr std::size_t most = 64;
    struct Ping
    {
        capture::Direction direction;
        Nanoseconds time;
        capture::Octets payload;
    };
    std::vector<Ping> m_waiting; ///< in order
};

} // namespace frameglass::analysis
