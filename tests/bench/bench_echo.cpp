// SPDX-License-Identifier: GPL-3.0-or-later
// CPU time a message of echo servers, each in a process of its own, all on the same core, under the same load. Rounds
// alternate between the servers; the median is reported, since machines are noisy.
#include "bench_process.h"
#include "echo_load.h"
#include "echo_servers.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace frameglass::bench;

namespace {

struct Server
{
    const char *name;
    const char *argument;
};

const Server servers[] = {
    {"Frameglass, recording off", "frameglass-off"},
    {"Frameglass, recording on", "frameglass-on"},
    {"Boost.Beast", "beast"},
    {"QWebSocketServer", "qt"},
};

int serve(std::string_view which)
{
    if (which == "frameglass-off")
        return serveFrameglass(false);
    if (which == "frameglass-on")
        return serveFrameglass(true);
    if (which == "beast")
        return serveBeast();
    return serveQt();
}

void compare(const char *program, const char *title, const EchoLoad &load, int rounds)
{
    std::printf("\n%s: %d connections x %d in flight x %zu octets, %llu messages a round, %d rounds\n", title,
                load.connections, load.inFlight, load.payloadOctets, static_cast<unsigned long long>(load.messages),
                rounds);
    std::vector<std::vector<double>> cpu(std::size(servers));
    std::vector<std::vector<double>> rate(std::size(servers));
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < std::size(servers); ++i) {
            const ServerProcess child({program, "--serve", servers[i].argument});
            EchoLoad warmUp = load;
            warmUp.messages = load.messages / 20;
            runEchoLoad(child.port(), warmUp);
            const double before = child.cpuSeconds();
            const EchoResult result = runEchoLoad(child.port(), load);
            // The writer of a capture may still be at work: what it does counts too.
            ::usleep(300'000);
            cpu[i].push_back((child.cpuSeconds() - before) / static_cast<double>(result.messages) * 1e6);
            rate[i].push_back(static_cast<double>(result.messages) / result.wallSeconds);
        }
    }
    const double beast = median(cpu[2]);
    std::printf("  %-28s %14s %16s %10s\n", "server", "CPU us/message", "messages/s", "x Beast");
    for (std::size_t i = 0; i < std::size(servers); ++i) {
        std::printf("  %-28s %14.3f %16.0f %10.2f\n", servers[i].name, median(cpu[i]), median(rate[i]),
                    median(cpu[i]) / beast);
    }
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc == 3 && std::string_view(argv[1]) == "--serve")
        return serve(argv[2]);
    const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 3;
    pinTo(0);
    compare("/proc/self/exe", "Small messages", {64, 8, 128, 400'000}, rounds);
    compare("/proc/self/exe", "Large messages", {8, 4, 60'000, 20'000}, rounds);
    compare("/proc/self/exe", "Large messages, all alike", {8, 4, 60'000, 20'000, true}, rounds);
    return 0;
}
