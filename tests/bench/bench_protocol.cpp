// SPDX-License-Identifier: GPL-3.0-or-later
// Decoding, unmasking and UTF-8 validation, each beside what it is compared with: Boost.Beast's stream on the same
// octets, memcpy of the same size, a plain table automaton on the same text.
#include "core/protocol/frame.h"
#include "core/protocol/peer.h"
#include "core/protocol/utf8.h"

#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <random>

using namespace frameglass::protocol;

namespace {

constexpr std::size_t frameCount = 1'000'000;
constexpr std::size_t framePayload = 32;
constexpr std::size_t mebibyte = 1 << 20;
constexpr std::size_t readOctets = 64 * 1024; ///< octets given to a decoder at a time: one socket read

/// A million masked text frames of 32 octets, as a client sends them.
const Octets &maskedFrames()
{
    static const Octets octets = [] {
        Octets result;
        result.reserve(frameCount * (6 + framePayload));
        std::mt19937 random(1);
        Octets payload(framePayload);
        for (std::size_t i = 0; i < frameCount; ++i) {
            for (std::byte &octet : payload)
                octet = static_cast<std::byte>('a' + random() % 26);
            FrameHeader header;
            header.opcode = static_cast<std::uint8_t>(Opcode::Text);
            const std::uint32_t key = static_cast<std::uint32_t>(random());
            MaskKey mask;
            std::memcpy(mask.data(), &key, mask.size());
            header.maskKey = mask;
            header.payloadLength = payload.size();
            appendFrameHeader(result, header);
            Octets sent = payload;
            applyMask(sent, mask);
            append(result, sent);
        }
        return result;
    }();
    return octets;
}

/// Header, unmasking into a buffer of ours, UTF-8: what a decoder must do for each frame.
void decodeWithCodec(benchmark::State &state)
{
    const Octets &octets = maskedFrames();
    Octets payload;
    for (auto _ : state) {
        OctetView rest = octets;
        std::size_t frames = 0;
        while (const auto parsed = parseFrameHeader(rest)) {
            rest = rest.subspan(parsed->octets);
            const auto length = static_cast<std::size_t>(parsed->header.payloadLength);
            payload.resize(length);
            copyMasked(payload, rest.first(length), *parsed->header.maskKey);
            if (!isValidUtf8(payload))
                state.SkipWithError("valid text was refused");
            rest = rest.subspan(length);
            ++frames;
        }
        if (frames != frameCount)
            state.SkipWithError("frames were lost");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * frameCount));
}
BENCHMARK(decodeWithCodec)->Name("decode/frameglass codec")->Unit(benchmark::kMillisecond);

/// The whole peer: state, legality, message assembly, one event for each frame and message.
void decodeWithPeer(benchmark::State &state)
{
    const Octets &octets = maskedFrames();
    for (auto _ : state) {
        state.PauseTiming();
        PeerOptions options;
        options.role = Role::Server;
        Peer peer(std::move(options));
        peer.receive(viewOf("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        peer.accept({});
        peer.takeOutput();
        peer.takeEvents();
        state.ResumeTiming();
        std::size_t frames = 0;
        for (OctetView rest = octets; !rest.empty();) {
            const auto part = rest.first(std::min(readOctets, rest.size()));
            rest = rest.subspan(part.size());
            peer.receive(part);
            for (const PeerEvent &event : peer.takeEvents())
                frames += std::holds_alternative<FrameEvent>(event);
        }
        if (frames != frameCount)
            state.SkipWithError("frames were lost");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * frameCount));
}
BENCHMARK(decodeWithPeer)->Name("decode/frameglass peer")->Unit(benchmark::kMillisecond);

void decodeWithBeast(benchmark::State &state)
{
    namespace beast = boost::beast;
    namespace websocket = beast::websocket;
    const Octets &octets = maskedFrames();
    for (auto _ : state) {
        state.PauseTiming();
        boost::asio::io_context context;
        beast::test::stream server(context);
        beast::test::stream client(context);
        server.connect(client);
        server.append("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        websocket::stream<beast::test::stream> stream(std::move(server));
        stream.read_message_max(0);
        stream.accept();
        beast::flat_buffer buffer;
        state.ResumeTiming();
        std::size_t frames = 0;
        for (OctetView rest = octets; !rest.empty();) {
            // Whole frames a time: a synchronous read would wait for the rest of a cut one.
            const std::size_t whole = readOctets / (6 + framePayload) * (6 + framePayload);
            const auto part = rest.first(std::min(whole, rest.size()));
            rest = rest.subspan(part.size());
            stream.next_layer().append({reinterpret_cast<const char *>(part.data()), part.size()});
            for (std::size_t i = 0; i < part.size() / (6 + framePayload); ++i) {
                stream.read(buffer);
                buffer.clear();
                ++frames;
            }
        }
        if (frames != frameCount)
            state.SkipWithError("frames were lost");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * frameCount));
}
BENCHMARK(decodeWithBeast)->Name("decode/Boost.Beast")->Unit(benchmark::kMillisecond);

void copyMebibyte(benchmark::State &state)
{
    const Octets from(mebibyte, std::byte{'x'});
    Octets to(mebibyte);
    for (auto _ : state) {
        std::memcpy(to.data(), from.data(), to.size());
        benchmark::DoNotOptimize(to.data());
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * mebibyte));
}
BENCHMARK(copyMebibyte)->Name("1 MiB/memcpy");

