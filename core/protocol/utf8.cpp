// SPDX-License-Identifier: GPL-3.0-or-later
#include "utf8.h"

#include <array>
#include <bit>
#include <cstring>
#if defined(__SSE2__) || defined(_M_X64)
#include <tmmintrin.h>
#define FRAMEGLASS_SSE2 1
#ifdef _MSC_VER
#include <intrin.h>
#define FRAMEGLASS_SSSE3
#else
#define FRAMEGLASS_SSSE3 __attribute__((target("ssse3"))) // beyond what every x86-64 has: asked for at run time
#endif
#endif

namespace frameglass::protocol {

namespace {
/// What the next octet may be. The names say what the octets so far were (RFC 3629 §4, table UTF8-char).
enum State : std::uint8_t {
    Boundary,
    OneMore,   ///< any continuation octet ends the character
    TwoMore,   ///< two continuation octets
    ThreeMore, ///< three continuation octets
    AfterE0,   ///< A0-BF, then one: shorter forms exist below
    AfterED,   ///< 80-9F, then one: above are the surrogates
    AfterF0,   ///< 90-BF, then two: shorter forms exist below
    AfterF4,   ///< 80-8F, then two: above is more than U+10FFFF
    Wrong,
};

struct Expectation
{
    std::uint8_t low;
    std::uint8_t high;
    State next;
};

constexpr std::array<Expectation, 8> expectations = {{
    {0x00, 0x7F, Boundary},
    {0x80, 0xBF, Boundary},
    {0x80, 0xBF, OneMore},
    {0x80, 0xBF, TwoMore},
    {0xA0, 0xBF, OneMore},
    {0x80, 0x9F, OneMore},
    {0x90, 0xBF, TwoMore},
    {0x80, 0x8F, TwoMore},
}};

constexpr State afterLead(std::uint8_t octet)
{
    if (octet < 0x80)
        return Boundary;
    if (octet < 0xC2)
        return Wrong;
    if (octet < 0xE0)
        return OneMore;
    if (octet < 0xF0)
        return octet == 0xE0 ? AfterE0 : octet == 0xED ? AfterED : TwoMore;
    if (octet > 0xF4)
        return Wrong;
    return octet == 0xF0 ? AfterF0 : octet == 0xF4 ? AfterF4 : ThreeMore;
}

State step(std::uint8_t state, std::uint8_t octet)
{
    if (state == Boundary)
        return afterLead(octet);
    const Expectation &expected = expectations[state];
    return octet >= expected.low && octet <= expected.high ? expected.next : Wrong;
}

/// How many octets from the start are below 0x80, counted in whole blocks and then to the octet.
std::size_t asciiRun(const std::uint8_t *at, std::size_t size)
{
    std::size_t i = 0;
#ifdef FRAMEGLASS_SSE2
    for (; size - i >= 64; i += 64) {
        const auto *block = reinterpret_cast<const __m128i *>(at + i);
        const __m128i low = _mm_or_si128(_mm_loadu_si128(block), _mm_loadu_si128(block + 1));
        const __m128i high = _mm_or_si128(_mm_loadu_si128(block + 2), _mm_loadu_si128(block + 3));
        if (_mm_movemask_epi8(_mm_or_si128(low, high)) != 0)
            break;
    }
    for (; size - i >= 16; i += 16) {
        const int high = _mm_movemask_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i *>(at + i)));
        if (high != 0)
            return i + static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(high)));
    }
#endif
    for (; size - i >= 8; i += 8) {
        std::uint64_t word;
        std::memcpy(&word, at + i, sizeof word);
        if ((word & 0x8080808080808080u) != 0)
            break;
    }
    while (i < size && at[i] < 0x80)
        ++i;
    return i;
}

bool isContinuation(std::uint8_t octet)
{
    return (octet & 0xC0) == 0x80;
}

