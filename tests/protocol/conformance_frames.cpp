// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance.h"
#include "support.h"
#include "tests/vectors/rfc6455.h"
#include "tests/vectors/utf8.h"

#include <algorithm>

namespace frameglass::protocol::conformance {

namespace {
using V = Violation;
using namespace std::string_literals;

constexpr std::string_view section71 = "RFC 6455 §7.4.1";

/// Frames as the other end of `reader` masks them, unless told otherwise.
class Wire
{
public:
    explicit Wire(Role reader) : m_reader(reader) {}

    Wire &frame(unsigned firstOctet, std::string_view payload = {})
    {
        append(m_octets, frameOctets(firstOctet, viewOf(payload), rightKey()));
        return *this;
    }
    /// Masked where it must not be, or not where it must.
    Wire &wronglyMasked(unsigned firstOctet, std::string_view payload)
    {
        append(m_octets,
               frameOctets(firstOctet, viewOf(payload), rightKey() ? std::nullopt : std::optional(sampleMask)));
        return *this;
    }
    /// A header with a length of its own, and the octets that follow it.
    Wire &header(unsigned firstOctet, std::uint8_t lengthOctets, std::uint64_t length, std::string_view payload = {})
    {
        FrameHeader header;
        header.fin = (firstOctet & 0x80) != 0;
        header.rsv = firstOctet >> 4 & 7;
        header.opcode = firstOctet & 0xF;
        header.lengthOctets = lengthOctets;
        header.payloadLength = length;
        header.maskKey = rightKey();
        appendFrameHeader(m_octets, header);
        const std::size_t from = m_octets.size();
        append(m_octets, viewOf(payload));
        if (header.maskKey)
            applyMask(std::span(m_octets).subspan(from), *header.maskKey);
        return *this;
    }
    Wire &withoutLast(std::size_t count)
    {
        m_octets.resize(m_octets.size() - count);
        return *this;
    }
    const Octets &octets() const { return m_octets; }

private:
    std::optional<MaskKey> rightKey() const
    {
        return m_reader == Role::Server ? std::optional(sampleMask) : std::nullopt;
    }

