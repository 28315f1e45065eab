// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_figures.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>

namespace frameglass::bench {

namespace {

double wallMs()
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

double residentMiB()
{
    std::ifstream status("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    status >> total >> resident;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

double threadCpuMs()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

void Heartbeat::beat()
{
    if (m_wallMs >= 0)
        m_gaps.push_back({wallMs() - m_wallMs, threadCpuMs() - m_cpuMs});
    m_wallMs = wallMs();
    m_cpuMs = threadCpuMs();
}

void Heartbeat::print(int tickMs) const
{
    if (m_gaps.empty())
        return;
    std::vector<Gap> gaps = m_gaps;
    const auto over = [&](double Gap::*of) {
        return static_cast<long long>(
            std::count_if(gaps.begin(), gaps.end(), [of](const Gap &gap) { return gap.*of > barMs; }));
    };
    const auto byWork = [](const Gap &a, const Gap &b) { return a.cpuMs < b.cpuMs; };
    const double longestWork = std::max_element(gaps.begin(), gaps.end(), byWork)->cpuMs;
    std::sort(gaps.begin(), gaps.end(), [](const Gap &a, const Gap &b) { return a.wallMs < b.wallMs; });
    std::printf(
        "  GUI thread blocked, longest %.1f ms (bar %.0f ms; over it %lld of %zu), in which it worked %.1f ms\n",
        gaps.back().wallMs, barMs, over(&Gap::wallMs), gaps.size(), gaps.back().cpuMs);
    std::printf("  its longest work in a gap   %.1f ms (over the bar %lld)\n", longestWork, over(&Gap::cpuMs));
    std::printf("  p50 / p99 of a %d ms tick    %.1f / %.1f ms\n", tickMs, gaps[gaps.size() / 2].wallMs,
                gaps[gaps.size() * 99 / 100].wallMs);
}

} // namespace frameglass::bench
