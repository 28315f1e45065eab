// SPDX-License-Identifier: GPL-3.0-or-later
#include "records.h"

#include <gmock/gmock.h>

namespace frameglass::analysis::test {

using capture::TransportEnd;
using testing::ElementsAre;
using testing::Pair;

TEST(ConnectionFacts, keepsHeadsApart)
{
    Records records;
    records.head(Direction::Sent, protocol::HeadKind::Request, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    records.head(Direction::Received, protocol::HeadKind::Response, "HTTP/1.1 103 Early Hints\r\n\r\n");
    const auto id = records.head(Direction::Received, protocol::HeadKind::Response,
                                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    const auto facts = records.facts();
    ASSERT_TRUE(facts.request);
    EXPECT_EQ(facts.request->value.method, "GET");
    ASSERT_EQ(facts.informational.size(), 1u);
    EXPECT_EQ(facts.informational[0].value.status, 103);
    ASSERT_TRUE(facts.response);
    EXPECT_EQ(facts.response->value.status, 101);
    EXPECT_EQ(facts.response->record, id);
    EXPECT_FALSE(facts.responsePartial);
    EXPECT_FALSE(facts.compression.agreed);
}

TEST(ConnectionFacts, seesThatDeflateWasAgreed)
{
    Records records;
    records.head(Direction::Received, protocol::HeadKind::Response,
                 "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
    EXPECT_TRUE(records.facts().compression.agreed);
}

TEST(ConnectionFacts, boundsTheBodyAndCountsAll)
{
    Records records;
    records.head(Direction::Received, protocol::HeadKind::Response, "HTTP/1.1 200 OK\r\n\r\n");
    records.add(capture::BodyRecord{Direction::Received, protocol::Octets(100'000), 5});
    const auto facts = records.facts();
    EXPECT_EQ(facts.bodyOctets, 100'005u);
    EXPECT_EQ(facts.body.size(), 64u * 1024);
    ASSERT_TRUE(facts.firstOctetsAfterHead);
    EXPECT_EQ(facts.firstOctetsAfterHead->value.size(), 64u);
}

TEST(ConnectionFacts, countsEachDirection)
{
    Records records;
    records.open();
    records.frame(Direction::Sent, Opcode::Text, "four");
    records.frame(Direction::Received, Opcode::Text, "a", false);
    records.frame(Direction::Received, Opcode::Ping, "p");
    const auto last = records.frame(Direction::Received, Opcode::Continuation, "bc");
    const auto facts = records.facts();
    EXPECT_EQ(facts.sent.frames, 1u);
    EXPECT_EQ(facts.sent.payloadOctets, 4u);
    EXPECT_EQ(facts.sent.wireOctets, 6u);
    EXPECT_EQ(facts.received.frames, 3u);
    EXPECT_EQ(facts.received.dataFrames, 2u);
    EXPECT_EQ(facts.received.controlFrames, 1u);
    EXPECT_EQ(facts.received.messages, 1u);
    EXPECT_EQ(facts.received.lastDataFrame->record, last);
}

TEST(ConnectionFacts, givesTheFirstOctetsOfTheServer)
{
    Records records;
    records.head(Direction::Received, protocol::HeadKind::Response, "HTTP/1.1 101 Switching Protocols\r\n\r\n");
    records.frame(Direction::Received, Opcode::Ping, "ab");
    const auto facts = records.facts();
    ASSERT_TRUE(facts.firstOctetsAfterHead);
    EXPECT_EQ(protocol::toHex(facts.firstOctetsAfterHead->value), "89026162");
}

TEST(ConnectionFacts, measuresSilenceWhileOpen)
{
    Records records;
    records.at(1s).open();
    records.at(2s);
    const auto before = records.frame(Direction::Received, Opcode::Text, "a");
    records.at(7s).frame(Direction::Received, Opcode::Text, "b");
    records.at(9s).end(TransportEnd::FinReceived);
    const auto facts = records.facts();
    EXPECT_EQ(facts.longestSilence, 5s);
    EXPECT_EQ(facts.longestSilenceBegan, 2s);
    EXPECT_EQ(facts.longestSilenceAfter, before);
    ASSERT_TRUE(facts.silenceBeforeEnd);
    EXPECT_EQ(facts.silenceBeforeEnd->value, 2s);
    EXPECT_EQ(facts.silenceBeforeEnd->time, 7s);
}

TEST(ConnectionFacts, tellsWhoEndedTcp)
{
    const auto ended = [](std::initializer_list<TransportEnd> ends) {
        Records records;
        records.open();
        for (const auto one : ends)
            records.end(one);
        const auto facts = records.facts();
        return facts.peerEnd() == nullptr ? std::optional<TransportEnd>() : facts.peerEnd()->value.end;
    };
    EXPECT_EQ(ended({TransportEnd::FinReceived, TransportEnd::ClosedByUs}), TransportEnd::FinReceived);
    EXPECT_EQ(ended({TransportEnd::ResetReceived}), TransportEnd::ResetReceived);
    EXPECT_EQ(ended({TransportEnd::TimedOut}), TransportEnd::TimedOut);
    EXPECT_EQ(ended({TransportEnd::FinSent, TransportEnd::FinReceived}), std::nullopt);
    EXPECT_EQ(ended({TransportEnd::FinSent, TransportEnd::ResetReceived}), TransportEnd::ResetReceived);
    EXPECT_EQ(ended({TransportEnd::ClosedByUs}), std::nullopt);
    EXPECT_EQ(ended({}), std::nullopt);
}

TEST(ConnectionFacts, readsCloseFrames)
{
    Records records;
    records.open();
    const auto ours = records.at(1s).frame(Direction::Sent, Opcode::Close,
                                           "\x03\xe8"
                                           "bye");
    const auto theirs = records.at(2s).frame(Direction::Received, Opcode::Close);
    records.frame(Direction::Received, Opcode::Text, "late");
    records.frame(Direction::Received, Opcode::Pong);
    const auto facts = records.facts();
    ASSERT_TRUE(facts.closeSent);
    EXPECT_EQ(facts.closeSent->record, ours);
    EXPECT_EQ(facts.closeSent->value.code, 1000);
    EXPECT_EQ(facts.closeSent->value.reason, "bye");
    ASSERT_TRUE(facts.closeReceived);
    EXPECT_EQ(facts.closeReceived->record, theirs);
    EXPECT_EQ(facts.closeReceived->value.code, std::nullopt);
    EXPECT_EQ(facts.dataFramesAfterClose, 1u);
    EXPECT_EQ(facts.controlFramesAfterClose, 1u);
    EXPECT_EQ(facts.pongsAfterClose, 1u);
    ASSERT_TRUE(facts.closeOrder());
    EXPECT_TRUE(facts.closeOrder()->oursFirst);
    EXPECT_TRUE(facts.closeOrder()->both);
    EXPECT_EQ(facts.closeOrder()->second, 2s);
}

TEST(ConnectionFacts, knowsWhenOurCloseLeftTheSocket)
{
    Records records;
    records.head(Direction::Sent, protocol::HeadKind::Request, "GET / HTTP/1.1\r\n\r\n"); // 18 octets
    records.add(capture::TransferBoundary{Direction::Sent, 0, 18});
    records.open();
    records.at(1s).frame(Direction::Sent, Opcode::Close, "\x03\xe8"); // 4 octets
    records.at(2s).add(capture::TransferBoundary{Direction::Sent, 18, 3});
    EXPECT_FALSE(records.facts().closeWritten);
    const auto rest = records.at(3s).add(capture::TransferBoundary{Direction::Sent, 21, 1});
    ASSERT_TRUE(records.facts().closeWritten);
    EXPECT_EQ(records.facts().closeWritten->record, rest);
    EXPECT_EQ(records.facts().closeWritten->time, 3s);
}

TEST(ConnectionFacts, endedWithoutCloseLeavesOutOurOwnFailures)
{
    Records cut;
    cut.open();
    cut.end(TransportEnd::FinReceived);
    EXPECT_TRUE(cut.facts().endedWithoutClose());

    Records failed;
    failed.open();
    failed.add(capture::StateRecord{ConnectionState::Open, ConnectionState::Failed, Trigger::FailedByUs});
    failed.end(TransportEnd::FinReceived);
    EXPECT_FALSE(failed.facts().endedWithoutClose());
}

TEST(ConnectionFacts, linksAViolationToItsFrame)
{
    Records records;
    records.open();
    const auto frame = records.frame(Direction::Received, Opcode::Text, "a");
    records.add(capture::ViolationRecord{Direction::Received, protocol::Violation::InvalidUtf8, 0, {}});
    records.add(capture::ViolationRecord{Direction::Received, protocol::Violation::FrameTruncated, 99, {}});
    const auto facts = records.facts();
    ASSERT_EQ(facts.violations.size(), 2u);
    EXPECT_EQ(facts.violations[0].frame, frame);
    EXPECT_EQ(facts.violations[1].frame, 0u);
}

TEST(ConnectionFacts, listsAreBoundedAndTheirLengthIsCounted)
{
    Records records;
    for (int i = 0; i < 1500; ++i)
        records.add(capture::ViolationRecord{Direction::Received, protocol::Violation::ReservedBit, 0, {}});
    const auto facts = records.facts();
    EXPECT_EQ(facts.violations.size(), ConnectionFacts::maximumListed);
    EXPECT_EQ(facts.violationCount, 1500u);
}

TEST(ConnectionFacts, aListenerIsNoConnection)
{
    Records records;
    records.add(capture::ListenerRecord{});
    EXPECT_TRUE(records.facts().isListener());
}

TEST(CaptureFacts, foldsEachConnectionOnItsOwn)
{
    CaptureFacts facts;
    facts.add({1, 0, 0s, capture::Dropped{3, 4, "full"}});
    facts.add({2, 1, 0s, capture::ConnectionStarted{}});
    facts.add({3, 2, 0s, capture::ConnectionStarted{}});
    capture::Record frame{4, 2, 1s, capture::FrameRecord{}};
    facts.add(frame);
    EXPECT_EQ(facts.connections().size(), 2u);
    ASSERT_NE(facts.find(2), nullptr);
    EXPECT_EQ(facts.find(2)->received.frames, 1u);
    EXPECT_EQ(facts.find(1)->received.frames, 0u);
    EXPECT_EQ(facts.find(3), nullptr);
    ASSERT_EQ(facts.dropped.size(), 1u);
    EXPECT_EQ(facts.dropped[0].value.records, 3u);
}

TEST(FrameTrack, countsFragments)
{
    Records records;
    records.frame(Direction::Received, Opcode::Text, "whole");
    records.frame(Direction::Received, Opcode::Text, "aa", false);
    records.frame(Direction::Received, Opcode::Continuation, "bbb", false);
    records.frame(Direction::Received, Opcode::Continuation, "c");
    const auto track = records.facts().framesReceived;
    EXPECT_THAT(track.fragmentsHistogram, ElementsAre(Pair(1u, 1u), Pair(3u, 1u)));
    EXPECT_EQ(track.smallestFragment, 2u);
    EXPECT_EQ(track.largestFragment, 3u);
    EXPECT_EQ(track.lastMessageOctets, 6u);
    EXPECT_EQ(track.faultyFrames, 0u);
}

TEST(FrameTrack, keepsTheFirstFrameOfEachFault)
{
    Records records;
    records.frame(Direction::Received, Opcode::Text, "good");
    const auto first = records.at(1s).frame(Direction::Received, Opcode::Continuation, "x");
    records.frame(Direction::Received, Opcode::Continuation, "y");
    const auto track = records.facts().framesReceived;
    ASSERT_TRUE(track.fault(FrameFault::ContinuationOrphan));
    EXPECT_EQ(track.fault(FrameFault::ContinuationOrphan)->record, first);
    EXPECT_EQ(track.fault(FrameFault::ContinuationOrphan)->count, 2u);
    EXPECT_EQ(track.differentFaults(), 1u);
    EXPECT_EQ(track.validBeforeFirstFault, 1u);
    EXPECT_EQ(track.firstFaultTime, 1s);
}

TEST(FrameTrack, findsTheBusiestTenSeconds)
{
    Records records;
    for (int i = 0; i < 100; ++i)
        records.at(100ms * i).frame(Direction::Received, Opcode::Text, i < 60 ? "abc" : "abcdefgh");
    records.at(11s).frame(Direction::Received, Opcode::Text, "end");
    const auto window = records.facts().framesReceived.busiestWindow;
    ASSERT_TRUE(window);
    EXPECT_EQ(window->messages, 100u);
    EXPECT_EQ(window->sizes.median(), 3u);
    EXPECT_EQ(window->payloadOctets, 60u * 3 + 40u * 8);
}

} // namespace frameglass::analysis::test