/// Whole characters from a boundary on, as long as four octets are there to look at. Stops in front of anything that
/// is not a good character and leaves the judgement of its octets to the automaton.
std::size_t goodCharacters(const std::uint8_t *at, std::size_t size)
{
    std::size_t i = 0;
    while (size - i >= 4) {
        const std::uint8_t lead = at[i];
        if (lead < 0x80) {
            i += size - i >= 16 && at[i + 1] < 0x80 ? asciiRun(at + i, size - i) : 1;
        } else if (lead >= 0xE0 && lead < 0xF0) {
            const unsigned value = (lead & 0x0Fu) << 12 | (at[i + 1] & 0x3Fu) << 6;
            if (!isContinuation(at[i + 1]) || !isContinuation(at[i + 2]) || value < 0x800 || (value & 0xF800) == 0xD800)
                return i;
            i += 3;
        } else if (lead >= 0xF0) {
            const unsigned start = (lead & 0x0Fu) << 18 | (at[i + 1] & 0x3Fu) << 12;
            if (!isContinuation(at[i + 1]) || !isContinuation(at[i + 2]) || !isContinuation(at[i + 3]) ||
                start < 0x10000 || start > 0x10FFFF)
                return i;
            i += 4;
        } else {
            if (lead < 0xC2 || !isContinuation(at[i + 1]))
                return i;
            i += 2;
        }
    }
    return i;
}

#ifdef FRAMEGLASS_SSE2
// What two octets in a row can have wrong, after J. Keiser, D. Lemire, "Validating UTF-8 in less than one instruction
// per byte" (2020): each mistake is a set of high halves and of low halves of the first octet and of high halves of
// the second, so that three look-ups of sixteen entries and two ANDs find all mistakes of sixteen pairs at once. Bit n
// of a set stands for the half n.
struct PairMistake
{
    std::uint16_t firstHigh;
    std::uint16_t firstLow;
    std::uint16_t secondHigh;
};

constexpr std::uint16_t anyHalf = 0xFFFF;
constexpr std::uint16_t continuationHigh = 0x0F00;
constexpr std::uint16_t leadHigh = 0xF000;
constexpr std::array<PairMistake, 8> pairMistakes = {{
    {leadHigh, anyHalf, 0xF0FF},                   // a lead without a continuation
    {0x00FF, anyHalf, continuationHigh},           // a continuation after ASCII
    {1 << 0xC, 0x0003, continuationHigh},          // C0, C1: one octet is enough
    {1 << 0xE, 1 << 0x0, 0x0300},                  // E0 80-9F: two are enough
    {1 << 0xE, 1 << 0xD, 0x0C00},                  // ED A0-BF: surrogates
    {1 << 0xF, 0xFFE1, 0x0100},                    // F0 80-8F: three are enough; F5-FF: no lead
    {1 << 0xF, 0xFFF0, 0x0E00},                    // F4 90-BF: above U+10FFFF; F5-FF: no lead
    {continuationHigh, anyHalf, continuationHigh}, // right in the third and fourth octet of a character only
}};

using HalfTable = std::array<std::uint8_t, 16>;

constexpr HalfTable tableOf(std::uint16_t PairMistake::*set)
{
    HalfTable table{};
    for (std::size_t half = 0; half < table.size(); ++half) {
        for (std::size_t bit = 0; bit < pairMistakes.size(); ++bit) {
            if ((pairMistakes[bit].*set >> half & 1) != 0)
                table[half] = static_cast<std::uint8_t>(table[half] | 1u << bit);
        }
    }
    return table;
}

constexpr HalfTable byFirstHigh = tableOf(&PairMistake::firstHigh);
constexpr HalfTable byFirstLow = tableOf(&PairMistake::firstLow);
constexpr HalfTable bySecondHigh = tableOf(&PairMistake::secondHigh);

constexpr std::size_t blockOctets = sizeof(__m128i);

__m128i blockAt(const void *at)
{
    return _mm_loadu_si128(static_cast<const __m128i *>(at));
}

