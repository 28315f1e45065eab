// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/permessage_deflate.h"
#include "fuzz_check.h"

#include <algorithm>

using namespace frameglass::protocol;

// First octet: bits 0-2 the window, bit 3 context takeover, bits 4-7 the size of pieces. The rest is read twice: as
// compressed messages that nobody vouches for, and as texts to compress.
namespace {
constexpr std::uint64_t mostOctets = 20'000;

struct Inflated
{
    Inflater::Result result = Inflater::Result::Good;
    Octets octets;
    friend bool operator==(const Inflated &, const Inflated &) = default;
};

Inflated inflateMessage(Inflater &inflater, OctetView message, std::size_t piece)
{
    Inflated all;
    while (!message.empty() && all.result == Inflater::Result::Good) {
        const auto part = message.first(std::min(piece, message.size()));
        message = message.subspan(part.size());
        all.result = inflater.feed(part, all.octets, mostOctets - all.octets.size());
        fuzzCheck(all.octets.size() <= mostOctets, "never beyond the limit");
    }
    if (all.result == Inflater::Result::Good)
        all.result = inflater.endMessage(all.octets, mostOctets - all.octets.size());
    fuzzCheck(all.octets.size() <= mostOctets, "never beyond the limit");
    fuzzCheck(all.result != Inflater::Result::TooBig || all.octets.size() == mostOctets, "up to the limit");
    fuzzCheck(all.result != Inflater::Result::Corrupt || !inflater.error().empty(), "a fault has words");
    if (all.result != Inflater::Result::Good)
        inflater.reset();
    return all;
}

/// Messages end at each octet 0xA5, so that the input decides.
template<typename Visit>
void forEachMessage(OctetView octets, Visit visit)
{
    while (!octets.empty()) {
        const auto end = std::find(octets.begin(), octets.end(), std::byte{0xA5});
        const auto size = static_cast<std::size_t>(end - octets.begin());
        visit(octets.first(size));
        octets = octets.subspan(std::min(size + 1, octets.size()));
    }
}

void piecesDoNotMatter(DeflateWindow window, OctetView octets, std::size_t piece)
{
    Inflater whole(window);
    Inflater cut(window);
    forEachMessage(octets, [&](OctetView message) {
        const Inflated once = inflateMessage(whole, message, message.size() + 1);
        fuzzCheck(once == inflateMessage(cut, message, piece), "pieces do not matter");
    });
}

void whatIsDeflatedComesBack(DeflateWindow window, OctetView octets, std::size_t piece)
{
    Deflater deflater(window);
    Inflater inflater(window);
    forEachMessage(octets, [&](OctetView message) {
        Octets back;
        for (OctetView rest = message; !rest.empty();) {
            const auto fragment = rest.first(std::min(piece * 7, rest.size()));
            rest = rest.subspan(fragment.size());
            Octets sent;
            fuzzCheck(deflater.append(fragment, false, sent), "there is memory");
            fuzzCheck(inflater.feed(sent, back, message.size() - back.size()) == Inflater::Result::Good, "readable");
            fuzzCheck(back.size() == message.size() - rest.size(), "a fragment is readable without the next");
        }
        Octets last;
        fuzzCheck(deflater.append({}, true, last), "there is memory");
        fuzzCheck(inflater.feed(last, back, 0) == Inflater::Result::Good, "the end brings nothing");
        fuzzCheck(inflater.endMessage(back, 0) == Inflater::Result::Good, "the message ends");
        fuzzCheck(std::ranges::equal(back, message), "the same octets");
    });
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const DeflateWindow window{smallestWindowBits + (data[0] & 7), (data[0] & 8) != 0};
    const std::size_t piece = 1u + (data[0] >> 4);
    const OctetView octets = fuzzInput(data, size).subspan(1);
    piecesDoNotMatter(window, octets, piece);
    whatIsDeflatedComesBack(window, octets, piece);
    return 0;
}
