// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 7692 §5-§7: what can be wrong with permessage-deflate.
#include "conformance.h"
#include "support.h"
#include "tests/vectors/rfc6455.h"

#include "core/protocol/deflate_stream.h"

namespace frameglass::protocol::conformance {

namespace {
using V = Violation;

constexpr std::string_view plainOffer = "permessage-deflate; client_max_window_bits";

std::string withExtensions(std::string_view head, std::string_view extensions)
{
    return std::string(head.substr(0, head.size() - 2)) + "Sec-WebSocket-Extensions: " + std::string(extensions) +
           "\r\n\r\n";
}

struct Negotiation
{
    const char *clause;
    const char *name;
    V violation;
    const char *offer;
    const char *answer;
    const char *finding;
};

const Negotiation answers[] = {
    {"RFC 7692 §5", "permessage-deflate twice", V::ExtensionDuplicate, "permessage-deflate",
     "permessage-deflate, permessage-deflate", "ext.duplicate"},
    {"RFC 7692 §7.1", "unknown parameter", V::DeflateAnswerInvalid, "permessage-deflate", "permessage-deflate; x_own=1",
     "ext.params"},
    {"RFC 7692 §7.1", "a parameter twice", V::DeflateAnswerInvalid, "permessage-deflate",
     "permessage-deflate; server_no_context_takeover; server_no_context_takeover", "ext.params"},
    {"RFC 7692 §7.1.1.1", "server_no_context_takeover with a value", V::DeflateAnswerInvalid, "permessage-deflate",
     "permessage-deflate; server_no_context_takeover=1", "ext.params"},
    {"RFC 7692 §7.1.1.2", "client_no_context_takeover with a value", V::DeflateAnswerInvalid, "permessage-deflate",
     "permessage-deflate; client_no_context_takeover=1", "ext.params"},
    {"RFC 7692 §7.1.2.1", "server_max_window_bits=7", V::DeflateAnswerInvalid, "permessage-deflate",
     "permessage-deflate; server_max_window_bits=7", "ext.params"},
    {"RFC 7692 §7.1.2.1", "server_max_window_bits=16", V::DeflateAnswerInvalid, "permessage-deflate",
     "permessage-deflate; server_max_window_bits=16", "ext.params"},
    {"RFC 7692 §7.1.2.1", "server_max_window_bits=08", V::DeflateAnswerInvalid, "permessage-deflate",
     "permessage-deflate; server_max_window_bits=08", "ext.params"},
    {"RFC 7692 §7.1.2.1", "server_max_window_bits without a value", V::DeflateAnswerInvalid, "permessage-deflate",
     "permessage-deflate; server_max_window_bits", "ext.params"},
    {"RFC 7692 §7.1.2.2", "client_max_window_bits without a value", V::DeflateAnswerInvalid,
     "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits", "ext.params"},
    {"RFC 7692 §7.1.1.1", "server_no_context_takeover was asked for and is not granted", V::DeflateAnswerIncompatible,
     "permessage-deflate; server_no_context_takeover", "permessage-deflate", "ext.params"},
    {"RFC 7692 §7.1.2.1", "server_max_window_bits was asked for and is not granted", V::DeflateAnswerIncompatible,
     "permessage-deflate; server_max_window_bits=10", "permessage-deflate", "ext.params"},
    {"RFC 7692 §7.1.2.1", "a larger window than was asked for", V::DeflateAnswerIncompatible,
     "permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=11", "ext.params"},
    {"RFC 7692 §7.1.2.2", "client_max_window_bits that was not offered", V::DeflateAnswerIncompatible,
     "permessage-deflate", "permessage-deflate; client_max_window_bits=10", "ext.params"},
};

const Negotiation offers[] = {
    {"RFC 7692 §7.1", "unknown parameter in an offer", V::DeflateOfferInvalid, "permessage-deflate; x_own", "",
     "ext.params"},
    {"RFC 7692 §7.1", "a parameter twice in an offer", V::DeflateOfferInvalid,
     "permessage-deflate; client_max_window_bits; client_max_window_bits", "", "ext.params"},
    {"RFC 7692 §7.1.2.1", "an offer with server_max_window_bits without a value", V::DeflateOfferInvalid,
     "permessage-deflate; server_max_window_bits", "", "ext.params"},
    {"RFC 7692 §7.1.2.1", "an offer with server_max_window_bits=16", V::DeflateOfferInvalid,
     "permessage-deflate; server_max_window_bits=16", "", "ext.params"},
    {"RFC 7692 §7.1.2.2", "an offer with client_max_window_bits=7", V::DeflateOfferInvalid,
     "permessage-deflate; client_max_window_bits=7", "", "ext.params"},
    {"RFC 7692 §7.1.1.2", "an offer with client_no_context_takeover=1", V::DeflateOfferInvalid,
     "permessage-deflate; client_no_context_takeover=1", "", "ext.params"},
};

struct Frames
{
    const char *clause;
    const char *name;
    V violation;
    unsigned closeCode;
    const char *finding;
    std::vector<std::pair<unsigned, Octets>> frames;
};

Octets deflated(std::string_view text)
{
    Octets octets;
    Deflater deflater({});
    deflater.append(viewOf(text), true, octets);
    return octets;
}

std::vector<Frames> frameFaults()
{
    const Octets hello = fromHex("f248cdc9c90700"); // RFC 7692 §7.2.3.1
    const Octets bomb = deflated(std::string(5000, 'a'));
    return {
        {"RFC 7692 §6.1",
         "RSV1 on a continuation",
         V::CompressedBitMisplaced,
         1002,
         "frame.rsv-bits",
         {{0x41, fromHex("f248cd")}, {0xC0, fromHex("c9c90700")}}},
        {"RFC 7692 §6.1", "RSV1 on a Ping", V::CompressedBitMisplaced, 1002, "frame.rsv-bits", {{0xC9, {}}}},
        {"RFC 7692 §6.1",
         "RSV1 on a Close",
         V::CompressedBitMisplaced,
         1002,
         "frame.rsv-bits",
         {{0xC8, fromHex("03e8")}}},
        {"RFC 6455 §5.2",
         "RSV2 although permessage-deflate is agreed",
         V::ReservedBit,
         1002,
         "frame.rsv-bits",
         {{0xE1, hello}}},
        {"RFC 7692 §7.2.2",
         "octets that are no DEFLATE",
         V::InflateFailed,
         1007,
         "ext.inflate-error",
         {{0xC2, fromHex("ffffffffff")}}},
        {"RFC 7692 §7.2.2",
         "a reference to octets before the first",
         V::InflateFailed,
         1007,
         "ext.inflate-error",
         {{0xC1, fromHex("f200110000")}}},
        {"RFC 7692 §7.2.2",
         "a message that ends inside a block",
         V::InflateFailed,
         1007,
         "ext.inflate-error",
         {{0xC2, fromHex("f248cd")}}},
        {"RFC 7692 §6.2, RFC 6455 §8.1",
         "compressed text that is not UTF-8",
         V::InvalidUtf8,
         1007,
         "frame.utf8",
         {{0xC1, deflated("good, then \xFF and more")}}},
        {"RFC 7692 §6.2, RFC 6455 §8.1",
         "compressed text that ends inside a character",
         V::InvalidUtf8,
         1007,
         "frame.utf8",
         {{0xC1, deflated("\xE2\x82")}}},
        {"RFC 6455 §10.4",
         "5,000 octets in a few, limit 1,500",
         V::InflatedTooBig,
         1009,
         "frame.over-limit",
         {{0xC2, bomb}}},
    };
}
} // namespace

std::vector<Row> deflateRows()
{
    std::vector<Row> all;
    for (const Negotiation &one : answers) {
        Row row;
        row.clause = one.clause;
        row.level = "MUST";
        row.name = one.name;
        row.reader = Role::Client;
        row.head = withExtensions(vectors::sampleResponse, one.answer);
        row.violation = one.violation;
        row.then = Then::EndsTcp;
        row.finding = one.finding;
        row.extensions = one.offer;
        all.push_back(std::move(row));
    }
    for (const Negotiation &one : offers) {
        Row row;
        row.clause = one.clause;
        row.level = "MUST";
        row.name = one.name;
        row.reader = Role::Server;
        row.head = withExtensions(vectors::sampleRequest, one.offer);
        row.violation = one.violation;
        row.then = Then::GoesOn; // declined, which refuses nothing (§5.1)
        row.finding = one.finding;
        all.push_back(std::move(row));
    }
    for (const Frames &one : frameFaults()) {
        for (const Role reader : {Role::Client, Role::Server}) {
            Row row;
            row.clause = one.clause;
            row.level = one.violation == V::InflatedTooBig ? "limit" : "MUST";
            row.name = one.name;
            row.reader = reader;
            const bool server = reader == Role::Server;
            row.head = server ? withExtensions(vectors::sampleRequest, plainOffer)
                              : withExtensions(vectors::sampleResponse, "permessage-deflate");
            for (const auto &[first, payload] : one.frames)
                append(row.frames, frameOctets(first, payload, server ? std::optional(sampleMask) : std::nullopt));
            row.violation = one.violation;
            row.closeCode = one.closeCode;
            row.finding = one.finding;
            row.extensions = server ? "" : std::string(plainOffer);
            all.push_back(std::move(row));
        }
    }
    return all;
}

} // namespace frameglass::protocol::conformance
