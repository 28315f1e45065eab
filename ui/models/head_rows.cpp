// SPDX-License-Identifier: GPL-3.0-or-later
#include "head_rows.h"

#include "record_row.h"

#include "core/diagnosis/wording.h"

#include <QCoreApplication>

#include <algorithm>

namespace frameglass::ui {

namespace {

/// Gives `tr` the context of every text of this file.
struct HeadRowsText
{
    Q_DECLARE_TR_FUNCTIONS(HeadRows)
};

QString utf8(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// What a field of the opening handshake says when nothing is wrong with it.
struct KnownField
{
    std::string_view name;
    bool inRequest;
    bool inResponse;
    const char *words;
};
constexpr KnownField knownFields[] = {
    {"Host", true, false, QT_TRANSLATE_NOOP("HeadRows", "names the server")},
    {"Upgrade", true, false, QT_TRANSLATE_NOOP("HeadRows", "asks for websocket")},
    {"Upgrade", false, true, QT_TRANSLATE_NOOP("HeadRows", "agrees to websocket")},
    {"Connection", true, true, QT_TRANSLATE_NOOP("HeadRows", "contains upgrade")},
    {"Sec-WebSocket-Key", true, false, QT_TRANSLATE_NOOP("HeadRows", "16 octets in base64")},
    {"Sec-WebSocket-Version", true, false, QT_TRANSLATE_NOOP("HeadRows", "the version of RFC 6455")},
    {"Sec-WebSocket-Version", false, true, QT_TRANSLATE_NOOP("HeadRows", "the versions the server speaks")},
    {"Sec-WebSocket-Accept", false, true, QT_TRANSLATE_NOOP("HeadRows", "computed from the key, see below")},
    {"Sec-WebSocket-Protocol", true, false, QT_TRANSLATE_NOOP("HeadRows", "subprotocols on offer")},
    {"Sec-WebSocket-Protocol", false, true, QT_TRANSLATE_NOOP("HeadRows", "one of those on offer")},
    {"Sec-WebSocket-Extensions", true, false, QT_TRANSLATE_NOOP("HeadRows", "extensions on offer")},
    {"Sec-WebSocket-Extensions", false, true, QT_TRANSLATE_NOOP("HeadRows", "extensions agreed")},
    {"Origin", true, false, QT_TRANSLATE_NOOP("HeadRows", "the page that asks")},
};

const KnownField *knownField(std::string_view name, protocol::HeadKind kind)
{
    for (const KnownField &field : knownFields) {
        if ((kind == protocol::HeadKind::Request ? field.inRequest : field.inResponse) &&
            protocol::equalsIgnoringCase(field.name, name))
            return &field;
    }
    return nullptr;
}

QString part(protocol::OctetView octets, std::size_t offset, std::size_t length)
{
    if (offset > octets.size())
        return {};
    const protocol::OctetView range = octets.subspan(offset, std::min(length, octets.size() - offset));
    return previewOf(range, true, range.size());
}

void worsen(HeadRow &row, LineVerdict verdict, const QString &words)
{
    const bool first = row.verdict == LineVerdict::Ok || row.verdict == LineVerdict::Plain;
    row.verdict = std::max(row.verdict, verdict);
    if (first)
        row.words = words;
    else if (!row.words.contains(words))
        row.words += QStringLiteral("; ") + words;
}

QString wordsOf(const protocol::HandshakeFault &fault)
{
    return diagnosis::textOf(fault.violation);
}

HeadRow startLine(const protocol::HttpHead &head, protocol::OctetView shown)
{
    HeadRow row;
    const std::string_view all = protocol::textOf(head.raw);
    const std::size_t at = head.startLine.empty() ? std::string_view::npos : all.find(head.startLine);
    row.offset = at == std::string_view::npos ? 0 : at;
    row.length = head.startLine.size();
    row.value = part(shown, row.offset, row.length);
    if (head.kind == protocol::HeadKind::Request)
        row.words = HeadRowsText::tr("asks with GET over HTTP/1.1");
    else
        row.words =
            head.status == 101 ? HeadRowsText::tr("switches to the WebSocket protocol") : HeadRowsText::tr("read");
    return row;
}

HeadRow fieldRow(const protocol::HttpHead &head, const protocol::HeaderField &field, protocol::OctetView shown)
{
    HeadRow row;
    row.name = previewOf(protocol::viewOf(field.name), true, field.name.size());
    row.value = part(shown, field.valueOffset, field.valueLength);
    row.offset = field.offset;
    row.length = field.length;
    // The fields of a 101 mean nothing in another answer.
    const bool refusal = head.kind == protocol::HeadKind::Response && head.status != 101;
    if (const KnownField *known = refusal ? nullptr : knownField(field.name, head.kind)) {
        row.words = QCoreApplication::translate("HeadRows", known->words);
    } else {
        row.verdict = LineVerdict::Plain;
        row.words = HeadRowsText::tr("not part of the WebSocket handshake");
    }
    return row;
}

HeadRow *rowAt(std::vector<HeadRow> &rows, std::size_t offset)
{
    for (HeadRow &row : rows) {
        if (row.verdict != LineVerdict::Missing && offset >= row.offset && offset - row.offset < row.length)
            return &row;
    }
    return nullptr;
}

void addFaults(std::vector<HeadRow> &rows, const std::vector<protocol::HandshakeFault> &faults)
{
    for (const protocol::HandshakeFault &fault : faults) {
        if (fault.field.empty()) {
            worsen(rows.front(), LineVerdict::Wrong, wordsOf(fault));
            continue;
        }
        bool found = false;
        for (HeadRow &row : rows) {
            if (row.name.compare(utf8(fault.field), Qt::CaseInsensitive) == 0) {
                worsen(row, LineVerdict::Wrong, wordsOf(fault));
                found = true;
            }
        }
        if (!found) {
            HeadRow row;
            row.name = utf8(fault.field);
            row.verdict = LineVerdict::Missing;
            row.words = wordsOf(fault);
            rows.push_back(row);
        }
    }
}

} // namespace

std::vector<HeadRow> judgeHead(const protocol::HttpHead &head, const std::vector<protocol::HandshakeFault> &faults,
                               protocol::OctetView shown, capture::RecordId record, const diagnosis::Report *report)
{
    std::vector<HeadRow> rows{startLine(head, shown)};
    for (const protocol::HeaderField &field : head.fields)
        rows.push_back(fieldRow(head, field, shown));
    addFaults(rows, faults);
    for (const protocol::OddityAt &oddity : head.oddities) {
        HeadRow *row = rowAt(rows, oddity.offset);
        worsen(row ? *row : rows.front(), LineVerdict::Odd, diagnosis::textOf(oddity.oddity));
    }
    if (!report)
        return rows;
    for (const diagnosis::Finding &finding : report->findings) {
        const bool bad = finding.verdict == diagnosis::Verdict::Fail || finding.verdict == diagnosis::Verdict::Warn;
        if (!bad || !finding.foldedUnder.empty())
            continue;
        for (const diagnosis::Evidence &evidence : finding.evidence) {
            HeadRow *row = evidence.record == record && evidence.length > 0 ? rowAt(rows, evidence.offset) : nullptr;
            // A range over several lines is about the head, not about the line it begins with.
            if (!row || evidence.length > row->length)
                continue;
            // What the protocol's own rules have said of a line is not said again in other words.
            if (row->verdict != LineVerdict::Wrong)
                worsen(*row, finding.verdict == diagnosis::Verdict::Fail ? LineVerdict::Wrong : LineVerdict::Odd,
                       finding.reason);
        }
    }
    return rows;
}

std::vector<HeadRow> judgeProxyHead(const protocol::HttpHead &head, protocol::OctetView shown)
{
    std::vector<HeadRow> rows{startLine(head, shown)};
    const bool request = head.kind == protocol::HeadKind::Request;
    const bool tunnel = !request && head.status >= 200 && head.status < 300;
    if (request)
        rows.front().words = HeadRowsText::tr("asks the proxy for a tunnel to the server");
    else if (tunnel)
        rows.front().words = HeadRowsText::tr("the tunnel stands");
    else
        worsen(rows.front(), LineVerdict::Wrong, HeadRowsText::tr("the proxy makes no tunnel"));
    for (const protocol::HeaderField &field : head.fields) {
        HeadRow row = fieldRow(head, field, shown);
        row.verdict = LineVerdict::Plain;
        row.words = HeadRowsText::tr("between us and the proxy");
        rows.push_back(row);
    }
    for (const protocol::OddityAt &oddity : head.oddities) {
        HeadRow *row = rowAt(rows, oddity.offset);
        worsen(row ? *row : rows.front(), LineVerdict::Odd, diagnosis::textOf(oddity.oddity));
    }
    return rows;
}

QString textOf(LineVerdict verdict)
{
    switch (verdict) {
    case LineVerdict::Ok:
    case LineVerdict::Plain: return HeadRowsText::tr("ok");
    case LineVerdict::Odd: return HeadRowsText::tr("odd");
    case LineVerdict::Wrong: return HeadRowsText::tr("wrong");
    case LineVerdict::Missing: return HeadRowsText::tr("missing");
    }
    return {};
}

QString signOf(LineVerdict verdict)
{
    switch (verdict) {
    case LineVerdict::Ok:
    case LineVerdict::Plain: return QStringLiteral("✓");
    case LineVerdict::Odd: return QStringLiteral("!");
    case LineVerdict::Wrong:
    case LineVerdict::Missing: return QStringLiteral("✕");
    }
    return {};
}

} // namespace frameglass::ui
