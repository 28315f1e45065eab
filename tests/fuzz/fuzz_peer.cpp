// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz_check.h"
#include "tests/protocol/support.h"
#include "tests/vectors/rfc6455.h"

#include <algorithm>

using namespace frameglass::protocol;
namespace vectors = frameglass::vectors;

// First octet: bit 0 the role, bit 1 the reading, bit 2 a listener that never speaks (of an
// observer) or that permessage-deflate is agreed (of an endpoint), bit 3 a good head goes before the
// rest, bits 4-7 the reads: 0-7 of that many octets and one, 8-15 of many sizes.
namespace {
struct Setup
{
    Role role;
    Reading reading;
    bool pure;
    bool deflate;
    bool headFirst;
    std::uint8_t reads;
};

Setup setupFrom(std::uint8_t octet)
{
    const Reading reading = (octet & 2) != 0 ? Reading::Observer : Reading::Endpoint;
    const bool observer = reading == Reading::Observer;
    const bool third = (octet & 4) != 0;
    return {(octet & 1) != 0 ? Role::Server : Role::Client,
            reading,
            observer && third,
            !observer && third,
            (octet & 8) != 0,
            static_cast<std::uint8_t>(octet >> 4)};
}

/// Where the octets are cut. The same for the same input.
class Cuts
{
public:
    explicit Cuts(std::uint8_t reads) : m_reads(reads), m_state(reads) {}

