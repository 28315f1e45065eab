// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lane_index.h"

#include "core/analysis/ping_match.h"
#include "core/capture/capture.h"

#include <QString>

#include <map>
#include <optional>
#include <vector>

namespace frameglass::ui {

/// One record as it is drawn in its lane.
struct LaneMark
{
    capture::RecordId id = 0;
    Nanoseconds time{0};
    RowKind kind = RowKind::Event;
    capture::Direction direction = capture::Direction::Sent; ///< of frames
    std::uint64_t length = 0;                                ///< of a frame's payload, octets
    std::uint8_t opcode = 0;                                 ///< of a frame
    bool isFrame = false;
    bool isFin = false;
    bool isFault = false;                   ///< or a frame that breaks a rule
    std::optional<Nanoseconds> answers;     ///< a Pong: the time of the Ping with its payload (RFC 6455 §5.5.3)
    std::optional<Nanoseconds> messageFrom; ///< the last fragment of a message: the time of its first one
    QString label;                          ///< of events: what happened, in a word or two
};

/// The records of a piece of a capture, by connection and in order. Read a piece at a time.
class LaneDetail
{
public:
    /// More records than these are drawn of spans.
    static constexpr capture::RecordId largest = 65'536;

    LaneDetail() = default;
    LaneDetail(capture::RecordId first, capture::RecordId last) : m_first(first), m_last(last), m_next(first) {}

    /// Reads on for a few milliseconds; true when all is read.
    bool read(const capture::CaptureReader &reader);
    bool covers(capture::RecordId first, capture::RecordId last) const { return isRead() && spans(first, last); }
    bool isRead() const { return m_next > m_last; }
    bool isEmpty() const { return m_last < m_first; }
    /// Whether it covers these or will.
    bool spans(capture::RecordId first, capture::RecordId last) const { return m_first <= first && last <= m_last; }
    const std::vector<LaneMark> *lane(capture::ConnectionId id) const;

private:
    struct Flow
    {
        std::vector<LaneMark> marks;
        struct LastFrame
        {
            std::size_t mark;
            std::uint64_t streamOffset;
        };
        std::optional<LastFrame> last[2];
        std::optional<Nanoseconds> messageFrom[2];
        analysis::PingMatch pings;
    };

    void add(const capture::RecordSketch &sketch, const capture::CaptureReader &reader);
    static void addFrame(Flow &flow, const capture::RecordSketch &sketch, LaneMark &mark,
                         const capture::CaptureReader &reader);
    static void addEvent(Flow &flow, const capture::Record &record, LaneMark &mark);

    capture::RecordId m_first = 1;
    capture::RecordId m_last = 0;
    capture::RecordId m_next = 1;
    std::map<capture::ConnectionId, Flow> m_lanes;
};

} // namespace frameglass::ui
