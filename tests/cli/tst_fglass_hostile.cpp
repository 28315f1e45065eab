// SPDX-License-Identifier: GPL-3.0-or-later
// `fglass serve` among clients that mean it no good: its memory stays bounded, and others are served meanwhile.
#include "fglass_process.h"

#include "core/protocol/deflate_stream.h"
#include "tests/support/background_writer.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <sys/resource.h>

#include <stdexcept>
#include <thread>
#include <vector>

using namespace frameglass::test;
using frameglass::testing::ServingProcess;

namespace {

// Memory that was freed is given out again: otherwise AddressSanitizer keeps 256 MiB of it.
const QStringList environment = {
    "ASAN_OPTIONS=quarantine_size_mb=1:thread_local_quarantine_size_kb=64:malloc_context_size=1"};

constexpr qint64 mebibyte = 1 << 20;

/// A line of /proc/PID/status, in octets.
qint64 memoryOf(const QProcess &process, const char *name)
{
    QFile file(QString("/proc/%1/status").arg(process.processId()));
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    const auto text = QString::fromLatin1(file.readAll());
    const auto match =
        QRegularExpression(QString("^%1:\\s+(\\d+) kB").arg(name), QRegularExpression::MultilineOption).match(text);
    return match.hasMatch() ? match.captured(1).toLongLong() * 1024 : -1;
}

RawSocket openRaw(quint16 port, std::string_view extra = {})
{
    auto client = RawSocket::connectTo(port);
    client.write(upgradeRequest(extra));
    client.readUntil("\r\n\r\n");
    return client;
}

void expectEcho(RawSocket &client, const std::string &text)
{
    client.write(clientFrame(0x81, text));
    const auto expected = serverFrame(0x81, text);
    QCOMPARE(client.readExactly(expected.size()), expected);
}

/// A server, a client of good will, and how much memory there was before anything happened.
class Siege
{
public:
    explicit Siege(const QStringList &arguments = {})
        : server(QStringList{"-q"} + arguments, environment), friendly(openRaw(server.port))
    {
        expectEcho(friendly, "before");
        m_before = memoryOf(server.process, "VmRSS");
    }

    ~Siege()
    {
        const bool running = server.process.state() == QProcess::Running;
        if (running && (!frameglass::testing::stopFglass(server.process) || server.process.exitCode() != 0))
            QTest::qFail(server.process.readAllStandardError().constData(), __FILE__, __LINE__);
    }

    /// The friendly client is still served, and so is a new one; the server never held more than so much on top.
    void expectHeld(qint64 most)
    {
        expectEcho(friendly, "after");
        auto fresh = openRaw(server.port);
        expectEcho(fresh, "fresh");
        const qint64 grown = memoryOf(server.process, "VmHWM") - m_before;
        qInfo("%s: %.1f MiB on top of %.1f MiB", QTest::currentTestFunction(), double(grown) / mebibyte,
              double(m_before) / mebibyte);
        QVERIFY2(m_before > 0 && grown < most, qPrintable(QString("%1 octets on top").arg(grown)));
    }

    quint16 port() const { return server.port; }

    ServingProcess server;
    RawSocket friendly;

private:
    qint64 m_before = 0;
};

/// Writes `chunk` again and again until the server ends the connection; how many octets it took before.
std::size_t writeUntilEnded(RawSocket &client, const std::string &chunk, std::size_t most)
{
    std::size_t written = 0;
    try {
        while (written < most) {
            client.write(chunk);
            written += chunk.size();
        }
    } catch (const std::runtime_error &) { // the server has gone
    }
    return written;
}

} // namespace

