// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "filter.h"
#include "ping_match.h"

#include "core/capture/capture.h"

#include <functional>
#include <unordered_map>

namespace frameglass::analysis {

/// What a filter may ask of one record. What takes time to get is asked for only when it is needed.
struct FilterSubject
{
    const capture::RecordSketch &sketch;
    /// Of a frame, as meant; nothing where it comes with the record.
    std::optional<capture::OctetView> payload;
    std::function<const capture::Record *()> record; ///< nullptr: it cannot be read
    std::optional<Nanoseconds> delta;
    std::optional<Nanoseconds> rtt;
    std::optional<protocol::ConnectionState> state;
};

bool matches(const Filter &filter, const FilterSubject &subject);

/// Applies a filter to the records of a capture, a piece at a time and in order, so that a caller can show how far it
/// is, stop, and go on when there are more. Confined to one thread at a time.
class FilterRun
{
public:
    /// `connection` 0: of all.
    explicit FilterRun(Filter filter, capture::ConnectionId connection = 0);

    const Filter &filter() const { return m_filter; }
    /// Calls `found` for those of [first, last] that match, in order, until it returns false. A filter that needs
    /// history wants to be given every piece from the first record on.
    void run(const capture::CaptureReader &reader, capture::RecordId first, capture::RecordId last,
             const std::function<bool(capture::RecordId)> &found);

private:
    /// What is remembered of one connection.
    struct History
    {
        std::optional<Nanoseconds> lastFrame;
        protocol::ConnectionState state = protocol::ConnectionState::Opening;
        PingMatch pings;
    };

    void remember(FilterSubject &subject);
    static void rememberBeat(History &history, FilterSubject &subject);

    Filter m_filter;
    capture::ConnectionId m_connection;
    std::unordered_map<capture::ConnectionId, History> m_histories;
};

} // namespace frameglass::analysis
