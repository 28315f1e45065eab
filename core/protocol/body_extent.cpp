// SPDX-License-Identifier: GPL-3.0-or-later
#include "body_extent.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace frameglass::protocol {

BodyExtent::BodyExtent(const HttpHead &response)
{
    if (response.status == 204 || response.status == 304 || (response.status >= 100 && response.status < 200)) {
        m_mode = Mode::Ended;
        return;
    }
    if (response.count("Transfer-Encoding") > 0) {
        m_mode = response.hasToken("Transfer-Encoding", "chunked") ? Mode::ChunkSize : Mode::UntilEnd;
        return;
    }
    const HeaderField *length = response.find("Content-Length");
    if (!length)
        return;
    const char *end = length->value.data() + length->value.size();
    const auto [stop, error] = std::from_chars(length->value.data(), end, m_left);
    if (error == std::errc() && stop == end)
        m_mode = m_left == 0 ? Mode::Ended : Mode::Counted;
}

std::size_t BodyExtent::feed(OctetView octets)
{
    std::size_t i = 0;
    while (i < octets.size() && m_mode != Mode::Ended) {
        if (m_mode == Mode::UntilEnd)
            return octets.size();
        if (m_mode == Mode::Counted || m_mode == Mode::ChunkData) {
            const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(m_left, octets.size() - i));
            i += some;
            m_left -= some;
            if (m_left == 0)
                m_mode = m_mode == Mode::Counted ? Mode::Ended : Mode::ChunkEnd;
            continue;
        }
        chunkOctet(std::to_integer<char>(octets[i]));
        ++i;
    }
    return i;
}

// RFC 9112 §7.1. What is no chunked coding runs until the connection ends: there is nothing else to go by.
void BodyExtent::chunkOctet(char c)
{
    switch (m_mode) {
    case Mode::ChunkSize:
    case Mode::ChunkExtension: {
        unsigned digit = 0;
        if (c == '\n')
            startChunk();
        else if (m_mode == Mode::ChunkExtension)
            break;
        else if (std::from_chars(&c, &c + 1, digit, 16).ec != std::errc())
            m_mode = Mode::ChunkExtension;
        else if (m_left > std::numeric_limits<std::uint64_t>::max() >> 4)
            m_mode = Mode::UntilEnd;
        else
            m_left = m_left << 4 | digit;
        break;
    }
    case Mode::ChunkEnd:
        if (c == '\n')
            m_mode = Mode::ChunkSize;
        else if (c != '\r')
            m_mode = Mode::UntilEnd;
        break;
    case Mode::Trailer:
        if (c == '\n')
            m_mode = Mode::Ended;
        else if (c != '\r')
            m_mode = Mode::TrailerLine;
        break;
    case Mode::TrailerLine:
        if (c == '\n')
            m_mode = Mode::Trailer;
        break;
    case Mode::Counted:
    case Mode::UntilEnd:
    case Mode::ChunkData:
    case Mode::Ended: break;
    }
}

void BodyExtent::startChunk()
{
    m_mode = m_left == 0 ? Mode::Trailer : Mode::ChunkData;
}

} // namespace frameglass::protocol
