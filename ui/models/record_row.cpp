// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_row.h"

#include "core/capture/secrets.h"
#include "core/diagnosis/wording.h"
#include "core/diagnosis/wording_tls.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace frameglass::ui {

namespace {

/// Gives `tr` the context of every text of this file.
struct RecordRowText
{
    Q_DECLARE_TR_FUNCTIONS(RecordRow)
};

template<typename... Visitors>
struct Overloaded : Visitors...
{
    using Visitors::operator()...;
};
template<typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

bool looksLikeText(protocol::OctetView payload)
{
    return std::all_of(payload.begin(), payload.end(), [](std::byte octet) {
        const auto value = std::to_integer<unsigned>(octet);
        return value >= 0x20 && value < 0x7f;
    });
}

QString rsvText(std::uint8_t rsv)
{
    if (rsv == 0)
        return QStringLiteral("–");
    QStringList set;
    for (const auto &[bit, name] : {std::pair{protocol::rsv1, "1"}, {protocol::rsv2, "2"}, {protocol::rsv3, "3"}}) {
        if ((rsv & bit) != 0)
            set += QString::fromLatin1(name);
    }
    return set.join(QLatin1Char(','));
}

QString closePreview(const capture::FrameRecord &frame)
{
    if (frame.payload.size() < 2)
        return frame.payload.empty() ? RecordRowText::tr("no code")
                                     : previewOf(frame.payload, false, frame.payloadOctets);
    const auto code = static_cast<std::uint16_t>(std::to_integer<unsigned>(frame.payload[0]) << 8 |
                                                 std::to_integer<unsigned>(frame.payload[1]));
    QString text = diagnosis::closeCodeText(code);
    const protocol::OctetView reason = protocol::OctetView(frame.payload).subspan(2);
    if (!reason.empty())
        text += QStringLiteral(" · ") + previewOf(reason, true, reason.size());
    return text;
}

void describePayload(const capture::FrameRecord &frame, RecordRow &row)
{
    const protocol::OctetView all = frame.payloadMeant();
    const protocol::OctetView shown = all.first(std::min(all.size(), previewOctets));
    row.isText =
        frame.header.is(protocol::Opcode::Text) || (!frame.header.is(protocol::Opcode::Binary) && looksLikeText(shown));
    if (frame.header.is(protocol::Opcode::Close))
        row.data = closePreview(frame);
    else if (shown.empty() && frame.octetsMeant() > 0)
        row.data = RecordRowText::tr("select the row to read it");
    else
        row.data = previewOf(shown, row.isText, frame.octetsMeant());
}

QString eventType(const capture::RecordBody &body)
{
    using namespace capture;
    return std::visit(Overloaded{
                          [](const ConnectionStarted &) { return RecordRowText::tr("start"); },
                          [](const StageChanged &) { return RecordRowText::tr("stage"); },
                          [](const AddressesResolved &) { return RecordRowText::tr("resolve"); },
                          [](const AddressTried &) { return RecordRowText::tr("address"); },
                          [](const SocketFacts &) { return RecordRowText::tr("socket"); },
                          [](const TransferBoundary &) { return RecordRowText::tr("read"); },
                          [](const HeadRecord &head) {
                              return head.kind == protocol::HeadKind::Request ? RecordRowText::tr("request")
                                                                              : RecordRowText::tr("response");
                          },
                          [](const BodyRecord &) { return RecordRowText::tr("body"); },
                          [](const FrameRecord &frame) { return diagnosis::opcodeName(frame.header.opcode); },
                          [](const MessageRecord &) { return RecordRowText::tr("message"); },
                          [](const StateRecord &) { return RecordRowText::tr("state"); },
                          [](const ViolationRecord &) { return RecordRowText::tr("violation"); },
                          [](const HeartbeatRecord &) { return RecordRowText::tr("heartbeat"); },
                          [](const TransportEnded &) { return QStringLiteral("TCP"); },
                          [](const ConnectionEnded &) { return RecordRowText::tr("end"); },
                          [](const ListenerRecord &) { return RecordRowText::tr("listener"); },
                          [](const Dropped &) { return RecordRowText::tr("dropped"); },
                          [](const Interrupted &) { return RecordRowText::tr("interrupted"); },
                          [](const Note &) { return RecordRowText::tr("note"); },
                          [](const TlsMessage &) { return QStringLiteral("TLS"); },
                          [](const TlsFacts &) { return QStringLiteral("TLS"); },
                          [](const DnsLookup &) { return QStringLiteral("DNS"); },
                          [](const ProxyUsed &) { return RecordRowText::tr("proxy"); },
                          [](const ProxyAnswered &) { return RecordRowText::tr("proxy"); },
                      },
                      body);
}

std::optional<capture::Direction> directionOf(const capture::RecordBody &body)
{
    return std::visit(
        [](const auto &value) -> std::optional<capture::Direction> {
            if constexpr (requires { value.direction; })
                return value.direction;
            else
                return std::nullopt;
        },
        body);
}

} // namespace