class TestFglassHostile : public QObject
{
    Q_OBJECT
private slots:
    void headsThatNeverEndAreTimedOut()
    {
        Siege siege({"--limit-handshake", "500ms"});
        std::vector<RawSocket> slow;
        for (int i = 0; i < 300; ++i) {
            slow.push_back(RawSocket::connectTo(siege.port()));
            slow.back().write("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
        }
        expectEcho(siege.friendly, "during");
        for (auto &client : slow) {
            // An octet now and then does not buy more time.
            try {
                client.write("x");
            } catch (const std::runtime_error &) {}
        }
        for (auto &client : slow)
            client.readEnd(); // throws where no end comes
        siege.expectHeld(32 * mebibyte);
    }

    void endlessHeadsAreRefused()
    {
        Siege siege;
        // After its answer the server reads on for a second, so that the answer is not lost in a reset.
        constexpr std::size_t most = 1ull << 40;
        for (int i = 0; i < 3; ++i) {
            auto endless = RawSocket::connectTo(siege.port());
            endless.write("GET / HTTP/1.1\r\n");
            QVERIFY(writeUntilEnded(endless, "X: " + std::string(64 * 1024, 'x'), most) < most);
        }
        auto client = RawSocket::connectTo(siege.port());
        client.write("GET / HTTP/1.1\r\nX: " + std::string(64 * 1024, 'x'));
        QVERIFY(client.readUntil("\r\n\r\n").starts_with("HTTP/1.1 431 "));
        siege.expectHeld(32 * mebibyte);
    }

    void aPingFloodIsAnswered()
    {
        Siege siege;
        auto client = openRaw(siege.port());
        constexpr int count = 200'000;
        const BackgroundWriter writer(client, [](RawSocket &socket) {
            std::string many;
            for (int i = 0; i < 1000; ++i)
                many += clientFrame(0x89, "flood");
            for (int i = 0; i < count; i += 1000)
                socket.write(many);
        });
        std::string expected;
        for (int i = 0; i < 1000; ++i)
            expected += serverFrame(0x8A, "flood");
        bool right = true;
        for (int i = 0; i < count; i += 1000)
            right = client.readExactly(expected.size()) == expected && right;
        QVERIFY(right);
        siege.expectHeld(96 * mebibyte);
    }

    void whoPingsAndNeverReadsIsEnded()
    {
        Siege siege({"--limit-queue", "1MiB", "--limit-stall", "300ms"});
        auto client = openRaw(siege.port());
        std::string many;
        for (int i = 0; i < 500; ++i)
            many += clientFrame(0x89, std::string(125, 'p'));
        const std::size_t most = 256 * mebibyte;
        QVERIFY(writeUntilEnded(client, many, most) < most);
        siege.expectHeld(96 * mebibyte);
    }

    void aSlowReaderIsEnded()
    {
        Siege siege({"--limit-queue", "1MiB", "--limit-stall", "300ms"});
        std::vector<std::thread> clients;
        std::vector<std::size_t> taken(8, 0);
        const std::size_t most = 64 * mebibyte;
        const std::string message = clientFrame(0x82, std::string(1 << 20, 'm'));
        for (auto &count : taken)
            clients.emplace_back([&count, &message, &siege, most] {
                auto client = openRaw(siege.port());
                count = writeUntilEnded(client, message, most);
            });
        for (auto &client : clients)
            client.join();
        for (const auto count : taken)
            QVERIFY2(count < most, qPrintable(QString::number(count)));
        siege.expectHeld(160 * mebibyte);
    }

    void emptyFragmentsAreCounted()
    {
        Siege siege({"--limit-fragments", "5000"});
        auto client = openRaw(siege.port());
        std::string flood = clientFrame(0x01, {});
        for (int i = 0; i < 5000; ++i)
            flood += clientFrame(0x00, {});
        const BackgroundWriter writer(client, [&](RawSocket &socket) { socket.write(flood); });
        const auto answer = client.readToEnd();
        QVERIFY(answer.ends_with("\x03\xF0too-many-fragments"));
        siege.expectHeld(48 * mebibyte);
    }

    void announcedLengthsAloneCostNothing()
    {
        Siege siege;
        std::vector<RawSocket> clients;
        const std::string header("\x82\xFF\x00\x00\x00\x00\x03\xFF\xFF\xFF\x00\x00\x00\x00only this", 23);
        for (int i = 0; i < 200; ++i) {
            clients.push_back(openRaw(siege.port()));
            clients.back().write(header);
        }
        for (auto &client : clients)
            client.write("and this");
        siege.expectHeld(48 * mebibyte);

        auto huge = openRaw(siege.port());
        huge.write(std::string("\x82\xFF\x40\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 14));
        QVERIFY(huge.readToEnd().find("\x03\xF1") != std::string::npos); // 1009
    }

    void compressionBombsStopAtTheLimit()
    {
        Siege siege({"--limit-inflated", "4MiB"});
        frameglass::protocol::Octets bomb;
        frameglass::protocol::Deflater deflater({});
        const frameglass::protocol::Octets zeros(16 * mebibyte);
        for (int i = 0; i < 16; ++i)
            QVERIFY(deflater.append(zeros, i == 15, bomb));
        QVERIFY(bomb.size() < 400'000);
        for (int i = 0; i < 20; ++i) {
            auto client = openRaw(siege.port(), "Sec-WebSocket-Extensions: permessage-deflate\r\n");
            const BackgroundWriter writer(client, [&](RawSocket &socket) {
                socket.write(clientFrame(0xC2, frameglass::protocol::textOf(bomb)));
            });
            QVERIFY(client.readToEnd().ends_with("\x03\xF1inflated-too-big")); // 1009
        }
        siege.expectHeld(128 * mebibyte); // one of them is twice that
    }

    void sixteenMebibytesInTinyFragments()
    {
        Siege siege;
        auto client = openRaw(siege.port());
        constexpr std::size_t size = 64;
        constexpr std::size_t blocks = (16u << 20) / size / 1024;
        const auto block = [](bool first, bool last, bool masked) {
            std::string octets;
            for (int i = 0; i < 1024; ++i)
                octets += frameOctets((first && i == 0 ? 2 : 0) | (last && i == 1023 ? 0x80 : 0),
                                      std::string(size, static_cast<char>(i)), masked);
            return octets;
        };
        const BackgroundWriter writer(client, [&](RawSocket &socket) {
            for (std::size_t i = 0; i < blocks; ++i)
                socket.write(block(i == 0, i + 1 == blocks, true));
        });
        bool right = true;
        for (std::size_t i = 0; i < blocks; ++i) {
            const auto expected = block(i == 0, i + 1 == blocks, false);
            right = client.readExactly(expected.size()) == expected && right;
        }
        QVERIFY(right);
        siege.expectHeld(128 * mebibyte);
    }

    void moreConnectionsThanAllowedWait()
    {
        Siege siege({"--limit-connections", "2"});
        auto second = openRaw(siege.port());
        auto third = RawSocket::connectTo(siege.port());
        third.write(upgradeRequest());
        expectEcho(second, "served");
        second.close();
        QVERIFY(third.readUntil("\r\n\r\n").starts_with("HTTP/1.1 101 "));
        expectEcho(third, "in turn");
        QVERIFY(frameglass::testing::stopFglass(siege.server.process));
        QVERIFY(siege.server.process.readAllStandardOutput().contains("more of them wait"));
    }

    void tenThousandSilentConnections()
    {
        rlimit files{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &files), 0);
        int count = 10'000;
        if (files.rlim_max != RLIM_INFINITY && files.rlim_max < 12'000) {
            count = static_cast<int>(files.rlim_max) - 200;
            qInfo("the hard limit of descriptors is %d: %d connections", static_cast<int>(files.rlim_max), count);
        }
        Siege siege({"--limit-handshake", "10m"});
        QProcess clients;
        clients.start(SILENT_CLIENTS, {QString::number(siege.port()), QString::number(count)});
        QByteArray said;
        while (!said.contains('\n') && clients.waitForReadyRead(60'000))
            said += clients.readAllStandardOutput();
        QCOMPARE(said, "open " + QByteArray::number(count) + "\n");
        // Accepted in order: once a new client is served, all before it are held.
        auto during = openRaw(siege.port());
        expectEcho(during, "during");
        siege.expectHeld(qint64(count) * 40'000);
        clients.closeWriteChannel();
        QVERIFY(clients.waitForFinished(60'000));
        QCOMPARE(clients.exitCode(), 0);
        expectEcho(during, "after them");
        QVERIFY(frameglass::testing::stopFglass(siege.server.process));
        QCOMPARE(siege.server.process.exitCode(), 0);
    }
};

QTEST_GUILESS_MAIN(TestFglassHostile)
#include "tst_fglass_hostile.moc"
