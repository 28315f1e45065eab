// SPDX-License-Identifier: GPL-3.0-or-later
#include "wording.h"

#include "core/analysis/compression_track.h"

#include "check.h"
#include "core/capture/secrets.h"
#include "core/protocol/utf8.h"
#include "wording_tls.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <cmath>

namespace frameglass::diagnosis {

namespace {

using protocol::Direction;

constexpr std::size_t maximumTextShown = 120;
constexpr std::size_t maximumHexShown = 24;

/// Gives `tr` the context of every text of this file.
struct WordingText
{
    Q_DECLARE_TR_FUNCTIONS(wording)
};

/// The first octets of `octets` as one line; `total` says how many there really are.
QString excerpt(protocol::OctetView octets, std::size_t total)
{
    // A character has at most four octets, so more than that need not be looked at.
    const auto looked = octets.first(std::min(octets.size(), 4 * maximumTextShown));
    protocol::Utf8Validator validator;
    const bool isText = validator.feed(looked) == looked.size() && (looked.size() < total || validator.atBoundary());
    if (!isText) {
        const auto shown = looked.first(std::min(looked.size(), maximumHexShown));
        const QString hex = QString::fromStdString(protocol::toHex(shown));
        return shown.size() < total ? hex + QChar(0x2026) : hex;
    }
    QString text =
        QString::fromUtf8(reinterpret_cast<const char *>(looked.data()), static_cast<qsizetype>(looked.size()));
    const bool cut = text.size() > static_cast<qsizetype>(maximumTextShown) || looked.size() < total;
    text.truncate(maximumTextShown);
    if (!text.isEmpty() && text.back().isHighSurrogate())
        text.chop(1);
    for (QChar &c : text)
        if (!c.isPrint() && !c.isSurrogate())
            c = QChar(0x00b7);
    return cut ? text + QChar(0x2026) : text;
}

/// "12 → 96 octets": as sent and as meant.
QString inflatedOctets(std::uint64_t wire, std::uint64_t meant)
{
    return WordingText::tr("%1 → %2").arg(octetsText(wire), countOctets(meant));
}

QString withDetail(const QString &text, const std::string &detail)
{
    return detail.empty() ? text : WordingText::tr("%1: %2").arg(text, excerptOf(detail));
}

QString withError(const QString &text, int error, const std::string &message)
{
    if (!message.empty())
        return WordingText::tr("%1: %2").arg(text, excerptOf(message));
    return error == 0 ? text : WordingText::tr("%1: error %2").arg(text, QString::number(error));
}

QString describe(const capture::ConnectionStarted &started)
{
    const QString url = excerptOf(capture::maskedUrl(started.url));
    switch (started.vantage) {
    case capture::Vantage::Client: {
        const QString text =
            started.attempt > 1
                ? WordingText::tr("Connecting to %1, attempt %2").arg(url, QString::number(started.attempt))
                : WordingText::tr("Connecting to %1").arg(url);
        return started.anyCertificate ? WordingText::tr("%1, whatever its certificate").arg(text) : text;
    }
    case capture::Vantage::Server: return WordingText::tr("Accepted a connection: %1").arg(url);
    case capture::Vantage::Observer: return WordingText::tr("Observed a connection: %1").arg(url);
    }
    return url;
}

QString describe(const capture::StageChanged &stage)
{
    const QString text = WordingText::tr("%1: %2").arg(textOf(stage.stage), textOf(stage.outcome));
    if (stage.outcome == capture::StageOutcome::Started)
        return text;
    return withError(WordingText::tr("%1 after %2").arg(text, durationText(stage.elapsed)), stage.error, stage.message);
}

QString describe(const capture::AddressesResolved &resolved)
{
    QStringList addresses;
    for (const auto &address : resolved.addresses)
        addresses << excerptOf(address);
    return WordingText::tr("%1 is %2").arg(excerptOf(resolved.host), addresses.join(QStringLiteral(", ")));
}

QString describe(const capture::AddressTried &tried)
{
    const QString address = excerptOf(tried.address);
    const QString took = durationText(tried.elapsed);
    if (tried.error == 0)
        return WordingText::tr("Connected to %1 in %2").arg(address, took);
    return withError(WordingText::tr("No connection to %1 after %2").arg(address, took), tried.error, tried.message);
}

QString describe(const capture::SocketFacts &socket)
{
    QStringList parts;
    if (!socket.local.empty() || !socket.remote.empty())
        parts << WordingText::tr("%1 to %2").arg(excerptOf(socket.local), excerptOf(socket.remote));
    if (socket.tcpRtt)
        parts << WordingText::tr("TCP RTT %1").arg(durationText(*socket.tcpRtt));
    if (socket.retransmits)
        parts << WordingText::tr("%1 retransmits").arg(*socket.retransmits);
    return parts.isEmpty() ? WordingText::tr("Socket") : parts.join(QStringLiteral(" · "));
}

QString describe(const capture::TransferBoundary &transfer)
{
    return (transfer.direction == Direction::Sent ? WordingText::tr("%1 written at offset %2")
                                                  : WordingText::tr("%1 read at offset %2"))
        .arg(countOctets(transfer.length), QLocale().toString(static_cast<qulonglong>(transfer.offset)));
}

QString describe(const capture::HeadRecord &head)
{
    const auto masked = capture::masked(head.raw, capture::secretsInHead(head.raw));
    const auto text = protocol::textOf(masked);
    const QString line = excerptOf(text.substr(0, text.find_first_of("\r\n")));
    return head.complete ? line : WordingText::tr("%1 (incomplete)").arg(line);
}

QString describe(const capture::BodyRecord &body)
{
    return WordingText::tr("Body, %1: %2")
        .arg(countOctets(body.octets.size() + body.skipped),
             excerpt(body.octets, body.octets.size() + static_cast<std::size_t>(body.skipped)));
}

QString describe(const capture::FrameRecord &frame)
{
    QStringList parts{opcodeName(frame.header.opcode)};
    if (!frame.header.fin)
        parts[0] += QStringLiteral(" …");
    if (!frame.complete())
        parts << WordingText::tr("%1 of %2 octets")
                     .arg(octetsText(frame.payloadOctets), octetsText(frame.header.payloadLength));
    else
        parts << (frame.inflated ? inflatedOctets(frame.payloadOctets, frame.octetsMeant())
                                 : countOctets(frame.payloadOctets));
    const protocol::OctetView payload = frame.payloadMeant();
    if (frame.header.is(protocol::Opcode::Close) && payload.size() >= 2) {
        const auto code = static_cast<std::uint16_t>(std::to_integer<unsigned>(payload[0]) << 8 |
                                                     std::to_integer<unsigned>(payload[1]));
        parts[1] = closeCodeText(code);
        if (payload.size() > 2)
            parts << excerpt(payload.subspan(2), payload.size() - 2);
    } else if (!payload.empty()) {
        parts << excerpt(payload, payload.size());
    }
    return parts.join(QStringLiteral(" · "));
}

QString describe(const capture::MessageRecord &message)
{
    return WordingText::tr("%1 message whole: %2 in %3 fragments")
        .arg(opcodeName(static_cast<std::uint8_t>(message.opcode)),
             message.compressed ? inflatedOctets(message.octets, message.octetsMeant) : countOctets(message.octets),
             octetsText(message.fragments));
}

QString describe(const capture::StateRecord &state)
{
    return WordingText::tr("%1 → %2: %3").arg(textOf(state.from), textOf(state.to), textOf(state.trigger));
}

QString describe(const capture::ViolationRecord &violation)
{
    return withDetail(textOf(violation.violation), violation.detail);
}

QString describe(const capture::HeartbeatRecord &heartbeat)
{
    using capture::HeartbeatKind;
    const QString rtt = heartbeat.rtt ? durationText(*heartbeat.rtt) : QString();
    const QString id = QString::number(heartbeat.id);
    switch (heartbeat.kind) {
    case HeartbeatKind::PingSent: return WordingText::tr("Ping %1 sent").arg(id);
    case HeartbeatKind::PongMatched: return WordingText::tr("Pong for ping %1 after %2").arg(id, rtt);
    case HeartbeatKind::PongLate: return WordingText::tr("Late pong for ping %1 after %2").arg(id, rtt);
    case HeartbeatKind::PongUnsolicited: return WordingText::tr("Pong that answers none of our pings");
    case HeartbeatKind::PongMissed: return WordingText::tr("No pong for ping %1 in time").arg(id);
    case HeartbeatKind::AutoPongDelayed: return WordingText::tr("Our pong waits for %1").arg(rtt);
    case HeartbeatKind::AutoPongWithheld: return WordingText::tr("Automatic pong is off: this ping stays unanswered");
    }
    return {};
}

QString describe(const capture::TransportEnded &ended)
{
    return withError(textOf(ended.end), ended.error, ended.message);
}

QString describe(const capture::ConnectionEnded &ended)
{
    const QString text =
        (ended.wasClean ? WordingText::tr("Closed cleanly, %1") : WordingText::tr("Ended uncleanly, %1"))
            .arg(closeCodeText(ended.code));
    return withDetail(text, ended.reason);
}

QString describe(const capture::ListenerRecord &listener)
{
    const QString address = excerptOf(listener.address);
    if (listener.error != 0)
        return withError((listener.listening ? WordingText::tr("Could not accept a connection on %1")
                                             : WordingText::tr("Could not listen on %1"))
                             .arg(address),
                         listener.error, listener.message);
    if (listener.message == "connection-limit")
        return WordingText::tr("As many connections on %1 as are allowed at once: more of them wait").arg(address);
    return (listener.listening ? WordingText::tr("Listening on %1 (%2)")
                               : WordingText::tr("Stopped listening on %1 (%2)"))
        .arg(address, excerptOf(listener.responder));
}

QString describe(const capture::Dropped &dropped)
{
    return withDetail(WordingText::tr("Not recorded: %1 records, %2 octets")
                          .arg(octetsText(dropped.records), octetsText(dropped.octets)),
                      dropped.reason);
}

QString describe(const capture::Interrupted &)
{
    return WordingText::tr(
        "The program that wrote this capture ended before it closed the file; at most its last second is lost");
}

QString describe(const capture::Note &note)
{
    return excerptOf(note.text);
}

QString describe(const capture::TlsMessage &message)
{
    return summaryOf(message);
}

QString describe(const capture::TlsFacts &tls)
{
    return summaryOf(tls);
}

QString describe(const capture::DnsLookup &dns)
{
    QStringList answers;
    for (const auto &resource : dns.resources)
        answers << WordingText::tr("%1 %2 (%3 s)")
                       .arg(excerptOf(resource.type), excerptOf(resource.data), QString::number(resource.ttl));
    const QString what = WordingText::tr("DNS %1 of %2 after %3")
                             .arg(excerptOf(dns.type), excerptOf(dns.name), durationText(dns.elapsed));
    return WordingText::tr("%1: %2").arg(what, answers.isEmpty() ? excerptOf(dns.outcome)
                                                                 : answers.join(QStringLiteral(", ")));
}

QString describe(const capture::ProxyUsed &proxy)
{
    return WordingText::tr("Through the %1 proxy %2 to %3")
        .arg(textOf(proxy.kind), excerptOf(proxy.address), excerptOf(proxy.target));
}

QString describe(const capture::ProxyAnswered &answer)
{
    return withDetail(WordingText::tr("The proxy answered %1").arg(QString::number(answer.code)), answer.message);
}

QString scaled(double value, const char *unit)
{
    // Three significant digits.
    const int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return WordingText::tr("%1 %2").arg(QLocale().toString(value, 'f', decimals),
                                        QCoreApplication::translate("wording", unit));
}

} // namespace

QString opcodeName(std::uint8_t opcode)
{
    switch (opcode) {
    case 0x0: return WordingText::tr("continuation");
    case 0x1: return WordingText::tr("text");
    case 0x2: return WordingText::tr("binary");
    case 0x8: return WordingText::tr("close");
    case 0x9: return WordingText::tr("ping");
    case 0xa: return WordingText::tr("pong");
    default: return WordingText::tr("reserved 0x%1").arg(opcode, 0, 16);
    }
}

QString closeCodeText(std::uint16_t code)
{
    const auto name = protocol::closeCodeName(code);
    const QString number = QString::number(code);
    return name.empty() ? number : number + u' ' + QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

QString durationText(Nanoseconds duration)
{
    const auto count = duration.count();
    if (count < 0)
        return WordingText::tr("−%1").arg(durationText(-duration));
    const auto ns = static_cast<double>(count);
    if (count < 1'000)
        return WordingText::tr("%1 ns").arg(QLocale().toString(static_cast<qlonglong>(count)));
    if (ns < 999.5e3)
        return scaled(ns / 1e3, QT_TRANSLATE_NOOP("wording", "µs"));
    if (ns < 999.5e6)
        return scaled(ns / 1e6, QT_TRANSLATE_NOOP("wording", "ms"));
    if (ns < 99.95e9)
        return scaled(ns / 1e9, QT_TRANSLATE_NOOP("wording", "s"));
    const auto seconds = static_cast<qlonglong>(std::llround(ns / 1e9));
    if (seconds < 3600)
        return WordingText::tr("%1:%2 min").arg(seconds / 60).arg(seconds % 60, 2, 10, QLatin1Char('0'));
    return WordingText::tr("%1:%2 h").arg(seconds / 3600).arg(seconds / 60 % 60, 2, 10, QLatin1Char('0'));
}

QString octetsText(std::uint64_t octets)
{
    constexpr std::uint64_t kib = 1024;
    constexpr std::uint64_t mib = kib * kib;
    if (octets < 100 * kib)
        return QLocale().toString(static_cast<qulonglong>(octets));
    if (octets < mib)
        return WordingText::tr("%1 KiB").arg(
            QLocale().toString(static_cast<double>(octets) / static_cast<double>(kib), 'f', 0));
    if (octets < 1024 * mib)
        return WordingText::tr("%1 MiB").arg(
            QLocale().toString(static_cast<double>(octets) / static_cast<double>(mib), 'f', 1));
    return WordingText::tr("%1 GiB").arg(
        QLocale().toString(static_cast<double>(octets) / static_cast<double>(1024 * mib), 'f', 1));
}

namespace {

QString compressedFlow(const QString &arrow, const analysis::CompressionFlow &flow)
{
    if (!flow.anyCompressed())
        return {};
    QString text =
        QStringLiteral(" · ") + arrow + QLatin1Char(' ') + inflatedOctets(flow.wireOctets, flow.inflatedOctets);
    if (const auto ratio = flow.ratio())
        text += QStringLiteral(" (%1 %)").arg(QLocale().toString(*ratio * 100, 'f', 0));
    if (flow.cost.count() > 0)
        text += WordingText::tr(" in %1").arg(durationText(flow.cost));
    return text;
}

} // namespace

QString compressionText(const analysis::CompressionTrack &compression)
{
    if (compression.agreed)
        return QString::fromStdString(protocol::formatExtensions({*compression.answered})) +
               compressedFlow(QStringLiteral("↑"), compression.sent) +
               compressedFlow(QStringLiteral("↓"), compression.received);
    return compression.offered.empty() ? QString() : WordingText::tr("offered, but not agreed on");
}

QString excerptOf(std::string_view octets)
{
    return excerpt(protocol::viewOf(octets), octets.size());
}

QString countOctets(std::uint64_t octets)
{
    const QString text = octetsText(octets);
    if (!text.back().isDigit())
        return text; // with its own unit
    return octets == 1 ? WordingText::tr("1 octet") : WordingText::tr("%1 octets").arg(text);
}

QString summaryOf(const capture::Record &record)
{
    return std::visit([](const auto &body) { return describe(body); }, record.body);
}

} // namespace frameglass::diagnosis
