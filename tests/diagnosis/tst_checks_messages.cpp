// SPDX-License-Identifier: GPL-3.0-or-later
// Phase 9: what runs inside WebSocket.
#include "scenario.h"

namespace frameglass::diagnosis::test {

namespace {

Scenario asking(std::string_view target, std::string_view moreLines = {})
{
    return Scenario().client().requestRaw("GET " + std::string(target) + " HTTP/1.1\r\nHost: peer.test\r\n" +
                                          std::string(moreLines) + "\r\n");
}

Scenario choosing(std::string_view offered, std::string_view chosen)
{
    return asking("/", "Sec-WebSocket-Protocol: " + std::string(offered) + "\r\n")
        .response101("Sec-WebSocket-Protocol: " + std::string(chosen) + "\r\n")
        .open();
}

const std::vector<Case> &cases()
{
    using enum Verdict;
    static const std::vector<Case> all = {
        {"Socket.IO", "msg.framework", Info, asking("/socket.io/?EIO=4&transport=websocket"), "Engine.IO 4"},
        {"Socket.IO, another order", "msg.framework", Info, asking("/socket.io/?transport=websocket&EIO=3"),
         "Engine.IO 3"},
        {"the chosen one counts", "msg.framework", Info, choosing("mqtt, graphql-transport-ws", "graphql-transport-ws"),
         "graphql-ws (graphql-transport-ws)"},
        {"an older GraphQL", "msg.framework", Info, choosing("graphql-ws", "graphql-ws"), "subscriptions-transport-ws"},
        {"offered only", "msg.framework", Info, asking("/", "Sec-WebSocket-Protocol: mqttv3.1\r\n"), "MQTT"},
        {"in another case", "msg.framework", Info, choosing("V12.STOMP", "V12.STOMP"), "STOMP 1.2"},
        {"a beginning", "msg.framework", Info, choosing("ocpp2.0.1", "ocpp2.0.1"), "OCPP"},
        {"of its own", "msg.framework", Pass, choosing("chat", "chat")},
        {"none", "msg.framework", Pass, asking("/ws?MEIO=4")},
        {"no request", "msg.framework", NotApplicable, Scenario().client()},
    };
    return all;
}

} // namespace

class TestChecksMessages : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried() { QCOMPARE(untried(Phase::Messages, cases()), QStringList()); }
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksMessages)
#include "tst_checks_messages.moc"
