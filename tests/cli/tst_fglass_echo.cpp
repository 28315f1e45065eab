// SPDX-License-Identifier: GPL-3.0-or-later
// `fglass echo`: against a server of the test's own that sends what it likes, and a real one that counts.
#include "fglass_process.h"
#include "need_peer.h"

#include "tests/support/raw_server.h"

#include <QTemporaryDir>
#include <QTest>

#include <future>
#include <thread>

using namespace frameglass;
using testing::runFglass;
using namespace frameglass::test;

namespace {

using Frame = std::pair<int, std::string>;

const Frame close1000{0x88, std::string("\x03\xE8", 2)};

void upgrade(RawSocket &client)
{
    client.write(upgradeResponse(client.readUntil("\r\n\r\n")));
}

QString urlOf(const RawServer &server)
{
    return QString::fromStdString(server.url());
}

void expect(bool holds, const char *what)
{
    if (!holds)
        throw std::runtime_error(what);
}

/// What the script found wrong.
QByteArray complaintOf(RawServer &server)
{
    try {
        server.finish();
        return {};
    } catch (const std::exception &error) {
        return error.what();
    }
}

/// The frames up to the client's Close, and then its FIN.
std::vector<Frame> framesToEnd(RawSocket &client)
{
    std::vector<Frame> frames;
    do {
        frames.push_back(readFrame(client));
    } while (frames.back().first != 0x88);
    expect(client.readToEnd().empty(), "octets after the Close");
    return frames;
}

int codeOf(const Frame &close)
{
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(close.second.at(i)); };
    return octet(0) << 8 | octet(1);
}

std::vector<nlohmann::json> jsonLines(const QByteArray &out)
{
    std::vector<nlohmann::json> lines;
    for (const QByteArray &line : out.trimmed().split('\n'))
        lines.push_back(nlohmann::json::parse(line.begin(), line.end()));
    return lines;
}

} // namespace

