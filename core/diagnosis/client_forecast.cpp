// SPDX-License-Identifier: GPL-3.0-or-later
#include "client_forecast.h"

#include "rule_support.h"

#include <algorithm>
#include <iterator>

namespace frameglass::diagnosis {

namespace {

using analysis::ConnectionFacts;
using capture::TransportEnd;
using CloseRow = std::array<QString, clientCount>;

constexpr Client clients[] = {Client::Chromium, Client::Firefox,          Client::WebKitGtk, Client::Gorilla,
                              Client::Ws,       Client::PythonWebsockets, Client::QWebSocket};

const auto error = QStringLiteral("error");
const auto unclean = QStringLiteral("1006 unclean");
const auto abnormal = QStringLiteral("1006");
const auto normal = QStringLiteral("1000"); ///< what QWebSocket keeps whatever happens

/// Codes that a row of their own was measured for, where any client departs from handing the code on.
struct CloseReport
{
    std::uint16_t from;
    std::uint16_t to;
    std::string_view passes; ///< one letter a client: o hands the code on, x error
};

constexpr CloseReport closeReports[] = {
    {0, 999, "ooxxxxx"},     {1004, 1004, "ooxxxxx"}, {1005, 1006, "xoxxxxx"}, {1012, 1013, "ooxooox"},
    {1014, 1014, "ooxxoox"}, {1015, 1015, "xoxxxxx"}, {1016, 2999, "ooxxxxx"}, {5000, 65535, "ooxxxxx"},
};

QString failureText(Client client, const QString &words)
{
    switch (client) {
    case Client::Chromium:
        return words.isEmpty() ? CheckText::tr("error, then close 1006")
                               : CheckText::tr("error, then close 1006; its console says “%1”").arg(words);
    case Client::Firefox:
    case Client::WebKitGtk: return CheckText::tr("error, then close 1006");
    case Client::Gorilla:
        return words.isEmpty() ? CheckText::tr("Dial returns an error") : CheckText::tr("Dial returns “%1”").arg(words);
    case Client::Ws:
        return words.isEmpty() ? CheckText::tr("error, then close 1006")
                               : CheckText::tr("error “%1”, then close 1006").arg(words);
    case Client::PythonWebsockets:
        return words.isEmpty() ? CheckText::tr("connect() raises an exception")
                               : CheckText::tr("connect() raises “%1”").arg(words);
    case Client::QWebSocket:
        return words.isEmpty() ? CheckText::tr("errorOccurred; closeCode() stays 1000")
                               : CheckText::tr("errorOccurred “%1”; closeCode() stays 1000").arg(words);
    }
    return {};
}

QString seesText(Client client, Reaction reaction, const Deviation *because, int status)
{
    switch (reaction) {
    case Reaction::Opens: return CheckText::tr("an open connection");
    case Reaction::OpensThenFails: return CheckText::tr("an open connection, then an error");
    case Reaction::Follows: return CheckText::tr("nothing yet: it follows the redirect");
    case Reaction::Fails: break;
    }
    const char *words = because->words[static_cast<std::size_t>(client)];
    QString said = words == nullptr ? QString() : QString::fromUtf8(words);
    if (said.contains(QStringLiteral("%1")))
        said = said.arg(status);
    return failureText(client, said);
}

/// Which reaction outweighs: a failure any other, and so on.
int weight(Reaction reaction)
{
    switch (reaction) {
    case Reaction::Opens: return 0;
    case Reaction::OpensThenFails: return 1;
    case Reaction::Follows: return 2;
    case Reaction::Fails: return 3;
    }
    return 0;
}

QString endText(const QString &report)
{
    if (report == error)
        return CheckText::tr("an error");
    return CheckText::tr("close %1").arg(report);
}

std::optional<CloseRow> endRow(const ConnectionFacts &facts)
{
    const bool serverReceives = facts.vantage() == capture::Vantage::Server;
    const auto &close = serverReceives ? facts.closeSent : facts.closeReceived;
    if (close && (serverReceives || facts.vantage() == capture::Vantage::Client))
        return reportedFor(close->value.code);
    const auto *end = facts.peerEnd();
    if (end == nullptr || facts.vantage() != capture::Vantage::Client || !facts.endedWithoutClose())
        return {};
    if (end->value.end == TransportEnd::FinReceived)
        return reportedForFin();
    if (end->value.end == TransportEnd::ResetReceived)
        return reportedForReset();
    return {};
}

} // namespace

QString nameOf(Client client)
{
    switch (client) {
    case Client::Chromium: return QStringLiteral("Chromium 156");
    case Client::Firefox: return QStringLiteral("Firefox 153 ESR");
    case Client::WebKitGtk: return QStringLiteral("WebKitGTK 2.50");
    case Client::Gorilla: return QStringLiteral("gorilla/websocket 1.5 (Go)");
    case Client::Ws: return QStringLiteral("ws 8 (Node)");
    case Client::PythonWebsockets: return QStringLiteral("websockets (Python)");
    case Client::QWebSocket: return QStringLiteral("QWebSocket 6.4");
    }
    return {};
}

std::string_view idOf(Client client)
{
    switch (client) {
    case Client::Chromium: return "chromium";
    case Client::Firefox: return "firefox";
    case Client::WebKitGtk: return "webkitgtk";
    case Client::Gorilla: return "gorilla";
    case Client::Ws: return "ws";
    case Client::PythonWebsockets: return "websockets";
    case Client::QWebSocket: return "qwebsocket";
    }
    return {};
}

std::string_view nameOf(Reaction reaction)
{
    switch (reaction) {
    case Reaction::Opens: return "opens";
    case Reaction::OpensThenFails: return "opens-then-fails";
    case Reaction::Follows: return "follows";
    case Reaction::Fails: return "fails";
    }
    return {};
}

QString textOf(Reaction reaction)
{
    switch (reaction) {
    case Reaction::Opens: return CheckText::tr("opens");
    case Reaction::OpensThenFails: return CheckText::tr("opens, then fails");
    case Reaction::Follows: return CheckText::tr("follows");
    case Reaction::Fails: return CheckText::tr("fails");
    }
    return {};
}

std::vector<ClientForecast> forecast(const ConnectionFacts &facts)
{
    const auto found = deviationsOf(facts);
    const bool answered = facts.response && !facts.responsePartial;
    if (facts.isListener() || (found.empty() && !answered))
        return {};
    const int status = facts.response ? facts.response->value.status : 0;
    const auto ends = endRow(facts);
    std::vector<ClientForecast> lines;
    for (const Client client : clients) {
        ClientForecast line{client, Reaction::Opens, nullptr, {}, {}};
        for (const Deviation *deviation : found) {
            const Reaction reaction = deviation->reaction(client);
            if (weight(reaction) > weight(line.reaction)) {
                line.reaction = reaction;
                line.because = deviation;
            }
        }
        line.sees = seesText(client, line.reaction, line.because, status);
        if (ends && line.reaction == Reaction::Opens)
            line.end = endText((*ends)[static_cast<std::size_t>(client)]);
        lines.push_back(std::move(line));
    }
    return lines;
}

CloseRow reportedFor(std::optional<std::uint16_t> code)
{
    const bool isEmpty = !code;
    if (isEmpty)
        code = 1005;
    CloseRow row;
    row.fill(QString::number(*code));
    if (isEmpty) {
        row.back() = normal;
        return row;
    }
    for (const CloseReport &report : closeReports) {
        if (*code < report.from || *code > report.to)
            continue;
        for (std::size_t i = 0; i < clientCount; ++i) {
            if (report.passes[i] == 'x')
                row[i] = error;
        }
    }
    return row;
}

CloseRow reportedForFin()
{
    return {unclean, unclean, unclean, abnormal, abnormal, abnormal, normal};
}

CloseRow reportedForReset()
{
    return {unclean, unclean, unclean, error, abnormal, abnormal, normal};
}

} // namespace frameglass::diagnosis
