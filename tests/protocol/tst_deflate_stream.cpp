// SPDX-License-Identifier: GPL-3.0-or-later
// The two zlib streams by themselves: the RFC's octets, every split, small windows, hostile input.
#include "support.h"
#include "tests/vectors/rfc7692.h"

#include <gtest/gtest.h>

#include <random>

namespace frameglass::protocol {

namespace {
using Result = Inflater::Result;
constexpr std::uint64_t plenty = 1 << 20;

/// What `compressed` inflates to, fed in pieces of `piece` octets; nothing when it does not.
std::optional<Octets> inflated(Inflater &inflater, OctetView compressed, std::size_t piece, std::uint64_t most = plenty)
{
    Octets to;
    for (OctetView rest = compressed; !rest.empty(); rest = rest.subspan(std::min(piece, rest.size())))
        if (inflater.feed(rest.first(std::min(piece, rest.size())), to, most - to.size()) != Result::Good)
            return std::nullopt;
    if (inflater.endMessage(to, most - to.size()) != Result::Good)
        return std::nullopt;
    return to;
}

Octets deflated(Deflater &deflater, std::initializer_list<std::string_view> fragments)
{
    Octets to;
    std::size_t left = fragments.size();
    for (const std::string_view fragment : fragments)
        EXPECT_TRUE(deflater.append(viewOf(fragment), --left == 0, to));
    return to;
}

/// Text that repeats itself at all distances up to a few thousand octets.
std::string repetitive(std::uint32_t seed, std::size_t size)
{
    std::mt19937 random(seed);
    std::string text;
    while (text.size() < size) {
        const std::size_t back = text.empty() ? 0 : random() % std::min<std::size_t>(text.size(), 4000);
        if (back > 20)
            text += text.substr(text.size() - back, random() % 60);
        else
            text += static_cast<char>('a' + random() % 26);
    }
    return text.substr(0, size);
}
} // namespace

TEST(DeflateStream, InflatesTheExamplesOfTheRfc)
{
    for (const auto &row : vectors::rfc7692) {
        SCOPED_TRACE(row.name);
        const Octets octets = fromHex(row.hex);
        for (std::size_t piece = 1; piece <= octets.size(); ++piece) {
            Inflater inflater(DeflateWindow{});
            const auto result = inflated(inflater, octets, piece);
            ASSERT_TRUE(result) << inflater.error();
            EXPECT_EQ(textOf(*result), row.meant);
        }
    }
}

TEST(DeflateStream, DeflatesAsTheRfcDoes)
{
    Deflater deflater(DeflateWindow{});
    EXPECT_EQ(toHex(deflated(deflater, {"Hello"})), "f248cdc9c90700");
    EXPECT_EQ(toHex(deflated(deflater, {"Hello"})), vectors::rfc7692SecondHello);
    Deflater forgetful(DeflateWindow{15, false});
    EXPECT_EQ(toHex(deflated(forgetful, {"Hello"})), "f248cdc9c90700");
    EXPECT_EQ(toHex(deflated(forgetful, {"Hello"})), "f248cdc9c90700");
}

TEST(DeflateStream, AMessageMayReferToTheOneBeforeOnlyWithContext)
{
    for (const bool keeps : {true, false}) {
        Inflater inflater(DeflateWindow{15, keeps});
        ASSERT_TRUE(inflated(inflater, fromHex("f248cdc9c90700"), 3));
        EXPECT_EQ(inflated(inflater, fromHex(vectors::rfc7692SecondHello), 3).has_value(), keeps);
        EXPECT_EQ(inflater.error(), keeps ? "" : "invalid distance too far back");
    }
}

TEST(DeflateStream, ContextSurvivesAFinalBlock)
{
    Inflater inflater(DeflateWindow{});
    for (const auto &final : {"f348cdc9c9070000", "f348cdc9c90700"}) { // with and without the octet for the tail
        ASSERT_TRUE(inflated(inflater, fromHex(final), 1));
        const auto second = inflated(inflater, fromHex(vectors::rfc7692SecondHello), 1);
        ASSERT_TRUE(second) << inflater.error();
        EXPECT_EQ(textOf(*second), "Hello");
    }
}

TEST(DeflateStream, EachFragmentCanBeReadAlone)
{
    Deflater deflater(DeflateWindow{});
    Inflater inflater(DeflateWindow{});
    Octets meant;
    for (const std::string_view fragment : {"Hel", "", "lo", ""}) {
        Octets sent;
        ASSERT_TRUE(deflater.append(viewOf(fragment), false, sent));
        ASSERT_EQ(inflater.feed(sent, meant, plenty), Result::Good);
    }
    EXPECT_EQ(textOf(meant), "Hello");
    Octets last;
    ASSERT_TRUE(deflater.append({}, true, last));
    EXPECT_EQ(toHex(last), "00"); // RFC 7692 §7.2.3.6
    ASSERT_EQ(inflater.feed(last, meant, plenty), Result::Good);
    EXPECT_EQ(inflater.endMessage(meant, plenty), Result::Good);
    EXPECT_EQ(textOf(meant), "Hello");
}

TEST(DeflateStream, EveryWindowRoundTripsAndIsKept)
{
    for (int bits = smallestWindowBits; bits <= largestWindowBits; ++bits) {
        SCOPED_TRACE(bits);
        Deflater deflater(DeflateWindow{bits, true});
        // The judge is zlib itself with just that window; fed octet by octet, it holds nothing but the window.
        Inflater judge(DeflateWindow{bits, true});
        for (std::uint32_t seed = 0; seed < 12; ++seed) {
            const std::string text = repetitive(seed, 1 + seed * 997);
            Octets sent;
            ASSERT_TRUE(deflater.append(viewOf(text), true, sent));
            const auto result = inflated(judge, sent, 1);
            ASSERT_TRUE(result) << judge.error();
            EXPECT_EQ(textOf(*result), text);
        }
    }
}

// zlib's window-8 problem: with a window of 512 octets it must never look back further than the 256 of the agreement.
TEST(DeflateStream, AWindowOf256OctetsIsNeverLeft)
{
    Deflater deflater(DeflateWindow{8, true});
    std::mt19937 random(7);
    for (int distance = 240; distance <= 300; ++distance) {
        std::string block;
        for (int i = 0; i < distance; ++i)
            block += static_cast<char>(random() & 0xFF);
        Octets sent;
        ASSERT_TRUE(deflater.append(viewOf(block + block + block), true, sent));
        // Were a reference longer than 256 octets used, three equal blocks would take little more than one.
        if (distance > 256) {
            EXPECT_GT(sent.size(), block.size() * 5 / 2) << distance;
        } else if (distance < 250) {
            EXPECT_LT(sent.size(), block.size() * 2) << distance;
        }
    }
}

TEST(DeflateStream, StopsAtTheLimitToTheOctet)
{
    const std::string zeros(1 << 20, '\0');
    Deflater deflater(DeflateWindow{});
    const Octets bomb = deflated(deflater, {zeros});
    ASSERT_LT(bomb.size(), 2000u);
    for (const std::uint64_t most : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{65'536}, plenty - 1}) {
        Inflater inflater(DeflateWindow{});
        Octets to;
        Result result = inflater.feed(bomb, to, most);
        if (result == Result::Good)
            result = inflater.endMessage(to, most - to.size());
        EXPECT_EQ(result, Result::TooBig) << most;
        EXPECT_EQ(to.size(), most);
        EXPECT_LE(to.capacity(), most + (1 << 20));
    }
    Inflater inflater(DeflateWindow{});
    const auto whole = inflated(inflater, bomb, bomb.size(), plenty);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->size(), plenty);
}

TEST(DeflateStream, SaysWhatIsWrong)
{
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"07", "invalid block type"},
        {"000500ffff48656c6c6f00", "invalid stored block lengths"},
        {"f248cdc9", "the message ends inside a block"},
        {"0005", "invalid stored block lengths"},
    };
    for (const auto &[hex, words] : rows) {
        Inflater inflater(DeflateWindow{});
        EXPECT_FALSE(inflated(inflater, fromHex(hex), 1)) << hex;
        EXPECT_EQ(inflater.error(), words) << hex;
        inflater.reset();
        EXPECT_TRUE(inflated(inflater, fromHex("f248cdc9c90700"), 1)) << "usable again after " << hex;
    }
}

// Each of these blocks ends the stream for zlib: going on must not cost a window each time.
TEST(DeflateStream, ManyFinalBlocksAreJustLong)
{
    Octets message;
    for (int i = 0; i < 200'000; ++i)
        append(message, fromHex("0300"));
    Inflater inflater(DeflateWindow{});
    const auto result = inflated(inflater, message, 4096);
    ASSERT_TRUE(result) << inflater.error();
    EXPECT_TRUE(result->empty());
}

TEST(DeflateStream, IncompressibleOctetsGrowLittle)
{
    std::mt19937 random(1);
    std::string noise(100'000, '\0');
    for (char &c : noise)
        c = static_cast<char>(random());
    Deflater deflater(DeflateWindow{});
    Inflater inflater(DeflateWindow{});
    const Octets sent = deflated(deflater, {noise});
    EXPECT_LT(sent.size(), noise.size() + 64);
    EXPECT_EQ(textOf(inflated(inflater, sent, sent.size()).value()), noise);
}

} // namespace frameglass::protocol
