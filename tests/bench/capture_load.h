// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/capture.h"

#include <cstdint>
#include <random>

namespace frameglass::bench {

/// The one load that captures are measured with: frames over eight open connections, from the same seed always the
/// same. 70 % are text of 16-256 octets (JSON), 28 % binary of up to 1 KiB, 2 % pings and pongs; half of each way.
class CaptureLoad
{
public:
    static constexpr std::uint32_t connections = 8;

    /// Starts the connections: heads and states are recorded as of an opening handshake.
    explicit CaptureLoad(capture::RecordSink &sink);

    /// Adds that many frames, in bursts as reads of a socket bring them.
    void add(std::uint64_t frames);
    std::uint64_t frames() const { return m_frames; }
    std::uint64_t octets() const { return m_octets; } ///< of payload
    void end();

private:
    struct Flow
    {
        capture::ConnectionId id = 0;
        std::uint64_t offset[2] = {0, 0};
        std::uint64_t sequence = 0;
        bool pinged = false;
    };
    capture::FrameRecord nextFrame(Flow &flow, capture::Direction direction);
    protocol::Octets json(const Flow &flow);
    protocol::Octets binary();

    capture::RecordSink &m_sink;
    std::mt19937_64 m_random{1};
    TimePoint m_now;
    Flow m_flows[connections];
    protocol::Octets m_noise;
    std::uint64_t m_frames = 0;
    std::uint64_t m_octets = 0;
};

} // namespace frameglass::bench