void unmaskMebibyte(benchmark::State &state)
{
    const Octets from(mebibyte, std::byte{'x'});
    Octets to(mebibyte);
    const MaskKey key{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};
    for (auto _ : state) {
        copyMasked(to, from, key);
        benchmark::DoNotOptimize(to.data());
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * mebibyte));
}
BENCHMARK(unmaskMebibyte)->Name("1 MiB/unmask into a buffer");

void unmaskInPlace(benchmark::State &state)
{
    Octets octets(mebibyte, std::byte{'x'});
    const MaskKey key{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};
    for (auto _ : state) {
        applyMask(octets, key);
        benchmark::DoNotOptimize(octets.data());
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * mebibyte));
}
BENCHMARK(unmaskInPlace)->Name("1 MiB/unmask in place");

Octets repeated(std::string_view text)
{
    Octets result;
    while (result.size() + text.size() <= mebibyte)
        append(result, viewOf(text));
    return result;
}

const Octets &asciiText()
{
    static const Octets octets = repeated(R"({"type":"tick","symbol":"ABC","bid":101.25,"ask":101.5,"seq":88})");
    return octets;
}

const Octets &mixedText()
{
    static const Octets octets =
        repeated("连接已断开，请稍后重试 👋🏽 状态：正常 🚀 消息序号 12 ");
    return octets;
}

/// Characters of one to four octets without any order that a processor could learn.
const Octets &randomText()
{
    static const Octets octets = [] {
        Octets result;
        std::mt19937 random(1);
        while (result.size() + 4 <= mebibyte) {
            const auto octet = [&](unsigned lead, unsigned more) {
                result.push_back(static_cast<std::byte>(lead));
                for (; more > 0; --more)
                    result.push_back(static_cast<std::byte>(0x80 | random() % 0x40));
            };
            switch (random() % 4) {
            case 0: octet('a' + random() % 26, 0); break;
            case 1: octet(0xC3 + random() % 27, 1); break;
            case 2: octet(0xE1 + random() % 12, 2); break;
            default: octet(0xF1 + random() % 3, 3); break;
            }
        }
        return result;
    }();
    return octets;
}

void validate(benchmark::State &state, const Octets &octets)
{
    for (auto _ : state) {
        if (!isValidUtf8(octets))
            state.SkipWithError("valid text was refused");
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * octets.size()));
}
BENCHMARK_CAPTURE(validate, ascii, asciiText())->Name("UTF-8 1 MiB ASCII/frameglass");
BENCHMARK_CAPTURE(validate, mixed, mixedText())->Name("UTF-8 1 MiB Chinese and emoji/frameglass");
BENCHMARK_CAPTURE(validate, random, randomText())->Name("UTF-8 1 MiB random mix/frameglass");

/// The plain way: one table look-up for the octet's class and one for the transition, an octet at a time.
class TableAutomaton
{
public:
    TableAutomaton()
    {
        for (int octet = 0; octet < 256; ++octet)
            m_class[octet] = classOf(octet);
        const std::uint8_t E = reject;
        //                    00 80 90 a0 c2 e0 e1 ed f0 f1 f4 bad
        const std::uint8_t rows[9][12] = {
            {0, E, E, E, 1, 2, 3, 4, 5, 6, 7, E}, // at a boundary
            {E, 0, 0, 0, E, E, E, E, E, E, E, E}, // one more
            {E, E, E, 1, E, E, E, E, E, E, E, E}, // after e0
            {E, 1, 1, 1, E, E, E, E, E, E, E, E}, // two more
            {E, 1, 1, E, E, E, E, E, E, E, E, E}, // after ed
            {E, E, 3, 3, E, E, E, E, E, E, E, E}, // after f0
            {E, 3, 3, 3, E, E, E, E, E, E, E, E}, // three more
            {E, 3, E, E, E, E, E, E, E, E, E, E}, // after f4
            {E, E, E, E, E, E, E, E, E, E, E, E},
        };
        std::memcpy(m_next, rows, sizeof rows);
    }

    bool accepts(OctetView octets) const
    {
        std::uint8_t state = 0;
        for (const std::byte octet : octets)
            state = m_next[state][m_class[static_cast<std::uint8_t>(octet)]];
        return state == 0;
    }

private:
    static constexpr std::uint8_t reject = 8;

    static std::uint8_t classOf(int octet)
    {
        const int bounds[] = {0x80, 0x90, 0xa0, 0xc0, 0xc2, 0xe0, 0xe1, 0xed, 0xee, 0xf0, 0xf1, 0xf4, 0xf5, 0x100};
        const std::uint8_t classes[] = {0, 1, 2, 3, 11, 4, 5, 6, 7, 6, 8, 9, 10, 11};
        for (std::size_t i = 0;; ++i) {
            if (octet < bounds[i])
                return classes[i];
        }
    }

    std::uint8_t m_class[256];
    std::uint8_t m_next[9][12];
};

void validateWithAutomaton(benchmark::State &state, const Octets &octets)
{
    const TableAutomaton automaton;
    for (auto _ : state) {
        if (!automaton.accepts(octets))
            state.SkipWithError("valid text was refused");
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * octets.size()));
}
BENCHMARK_CAPTURE(validateWithAutomaton, mixed, mixedText())->Name("UTF-8 1 MiB Chinese and emoji/table automaton");
BENCHMARK_CAPTURE(validateWithAutomaton, random, randomText())->Name("UTF-8 1 MiB random mix/table automaton");

} // namespace

BENCHMARK_MAIN();
