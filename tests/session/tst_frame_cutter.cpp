// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/frame_cutter.h"
#include "tests/support/raw_socket.h"

#include <gtest/gtest.h>

using namespace frameglass;
using frameglass::test::clientFrame;
using frameglass::test::serverFrame;
using session::FrameCutter;

TEST(FrameCutter, CutsBeforeACloseThatFollowsAnything)
{
    const auto before = clientFrame(0x81, "\x88\x80") + clientFrame(0x89, "") +
                        serverFrame(0x82, std::string(300, '\x88')) + clientFrame(0x02, std::string(70'000, '\x08'));
    const auto close = clientFrame(0x88, "");
    const auto all = before + close + clientFrame(0x81, "x");
    FrameCutter cutter;
    EXPECT_EQ(cutter.next(protocol::viewOf(all)), before.size());
    const auto rest = all.substr(before.size());
    EXPECT_EQ(cutter.next(protocol::viewOf(rest)), rest.size());
}

TEST(FrameCutter, EverySplitFindsTheSamePlace)
{
    const auto before = clientFrame(0x01, "ab") + serverFrame(0x80, std::string(200, 'c'));
    const auto all = before + clientFrame(0x88, "zz");
    for (std::size_t split = 0; split <= all.size(); ++split) {
        FrameCutter cutter;
        std::size_t cut = 0;
        for (auto part : {all.substr(0, split), all.substr(split)}) {
            while (!part.empty()) {
                const auto at = cutter.next(protocol::viewOf(part));
                cut += at < part.size() ? 1 : 0;
                part.erase(0, at);
            }
        }
        // At the split itself the Close already begins a read of its own.
        EXPECT_EQ(cut, split == before.size() ? 0u : 1u) << split;
    }
}
