// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnosis/check.h"
#include "core/diagnosis/settings_table.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <set>

using namespace frameglass;
using namespace frameglass::diagnosis;

namespace {

QString stringOf(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace

class TestSettingsTable : public QObject
{
    Q_OBJECT

private slots:
    void namesLeadToChecks()
    {
        std::set<std::string_view> names;
        for (const Setting &setting : settingsTable()) {
            QVERIFY2(names.insert(setting.name).second, setting.name.data());
            QVERIFY2(!setting.title().isEmpty(), setting.name.data());
            if (setting.role == SettingRole::Declared)
                QVERIFY2(setting.declaredTitle != nullptr, setting.name.data());
            else
                QVERIFY2(checkById(setting.check()) != nullptr, setting.name.data());
        }
    }

    /// Each default can be written and read back, and each value has an own place.
    void valuesComeBack()
    {
        const Settings defaults;
        for (const Setting &setting : settingsTable()) {
            const QStringList choices = setting.choices();
            const QString text = setting.textOf(defaults);
            Settings changed;
            QVERIFY2(setting.set(changed, text.toStdString()), qPrintable(stringOf(setting.name) + " " + text));
            QCOMPARE(setting.textOf(changed), text);
            const QString other = !choices.isEmpty()   ? choices.last()
                                  : text.isEmpty()     ? QStringLiteral("2026-11-27T12:30:00.250Z")
                                  : text.endsWith('s') ? QStringLiteral("7.5s")
                                                       : QStringLiteral("7");
            QVERIFY2(setting.set(changed, other.toStdString()), setting.name.data());
            QCOMPARE(setting.textOf(changed), other);
            QCOMPARE(changedSettings(changed)["settings"].size(), std::size_t(1));
        }
    }

    void unitsAndShares()
    {
        Settings settings;
        QVERIFY(!applySetting(settings, "heartbeat.pong-reply.fail=1.5min"));
        QCOMPARE(settings.pongDead, Nanoseconds(std::chrono::seconds(90)));
        QVERIFY(!applySetting(settings, "stat.slo.errors=0.5%"));
        QCOMPARE(settings.sloErrors, 0.005);
        QVERIFY(!applySetting(settings, "deploy.at=2026-11-27T12:30:00+01:00"));
        QCOMPARE(settings.deployAt.ms, 1'795'779'000'000);
        QVERIFY(!applySetting(settings, "deploy.at="));
        QCOMPARE(settings.deployAt, WallMoment());
    }

    void mistakes_data()
    {
        QTest::addColumn<QByteArray>("assignment");
        QTest::addColumn<QString>("says");
        QTest::newRow("name") << QByteArray("no.such=1") << "no setting \"no.such\"";
        QTest::newRow("no value") << QByteArray("stat.slo.errors") << "stat.slo.errors=VALUE";
        QTest::newRow("no number") << QByteArray("stat.slo.errors=few") << "\"few\" is no value";
        QTest::newRow("negative") << QByteArray("stat.slo.errors=-1") << "\"-1\" is no value";
        QTest::newRow("not finite") << QByteArray("stat.slo.errors=nan") << "\"nan\" is no value";
        QTest::newRow("too large") << QByteArray("tls.cert-dates.warn-days=1e15") << "is no value";
        QTest::newRow("too large for its type") << QByteArray("heartbeat.missed.fail=99999999999") << "is no value";
        QTest::newRow("a part of one") << QByteArray("heartbeat.missed.fail=1.5") << "is no value";
        QTest::newRow("no unit") << QByteArray("stat.slo.latency=1x") << "write it for example as 200ms";
        QTest::newRow("too long") << QByteArray("stat.slo.latency=1000h") << "is no value";
        QTest::newRow("no choice") << QByteArray("messages.type=json") << "it takes any, text, binary";
        QTest::newRow("no moment") << QByteArray("deploy.at=yesterday") << "2026-11-27T12:30:00Z";
    }
    void mistakes()
    {
        QFETCH(QByteArray, assignment);
        QFETCH(QString, says);
        Settings settings;
        const auto error =
            applySetting(settings, {assignment.constData(), static_cast<std::size_t>(assignment.size())});
        QVERIFY(error);
        QVERIFY2(error->message.contains(says), qPrintable(error->message));
        QCOMPARE(changedSettings(settings)["settings"].size(), std::size_t(0));
    }

    void files()
    {
        Settings settings;
        settings.sloErrors = 0.02;
        settings.reconnectProfile = ReconnectProfile::Orders;
        const std::string file = changedSettings(settings).dump();
        Settings read;
        QVERIFY(!applySettings(read, file));
        QCOMPARE(changedSettings(read).dump(), file);
        QVERIFY(!applySettings(read, R"({"schema":1,"settings":{"heartbeat.missed.fail":5}})"));
        QCOMPARE(read.missedFail, 5u);
        QCOMPARE(read.sloErrors, 0.02);
    }

    /// A file with one mistake changes nothing.
    void wrongFiles_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("list") << QByteArray("[]");
        QTest::newRow("schema") << QByteArray(R"({"schema":2,"settings":{}})");
        QTest::newRow("no settings") << QByteArray(R"({"schema":1})");
        QTest::newRow("unknown") << QByteArray(R"({"schema":1,"settings":{"stat.slo.errors":0.5,"no.such":1}})");
        QTest::newRow("wrong value") << QByteArray(
            R"({"schema":1,"settings":{"stat.slo.errors":0.5,"deploy.at":true}})");
        QTest::newRow("nested") << QByteArray(R"({"schema":1,"settings":{"stat.slo.errors":{"a":[]}}})");
    }
    void wrongFiles()
    {
        QFETCH(QByteArray, file);
        Settings settings;
        const auto error = applySettings(settings, {file.constData(), static_cast<std::size_t>(file.size())});
        QVERIFY(error);
        QVERIFY(!error->message.isEmpty());
        QCOMPARE(changedSettings(settings)["settings"].size(), std::size_t(0));
    }
};

QTEST_GUILESS_MAIN(TestSettingsTable)
#include "tst_settings_table.moc"
