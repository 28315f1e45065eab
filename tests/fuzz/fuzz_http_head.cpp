// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/body_extent.h"
#include "core/protocol/handshake.h"
#include "fuzz_check.h"

#include <algorithm>

using namespace frameglass::protocol;

namespace {
struct Reading
{
    std::size_t taken = 0;
    bool done = false;
    std::optional<Violation> failed;
    Octets octets;
    friend bool operator==(const Reading &, const Reading &) = default;
};

Limits smallLimits()
{
    Limits limits;
    limits.headOctets = 2000;
    limits.headLines = 20;
    return limits;
}

Reading readIn(HeadKind kind, OctetView input, std::size_t step)
{
    HttpHeadReader reader(kind, smallLimits());
    Reading result;
    for (std::size_t at = 0; at < input.size() && !reader.done() && !reader.failed(); at += step)
        result.taken += reader.feed(input.subspan(at, std::min(step, input.size() - at)));
    result.done = reader.done();
    result.failed = reader.failed();
    result.octets = reader.octets();
    fuzzCheck(result.octets.size() <= smallLimits().headOctets, "limit before storing");
    return result;
}

void headAgreesWithItsOctets(const HttpHead &head)
{
    for (const OddityAt &odd : head.oddities)
        fuzzCheck(odd.offset <= head.raw.size() && odd.length <= head.raw.size() - odd.offset,
                  "oddity inside the head");
    std::size_t from = 0;
    for (const HeaderField &field : head.fields) {
        fuzzCheck(field.offset >= from && field.length > 0, "fields in order");
        from = field.offset + field.length;
        fuzzCheck(from <= head.raw.size(), "field inside the head");
        fuzzCheck(field.valueOffset >= field.offset && field.valueOffset + field.valueLength <= from, "value inside");
        fuzzCheck(field.value.size() <= field.valueLength, "folding never lengthens");
        fuzzCheck(field.value.find('\n') == std::string::npos, "a value is one line");
    }
}

/// How many octets belong to the body when they come `step` at a time, and whether it ended.
std::pair<std::size_t, bool> bodyIn(const HttpHead &response, OctetView octets, std::size_t step)
{
    BodyExtent body(response);
    std::size_t taken = 0;
    while (!body.ended() && taken < octets.size()) {
        const OctetView next = octets.subspan(taken, std::min(step, octets.size() - taken));
        const std::size_t mine = body.feed(next);
        taken += mine;
        fuzzCheck(mine == next.size() || body.ended(), "a body takes all until its end");
    }
    return {taken, body.ended()};
}

void bodyEndsWhateverTheReads(const HttpHead &response, OctetView rest)
{
    const auto whole = bodyIn(response, rest, std::max<std::size_t>(rest.size(), 1));
    fuzzCheck(whole == bodyIn(response, rest, 1) && whole == bodyIn(response, rest, 5), "the end of the body");
}

// The catalogue's faults stand inside the head, and a request is taken only when it has what §4.2.1 asks for.
void faultsAgreeWithTheHead(const HttpHead &head)
{
    const bool request = head.kind == HeadKind::Request;
    const auto faults = request ? judgeRequest(head) : judgeResponse(head);
    for (const HandshakeFault &fault : faults)
        fuzzCheck(fault.offset <= head.raw.size(), "fault inside the head");
    if (!request || !faults.empty())
        return;
    fuzzCheck(head.method == "GET" && head.versionMajor == 1 && head.versionMinor >= 1, "GET, HTTP/1.1");
    fuzzCheck(head.count("Host") == 1 && head.count("Sec-WebSocket-Key") == 1, "Host and key, each once");
    fuzzCheck(head.hasToken("Upgrade", "websocket") && head.hasToken("Connection", "upgrade"), "both tokens");
    fuzzCheck(head.joined("Sec-WebSocket-Version") == supportedVersion, "version 13");
}

void refusalSaysWhatWasSeen(const HttpHead &request)
{
    const auto faults = judgeRequest(request);
    if (faults.empty() || request.method == "HEAD")
        return;
    const auto report = parseRefusalBody(refusalFor(request, faults).body);
    fuzzCheck(report.has_value(), "refusal can be read");
    fuzzCheck(report->keyPresent == (request.find("Sec-WebSocket-Key") != nullptr), "refusal: key");
    fuzzCheck(report->method == request.method.substr(0, 200), "refusal: method");
    fuzzCheck(report->origin.has_value() == (request.find("Origin") != nullptr), "refusal: origin");
    if (report->upgrade)
        fuzzCheck(*report->upgrade == request.joined("Upgrade").substr(0, 200), "refusal: Upgrade");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const OctetView input = fuzzInput(data, size);
    for (const HeadKind kind : {HeadKind::Request, HeadKind::Response}) {
        const Reading whole = readIn(kind, input, std::max<std::size_t>(size, 1));
        fuzzCheck(whole == readIn(kind, input, 1), "cuts do not matter");
        fuzzCheck(whole == readIn(kind, input, 7), "cuts do not matter");
        const HttpHead head = parseHead(kind, whole.octets);
        fuzzCheck(head.raw == whole.octets, "octets are kept");
        headAgreesWithItsOctets(head);
        faultsAgreeWithTheHead(head);
        if (kind == HeadKind::Request)
            refusalSaysWhatWasSeen(head);
        else
            bodyEndsWhateverTheReads(head, input.subspan(whole.done ? whole.taken : 0));
    }
    return 0;
}
