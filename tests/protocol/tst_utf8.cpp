// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.h"
#include "tests/vectors/utf8.h"

#include <gtest/gtest.h>

namespace frameglass::protocol {

namespace {
void expectRow(const vectors::Utf8Row &row, const Octets &octets, std::size_t before)
{
    const std::size_t expected = row.bad < 0 ? octets.size() : before + static_cast<std::size_t>(row.bad);
    for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
        Utf8Validator validator;
        std::size_t good = validator.feed(OctetView(octets).first(cut));
        if (good == cut)
            good += validator.feed(OctetView(octets).subspan(cut));
        ASSERT_EQ(good, expected) << row.name << " cut at " << cut;
        if (row.bad < 0) {
            ASSERT_EQ(validator.atBoundary(), row.complete) << row.name << " cut at " << cut;
        }
    }
}
} // namespace

TEST(Utf8, VectorsAtEverySplitPoint)
{
    for (const auto &row : vectors::utf8Rows) {
        expectRow(row, fromHex(row.hex), 0);
        EXPECT_EQ(isValidUtf8(fromHex(row.hex)), row.bad < 0 && row.complete) << row.name;
    }
}

// The same in the middle of text that takes the wide paths.
TEST(Utf8, VectorsInsideLongText)
{
    const std::string_view around[] = {
        "plain text of more than sixty-four octets, so that whole blocks are read at once, yes",
        "\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\xE6\x96\x87\xF0\x9F\x98\x80\xC3\xA9"};
    for (const std::string_view text : around) {
        for (const auto &row : vectors::utf8Rows) {
            expectRow(row, octetsOf(text) + fromHex(row.hex), text.size());
            if (row.bad >= 0 || row.complete) {
                expectRow(row, octetsOf(text) + fromHex(row.hex) + (row.bad < 0 ? octetsOf(text) : Octets(40)),
                          text.size());
            }
        }
    }
}

TEST(Utf8, EveryCodePointAndEverySurrogate)
{
    for (unsigned c = 0; c <= 0x110000; ++c) {
        Octets octets;
        const auto add = [&](unsigned value) { octets.push_back(static_cast<std::byte>(value)); };
        if (c < 0x80) {
            add(c);
        } else if (c < 0x800) {
            add(0xC0 | c >> 6);
            add(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            add(0xE0 | c >> 12);
            add(0x80 | (c >> 6 & 0x3F));
            add(0x80 | (c & 0x3F));
        } else {
            add(0xF0 | c >> 18);
            add(0x80 | (c >> 12 & 0x3F));
            add(0x80 | (c >> 6 & 0x3F));
            add(0x80 | (c & 0x3F));
        }
        const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        ASSERT_EQ(isValidUtf8(octets), !surrogate && c <= 0x10FFFF) << std::hex << c;
    }
}

TEST(Utf8, ResetForgetsTheCharacter)
{
    Utf8Validator validator;
    EXPECT_EQ(validator.feed(fromHex("e2")), 1u);
    EXPECT_FALSE(validator.atBoundary());
    validator.reset();
    EXPECT_TRUE(validator.atBoundary());
    EXPECT_EQ(validator.feed(fromHex("41")), 1u);
}

} // namespace frameglass::protocol
