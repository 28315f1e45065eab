// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance.h"
#include "support.h"
#include "tests/vectors/rfc6455.h"
#include "tests/vectors/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace frameglass::protocol {

namespace {
using V = Violation;
using conformance::LegalRow;
using conformance::Row;
using conformance::Then;

/// The three ways in which the same octets are read.
enum class Reader : std::uint8_t { Endpoint, Lenient, Listener };
constexpr Reader readers[] = {Reader::Endpoint, Reader::Lenient, Reader::Listener};

/// What a client offers before it reads.
struct Offered
{
    bool subprotocols = true;
    std::string extensions;
};

Offered offeredBy(const Row &row)
{
    return {row.offers, row.extensions};
}

/// A peer that has said what it says before the other end speaks.
Driven peerFor(Role role, Reader reader, const Offered &offered)
{
    PeerOptions options;
    options.role = role;
    options.reading = reader == Reader::Endpoint ? Reading::Endpoint : Reading::Observer;
    options.awaitsAnswer = reader == Reader::Lenient;
    options.limits = conformance::limits();
    Driven driven(options);
    driven.refuseFaults = reader == Reader::Endpoint;
    driven.agreeDeflate = true;
    if (role == Role::Server)
        return driven;
    HandshakeRequest request = sampleHandshake(vectors::sampleKey);
    if (!offered.subprotocols)
        request.subprotocols.clear();
    request.extensions = parseExtensions(offered.extensions).items;
    if (reader == Reader::Listener)
        driven.peer.observeRequest(parseHead(HeadKind::Request, formatRequest(request)));
    else
        driven.peer.open(request);
    driven.drain();
    driven.events.clear();
    driven.outputs.clear();
    return driven;
}

/// Head and frames in one segment, cut before `cut`; 0 for whole.
Driven run(Role role, Reader reader, const Offered &offered, const Octets &octets, bool ends, std::size_t cut)
{
    Driven driven = peerFor(role, reader, offered);
    if (cut > 0)
        driven.receive(OctetView(octets).first(cut));
    driven.receive(OctetView(octets).subspan(cut));
    if (ends)
        driven.end();
    return driven;
}

Driven octetByOctet(Role role, Reader reader, const Offered &offered, const Octets &octets, bool ends)
{
    Driven driven = peerFor(role, reader, offered);
    for (std::size_t i = 0; i < octets.size(); ++i)
        driven.receive(OctetView(octets).subspan(i, 1));
    if (ends)
        driven.end();
    return driven;
}

/// Whatever the reads, the same happens. Cuts inside a head that is right are the business of rows about heads.
void expectCutsDoNotMatter(const std::string &title, Role role, Reader reader, const Offered &offered,
                           std::string_view head, const Octets &frames, bool ends)
{
    const Octets octets = octetsOf(head) + frames;
    const Driven whole = run(role, reader, offered, octets, ends, 0);
    for (std::size_t cut = frames.empty() ? 1 : head.size(); cut < octets.size(); ++cut) {
        const Driven split = run(role, reader, offered, octets, ends, cut);
        ASSERT_EQ(split.linesWhateverTheCuts(), whole.linesWhateverTheCuts()) << title << ", cut at " << cut;
        ASSERT_EQ(split.sent(), whole.sent()) << title << ", cut at " << cut;
        ASSERT_EQ(split.peer.state(), whole.peer.state()) << title << ", cut at " << cut;
    }
    const Driven each = octetByOctet(role, reader, offered, octets, ends);
    EXPECT_EQ(each.linesWhateverTheCuts(), whole.linesWhateverTheCuts()) << title << ", octet by octet";
    EXPECT_EQ(each.sent(), whole.sent()) << title << ", octet by octet";
}

Driven runWhole(const Row &row, Reader reader)
{
    return run(row.reader, reader, offeredBy(row), octetsOf(row.head) + row.frames, row.ends, 0);
}

std::optional<V> firstViolation(const Driven &driven)
{
    for (const PeerEvent &event : driven.events)
        if (const auto *violation = std::get_if<ViolationEvent>(&event))
            return violation->violation;
    return std::nullopt;
}

std::size_t receivedFrames(const Driven &driven)
{
    std::size_t count = 0;
    for (const PeerEvent &event : driven.events)
        if (const auto *frame = std::get_if<FrameEvent>(&event))
            count += frame->direction == Direction::Received ? 1 : 0;
    return count;
}

/// Code of the Close frame that was sent; 0: none.
unsigned closeCodeSent(const Driven &driven)
{
    const auto &sent = driven.peer.closeSent();
    return sent ? sent->code : 0;
}

bool isAboutHead(const Row &row)
{
    return row.frames.empty();
}

/// A good frame is still read as one.
void expectGoesOn(Driven &driven, const Row &row)
{
    driven.events.clear();
    const bool server = row.reader == Role::Server;
    driven.receive(frameOctets(0x89, viewOf("next"), server ? std::optional(sampleMask) : std::nullopt));
    ASSERT_FALSE(driven.events.empty()) << row.title();
    const auto *next = std::get_if<FrameEvent>(&driven.events.front());
    ASSERT_TRUE(next) << row.title() << ": " << driven.lines().front();
    EXPECT_EQ(textOf(next->payload), "next") << row.title();
    EXPECT_FALSE(isFinal(driven.peer.state())) << row.title();
}
} // namespace

