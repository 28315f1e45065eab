// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "frame_view.h"

#include <QLocale>

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using analysis::CompressionFlow;
using analysis::ConnectionFacts;
using analysis::OwnCompression;
using capture::Direction;

/// Why compressed messages cannot be judged, or nothing.
std::optional<Judgement> unlessCompressed(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return closed;
    const auto &compression = evaluation.facts.compression;
    if (!compression.agreed)
        return notApplicable(CheckText::tr("permessage-deflate is not agreed on"));
    if (!compression.sent.anyCompressed() && !compression.received.anyCompressed())
        return notApplicable(CheckText::tr("No compressed message has passed"));
    return {};
}

/// The graver verdict of both directions, that on what the peer sent where they are equal; nothing where `judge` has
/// nothing to say of either.
template<typename Judge>
std::optional<Judgement> graverOf(const ConnectionFacts &facts, Judge judge)
{
    std::optional<Judgement> gravest;
    for (const Direction direction : {Direction::Received, Direction::Sent}) {
        std::optional<Judgement> one = judge(direction, facts.compression.flow(direction));
        if (one && (!gravest || one->verdict > gravest->verdict))
            gravest = std::move(one);
    }
    return gravest;
}

QString percentText(double share)
{
    return QLocale().toString(share * 100, 'f', 0);
}

Judgement inflateError(const Evaluation &evaluation)
{
    if (auto none = unlessCompressed(evaluation))
        return *none;
    const auto &compression = evaluation.facts.compression;
    for (const Direction direction : {Direction::Received, Direction::Sent}) {
        const auto &failure = compression.flow(direction).firstFailure;
        if (!failure)
            continue;
        const bool first = failure->value.messagesBefore == 0;
        QString reason =
            first ? CheckText::tr("The first compressed message (%1) cannot be inflated").arg(directionText(direction))
                  : CheckText::tr("After %1 good ones a compressed message (%2) cannot be inflated")
                        .arg(failure->value.messagesBefore)
                        .arg(directionText(direction));
        if (!failure->value.detail.empty())
            reason = CheckText::tr("%1: %2").arg(reason, excerptOf(failure->value.detail));
        std::vector<Evidence> evidence{evidenceOf(failure->record, excerptOf(failure->value.detail))};
        if (failure->value.frame != 0)
            evidence.insert(evidence.begin(),
                            evidenceOf(failure->value.frame, CheckText::tr("the frame at which it failed")));
        auto judgement = fail(reason, std::move(evidence));
        // A context that both ends understand differently is missed by later messages only.
        judgement.causeOrder = first ? std::vector<std::size_t>{2, 1, 0} : std::vector<std::size_t>{0, 1, 2};
        return judgement;
    }
    if (compression.sent.unreadFrames + compression.received.unreadFrames > 0)
        return notApplicable(CheckText::tr("Some compressed messages were not read"));
    return pass(CheckText::tr("All %1 compressed messages could be inflated")
                    .arg(compression.sent.compressedMessages + compression.received.compressedMessages));
}

Judgement benefit(const Evaluation &evaluation)
{
    if (auto none = unlessCompressed(evaluation))
        return *none;
    const auto &settings = evaluation.settings;
    const auto judged =
        graverOf(evaluation.facts, [&](Direction direction, const CompressionFlow &flow) -> std::optional<Judgement> {
            if (flow.compressedMessages < settings.benefitMessages)
                return {};
            const std::size_t median = flow.sizes.median();
            const QString half = median < CompressionFlow::exactSizes
                                     ? CheckText::tr("half of them up to %1 octets").arg(median)
                                     : CheckText::tr("half of them %1 octets or more").arg(median);
            const double saved = 1 - flow.ratio().value_or(1);
            const QString text =
                CheckText::tr("%1 compressed messages (%2): %3 octets instead of %4, %5 % saved; %6")
                    .arg(QLocale().toString(static_cast<qulonglong>(flow.compressedMessages)), directionText(direction),
                         octetsText(flow.wireOctets), octetsText(flow.inflatedOctets), percentText(saved), half);
            if (saved < settings.benefitSavedWarn || median < settings.smallMedianOctets) {
                const auto largest = flow.largestInflation();
                return advice(warn(text, {evidenceOf(largest->record, CheckText::tr("the message that shrank most"))}),
                              evaluation);
            }
            return info(text);
        });
    if (!judged)
        return notApplicable(
            CheckText::tr("Fewer than %1 compressed messages in either direction").arg(settings.benefitMessages));
    return *judged;
}

