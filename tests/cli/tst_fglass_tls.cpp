// SPDX-License-Identifier: GPL-3.0-or-later
// TLS on the command line: the development authority, what is trusted, what cannot be used, what stays secret.
#include "fglass_process.h"

#include "tests/support/test_pki.h"

#include <QDir>
#include <QDirIterator>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace frameglass;
using testing::runFglass;
using testing::ServingProcess;

class TestFglassTls : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        // The authority of these tests, not that of whoever runs them.
        qputenv("XDG_DATA_HOME", m_folder->path().toLocal8Bit());
        qunsetenv("SSLKEYLOGFILE");
    }

    void aServerOfTheDevelopmentAuthorityIsTrustedByWhomHasItsCertificate()
    {
        ServingProcess server({"--tls"});
        QVERIFY2(server.url.startsWith("wss://"), server.output.constData());
        const QString authority = exportedAuthority();
        QVERIFY(QFile::permissions(authority).testFlag(QFileDevice::ReadOther));
        QVERIFY(runFglass({"ca", "--export", "-"}).out.startsWith("-----BEGIN CERTIFICATE-----"));

        const auto trusted = runFglass({"check", server.url, "--ca", authority, "--for", "0", "--json"});
        QCOMPARE(trusted.exitCode, 0);
        const auto stranger = runFglass({"check", server.url, "--for", "0", "--json"});
        QCOMPARE(stranger.exitCode, 1);
        const auto insecure = runFglass({"connect", server.url, "--insecure", "--json"}, "hello\n");
        QCOMPARE(insecure.exitCode, 1); // it went on, and what is wrong counts all the same
        QVERIFY2(insecure.out.contains("\"verdict\":\"overridden\""), insecure.out.constData());
        QVERIFY2(insecure.out.contains("\"any_certificate\":true"), insecure.out.constData());
        QVERIFY(testing::stopFglass(server.process));
    }

    void theDevelopmentAuthorityIsTheUsersAlone()
    {
        QCOMPARE(runFglass({"ca"}).exitCode, 0);
        int files = 0;
        QDirIterator all(m_folder->path(), QDir::Files, QDirIterator::Subdirectories);
        for (; all.hasNext(); ++files) {
            const auto others = QFileDevice::ReadGroup | QFileDevice::ReadOther;
            QVERIFY2(!(QFile::permissions(all.next()) & others), qPrintable(all.filePath()));
        }
        QCOMPARE(files, 4);
    }

    void versionsCiphersAndAlpn()
    {
        ServingProcess server({"--tls", "--tls-max", "1.2"});
        const auto records = [&](const QStringList &more) {
            return runFglass(QStringList{"connect", server.url, "--ca", exportedAuthority(), "--json"} + more, "x\n");
        };
        const auto older = records({"--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256", "--alpn", "", "--sni", ""});
        QCOMPARE(older.exitCode, 0);
        QVERIFY(older.out.contains("\"version\":\"TLSv1.2\""));
        QVERIFY(older.out.contains("\"cipher\":\"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\""));
        QVERIFY(older.out.contains("\"alpn_chosen\":\"\""));
        QVERIFY(older.out.contains("\"sni\":\"\""));
        const auto newer = records({"--tls-min", "1.3"});
        QVERIFY(newer.exitCode != 0);
        QVERIFY(testing::stopFglass(server.process));
    }

    void clientCertificates()
    {
        test::TestPki pki;
        const auto mine = pki.leaf("me", {.names = {}});
        const auto path = [](const std::string &name) { return QString::fromStdString(name); };
        ServingProcess server({"--tls", "--client-ca", path(pki.rootFile()), "--require-client-cert"});
        const auto with = runFglass({"connect", server.url, "--ca", exportedAuthority(), "--cert",
                                     path(mine.certificate), "--key", path(mine.key)},
                                    "hello\n");
        QCOMPARE(with.exitCode, 0);
        QCOMPARE(with.out.count("· hello"), 2);
        const auto without = runFglass({"check", server.url, "--insecure", "--for", "0"});
        QVERIFY(without.exitCode != 0);
        QVERIFY(testing::stopFglass(server.process));
    }

    void whatCannotBeUsed_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("word");
        QTest::newRow("missing file") << QStringList{"--ca", "/nowhere.pem"} << QByteArray("/nowhere.pem");
        QTest::newRow("no certificate") << QStringList{"--cert", "/dev/null"} << QByteArray("/dev/null");
        QTest::newRow("version") << QStringList{"--tls-min", "2"} << QByteArray("1.3");
        QTest::newRow("versions") << QStringList{"--tls-min", "1.3", "--tls-max", "1.2"} << QByteArray("TLS version");
        QTest::newRow("ciphers") << QStringList{"--ciphers", "NONSENSE"} << QByteArray("cipher");
        QTest::newRow("key log") << QStringList{"--key-log", "/nowhere/keys"} << QByteArray("/nowhere/keys");
        QTest::newRow("passphrase file") << QStringList{"--passphrase-file", "/nowhere"} << QByteArray("/nowhere");
        QTest::newRow("time limit") << QStringList{"--tls-timeout", "soon"} << QByteArray("soon");
    }
    void whatCannotBeUsed()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, word);
        const auto result = runFglass(QStringList{"check", "wss://localhost:1/"} + arguments);
        QCOMPARE(result.exitCode, 2);
        QVERIFY2(result.err.contains(word), result.err.constData());
        QVERIFY(!result.err.contains('\t'));
    }

    void theKeyLogAloneHoldsTheSecrets()
    {
        ServingProcess server({"--tls"});
        const QString keys = m_folder->filePath("keys.log");
        const QString capture = m_folder->filePath("run.fglass");
        const auto result = runFglass({"check", server.url, "--insecure", "--for", "0", "--key-log", keys, "--save",
                                       capture, "--bearer", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"});
        QVERIFY(testing::stopFglass(server.process));
        QFile log(keys);
        QVERIFY(log.open(QIODevice::ReadOnly));
        QList<QByteArray> secrets{"eyJhbGciOiJIUzI1NiJ9.e30.c2ln"};
        while (!log.atEnd())
            secrets += log.readLine().trimmed().split(' ').last();
        QVERIFY(secrets.size() > 4);
        const auto shown = runFglass({"show", capture, "--records"});
        const auto json = runFglass({"show", capture, "--json"});
        for (const QByteArray &secret : secrets) {
            for (const auto *output : {&result.out, &result.err, &shown.out, &json.out})
                QVERIFY2(!output->contains(secret), output->constData());
        }
        QFile file(capture);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray content = file.readAll();
        for (const QByteArray &secret : secrets.mid(1)) // the token stands in the owner's file, apart from the heads
            QVERIFY(!content.contains(secret) && !content.contains(QByteArray::fromHex(secret)));
    }

    void theEnvironmentNamesAKeyLogToo()
    {
        ServingProcess server({"--tls"});
        const QString keys = m_folder->filePath("environment.log");
        qputenv("SSLKEYLOGFILE", keys.toLocal8Bit());
        runFglass({"check", server.url, "--insecure", "--for", "0"});
        qunsetenv("SSLKEYLOGFILE");
        QFile log(keys);
        QVERIFY(log.open(QIODevice::ReadOnly));
        QVERIFY(log.readAll().contains("CLIENT_TRAFFIC_SECRET_0"));
        QVERIFY(testing::stopFglass(server.process));
    }

    void theManualHasEveryOption()
    {
        const auto manual = runFglass({"--manual"});
        QCOMPARE(manual.exitCode, 0);
        QByteArray plain = manual.out;
        plain.replace("\\-", "-");
        for (const char *command : {"check", "connect", "echo", "serve", "show", "demo", "checks", "ca"}) {
            const auto help = runFglass({command, "--help"});
            const QRegularExpression longName(QStringLiteral("^ +(?:-\\w,)?(--[a-z][a-z-]+)"),
                                              QRegularExpression::MultilineOption);
            auto names = longName.globalMatch(QString::fromUtf8(help.out));
            while (names.hasNext()) {
                const auto name = names.next().captured(1).toUtf8();
                QVERIFY2(name == "--help" || plain.contains("\\fB" + name + "\\fR"), name.constData());
            }
        }
    }

private:
    QString exportedAuthority() const
    {
        const QString file = m_folder->filePath("exported.pem");
        if (runFglass({"ca", "--export", file}).exitCode != 0)
            qWarning("no authority was exported");
        return file;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestFglassTls)
#include "tst_fglass_tls.moc"
