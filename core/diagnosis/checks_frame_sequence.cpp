// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "frame_view.h"
#include "report_document.h"
#include "way_view.h"

#include <algorithm>
#include <array>

namespace frameglass::diagnosis {

namespace {

using analysis::FrameFault;
using capture::Direction;

Judgement truncated(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    const auto *violation = violationOf(facts, protocol::Violation::FrameTruncated);
    const auto *end = facts.peerEnd();
    const auto &frame = facts.truncatedFrame;
    // A frame that a violation cut short was cut by us.
    const bool cutByUs =
        frame && std::ranges::any_of(facts.violations, [&](const auto &fact) {
            return fact.frame == frame->record && fact.value.violation != protocol::Violation::FrameTruncated;
        });
    const bool last = frame && facts.received.lastFrame && facts.received.lastFrame->record == frame->record;
    if (violation != nullptr || (frame && !cutByUs && last && end != nullptr)) {
        std::vector<Evidence> evidence;
        QString reason = CheckText::tr("TCP ended inside a frame's header");
        if (frame && last && !cutByUs) {
            reason = CheckText::tr("TCP ended after %1 of the %2 octets that a frame announced")
                         .arg(octetsText(frame->value.payloadOctets), octetsText(frame->value.header.payloadLength));
            evidence.push_back(headerEvidence(frame->record, frame->value.header));
        }
        if (violation != nullptr)
            evidence.push_back(evidenceOf(violation->record, excerptOf(violation->value.detail)));
        if (end != nullptr)
            evidence.push_back(evidenceOf(end->record, textOf(end->value.end)));
        return fail(reason, std::move(evidence));
    }
    if (facts.received.frames == 0)
        return notApplicable(CheckText::tr("No frame was received"));
    if (facts.transportEnds.empty())
        return notApplicable(CheckText::tr("TCP still stands"));
    return pass(CheckText::tr("TCP ended between frames"));
}

Judgement httpInStream(const Evaluation &evaluation)
{
    return judgeFault(evaluation, FrameFault::HttpText, CheckText::tr("Text of HTTP where a frame should begin"),
                      CheckText::tr("No frame begins like HTTP or HTML"));
}

Judgement concurrentWriters(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    const auto &track = facts.framesReceived;
    if (track.frames == 0)
        return notApplicable(CheckText::tr("No frame was received"));
    const auto *badText = violationOf(facts, protocol::Violation::InvalidUtf8);
    const bool alsoText = badText != nullptr && badText->value.direction == Direction::Received;
    const std::size_t kinds = track.differentFaults() + (alsoText ? 1 : 0);
    const std::uint64_t places = track.faultyFrames + (alsoText ? 1 : 0);
    const bool late =
        track.firstFaultTime && *track.firstFaultTime - *facts.openedAt >= evaluation.settings.rightAtOpen;
    if (kinds >= evaluation.settings.concurrentFaultKinds && places >= 2 && track.validBeforeFirstFault > 0 && late)
        return fail(CheckText::tr("%1 kinds of broken frames in %2 places, after %3 good ones")
                        .arg(kinds)
                        .arg(places)
                        .arg(track.validBeforeFirstFault),
                    {evidenceOf(track.firstFaultRecord, CheckText::tr("the first broken frame"))});
    return pass(CheckText::tr("No sign that frames were mixed up while they were written"));
}

Judgement fragmentPattern(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    const auto &settings = evaluation.settings;
    if (facts.framesSent.messages + facts.framesReceived.messages == 0)
        return notApplicable(CheckText::tr("No message has passed"));
    const auto judge = [&](const analysis::FrameTrack &track) -> std::optional<Judgement> {
        if (track.fragmentedMessages == 0)
            return {};
        const QString text = CheckText::tr("%1 of %2 messages came in fragments, the most in %3; %4 to %5 octets each")
                                 .arg(track.fragmentedMessages)
                                 .arg(track.messages)
                                 .arg(track.mostFragments->value)
                                 .arg(octetsText(track.smallestFragment), octetsText(track.largestFragment));
        const std::vector<Evidence> evidence{evidenceOf(
            track.mostFragments->record, CheckText::tr("last frame of the message with the most fragments"))};
        const bool writeBuffer = track.openFragments > 1 && track.smallestFragment == track.largestFragment &&
                                 track.smallestFragment >= settings.gorillaFragmentFrom &&
                                 track.smallestFragment < settings.gorillaFragmentBelow;
        if (track.mostFragments->value > settings.fragmentsWarn || writeBuffer)
            return advice(warn(text, evidence), evaluation);
        return info(text, evidence);
    };
    const auto received = judge(facts.framesReceived);
    const auto sent = judge(facts.framesSent);
    if (received && sent)
        return received->verdict >= sent->verdict ? *received : *sent;
    if (received)
        return *received;
    return sent ? *sent : pass(CheckText::tr("Each message came in one frame"));
}

Judgement tinyMessages(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &settings = evaluation.settings;
    std::optional<analysis::TrafficWindow> busiest;
    for (const auto &window :
         {evaluation.facts.framesSent.busiestWindow, evaluation.facts.framesReceived.busiestWindow})
        if (window && (!busiest || window->messages > busiest->messages))
            busiest = window;
    if (!busiest)
        return notApplicable(CheckText::tr("Less than 10 s of messages"));
    const double seconds = std::chrono::duration<double>(analysis::TrafficWindow::span).count();
    const double rate = static_cast<double>(busiest->messages) / seconds;
    const auto overhead = static_cast<double>(busiest->headerOctets + settings.segmentOverhead * busiest->transfers);
    const double share = overhead / std::max(1.0, overhead + static_cast<double>(busiest->payloadOctets));
    const std::size_t median = busiest->sizes.median();
    const QString text = CheckText::tr("Up to %1 messages a second, half of them up to %2 octets; %3 % are headers")
                             .arg(rate, 0, 'f', 1)
                             .arg(median)
                             .arg(share * 100, 0, 'f', 0);
    const std::vector<Evidence> evidence{
        evidenceOf(busiest->firstRecord, CheckText::tr("first message of the busiest 10 s"))};
    if (rate > settings.tinyMessagesFail && share > settings.tinyOverheadFail)
        return fail(text, evidence);
    if (rate > settings.tinyMessagesWarn && median < settings.tinyMedianOctets)
        return advice(warn(text, evidence), evaluation);
    return pass(text);
}

Judgement overLimit(const Evaluation &evaluation)
{
    using protocol::Violation;
    if (auto silent = unlessFrames(evaluation))
        return *silent;
    for (const auto limit :
         {Violation::FrameTooBig, Violation::MessageTooBig, Violation::TooManyFragments, Violation::InflatedTooBig}) {
        const auto *struck = violationOf(evaluation.facts, limit);
        if (struck == nullptr)
            continue;
        QString reason = textOf(limit);
        if (!struck->value.detail.empty())
            reason = CheckText::tr("%1: %2").arg(reason, excerptOf(struck->value.detail));
        std::vector<Evidence> evidence{evidenceOf(struck->record, reason)};
        if (struck->frame != 0)
            evidence.insert(evidence.begin(), evidenceOf(struck->frame, CheckText::tr("the frame at which it struck")));
        return fail(reason, std::move(evidence));
    }
    return pass(CheckText::tr("No frame or message is over a limit of Frameglass"));
}

Judgement maskQuality(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    if (facts.vantage() == capture::Vantage::Client)
        return notApplicable(CheckText::tr("The client is Frameglass itself"));
    const auto &client =
        facts.frames(facts.vantage() == capture::Vantage::Server ? Direction::Received : Direction::Sent);
    if (client.firstZeroMask)
        return warn(
            CheckText::tr("The masking key of %1 of %2 frames is zero").arg(client.zeroMasks).arg(client.maskedFrames),
            {evidenceOf(*client.firstZeroMask, CheckText::tr("masking key 00000000"))});
    if (client.maskedFrames < evaluation.settings.maskFramesNeeded)
        return notApplicable(CheckText::tr("%1 masked frames are too few; %2 are needed")
                                 .arg(client.maskedFrames)
                                 .arg(evaluation.settings.maskFramesNeeded));
    const QString text =
        CheckText::tr("%1 of %2 masking keys had been used before").arg(client.repeatedMasks).arg(client.comparedMasks);
    const double share = static_cast<double>(client.repeatedMasks) / static_cast<double>(client.comparedMasks);
    if (share > evaluation.settings.maskRepeatsWarn)
        return warn(text, {evidenceOf(*client.firstRepeatedMask, CheckText::tr("the first repeated masking key"))});
    return pass(text);
}

constexpr std::string_view section52 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.2";
constexpr std::string_view section53 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.3";
constexpr std::string_view section54 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.4";
constexpr std::string_view section717 = "https://www.rfc-editor.org/rfc/rfc6455#section-7.1.7";

/// Another connection to that host, at another path or port, whose frames are all right.
const analysis::ConnectionFacts *healthyElsewhere(const Evaluation &evaluation)
{
    const std::string host = way::lookedUpHost(evaluation.facts);
    if (evaluation.all == nullptr || host.empty() || !evaluation.facts.started)
        return nullptr;
    const auto healthy = [&](const auto &entry) {
        const analysis::ConnectionFacts &other = *entry.second;
        return other.started && other.started->value.url != evaluation.facts.started->value.url &&
               way::lookedUpHost(other) == host && other.openedAt && other.violationCount == 0 &&
               other.received.dataFrames > 0;
    };
    const auto found = std::ranges::find_if(evaluation.all->connections(), healthy);
    return found == evaluation.all->connections().end() ? nullptr : found->second.get();
}

/// Only the comparison tells two servers from one that is wrong.
Judgement doubleParser(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    using enum protocol::Violation;
    static constexpr std::array garbage{ReservedBit,        ReservedOpcode, MaskUnexpected,
                                        ControlFragmented,  ControlTooLong, ContinuationWithoutStart,
                                        MessageInterleaved, InvalidUtf8,    CloseCodeIllegal};
    const auto early = std::ranges::find_if(facts.violations, [&](const auto &violation) {
        return violation.value.direction == Direction::Received &&
               std::ranges::count(garbage, violation.value.violation) > 0 &&
               violation.time - *facts.openedAt <= evaluation.settings.rightAtOpen;
    });
    if (early == facts.violations.end())
        return pass(CheckText::tr("The first frames are as they should be"));
    const auto *elsewhere = healthyElsewhere(evaluation);
    if (elsewhere == nullptr)
        return notApplicable(CheckText::tr("A frame is wrong right after the opening; a connection to another path of "
                                           "this host, which would tell, is not in this capture"));
    return fail(CheckText::tr("%1 right after the opening, while %2 works")
                    .arg(textOf(early->value.violation), targetOf(*elsewhere)),
                {evidenceOf(early->record, textOf(early->value.violation))});
}

Judgement typeMismatch(const Evaluation &evaluation)
{
    if (auto silent = unlessFrames(evaluation))
        return *silent;
    const MessageType wanted = evaluation.settings.messageType;
    if (wanted == MessageType::Any)
        return notApplicable(
            CheckText::tr("No message type is declared (setting %1)").arg(QLatin1String("messages.type")));
    const auto &track = evaluation.facts.framesReceived;
    if (track.messages == 0)
        return notApplicable(CheckText::tr("No message came"));
    const bool text = wanted == MessageType::Text;
    const auto &odd = text ? track.firstBinary : track.firstText;
    if (!odd)
        return pass(text ? CheckText::tr("All messages are text") : CheckText::tr("All messages are binary"));
    return warn(text ? CheckText::tr("A binary message came where text is declared")
                     : CheckText::tr("A text message came where binary is declared"),
                {evidenceOf(*odd, opcodeName(text ? 2 : 1))});
}

} // namespace

std::vector<Check> frameSequenceChecks()
{
    return {
        {"frame.type-mismatch",
         Phase::Frames,
         Severity::Low,
         Kind::Passive,
         "RFC 6455 §5.6",
         "https://www.rfc-editor.org/rfc/rfc6455#section-5.6",
         QT_TRANSLATE_NOOP("checks", "Messages of the declared type"),
         {{QT_TRANSLATE_NOOP("checks", "The serializer's default, for example octets instead of a string"), ""}},
         QT_TRANSLATE_NOOP("checks", "Send the declared type."),
         "RFC 6455 §5.6, §7.4.1 (1003); S003 §3.1",
         typeMismatch,
         {}},
        {"frame.truncated",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §7.1.7",
         section717,
         QT_TRANSLATE_NOOP("checks", "Stream ends inside a frame"),
         {{QT_TRANSLATE_NOOP("checks", "The process crashed"),
           QT_TRANSLATE_NOOP("checks", "All its connections end at that moment")},
          {QT_TRANSLATE_NOOP("checks", "A proxy cut the connection"),
           QT_TRANSLATE_NOOP("checks", "A direct connection goes on; the time is the same each time")},
          {QT_TRANSLATE_NOOP("checks", "A write failed half-way"),
           QT_TRANSLATE_NOOP("checks", "The log of the sender shows a write error, for example a full disk")}},
         QT_TRANSLATE_NOOP("checks", "See the rows of phase Close for what ended TCP."),
         "[L1] f-partial-fin",
         truncated,
         {}},
        {"frame.http-in-stream",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.2",
         section52,
         QT_TRANSLATE_NOOP("checks", "HTTP text inside the socket"),
         {{QT_TRANSLATE_NOOP("checks", "A handler or a proxy writes an error page after the 101"),
           QT_TRANSLATE_NOOP("checks", "The text names the program that wrote it")}},
         QT_TRANSLATE_NOOP("checks", "Never touch the HTTP response after the connection was taken over."),
         "[L1] f-http-in-stream, post-html; httpd CHANGES l.2051; coder/websocket#335",
         httpInStream,
         {"frame.rsv-bits", "frame.reserved-opcode", "frame.control-fragmented", "frame.control-too-long",
          "frame.truncated"}},
        {"frame.concurrent-writers",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.4",
         section54,
         QT_TRANSLATE_NOOP("checks", "Writers not serialised"),
         {{QT_TRANSLATE_NOOP("checks", "Several threads or goroutines write (gorilla does not lock for you)"),
           QT_TRANSLATE_NOOP("checks", "The server logs \"concurrent write to websocket connection\"")},
          {QT_TRANSLATE_NOOP("checks", "A proxy mixes up octets"),
           QT_TRANSLATE_NOOP("checks", "Other routes through it are broken too")}},
         QT_TRANSLATE_NOOP("checks", "One writer, or a lock around every write, pings included."),
         "S000 ch.1 table (corrected), S001 §2.4, S003 §2.5; gorilla doc.go:122-133, conn.go:625; "
         "gorilla/websocket#913, gorilla/websocket#957",
         concurrentWriters,
         {"frame.rsv-bits", "frame.reserved-opcode", "frame.control-fragmented", "frame.control-too-long",
          "frame.continuation-orphan", "frame.interleaved-messages", "frame.length-encoding", "frame.length-overflow",
          "frame.utf8"}},
        {"frame.double-parser",
         Phase::Frames,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.2",
         "https://www.rfc-editor.org/rfc/rfc6455#section-5.2",
         QT_TRANSLATE_NOOP("checks", "Two servers on one connection"),
         {{QT_TRANSLATE_NOOP("checks", "Two listeners take the same upgrade: a framework's and the application's, or a "
                                       "development server's"),
           QT_TRANSLATE_NOOP("checks", "Only this path or port is broken; without one of the two it works")}},
         QT_TRANSLATE_NOOP("checks",
                           "Give each a path of its own (ws: noServer, and one upgrade listener that decides)."),
         "getpaseo/paseo#638; websockets/ws#1315, websockets/ws#1148; socketio/engine.io#611",
         doubleParser,
         {"frame.rsv-bits", "frame.reserved-opcode", "frame.control-fragmented", "frame.control-too-long",
          "frame.continuation-orphan", "frame.interleaved-messages", "frame.length-encoding", "frame.length-overflow",
          "frame.utf8", "frame.concurrent-writers", "frame.truncated"}},
        {"frame.over-limit",
         Phase::Frames,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §10.4",
         "https://www.rfc-editor.org/rfc/rfc6455#section-10.4",
         QT_TRANSLATE_NOOP("checks", "Over a limit of Frameglass"),
         {{QT_TRANSLATE_NOOP("checks", "The application sends messages of that size"),
           QT_TRANSLATE_NOOP("checks", "They are meant; raise the limit")},
          {QT_TRANSLATE_NOOP("checks", "The stream is out of step"),
           QT_TRANSLATE_NOOP("checks", "A frame before it is wrong as well, or the length is absurd")},
          {QT_TRANSLATE_NOOP("checks", "An attack on the receiver's memory"),
           QT_TRANSLATE_NOOP("checks", "The same again with each connection")}},
         QT_TRANSLATE_NOOP("checks", "Split the message, or raise the limit."),
         "RFC 6455 §10.4; ws websocket.js:649-652",
         overLimit,
         {}},
        {"frame.fragment-pattern",
         Phase::Frames,
         Severity::Low,
         Kind::Passive,
         "RFC 6455 §5.4",
         section54,
         QT_TRANSLATE_NOOP("checks", "Fragmentation style"),
         {{QT_TRANSLATE_NOOP("checks", "The default write buffer of 4,096 octets (gorilla)"),
           QT_TRANSLATE_NOOP("checks", "All fragments but the last have the same size of 4,0xx octets")}},
         QT_TRANSLATE_NOOP("checks", "WriteBufferSize: 64*1024 for large streams."),
         "S002 §1; gorilla conn.go:36-37, 645-700, 767-780",
         fragmentPattern,
         {}},
        {"frame.tiny-messages",
         Phase::Frames,
         Severity::Low,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Many tiny messages"),
         {{QT_TRANSLATE_NOOP("checks", "No batching"),
           QT_TRANSLATE_NOOP("checks", "Messages come in bursts within a few milliseconds")},
          {QT_TRANSLATE_NOOP("checks", "One update for each field"),
           QT_TRANSLATE_NOOP("checks", "Messages that follow each other name the same object")}},
         QT_TRANSLATE_NOOP("checks", "Join what happens within 20-50 ms into one message; reuse buffers."),
         "S002 §1 (small packets burn CPU)",
         tinyMessages,
         {}},
        {"frame.mask-quality",
         Phase::Frames,
         Severity::Low,
         Kind::Passive,
         "RFC 6455 §5.3; §10.3",
         section53,
         QT_TRANSLATE_NOOP("checks", "Client masks predictable"),
         {{QT_TRANSLATE_NOOP("checks", "A weak random generator"),
           QT_TRANSLATE_NOOP("checks", "Keys repeat in the same order")},
          {QT_TRANSLATE_NOOP("checks", "A constant mask"),
           QT_TRANSLATE_NOOP("checks", "All frames carry the same key")}},
         QT_TRANSLATE_NOOP("checks", "Take each mask from a strong random source."),
         "RFC 6455 §10.3",
         maskQuality,
         {}},
    };
}

} // namespace frameglass::diagnosis
