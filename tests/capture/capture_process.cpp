// SPDX-License-Identifier: GPL-3.0-or-later
// A program that dies on purpose. `ingest FILE`: adds frames until it is killed, and prints how many were added at
// least a second ago. `limited FILE OCTETS`: writes with a limit on the size of files and prints what the writer says.
#include "core/capture/capture.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string_view>
#include <sys/resource.h>
#include <utility>

using namespace frameglass;
using namespace frameglass::capture;
using namespace std::chrono_literals;

namespace {

FrameRecord numbered(std::uint64_t number)
{
    FrameRecord frame;
    frame.header.opcode = 2;
    frame.payload = protocol::octetsOf(std::to_string(number));
    frame.header.payloadLength = frame.payload.size();
    frame.payloadOctets = frame.payload.size();
    return frame;
}

int ingest(const char *path)
{
    CaptureWriter writer(path);
    std::deque<std::pair<TimePoint, std::uint64_t>> marks;
    for (std::uint64_t number = 1;; ++number) {
        const TimePoint now = std::chrono::steady_clock::now();
        writer.add(1, now, numbered(number));
        if (number % 256 != 0)
            continue;
        marks.emplace_back(now, number);
        while (marks.front().first + 1s < now) {
            std::printf("%llu\n", static_cast<unsigned long long>(marks.front().second));
            std::fflush(stdout);
            marks.pop_front();
        }
        if (number == 256) {
            std::puts("0");
            std::fflush(stdout);
        }
    }
}

int limited(const char *path, rlim_t octets)
{
    std::signal(SIGXFSZ, SIG_IGN);
    CaptureWriter writer(path);
    const rlimit limit{octets, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
    const TimePoint now = std::chrono::steady_clock::now();
    std::uint64_t number = 0;
    while (!writer.failure()) {
        for (int i = 0; i < 1000; ++i)
            writer.add(1, now, numbered(++number));
        writer.flush();
    }
    writer.add(1, now, numbered(++number));
    const CaptureCounters counters = writer.counters();
    std::printf("%d %llu %llu %llu\n", static_cast<int>(writer.failure()->code()),
                static_cast<unsigned long long>(number), static_cast<unsigned long long>(counters.committed),
                static_cast<unsigned long long>(counters.dropped));
    const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &none);
    return 0; // the writer's end is its last chance to say what was dropped
}

} // namespace

int main(int argc, char **argv)
{
    if (argc == 3 && std::string_view(argv[1]) == "ingest")
        return ingest(argv[2]);
    if (argc == 4 && std::string_view(argv[1]) == "limited")
        return limited(argv[2], std::strtoull(argv[3], nullptr, 10));
    return 2;
}
