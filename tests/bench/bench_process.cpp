// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_process.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>

namespace frameglass::bench {

void pinTo(int core)
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    sched_setaffinity(0, sizeof cores, &cores);
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

ServerProcess::ServerProcess(const std::vector<std::string> &words, Announces announces)
{
    int in[2];
    int out[2];
    if (::pipe(in) != 0 || ::pipe(out) != 0)
        std::abort();
    m_pid = ::fork();
    if (m_pid == 0) {
        ::dup2(in[0], STDIN_FILENO);
        if (announces == Announces::Port)
            ::dup2(out[1], STDOUT_FILENO);
        for (const int end : {in[0], in[1], out[0], out[1]})
            ::close(end);
        pinTo(static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)) - 1);
        std::vector<char *> arguments;
        for (const auto &word : words)
            arguments.push_back(const_cast<char *>(word.c_str()));
        arguments.push_back(nullptr);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    m_in = in[1];
    char line[64] = {};
    std::size_t length = 0;
    while (announces == Announces::Port && length + 1 < sizeof line && ::read(out[0], line + length, 1) == 1 &&
           line[length] != '\n')
        ++length;
    ::close(out[0]);
    m_port = static_cast<std::uint16_t>(std::atoi(line + std::strlen("PORT ")));
}

ServerProcess::~ServerProcess()
{
    ::close(m_in);
    if (m_port == 0)
        ::kill(m_pid, SIGTERM); // it does not look at its input
    ::waitpid(m_pid, nullptr, 0);
}

double ServerProcess::cpuSeconds() const
{
    clockid_t clock = 0;
    timespec time{};
    if (::clock_getcpuclockid(m_pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
        std::abort();
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double ServerProcess::memory() const
{
    std::ifstream file("/proc/" + std::to_string(m_pid) + "/statm");
    long size = 0;
    long resident = 0;
    file >> size >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

} // namespace frameglass::bench
