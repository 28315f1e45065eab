// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"
#include "core/capture/capture.h"

#include <QString>

#include <array>
#include <functional>
#include <vector>

namespace frameglass::diagnosis {

/// A picture of one connection's timeline for a report: what was sent above the axis, what was received below, marks
/// sized by octets, pings joined to their pongs, the longest silence, violations, the opening and the end. However many
/// frames there are, it has at most `columns` marks a direction.
class ReportPicture
{
public:
    static constexpr int columns = 480;

    explicit ReportPicture(const analysis::ConnectionFacts &facts);

    void add(const capture::RecordSketch &sketch);
    /// Stands alone but for the colours, which the page's style gives.
    QString svg() const;

private:
    struct Column
    {
        std::uint64_t frames = 0;
        std::uint64_t largest = 0; ///< octets of one frame
        bool data = false;
    };
    double share(Nanoseconds time) const; ///< 0 to 1
    double x(Nanoseconds time) const;
    QString marks() const;
    QString axis() const;
    QString events() const;

    const analysis::ConnectionFacts &m_facts;
    Nanoseconds m_begin{0};
    Nanoseconds m_end{1};
    std::array<std::vector<Column>, 2> m_columns; ///< by direction
};

/// The picture of a connection of that capture; empty for one without frames, or when `goOn` (asked now and then) said
/// no.
QString pictureOf(const analysis::ConnectionFacts &facts, const capture::CaptureReader &reader,
                  const std::function<bool(capture::RecordId)> &goOn = {});

} // namespace frameglass::diagnosis
