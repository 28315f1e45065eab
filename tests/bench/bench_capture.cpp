// SPDX-License-Identifier: GPL-3.0-or-later
// A capture of ten million frames: writing it, folding it, finding rows in it, filtering it, and tshark beside it.
// `--frames N` makes it smaller,
// `--seconds S` shortens the writing test, `--file PATH` keeps the capture and uses it again.
#include "bench_figures.h"
#include "capture_load.h"
#include "capture_pcap.h"

#include "core/analysis/connection_facts.h"
#include "core/analysis/filter_run.h"
#include "core/analysis/record_set.h"
#include "core/capture/capture.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include <unistd.h>

using namespace frameglass;
using Clock = std::chrono::steady_clock;

namespace {

struct Arguments
{
    std::uint64_t frames = 10'000'000;
    double seconds = 60;
    std::filesystem::path file;
};

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Arguments parse(int argc, char **argv)
{
    Arguments arguments;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--frames")
            arguments.frames = std::strtoull(argv[i + 1], nullptr, 10);
        else if (name == "--seconds")
            arguments.seconds = std::strtod(argv[i + 1], nullptr);
        else if (name == "--file")
            arguments.file = argv[i + 1];
    }
    return arguments;
}

void removeCapture(const std::filesystem::path &path)
{
    for (const char *end : {"", "-wal", "-shm", ".lock"})
        std::filesystem::remove(path.string() + end);
}