std::optional<RowKind> rowKindOf(const capture::RecordSketch &sketch)
{
    using namespace capture;
    if (sketch.is(protocol::Opcode::Close))
        return RowKind::Close;
    if (sketch.is(protocol::Opcode::Ping) || sketch.is(protocol::Opcode::Pong))
        return RowKind::Heartbeat;
    if (sketch.isFrame())
        return RowKind::Data;
    if (sketch.is<TransferBoundary>() || sketch.is<SocketFacts>() || sketch.is<MessageRecord>())
        return RowKind::Hidden;
    if (sketch.is<HeartbeatRecord>() || sketch.is<TlsMessage>() || sketch.kind >= std::variant_size_v<RecordBody>)
        return std::nullopt;
    return RowKind::Event;
}

RowKind rowKindOf(const capture::Record &record)
{
    using namespace capture;
    if (const auto kind = rowKindOf(sketchOf(record)))
        return *kind;
    if (const auto *message = as<TlsMessage>(record))
        return message->content == TlsContent::Alert ? RowKind::Alert : RowKind::Tls;
    if (const auto *heartbeat = as<HeartbeatRecord>(record)) {
        // The ping's and the pong's own frames are rows already; the round-trip time is shown on the pong.
        switch (heartbeat->kind) {
        case HeartbeatKind::PingSent:
        case HeartbeatKind::PongMatched: return RowKind::Hidden;
        case HeartbeatKind::PongMissed: return RowKind::Event;
        case HeartbeatKind::PongLate:
        case HeartbeatKind::PongUnsolicited:
        case HeartbeatKind::AutoPongDelayed:
        case HeartbeatKind::AutoPongWithheld: return RowKind::HeartbeatEvent;
        }
    }
    return RowKind::Event;
}

RecordRow makeRow(const capture::Record &record)
{
    RecordRow row;
    row.id = record.id;
    row.direction = directionOf(record.body);
    row.type = eventType(record.body);
    const auto *frame = capture::as<capture::FrameRecord>(record);
    if (const auto *message = capture::as<capture::TlsMessage>(record)) {
        row.length = QLocale().toString(message->octets);
        const bool alert = message->content == capture::TlsContent::Alert;
        row.data = alert ? diagnosis::summaryOf(*message) : diagnosis::tlsMessageName(*message);
        return row;
    }
    if (!frame) {
        if (const auto *tls = capture::as<capture::TlsFacts>(record))
            row.warns = !tls->faults.empty();
        else if (const auto *started = capture::as<capture::ConnectionStarted>(record))
            row.warns = started->anyCertificate;
        row.data = diagnosis::summaryOf(withoutSecrets(record));
        return row;
    }
    row.isFrame = true;
    row.isControl = frame->header.isControl();
    row.fin = frame->header.fin;
    row.rsv = rsvText(frame->header.rsv);
    row.length = QLocale().toString(static_cast<qulonglong>(frame->header.payloadLength));
    if (!frame->complete())
        row.length = RecordRowText::tr("%1 of %2")
                         .arg(QLocale().toString(static_cast<qulonglong>(frame->payloadOctets)), row.length);
    if (frame->inflated)
        row.length += QStringLiteral(" → ") + QLocale().toString(static_cast<qulonglong>(frame->inflated->octets));
    describePayload(*frame, row);
    return row;
}

capture::Record withoutSecrets(capture::Record record)
{
    if (auto *head = std::get_if<capture::HeadRecord>(&record.body))
        head->raw = capture::masked(head->raw, capture::secretsInHead(head->raw));
    else if (auto *started = std::get_if<capture::ConnectionStarted>(&record.body))
        started->url = capture::maskedUrl(started->url);
    return record;
}

QString previewOf(protocol::OctetView payload, bool text, std::uint64_t trueLength)
{
    QString line;
    if (text) {
        const std::string_view octets = protocol::textOf(payload);
        line = QString::fromUtf8(octets.data(), static_cast<qsizetype>(octets.size()));
        if (payload.size() < trueLength && line.endsWith(QChar::ReplacementCharacter))
            line.chop(1); // a character that the cut went through
        for (QChar &character : line) {
            const ushort code = character.unicode();
            if (code < 0x20)
                character = QChar(0x2400 + code);
            else if (code == 0x7f || (code >= 0x80 && code < 0xa0))
                character = QChar(0x2421);
            else if (code == 0x2028 || code == 0x2029)
                character = QChar(0x2424);
        }
    } else {
        constexpr std::size_t shownInHex = 64;
        const protocol::OctetView shown = payload.first(std::min(payload.size(), shownInHex));
        line = QString::fromLatin1(
            QByteArray(reinterpret_cast<const char *>(shown.data()), static_cast<qsizetype>(shown.size())).toHex(' '));
        payload = shown;
    }
    if (payload.size() < trueLength)
        line += QChar(0x2026);
    return line;
}

QString arrowOf(capture::Direction direction)
{
    return direction == capture::Direction::Sent ? QStringLiteral("↑") : QStringLiteral("↓");
}

QString directionWord(capture::Direction direction, capture::Vantage vantage)
{
    const bool sent = direction == capture::Direction::Sent;
    if (vantage == capture::Vantage::Observer)
        return sent ? RecordRowText::tr("client → server") : RecordRowText::tr("server → client");
    return sent ? RecordRowText::tr("sent") : RecordRowText::tr("received");
}

} // namespace frameglass::ui
