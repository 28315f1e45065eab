// SPDX-License-Identifier: GPL-3.0-or-later
// permessage-deflate beside bare zlib on the same messages, and the reading of heads beside Boost.Beast's parser. What
// the peer adds to zlib is framing, masking, the copy that is recorded, UTF-8 and events.
#include "core/protocol/peer.h"

#include <boost/beast/http.hpp>

#include <benchmark/benchmark.h>
#include <zlib.h>

#include <random>
#include <string>
#include <vector>

using namespace frameglass::protocol;

namespace {

constexpr std::size_t messageCount = 2000;

/// JSON as a market feed sends it: alike, but for its numbers.
std::vector<std::string> messagesOf(std::size_t octets)
{
    std::mt19937 random(1);
    std::vector<std::string> messages;
    for (std::size_t i = 0; i < messageCount; ++i) {
        std::string text = "[";
        while (text.size() < octets)
            text += R"({"type":"tick","symbol":"S)" + std::to_string(random() % 500) + R"(","bid":)" +
                    std::to_string(random() % 100'000) + R"(,"seq":)" + std::to_string(i) + "},";
        text.resize(octets - 1);
        messages.push_back(text + "]");
    }
    return messages;
}

std::vector<Octets> compressed(const std::vector<std::string> &messages)
{
    Deflater deflater(DeflateWindow{});
    std::vector<Octets> all;
    for (const std::string &message : messages)
        deflater.append(viewOf(message), true, all.emplace_back());
    return all;
}

Peer openServer()
{
    PeerOptions options;
    options.role = Role::Server;
    options.deliverMessages = false;
    options.reportSentMessages = false;
    Peer peer(std::move(options));
    peer.receive(viewOf("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"));
    HandshakeResponse response;
    response.extensions = {extensionOf(DeflateParameters{})};
    peer.accept(response);
    peer.takeOutput();
    peer.takeEvents();
    return peer;
}

void deflateWithPeer(benchmark::State &state)
{
    const auto messages = messagesOf(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        Peer peer = openServer();
        for (const std::string &message : messages) {
            peer.sendText(message);
            benchmark::DoNotOptimize(peer.takeOutput());
            benchmark::DoNotOptimize(peer.takeEvents());
        }
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * messageCount));
}
BENCHMARK(deflateWithPeer)->Name("deflate/frameglass peer")->Arg(1024)->Arg(64)->Unit(benchmark::kMillisecond);

void deflateWithZlib(benchmark::State &state)
{
    const auto messages = messagesOf(static_cast<std::size_t>(state.range(0)));
    std::vector<Bytef> buffer(1 << 20);
    for (auto _ : state) {
        z_stream stream{};
        deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
        for (const std::string &message : messages) {
            stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(message.data()));
            stream.avail_in = static_cast<uInt>(message.size());
            stream.next_out = buffer.data();
            stream.avail_out = static_cast<uInt>(buffer.size());
            deflate(&stream, Z_SYNC_FLUSH);
            benchmark::DoNotOptimize(buffer.data());
        }
        deflateEnd(&stream);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * messageCount));
}
BENCHMARK(deflateWithZlib)->Name("deflate/bare zlib")->Arg(1024)->Arg(64)->Unit(benchmark::kMillisecond);

void inflateWithPeer(benchmark::State &state)
{
    const MaskKey key{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
    std::vector<Octets> frames;
    for (const Octets &payload : compressed(messagesOf(static_cast<std::size_t>(state.range(0))))) {
        FrameHeader header;
        header.opcode = static_cast<std::uint8_t>(Opcode::Text);
        header.rsv = rsv1;
        header.maskKey = key;
        header.payloadLength = payload.size();
        Octets &frame = frames.emplace_back();
        appendFrameHeader(frame, header);
        const std::size_t from = frame.size();
        append(frame, payload);
        applyMask(std::span(frame).subspan(from), key);
    }
    for (auto _ : state) {
        Peer peer = openServer();
        std::size_t meant = 0;
        for (const Octets &frame : frames) {
            peer.receive(frame);
            for (const PeerEvent &event : peer.takeEvents())
                if (const auto *received = std::get_if<FrameEvent>(&event))
                    meant += received->meant().size();
        }
        if (meant != messageCount * static_cast<std::size_t>(state.range(0)))
            state.SkipWithError("octets were lost");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * messageCount));
}
BENCHMARK(inflateWithPeer)->Name("inflate/frameglass peer")->Arg(1024)->Arg(64)->Unit(benchmark::kMillisecond);

void inflateWithZlib(benchmark::State &state)
{
    auto payloads = compressed(messagesOf(static_cast<std::size_t>(state.range(0))));
    for (Octets &payload : payloads)
        append(payload, viewOf(std::string_view("\0\0\xff\xff", 4)));
    std::vector<Bytef> buffer(1 << 20);
    for (auto _ : state) {
        z_stream stream{};
        inflateInit2(&stream, -15);
        for (Octets &payload : payloads) {
            stream.next_in = reinterpret_cast<Bytef *>(payload.data());
            stream.avail_in = static_cast<uInt>(payload.size());
            stream.next_out = buffer.data();
            stream.avail_out = static_cast<uInt>(buffer.size());
            inflate(&stream, Z_SYNC_FLUSH);
            benchmark::DoNotOptimize(buffer.data());
        }
        inflateEnd(&stream);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * messageCount));
}
BENCHMARK(inflateWithZlib)->Name("inflate/bare zlib")->Arg(1024)->Arg(64)->Unit(benchmark::kMillisecond);

constexpr std::string_view browserRequest =
    "GET /chat?room=1 HTTP/1.1\r\nHost: server.example.com:8080\r\nConnection: Upgrade\r\nPragma: no-cache\r\n"
    "Cache-Control: no-cache\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\r\n"
    "Upgrade: websocket\r\nOrigin: http://server.example.com\r\nSec-WebSocket-Version: 13\r\n"
    "Accept-Encoding: gzip, deflate\r\nAccept-Language: en-US,en;q=0.9\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

void readHead(benchmark::State &state)
{
    for (auto _ : state) {
        HttpHeadReader reader(HeadKind::Request, Limits{});
        reader.feed(viewOf(browserRequest));
        if (!reader.done())
            state.SkipWithError("the head was not read");
        benchmark::DoNotOptimize(reader.take());
    }
}
BENCHMARK(readHead)->Name("head/frameglass (octets, order and oddities kept)");

void readHeadWithBeast(benchmark::State &state)
{
    namespace http = boost::beast::http;
    for (auto _ : state) {
        http::request_parser<http::empty_body> parser;
        parser.eager(true);
        boost::beast::error_code error;
        parser.put(boost::asio::buffer(browserRequest.data(), browserRequest.size()), error);
        if (error || !parser.is_header_done())
            state.SkipWithError("the head was not read");
        benchmark::DoNotOptimize(parser.release());
    }
}
BENCHMARK(readHeadWithBeast)->Name("head/Boost.Beast");

} // namespace

BENCHMARK_MAIN();
