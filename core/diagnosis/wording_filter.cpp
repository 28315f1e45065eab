// SPDX-License-Identifier: GPL-3.0-or-later
#include "wording_filter.h"

#include <QCoreApplication>
#include <QStringList>

namespace frameglass::diagnosis {

namespace {

struct FilterText
{
    Q_DECLARE_TR_FUNCTIONS(FilterText)
};

/// As far as it fits into a sentence.
QString shortened(const std::string &text)
{
    constexpr qsizetype longest = 40;
    const QString whole = QString::fromStdString(text).simplified();
    return whole.size() <= longest ? whole : whole.left(longest) + QChar(0x2026);
}

QString namesOf(const std::string &field)
{
    const analysis::FilterField *found = analysis::findFilterField(field);
    QStringList names;
    for (const analysis::FilterName &name :
         found ? analysis::filterNames(found->id) : std::vector<analysis::FilterName>())
        if (names.size() < 8)
            names += QString::fromLatin1(name.name.data(), static_cast<qsizetype>(name.name.size()));
    return names.join(QStringLiteral(", "));
}

QString wantedBy(const std::string &field)
{
    const analysis::FilterField *found = analysis::findFilterField(field);
    switch (found ? found->type : analysis::FilterType::Text) {
    case analysis::FilterType::Truth: return FilterText::tr("true or false");
    case analysis::FilterType::Number: return FilterText::tr("a number, such as 125 or 1 KiB");
    case analysis::FilterType::Duration: return FilterText::tr("a duration, such as 50 ms");
    case analysis::FilterType::Name: return FilterText::tr("a name, such as %1").arg(namesOf(field));
    case analysis::FilterType::Octets: return FilterText::tr("octets, such as 00:ff, or a text in quotes");
    case analysis::FilterType::Json: return FilterText::tr("a text in quotes, a number, true or false");
    case analysis::FilterType::Presence:
    case analysis::FilterType::Text: break;
    }
    return FilterText::tr("a text in quotes");
}

} // namespace

QString textOf(const analysis::FilterError &error)
{
    using Code = analysis::FilterErrorCode;
    const QString subject = shortened(error.subject);
    const QString suggestion = shortened(error.suggestion);
    switch (error.code) {
    case Code::TooLong:
        return FilterText::tr("The filter is too long; it may have 4,096 octets and sets of 256 values.");
    case Code::TooDeep: return FilterText::tr("Too many parentheses or negations within each other.");
    case Code::FieldExpected:
        return subject.isEmpty() ? FilterText::tr("A field is expected here, such as websocket.opcode.")
                                 : FilterText::tr("A field is expected instead of \"%1\".").arg(subject);
    case Code::FieldUnknown:
        return suggestion.isEmpty()
                   ? FilterText::tr("There is no field \"%1\".").arg(subject)
                   : FilterText::tr("There is no field \"%1\". Did you mean %2?").arg(subject, suggestion);
    case Code::ArgumentExpected:
        return error.subject == "json.path" ? FilterText::tr("json.path wants a path: json.path(\"$.type\").")
                                            : FilterText::tr("http.header wants a name: http.header(\"Upgrade\").");
    case Code::PathWrong:
        return FilterText::tr("\"%1\" is no path. A path begins with $, then .name or [0] follow: $.items[0].id.")
            .arg(subject);
    case Code::OperatorUnfit: return FilterText::tr("%1 cannot be asked with %2.").arg(subject, suggestion);
    case Code::ValueExpected:
        return error.suggestion == "{"
                   ? FilterText::tr("\"in\" wants a set: {1, 3..5}.")
                   : FilterText::tr("%1 is compared with %2.").arg(subject, wantedBy(error.subject));
    case Code::ValueUnfit: return FilterText::tr("%1 is compared with %2.").arg(subject, wantedBy(error.subject));
    case Code::NameUnknown:
        return FilterText::tr("%1 has no name \"%2\", but %3.").arg(suggestion, subject, namesOf(error.suggestion));
    case Code::NumberWrong:
        return error.suggestion == "ms"
                   ? FilterText::tr("\"%1\" has no unit of time: ns, us, ms, s, min or h.").arg(subject)
                   : FilterText::tr("\"%1\" is no number here.").arg(subject);
    case Code::TextUnfinished: return FilterText::tr("The text has no closing quotation mark.");
    case Code::PatternWrong: return FilterText::tr("The pattern cannot be used: %1.").arg(subject);
    case Code::ConnectiveExpected: return FilterText::tr("&& or || is expected before \"%1\".").arg(subject);
    case Code::ParenthesisMissing:
        return FilterText::tr("\"%1\" is missing.").arg(error.suggestion.empty() ? subject : suggestion);
    }
    return {};
}

QString helpOf(analysis::FilterFieldId field)
{
    using Id = analysis::FilterFieldId;
    switch (field) {
    case Id::Websocket: return FilterText::tr("The record is a frame.");
    case Id::Opcode: return FilterText::tr("The frame's opcode.");
    case Id::Fin: return FilterText::tr("FIN: the last fragment of its message.");
    case Id::Rsv: return FilterText::tr("The three reserved bits as a number, RSV1 is 4.");
    case Id::Mask: return FilterText::tr("The payload is masked.");
    case Id::MaskingKey: return FilterText::tr("The masking key's four octets.");
    case Id::PayloadLength: return FilterText::tr("The payload length that the frame's header says, in octets.");
    case Id::Payload:
        return FilterText::tr("The payload's octets as meant: unmasked, and inflated where it was compressed.");
    case Id::PayloadText: return FilterText::tr("The same of text frames and continuations, as text.");
    case Id::CloseCode: return FilterText::tr("The code in a Close frame.");
    case Id::CloseReason: return FilterText::tr("The reason in a Close frame.");
    case Id::MessageOctets:
        return FilterText::tr(
            "The length of a whole message as meant, in octets; of its only frame, or of the record that ends it.");
    case Id::WireOctets: return FilterText::tr("What the frame takes on the wire, header included, in octets.");
    case Id::JsonPath:
        return FilterText::tr("What stands at a path of a JSON payload: $.name, $['a name'], $.list[0].");
    case Id::Dir:
        return FilterText::tr("Whose octets they are: sent is from client to server where Frameglass only watches.");
    case Id::Conn: return FilterText::tr("The connection's number in the capture.");
    case Id::Kind: return FilterText::tr("What kind of record it is.");
    case Id::State: return FilterText::tr("The connection's state at that record.");
    case Id::Time: return FilterText::tr("Since the capture began.");
    case Id::Delta: return FilterText::tr("Since the frame before it in its connection.");
    case Id::Rtt: return FilterText::tr("Of a Pong: since the Ping that it answers.");
    case Id::Violation: return FilterText::tr("A rule that was broken, in a record of its own after the frame.");
    case Id::HttpStatus: return FilterText::tr("The status of a response to the opening handshake.");
    case Id::HttpHeader:
        return FilterText::tr("The value of a field of a request or response head; several are joined by commas.");
    }
    return {};
}

} // namespace frameglass::diagnosis
