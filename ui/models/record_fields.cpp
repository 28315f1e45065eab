// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_fields.h"

#include "record_row.h"
#include "tls_rows.h"

#include "core/diagnosis/wording.h"
#include "core/diagnosis/wording_tls.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QLocale>

#include <algorithm>

namespace frameglass::ui {

namespace {

using capture::FrameRecord;
using diagnosis::durationText;

/// Gives `tr` the context of every text of this file.
struct RecordFieldsText
{
    Q_DECLARE_TR_FUNCTIONS(RecordFields)
};

QString utf8(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString number(std::uint64_t value)
{
    return QLocale().toString(static_cast<qulonglong>(value));
}

QString hexOf(protocol::OctetView octets)
{
    return QString::fromLatin1(
        QByteArray(reinterpret_cast<const char *>(octets.data()), static_cast<qsizetype>(octets.size())).toHex(' '));
}

class FieldList
{
public:
    void add(const QString &name, const QString &value, const QString &meaning = {})
    {
        m_fields.push_back({name, value, meaning});
    }
    RecordField &octets(const QString &name, const QString &value, std::size_t offset, std::size_t length,
                        const QString &meaning = {})
    {
        m_fields.push_back({name, value, meaning, offset, length});
        return m_fields.back();
    }
    RecordField &bits(const QString &name, unsigned value, int width, std::size_t offset, int firstBit,
                      const QString &meaning)
    {
        m_fields.push_back(
            {name, QStringLiteral("%1").arg(value, width, 2, QLatin1Char('0')), meaning, offset, 1, firstBit, width});
        return m_fields.back();
    }
    std::vector<RecordField> take() { return std::move(m_fields); }

private:
    std::vector<RecordField> m_fields;
};

void addFirstOctet(FieldList &list, const FrameRecord &frame)
{
    const protocol::FrameHeader &header = frame.header;
    list.bits(QStringLiteral("FIN"), header.fin ? 1 : 0, 1, 0, 0,
              header.fin ? RecordFieldsText::tr("last fragment of its message")
                         : RecordFieldsText::tr("more fragments follow"))
        .odd = !header.fin && header.isControl();
    struct Bit
    {
        const char *name;
        std::uint8_t mask;
        int place;
    };
    for (const Bit bit : {Bit{"RSV1", protocol::rsv1, 1}, {"RSV2", protocol::rsv2, 2}, {"RSV3", protocol::rsv3, 3}}) {
        const bool set = (header.rsv & bit.mask) != 0;
        const bool compressed = set && bit.mask == protocol::rsv1 && frame.inflated;
        list.bits(QString::fromLatin1(bit.name), set ? 1 : 0, 1, 0, bit.place,
                  compressed ? RecordFieldsText::tr("set: the message is compressed (permessage-deflate)")
                  : set      ? RecordFieldsText::tr("set: an extension must have been agreed for it")
                             : RecordFieldsText::tr("clear"))
            .odd = set && !compressed;
    }
    list.bits(QStringLiteral("opcode"), header.opcode, 4, 0, 4,
              QStringLiteral("0x%1 · %2").arg(header.opcode, 0, 16).arg(diagnosis::opcodeName(header.opcode)))
        .odd = header.isReservedOpcode();
}

void addLength(FieldList &list, const FrameRecord &frame)
{
    const protocol::FrameHeader &header = frame.header;
    const unsigned field = header.lengthOctets == 8   ? 127
                           : header.lengthOctets == 2 ? 126
                                                      : static_cast<unsigned>(header.payloadLength & 0x7f);
    const bool longer = header.lengthOctets > protocol::minimalLengthOctets(header.payloadLength);
    const QString form = header.lengthOctets == 0   ? RecordFieldsText::tr("7-bit form: this is the length")
                         : header.lengthOctets == 2 ? RecordFieldsText::tr("126: the length is in the next 2 octets")
                                                    : RecordFieldsText::tr("127: the length is in the next 8 octets");
    list.bits(RecordFieldsText::tr("length form"), field, 7, 1, 1, form).odd = longer;
    const std::size_t at = header.lengthOctets == 0 ? 1 : 2;
    const std::size_t octets = std::max<std::size_t>(header.lengthOctets, 1);
    RecordField &length = list.octets(RecordFieldsText::tr("payload length"), number(header.payloadLength), at, octets,
                                      longer ? RecordFieldsText::tr("octets; written longer than needed")
                                             : RecordFieldsText::tr("octets"));
    length.odd = longer || (header.isControl() && header.payloadLength > protocol::maximumControlPayload);
    if (header.lengthOctets == 0)
        length.length = 0; // its bits are the length form above
}

void addMask(FieldList &list, const FrameRecord &frame, capture::Vantage vantage)
{
    const protocol::FrameHeader &header = frame.header;
    const bool fromClient = (frame.direction == capture::Direction::Sent) != (vantage == capture::Vantage::Server);
    list.bits(QStringLiteral("MASK"), header.maskKey ? 1 : 0, 1, 1, 0,
              header.maskKey ? RecordFieldsText::tr("payload is masked")
                             : RecordFieldsText::tr("payload is not masked"))
        .odd = header.maskKey.has_value() != fromClient;
}

void addPayload(FieldList &list, const FrameRecord &frame)
{
    const protocol::FrameHeader &header = frame.header;
    const std::size_t start = header.headerOctets();
    if (header.maskKey)
        list.octets(RecordFieldsText::tr("masking key"), hexOf(*header.maskKey), start - 4, 4,
                    *header.maskKey == protocol::MaskKey{} ? RecordFieldsText::tr("all zero: masking changes nothing")
                                                           : QString());
    if (frame.payloadOctets > 0) {
        RecordField &payload =
            list.octets(RecordFieldsText::tr("payload"), number(frame.payloadOctets), start,
                        static_cast<std::size_t>(frame.payloadOctets), RecordFieldsText::tr("octets"));
        payload.odd = !frame.complete();
        if (!frame.complete())
            payload.meaning = RecordFieldsText::tr("octets came of %1").arg(number(header.payloadLength));
    }
    if (frame.inflated) {
        list.add(RecordFieldsText::tr("inflated"), number(frame.inflated->octets),
                 frame.inflated->octets == 0 ? RecordFieldsText::tr("octets")
                                             : RecordFieldsText::tr("octets; sent as %1 % of that")
                                                   .arg(100.0 * static_cast<double>(frame.payloadOctets) /
                                                            static_cast<double>(frame.inflated->octets),
                                                        0, 'f', 1));
        list.add(RecordFieldsText::tr("cost"), durationText(frame.inflated->cost),
                 frame.direction == capture::Direction::Sent ? RecordFieldsText::tr("spent on deflating it")
                                                             : RecordFieldsText::tr("spent on inflating it"));
    }
    if (header.is(protocol::Opcode::Close) && frame.payload.size() >= 2) {
        const auto code = static_cast<std::uint16_t>(std::to_integer<unsigned>(frame.payload[0]) << 8 |
                                                     std::to_integer<unsigned>(frame.payload[1]));
        list.octets(RecordFieldsText::tr("close code"), diagnosis::closeCodeText(code), start, 2).odd =
            !protocol::isLegalOnTheWire(code);
        if (frame.payload.size() > 2)
            list.octets(RecordFieldsText::tr("reason"),
                        previewOf(protocol::OctetView(frame.payload).subspan(2), true, frame.payload.size() - 2),
                        start + 2, frame.payload.size() - 2);
    }
}

void addFields(FieldList &list, const FrameRecord &frame, capture::Vantage vantage)
{
    addFirstOctet(list, frame);
    addMask(list, frame, vantage);
    addLength(list, frame);
    addPayload(list, frame);
    list.add(RecordFieldsText::tr("direction"),
             arrowOf(frame.direction) + QLatin1Char(' ') + directionWord(frame.direction, vantage));
    list.add(RecordFieldsText::tr("offset in stream"), number(frame.streamOffset),
             RecordFieldsText::tr("octets from the end of the opening handshake"));
}

void addFields(FieldList &list, const capture::HeadRecord &head, capture::Vantage vantage)
{
    list.add(RecordFieldsText::tr("direction"),
             arrowOf(head.direction) + QLatin1Char(' ') + directionWord(head.direction, vantage),
             head.complete ? QString() : RecordFieldsText::tr("never became whole"));
    const protocol::HttpHead parsed = protocol::parseHead(head.kind, head.raw);
    const std::size_t lineEnd = parsed.fields.empty() ? head.raw.size() : parsed.fields.front().offset;
    list.octets(head.kind == protocol::HeadKind::Request ? RecordFieldsText::tr("request line")
                                                         : RecordFieldsText::tr("status line"),
                utf8(parsed.startLine), 0, lineEnd);
    for (const protocol::HeaderField &field : parsed.fields)
        list.octets(utf8(field.name), utf8(field.value), field.offset, field.length);
    for (const protocol::OddityAt &oddity : parsed.oddities)
        list.octets(RecordFieldsText::tr("unusual"), diagnosis::textOf(oddity.oddity), oddity.offset, oddity.length)
            .odd = true;
}

void addFields(FieldList &list, const capture::BodyRecord &body, capture::Vantage)
{
    list.octets(RecordFieldsText::tr("body"), number(body.octets.size()), 0, body.octets.size(),
                RecordFieldsText::tr("octets"));
    if (body.skipped > 0)
        list.add(RecordFieldsText::tr("not kept"), number(body.skipped), RecordFieldsText::tr("octets over the limit"));
}

void addFields(FieldList &list, const capture::StageChanged &stage, capture::Vantage)
{
    list.add(RecordFieldsText::tr("stage"), diagnosis::textOf(stage.stage), diagnosis::textOf(stage.outcome));
    if (stage.outcome != capture::StageOutcome::Started)
        list.add(RecordFieldsText::tr("took"), durationText(stage.elapsed));
    if (stage.error != 0)
        list.add(RecordFieldsText::tr("error"), QString::number(stage.error), utf8(stage.message));
}

void addFields(FieldList &list, const capture::AddressesResolved &resolved, capture::Vantage)
{
    list.add(RecordFieldsText::tr("host"), utf8(resolved.host));
    for (const std::string &address : resolved.addresses)
        list.add(RecordFieldsText::tr("address"), utf8(address));
}

void addFields(FieldList &list, const capture::AddressTried &tried, capture::Vantage)
{
    list.add(RecordFieldsText::tr("address"), utf8(tried.address));
    list.add(RecordFieldsText::tr("took"), durationText(tried.elapsed));
    list.add(RecordFieldsText::tr("outcome"),
             tried.error == 0 ? RecordFieldsText::tr("connected") : QString::number(tried.error), utf8(tried.message));
}

void addFields(FieldList &list, const capture::StateRecord &state, capture::Vantage)
{
    list.add(RecordFieldsText::tr("from"), diagnosis::textOf(state.from));
    list.add(RecordFieldsText::tr("to"), diagnosis::textOf(state.to));
    list.add(RecordFieldsText::tr("because"), diagnosis::textOf(state.trigger));
}

void addFields(FieldList &list, const capture::ViolationRecord &violation, capture::Vantage vantage)
{
    const protocol::ViolationInfo &info = protocol::infoOf(violation.violation);
    list.add(RecordFieldsText::tr("violation"), diagnosis::textOf(violation.violation), utf8(info.clause));
    list.add(RecordFieldsText::tr("direction"),
             arrowOf(violation.direction) + QLatin1Char(' ') + directionWord(violation.direction, vantage));
    list.add(RecordFieldsText::tr("offset in stream"), number(violation.streamOffset));
    if (!violation.detail.empty())
        list.add(RecordFieldsText::tr("seen"), utf8(violation.detail));
    if (info.closeCode)
        list.add(RecordFieldsText::tr("close code"),
                 diagnosis::closeCodeText(static_cast<std::uint16_t>(*info.closeCode)));
}

void addFields(FieldList &list, const capture::HeartbeatRecord &heartbeat, capture::Vantage)
{
    if (heartbeat.id != 0)
        list.add(RecordFieldsText::tr("ping"), number(heartbeat.id));
    if (heartbeat.rtt)
        list.add(RecordFieldsText::tr("round trip"), durationText(*heartbeat.rtt));
}

void addFields(FieldList &list, const capture::TransportEnded &ended, capture::Vantage)
{
    list.add(RecordFieldsText::tr("end of TCP"), diagnosis::textOf(ended.end));
    if (ended.error != 0)
        list.add(RecordFieldsText::tr("error"), QString::number(ended.error), utf8(ended.message));
}

void addFields(FieldList &list, const capture::ConnectionEnded &ended, capture::Vantage)
{
    list.add(RecordFieldsText::tr("clean"), ended.wasClean ? RecordFieldsText::tr("yes") : RecordFieldsText::tr("no"));
    list.add(RecordFieldsText::tr("close code"), diagnosis::closeCodeText(ended.code));
    if (!ended.reason.empty())
        list.add(RecordFieldsText::tr("reason"), previewOf(protocol::viewOf(ended.reason), true, ended.reason.size()));
}

void addFields(FieldList &list, const capture::ListenerRecord &listener, capture::Vantage)
{
    list.add(RecordFieldsText::tr("address"), utf8(listener.address));
    list.add(RecordFieldsText::tr("listening"),
             listener.listening ? RecordFieldsText::tr("yes") : RecordFieldsText::tr("no"));
    if (!listener.responder.empty())
        list.add(RecordFieldsText::tr("responder"), utf8(listener.responder));
    if (listener.error != 0)
        list.add(RecordFieldsText::tr("error"), QString::number(listener.error), utf8(listener.message));
}

void addFields(FieldList &list, const capture::TlsMessage &message, capture::Vantage vantage)
{
    list.add(RecordFieldsText::tr("direction"),
             arrowOf(message.direction) + QLatin1Char(' ') + directionWord(message.direction, vantage));
    list.add(message.content == capture::TlsContent::Alert ? RecordFieldsText::tr("alert")
                                                           : RecordFieldsText::tr("message"),
             diagnosis::tlsMessageName(message), QString::number(message.type));
    if (message.content == capture::TlsContent::Alert)
        list.add(RecordFieldsText::tr("level"),
                 message.fatal ? RecordFieldsText::tr("fatal") : RecordFieldsText::tr("warning"));
    list.add(RecordFieldsText::tr("octets"), number(message.octets));
}

void addFields(FieldList &list, const capture::TlsFacts &tls, capture::Vantage vantage)
{
    for (const TlsRow &row : agreementRows(tls, vantage))
        list.add(row.name, row.value, row.words);
    for (const auto &certificate : vantage == capture::Vantage::Server ? tls.clientChain : tls.chain)
        list.add(RecordFieldsText::tr("certificate"), utf8(certificate.subject), utf8(certificate.sha256));
}

/// Kinds whose one line says all there is.
template<typename Other>
void addFields(FieldList &, const Other &, capture::Vantage)
{}

} // namespace

std::vector<RecordField> fieldsOf(const capture::Record &record, capture::Vantage vantage)
{
    FieldList list;
    if (!capture::as<FrameRecord>(record) && !capture::as<capture::HeadRecord>(record))
        list.add(RecordFieldsText::tr("what"), diagnosis::summaryOf(record));
    std::visit([&](const auto &body) { addFields(list, body, vantage); }, record.body);
    list.add(RecordFieldsText::tr("record"), number(record.id),
             RecordFieldsText::tr("%1 after the capture began").arg(durationText(record.time)));
    return list.take();
}

protocol::Octets wireOctets(const capture::Record &record)
{
    if (const auto *frame = capture::as<FrameRecord>(record)) {
        protocol::Octets octets;
        protocol::appendFrameHeader(octets, frame->header);
        const std::size_t start = octets.size();
        protocol::append(octets, frame->payload);
        if (frame->header.maskKey)
            protocol::applyMask(std::span(octets).subspan(start), *frame->header.maskKey);
        return octets;
    }
    if (const auto *head = capture::as<capture::HeadRecord>(record))
        return head->raw;
    if (const auto *body = capture::as<capture::BodyRecord>(record))
        return body->octets;
    return {};
}

std::size_t headerOctets(const capture::Record &record)
{
    const auto *frame = capture::as<FrameRecord>(record);
    return frame ? frame->header.headerOctets() : 0;
}

const RecordField *fieldAt(const std::vector<RecordField> &fields, std::size_t offset)
{
    const RecordField *best = nullptr;
    for (const RecordField &field : fields) {
        if (offset < field.offset || offset - field.offset >= field.length)
            continue;
        if (!best || field.length < best->length)
            best = &field;
    }
    return best;
}

QString bitsOf(const std::vector<RecordField> &fields, std::size_t offset, std::byte octet)
{
    const auto value = std::to_integer<unsigned>(octet);
    QStringList values;
    QStringList names;
    std::vector<const RecordField *> sharing;
    for (const RecordField &field : fields) {
        if (field.firstBit >= 0 && field.offset == offset)
            sharing.push_back(&field);
    }
    std::sort(sharing.begin(), sharing.end(),
              [](const RecordField *a, const RecordField *b) { return a->firstBit < b->firstBit; });
    for (const RecordField *field : sharing) {
        const unsigned bits = value >> (8 - field->firstBit - field->bits) & ((1u << field->bits) - 1);
        values += QStringLiteral("%1").arg(bits, field->bits, 2, QLatin1Char('0'));
        names += QStringLiteral("%1 = %2").arg(field->name, field->value);
    }
    const QString hex = QStringLiteral("%1").arg(value, 2, 16, QLatin1Char('0'));
    if (sharing.empty()) {
        const QString bits = QStringLiteral("%1").arg(value, 8, 2, QLatin1Char('0'));
        const RecordField *field = fieldAt(fields, offset);
        const QString text = QStringLiteral("%1 = %2").arg(hex, bits);
        return field ? text + QStringLiteral(" · ") + field->name : text;
    }
    return QStringLiteral("%1 = %2 · %3").arg(hex, values.join(QLatin1Char(' ')), names.join(QStringLiteral(", ")));
}

QString prettyJson(const QByteArray &text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (error.error != QJsonParseError::NoError || document.isNull())
        return {};
    // Tokens are kept as they came: a parser would sort names and round numbers.
    QByteArray pretty;
    int depth = 0;
    bool inString = false;
    const auto newLine = [&] { pretty += '\n' + QByteArray(2 * depth, ' '); };
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            pretty += c;
            if (c == '\\' && i + 1 < text.size())
                pretty += text[++i];
            else if (c == '"')
                inString = false;
            continue;
        }
        switch (c) {
        case ' ':
        case '\t':
        case '\r':
        case '\n': break;
        case '"':
            inString = true;
            pretty += c;
            break;
        case '{':
        case '[': {
            qsizetype next = i + 1;
            while (next < text.size() && QByteArrayView(" \t\r\n").contains(text[next]))
                ++next;
            pretty += c;
            if (next < text.size() && (text[next] == '}' || text[next] == ']')) {
                pretty += text[next];
                i = next;
                break;
            }
            ++depth;
            newLine();
            break;
        }
        case '}':
        case ']':
            --depth;
            newLine();
            pretty += c;
            break;
        case ',':
            pretty += c;
            newLine();
            break;
        case ':': pretty += ": "; break;
        default: pretty += c;
        }
    }
    return QString::fromUtf8(pretty);
}

} // namespace frameglass::ui
