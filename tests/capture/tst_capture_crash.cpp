// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/capture.h"

#include "record_samples.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <random>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace frameglass;
using namespace frameglass::capture;
using namespace frameglass::capture::test;
using namespace std::chrono_literals;

namespace {

/// The program beside the test, with its standard output.
class Process
{
public:
    explicit Process(std::vector<std::string> arguments)
    {
        arguments.insert(arguments.begin(), FRAMEGLASS_CAPTURE_PROCESS);
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        m_pid = ::fork();
        if (m_pid == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::close(ends[0]);
            ::close(ends[1]);
            std::vector<char *> argv;
            for (std::string &argument : arguments)
                argv.push_back(argument.data());
            argv.push_back(nullptr);
            ::execv(argv[0], argv.data());
            ::_exit(127);
        }
        ::close(ends[1]);
        m_output = ::fdopen(ends[0], "r");
    }
    ~Process()
    {
        end(SIGKILL);
        std::fclose(m_output);
    }
    Process(const Process &) = delete;
    Process &operator=(const Process &) = delete;

    /// The next line; empty at the end.
    std::string line()
    {
        char buffer[256];
        return std::fgets(buffer, sizeof buffer, m_output) ? buffer : "";
    }

    /// Its exit status, after `signal` (0: none).
    int end(int signal)
    {
        if (m_pid == 0)
            return m_status;
        if (signal != 0)
            ::kill(m_pid, signal);
        ::waitpid(m_pid, &m_status, 0);
        m_pid = 0;
        return m_status;
    }

private:
    pid_t m_pid = 0;
    int m_status = 0;
    std::FILE *m_output = nullptr;
};

TEST(CaptureCrash, KilledProgramLosesAtMostTheLastSecondAndSaysSo)
{
    std::mt19937 random(std::random_device{}());
    for (int round = 0; round < 10; ++round) {
        const TemporaryFolder folder;
        const std::string path = folder / "a.fglass";
        std::uint64_t promised = 0;
        {
            Process process({"ingest", path});
            const auto reports = 1 + random() % 400; // the first comes at once, the others after a second
            for (std::uint64_t i = 0; i < reports; ++i) {
                const std::string line = process.line();
                ASSERT_FALSE(line.empty());
                promised = std::stoull(line);
            }
            process.end(SIGKILL);
            for (std::string line = process.line(); !line.empty(); line = process.line()) {
                if (line.back() == '\n')
                    promised = std::stoull(line);
            }
        }
        {
            const CaptureReader reader(path);
            EXPECT_TRUE(reader.wasLeftOpen());
            EXPECT_GE(reader.lastId(), promised);
        }
        RecordId kept = 0;
        {
            CaptureWriter writer(path);
            kept = writer.counters().committed - 1;
            writer.add(2, std::chrono::steady_clock::now(), textFrame("after"));
        }
        const CaptureReader reader(path);
        EXPECT_FALSE(reader.wasLeftOpen());
        ASSERT_EQ(reader.lastId(), kept + 2);
        EXPECT_GE(kept, promised);
        RecordId expected = 0;
        reader.forEach(1, kept, Payloads::Full, [&](Record &&record) {
            EXPECT_EQ(record.id, ++expected);
            const auto *frame = as<FrameRecord>(record);
            EXPECT_TRUE(frame && protocol::textOf(frame->payload) == std::to_string(expected)) << expected;
            return !HasFailure();
        });
        EXPECT_EQ(expected, kept);
        const auto interrupted = reader.record(kept + 1);
        ASSERT_TRUE(as<Interrupted>(*interrupted));
        EXPECT_GE(as<Interrupted>(*interrupted)->lastWriteWallMs, reader.startWallMs());
        EXPECT_LT(as<Interrupted>(*interrupted)->lastWriteWallMs, reader.startWallMs() + 60'000);
        EXPECT_EQ(interrupted->connection, 0u);
        EXPECT_EQ(folder.names(), std::vector<std::string>{"a.fglass"});
    }
}

TEST(CaptureCrash, FullDiskIsSaidAndCounted)
{
    const TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    Process process({"limited", path, "1000000"});
    const std::string line = process.line();
    EXPECT_EQ(process.end(0), 0);
    int code = -1;
    unsigned long long added = 0;
    unsigned long long committed = 0;
    unsigned long long dropped = 0;
    ASSERT_EQ(std::sscanf(line.c_str(), "%d %llu %llu %llu", &code, &added, &committed, &dropped), 4) << line;
    EXPECT_EQ(static_cast<CaptureErrorCode>(code), CaptureErrorCode::DiskFull);
    EXPECT_GT(committed, 0u);
    EXPECT_GT(dropped, 0u);
    EXPECT_EQ(committed + dropped, added);

    const CaptureReader reader(path);
    ASSERT_EQ(reader.lastId(), committed + 1);
    const auto last = reader.record(committed + 1);
    ASSERT_TRUE(as<Dropped>(*last));
    EXPECT_EQ(as<Dropped>(*last)->records, dropped);
    EXPECT_FALSE(reader.wasLeftOpen());
    EXPECT_EQ(sql(path, "PRAGMA integrity_check"), "ok");
}

} // namespace
