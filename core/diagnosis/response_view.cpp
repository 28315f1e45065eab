// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_view.h"

#include "core/capture/secrets.h"

#include <QLocale>
#include <QStringDecoder>
#include <QStringList>

#include <algorithm>
#include <cctype>

namespace frameglass::diagnosis::response {

namespace {

constexpr int listedLines = 8;

bool isTextOctet(char octet)
{
    const auto value = static_cast<unsigned char>(octet);
    return value == '\r' || value == '\n' || value == '\t' || (value >= 0x20 && value < 0x7f);
}

/// Whether the octets are something else than a frame. A frame that breaks one rule is a matter of the frame checks:
/// here only text, or a first octet that is neither in its reserved bits nor in its opcode a frame's.
bool isNoFrame(std::string_view octets, bool extension)
{
    if (octets.starts_with("\xef\xbb\xbf"))
        return true;
    const auto first = static_cast<unsigned char>(octets.front());
    const unsigned opcode = first & 0x0fu;
    const unsigned reservedBits = (first & 0x70u) & (extension ? ~0x40u : ~0u);
    const bool reservedOpcode = (opcode > 0x2 && opcode < 0x8) || opcode > 0xa;
    const bool illegal = reservedBits != 0 || reservedOpcode || ((opcode & 0x8u) != 0 && (first & 0x80u) == 0);
    const bool isText = std::ranges::all_of(octets.substr(0, 2), isTextOctet);
    return illegal && (isText || (reservedBits != 0 && reservedOpcode));
}

} // namespace

Judgement warn(const QString &reason, std::vector<Evidence> evidence, std::vector<std::size_t> causeOrder)
{
    return {Verdict::Warn, reason, std::move(evidence), std::move(causeOrder)};
}

Judgement fail(const QString &reason, std::vector<Evidence> evidence, std::vector<std::size_t> causeOrder)
{
    return {Verdict::Fail, reason, std::move(evidence), std::move(causeOrder)};
}

QString printable(std::string_view octets, std::size_t maximum)
{
    const bool cut = octets.size() > maximum;
    if (cut)
        octets = octets.substr(0, maximum);
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    QString text = decoder(QByteArrayView(octets.data(), static_cast<qsizetype>(octets.size())));
    const bool isUtf8 = !decoder.hasError() && !text.contains(QChar::ReplacementCharacter);
    if (!isUtf8)
        text = QString::fromLatin1(octets.data(), static_cast<qsizetype>(octets.size()));
    QString line;
    for (const QChar c : std::as_const(text)) {
        // Surrogates belong to characters of UTF-8 that were decoded whole.
        const bool plain = isUtf8 ? c.isPrint() || c.isSurrogate() : c.unicode() >= 0x20 && c.unicode() < 0x7f;
        if (plain)
            line += c;
        else if (c.unicode() <= 0xff)
            line += QStringLiteral("\\x%1").arg(c.unicode(), 2, 16, QLatin1Char('0'));
        else
            line += QStringLiteral("\\u%1").arg(c.unicode(), 4, 16, QLatin1Char('0'));
    }
    return cut ? line + QStringLiteral("…") : line;
}

QString octetCount(std::size_t octets)
{
    return CheckText::tr("%1 octets").arg(QLocale().toString(static_cast<qulonglong>(octets)));
}

const ResponseHead *wholeResponse(const ConnectionFacts &facts)
{
    return facts.response && !facts.responsePartial ? &*facts.response : nullptr;
}

const ResponseHead *response101(const ConnectionFacts &facts)
{
    const auto *head = wholeResponse(facts);
    return head != nullptr && head->value.status == 101 ? head : nullptr;
}

Judgement without101(const ConnectionFacts &facts)
{
    const auto *head = wholeResponse(facts);
    if (head == nullptr)
        return withoutResponse(facts);
    if (head->value.status == 0)
        return notApplicable(CheckText::tr("The status line could not be read"));
    return notApplicable(CheckText::tr("The status is %1, not 101").arg(head->value.status));
}

Judgement withoutResponse(const ConnectionFacts &facts)
{
    if (facts.isListener())
        return notApplicable(CheckText::tr("A listener, not a connection"));
    if (facts.responsePartial)
        return notApplicable(CheckText::tr("The response head never became whole"));
    if (!facts.request)
        return notApplicable(CheckText::tr("No request was sent"));
    return notApplicable(CheckText::tr("No response so far"));
}

OctetsAfterHead octetsAfterHead(const ConnectionFacts &facts)
{
    if (facts.firstOctetsAfterHead)
        return {facts.firstOctetsAfterHead->record, protocol::textOf(facts.firstOctetsAfterHead->value)};
    if (!facts.body.empty())
        return {facts.firstBodyRecord.value_or(0), bodyText(facts).substr(0, 64)};
    return {};
}

bool isFollowedByNoFrame(const HttpHead &head, const ConnectionFacts &facts)
{
    const auto after = octetsAfterHead(facts);
    return !after.octets.empty() && isNoFrame(after.octets, head.find("Sec-WebSocket-Extensions") != nullptr);
}

QString shownValue(const HttpHead &head, const HeaderField &field)
{
    const auto secrets = capture::secretsInHead(head.raw);
    const bool touched = std::ranges::any_of(secrets, [&](const capture::SecretRange &range) {
        return range.offset < field.offset + field.length && field.offset < range.offset + range.length;
    });
    if (!touched)
        return printable(field.value);
    const auto masked = capture::masked(head.raw, secrets);
    return printable(protocol::textOf(masked).substr(field.valueOffset, field.valueLength));
}

QString shownValues(const HttpHead &head, std::string_view name)
{
    QStringList values;
    for (const HeaderField *field : head.all(name)) {
        if (values.size() == listedLines)
            break;
        values << shownValue(head, *field);
    }
    return values.join(QStringLiteral(", "));
}

QString shownStartLine(const HttpHead &head)
{
    const auto masked = capture::masked(head.raw, capture::secretsInHead(head.raw));
    const auto at = protocol::textOf(head.raw).find(head.startLine);
    return printable(protocol::textOf(masked).substr(at == std::string_view::npos ? 0 : at, head.startLine.size()), 80);
}

Evidence lineOf(const ResponseHead &head, const HeaderField &field)
{
    return {head.record, field.offset, field.length,
            printable(field.name, 40) + QStringLiteral(": ") + shownValue(head.value, field)};
}

std::vector<Evidence> linesOf(const ResponseHead &head, std::string_view name)
{
    std::vector<Evidence> lines;
    for (const HeaderField *field : head.value.all(name)) {
        if (lines.size() == listedLines)
            break;
        lines.push_back(lineOf(head, *field));
    }
    return lines;
}

Evidence statusLineOf(const ResponseHead &head)
{
    const std::string_view raw = protocol::textOf(head.value.raw);
    const std::string &line = head.value.startLine;
    const auto at = raw.find(line);
    return {head.record, at == std::string_view::npos ? 0 : at, line.size(), printable(line, 80)};
}

Evidence headOf(const ResponseHead &head, QString text)
{
    return {head.record, 0, head.value.raw.size(), std::move(text)};
}

Evidence bodyOf(const ConnectionFacts &facts)
{
    if (facts.firstBodyRecord && !facts.body.empty())
        return {*facts.firstBodyRecord, 0, facts.body.size(), printable(bodyText(facts), 120)};
    if (facts.response)
        return statusLineOf(*facts.response);
    return {};
}

std::string_view bodyText(const ConnectionFacts &facts)
{
    return protocol::textOf(facts.body);
}

std::string_view valueOf(const HttpHead &head, std::string_view name)
{
    const HeaderField *field = head.find(name);
    return field == nullptr ? std::string_view() : std::string_view(field->value);
}

bool containsIgnoringCase(std::string_view text, std::string_view part)
{
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return !std::ranges::search(text, part, {}, lower, lower).empty() || part.empty();
}

bool isFromNginx(const HttpHead &response)
{
    return protocol::equalsIgnoringCase(valueOf(response, "Server").substr(0, 5), "nginx");
}

bool directGot101(const Evaluation &evaluation)
{
    return evaluation.direct != nullptr && response101(*evaluation.direct) != nullptr;
}

std::vector<std::size_t> causesWithFirst(std::initializer_list<std::size_t> first, std::size_t count)
{
    std::vector<std::size_t> order(first);
    for (std::size_t i = 0; i < count; ++i) {
        if (!std::ranges::count(first, i))
            order.push_back(i);
    }
    return order;
}

std::optional<Nanoseconds> answerTime(const ConnectionFacts &facts)
{
    const auto *head = wholeResponse(facts);
    if (head == nullptr || !facts.request || head->time < facts.request->time)
        return {};
    return head->time - facts.request->time;
}

} // namespace frameglass::diagnosis::response