TEST(Conformance, EachRowIsItsOwn)
{
    std::set<std::string> titles;
    for (const Row &row : conformance::rows()) {
        EXPECT_TRUE(titles.insert(row.title()).second) << row.title();
        EXPECT_TRUE(row.clause.starts_with("RFC ")) << row.title();
        EXPECT_FALSE(row.level.empty()) << row.title();
        EXPECT_FALSE(row.finding.empty()) << row.title();
    }
    for (const LegalRow &row : conformance::legalRows())
        EXPECT_TRUE(titles.insert(row.clause + row.name + (row.reader == Role::Client ? "client" : "server")).second)
            << row.name;
}

TEST(Conformance, EachViolationHasARow)
{
    // Decisions of a session, which octets alone do not force.
    std::set<V> reached = {V::OriginRefused, V::OutputStalled};
    for (const Row &row : conformance::rows())
        if (row.violation)
            reached.insert(*row.violation);
    for (const ViolationInfo &info : violations())
        EXPECT_TRUE(reached.contains(info.violation)) << info.id;
}

TEST(Conformance, AnEndpointFailsAsTheRfcAsks)
{
    for (const Row &row : conformance::rows()) {
        const Driven driven = runWhole(row, Reader::Endpoint);
        const std::string said = row.title() + "\n  " + testing::PrintToString(driven.lines()) + "\n  " + driven.sent();
        EXPECT_EQ(firstViolation(driven), row.violation) << said;
        EXPECT_EQ(closeCodeSent(driven), row.closeCode) << said;
        switch (row.then) {
        case Then::Fails:
            EXPECT_EQ(driven.peer.state(), ConnectionState::Failed) << said;
            EXPECT_TRUE(driven.sent().ends_with(" FIN")) << said;
            EXPECT_GT(receivedFrames(driven), 0u) << said;
            EXPECT_EQ(static_cast<unsigned>(closeCodeFor(*row.violation).value()), row.closeCode) << said;
            break;
        case Then::Refuses:
            EXPECT_EQ(driven.peer.state(), ConnectionState::Failed) << said;
            EXPECT_TRUE(driven.sent().ends_with(row.ends ? " END" : " FIN")) << said;
            ASSERT_TRUE(driven.peer.response()) << said;
            EXPECT_EQ(driven.peer.response()->status, row.httpStatus) << said;
            EXPECT_EQ(driven.peer.response()->joined("Sec-WebSocket-Version"), row.httpStatus == 426 ? "13" : "")
                << said;
            EXPECT_EQ(infoOf(*row.violation).httpStatus, row.httpStatus) << said;
            break;
        case Then::EndsTcp:
            EXPECT_EQ(driven.peer.state(), ConnectionState::Failed) << said;
            EXPECT_TRUE(driven.sent().ends_with(" END")) << said;
            if (row.reader == Role::Client) {
                EXPECT_EQ(driven.sent(), " END") << said;
            }
            break;
        case Then::AnswersEcho: EXPECT_EQ(driven.peer.state(), ConnectionState::CloseDone) << said; break;
        case Then::GoesOn: EXPECT_EQ(driven.peer.state(), ConnectionState::Open) << said; break;
        }
    }
}

TEST(Conformance, AnObserverNotesItAndGoesOn)
{
    for (const Reader reader : {Reader::Lenient, Reader::Listener}) {
        for (const Row &row : conformance::rows()) {
            Driven driven = runWhole(row, reader);
            driven.receive(row.rest); // a frame is told when it is whole
            EXPECT_EQ(firstViolation(driven), row.violation) << row.title();
            if (reader == Reader::Listener) {
                EXPECT_EQ(driven.sent(), "") << row.title();
            }
            const bool whole = row.reader == Role::Server
                                   ? driven.peer.request() != nullptr
                                   : driven.peer.response() != nullptr && driven.peer.response()->status == 101;
            if (isAboutHead(row) && whole)
                expectGoesOn(driven, row);
            if (isAboutHead(row))
                continue;
            const bool framingKept = !row.violation || infoOf(*row.violation).keepsFraming;
            if (!framingKept)
                EXPECT_EQ(driven.peer.state(), ConnectionState::Failed) << row.title();
            else if (!row.ends)
                expectGoesOn(driven, row);
        }
    }
}

class ConformanceCuts : public testing::TestWithParam<Reader>
{};

