// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "../program/peer_program.h"

#include <libwebsockets.h>

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace frameglass::peers {

#define FRAMEGLASS_STRING_OF(number) #number
#define FRAMEGLASS_STRING(number) FRAMEGLASS_STRING_OF(number)
/// LWS_LIBRARY_VERSION of a release build ends in a dash.
inline constexpr const char *lwsLibrary =
    "libwebsockets " FRAMEGLASS_STRING(LWS_LIBRARY_VERSION_MAJOR) "." FRAMEGLASS_STRING(
        LWS_LIBRARY_VERSION_MINOR) "." FRAMEGLASS_STRING(LWS_LIBRARY_VERSION_PATCH);

/// Octets of the message that comes in, until it is whole.
class Incoming
{
public:
    /// True when the message is whole; take() it then.
    bool add(lws *socket, const void *octets, std::size_t length)
    {
        if (lws_is_first_fragment(socket) != 0 && m_octets.empty())
            m_text = lws_frame_is_binary(socket) == 0;
        m_octets.append(static_cast<const char *>(octets), length);
        return lws_is_final_fragment(socket) != 0 && lws_remaining_packet_payload(socket) == 0;
    }
    bool text() const { return m_text; }
    std::string take() { return std::exchange(m_octets, {}); }

private:
    std::string m_octets;
    bool m_text = false;
};

/// Frames that wait until the socket can be written to: lws wants one write for each time it says so.
class Outgoing
{
public:
    void addMessage(bool text, const std::string &octets, std::size_t fragments)
    {
        const auto pieces = piecesOf(octets, fragments);
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const auto first = text ? LWS_WRITE_TEXT : LWS_WRITE_BINARY;
            const bool last = i + 1 == pieces.size();
            add(lws_write_ws_flags(first, i == 0, last), pieces[i]);
        }
    }
    void addPing(std::string_view data) { add(LWS_WRITE_PING, data); }

    bool empty() const { return m_frames.empty(); }

    /// Writes the next frame, and asks to be called again where more wait. False when the connection is done for.
    bool write(lws *socket)
    {
        if (m_frames.empty())
            return true;
        m_current = std::move(m_frames.front());
        m_frames.pop_front();
        const std::size_t length = m_current.octets.size() - LWS_PRE;
        auto *payload = reinterpret_cast<unsigned char *>(m_current.octets.data() + LWS_PRE);
        if (lws_write(socket, payload, length, static_cast<lws_write_protocol>(m_current.protocol)) < 0)
            return false;
        if (!m_frames.empty())
            lws_callback_on_writable(socket);
        return true;
    }

private:
    struct Frame
    {
        int protocol;
        std::string octets; ///< after LWS_PRE octets for the header
    };
    void add(int protocol, std::string_view octets)
    {
        m_frames.push_back({protocol, std::string(LWS_PRE, '\0').append(octets)});
    }
    std::deque<Frame> m_frames;
    Frame m_current; ///< lws compresses out of it until the socket can be written to again
};

/// Tells the payload of a Close that came in.
inline void tellCloseFrame(const void *payload, std::size_t length)
{
    const auto *octets = static_cast<const unsigned char *>(payload);
    if (length < 2)
        return tellClose(1005, {});
    tellClose(octets[0] << 8 | octets[1], {reinterpret_cast<const char *>(octets) + 2, length - 2});
}

/// For the callback to return: lws then sends a Close with this code and reason.
inline int closeAsAsked(lws *socket, const ProgramArguments &arguments)
{
    std::string reason = arguments.closeReason;
    lws_close_reason(socket, static_cast<lws_close_status>(arguments.closeCode),
                     reinterpret_cast<unsigned char *>(reason.data()), reason.size());
    return -1;
}

inline void quiet()
{
    lws_set_log_level(LLL_ERR, nullptr);
}

} // namespace frameglass::peers
