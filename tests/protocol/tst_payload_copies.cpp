// SPDX-License-Identifier: GPL-3.0-or-later
// A received payload is copied once, from the read into its event, however the reads fall. Every copy needs room, and
// room is counted here: this program's operator new.
#include "support.h"
#include "tests/vectors/rfc6455.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> roomCounted = 0; ///< octets of the allocations that could hold a payload
std::atomic<std::size_t> countedFrom = ~std::size_t(0);

} // namespace

[[gnu::noinline]] void *operator new(std::size_t size)
{
    if (size >= countedFrom)
        roomCounted += size;
    if (void *memory = std::malloc(size))
        return memory;
    throw std::bad_alloc();
}

[[gnu::noinline]] void operator delete(void *memory) noexcept
{
    std::free(memory);
}

[[gnu::noinline]] void operator delete(void *memory, std::size_t) noexcept
{
    std::free(memory);
}

namespace frameglass::protocol {

namespace {

constexpr std::size_t payloadOctets = 1000;
constexpr std::size_t frames = 200;

/// Room that was made for payloads while `frames` frames came in reads of `readOctets`, per octet of payload.
double roomPerOctet(Role role, std::size_t readOctets)
{
    PeerOptions options;
    options.role = role;
    options.deliverMessages = false; // as a session does
    Driven driven(options);
    if (role == Role::Client)
        driven.peer.open(sampleHandshake(vectors::sampleKey));
    driven.receive(viewOf(role == Role::Client ? vectors::sampleResponse : vectors::sampleRequest));
    EXPECT_EQ(driven.peer.state(), ConnectionState::Open);

    FrameHeader header;
    header.opcode = 2;
    header.payloadLength = payloadOctets;
    header.lengthOctets = 2;
    if (role == Role::Server)
        header.maskKey = MaskKey{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
    Octets all;
    for (std::size_t i = 0; i < frames; ++i) {
        appendFrameHeader(all, header);
        all.resize(all.size() + payloadOctets, std::byte{'x'});
    }
    std::size_t received = 0;
    roomCounted = 0;
    countedFrom = payloadOctets;
    for (OctetView rest = all; !rest.empty(); rest = rest.subspan(std::min(readOctets, rest.size()))) {
        driven.peer.receive(rest.first(std::min(readOctets, rest.size())));
        countedFrom = ~std::size_t(0); // lists of events grow besides
        for (const PeerEvent &event : driven.peer.takeEvents())
            received += std::holds_alternative<FrameEvent>(event);
        driven.peer.takeOutput();
        countedFrom = payloadOctets;
    }
    countedFrom = ~std::size_t(0);
    EXPECT_EQ(received, frames);
    return static_cast<double>(roomCounted) / (payloadOctets * frames);
}

} // namespace

TEST(PayloadCopies, AReceivedPayloadIsCopiedOnce)
{
    for (const Role role : {Role::Client, Role::Server}) {
        // One frame a read, parts of frames, and reads as large as those of a session. Lists of events take some.
        for (const std::size_t readOctets :
             {payloadOctets + 4, std::size_t(100), std::size_t(777), std::size_t(65'536)}) {
            SCOPED_TRACE(readOctets);
            EXPECT_LT(roomPerOctet(role, readOctets), 1.5);
        }
    }
}

} // namespace frameglass::protocol
