// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/handshake.h"
#include "response_view.h"

#include <QByteArray>
#include <QCryptographicHash>

#include <algorithm>
#include <chrono>

namespace frameglass::diagnosis {

namespace {

using namespace response;
using namespace std::chrono_literals;

constexpr std::string_view acceptName = "Sec-WebSocket-Accept";
// A value of another connection is looked for among those that began at most this long before.
constexpr Nanoseconds foreignAcceptAge = 60s;

QByteArray bytes(std::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

QByteArray sha1(const QByteArray &data)
{
    return QCryptographicHash::hash(data, QCryptographicHash::Sha1);
}

std::string_view keyOf(const ConnectionFacts &facts)
{
    return facts.request ? valueOf(facts.request->value, "Sec-WebSocket-Key") : std::string_view();
}

bool isRight(std::string_view key, std::string_view accept)
{
    return protocol::computeAccept(key).accept == accept;
}

/// The other connection whose key leads to this value, among those of the last minute.
const ConnectionFacts *ownerOf(std::string_view accept, const Evaluation &evaluation)
{
    if (evaluation.all == nullptr)
        return nullptr;
    for (const auto &[id, other] : evaluation.all->connections()) {
        if (id == evaluation.facts.id || !other->request || !evaluation.facts.request)
            continue;
        const Nanoseconds age = evaluation.facts.request->time - other->request->time;
        if (age <= foreignAcceptAge && age >= -foreignAcceptAge && !keyOf(*other).empty() &&
            keyOf(*other) != keyOf(evaluation.facts) && isRight(keyOf(*other), accept))
            return other.get();
    }
    return nullptr;
}

/// Another connection with another key that got the same value.
const ConnectionFacts *sameValue(std::string_view accept, const Evaluation &evaluation)
{
    if (evaluation.all == nullptr)
        return nullptr;
    for (const auto &[id, other] : evaluation.all->connections()) {
        if (id == evaluation.facts.id || keyOf(*other) == keyOf(evaluation.facts))
            continue;
        const auto *head = response101(*other);
        if (head != nullptr && valueOf(head->value, acceptName) == accept)
            return other.get();
    }
    return nullptr;
}

/// How a server came to a wrong value: found by making each known mistake and comparing.
const char *mistakeIn(std::string_view value, std::string_view key)
{
    const QByteArray sent = bytes(value);
    const QByteArray keyAsSent = bytes(key);
    const QByteArray guid = bytes(protocol::handshakeGuid);
    const QByteArray digest = sha1(keyAsSent + guid);
    const QByteArray right = digest.toBase64();
    struct Mistake
    {
        QByteArray value;
        const char *name;
    };
    const Mistake mistakes[] = {
        {{}, QT_TRANSLATE_NOOP("checks", "the value is empty")},
        {sha1(keyAsSent + '-' + guid).toBase64(), QT_TRANSLATE_NOOP("checks", "a \"-\" stands before the GUID")},
        {sha1(QByteArray::fromBase64(keyAsSent) + guid).toBase64(),
         QT_TRANSLATE_NOOP("checks", "the key was base64-decoded first")},
        {sha1(keyAsSent + guid.toLower()).toBase64(), QT_TRANSLATE_NOOP("checks", "the GUID is in lower case")},
        {sha1(keyAsSent).toBase64(), QT_TRANSLATE_NOOP("checks", "the GUID is missing")},
        {digest.toHex(), QT_TRANSLATE_NOOP("checks", "the digest is in hexadecimal")},
        {digest.toHex().toUpper(), QT_TRANSLATE_NOOP("checks", "the digest is in hexadecimal")},
        {digest.toHex().toBase64(), QT_TRANSLATE_NOOP("checks", "base64 was made of the hexadecimal digest")},
        {digest.toBase64(QByteArray::OmitTrailingEquals), QT_TRANSLATE_NOOP("checks", "the padding \"=\" was lost")},
        {'"' + right + '"', QT_TRANSLATE_NOOP("checks", "the value stands in quotes")},
        {right.toLower(), QT_TRANSLATE_NOOP("checks", "the value was turned to lower case")},
        {keyAsSent, QT_TRANSLATE_NOOP("checks", "it is the key itself")},
        {QByteArrayLiteral("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
         QT_TRANSLATE_NOOP("checks", "it is the example value of RFC 6455 §1.3")},
    };
    for (const Mistake &mistake : mistakes) {
        if (sent == mistake.value)
            return mistake.name;
    }
    return nullptr;
}

Judgement acceptMissing(const ResponseHead &head, const Evaluation &)
{
    if (const HeaderField *field = head.value.find(acceptName))
        return pass(printable(field->value));
    return fail(CheckText::tr("Status 101, but none of the %1 field lines is Sec-WebSocket-Accept")
                    .arg(head.value.fields.size()),
                {headOf(head, printable(head.value.startLine))});
}

Judgement acceptWrong(const ResponseHead &head, const Evaluation &evaluation)
{
    const HeaderField *field = head.value.find(acceptName);
    if (field == nullptr)
        return notApplicable(CheckText::tr("There is no Sec-WebSocket-Accept"));
    const std::string_view key = keyOf(evaluation.facts);
    if (key.empty())
        return notApplicable(CheckText::tr("The request has no Sec-WebSocket-Key"));
    const auto expected = protocol::computeAccept(key).accept;
    if (field->value == expected)
        return pass(CheckText::tr("%1 belongs to the key").arg(printable(field->value)));

    constexpr std::size_t causes = 4;
    QString how = CheckText::tr("no known mistake leads to it");
    auto order = causesWithFirst({2, 1}, causes);
    if (const char *mistake = mistakeIn(field->value, key)) {
        how = CheckText::tr(mistake);
        order.clear();
    } else if (const auto *owner = ownerOf(field->value, evaluation)) {
        how = CheckText::tr("it belongs to the key of connection %1").arg(owner->id);
        order = causesWithFirst({1, 3}, causes);
    } else if (const auto *other = sameValue(field->value, evaluation)) {
        how = CheckText::tr("connection %1 got the same value for another key").arg(other->id);
        order = causesWithFirst({1}, causes);
    }
    const HeaderField *sentKey = evaluation.facts.request->value.find("Sec-WebSocket-Key");
    return fail(CheckText::tr("\"%1\" instead of \"%2\": %3").arg(printable(field->value), printable(expected), how),
                {lineOf(head, *field), lineOf(*evaluation.facts.request, *sentKey)}, std::move(order));
}

Judgement acceptDuplicate(const ResponseHead &head, const Evaluation &)
{
    const auto fields = head.value.all(acceptName);
    if (fields.empty())
        return notApplicable(CheckText::tr("There is no Sec-WebSocket-Accept"));
    if (fields.size() == 1)
        return pass(CheckText::tr("Sent once"));
    const bool equal = std::ranges::all_of(fields, [&](const auto *field) { return field->value == fields[0]->value; });
    return fail((equal ? CheckText::tr("sent %1 times with the same value: Chromium, Firefox, ws, websockets "
                                       "(Python) and QWebSocket refuse it")
                       : CheckText::tr("sent %1 times with different values: only gorilla opens, if the first is "
                                       "right"))
                    .arg(fields.size()),
                linesOf(head, acceptName));
}

Judgement acceptNameAltered(const ResponseHead &head, const Evaluation &)
{
    for (const HeaderField &field : head.value.fields) {
        std::string name(protocol::trimmed(field.name));
        std::ranges::replace(name, '_', '-');
        if (!protocol::equalsIgnoringCase(name, acceptName))
            continue;
        const auto line = protocol::textOf(head.value.raw).substr(field.offset, field.length);
        const auto asSent = line.substr(0, line.find(':'));
        if (asSent.find('_') != std::string_view::npos)
            return fail(CheckText::tr("The field is called \"%1\"; no client knows it").arg(printable(asSent)),
                        {lineOf(head, field)});
        if (asSent.ends_with(' ') || asSent.ends_with('\t'))
            return fail(CheckText::tr("A space stands before the colon of Sec-WebSocket-Accept; only Chromium "
                                      "opens"),
                        {lineOf(head, field)});
        return pass(printable(asSent));
    }
    return notApplicable(CheckText::tr("There is no field of that or a like name"));
}

Judgement acceptForeign(const ResponseHead &head, const Evaluation &evaluation)
{
    const HeaderField *field = head.value.find(acceptName);
    const std::string_view key = keyOf(evaluation.facts);
    if (field == nullptr || key.empty())
        return notApplicable(CheckText::tr("Key or Accept is missing"));
    if (isRight(key, field->value))
        return pass(CheckText::tr("The value belongs to this connection's key"));
    if (evaluation.all == nullptr || evaluation.all->connections().size() < 2)
        return notApplicable(CheckText::tr("No other connection to compare with"));
    if (const auto *owner = ownerOf(field->value, evaluation))
        return fail(CheckText::tr("\"%1\" is the answer to the key of connection %2")
                        .arg(printable(field->value), QString::number(owner->id)),
                    {lineOf(head, *field),
                     {owner->request->record, 0, owner->request->value.raw.size(), printable(keyOf(*owner))}});
    return pass(CheckText::tr("No other connection's key leads to this value"));
}

Judgement acceptStatic(const ResponseHead &head, const Evaluation &evaluation)
{
    const HeaderField *field = head.value.find(acceptName);
    const std::string_view key = keyOf(evaluation.facts);
    if (field == nullptr || key.empty())
        return notApplicable(CheckText::tr("Key or Accept is missing"));
    if (isRight(key, field->value))
        return pass(CheckText::tr("The value belongs to this connection's key"));
    if (evaluation.all == nullptr || evaluation.all->connections().size() < 2)
        return notApplicable(CheckText::tr("No other connection to compare with"));
    if (const auto *other = sameValue(field->value, evaluation)) {
        std::vector<Evidence> evidence{lineOf(head, *field),
                                       lineOf(*other->response, *other->response->value.find(acceptName))};
        for (std::string_view name : {"Age", "X-Cache", "Via"}) {
            if (const HeaderField *sign = head.value.find(name))
                evidence.push_back(lineOf(head, *sign));
        }
        return fail(
            CheckText::tr("Connection %1 got \"%2\" too, for another key").arg(other->id).arg(printable(field->value)),
            std::move(evidence));
    }
    return pass(CheckText::tr("No other connection got this value"));
}

} // namespace

std::vector<Check> responseAcceptChecks()
{
    return {
        {"upgrade.accept-missing",
         Phase::Response,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6455 §4.2.2 item 5.4; §4.1",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2",
         QT_TRANSLATE_NOOP("checks", "Sec-WebSocket-Accept missing"),
         {{QT_TRANSLATE_NOOP("checks", "The server wrote status 101 (WriteHeader or the like) before the real upgrade"),
           QT_TRANSLATE_NOOP("checks",
                             "The first head is empty and a second one follows as body (upgrade.double-101)")},
          {QT_TRANSLATE_NOOP("checks", "A 101 written by hand forgot it"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt lacks it too, the other fields are there")},
          {QT_TRANSLATE_NOOP("checks", "A proxy rebuilt the head"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt has it; Server and the order of fields differ. It is not "
                                       "HAProxy, which answers 502 instead")}},
         QT_TRANSLATE_NOOP("checks",
                           "Let only the library's upgrade write the response; let proxies pass the field on."),
         "S000 title, §2; [L3] reproduced with Go; cyrus-great/phpwebsocket#39; [L2]",
         on101<acceptMissing>,
         {}},
        {"upgrade.accept-wrong",
         Phase::Response,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6455 §4.2.2 item 5.4; §1.3",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2",
         QT_TRANSLATE_NOOP("checks", "Sec-WebSocket-Accept has the wrong value"),
         {{QT_TRANSLATE_NOOP("checks", "The server computes it wrongly"),
           QT_TRANSLATE_NOOP("checks", "Every attempt shows the same mistake; the reason names it")},
          {QT_TRANSLATE_NOOP("checks", "Two upgraders, or a cache"),
           QT_TRANSLATE_NOOP("checks", "The value belongs to another connection's key, or does not change")},
          {QT_TRANSLATE_NOOP("checks", "A proxy made a new key and did not correct the Accept"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt gets the right value; the server saw another key")},
          {QT_TRANSLATE_NOOP("checks", "Requests are mixed up under load"),
           QT_TRANSLATE_NOOP("checks", "Single attempts are right, many at once are not (load.accept-crosscheck)")}},
         QT_TRANSLATE_NOOP("checks",
                           "Send base64(SHA-1(key + \"258EAFA5-E914-47DA-95CA-C5AB0DC85B11\")): no dash before "
                           "the GUID, the key as sent."),
         "S000 §2.1; Links2004/arduinoWebSockets#423; swoole/swoole-src#195; mattermost/mattermost#5386; "
         "webbit/webbit#105",
         on101<acceptWrong>,
         {}},
        {"upgrade.accept-duplicate",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §11.3.3",
         "https://www.rfc-editor.org/rfc/rfc6455#section-11.3.3",
         QT_TRANSLATE_NOOP("checks", "Accept sent twice"),
         {{QT_TRANSLATE_NOOP("checks", "Proxy and backend both add it"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt has it once")},
          {QT_TRANSLATE_NOOP("checks", "Middleware copies the fields"),
           QT_TRANSLATE_NOOP("checks", "Other fields are doubled as well")}},
         QT_TRANSLATE_NOOP("checks", "Let one place write the field."),
         "[L1]; chromium ValidateSecWebSocketAccept; pyws client.py:169",
         on101<acceptDuplicate>,
         {}},
        {"upgrade.accept-name",
         Phase::Response,
         Severity::Medium,
         Kind::Passive,
         "RFC 9110 §5.1; RFC 9112 §5.1",
         "https://www.rfc-editor.org/rfc/rfc9112#section-5.1",
         QT_TRANSLATE_NOOP("checks", "Field name altered"),
         {{QT_TRANSLATE_NOOP("checks", "A template or string concatenation"),
           QT_TRANSLATE_NOOP("checks", "Other field lines look alike")},
          {QT_TRANSLATE_NOOP("checks", "Names in the style of CGI variables"),
           QT_TRANSLATE_NOOP("checks", "Underscores instead of hyphens")}},
         QT_TRANSLATE_NOOP("checks", "Write the name exactly, the colon right after it."),
         "S000 §2.4; [L1] all clients reject the underscore name",
         on101<acceptNameAltered>,
         {"upgrade.accept-missing"}},
        {"upgrade.accept-foreign",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §4.2.2",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2",
         QT_TRANSLATE_NOOP("checks", "Accept belongs to another key"),
         {{QT_TRANSLATE_NOOP("checks", "A shared or pooled buffer"),
           QT_TRANSLATE_NOOP("checks", "Only attempts at the same time are mixed up")},
          {QT_TRANSLATE_NOOP("checks", "A response cache"),
           QT_TRANSLATE_NOOP("checks", "Age or X-Cache in the response; the value is that of an earlier attempt")},
          {QT_TRANSLATE_NOOP("checks", "Sockets swapped in an event loop"),
           QT_TRANSLATE_NOOP("checks", "Two connections got each other's value")}},
         QT_TRANSLATE_NOOP("checks", "Use one buffer a request; never cache a 101."),
         "S000 §2.5; webbit/webbit#105",
         on101<acceptForeign>,
         {"upgrade.accept-wrong"}},
        {"upgrade.accept-static",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §15.2.2; RFC 9111 §3",
         "https://www.rfc-editor.org/rfc/rfc9111#section-3",
         QT_TRANSLATE_NOOP("checks", "Same Accept for different keys"),
         {{QT_TRANSLATE_NOOP("checks", "A CDN or proxy cached the handshake"),
           QT_TRANSLATE_NOOP("checks", "Age, X-Cache or Via in the response")},
          {QT_TRANSLATE_NOOP("checks", "A hard-coded example value"),
           QT_TRANSLATE_NOOP("checks", "It is the value of RFC 6455 §1.3, also with a direct attempt")}},
         QT_TRANSLATE_NOOP("checks", "Keep the route out of the cache."),
         "RFC 9111",
         on101<acceptStatic>,
         {"upgrade.accept-wrong"}},
    };
}

} // namespace frameglass::diagnosis
