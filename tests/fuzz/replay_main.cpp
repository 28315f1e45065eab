// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz_check.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace {
/// libFuzzer's own names: what a long run left. They are many, and many are prefixes of each other.
bool isFromCorpus(const std::string &name)
{
    return name.size() == 40 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}
} // namespace

/// Runs a fuzz target over every file of a folder without libFuzzer, and over every prefix of those that a person
/// named.
int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s SEEDS\n", argv[0]);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(argv[1]))
        if (entry.is_regular_file())
            files.push_back(entry.path());
    std::ranges::sort(files);
    for (const auto &file : files) {
        std::ifstream stream(file, std::ios::binary);
        const std::vector<char> octets{std::istreambuf_iterator<char>(stream), {}};
        std::fprintf(stderr, "%s\n", file.c_str());
        for (std::size_t size = isFromCorpus(file.filename().string()) ? octets.size() : 0; size <= octets.size();
             ++size)
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t *>(octets.data()), size);
    }
    return files.empty() ? 1 : 0;
}
