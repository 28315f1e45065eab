// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/octets.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

/// What a fuzz target asserts stays on in every build.
inline void fuzzCheck(bool holds, const char *what)
{
    if (holds)
        return;
    std::fprintf(stderr, "fuzz: %s\n", what);
    std::abort();
}

inline frameglass::protocol::OctetView fuzzInput(const std::uint8_t *data, std::size_t size)
{
    return std::as_bytes(std::span(data, size));
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);