    Role m_reader;
    Octets m_octets;
};

std::string codeOctets(unsigned code)
{
    return {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
}

std::string fromHexText(std::string_view hex)
{
    return std::string(textOf(fromHex(hex)));
}

class FrameTable
{
public:
    /// The row for both readers; `write` fills a Wire.
    template<typename Write>
    Row &both(std::string_view clause, const char *level, const std::string &name, V violation, unsigned code,
              std::string_view finding, Write write)
    {
        one(Role::Server, clause, level, name, violation, code, finding, write);
        return one(Role::Client, clause, level, name, violation, code, finding, write);
    }

    template<typename Write>
    Row &one(Role reader, std::string_view clause, const char *level, const std::string &name,
             std::optional<V> violation, unsigned code, std::string_view finding, Write write)
    {
        Row row;
        row.clause = clause;
        row.level = level;
        row.name = name;
        row.reader = reader;
        row.head = reader == Role::Server ? vectors::sampleRequest : vectors::sampleResponse;
        Wire wire(reader);
        write(wire);
        row.frames = wire.octets();
        row.violation = violation;
        row.closeCode = code;
        row.finding = finding;
        all.push_back(std::move(row));
        return all.back();
    }

    /// For the row that both() or one() just made, for each reader of it.
    template<typename Change>
    void last(std::size_t count, Change change)
    {
        for (std::size_t i = all.size() - count; i < all.size(); ++i)
            change(all[i]);
    }

    std::vector<Row> all;
};

void masks(FrameTable &table)
{
    const std::tuple<const char *, unsigned, std::string> kinds[] = {
        {"text", 0x81, "A"}, {"binary", 0x82, "A"}, {"empty text", 0x81, ""},
        {"Ping", 0x89, "A"}, {"Pong", 0x8A, "A"},   {"Close", 0x88, codeOctets(1000)}};
    for (const auto &[kind, first, payload] : kinds) {
        const auto write = [&](Wire &wire) { wire.wronglyMasked(first, payload); };
        table.one(Role::Server, "RFC 6455 §5.1", "MUST", kind + " that is not masked"s, V::MaskMissing, 1002,
                  "frame.unmasked-client", write);
        table.one(Role::Client, "RFC 6455 §5.1", "MUST NOT", kind + " that is masked"s, V::MaskUnexpected, 1002,
                  "frame.masked-server", write);
    }
    table.one(Role::Server, "RFC 6455 §5.1", "MUST", "second fragment that is not masked", V::MaskMissing, 1002,
              "frame.unmasked-client", [](Wire &wire) { wire.frame(0x01, "a").wronglyMasked(0x80, "b"); });
    table.one(Role::Server, "RFC 6455 §5.3", "MUST", "masking key of zeros", std::nullopt, 0, "frame.mask-quality",
              [](Wire &) {});
    table.last(1, [](Row &row) {
        row.frames = frameOctets(0x81, viewOf("A"), MaskKey{});
        row.then = Then::GoesOn;
    });
}

void headers(FrameTable &table)
{
    const auto frame = [](unsigned first, std::string payload) {
        return [=](Wire &wire) { wire.frame(first, payload); };
    };
    constexpr std::string_view bits = "frame.rsv-bits";
    table.both("RFC 6455 §5.2", "MUST", "RSV1 on text", V::ReservedBit, 1002, bits, frame(0xC1, "A"));
    table.both("RFC 6455 §5.2", "MUST", "RSV2 on text", V::ReservedBit, 1002, bits, frame(0xA1, "A"));
    table.both("RFC 6455 §5.2", "MUST", "RSV3 on binary", V::ReservedBit, 1002, bits, frame(0x92, "A"));
    table.both("RFC 6455 §5.2", "MUST", "all reserved bits on a Ping", V::ReservedBit, 1002, bits, frame(0xF9, ""));
    table.both("RFC 6455 §5.2", "MUST", "RSV1 on a Close", V::ReservedBit, 1002, bits, frame(0xC8, codeOctets(1000)));
    table.both("RFC 6455 §5.2", "MUST", "RSV1 on a continuation", V::ReservedBit, 1002, bits,
               [](Wire &wire) { wire.frame(0x01, "a").frame(0xC0, "b"); });
    for (const unsigned opcode : {0x3u, 0x4u, 0x5u, 0x6u, 0x7u, 0xBu, 0xCu, 0xDu, 0xEu, 0xFu})
        table.both("RFC 6455 §5.2", "MUST", "opcode " + std::to_string(opcode), V::ReservedOpcode, 1002,
                   "frame.reserved-opcode", frame(0x80 | opcode, "A"));

    constexpr std::string_view encoding = "frame.length-encoding";
    const std::string longest7(125, 'x');
    table.both("RFC 6455 §5.2", "MUST", "0 octets in 16 bits of length", V::LengthNotMinimal, 1002, encoding,
               [](Wire &wire) { wire.header(0x82, 2, 0); });
    table.both("RFC 6455 §5.2", "MUST", "125 octets in 16 bits of length", V::LengthNotMinimal, 1002, encoding,
               [&](Wire &wire) { wire.header(0x82, 2, 125, longest7); });
    table.both("RFC 6455 §5.2", "MUST", "1 octet in 64 bits of length", V::LengthNotMinimal, 1002, encoding,
               [](Wire &wire) { wire.header(0x81, 8, 1, "A"); });
    table.both("RFC 6455 §5.2", "MUST", "500 octets in 64 bits of length", V::LengthNotMinimal, 1002, encoding,
               [](Wire &wire) { wire.header(0x82, 8, 500, std::string(500, 'x')); });
    table.both("RFC 6455 §5.2", "MUST", "a Ping of 4 octets in 16 bits of length", V::LengthNotMinimal, 1002, encoding,
               [](Wire &wire) { wire.header(0x89, 2, 4, "ping"); });
    for (const std::uint64_t length : {1ull << 63, (1ull << 63) + 1, ~0ull})
        table.both("RFC 6455 §5.2", "MUST", "length with its top bit: " + std::to_string(length), V::LengthTopBitSet,
                   1002, "frame.length-overflow", [=](Wire &wire) { wire.header(0x82, 8, length); });
}

void sequences(FrameTable &table)
{
    constexpr std::string_view orphan = "frame.continuation-orphan";
    table.both("RFC 6455 §5.4", "MUST", "continuation without a start", V::ContinuationWithoutStart, 1002, orphan,
               [](Wire &wire) { wire.frame(0x80, "A"); });
    table.both("RFC 6455 §5.4", "MUST", "continuation that goes on, without a start", V::ContinuationWithoutStart, 1002,
               orphan, [](Wire &wire) { wire.frame(0x00, "A"); });
    table.both("RFC 6455 §5.4", "MUST", "continuation after the last fragment", V::ContinuationWithoutStart, 1002,
               orphan, [](Wire &wire) { wire.frame(0x01, "a").frame(0x80, "b").frame(0x80, "c"); });
    for (const unsigned opcode : {0x1u, 0x2u})
        for (const bool fin : {true, false})
            table.both("RFC 6455 §5.4", "MUST NOT",
                       (opcode == 1 ? "text"s : "binary"s) + (fin ? "" : ", itself a first fragment,") +
                           " inside a fragmented text",
                       V::MessageInterleaved, 1002, "frame.interleaved-messages",
                       [=](Wire &wire) { wire.frame(0x01, "a").frame((fin ? 0x80u : 0u) | opcode, "b"); });

    const std::pair<const char *, unsigned> controls[] = {{"Close", 0x8}, {"Ping", 0x9}, {"Pong", 0xA}};
    for (const auto &[name, opcode] : controls) {
        table.both("RFC 6455 §5.5", "MUST NOT", name + " without FIN"s, V::ControlFragmented, 1002,
                   "frame.control-fragmented",
                   [&](Wire &wire) { wire.frame(opcode, opcode == 8 ? codeOctets(1000) : "a"); });
        table.both("RFC 6455 §5.5", "MUST", name + " of 126 octets"s, V::ControlTooLong, 1002, "frame.control-too-long",
                   [&](Wire &wire) { wire.frame(0x80 | opcode, codeOctets(1000) + std::string(124, 'x')); });
    }
    table.both("RFC 6455 §5.5", "MUST", "Ping of 300 octets inside a fragmented text", V::ControlTooLong, 1002,
               "frame.control-too-long", [](Wire &wire) { wire.frame(0x01, "a").frame(0x89, std::string(300, 'x')); });

    const auto cut = [&](const char *name, std::size_t octets, std::string_view payload) {
        table.both("RFC 6455 §7.1.5", "SHOULD", name, V::FrameTruncated, 0, "frame.truncated",
                   [=](Wire &wire) { wire.frame(0x82, payload).withoutLast(octets); });
        table.last(2, [](Row &row) {
            row.ends = true;
            row.then = Then::EndsTcp;
        });
    };
    cut("the end inside a payload", 1, "ABC");
    cut("the end before the whole payload", 3, "ABC");
    cut("the end inside a header", 126, std::string(125, 'x'));
    const auto noClose = [&](const char *name, auto write) {
        for (const Role reader : {Role::Client, Role::Server})
            table.one(reader, "RFC 6455 §7.1.5", "SHOULD", name, std::nullopt, 0, "close.fin-without-close", write);
        table.last(2, [](Row &row) {
            row.ends = true;
            row.then = Then::EndsTcp;
        });
    };
    noClose("the end without a Close", [](Wire &wire) { wire.frame(0x81, "A"); });
    noClose("the end inside a fragmented message", [](Wire &wire) { wire.frame(0x01, "A"); });
}

void closing(FrameTable &table)
{
    table.both("RFC 6455 §5.5.1", "MUST", "Close of one octet", V::ClosePayloadOneOctet, 1002, "close.payload",
               [](Wire &wire) { wire.frame(0x88, "\x03"); });
    const std::pair<const char *, std::string> reasons[] = {{"FF in the reason", "bye\xFF"},
                                                            {"a surrogate in the reason", "\xED\xA0\x80"},
                                                            {"a reason that ends inside a character", "bye\xE2\x82"},
                                                            {"C0 80 in the reason", "\xC0\x80"}};
    for (const auto &[name, reason] : reasons)
        table.both("RFC 6455 §5.5.1", "MUST", name, V::CloseReasonInvalidUtf8, 1007, "close.payload",
                   [&](Wire &wire) { wire.frame(0x88, codeOctets(1000) + reason); });

    const auto code = [&](std::string_view clause, const char *level, unsigned number, std::string_view finding) {
        table.both(clause, level, "Close with " + std::to_string(number), V::CloseCodeIllegal, 1002, finding,
                   [=](Wire &wire) { wire.frame(0x88, codeOctets(number)); });
    };
    for (const unsigned reserved : {1004u, 1005u, 1006u, 1015u})
        code(section71, "MUST NOT", reserved, "close.reserved-code");
    for (const unsigned number : {0u, 1u, 200u, 999u, 1016u, 1100u, 2000u, 2999u, 5000u, 5001u, 32768u, 65535u})
        code("RFC 6455 §7.4.2", "MUST", number, "close.unassigned-code");

    const auto late = [&](const char *name, auto write) {
        table.both("RFC 6455 §5.5.1", "MUST NOT", name, V::DataAfterClose, 1000, "close.data-after-close",
                   [&](Wire &wire) {
                       wire.frame(0x88, codeOctets(1000));
                       write(wire);
                   });
        table.last(2, [](Row &row) { row.then = Then::AnswersEcho; });
    };
    late("text after Close", [](Wire &wire) { wire.frame(0x81, "late"); });
    late("a first fragment after Close", [](Wire &wire) { wire.frame(0x02, "late"); });
    late("a continuation after Close", [](Wire &wire) { wire.frame(0x80, "late"); });
    late("an empty binary after Close", [](Wire &wire) { wire.frame(0x82); });
}

void texts(FrameTable &table)
{
    for (const auto &row : vectors::utf8Rows) {
        if (row.bad < 0 && row.complete)
            continue;
        const std::string text = fromHexText(row.hex);
        table.both("RFC 6455 §8.1", "MUST", "text: " + std::string(row.name), V::InvalidUtf8, 1007, "frame.utf8",
                   [&](Wire &wire) { wire.frame(0x81, text); });
        if (text.size() < 2)
            continue;
        table.both("RFC 6455 §8.1", "MUST", "text in two fragments: " + std::string(row.name), V::InvalidUtf8, 1007,
                   "frame.utf8", [&](Wire &wire) {
                       wire.frame(0x01, text.substr(0, text.size() - 1)).frame(0x89, "between");
                       wire.frame(0x80, text.substr(text.size() - 1));
                   });
    }
    // Nothing after the wrong octet ever arrives.
    table.both("RFC 6455 §8.1", "MUST", "the first wrong octet of a long frame", V::InvalidUtf8, 1007, "frame.utf8",
               [](Wire &wire) { wire.header(0x81, 2, 900, std::string(400, 'x') + "\xFF"); });
    table.last(2, [](Row &row) { row.rest = Octets(900 - 401); });
    table.both("RFC 6455 §5.6", "MUST", "text whose last fragment is empty, inside a character", V::InvalidUtf8, 1007,
               "frame.utf8", [](Wire &wire) { wire.frame(0x01, "\xE2\x82").frame(0x80); });
}

void limits(FrameTable &table)
{
    constexpr std::string_view over = "frame.over-limit";
    table.both("RFC 6455 §10.4", "limit", "a frame of 1,001 octets, limit 1,000", V::FrameTooBig, 1009, over,
               [](Wire &wire) { wire.header(0x82, 2, 1001); });
    table.last(2, [](Row &row) { row.rest = Octets(1001); });
    table.both("RFC 6455 §10.4", "limit", "a message of 1,501 octets, limit 1,500", V::MessageTooBig, 1009, over,
               [](Wire &wire) { wire.frame(0x02, std::string(1000, 'x')).header(0x80, 2, 501); });
    table.last(2, [](Row &row) { row.rest = Octets(501); });
    table.both("RFC 6455 §10.4", "limit", "five fragments, limit four", V::TooManyFragments, 1008, over,
               [](Wire &wire) { wire.frame(0x02).frame(0x00).frame(0x00).frame(0x00).frame(0x00); });
}
} // namespace

std::vector<Row> frameRows()
{
    FrameTable table;
    masks(table);
    headers(table);
    sequences(table);
    closing(table);
    texts(table);
    limits(table);
    return std::move(table.all);
}

std::vector<LegalRow> legalFrames()
{
    std::vector<LegalRow> all;
    const auto add = [&](const char *clause, const std::string &name, auto write) {
        for (const Role reader : {Role::Client, Role::Server}) {
            Wire wire(reader);
            write(wire);
            all.push_back({clause, name, reader,
                           std::string(reader == Role::Server ? vectors::sampleRequest : vectors::sampleResponse),
                           wire.octets()});
        }
    };
    add("RFC 6455 §5.4", "control frames between fragments", [](Wire &wire) {
        wire.frame(0x01, "a").frame(0x89, "one").frame(0x8A, "two").frame(0x00, "b").frame(0x89, "").frame(0x80, "c");
    });
    add("RFC 6455 §5.4", "empty fragments", [](Wire &wire) { wire.frame(0x01).frame(0x00).frame(0x80); });
    add("RFC 6455 §5.4", "Close inside a fragmented message",
        [](Wire &wire) { wire.frame(0x01, "a").frame(0x88, codeOctets(1000)); });
    add("RFC 6455 §5.5.3", "Pong nobody asked for", [](Wire &wire) { wire.frame(0x8A, "unasked"); });
    add("RFC 6455 §5.5", "Ping of 125 octets", [](Wire &wire) { wire.frame(0x89, std::string(125, 'x')); });
    add("RFC 6455 §5.5.1", "Close without a code", [](Wire &wire) { wire.frame(0x88); });
    add("RFC 6455 §5.5.1", "Close with a reason of 123 octets",
        [](Wire &wire) { wire.frame(0x88, codeOctets(1000) + std::string(123, 'x')); });
    add("RFC 6455 §5.5.1", "a second Close",
        [](Wire &wire) { wire.frame(0x88, codeOctets(1000)).frame(0x88, codeOctets(999)); });
    add("RFC 6455 §5.5.1", "Ping after Close",
        [](Wire &wire) { wire.frame(0x88, codeOctets(1000)).frame(0x89, "late"); });
    for (const unsigned code : {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u, 1012u, 1013u, 1014u,
                                3000u, 3999u, 4000u, 4999u})
        add("RFC 6455 §7.4", "Close with " + std::to_string(code),
            [=](Wire &wire) { wire.frame(0x88, codeOctets(code) + "reason"); });
    for (const auto &row : vectors::utf8Rows) {
        if (row.bad >= 0 || !row.complete)
            continue;
        const std::string text = fromHexText(row.hex);
        add("RFC 6455 §8.1", "text: " + std::string(row.name), [&](Wire &wire) { wire.frame(0x81, text); });
        add("RFC 6455 §8.1", "text, each octet a fragment: " + std::string(row.name), [&](Wire &wire) {
            if (text.size() < 2 || text.size() > 4) {
                wire.frame(0x81, text);
                return;
            }
            for (std::size_t i = 0; i < text.size(); ++i)
                wire.frame((i + 1 == text.size() ? 0x80u : 0u) | (i == 0 ? 1u : 0u), text.substr(i, 1));
        });
    }
    add("RFC 6455 §5.6", "binary that is no text", [](Wire &wire) { wire.frame(0x82, "\xFF\xC0\x80"s); });
    add("RFC 6455 §5.2", "the shortest lengths of 16 bits",
        [](Wire &wire) { wire.frame(0x82, std::string(126, 'x')).frame(0x82, std::string(1000, 'y')); });
    return all;
}

} // namespace frameglass::protocol::conformance
