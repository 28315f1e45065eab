// SPDX-License-Identifier: GPL-3.0-or-later
#include "judges.h"

#include <algorithm>

namespace frameglass::peers {

namespace {

using enum Case;
using enum Compression;
using enum JudgeRole;
using Kind = Exception::Kind;

constexpr Judge table[] = {
    {"ws", nodeClient, nodeEcho},
    {"websockets", pythonClient, pythonEcho},
    {"gorilla", gorillaClient, gorillaEcho},
    {"websocketpp", websocketppClient, websocketppEcho},
    {"libwebsockets", lwsClient, lwsEcho, false},
    {"Beast", beastClient, beastEcho},
    {"QWebSocket", qtClient, qtEcho},
};

/// Empty lists mean all.
struct ExceptionRow
{
    Exception exception;
    std::string_view judge;
    std::vector<JudgeRole> roles;
    std::vector<Compression> compressions;
    std::vector<Case> cases;
};

/// Every cell that need not pass. The first row that fits counts.
const std::vector<ExceptionRow> &exceptionRows()
{
    static const std::vector<ExceptionRow> rows{
        {{'a', Kind::NotOffered, "QWebSocket knows no extensions."}, "QWebSocket", {}, {On, NoContext, Bits}, {}},
        {{'b', Kind::NotOffered, "gorilla/websocket compresses without context takeover and with full windows only."},
         "gorilla",
         {},
         {On, Bits},
         {}},
        {{'c', Kind::NotOffered, "QWebSocket cannot send a Close frame without a code."},
         "QWebSocket",
         {},
         {},
         {JudgeClosesWithoutCode}},
        {{'d', Kind::NotOffered, "libwebsockets cannot send a Close frame without a code."},
         "libwebsockets",
         {},
         {},
         {JudgeClosesWithoutCode}},
        {{'e', Kind::JudgesBug,
          "QWebSocket reports a Close frame without a code as 1000, where RFC 6455 §7.1.5 has 1005. "
          "On the wire the closing handshake is right.",
          R"("code":1000)"},
         "QWebSocket",
         {},
         {},
         {WeCloseWithoutCode}},
        {{'f', Kind::JudgesBug,
          "As a server, libwebsockets 4.1 accepts an offer with server_max_window_bits and leaves the parameter out of "
          "its answer, which RFC 7692 §7.1.2.1 forbids; Frameglass fails the connection, as websockets does.",
          "deflate-answer-incompatible"},
         "libwebsockets",
         {Server},
         {Bits},
         {}},
        {{'g', Kind::JudgesBug,
          "libwebsockets 4.1 stops at an assertion of its own (extension-permessage-deflate.c) when it must compress "
          "an empty message after another one with context takeover: zlib has nothing to flush then.",
          "ended with 134"},
         "libwebsockets",
         {},
         {On, Bits},
         {Octets0}},
        {{'h', Kind::JudgesBug,
          "As a client with permessage-deflate, libwebsockets 4.1 hands one and the same Pong to the application "
          "without "
          "end.",
          "a pong that no ping asked for"},
         "libwebsockets",
         {Client},
         {On, NoContext, Bits},
         {PingPong}},
    };
    return rows;
}

template<typename T>
bool holds(const std::vector<T> &list, T value)
{
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

} // namespace

std::string_view nameOf(JudgeRole role)
{
    return role == Client ? "client" : "server";
}

std::string_view nameOf(Compression compression)
{
    switch (compression) {
    case Off: return "off";
    case On: return "on";
    case NoContext: return "no-context";
    case Bits: return "window-10";
    }
    return {};
}

std::string_view nameOf(Case what)
{
    switch (what) {
    case Opening: return "open";
    case Text: return "text";
    case Binary: return "bin";
    case Octets0: return "0";
    case Octets1: return "1";
    case Octets125: return "125";
    case Octets126: return "126";
    case Octets127: return "127";
    case Octets65535: return "65535";
    case Octets65536: return "65536";
    case Octets1Mi: return "1 Mi";
    case Fragmented: return "frag";
    case PingPong: return "ping";
    case JudgeCloses: return "its close";
    case JudgeClosesWithoutCode: return "its, no code";
    case WeClose: return "our close";
    case WeCloseWithoutCode: return "our, no code";
    }
    return {};
}

std::array<Case, caseCount> allCases()
{
    std::array<Case, caseCount> all{};
    for (std::size_t i = 0; i < caseCount; ++i)
        all[i] = static_cast<Case>(i);
    return all;
}

std::span<const Judge> judges()
{
    return table;
}

std::vector<Row> allRows()
{
    std::vector<Row> rows;
    for (const JudgeRole role : {Client, Server}) {
        for (const Judge &judge : table) {
            for (const Compression compression : {Off, On, NoContext, Bits})
                rows.push_back({judge.name, role, compression});
        }
    }
    return rows;
}

std::optional<Exception> exceptionFor(const Row &row, Case what)
{
    for (const ExceptionRow &candidate : exceptionRows()) {
        if (candidate.judge == row.judge && holds(candidate.roles, row.role) &&
            holds(candidate.compressions, row.compression) && holds(candidate.cases, what))
            return candidate.exception;
    }
    return std::nullopt;
}

std::vector<Exception> allExceptions()
{
    std::vector<Exception> all;
    for (const ExceptionRow &row : exceptionRows())
        all.push_back(row.exception);
    return all;
}

} // namespace frameglass::peers