TEST_P(ConformanceCuts, DoNotMatterToWhatIsWrong)
{
    for (const Row &row : conformance::rows())
        expectCutsDoNotMatter(row.title(), row.reader, GetParam(), offeredBy(row), row.head, row.frames, row.ends);
}

TEST_P(ConformanceCuts, DoNotMatterToWhatIsLegal)
{
    for (const LegalRow &row : conformance::legalRows())
        expectCutsDoNotMatter(row.name, row.reader, GetParam(), {}, row.head, row.frames, false);
}

INSTANTIATE_TEST_SUITE_P(Readers, ConformanceCuts, testing::ValuesIn(readers));

TEST(Conformance, WhatIsLegalIsTaken)
{
    for (const LegalRow &row : conformance::legalRows()) {
        for (const Reader reader : readers) {
            const Octets octets = octetsOf(row.head) + row.frames;
            const Driven driven = run(row.reader, reader, {}, octets, false, 0);
            EXPECT_EQ(firstViolation(driven), std::nullopt) << row.name << testing::PrintToString(driven.lines());
            EXPECT_NE(driven.peer.state(), ConnectionState::Opening) << row.name;
            EXPECT_NE(driven.peer.state(), ConnectionState::Failed) << row.name;
            if (!row.frames.empty()) {
                EXPECT_GT(receivedFrames(driven), 0u) << row.name;
            }
        }
    }
}

// RFC 6455 §7.4: a code is either echoed or refused. All of them around those that are defined, some of the rest.
TEST(Conformance, EveryCloseCode)
{
    const auto isLegal = [](unsigned code) {
        const std::set<unsigned> defined = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014};
        return defined.contains(code) || (code >= 3000 && code <= 4999);
    };
    for (unsigned code = 0; code <= 0xFFFF; code += code < 5100 ? 1 : 101) {
        const std::string payload = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
        const Octets octets = octetsOf(vectors::sampleResponse) + frameOctets(0x88, viewOf(payload));
        const Driven driven = run(Role::Client, Reader::Endpoint, {}, octets, false, 0);
        ASSERT_EQ(closeCodeSent(driven), isLegal(code) ? code : 1002) << code;
        ASSERT_EQ(driven.peer.state(), isLegal(code) ? ConnectionState::CloseDone : ConnectionState::Failed) << code;
        ASSERT_EQ(driven.peer.closeReceived()->code, code);
    }
}

// RFC 6455 §8.1; the Autobahn suite calls it "fail fast".
TEST(Conformance, TextFailsAtItsFirstWrongOctet)
{
    for (const auto &row : vectors::utf8Rows) {
        if (row.bad < 0)
            continue;
        Driven driven = peerFor(Role::Client, Reader::Endpoint, {});
        driven.receive(viewOf(vectors::sampleResponse));
        const Octets text = fromHex(row.hex);
        FrameHeader header;
        header.opcode = 1;
        header.lengthOctets = 2;
        header.payloadLength = 1000;
        Octets octets;
        appendFrameHeader(octets, header);
        driven.receive(octets + Octets(900, std::byte{'x'}));
        for (int i = 0; i <= row.bad; ++i) {
            ASSERT_EQ(driven.peer.state(), ConnectionState::Open) << row.name << ", before octet " << i;
            driven.receive(OctetView(text).subspan(static_cast<std::size_t>(i), 1));
        }
        EXPECT_EQ(driven.peer.state(), ConnectionState::Failed) << row.name;
        EXPECT_EQ(closeCodeSent(driven), 1007u) << row.name;
    }
}

// RFC 6455 §5.5.2: the octets of each Ping come back, here of 10,000 in one read.
TEST(Conformance, APingFloodIsAnsweredInOrder)
{
    Driven driven = peerFor(Role::Server, Reader::Endpoint, {});
    driven.receive(viewOf(vectors::sampleRequest));
    driven.outputs.clear();
    Octets flood;
    Octets answers;
    for (int i = 0; i < 10'000; ++i) {
        const std::string number = std::to_string(i);
        append(flood, frameOctets(0x89, viewOf(number), sampleMask));
        append(answers, frameOctets(0x8A, viewOf(number)));
    }
    driven.receive(flood);
    EXPECT_TRUE(driven.sent() == toHex(answers));
    EXPECT_EQ(driven.peer.state(), ConnectionState::Open);
}

TEST(Conformance, ARequestIsRefusedForItsOrigin)
{
    Driven driven = peerFor(Role::Server, Reader::Endpoint, {});
    driven.acceptAll = false;
    driven.receive(viewOf(vectors::sampleRequest));
    driven.peer.refuse(refusalFor(*driven.peer.request(), {{V::OriginRefused, "Origin", "http://example.com"}}));
    EXPECT_EQ(driven.peer.response()->status, 403);
}

} // namespace frameglass::protocol