QString nameOf(OwnCompression own)
{
    switch (own) {
    case OwnCompression::Gzip: return QStringLiteral("gzip");
    case OwnCompression::Zlib: return QStringLiteral("zlib");
    case OwnCompression::Zstd: return QStringLiteral("zstd");
    }
    return {};
}

std::optional<Judgement> judgeTwice(const Evaluation &evaluation, Direction direction, const CompressionFlow &flow)
{
    const auto &settings = evaluation.settings;
    if (flow.compressedMessages == 0)
        return {};
    const double share = static_cast<double>(flow.ownCompressed) / static_cast<double>(flow.compressedMessages);
    if (flow.firstOwnCompressed && share >= settings.ownCompressionWarn)
        return advice(warn(CheckText::tr("%1 of %2 compressed messages (%3) were compressed before, the first with %4")
                               .arg(flow.ownCompressed)
                               .arg(flow.compressedMessages)
                               .arg(directionText(direction), nameOf(flow.firstOwnCompressed->value)),
                           {evidenceOf(flow.firstOwnCompressed->record,
                                       CheckText::tr("begins like %1").arg(nameOf(flow.firstOwnCompressed->value)))}),
                      evaluation);
    const double ratio = flow.ratio().value_or(1);
    const QString text = CheckText::tr("Compressed messages (%1) keep %2 % of their size")
                             .arg(directionText(direction), percentText(ratio));
    // What is small hardly shrinks, whatever it is: that is said by ext.benefit.
    const bool readAndLarge =
        flow.unreadFrames == 0 && !flow.firstFailure && flow.sizes.median() >= settings.smallMedianOctets;
    if (ratio >= settings.incompressibleWarn && readAndLarge)
        return advice(warn(text, {evidenceOf(flow.largestInflation()->record,
                                             CheckText::tr("even the message that shrank most"))}),
                      evaluation);
    return pass(text);
}

Judgement doubleCompression(const Evaluation &evaluation)
{
    if (auto none = unlessCompressed(evaluation))
        return *none;
    const auto judged = graverOf(evaluation.facts, [&](Direction direction, const CompressionFlow &flow) {
        return judgeTwice(evaluation, direction, flow);
    });
    return judged ? *judged : notApplicable(CheckText::tr("No compressed message is whole yet"));
}

QString inflationText(const analysis::CompressedSize &size)
{
    return CheckText::tr("%1 octets became %2, %3 to 1")
        .arg(octetsText(size.wireOctets), octetsText(size.inflatedOctets),
             QLocale().toString(size.inflation(), 'f', size.inflation() < 10 ? 1 : 0));
}

