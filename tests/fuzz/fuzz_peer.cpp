// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz_check.h"
#include "tests/protocol/support.h"
#include "tests/vectors/rfc6455.h"

#include <algorithm>

using namespace frameglass::protocol;
namespace vectors = frameglass::vectors;

// First octet: bit 0 the role, bit 1 the reading, bit 2 a listener that never speaks, bit 3 a good head goes before the
// rest, bits 4-7 the size of the reads.
namespace {
struct Setup
{
    Role role;
    Reading reading;
    bool pure;
    bool headFirst;
    std::size_t step;
};

Setup setupFrom(std::uint8_t octet)
{
    const Reading reading = (octet & 2) != 0 ? Reading::Observer : Reading::Endpoint;
    return {(octet & 1) != 0 ? Role::Server : Role::Client, reading, reading == Reading::Observer && (octet & 4) != 0,
            (octet & 8) != 0, static_cast<std::size_t>((octet >> 4) + 1)};
}

struct Outcome
{
    std::vector<std::string> lines;
    std::string sent;
    ConnectionState state;
    friend bool operator==(const Outcome &, const Outcome &) = default;
};

// Every received octet that an observer was given after the head stands in some frame, in order and without gaps.
void framesAreWithoutGaps(const std::vector<PeerEvent> &events)
{
    std::uint64_t next = 0;
    for (const PeerEvent &event : events) {
        const auto *frame = std::get_if<FrameEvent>(&event);
        if (!frame || frame->direction != Direction::Received)
            continue;
        fuzzCheck(frame->streamOffset == next, "frames follow each other");
        fuzzCheck(frame->payload.size() <= frame->header.payloadLength, "no more payload than announced");
        next += frame->header.headerOctets() + frame->header.payloadLength;
    }
}

Outcome run(const Setup &setup, OctetView octets, std::size_t step)
{
    PeerOptions options;
    options.role = setup.role;
    options.reading = setup.reading;
    options.awaitsAnswer = !setup.pure;
    options.limits.headOctets = 2000;
    options.limits.headLines = 20;
    options.limits.framePayloadOctets = 300;
    options.limits.messageOctets = 500;
    options.limits.fragmentsPerMessage = 5;
    options.limits.bodyOctets = 100;
    Driven driven(options);
    if (setup.role == Role::Client && !setup.pure)
        driven.peer.open(sampleHandshake(vectors::sampleKey));
    driven.drain();
    for (std::size_t at = 0; at < octets.size(); at += step)
        driven.receive(octets.subspan(at, std::min(step, octets.size() - at)));
    driven.end();
    fuzzCheck(isFinal(driven.peer.state()), "the end of the octets is the end");
    fuzzCheck(!setup.pure || driven.outputs.empty(), "a listener says nothing");
    if (setup.reading == Reading::Observer)
        framesAreWithoutGaps(driven.events);
    for (const PeerEvent &event : driven.events)
        if (const auto *state = std::get_if<StateEvent>(&event))
            fuzzCheck(after(state->from, state->trigger) == state->to, "by the table");
    return {driven.lines(), driven.sent(), driven.peer.state()};
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const Setup setup = setupFrom(data[0]);
    Octets octets;
    if (setup.headFirst)
        octets = octetsOf(setup.role == Role::Server ? vectors::sampleRequest : vectors::sampleResponse);
    append(octets, fuzzInput(data, size).subspan(1));
    const Outcome whole = run(setup, octets, std::max<std::size_t>(octets.size(), 1));
    fuzzCheck(whole == run(setup, octets, setup.step), "cuts do not matter");
    return 0;
}