class TestFglassEcho : public QObject
{
    Q_OBJECT
private slots:
    void everyMessageComesBackWithItsOpcode()
    {
        const std::vector<Frame> data = {{0x81, "text 你好"}, {0x82, std::string("\0\xFF\x80", 3)},
                                         {0x81, ""},          {0x82, std::string(70'000, 'b')},
                                         {0x01, "fr"},        {0x00, ""},
                                         {0x80, "agments"}};
        RawServer server([&](RawSocket &client) {
            upgrade(client);
            for (const auto &[firstOctet, payload] : data)
                client.write(serverFrame(firstOctet, payload));
            for (const auto &frame : data)
                expect(readFrame(client) == frame, "another frame came back");
            client.write(serverFrame(0x89, "still there?"));
            expect(readFrame(client) == Frame(0x8A, "still there?"), "no pong");
            client.write(serverFrame(close1000.first, close1000.second));
            expect(readFrame(client) == close1000, "the Close is not answered");
        });
        const auto result = runFglass({"echo", urlOf(server), "--json"});
        QCOMPARE(complaintOf(server), QByteArray());
        QCOMPARE(result.exitCode, 0);
        const auto lines = jsonLines(result.out);
        QCOMPARE(lines.size(), 1u);
        QCOMPARE(lines[0].at("connection").at("sent").at("messages").get<int>(), 5);
        QCOMPARE(lines[0].at("verdict").get<std::string>(), "pass");
    }

    void whatIsIllFormedEndsTheConnection_data()
    {
        const auto row = [](const char *name, const std::string &octets, int code, const QStringList &options = {}) {
            QTest::newRow(name) << QByteArray::fromStdString(octets) << code << options;
        };
        QTest::addColumn<QByteArray>("octets");
        QTest::addColumn<int>("code");
        QTest::addColumn<QStringList>("options");
        row("reserved bit", serverFrame(0xC1, "x"), 1002);
        row("reserved opcode", serverFrame(0x83, ""), 1002);
        row("masked", clientFrame(0x81, "x"), 1002);
        row("continuation of nothing", serverFrame(0x80, "x"), 1002);
        row("fragmented ping", serverFrame(0x09, "x"), 1002);
        row("long ping", serverFrame(0x89, std::string(126, 'x')), 1002);
        row("not UTF-8", serverFrame(0x81, "\xC0\xAF"), 1007);
        // Only the start of it is ever sent: the answer has to come at the first wrong octet.
        row("not UTF-8, in a frame that is not whole",
            serverFrame(0x81, "\xF0\x28" + std::string(998, 'x')).substr(0, 9), 1007);
        row("message over the limit", serverFrame(0x82, std::string(2049, 'x')), 1009, {"--limit-message", "2KiB"});
        row("fragments over the limit", serverFrame(0x02, "a") + serverFrame(0x00, "b") + serverFrame(0x80, "c"), 1008,
            {"--limit-fragments", "2"});
    }

    void whatIsIllFormedEndsTheConnection()
    {
        QFETCH(QByteArray, octets);
        QFETCH(int, code);
        QFETCH(QStringList, options);
        std::vector<Frame> got;
        RawServer server([&](RawSocket &client) {
            upgrade(client);
            // In one write, so that it is one read: what was right still comes back.
            client.write(serverFrame(0x81, "before") + octets.toStdString());
            got = framesToEnd(client);
        });
        const auto result = runFglass(QStringList{"echo", urlOf(server), "--json"} + options);
        QCOMPARE(complaintOf(server), QByteArray());
        QVERIFY(got.size() >= 2);
        QVERIFY(got.front() == Frame(0x81, "before"));
        QCOMPARE(codeOf(got.back()), code);
        if (!options.isEmpty())
            return; // a limit of the user's own: whether that is the server's fault is not for this test to say
        QCOMPARE(result.exitCode, 1);
        QVERIFY(!jsonLines(result.out).at(0).at("root_cause").is_null());
    }

    void sixteenMebibytesInSmallFragments()
    {
        constexpr std::size_t fragments = 262'144;
        const std::string payload(64, 'f');
        RawServer server([&](RawSocket &client) {
            upgrade(client);
            std::thread writer([&] {
                std::string octets;
                for (std::size_t i = 0; i < fragments; ++i) {
                    octets += serverFrame(i == 0 ? 0x02 : i + 1 == fragments ? 0x80 : 0x00, payload);
                    if (octets.size() > 60'000)
                        client.write(std::exchange(octets, {}));
                }
                client.write(octets);
            });
            constexpr std::size_t frameOctets = 2 + 4 + 64;
            std::string back;
            try {
                back = client.readExactly(fragments * frameOctets);
            } catch (...) {
                writer.join();
                throw;
            }
            writer.join();
            for (std::size_t i = 0; i < fragments; ++i) {
                const auto *frame = back.data() + i * frameOctets;
                expect(frame[0] == (i == 0 ? 0x02 : i + 1 == fragments ? '\x80' : 0x00), "another frame");
                for (std::size_t k = 0; k < payload.size(); ++k)
                    expect((frame[6 + k] ^ frame[2 + k % 4]) == 'f', "another octet");
            }
            client.write(serverFrame(close1000.first, close1000.second));
            expect(readFrame(client) == close1000, "the Close is not answered");
        });
        const auto result = runFglass({"echo", urlOf(server), "--json"});
        QCOMPARE(complaintOf(server), QByteArray());
        QCOMPARE(result.exitCode, 0);
        const auto sent = jsonLines(result.out).at(0).at("connection").at("sent");
        QCOMPARE(sent.at("messages").get<int>(), 1);
        QCOMPARE(sent.at("frames").get<std::size_t>(), fragments + 1);
    }

    void timesConnectsOneAfterTheOther()
    {
        const auto command = peers::pythonSuite();
        NEED_PEER(command);
        const peers::PeerProcess suite(command);
        const auto port = suite.port();
        QVERIFY2(port, suite.output().c_str());
        const auto url = QStringLiteral("ws://127.0.0.1:%1/").arg(*port);
        const QTemporaryDir folder;
        const QString file = folder.filePath("echo.fglass");

        const auto result = runFglass({"echo", url, "--times", "10", "--save", file});
        QVERIFY2(result.exitCode == 0, result.out + result.err);
        QCOMPARE(result.out.count('\n'), 10);
        QVERIFY2(result.out.contains(" 10: "), result.out.constData());
        QCOMPARE(runFglass({"show", file, "--json"}).json().at("connections").size(), 10u);

        const auto json = runFglass({"echo", url, "--times", "10", "--json"});
        QCOMPARE(json.exitCode, 0);
        QCOMPARE(jsonLines(json.out).size(), 10u);

        int cases = 0;
        for (const auto &line : suite.lines()) {
            if (!line.starts_with('{'))
                continue;
            const auto told = nlohmann::json::parse(line);
            QVERIFY2(told.at("ok").get<bool>(), line.c_str());
            QCOMPARE(told.at("case").get<int>(), ++cases);
        }
        QCOMPARE(cases, 20);
    }

    void noServerEndsTheSeries()
    {
        const auto url = QStringLiteral("ws://127.0.0.1:%1/").arg(closedPort());
        const auto result = runFglass({"echo", url, "--times", "50", "--json"});
        QCOMPARE(result.exitCode, 3);
        QCOMPARE(jsonLines(result.out).size(), 1u);
    }

    void aRefusalIsAFinding()
    {
        RawServer server([](RawSocket &client) {
            client.readUntil("\r\n\r\n");
            client.write("HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nno such");
        });
        const auto result = runFglass({"echo", urlOf(server)});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.out.contains("no such"), result.out.constData());
    }

    void ctrlCClosesAndEndsTheSeries()
    {
        std::promise<void> echoed;
        Frame close;
        RawServer server([&](RawSocket &client) {
            upgrade(client);
            client.write(serverFrame(0x81, "x"));
            readFrame(client);
            echoed.set_value();
            close = readFrame(client);
            client.write(serverFrame(close.first, close.second));
        });
        QProcess process;
        testing::startFglass(process, {"echo", urlOf(server), "--times", "5"});
        echoed.get_future().wait();
        QVERIFY(testing::stopFglass(process));
        QCOMPARE(complaintOf(server), QByteArray());
        QCOMPARE(process.exitCode(), 0);
        QVERIFY(close == close1000);
        QCOMPARE(process.readAllStandardOutput().count('\n'), 1);
    }
};

QTEST_GUILESS_MAIN(TestFglassEcho)
#include "tst_fglass_echo.moc"
