// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "frame_view.h"

#include <algorithm>
#include <iterator>

namespace frameglass::diagnosis {

namespace {

using analysis::ConnectionFacts;
using analysis::FrameFault;
using analysis::FrameFaultFact;
using capture::Direction;

Judgement maskedServer(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &server = evaluation.facts.frames(evaluation.facts.serverDirection());
    if (server.frames == 0)
        return notApplicable(CheckText::tr("No frame from the server yet"));
    if (!server.firstMasked)
        return pass(CheckText::tr("None of %1 frames from the server is masked").arg(server.frames));
    return fail(CheckText::tr("%1 of %2 frames from the server are masked").arg(server.maskedFrames).arg(server.frames),
                {evidenceOf(*server.firstMasked, CheckText::tr("MASK is set"))});
}

Judgement unmaskedClient(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    const auto &client =
        facts.frames(facts.serverDirection() == Direction::Sent ? Direction::Received : Direction::Sent);
    if (client.frames == 0)
        return notApplicable(CheckText::tr("No frame from the client yet"));
    if (!client.firstUnmasked)
        return pass(CheckText::tr("All %1 frames from the client are masked").arg(client.frames));
    return fail(CheckText::tr("%1 of %2 frames from the client are not masked")
                    .arg(client.frames - client.maskedFrames)
                    .arg(client.frames),
                {headerEvidence(client.firstUnmasked->record, client.firstUnmasked->value)});
}

Judgement reservedBits(const Evaluation &evaluation)
{
    return judgeFault(evaluation, FrameFault::ReservedBits,
                      evaluation.facts.compression.agreed
                          ? CheckText::tr("A reserved bit that permessage-deflate does not explain")
                          : CheckText::tr("A reserved bit without an extension that gives it a meaning"),
                      CheckText::tr("No reserved bit is set without an extension"));
}

Judgement reservedOpcode(const Evaluation &evaluation)
{
    return judgeFault(evaluation, FrameFault::ReservedOpcode, CheckText::tr("A reserved opcode"),
                      CheckText::tr("All opcodes are defined"));
}

Judgement controlFragmented(const Evaluation &evaluation)
{
    return judgeFault(evaluation, FrameFault::ControlFragmented, CheckText::tr("A control frame without FIN"),
                      CheckText::tr("No control frame is fragmented"));
}

Judgement controlTooLong(const Evaluation &evaluation)
{
    return judgeFault(evaluation, FrameFault::ControlTooLong,
                      CheckText::tr("A control frame with more than 125 octets"),
                      CheckText::tr("No control frame has more than 125 octets"));
}

Judgement continuationOrphan(const Evaluation &evaluation)
{
    return judgeFault(evaluation, FrameFault::ContinuationOrphan,
                      CheckText::tr("A continuation although no message was under way"),
                      CheckText::tr("Each continuation continues a message"));
}

Judgement interleavedMessages(const Evaluation &evaluation)
{
    return judgeFault(evaluation, FrameFault::Interleaved, CheckText::tr("A new message began inside a fragmented one"),
                      CheckText::tr("No message began inside another"));
}

Judgement lengthEncoding(const Evaluation &evaluation)
{
    auto judgement =
        judgeFault(evaluation, FrameFault::LengthNotMinimal, CheckText::tr("A length that is not in its shortest form"),
                   CheckText::tr("All lengths are in their shortest form"));
    if (judgement.verdict == Verdict::Fail)
        judgement.verdict = Verdict::Warn;
    return judgement;
}

Judgement lengthOverflow(const Evaluation &evaluation)
{
    if (auto silent = unlessFrames(evaluation))
        return *silent;
    const auto &facts = evaluation.facts;
    Direction direction{};
    if (const auto *found = faultOf(facts, FrameFault::LengthTopBitSet, direction))
        return fail(CheckText::tr("The top bit of a 64-bit length is set (%1)").arg(directionText(direction)),
                    {headerEvidence(found->record, found->header)});
    const auto &sent = facts.framesSent.longest;
    const auto &received = facts.framesReceived.longest;
    const bool fromPeer = received && (!sent || received->value.payloadLength >= sent->value.payloadLength);
    const auto &longest = fromPeer ? *received : *sent;
    const auto length = longest.value.payloadLength;
    const QString text = CheckText::tr("The longest frame announces %1 octets").arg(octetsText(length));
    if (length > evaluation.settings.frameOctetsFail)
        return fail(text, {headerEvidence(longest.record, longest.value)});
    if (length > evaluation.settings.frameOctetsWarn)
        return warn(text, {headerEvidence(longest.record, longest.value)});
    return pass(text);
}

Judgement textUtf8(const Evaluation &evaluation)
{
    if (auto silent = unlessFrames(evaluation))
        return *silent;
    const auto &facts = evaluation.facts;
    if (const auto *bad = violationOf(facts, protocol::Violation::InvalidUtf8)) {
        QString reason = CheckText::tr("Text that is not UTF-8, %1, in the frame at stream offset %2")
                             .arg(directionText(bad->value.direction))
                             .arg(bad->value.streamOffset);
        if (!bad->value.detail.empty())
            reason = CheckText::tr("%1: %2").arg(reason, excerptOf(bad->value.detail));
        std::vector<Evidence> evidence{evidenceOf(bad->record, excerptOf(bad->value.detail))};
        if (bad->frame != 0)
            evidence.insert(evidence.begin(), evidenceOf(bad->frame));
        return fail(reason, std::move(evidence));
    }
    const auto texts = facts.framesSent.textFrames + facts.framesReceived.textFrames;
    if (texts == 0)
        return notApplicable(CheckText::tr("No text message has passed"));
    if (facts.compression.sent.unreadFrames + facts.compression.received.unreadFrames > 0)
        return notApplicable(CheckText::tr("Some messages are compressed, and their text was not read"));
    return pass(CheckText::tr("All text is UTF-8"));
}

constexpr std::string_view section51 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.1";
constexpr std::string_view section52 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.2";
constexpr std::string_view section54 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.4";
constexpr std::string_view section55 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.5";
constexpr std::string_view section56 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.6";

} // namespace

std::vector<Check> frameChecks()
{
    std::vector<Check> rows{
        {"frame.masked-server",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.1",
         section51,
         QT_TRANSLATE_NOOP("checks", "Server frame is masked"),
         {{QT_TRANSLATE_NOOP("checks", "A client library plays the server"),
           QT_TRANSLATE_NOOP("checks", "Its frames are right otherwise; the code creates a client connection")},
          {QT_TRANSLATE_NOOP("checks", "A proxy passes client frames back unmodified"),
           QT_TRANSLATE_NOOP("checks", "The frame equals one that we sent")},
          {QT_TRANSLATE_NOOP("checks", "Two parsers answer on one socket"),
           QT_TRANSLATE_NOOP("checks", "Other frames of the same connection are not masked")}},
         QT_TRANSLATE_NOOP("checks", "Server frames are sent without a mask."),
         "[L1] f-masked",
         maskedServer,
         {}},
        {"frame.unmasked-client",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.1; §5.3",
         section51,
         QT_TRANSLATE_NOOP("checks", "Client frame is not masked"),
         {{QT_TRANSLATE_NOOP("checks", "A server library plays the client"),
           QT_TRANSLATE_NOOP("checks", "Its frames are right otherwise; the code creates a server connection")},
          {QT_TRANSLATE_NOOP("checks", "A client written by hand"),
           QT_TRANSLATE_NOOP("checks", "No frame of it is masked, the Close neither")}},
         QT_TRANSLATE_NOOP("checks", "The client masks each frame with a new, unpredictable key."),
         "RFC 6455 §5.1, §10.3; gorilla conn.go:870; ws receiver.js:349",
         unmaskedClient,
         {}},
        {"frame.rsv-bits",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.2; RFC 7692 §6",
         section52,
         QT_TRANSLATE_NOOP("checks", "Reserved bits set"),
         {{QT_TRANSLATE_NOOP("checks", "Compression is agreed on one hop only"),
           QT_TRANSLATE_NOOP("checks", "One side of the proxy shows Sec-WebSocket-Extensions, the other does not")},
          {QT_TRANSLATE_NOOP("checks", "Octets that are no WebSocket are in the stream"),
           QT_TRANSLATE_NOOP("checks", "frame.http-in-stream fails as well, or the payload is readable text")},
          {QT_TRANSLATE_NOOP("checks", "Two parsers read one socket"),
           QT_TRANSLATE_NOOP("checks", "It begins within a second of the opening")},
          {QT_TRANSLATE_NOOP("checks", "A fault of an Apple network stack"),
           QT_TRANSLATE_NOOP("checks", "Only clients on Apple systems show it")}},
         QT_TRANSLATE_NOOP("checks", "Agree on extensions on every hop, or disable compression."),
         "[L1] f-rsv1; wandenberg/nginx-push-stream-module#295; gorilla/websocket#731",
         reservedBits,
         {}},
        {"frame.reserved-opcode",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.2; §5.5",
         section52,
         QT_TRANSLATE_NOOP("checks", "Reserved opcode"),
         {{QT_TRANSLATE_NOOP("checks", "The stream is out of step"),
           QT_TRANSLATE_NOOP("checks", "A frame before it announced a wrong length, or other faults follow")},
          {QT_TRANSLATE_NOOP("checks", "A private extension that was not negotiated"),
           QT_TRANSLATE_NOOP("checks", "The same opcode in each such frame, and good frames between them")}},
         QT_TRANSLATE_NOOP("checks", "Negotiate an extension before its opcodes are used."),
         "S003 §3.1 (corrected); [L1] f-op3, f-op11",
         reservedOpcode,
         {}},
        {"frame.control-fragmented",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.5",
         section55,
         QT_TRANSLATE_NOOP("checks", "Control frame with FIN=0"),
         {{QT_TRANSLATE_NOOP("checks", "The encoder clears FIN on control frames"),
           QT_TRANSLATE_NOOP("checks", "Each control frame of that sender shows it")}},
         QT_TRANSLATE_NOOP("checks", "Send control frames with FIN=1."),
         "S003 §3.1; [L1]",
         controlFragmented,
         {}},
        {"frame.control-too-long",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.5",
         section55,
         QT_TRANSLATE_NOOP("checks", "Control payload above 125 octets"),
         {{QT_TRANSLATE_NOOP("checks", "A long close reason"), QT_TRANSLATE_NOOP("checks", "The frame is a Close")},
          {QT_TRANSLATE_NOOP("checks", "Much data in a ping"),
           QT_TRANSLATE_NOOP("checks", "The frame is a Ping or Pong")}},
         QT_TRANSLATE_NOOP("checks", "Keep control payloads to 125 octets, a close reason to 123."),
         "S001 §2.1; [L1] f-ping-126",
         controlTooLong,
         {}},
        {"frame.continuation-orphan",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.4",
         section54,
         QT_TRANSLATE_NOOP("checks", "Continuation without a start"),
         {{QT_TRANSLATE_NOOP("checks", "The first fragment was lost"),
           QT_TRANSLATE_NOOP("checks", "A proxy or a filter dropped a frame; a direct connection is right")},
          {QT_TRANSLATE_NOOP("checks", "Several writers interleave their frames"),
           QT_TRANSLATE_NOOP("checks", "frame.interleaved-messages or frame.concurrent-writers fails as well")}},
         QT_TRANSLATE_NOOP("checks", "Let one writer send all frames."),
         "S003 §3.1; [L1] f-cont-first",
         continuationOrphan,
         {}},
        {"frame.interleaved-messages",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.4",
         section54,
         QT_TRANSLATE_NOOP("checks", "New message inside a fragmented one"),
         {{QT_TRANSLATE_NOOP("checks", "Two threads or goroutines write at once"),
           QT_TRANSLATE_NOOP("checks", "It depends on load, and comes at random places (frame.concurrent-writers)")}},
         QT_TRANSLATE_NOOP("checks", "Serialise all writes."),
         "S003 §2.5, §3.1; [L1] f-text-in-frag",
         interleavedMessages,
         {}},
        {"frame.length-encoding",
         Phase::Frames,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §5.2",
         section52,
         QT_TRANSLATE_NOOP("checks", "Length not in its shortest form"),
         {{QT_TRANSLATE_NOOP("checks", "An encoder written by hand"),
           QT_TRANSLATE_NOOP("checks", "It always writes 16 or 64 bits of length")}},
         QT_TRANSLATE_NOOP("checks", "Use the shortest form: 7 bits up to 125, 16 bits up to 65,535."),
         "[L1] f-nonminimal-len",
         lengthEncoding,
         {}},
        {"frame.length-overflow",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.2",
         section52,
         QT_TRANSLATE_NOOP("checks", "Length with the top bit set, or absurd"),
         {{QT_TRANSLATE_NOOP("checks", "The stream is out of step"),
           QT_TRANSLATE_NOOP("checks", "A frame before it is wrong as well")},
          {QT_TRANSLATE_NOOP("checks", "An attack on the receiver's memory"),
           QT_TRANSLATE_NOOP("checks", "The same length again with each connection")}},
         QT_TRANSLATE_NOOP("checks", "Close with 1009 or 1002."),
         "[L1] f-len-msb; ws receiver.js:415",
         lengthOverflow,
         {}},
        {"frame.utf8",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.6; §8.1",
         section56,
         QT_TRANSLATE_NOOP("checks", "Text is not UTF-8"),
         {{QT_TRANSLATE_NOOP("checks", "Binary data is sent as text"),
           QT_TRANSLATE_NOOP("checks", "The payload has NUL octets or a known file signature")},
          {QT_TRANSLATE_NOOP("checks", "Text is cut inside a character"),
           QT_TRANSLATE_NOOP("checks", "The bad octet is the last or the first of the message")},
          {QT_TRANSLATE_NOOP("checks", "Text in another character set"),
           QT_TRANSLATE_NOOP("checks", "Single octets above 7f stand between letters")}},
         QT_TRANSLATE_NOOP("checks", "Send binary messages, or encode the text as UTF-8."),
         "[L1] f-bad-utf8",
         textUtf8,
         {}},
    };
    auto more = frameSequenceChecks();
    std::ranges::move(more, std::back_inserter(rows));
    return rows;
}

} // namespace frameglass::diagnosis