Judgement bomb(const Evaluation &evaluation)
{
    if (auto none = unlessCompressed(evaluation))
        return *none;
    const auto &facts = evaluation.facts;
    const auto &settings = evaluation.settings;
    if (const auto *tooBig = violationOf(facts, protocol::Violation::InflatedTooBig)) {
        std::vector<Evidence> evidence{evidenceOf(tooBig->record, textOf(tooBig->value.violation))};
        if (tooBig->frame != 0)
            evidence.insert(evidence.begin(), evidenceOf(tooBig->frame, CheckText::tr("the frame at which it struck")));
        return fail(CheckText::tr("A message (%1) inflates to more than the limit of %2 octets")
                        .arg(directionText(tooBig->value.direction), excerptOf(tooBig->value.detail)),
                    std::move(evidence));
    }
    const auto judged =
        graverOf(facts, [&](Direction direction, const CompressionFlow &flow) -> std::optional<Judgement> {
            if (const auto large = flow.largestInflation(settings.bombOctets);
                large && large->value.inflation() > settings.bombInflation) {
                const QString text =
                    CheckText::tr("A message (%1): %2").arg(directionText(direction), inflationText(large->value));
                return warn(text, {evidenceOf(large->record, CheckText::tr("its last frame"))});
            }
            const auto largest = flow.largestInflation();
            if (!largest)
                return {};
            return pass(CheckText::tr("At most: %1").arg(inflationText(largest->value)));
        });
    return judged ? *judged : notApplicable(CheckText::tr("No compressed message is whole yet"));
}

/// zlib's zconf.h: what deflate and inflate take for a window of 2^bits octets.
std::uint64_t deflateMemory(int bits, int memLevel)
{
    return (std::uint64_t{1} << (bits + 2)) + (std::uint64_t{1} << (memLevel + 9));
}

std::uint64_t inflateMemory(int bits)
{
    return std::uint64_t{1} << bits;
}

Judgement memory(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    if (!facts.compression.agreed)
        return notApplicable(CheckText::tr("permessage-deflate is not agreed on"));
    const auto &settings = evaluation.settings;
    const auto [server, client] = *facts.compression.agreed;
    const std::uint64_t deflating = deflateMemory(server.bits, settings.deflateMemLevel);
    const std::uint64_t inflating = inflateMemory(client.bits);
    const std::uint64_t each = deflating + inflating;
    const std::uint64_t connections =
        std::max<std::uint64_t>(evaluation.all ? evaluation.all->mostCompressing(facts.vantage()) : 0, 1);
    const QString kept = server.keepsContext || client.keepsContext
                             ? CheckText::tr("kept between messages")
                             : CheckText::tr("needed only while a message passes");
    const QString text =
        CheckText::tr(
            "About %1 KiB for each connection at the server (deflate %2, inflate %3), %4: 1 GB with %5 connections")
            .arg(QLocale().toString(static_cast<qulonglong>(each / 1024)),
                 QLocale().toString(static_cast<qulonglong>(deflating / 1024)),
                 QLocale().toString(static_cast<double>(inflating) / 1024, 'f', inflating < 1024 ? 2 : 0), kept,
                 QLocale().toString(static_cast<qulonglong>(settings.deflateMemoryWarn / each)));
    const std::vector<Evidence> evidence{
        evidenceOf(facts.response ? facts.response->record : 0, CheckText::tr("the windows agreed on"))};
    if (connections > settings.deflateMemoryWarn / each)
        return advice(warn(CheckText::tr("%1; there were %2 at once").arg(text).arg(connections), evidence),
                      evaluation);
    return info(text, evidence);
}

constexpr std::string_view section712 = "https://www.rfc-editor.org/rfc/rfc7692#section-7.1.2";
constexpr std::string_view section721 = "https://www.rfc-editor.org/rfc/rfc7692#section-7.2.1";
constexpr std::string_view section722 = "https://www.rfc-editor.org/rfc/rfc7692#section-7.2.2";
constexpr std::string_view section104 = "https://www.rfc-editor.org/rfc/rfc6455#section-10.4";

} // namespace

