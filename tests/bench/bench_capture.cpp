// SPDX-License-Identifier: GPL-3.0-or-later
// A capture of ten million frames: writing it, folding it, finding rows in it. `--frames N` makes it smaller,
// `--seconds S` shortens the writing test, `--file PATH` keeps the capture and uses it again.
#include "bench_figures.h"
#include "capture_load.h"

#include "core/analysis/connection_facts.h"
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
    if (!keep)
        removeCapture(path);
    return 0;
}
