// SPDX-License-Identifier: GPL-3.0-or-later
// Each broken requirement of the conformance table, over a real socket: what the session records makes a finding.
#include "scenario.h"

#include "core/session/client_session.h"
#include "core/session/server_session.h"
#include "tests/protocol/conformance.h"
#include "tests/support/raw_server.h"
#include "tests/support/recorded.h"

namespace frameglass::diagnosis::test {

namespace {

using frameglass::test::RawServer;
using frameglass::test::RawSocket;
using frameglass::test::WaitableSink;
using protocol::conformance::Row;
using protocol::conformance::Then;

/// The other end plays its part and goes as soon as ours is done.
void play(RawSocket &socket, const Row &row)
{
    socket.write(protocol::textOf(row.frames));
    if (row.ends || row.then == Then::GoesOn)
        socket.shutdownWrite();
    socket.readEnd();
}

/// What a connection recorded, folded as while live.
analysis::ConnectionFacts factsOf(const WaitableSink &sink, capture::ConnectionId id)
{
    analysis::ConnectionFacts facts(id);
    for (auto record : sink.records(id))
        facts.add(record);
    return facts;
}

capture::ConnectionId waitForEnd(const WaitableSink &sink)
{
    capture::ConnectionId id = 0;
    sink.waitFor([&](const capture::Record &record) {
        if (capture::as<capture::ConnectionEnded>(record) == nullptr)
            return false;
        id = record.connection;
        return true;
    });
    return id;
}

analysis::ConnectionFacts readByServer(session::NetworkThread &network, const Row &row)
{
    const auto sink = std::make_shared<WaitableSink>();
    session::ServerOptions options;
    options.limits = protocol::conformance::limits();
    session::ServerSession server(network, sink, options);
    server.start();
    {
        auto client = RawSocket::connectTo(server.port());
        client.write(row.head);
        if (!row.frames.empty())
            client.readUntil("\r\n\r\n");
        play(client, row);
    }
    return factsOf(*sink, waitForEnd(*sink));
}

analysis::ConnectionFacts readByClient(session::NetworkThread &network, const Row &row, protocol::Reading reading)
{
    const auto sink = std::make_shared<WaitableSink>();
    RawServer server([&](RawSocket &socket) {
        socket.readUntil("\r\n\r\n");
        socket.write(row.head);
        play(socket, row);
    });
    session::ClientOptions options;
    options.url = server.url();
    options.limits = protocol::conformance::limits();
    options.reading = reading;
    options.headers = {{"Sec-WebSocket-Key", std::string(sampleKey)}};
    if (!row.extensions.empty())
        options.headers.push_back({"Sec-WebSocket-Extensions", row.extensions});
    if (row.offers)
        options.subprotocols = {"chat", "superchat"};
    session::ClientSession client(network, sink, options);
    client.start();
    if (reading == protocol::Reading::Observer && !row.ends) {
        // It would talk on; the violation is all that is wanted.
        sink->waitForAny<capture::ViolationRecord>();
        client.disconnect();
    }
    const auto facts = factsOf(*sink, waitForEnd(*sink));
    server.finish();
    return facts;
}

void expectFinding(const analysis::ConnectionFacts &facts, const Row &row)
{
    const auto now = facts.lastTime.value_or(Nanoseconds(0));
    const auto whole = evaluate({facts, nullptr, nullptr, now, {}});
    const auto id = QString::fromUtf8(row.finding.data(), static_cast<qsizetype>(row.finding.size()));
    const Finding *finding = whole.find(row.finding);
    QVERIFY2(finding != nullptr, qPrintable("no check " + id));
    QStringList others;
    for (const Finding &one : whole.findings)
        if (one.verdict == Verdict::Fail || one.verdict == Verdict::Warn)
            others << QString::fromUtf8(one.id.data(), static_cast<qsizetype>(one.id.size()));
    QVERIFY2(finding->verdict == Verdict::Fail || finding->verdict == Verdict::Warn,
             qPrintable(id + ": " + textOf(finding->verdict) + ", " + finding->reason +
                        "; found instead: " + others.join(", ")));
    QVERIFY(!finding->evidence.empty());
    QVERIFY(whole.verdict == Verdict::Fail || whole.verdict == Verdict::Warn);
}

} // namespace

class TestConformanceFindings : public QObject
{
    Q_OBJECT
private slots:
    void endpoint_data()
    {
        addRows([](const Row &) { return true; });
    }
    void endpoint()
    {
        QFETCH(int, index);
        const Row &row = protocol::conformance::rows()[static_cast<std::size_t>(index)];
        expectFinding(row.reader == protocol::Role::Server ? readByServer(m_network, row)
                                                           : readByClient(m_network, row, protocol::Reading::Endpoint),
                      row);
    }
    void lenientClient_data()
    {
        addRows([](const Row &row) {
            return row.reader == protocol::Role::Client && row.violation && row.rest.empty() && !row.frames.empty();
        });
    }
    void lenientClient()
    {
        QFETCH(int, index);
        const Row &row = protocol::conformance::rows()[static_cast<std::size_t>(index)];
        expectFinding(readByClient(m_network, row, protocol::Reading::Observer), row);
    }

private:
    template<typename Wanted>
    void addRows(Wanted wanted)
    {
        QTest::addColumn<int>("index");
        const auto &all = protocol::conformance::rows();
        for (std::size_t i = 0; i < all.size(); ++i)
            if (wanted(all[i]))
                QTest::addRow("%s", all[i].title().c_str()) << static_cast<int>(i);
    }

    session::NetworkThread m_network;
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestConformanceFindings)
#include "tst_conformance_findings.moc"
