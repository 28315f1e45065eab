// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnosis/check.h"
#include "core/protocol/handshake.h"

#include <QString>

#include <vector>

namespace frameglass::ui {

/// What is to be said of one line of a head.
enum class LineVerdict { Ok, Plain, Odd, Wrong, Missing };

/// One line of a request or response head as sent, judged in words.
struct HeadRow
{
    QString name;  ///< empty for the start line
    QString value; ///< as sent; secrets are masked
    LineVerdict verdict = LineVerdict::Ok;
    QString words;
    std::size_t offset = 0; ///< of the line in the head; of no meaning when missing
    std::size_t length = 0;
};

/// Judges each line of a head: by the rules of the opening handshake, by what is unusual in its octets, and by findings
/// whose evidence lies in it. Required fields that are absent come as rows at the end. `shown` are the head's octets
/// as they may be seen (masked or not).
std::vector<HeadRow> judgeHead(const protocol::HttpHead &head, const std::vector<protocol::HandshakeFault> &faults,
                               protocol::OctetView shown, capture::RecordId record,
                               const diagnosis::Report *report = nullptr);

/// The same for a head of our CONNECT or of the proxy's answer to it (RFC 9110 §9.3.6).
std::vector<HeadRow> judgeProxyHead(const protocol::HttpHead &head, protocol::OctetView shown);

/// "ok", "odd", "wrong", "missing"; and the sign that goes with it.
QString textOf(LineVerdict verdict);
QString signOf(LineVerdict verdict);

} // namespace frameglass::ui