void measureIngest(const std::filesystem::path &path, double seconds)
{
    removeCapture(path);
    const auto start = Clock::now();
    std::uint64_t frames = 0;
    std::uint64_t octets = 0;
    {
        capture::CaptureWriter writer(path);
        bench::CaptureLoad load(writer);
        while (secondsSince(start) < seconds)
            load.add(20'000);
        writer.flush();
        frames = load.frames();
        octets = load.octets();
        const auto counters = writer.counters();
        if (counters.dropped > 0)
            std::printf("  dropped                     %llu records\n",
                        static_cast<unsigned long long>(counters.dropped));
    }
    const double took = secondsSince(start);
    std::printf("  ingest                      %.0f frames/s over %.0f s, %.0f MB/s of payload (bar 300,000)\n",
                static_cast<double>(frames) / took, took, static_cast<double>(octets) / took / 1e6);
    removeCapture(path);
}

void make(const std::filesystem::path &path, std::uint64_t frames)
{
    removeCapture(path);
    const auto start = Clock::now();
    capture::CaptureWriter writer(path);
    bench::CaptureLoad load(writer);
    load.add(frames);
    load.end();
    writer.flush();
    std::printf("  made                        %llu frames in %.1f s\n", static_cast<unsigned long long>(frames),
                secondsSince(start));
}

void measureFold(const std::filesystem::path &path, std::uint64_t frames)
{
    const auto start = Clock::now();
    const capture::CaptureReader reader(path);
    const capture::RecordId last = reader.lastId();
    std::printf("  open                        %.1f ms, %.0f MB, %llu records\n", secondsSince(start) * 1e3,
                static_cast<double>(std::filesystem::file_size(path)) / 1e6, static_cast<unsigned long long>(last));
    const double before = bench::residentMiB();
    const auto startFold = Clock::now();
    analysis::CaptureFacts facts;
    reader.forEach(1, last, capture::Payloads::ControlOnly, [&](capture::Record &&record) {
        facts.add(record);
        return true;
    });
    const double fold = secondsSince(startFold);
    std::printf("  full fold                   %.2f s, %.3f us a frame, memory %.0f -> %.0f MiB\n", fold,
                fold * 1e6 / static_cast<double>(frames), before, bench::residentMiB());
}

void measureRows(const std::filesystem::path &path)
{
    const capture::CaptureReader reader(path);
    const auto start = Clock::now();
    analysis::RecordSet frames;
    reader.forEachSketch(1, reader.lastId(), 0, [&](const capture::RecordSketch &sketch) {
        if (sketch.is<capture::FrameRecord>())
            frames.add(sketch.id);
        return true;
    });
    std::printf("  rows of all connections     %.2f s, %llu rows in %.1f MiB\n", secondsSince(start),
                static_cast<unsigned long long>(frames.size()), static_cast<double>(frames.memory()) / (1 << 20));
    const auto startOne = Clock::now();
    analysis::RecordSet one;
    reader.forEachSketch(1, reader.lastId(), 3, [&](const capture::RecordSketch &sketch) {
        one.add(sketch.id);
        return true;
    });
    std::printf("  rows of one connection      %.2f s, %llu rows\n", secondsSince(startOne),
                static_cast<unsigned long long>(one.size()));
}

void measureFilter(const std::filesystem::path &path, const char *title, const char *text, double barSeconds)
{
    const capture::CaptureReader reader(path);
    const auto parsed = analysis::Filter::parse(text);
    const auto start = Clock::now();
    double first = 0;
    std::uint64_t found = 0;
    analysis::FilterRun(std::get<analysis::Filter>(parsed)).run(reader, 1, reader.lastId(), [&](capture::RecordId) {
        if (found++ == 0)
            first = secondsSince(start);
        return true;
    });
    std::printf("  %-27s %.2f s (bar %.0f s), %llu found, the first after %.3f s: %s\n", title, secondsSince(start),
                barSeconds, static_cast<unsigned long long>(found), first, text);
}

/// tshark on the same frames, and what it takes for one of them beside what we take to open and fold.
void compareWithTshark(const std::filesystem::path &path)
{
    constexpr std::uint64_t most = 2'000'000;
    const auto pcap = path.string() + ".pcap";
    std::uint64_t frames = 0;
    {
        const capture::CaptureReader reader(path);
        frames = bench::writePcap(reader, pcap, most);
    }
    const auto theirs = bench::runTshark(pcap);
    std::filesystem::remove(pcap);
    if (!theirs) {
        std::printf("  tshark                      cannot be run\n");
        return;
    }
    const auto start = Clock::now();
    std::uint64_t folded = 0;
    const capture::CaptureReader reader(path);
    analysis::CaptureFacts facts;
    reader.forEach(1, reader.lastId(), capture::Payloads::ControlOnly, [&](capture::Record &&record) {
        facts.add(record);
        folded += capture::as<capture::FrameRecord>(record) ? 1 : 0;
        return folded < frames;
    });
    const double ours = secondsSince(start);
    std::printf(
        "  tshark, pcap of as many     %.1f s and %.0f MiB for %llu frames (it saw %llu packets of WebSocket)\n",
        theirs->seconds, theirs->memoryMiB, static_cast<unsigned long long>(frames),
        static_cast<unsigned long long>(theirs->frames));
    std::printf("  ours, open and full fold    %.2f s for the same frames: %.1f times as fast (bar 10)\n", ours,
                theirs->seconds / ours);
}

} // namespace

int main(int argc, char **argv)
{
    const Arguments arguments = parse(argc, argv);
    const bool keep = !arguments.file.empty();
    const auto path =
        keep ? arguments.file
             : std::filesystem::temp_directory_path() / ("bench-" + std::to_string(::getpid()) + ".fglass");
    std::printf("Capture: %llu frames over 8 connections, seed 1\n", static_cast<unsigned long long>(arguments.frames));
    if (arguments.seconds > 0)
        measureIngest(path.string() + ".ingest", arguments.seconds);
    if (!keep || !std::filesystem::exists(path))
        make(path, arguments.frames);
    measureFold(path, arguments.frames);
    measureRows(path);
    measureFilter(path, "filter on header fields",
                  "websocket.opcode == close || websocket.payload_length > 1000 && dir == sent", 2);
    measureFilter(path, "substring in payloads", R"(websocket.payload.text contains "zzzz")", 10);
    measureFilter(path, "a member of JSON", R"(json.path("$.seq") == 77)", 60);
    compareWithTshark(path);
    if (!keep)
        removeCapture(path);
    return 0;
}
