// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

namespace frameglass::capture {

class UnfinishedCopy;

/// Gives a capture another place, also while it is being written. The target is replaced at the very end: after every
/// failure and cancellation the capture is whole where it was, and the target is what it was. The steps may be taken
/// from different threads, one at a time. All throw CaptureError.
class CaptureMove
{
public:
    /// Throws InUse when the target is the capture itself or somebody writes there.
    CaptureMove(std::filesystem::path from, std::filesystem::path to);
    ~CaptureMove();

    /// Only while nobody has the capture open: renames it. False where that cannot be (another file system, a log
    /// that was left beside it): then copy.
    bool rename();

    /// The bulk, secrets included, while its writer may go on. `progress` gets 0-1 and may cancel by returning false
    /// (then false is returned). Ends with what came meanwhile, over and over, until little is left.
    bool copy(const std::function<bool(double)> &progress);
    /// After copy() and after the writer closed: what came since, then the copy takes the target's place. The capture
    /// stays; its owner may remove it now.
    void finish();

private:
    std::filesystem::path m_from;
    std::filesystem::path m_to;
    std::unique_ptr<UnfinishedCopy> m_copy;
};

} // namespace frameglass::capture