/// Not zero where `block`, whose octets follow `previous`, has a mistake that its own octets show.
FRAMEGLASS_SSSE3 __m128i mistakesIn(__m128i block, __m128i previous)
{
    const __m128i low = _mm_set1_epi8(0x0F);
    const __m128i before = _mm_alignr_epi8(block, previous, 15);
    const __m128i firstHigh = _mm_and_si128(_mm_srli_epi16(before, 4), low);
    const __m128i secondHigh = _mm_and_si128(_mm_srli_epi16(block, 4), low);
    const __m128i pairs =
        _mm_and_si128(_mm_and_si128(_mm_shuffle_epi8(blockAt(byFirstHigh.data()), firstHigh),
                                    _mm_shuffle_epi8(blockAt(byFirstLow.data()), _mm_and_si128(before, low))),
                      _mm_shuffle_epi8(blockAt(bySecondHigh.data()), secondHigh));
    // The top bit is set two octets after E0-FF and three after F0-FF: there a second continuation is due.
    const __m128i third = _mm_subs_epu8(_mm_alignr_epi8(block, previous, 14), _mm_set1_epi8(0xE0 - 0x80));
    const __m128i fourth = _mm_subs_epu8(_mm_alignr_epi8(block, previous, 13), _mm_set1_epi8(0xF0 - 0x80));
    const __m128i due = _mm_and_si128(_mm_or_si128(third, fourth), _mm_set1_epi8(static_cast<char>(0x80)));
    return _mm_xor_si128(pairs, due);
}

bool isZero(__m128i value)
{
    return _mm_movemask_epi8(_mm_cmpeq_epi8(value, _mm_setzero_si128())) == 0xFFFF;
}

/// The last boundary between characters at or before `end`, where the octets before `end` have no mistake.
std::size_t boundaryBefore(const std::uint8_t *at, std::size_t end)
{
    for (std::size_t back = 1; back <= 3 && back <= end; ++back) {
        if (!isContinuation(at[end - back]))
            return end - back;
    }
    return end;
}

/// As goodCharacters(), sixteen octets at a time; may stop up to four blocks before the octet that is wrong.
FRAMEGLASS_SSSE3 std::size_t goodBlocks(const std::uint8_t *at, std::size_t size)
{
    __m128i previous = _mm_setzero_si128();
    std::size_t i = 0;
    for (; size - i >= 4 * blockOctets; i += 4 * blockOctets) {
        const __m128i first = blockAt(at + i);
        const __m128i second = blockAt(at + i + blockOctets);
        const __m128i third = blockAt(at + i + 2 * blockOctets);
        const __m128i fourth = blockAt(at + i + 3 * blockOctets);
        const __m128i all = _mm_or_si128(_mm_or_si128(first, second), _mm_or_si128(third, fourth));
        if (_mm_movemask_epi8(_mm_or_si128(all, previous)) != 0) {
            const __m128i early = _mm_or_si128(mistakesIn(first, previous), mistakesIn(second, first));
            const __m128i late = _mm_or_si128(mistakesIn(third, second), mistakesIn(fourth, third));
            if (!isZero(_mm_or_si128(early, late)))
                return boundaryBefore(at, i);
        }
        previous = fourth;
    }
    for (; size - i >= blockOctets; i += blockOctets) {
        const __m128i block = blockAt(at + i);
        if (!isZero(mistakesIn(block, previous)))
            break;
        previous = block;
    }
    return boundaryBefore(at, i);
}

bool hasSsse3()
{
#ifdef _MSC_VER
    int registers[4];
    __cpuid(registers, 1);
    return (registers[2] >> 9 & 1) != 0;
#else
    return __builtin_cpu_supports("ssse3") != 0;
#endif
}
#endif

/// As goodCharacters(), by the fastest means of this machine; leaves a few octets over.
std::size_t goodStart(const std::uint8_t *at, std::size_t size)
{
#ifdef FRAMEGLASS_SSE2
    static const bool byBlocks = hasSsse3();
    if (byBlocks && size >= 2 * blockOctets)
        return goodBlocks(at, size);
#endif
    return goodCharacters(at, size);
}
} // namespace

std::size_t Utf8Validator::feedAny(OctetView octets)
{
    const auto *at = reinterpret_cast<const std::uint8_t *>(octets.data());
    const std::size_t size = octets.size();
    std::size_t i = 0;
    const auto takeOne = [&] {
        const State next = step(m_state, at[i]);
        if (next == Wrong)
            return false;
        m_state = next;
        ++i;
        return true;
    };
    while (i < size && m_state != Boundary) { // what the last octets began
        if (!takeOne())
            return i;
    }
    i += goodStart(at + i, size - i);
    while (i < size) {
        if (m_state == Boundary && size - i >= 4) {
            const std::size_t good = goodCharacters(at + i, size - i);
            i += good;
            if (good > 0)
                continue;
        }
        if (!takeOne())
            return i;
    }
    return size;
}

} // namespace frameglass::protocol