    std::size_t next()
    {
        if (m_reads < 8)
            return m_reads + 1u;
        m_state = m_state * 1'103'515'245u + 12'345u;
        return 1 + (m_state >> 16) % (m_reads < 12 ? 20 : 200);
    }

private:
    std::uint8_t m_reads;
    std::uint32_t m_state;
};

Limits smallLimits()
{
    Limits limits;
    limits.headOctets = 2000;
    limits.headLines = 20;
    limits.framePayloadOctets = 300;
    limits.messageOctets = 500;
    limits.fragmentsPerMessage = 5;
    limits.bodyOctets = 100;
    limits.inflatedOctets = 700;
    return limits;
}

struct Outcome
{
    std::vector<std::string> lines;
    std::string sent;
    ConnectionState state;
    friend bool operator==(const Outcome &, const Outcome &) = default;
};

/// What one reading understood, to be compared with the other.
struct Understood
{
    std::vector<std::string> frames; ///< received ones
    std::optional<Violation> firstViolation;
};

Understood understoodIn(const std::vector<PeerEvent> &events)
{
    Understood all;
    for (const PeerEvent &event : events) {
        if (const auto *frame = std::get_if<FrameEvent>(&event); frame && frame->direction == Direction::Received)
            all.frames.push_back(linesOf({event}).front());
        if (const auto *violation = std::get_if<ViolationEvent>(&event); violation && !all.firstViolation)
            all.firstViolation = violation->violation;
    }
    return all;
}

void heldIsBounded(const std::vector<PeerEvent> &events)
{
    const Limits limits = smallLimits();
    std::size_t body = 0;
    for (const PeerEvent &event : events) {
        if (const auto *frame = std::get_if<FrameEvent>(&event))
            fuzzCheck(frame->payload.size() <= limits.framePayloadOctets &&
                          frame->meant().size() <= std::max(limits.framePayloadOctets, limits.inflatedOctets),
                      "frames within the limit");
        else if (const auto *message = std::get_if<MessageEvent>(&event))
            fuzzCheck(message->octets <= limits.messageOctets && message->fragments <= limits.fragmentsPerMessage,
                      "messages within the limits");
        else if (const auto *part = std::get_if<BodyEvent>(&event); part && part->direction == Direction::Received)
            body += part->octets.size();
    }
    fuzzCheck(body <= limits.bodyOctets, "bodies within the limit");
}

// Every received octet that an observer was given after the head stands in some frame, in order and without gaps. It
// never stalls: but for a header that did not arrive whole, all were read, unless framing itself was lost.
void framesAreWithoutGaps(const std::vector<PeerEvent> &events, std::optional<std::uint64_t> octetsAfterHead)
{
    std::uint64_t next = 0;
    bool lost = false;
    for (const PeerEvent &event : events) {
        if (const auto *violation = std::get_if<ViolationEvent>(&event))
            lost = lost || violation->violation == Violation::LengthTopBitSet;
        const auto *frame = std::get_if<FrameEvent>(&event);
        if (!frame || frame->direction != Direction::Received)
            continue;
        fuzzCheck(frame->streamOffset == next, "frames follow each other");
        fuzzCheck(frame->payload.size() <= frame->header.payloadLength, "no more payload than announced");
        next += frame->header.headerOctets() + frame->header.payloadLength;
    }
    if (octetsAfterHead && !lost)
        fuzzCheck(next + maximumHeaderOctets > *octetsAfterHead, "an observer never stalls");
}

std::string headFor(const Setup &setup)
{
    std::string head(setup.role == Role::Server ? vectors::sampleRequest : vectors::sampleResponse);
    if (setup.deflate)
        head.insert(head.size() - 2, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    return head;
}

struct Run
{
    Outcome outcome;
    Understood understood;
};

Run run(const Setup &setup, OctetView octets, std::optional<Cuts> cuts, std::optional<std::uint64_t> octetsAfterHead)
{
    PeerOptions options;
    options.role = setup.role;
    options.reading = setup.reading;
    options.awaitsAnswer = !setup.pure;
    options.limits = smallLimits();
    Driven driven(options);
    driven.agreeDeflate = setup.deflate;
    HandshakeRequest request = sampleHandshake(vectors::sampleKey);
    if (setup.deflate)
        request.extensions = {extensionOf(DeflateParameters{})};
    if (setup.role == Role::Client && !setup.pure)
        driven.peer.open(request);
    driven.drain();
    for (std::size_t at = 0; at < octets.size();) {
        const std::size_t size = std::min(cuts ? cuts->next() : octets.size(), octets.size() - at);
        driven.receive(octets.subspan(at, size));
        at += size;
    }
    driven.end();
    fuzzCheck(isFinal(driven.peer.state()), "the end of the octets is the end");
    fuzzCheck(!setup.pure || driven.outputs.empty(), "a listener says nothing");
    if (setup.reading == Reading::Observer)
        framesAreWithoutGaps(driven.events, octetsAfterHead);
    heldIsBounded(driven.events);
    for (const PeerEvent &event : driven.events)
        if (const auto *state = std::get_if<StateEvent>(&event))
            fuzzCheck(after(state->from, state->trigger) == state->to, "by the table");
    return {{driven.linesWhateverTheCuts(), driven.sent(), driven.peer.state()}, understoodIn(driven.events)};
}

// Until the endpoint fails both understand the same; its last frame may have been cut where it failed.
void readingsAgree(const Understood &endpoint, const Understood &observer)
{
    fuzzCheck(endpoint.firstViolation == observer.firstViolation, "the same first violation");
    fuzzCheck(endpoint.frames.size() <= observer.frames.size(), "an observer sees no less");
    for (std::size_t i = 0; i + 1 < endpoint.frames.size(); ++i)
        fuzzCheck(endpoint.frames[i] == observer.frames[i], "the same frames");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const Setup setup = setupFrom(data[0]);
    Octets octets;
    if (setup.headFirst)
        octets = octetsOf(headFor(setup));
    append(octets, fuzzInput(data, size).subspan(1));
    const auto afterHead = setup.headFirst ? std::optional<std::uint64_t>(size - 1) : std::nullopt;
    const Run whole = run(setup, octets, std::nullopt, afterHead);
    fuzzCheck(whole.outcome == run(setup, octets, Cuts(setup.reads), afterHead).outcome, "cuts do not matter");

    Setup other = setup;
    other.reading = setup.reading == Reading::Endpoint ? Reading::Observer : Reading::Endpoint;
    other.pure = false;
    const Run again = run(other, octets, std::nullopt, afterHead);
    if (setup.reading == Reading::Endpoint)
        readingsAgree(whole.understood, again.understood);
    else if (!setup.pure)
        readingsAgree(again.understood, whole.understood);
    return 0;
}
