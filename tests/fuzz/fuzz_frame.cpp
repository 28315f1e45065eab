// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/frame.h"
#include "core/protocol/utf8.h"
#include "fuzz_check.h"

#include <algorithm>

using namespace frameglass::protocol;

namespace {
void headerRoundTrip(OctetView input)
{
    const auto parsed = parseFrameHeader(input);
    if (!parsed) {
        fuzzCheck(input.size() < maximumHeaderOctets, "fourteen octets hold every header");
        return;
    }
    Octets again;
    appendFrameHeader(again, parsed->header);
    fuzzCheck(again.size() == parsed->octets && parsed->header.headerOctets() == parsed->octets, "header size");
    fuzzCheck(std::ranges::equal(again, input.first(parsed->octets)), "header round trip");
    for (std::size_t size = 0; size < parsed->octets; ++size)
        fuzzCheck(!parseFrameHeader(input.first(size)), "no header from a part of one");
}

void maskAgreesWithDefinition(OctetView input)
{
    if (input.size() < 5)
        return;
    MaskKey key;
    std::copy_n(input.begin(), key.size(), key.begin());
    const auto position = std::to_integer<std::uint64_t>(input[4]);
    const OctetView payload = input.subspan(5);
    Octets expected = copyOf(payload);
    for (std::size_t i = 0; i < expected.size(); ++i)
        expected[i] ^= key[(position + i) % 4];
    Octets inPlace = copyOf(payload);
    applyMask(inPlace, key, position);
    Octets copied(payload.size());
    copyMasked(copied, payload, key, position);
    fuzzCheck(inPlace == expected && copied == expected, "masking");
}

// RFC 3629 §4 read as a function of the octets so far: the index of the first impossible one.
std::size_t firstImpossible(OctetView text)
{
    std::size_t need = 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto octet = std::to_integer<unsigned>(text[i]);
        if (need > 0) {
            if (octet < low || octet > high)
                return i;
            --need;
            low = 0x80;
            high = 0xBF;
            continue;
        }
        if (octet < 0x80)
            continue;
        if (octet < 0xC2 || octet > 0xF4)
            return i;
        need = octet < 0xE0 ? 1 : octet < 0xF0 ? 2 : 3;
        low = octet == 0xE0 ? 0xA0 : octet == 0xF0 ? 0x90 : 0x80;
        high = octet == 0xED ? 0x9F : octet == 0xF4 ? 0x8F : 0xBF;
    }
    return text.size();
}

void utf8AgreesWithDefinition(OctetView input)
{
    const std::size_t expected = firstImpossible(input);
    Utf8Validator whole;
    fuzzCheck(whole.feed(input) == expected, "first impossible octet");
    const std::size_t cut = input.empty() ? 0 : std::to_integer<std::size_t>(input[0]) % (input.size() + 1);
    Utf8Validator parts;
    std::size_t good = parts.feed(input.first(cut));
    if (good == cut)
        good += parts.feed(input.subspan(cut));
    fuzzCheck(good == expected, "first impossible octet over two parts");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const OctetView input = fuzzInput(data, size);
    headerRoundTrip(input);
    maskAgreesWithDefinition(input);
    utf8AgreesWithDefinition(input);
    return 0;
}
