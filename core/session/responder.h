// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/peer.h"

#include <string_view>

namespace frameglass::session {

/// What an end does with what the other sends: a server's for its clients, or a client's for its server. Network thread
/// only; one responder may serve many connections.
class Responder
{
public:
    virtual ~Responder() = default;
    /// Stable name for records: "echo".
    virtual std::string_view name() const = 0;
    /// A whole data frame arrived and broke no rule so far. Whatever is sent through `peer` goes out with the answers
    /// to all frames of the same read.
    virtual void frameReceived(protocol::Peer &peer, const protocol::FrameEvent &frame) = 0;
};

/// Sends each message back as it came: opcode, fragments, octets; compressed anew where that is agreed. Each frame goes
/// back when it arrives; a text that turns out not to be UTF-8 fails the connection before its last frame is echoed.
class EchoResponder final : public Responder
{
public:
    std::string_view name() const override { return "echo"; }
    void frameReceived(protocol::Peer &peer, const protocol::FrameEvent &frame) override;
};

} // namespace frameglass::session
