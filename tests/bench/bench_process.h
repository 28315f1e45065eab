// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace frameglass::bench {

/// This thread runs on that core only, and so do processes it starts.
void pinTo(int core);
double median(std::vector<double> values);

/// A server in a process of its own on the last core. Closing its standard input ends it, and after that a signal.
class ServerProcess
{
public:
    enum class Announces { Port, Nothing };
    explicit ServerProcess(const std::vector<std::string> &words, Announces announces = Announces::Port);
    ~ServerProcess();
    ServerProcess(const ServerProcess &) = delete;
    ServerProcess &operator=(const ServerProcess &) = delete;

    std::uint16_t port() const { return m_port; }
    double cpuSeconds() const;
    /// Resident, in octets.
    double memory() const;

private:
    pid_t m_pid = -1;
    int m_in = -1;
    std::uint16_t m_port = 0;
};

} // namespace frameglass::bench
