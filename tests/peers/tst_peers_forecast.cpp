// SPDX-License-Identifier: GPL-3.0-or-later
// The table of what clients do with an answer, held against the clients that are here: each is given each answer.
#include "peer_test.h"

#include "core/diagnosis/client_forecast.h"
#include "core/session/client_session.h"
#include "core/session/network_thread.h"
#include "tests/support/deviant_answers.h"
#include "tests/support/raw_server.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

using namespace frameglass;
using namespace frameglass::peers;
using diagnosis::Client;
using diagnosis::Reaction;
using test::DeviantAnswer;

namespace {

const diagnosis::Deviation *deviationNamed(const std::string &id)
{
    const auto known = diagnosis::deviations();
    const auto found = std::ranges::find(known, id, &diagnosis::Deviation::id);
    return found == known.end() ? nullptr : &*found;
}

Reaction expected(const DeviantAnswer &answer, Client client)
{
    const auto *deviation = deviationNamed(answer.deviation);
    return deviation == nullptr ? Reaction::Opens : deviation->reaction(client);
}

/// The client's end is not always clean: it may reset, and QWebSocket may leave it to its process's end.
test::RawServer::Script scriptOf(const DeviantAnswer &answer)
{
    return [answer](test::RawSocket &client) {
        try {
            test::play(answer, client);
        } catch (const std::runtime_error &) {}
    };
}

/// Our own client meets the answer, and the fold of its records is asked.
TEST(Forecast, EachDeviationIsFoundInItsAnswer)
{
    session::NetworkThread network;
    for (const DeviantAnswer &answer : test::deviantAnswers()) {
        SCOPED_TRACE(answer.deviation);
        const auto sink = std::make_shared<WaitableSink>();
        test::RawServer server(scriptOf(answer));
        session::ClientOptions options;
        options.url = server.url();
        options.subprotocols = answer.subprotocols;
        options.limits.headOctets = 1 << 20;
        options.limits.headLines = 1000;
        session::ClientSession session(network, sink, options);
        session.start();
        static_cast<void>(waitForOpen(*sink, session.id()));
        session.disconnect();
        ASSERT_TRUE(waitForEnd(*sink, session.id()));
        analysis::ConnectionFacts facts(session.id());
        for (const auto &record : sink->records(session.id()))
            facts.add(record);
        const auto found = diagnosis::deviationsOf(facts);
        std::vector<std::string> ids;
        for (const auto *deviation : found)
            ids.emplace_back(deviation->id);
        const auto wanted = answer.deviation == "none" ? std::vector<std::string>() : std::vector{answer.deviation};
        EXPECT_EQ(ids, wanted);
    }
}

TEST(Forecast, EveryDeviationHasItsAnswer)
{
    const auto answers = test::deviantAnswers();
    for (const auto &deviation : diagnosis::deviations()) {
        // What is no HTTP at all is tried by tst_checks_response.
        const bool tried = std::ranges::find(answers, deviation.id, &DeviantAnswer::deviation) != answers.end();
        EXPECT_TRUE(tried || deviation.id == "not-http") << deviation.id;
    }
}

struct Column
{
    const char *name;
    Client client;
    Command (*command)(const Arguments &);
};

/// A browser takes its time to start: the answers are given in parts, so that no test lasts long.
constexpr std::size_t parts = 4;

class ForecastOf : public testing::TestWithParam<std::tuple<Column, std::size_t>>
{
protected:
    static const Column &column() { return std::get<Column>(GetParam()); }
    static Command commandFor(const DeviantAnswer &answer, const std::string &url)
    {
        Arguments arguments;
        for (const std::string &subprotocol : answer.subprotocols)
            arguments.insert(arguments.end(), {"--subprotocol", subprotocol});
        const bool offers = column().client == Client::Ws || column().client == Client::PythonWebsockets;
        if (answer.deflate && offers)
            arguments.insert(arguments.end(), {"--deflate", "on"});
        arguments.push_back(url);
        return column().command(arguments);
    }
};

TEST_P(ForecastOf, HoldsForEachAnswer)
{
    NEED_PEER(column().command({"ws://127.0.0.1:1/"}));
    const auto answers = test::deviantAnswers();
    for (std::size_t i = std::get<std::size_t>(GetParam()); i < answers.size(); i += parts) {
        const DeviantAnswer &answer = answers[i];
        const Reaction reaction = expected(answer, column().client);
        if (reaction == Reaction::Follows)
            continue; // it would wait for a second answer
        SCOPED_TRACE(answer.deviation);
        test::RawServer server(scriptOf(answer));
        PeerProcess client(commandFor(answer, server.url()));
        const auto tells = [](const std::string &line) {
            const auto json = nlohmann::json::parse(line, nullptr, false);
            return json.is_object() && (json.value("event", "") == "open" || json.value("event", "") == "error");
        };
        EXPECT_TRUE(client.waitForLine(tells, patience).has_value()) << client.output();
        if (column().client != Client::Chromium) // killed, it would leave a browser behind
            client.kill();
        const bool opened = !eventsOf(client, "open").empty();
        EXPECT_EQ(opened, reaction == Reaction::Opens || reaction == Reaction::OpensThenFails) << client.output();
    }
}

INSTANTIATE_TEST_SUITE_P(Clients, ForecastOf,
                         testing::Combine(testing::Values(Column{"gorilla", Client::Gorilla, gorillaClient},
                                                          Column{"ws", Client::Ws, nodeClient},
                                                          Column{"websockets", Client::PythonWebsockets, pythonClient},
                                                          Column{"QWebSocket", Client::QWebSocket, qtClient},
                                                          Column{"Chromium", Client::Chromium, chromiumClient}),
                                          testing::Range(std::size_t(0), parts)),
                         [](const auto &one) {
                             return std::string(std::get<Column>(one.param).name) + "_" +
                                    std::to_string(std::get<std::size_t>(one.param));
                         });

} // namespace
