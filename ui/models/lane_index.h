// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record_row.h"

#include <array>
#include <map>
#include <vector>

namespace frameglass::ui {

/// A few neighbouring records of one connection as one: what lanes are drawn of from afar.
struct LaneSpan
{
    capture::RecordId first = 0;
    capture::RecordId last = 0;
    Nanoseconds begin{0};
    Nanoseconds end{0};
    std::uint16_t records = 0;
    std::array<std::uint16_t, 2> frames{}; ///< by direction
    std::array<std::uint8_t, 2> largest{}; ///< by direction: bits of the largest payload length
    bool faults = false;                   ///< a violation, a missed pong, an end by error
    bool ends = false;                     ///< a Close frame or an end of TCP

    /// The bits of a length: 0 for 0, 9 for 412.
    static std::uint8_t bitsOf(std::uint64_t length);
};

/// All connections of a capture along the time, in a few octets a record: an index of which any piece of time is drawn
/// without reading records. Fed with every record in order.
class LaneIndex
{
public:
    static constexpr std::uint16_t spanRecords = 32;

    struct Lane
    {
        std::vector<LaneSpan> spans; ///< in order
        Nanoseconds begin() const { return spans.front().begin; }
        Nanoseconds end() const { return spans.back().end; }
        /// The first span that ends at `time` or later.
        std::size_t at(Nanoseconds time) const;
    };

    void add(const capture::Record &record);
    void clear();
    bool isEmpty() const { return m_lanes.empty(); }
    const std::map<capture::ConnectionId, Lane> &lanes() const { return m_lanes; }
    const Lane *find(capture::ConnectionId id) const;
    Nanoseconds begin() const { return m_begin; }
    Nanoseconds end() const { return m_end; }

private:
    /// Silence between records starts a new span as long as there are no more than these: they are what is drawn of it.
    static constexpr std::size_t generousSpans = 100'000;

    LaneSpan &spanFor(Lane &lane, const capture::Record &record);

    std::map<capture::ConnectionId, Lane> m_lanes;
    std::size_t m_spans = 0;
    Nanoseconds m_begin{0};
    Nanoseconds m_end{0};
};

/// A record that says that something went wrong.
bool isFault(const capture::Record &record);

} // namespace frameglass::ui
