// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/capture.h"
#include "records.h"
#include "tests/capture/record_samples.h"

#include <gmock/gmock.h>

namespace frameglass::analysis::test {

using protocol::Violation;
using testing::ElementsAre;

namespace {

/// A connection on which permessage-deflate is agreed.
Records deflating(std::string_view offer = "permessage-deflate", std::string_view answer = "permessage-deflate")
{
    Records records;
    records.head(Direction::Sent, protocol::HeadKind::Request,
                 "GET / HTTP/1.1\r\nSec-WebSocket-Extensions: " + std::string(offer) + "\r\n\r\n");
    records.head(Direction::Received, protocol::HeadKind::Response,
                 "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Extensions: " + std::string(answer) + "\r\n\r\n");
    records.open();
    return records;
}

/// Compressed messages, plain ones, octets as sent and as meant, nanoseconds.
std::vector<std::uint64_t> counted(const CompressionFlow &flow)
{
    return {flow.compressedMessages, flow.plainMessages, flow.wireOctets, flow.inflatedOctets,
            static_cast<std::uint64_t>(flow.cost.count())};
}

std::string octets(std::size_t count)
{
    return std::string(count, 'x');
}

} // namespace

TEST(CompressionTrack, countsCompressedAndPlainMessagesOfEachDirection)
{
    auto records = deflating();
    records.compressed(Direction::Sent, Opcode::Text, octets(10), octets(40));
    records.frame(Direction::Sent, Opcode::Text, "plain");
    records.compressed(Direction::Received, Opcode::Text, octets(3), octets(5), false);
    records.frame(Direction::Received, Opcode::Ping, "between");
    records.compressed(Direction::Received, Opcode::Continuation, octets(4), octets(7));
    records.frame(Direction::Received, Opcode::Binary, "a", false);
    records.frame(Direction::Received, Opcode::Continuation, "b");
    const auto compression = records.facts().compression;
    const auto &sent = compression.flow(Direction::Sent);
    EXPECT_THAT(counted(sent), ElementsAre(1, 1, 10, 40, 1000));
    EXPECT_EQ(sent.ratio(), 0.25);
    const auto &received = compression.flow(Direction::Received);
    EXPECT_THAT(counted(received), ElementsAre(1, 1, 7, 12, 2000));
    EXPECT_EQ(received.sizes.median(), 12u);
    EXPECT_EQ(received.unreadFrames, 0u);
}

TEST(CompressionTrack, knowsWhatWasOfferedAnsweredAndAgreed)
{
    const auto facts = deflating("x-other, permessage-deflate; client_max_window_bits, permessage-deflate",
                                 "permessage-deflate; server_no_context_takeover; client_max_window_bits=10")
                           .facts();
    ASSERT_EQ(facts.compression.offered.size(), 2u);
    EXPECT_EQ(facts.compression.offered[0].parameters.size(), 1u);
    ASSERT_TRUE(facts.compression.answered && facts.compression.agreed);
    EXPECT_EQ(protocol::formatExtensions({*facts.compression.answered}),
              "permessage-deflate; server_no_context_takeover; client_max_window_bits=10");
    EXPECT_EQ(facts.compression.agreed->server, (protocol::DeflateWindow{15, false}));
    EXPECT_EQ(facts.compression.agreed->client, (protocol::DeflateWindow{10, true}));
}

TEST(CompressionTrack, onlyA101Agrees)
{
    Records records;
    records.head(Direction::Received, protocol::HeadKind::Response,
                 "HTTP/1.1 200 OK\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
    const auto facts = records.facts();
    EXPECT_FALSE(facts.compression.answered);
    EXPECT_FALSE(facts.compression.agreed);
}

TEST(CompressionTrack, withoutAnAgreementRsv1IsNoCompression)
{
    Records records;
    records.open();
    protocol::FrameHeader header;
    header.opcode = 1;
    header.rsv = protocol::rsv1;
    header.payloadLength = 2;
    records.frame(Direction::Received, header, "hi");
    const auto received = records.facts().compression.received;
    EXPECT_FALSE(received.anyCompressed());
    EXPECT_EQ(received.plainMessages, 1u);
}

TEST(CompressionTrack, saysWhatNobodyInflated)
{
    auto records = deflating();
    protocol::FrameHeader header;
    header.opcode = 1;
    header.rsv = protocol::rsv1;
    header.payloadLength = 2;
    records.frame(Direction::Received, header, "hi");
    const auto received = records.facts().compression.received;
    EXPECT_EQ(received.unreadFrames, 1u);
    EXPECT_EQ(received.wireOctets, 0u);
    EXPECT_FALSE(received.ratio());
}

TEST(CompressionTrack, findsTheMessageThatGrewMost)
{
    auto records = deflating();
    records.compressed(Direction::Received, Opcode::Text, octets(10), octets(1024)); // the most of all
    records.compressed(Direction::Received, Opcode::Text, octets(10), octets(500));
    records.compressed(Direction::Received, Opcode::Text, octets(50), octets(1025), false);
    const auto last = records.compressed(Direction::Received, Opcode::Continuation, octets(50), octets(1025));
    const auto received = records.facts().compression.received;
    ASSERT_TRUE(received.largestInflation());
    EXPECT_DOUBLE_EQ(received.largestInflation()->value.inflation(), 102.4);
    // 1,024 octets are not more than 1,024.
    const auto above = received.largestInflation(1024);
    ASSERT_TRUE(above);
    EXPECT_DOUBLE_EQ(above->value.inflation(), 20.5);
    EXPECT_EQ(above->record, last);
    EXPECT_EQ(above->value.wireOctets, 100u);
    EXPECT_FALSE(received.largestInflation(4096));
    EXPECT_FALSE(records.facts().compression.sent.largestInflation());
}

TEST(CompressionTrack, knowsWhatTheApplicationCompressedBefore)
{
    struct Row
    {
        const char *name;
        Opcode opcode;
        std::string meant;
        std::optional<OwnCompression> own;
    };
    const std::string zero(1, '\0');
    const Row rows[] = {
        {"gzip", Opcode::Binary, "\x1f\x8b\x08" + zero, OwnCompression::Gzip},
        {"gzip of another method", Opcode::Binary, "\x1f\x8b\x07" + zero, {}},
        {"zlib, fastest", Opcode::Binary, "\x78\x01" + octets(2), OwnCompression::Zlib},
        {"zlib, default", Opcode::Binary, "\x78\x9c" + octets(2), OwnCompression::Zlib},
        {"zlib, best", Opcode::Binary, "\x78\xda" + octets(2), OwnCompression::Zlib},
        {"zlib with a dictionary", Opcode::Binary, "\x78\xbb" + octets(2), {}},
        {"no multiple of 31", Opcode::Binary, "\x78\x9d" + octets(2), {}},
        {"zstd", Opcode::Binary, "\x28\xb5\x2f\xfd", OwnCompression::Zstd},
        {"too short", Opcode::Binary, "\x1f\x8b\x08", {}},
        {"a text", Opcode::Text, "x^ab", {}},
        {"something else", Opcode::Binary, "data", {}},
    };
    for (const Row &row : rows) {
        auto records = deflating();
        const auto id = records.compressed(Direction::Received, row.opcode, "wire", row.meant);
        const auto received = records.facts().compression.received;
        EXPECT_EQ(received.ownCompressed, row.own ? 1u : 0u) << row.name;
        ASSERT_EQ(received.firstOwnCompressed.has_value(), row.own.has_value()) << row.name;
        if (row.own) {
            EXPECT_EQ(received.firstOwnCompressed->value, *row.own) << row.name;
            EXPECT_EQ(received.firstOwnCompressed->record, id) << row.name;
        }
    }
}

TEST(CompressionTrack, onlyTheBeginningOfAMessageSaysWhatItIs)
{
    auto records = deflating();
    records.compressed(Direction::Received, Opcode::Binary, "wire", "data", false);
    records.compressed(Direction::Received, Opcode::Continuation, "wire", "\x28\xb5\x2f\xfd");
    EXPECT_EQ(records.facts().compression.received.ownCompressed, 0u);
}

TEST(CompressionTrack, tellsAFirstMessageThatDidNotInflateFromALaterOne)
{
    for (const std::uint64_t before : {0u, 2u}) {
        auto records = deflating();
        for (std::uint64_t i = 0; i < before; ++i)
            records.compressed(Direction::Received, Opcode::Text, octets(10), octets(40));
        const auto frame = records.compressed(Direction::Received, Opcode::Text, octets(10), "");
        const auto said = records.violation(Direction::Received, Violation::InflateFailed, frame, "too far back");
        const auto facts = records.facts();
        const auto &failure = facts.compression.received.firstFailure;
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->record, said);
        EXPECT_EQ(failure->value.frame, frame);
        EXPECT_EQ(failure->value.messagesBefore, before);
        EXPECT_EQ(failure->value.detail, "too far back");
        EXPECT_FALSE(facts.compression.sent.firstFailure);
    }
}

TEST(CompressionTrack, otherViolationsAreNoFailureToInflate)
{
    auto records = deflating();
    const auto frame = records.compressed(Direction::Received, Opcode::Text, octets(10), octets(40));
    records.violation(Direction::Received, Violation::InvalidUtf8, frame);
    EXPECT_FALSE(records.facts().compression.received.firstFailure);
}

TEST(CompressionTrack, addsUpWhateverAFileSays)
{
    auto records = deflating();
    for (const auto cost : {Nanoseconds::max(), Nanoseconds::min(), Nanoseconds::max()}) {
        capture::FrameRecord frame;
        frame.header.opcode = 2;
        frame.header.rsv = protocol::rsv1;
        frame.payloadOctets = ~std::uint64_t(0);
        frame.inflated = capture::InflatedPayload{~std::uint64_t(0), cost, {}, {}};
        records.add(std::move(frame));
    }
    const auto received = records.facts().compression.received;
    EXPECT_EQ(received.compressedMessages, 3u);
    EXPECT_EQ(received.cost, Nanoseconds::max());
    EXPECT_EQ(received.sizes.median(), CompressionFlow::exactSizes);
}

TEST(CompressionTrack, aReopenedCaptureSaysTheSameWithoutPayloads)
{
    auto records = deflating();
    records.compressed(Direction::Received, Opcode::Binary, octets(900), "\x1f\x8b\x08\x01" + octets(2000));
    records.compressed(Direction::Received, Opcode::Binary, octets(300'000), "\x78\x9c" + octets(700'000));
    records.compressed(Direction::Received, Opcode::Binary, octets(10), octets(40));
    const capture::test::TemporaryFolder folder;
    const std::string path = folder / "a.fglass";
    {
        capture::CaptureWriter writer(path);
        for (const auto &record : records.all())
            writer.add(1, {}, record.body);
    }
    const capture::CaptureReader reader(path);
    for (const auto payloads : {capture::Payloads::ControlOnly, capture::Payloads::Full}) {
        ConnectionFacts facts(1);
        reader.forEach(1, reader.lastId(), payloads, [&](capture::Record &&record) {
            facts.add(record);
            return true;
        });
        const auto &received = facts.compression.received;
        EXPECT_THAT(counted(received), ElementsAre(3, 0, 300'910, 702'046, 3000));
        EXPECT_EQ(received.ownCompressed, 2u);
        ASSERT_TRUE(received.firstOwnCompressed);
        EXPECT_EQ(received.firstOwnCompressed->value, OwnCompression::Gzip);
    }
}

} // namespace frameglass::analysis::test
