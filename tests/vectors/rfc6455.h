// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

/// The examples that RFC 6455 prints, octet for octet.
namespace frameglass::vectors {

// §1.2 and §1.3
inline constexpr std::string_view sampleKey = "dGhlIHNhbXBsZSBub25jZQ==";
inline constexpr std::string_view sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
inline constexpr std::string_view sampleDigest = "b37a4f2cc0624f1690f64606cf385945b2bec4ea";
inline constexpr std::string_view sampleRequest = "GET /chat HTTP/1.1\r\n"
                                                  "Host: server.example.com\r\n"
                                                  "Upgrade: websocket\r\n"
                                                  "Connection: Upgrade\r\n"
                                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                                  "Origin: http://example.com\r\n"
                                                  "Sec-WebSocket-Protocol: chat, superchat\r\n"
                                                  "Sec-WebSocket-Version: 13\r\n"
                                                  "\r\n";
inline constexpr std::string_view sampleResponse = "HTTP/1.1 101 Switching Protocols\r\n"
                                                   "Upgrade: websocket\r\n"
                                                   "Connection: Upgrade\r\n"
                                                   "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                                                   "Sec-WebSocket-Protocol: chat\r\n"
                                                   "\r\n";

// §5.7
struct FrameRow
{
    std::string_view name;
    std::string_view hex;
    bool fin;
    unsigned opcode;
    bool masked;
    std::string_view payload; ///< unmasked
};

inline constexpr FrameRow sampleFrames[] = {
    {"single-frame unmasked text message", "810548656c6c6f", true, 0x1, false, "Hello"},
    {"single-frame masked text message", "818537fa213d7f9f4d5158", true, 0x1, true, "Hello"},
    {"first fragment of an unmasked text message", "010348656c", false, 0x1, false, "Hel"},
    {"last fragment of an unmasked text message", "80026c6f", true, 0x0, false, "lo"},
    {"unmasked Ping", "890548656c6c6f", true, 0x9, false, "Hello"},
    {"masked Pong", "8a8537fa213d7f9f4d5158", true, 0xA, true, "Hello"},
};
// 256 and 65,536 octets in one unmasked binary frame: the headers.
inline constexpr std::string_view header256 = "827e0100";
inline constexpr std::string_view header65536 = "827f0000000000010000";

} // namespace frameglass::vectors
