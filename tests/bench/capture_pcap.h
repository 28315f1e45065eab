// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/capture.h"

#include <filesystem>
#include <optional>

namespace frameglass::bench {

/// Writes the heads and the first `frames` frames of a capture as a pcap file: raw IPv4, a TCP segment for each, with
/// made-up addresses and right sequence numbers. Returns how many frames it wrote.
std::uint64_t writePcap(const capture::CaptureReader &reader, const std::filesystem::path &path, std::uint64_t frames);

struct TsharkRun
{
    double seconds = 0;
    double memoryMiB = 0;     ///< resident at its peak
    std::uint64_t frames = 0; ///< WebSocket frames that it found
};

/// Has tshark dissect the file; nothing where there is no tshark.
std::optional<TsharkRun> runTshark(const std::filesystem::path &path);

} // namespace frameglass::bench
