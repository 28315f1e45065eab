// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace frameglass::test {

using Deadline = std::chrono::steady_clock::time_point;

/// Generous for sanitizers and loaded machines; only ever spent by a test that fails.
Deadline soon();

/// A blocking TCP socket under the test's control, with a deadline on every call. Throws std::runtime_error on what a
/// test does not expect.
class RawSocket
{
public:
    RawSocket() = default;
    explicit RawSocket(int descriptor) : m_descriptor(descriptor) {}
    ~RawSocket();
    RawSocket(RawSocket &&other) noexcept;
    RawSocket &operator=(RawSocket &&other) noexcept;

    static RawSocket connectTo(std::uint16_t port, const char *address = "127.0.0.1");

    /// Through a Unix socket.
    static RawSocket connectTo(const std::string &path);

    void write(std::string_view octets);
    /// The next octets, or an empty string at FIN; throws at RST.
    std::string read();
    std::string readExactly(std::size_t count);
    /// Up to and including `mark`; what follows it stays for the next call.
    std::string readUntil(std::string_view mark);
    /// Everything up to FIN.
    std::string readToEnd();
    /// errno of the read that ends the stream; 0 for FIN. Skips octets.
    int readEnd();

    void shutdownWrite();
    void close();
    void reset();
    int descriptor() const { return m_descriptor; }

private:
    int m_descriptor = -1;
    std::string m_pending;
};

/// A frame as a client or server would put it on the wire, for any header.
std::string frameOctets(int firstOctet, std::string_view payload, bool masked);
inline std::string clientFrame(int firstOctet, std::string_view payload)
{
    return frameOctets(firstOctet, payload, true);
}
inline std::string serverFrame(int firstOctet, std::string_view payload)
{
    return frameOctets(firstOctet, payload, false);
}

/// Reads one frame; returns its first octet and its payload, unmasked.
std::pair<int, std::string> readFrame(RawSocket &from);

/// A valid opening handshake; `extra` are whole lines.
std::string upgradeRequest(std::string_view extra = {});
/// The 101 that answers `request`.
std::string upgradeResponse(std::string_view request, std::string_view extra = {});

} // namespace frameglass::test
