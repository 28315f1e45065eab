// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "response_view.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace response;

/// A protocol that runs inside WebSocket, known by the subprotocol's name.
struct Framework
{
    std::string_view subprotocol; ///< whole, or the beginning where it ends with "*"; in lower case
    const char *name;             ///< proper name
    const char *remark;           ///< source text, context "checks"
};

constexpr Framework frameworks[] = {
    {"graphql-transport-ws", "graphql-ws",
     QT_TRANSLATE_NOOP("checks", "the client begins with connection_init; the server closes with 4408 without it")},
    {"graphql-ws", "subscriptions-transport-ws",
     QT_TRANSLATE_NOOP("checks", "the older GraphQL protocol; the newer one is called graphql-transport-ws")},
    {"v10.stomp", "STOMP 1.0", QT_TRANSLATE_NOOP("checks", "no heartbeat of its own")},
    {"v11.stomp", "STOMP 1.1", QT_TRANSLATE_NOOP("checks", "heart-beat of CONNECT sets its own heartbeat")},
    {"v12.stomp", "STOMP 1.2", QT_TRANSLATE_NOOP("checks", "heart-beat of CONNECT sets its own heartbeat")},
    {"mqtt*", "MQTT",
     QT_TRANSLATE_NOOP("checks", "Keep Alive of CONNECT sets its own heartbeat; binary messages only")},
    {"wamp.2.*", "WAMP 2", QT_TRANSLATE_NOOP("checks", "the client begins with HELLO")},
    {"ocpp*", "OCPP", QT_TRANSLATE_NOOP("checks", "Heartbeat and WebSocketPingInterval set its heartbeats")},
    {"actioncable-v1-json", "Action Cable",
     QT_TRANSLATE_NOOP("checks", "the server sends {\"type\":\"ping\"} every 3 s, as text")},
    {"xmpp", "XMPP", QT_TRANSLATE_NOOP("checks", "the client begins with an <open/> element (RFC 7395)")},
};

const Framework *frameworkOf(std::string_view subprotocol)
{
    const auto matches = [&](const Framework &framework) {
        const std::string_view name = framework.subprotocol;
        if (name.ends_with('*'))
            return protocol::equalsIgnoringCase(name.substr(0, name.size() - 1),
                                                subprotocol.substr(0, name.size() - 1));
        return protocol::equalsIgnoringCase(name, subprotocol);
    };
    const auto found = std::ranges::find_if(frameworks, matches);
    return found == std::end(frameworks) ? nullptr : &*found;
}

/// Engine.IO says its protocol's version in the query of every request.
std::string_view engineIoVersion(std::string_view target)
{
    for (const char *before : {"?EIO=", "&EIO="}) {
        const std::size_t at = target.find(before);
        if (at == std::string_view::npos)
            continue;
        const std::string_view rest = target.substr(at + 5);
        return rest.substr(0, rest.find('&'));
    }
    return {};
}

/// What was chosen tells; before that, what is offered.
Judgement framework(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (!facts.request)
        return notApplicable(CheckText::tr("No request was sent"));
    const HttpHead &request = facts.request->value;
    if (const auto version = engineIoVersion(request.target); !version.empty())
        return info(CheckText::tr("Engine.IO %1, as Socket.IO uses it: its own pings, as text, every 25 s; it gives up "
                                  "after 20 s more")
                        .arg(excerptOf(version)),
                    {evidenceOf(facts.request->record, shownStartLine(request))});
    const auto *head = response101(facts);
    const ResponseHead *heads[] = {head, &*facts.request};
    for (const ResponseHead *where : heads) {
        if (where == nullptr)
            continue;
        for (const auto *field : where->value.all("Sec-WebSocket-Protocol")) {
            for (const std::string &name : protocol::parseTokenList(field->value).items) {
                if (const Framework *known = frameworkOf(name))
                    return info(CheckText::tr("%1 (%2): %3")
                                    .arg(QString::fromUtf8(known->name), excerptOf(name), CheckText::tr(known->remark)),
                                {lineOf(*where, *field)});
            }
        }
    }
    return pass(CheckText::tr("No framework is known by the subprotocol or the URL"));
}

} // namespace

std::vector<Check> messageChecks()
{
    return {
        {"msg.framework",
         Phase::Messages,
         Severity::Info,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Framework inside WebSocket"),
         {},
         QT_TRANSLATE_NOOP("checks", "Talk to it with its own client, or as its protocol asks."),
         "socketio/engine.io-protocol; enisdenjo/graphql-ws; RFC 7395; IANA WebSocket Subprotocol Name Registry",
         framework,
         {}},
    };
}

} // namespace frameglass::diagnosis
