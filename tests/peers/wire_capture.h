// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "peer_test.h"

#include <filesystem>
#include <memory>
#include <ostream>

/// dumpcap and tshark as a second opinion on what passed over loopback.
namespace frameglass::peers {

/// What both captures know of a frame.
struct WireFrame
{
    bool fin = true;
    int opcode = 0;
    std::uint64_t length = 0;
    bool masked = false;
    friend bool operator==(const WireFrame &, const WireFrame &) = default;
};
std::ostream &operator<<(std::ostream &out, const WireFrame &frame);

/// The frames of one connection as we recorded them.
std::vector<WireFrame> recordedFrames(const WaitableSink &sink, capture::ConnectionId connection);

/// Captures TCP of one port from its making on.
class WireCapture
{
public:
    explicit WireCapture(std::uint16_t port);
    ~WireCapture();
    WireCapture(const WireCapture &) = delete;
    WireCapture &operator=(const WireCapture &) = delete;

    const Command &command() const { return m_command; }
    /// False where this user may not capture.
    bool capturing() const { return m_capturing; }
    /// The frames as tshark dissects them, once there are `count`; with `keyLog` those inside TLS. What dumpcap has in
    /// its buffers reaches the file by and by: fewer after a patient while.
    std::vector<WireFrame> frames(std::size_t count, const std::string &keyLog = {}) const;
    std::string output() const;

private:
    std::filesystem::path m_folder;
    std::uint16_t m_port;
    Command m_command;
    std::unique_ptr<PeerProcess> m_dumpcap;
    bool m_capturing = false;
};

} // namespace frameglass::peers

/// A named skip where capturing is not allowed, a failure where peers are required.
#define NEED_CAPTURE(wire)                                                                                             \
    NEED_PEER((wire).command());                                                                                       \
    if (!(wire).capturing() && frameglass::peers::peersAreRequired())                                                  \
        FAIL() << (wire).output();                                                                                     \
    if (!(wire).capturing())                                                                                           \
    GTEST_SKIP() << "no permission to capture on loopback: " << (wire).output()
