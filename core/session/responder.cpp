// SPDX-License-Identifier: GPL-3.0-or-later
#include "responder.h"

namespace frameglass::session {

void EchoResponder::frameReceived(protocol::Peer &peer, const protocol::FrameEvent &frame)
{
    peer.sendFragment(static_cast<protocol::Opcode>(frame.header.opcode), frame.header.fin, frame.meant());
}

} // namespace frameglass::session
