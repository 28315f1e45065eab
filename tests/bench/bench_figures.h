// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace frameglass::bench {

/// Resident memory of this process.
double residentMiB();
/// Processor time of the calling thread.
double threadCpuMs();

/// How long the calling thread was ever busy: give it a beat from a timer, and a gap between two beats is time in which
/// a click would have waited. On a machine that others use too the thread may just not have run: the processor time
/// that it used in the gap tells how much of it was its own work.
class Heartbeat
{
public:
    static constexpr double barMs = 50;

    void beat();
    void print(int tickMs) const;

private:
    struct Gap
    {
        double wallMs = 0;
        double cpuMs = 0;
    };
    double m_wallMs = -1;
    double m_cpuMs = 0;
    std::vector<Gap> m_gaps;
};

} // namespace frameglass::bench
