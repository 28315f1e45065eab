// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend_view.h"

#include "core/protocol/handshake.h"
#include "response_view.h"

#include <QtGlobal>

namespace frameglass::diagnosis {

namespace {

using namespace response;

bool hasToken(const std::optional<std::string> &value, std::string_view token)
{
    if (!value)
        return false;
    std::string_view rest = *value;
    while (true) {
        const auto comma = rest.find(',');
        if (protocol::equalsIgnoringCase(protocol::trimmed(rest.substr(0, comma)), token))
            return true;
        if (comma == std::string_view::npos)
            return false;
        rest.remove_prefix(comma + 1);
    }
}

std::optional<BackendView> readOwn(std::string_view body)
{
    const auto report = protocol::parseRefusalBody(body);
    if (!report)
        return {};
    BackendView view{QT_TRANSLATE_NOOP("checks", "Frameglass's server"), {}, {}, {}, {}, {}, false, false};
    view.upgrade = hasToken(report->upgrade, "websocket");
    view.connection = hasToken(report->connection, "upgrade");
    view.httpVersion = report->httpVersion;
    view.upgradeValue = report->upgrade.value_or("");
    view.connectionValue = report->connection.value_or("");
    return view;
}

/// gorilla server.go: Upgrade tests Connection, then Upgrade, then the rest. Its texts reach the body only through an
/// Error handler; without one the body is the status text, and two fields tell that it was gorilla.
std::optional<BackendView> readGorilla(const HttpHead &head, std::string_view body)
{
    BackendView view{QT_TRANSLATE_NOOP("checks", "gorilla"), {}, {}, {}, {}, {}, false, false};
    const auto has = [&](std::string_view part) { return body.find(part) != std::string_view::npos; };
    if (has("'upgrade' token not found in 'Connection' header")) {
        view.connection = false;
        return view;
    }
    if (has("'websocket' token not found in 'Upgrade' header")) {
        view.connection = true;
        view.upgrade = false;
        return view;
    }
    const bool signature = valueOf(head, "Sec-WebSocket-Version") == "13" &&
                           protocol::equalsIgnoringCase(valueOf(head, "X-Content-Type-Options"), "nosniff");
    if (has("websocket: ") && (has("'Sec-WebSocket-Key'") || has("'Sec-Websocket-Version'"))) {
        view.connection = true;
        view.upgrade = true;
        return view;
    }
    if (!signature || (head.status != 400 && head.status != 426))
        return {};
    view.fieldsRefused = true;
    return view;
}

/// ws websocket-server.js: a request that Node does not hand over as an upgrade gets 426 and that status' text alone.
std::optional<BackendView> readWs(const HttpHead &head, std::string_view body)
{
    BackendView view{QT_TRANSLATE_NOOP("checks", "ws (Node)"), {}, {}, {}, {}, {}, false, false};
    if (head.status == 426 && body == "Upgrade Required") {
        view.upgrade = false;
        return view;
    }
    if (head.status == 400 && body == "Invalid Upgrade header") {
        view.connection = true;
        view.upgrade = false;
        return view;
    }
    if (body.starts_with("Missing or invalid Sec-WebSocket-")) {
        view.connection = true;
        view.upgrade = true;
        return view;
    }
    return {};
}

/// websockets server.py: Connection is tested before Upgrade; http11.py reads nothing but HTTP/1.1.
std::optional<BackendView> readPython(std::string_view body)
{
    constexpr std::string_view opening = "Failed to open a WebSocket connection: ";
    if (!body.starts_with(opening))
        return {};
    body.remove_prefix(opening.size());
    BackendView view{QT_TRANSLATE_NOOP("checks", "websockets (Python)"), {}, {}, {}, {}, {}, false, false};
    const auto has = [&](std::string_view part) { return body.find(part) != std::string_view::npos; };
    if (has("missing Connection header") || has("invalid Connection header") || has("empty Connection header")) {
        view.connection = false;
    } else if (has("missing Upgrade header") || has("invalid Upgrade header") || has("empty Upgrade header")) {
        view.connection = true;
        view.upgrade = false;
    } else if (has("unsupported HTTP version: HTTP/1.0") || has("unsupported protocol; expected HTTP/1.1: ")) {
        view.httpVersion = "1.0";
    } else if (has("did not receive a valid HTTP request")) {
        view.unreadable = true;
    } else if (has("Sec-WebSocket-")) {
        view.connection = true;
        view.upgrade = true;
    } else {
        return {};
    }
    return view;
}

} // namespace

std::optional<BackendView> readBackendView(const analysis::ConnectionFacts &facts)
{
    const auto *head = wholeResponse(facts);
    if (head == nullptr || head->value.status == 101)
        return {};
    const auto body = bodyText(facts);
    if (auto own = readOwn(body))
        return own;
    if (auto python = readPython(body))
        return python;
    if (auto ws = readWs(head->value, body))
        return ws;
    return readGorilla(head->value, body);
}

} // namespace frameglass::diagnosis
