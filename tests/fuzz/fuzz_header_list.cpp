// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/handshake.h"
#include "fuzz_check.h"

#include <algorithm>
#include <array>

using namespace frameglass::protocol;

namespace {
// Whatever stands in a field, the head has one line for each field and nothing after its empty line.
void nothingIsInjected(std::string_view text)
{
    HandshakeRequest request;
    request.host = text;
    request.target = text;
    request.key = text;
    request.subprotocols = {std::string(text)};
    request.extraFields = {{std::string(text), "x"}, {"X-Mine", std::string(text)}, {"Origin", std::string(text)}};
    const Octets octets = formatRequest(request);
    Limits limits;
    limits.headOctets = octets.size();
    HttpHeadReader reader(HeadKind::Request, limits);
    fuzzCheck(reader.feed(octets) == octets.size() && reader.done(), "one head and nothing after it");
    const HttpHead head = reader.take();
    const std::size_t named = isToken(text) ? 1 : 0;
    const bool replaces =
        named == 1 &&
        std::ranges::any_of(std::array<std::string_view, 6>{"Host", "Upgrade", "Connection", "Sec-WebSocket-Key",
                                                            "Sec-WebSocket-Version", "Sec-WebSocket-Protocol"},
                            [&](std::string_view name) { return equalsIgnoringCase(name, text); });
    fuzzCheck(head.fields.size() == 8 + (replaces ? 0 : named), "one line for each field");
    fuzzCheck(!head.has(HeadOddity::StartLineMalformed), "the start line stays whole");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text = textOf(fuzzInput(data, size));
    const auto extensions = parseExtensions(text);
    fuzzCheck(extensions.errorOffset || !extensions.items.empty(), "an empty list is an error");
    fuzzCheck(!extensions.errorOffset || *extensions.errorOffset <= text.size(), "error inside the text");
    if (!extensions.items.empty()) {
        const auto again = parseExtensions(formatExtensions(extensions.items));
        fuzzCheck(!again.errorOffset && again.items == extensions.items, "extensions round trip");
    }
    const auto tokens = parseTokenList(text);
    fuzzCheck(std::ranges::all_of(tokens.items, isToken), "only tokens");
    fuzzCheck(!tokens.errorOffset || *tokens.errorOffset <= text.size(), "error inside the text");
    nothingIsInjected(text);
    return 0;
}
