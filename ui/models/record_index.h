// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record_row.h"

#include "core/analysis/record_set.h"

#include <array>
#include <functional>
#include <optional>
#include <vector>

namespace frameglass::ui {

/// Which records of one connection are rows and of what kind: a bit a record, so that ten million take a few MiB.
/// Fed in order of ids.
class RecordIndex
{
public:
    using RecordId = capture::RecordId;
    using Fetch = std::function<std::optional<capture::Record>(RecordId)>;

    /// Returns its kind; Hidden ones are not rows.
    RowKind add(const capture::Record &record);
    /// The same without the record, which is fetched only where its sketch does not tell enough.
    RowKind add(const capture::RecordSketch &sketch, const Fetch &fetch);
    /// Rows whose words a later record changed (round-trip time, violation), since the last call.
    std::vector<RecordId> takeChanged();
    void clear();

    /// Nothing when the record is no row.
    std::optional<RowKind> kindOf(RecordId id) const;
    bool violates(RecordId id) const { return m_violating.contains(id); }
    std::uint64_t frames() const { return frameNumber(~RecordId(0)); }
    /// Of a frame: its number in the connection. In general: the frames up to and including `id`.
    std::uint64_t frameNumber(RecordId id) const;
    /// The rows up to and including `id`, of whatever kind.
    std::uint64_t rowsThrough(RecordId id) const;
    std::optional<RecordId> first() const; ///< the first row

    using Kinds = std::array<bool, rowKinds>; ///< by RowKind
    analysis::RecordSet rows(const Kinds &kinds) const;
    std::size_t memory() const;

private:
    struct LastFrame
    {
        RecordId id;
        std::uint64_t streamOffset;
    };
    const analysis::RecordSet &of(RowKind kind) const { return m_kinds[static_cast<std::size_t>(kind)]; }
    RowKind put(RecordId id, RowKind kind);
    void noteFrame(const capture::RecordSketch &sketch);
    void noteConsequences(const capture::Record &record);

    std::array<analysis::RecordSet, rowKinds> m_kinds;
    analysis::RecordSet m_violating;
    std::array<std::optional<LastFrame>, 2> m_lastFrames; ///< by direction
    RecordId m_lastPing = 0;                              ///< that we sent
    RecordId m_lastPong = 0;                              ///< that came
    std::vector<RecordId> m_changed;
};

} // namespace frameglass::ui
