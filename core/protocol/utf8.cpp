// SPDX-License-Identifier: GPL-3.0-or-later
#include "utf8.h"

#include <array>
#include <bit>
#include <cstring>
#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#define FRAMEGLASS_SSE2 1
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
} // namespace

std::size_t Utf8Validator::feed(OctetView octets)
{
    const auto *at = reinterpret_cast<const std::uint8_t *>(octets.data());
    const std::size_t size = octets.size();
    std::size_t i = 0;
    while (i < size) {
        if (m_state == Boundary && size - i >= 4) {
            const std::size_t good = goodCharacters(at + i, size - i);
            i += good;
            if (good > 0)
                continue;
        }
        const State next = step(m_state, at[i]);
        if (next == Wrong)
            return i;
        m_state = next;
        ++i;
    }
    return size;
}

bool isValidUtf8(OctetView octets)
{
    Utf8Validator validator;
    return validator.feed(octets) == octets.size() && validator.atBoundary();
}

} // namespace frameglass::protocol
