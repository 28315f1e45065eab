// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture_pcap.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <span>
#include <string>

namespace frameglass::bench {

namespace {

constexpr std::size_t segmentOctets = 60'000; ///< far more than an Ethernet's, so that a frame is one segment
constexpr std::uint32_t rawIp = 101;          ///< LINKTYPE_RAW

class PcapFile
{
public:
    explicit PcapFile(const std::filesystem::path &path) : m_file(path, std::ios::binary)
    {
        little(0xa1b2c3d4, 4);
        little(2, 2);
        little(4, 2);
        little(0, 8);
        little(262'144, 4);
        little(rawIp, 4);
    }

    void segment(Nanoseconds time, std::uint16_t port, bool fromClient, std::uint32_t sequence,
                 std::uint32_t acknowledged, std::uint8_t flags, capture::OctetView octets)
    {
        const std::size_t total = 40 + octets.size();
        const auto microseconds = std::max<std::int64_t>(0, time.count() / 1000);
        little(static_cast<std::uint64_t>(1'700'000'000 + microseconds / 1'000'000), 4);
        little(static_cast<std::uint64_t>(microseconds % 1'000'000), 4);
        little(total, 4);
        little(total, 4);
        big(0x4500, 2);
        big(total, 2);
        big(0, 4);
        big(0x4006, 2); // 64 hops, TCP
        big(0, 2);
        constexpr std::uint32_t client = 0x0a000001;
        constexpr std::uint32_t server = 0x0a000002;
        big(fromClient ? client : server, 4);
        big(fromClient ? server : client, 4);
        big(fromClient ? port : 80, 2);
        big(fromClient ? 80 : port, 2);
        big(sequence, 4);
        big(acknowledged, 4);
        big(0x5000u | flags, 2);
        big(0xffff, 2);
        big(0, 4);
        m_file.write(reinterpret_cast<const char *>(octets.data()), static_cast<std::streamsize>(octets.size()));
    }

private:
    void little(std::uint64_t value, int octets)
    {
        for (int i = 0; i < octets; ++i)
            m_file.put(static_cast<char>(value >> 8 * i));
    }
    void big(std::uint64_t value, int octets)
    {
        for (int i = octets - 1; i >= 0; --i)
            m_file.put(static_cast<char>(value >> 8 * i));
    }

    std::ofstream m_file;
};

capture::Octets octetsOf(const capture::Record &record)
{
    if (const auto *head = capture::as<capture::HeadRecord>(record))
        return head->raw;
    const auto *frame = capture::as<capture::FrameRecord>(record);
    capture::Octets octets;
    if (!frame)
        return octets;
    protocol::appendFrameHeader(octets, frame->header);
    const std::size_t start = octets.size();
    protocol::append(octets, frame->payload);
    if (frame->header.maskKey)
        protocol::applyMask(std::span(octets).subspan(start), *frame->header.maskKey);
    return octets;
}

} // namespace

std::uint64_t writePcap(const capture::CaptureReader &reader, const std::filesystem::path &path, std::uint64_t frames)
{
    constexpr std::uint8_t syn = 0x02;
    constexpr std::uint8_t ack = 0x10;
    constexpr std::uint8_t push = 0x08;
    PcapFile pcap(path);
    std::map<capture::ConnectionId, std::array<std::uint32_t, 2>> next; ///< sequence numbers, by direction
    std::uint64_t written = 0;
    reader.forEach(1, ~capture::RecordId(0), capture::Payloads::Full, [&](capture::Record &&record) {
        const capture::Octets octets = octetsOf(record);
        if (octets.empty())
            return true;
        const auto *frame = capture::as<capture::FrameRecord>(record);
        const auto *head = capture::as<capture::HeadRecord>(record);
        const bool fromClient = (frame ? frame->direction : head->direction) == capture::Direction::Sent;
        const auto port = static_cast<std::uint16_t>(10'000 + record.connection);
        auto [flow, isNew] = next.try_emplace(record.connection);
        if (isNew) {
            pcap.segment(record.time, port, true, 0, 0, syn, {});
            pcap.segment(record.time, port, false, 0, 1, syn | ack, {});
            pcap.segment(record.time, port, true, 1, 1, ack, {});
            flow->second = {1, 1};
        }
        const std::size_t way = fromClient ? 0 : 1;
        for (std::size_t at = 0; at < octets.size(); at += segmentOctets) {
            const auto part = capture::OctetView(octets).subspan(at, std::min(segmentOctets, octets.size() - at));
            pcap.segment(record.time, port, fromClient, flow->second[way], flow->second[1 - way], push | ack, part);
            flow->second[way] += static_cast<std::uint32_t>(part.size());
        }
        written += frame ? 1 : 0;
        return written < frames;
    });
    return written;
}

std::optional<TsharkRun> runTshark(const std::filesystem::path &path)
{
    int out[2];
    if (::pipe(out) != 0)
        return std::nullopt;
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(out[1], STDOUT_FILENO);
        ::close(out[0]);
        ::close(out[1]);
        if (!std::freopen("/dev/null", "w", stderr))
            ::_exit(127);
        ::execlp("tshark", "tshark", "-n", "-r", path.c_str(), "-q", "-z", "io,stat,0,websocket", nullptr);
        ::_exit(127);
    }
    ::close(out[1]);
    std::string text;
    char piece[4096];
    for (ssize_t count; (count = ::read(out[0], piece, sizeof piece)) > 0;)
        text.append(piece, static_cast<std::size_t>(count));
    ::close(out[0]);
    int status = 0;
    rusage usage{};
    if (child < 0 || ::wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return std::nullopt;
    TsharkRun run;
    run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    run.memoryMiB = static_cast<double>(usage.ru_maxrss) / 1024;
    // The last line with "<>": | interval | frames | octets |
    const std::size_t line = text.rfind("<>");
    const std::size_t bar = line == std::string::npos ? line : text.find('|', line);
    if (bar != std::string::npos)
        run.frames = std::strtoull(text.c_str() + bar + 1, nullptr, 10);
    return run;
}

} // namespace frameglass::bench