std::vector<Check> compressionChecks()
{
    return {
        {"ext.inflate-error",
         Phase::Extensions,
         Severity::High,
         Kind::Passive,
         "RFC 7692 §7.2.2",
         section722,
         QT_TRANSLATE_NOOP("checks", "Compressed message cannot be inflated"),
         {{QT_TRANSLATE_NOOP("checks", "Both ends understand context takeover differently"),
           QT_TRANSLATE_NOOP("checks", "The first compressed message is right, a later one is not")},
          {QT_TRANSLATE_NOOP("checks", "A proxy changed the frames"),
           QT_TRANSLATE_NOOP("checks", "A direct connection is right")},
          {QT_TRANSLATE_NOOP("checks", "The sender ends messages wrongly (the four octets 00 00 ff ff)"),
           QT_TRANSLATE_NOOP("checks", "Already the first compressed message fails, at its end")}},
         QT_TRANSLATE_NOOP("checks", "Agree on no_context_takeover both ways, or disable compression."),
         "zwopple/PocketSocket#52; wandenberg/nginx-push-stream-module#295",
         inflateError,
         {}},
        {"ext.benefit",
         Phase::Extensions,
         Severity::Low,
         Kind::Passive,
         "RFC 7692 §7.2.1",
         section721,
         QT_TRANSLATE_NOOP("checks", "Compression pays off"),
         {{QT_TRANSLATE_NOOP("checks", "The messages are small"),
           QT_TRANSLATE_NOOP("checks", "Half of them have fewer than 256 octets")},
          {QT_TRANSLATE_NOOP("checks", "The payloads are compressed already"),
           QT_TRANSLATE_NOOP("checks", "ext.double-compression says so as well")}},
         QT_TRANSLATE_NOOP("checks", "Disable compression, or compress messages from 1 KB on only."),
         "S002 §1",
         benefit,
         {}},
        {"ext.double-compression",
         Phase::Extensions,
         Severity::Low,
         Kind::Passive,
         "RFC 7692 §7.2.1",
         section721,
         QT_TRANSLATE_NOOP("checks", "Payload compressed twice"),
         {{QT_TRANSLATE_NOOP("checks", "The application compresses, and permessage-deflate does so again"),
           QT_TRANSLATE_NOOP("checks", "Messages begin with 1f 8b (gzip), 78 9c (zlib) or 28 b5 2f fd (zstd)")},
          {QT_TRANSLATE_NOOP("checks", "The data is compressed or encrypted by nature"),
           QT_TRANSLATE_NOOP("checks", "Pictures, sound, archives or cipher text are sent")}},
         QT_TRANSLATE_NOOP("checks", "Choose one of the two."),
         "S001 §5 (is_compressed field); glowing-bear/glowing-bear#1280",
         doubleCompression,
         {"ext.benefit"}},
        {"ext.bomb",
         Phase::Extensions,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §10.4; RFC 7692 §8",
         section104,
         QT_TRANSLATE_NOOP("checks", "Inflation ratio"),
         {{QT_TRANSLATE_NOOP("checks", "An attack on the receiver's memory"),
           QT_TRANSLATE_NOOP("checks", "It comes from a client that is not known, and again with each connection")},
          {QT_TRANSLATE_NOOP("checks", "Data that is mostly equal octets"),
           QT_TRANSLATE_NOOP("checks", "The payload as meant is zeros, padding or one pattern again and again")}},
         QT_TRANSLATE_NOOP("checks", "Limit what a message may have after it is inflated, not before."),
         "ws maxPayload, 100 MiB by default; zlib reaches 1,028 to 1",
         bomb,
         {"frame.over-limit"}},
        {"ext.memory",
         Phase::Extensions,
         Severity::Low,
         Kind::Passive,
         "RFC 7692 §7.1.2",
         section712,
         QT_TRANSLATE_NOOP("checks", "Memory estimate per connection"),
         {{QT_TRANSLATE_NOOP("checks", "Context takeover on both sides with the largest window"),
           QT_TRANSLATE_NOOP("checks", "The response names neither no_context_takeover nor max_window_bits")}},
         QT_TRANSLATE_NOOP("checks", "Smaller window bits, no context takeover, or no compression."),
         "websockets/ws#1202; socketio/engine.io#559; nodejs/node#8871; zlib manual",
         memory,
         {}},
    };
}

} // namespace frameglass::diagnosis
