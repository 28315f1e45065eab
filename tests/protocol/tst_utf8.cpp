// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.h"
#include "tests/vectors/utf8.h"

#include <gtest/gtest.h>

#include <random>

namespace frameglass::protocol {

namespace {
void appendCharacter(Octets &to, unsigned value)
{
    const auto add = [&](unsigned octet) { to.push_back(static_cast<std::byte>(octet)); };
    if (value < 0x80) {
        add(value);
    } else if (value < 0x800) {
        add(0xC0 | value >> 6);
        add(0x80 | (value & 0x3F));
    } else if (value < 0x10000) {
        add(0xE0 | value >> 12);
        add(0x80 | (value >> 6 & 0x3F));
        add(0x80 | (value & 0x3F));
    } else {
        add(0xF0 | value >> 18);
        add(0x80 | (value >> 12 & 0x3F));
        add(0x80 | (value >> 6 & 0x3F));
        add(0x80 | (value & 0x3F));
    }
}

/// How many octets the validator takes one by one: no wide path is ever entered.
std::size_t goodOneByOne(OctetView octets, Utf8Validator &validator)
{
    std::size_t good = 0;
    while (good < octets.size() && validator.feed(octets.subspan(good, 1)) == 1)
        ++good;
    return good;
}

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
        appendCharacter(octets, c);
        const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        ASSERT_EQ(isValidUtf8(octets), !surrogate && c <= 0x10FFFF) << std::hex << c;
    }
}

// Whatever is damaged, the wide paths stop at the octet at which the octets one by one stop.
TEST(Utf8, WidePathsAgreeWithSingleOctets)
{
    std::mt19937 random(7);
    const unsigned spans[][2] = {{0x20, 0x5F}, {0x80, 0x780}, {0x800, 0xD000}, {0x10000, 0x100000}};
    constexpr std::uint8_t suspects[] = {0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xE0, 0xED, 0xF0, 0xF4, 0xFF};
    for (int round = 0; round < 20'000; ++round) {
        Octets octets;
        const bool plain = round % 4 == 0;
        for (const std::size_t size = random() % 180; octets.size() < size;) {
            const auto &[first, count] = spans[plain ? 0 : random() % std::size(spans)];
            appendCharacter(octets, first + random() % count);
        }
        for (std::size_t damaged = random() % 3; damaged > 0 && !octets.empty(); --damaged)
            octets[random() % octets.size()] = std::byte{suspects[random() % std::size(suspects)]};
        octets.resize(octets.size() - (octets.empty() ? 0 : random() % 2)); // perhaps inside a character

        Utf8Validator single;
        Utf8Validator wide;
        const std::size_t good = goodOneByOne(octets, single);
        ASSERT_EQ(wide.feed(octets), good) << toHex(octets);
        if (good == octets.size()) {
            ASSERT_EQ(wide.atBoundary(), single.atBoundary()) << toHex(octets);
        }
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
