// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/settings.h"

#include <QHeaderView>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace frameglass::ui;

class TestSettings : public QObject
{
    Q_OBJECT

    QTemporaryDir m_home;

private slots:
    void initTestCase()
    {
        QCoreApplication::setOrganizationName(QStringLiteral("frameglass-test"));
        QCoreApplication::setApplicationName(QStringLiteral("settings"));
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_home.path());
    }

    void init() { QSettings().clear(); }

    void whatNobodySetIsTheFallback()
    {
        QCOMPARE(Settings::instance().value(settings::zoom), 100);
        QCOMPARE(Settings::instance().value(settings::limitFrameOctets), 64ull << 20);
        QVERIFY(Settings::instance().value(settings::urlHistory).isEmpty());
    }

    void aValueIsKeptAndAnnouncedOnce()
    {
        QSignalSpy changed(&Settings::instance(), &Settings::changed);
        Settings::instance().setValue(settings::zoom, 140);
        Settings::instance().setValue(settings::zoom, 140);
        QCOMPARE(Settings::instance().value(settings::zoom), 140);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.first().first().toString(), QString::fromLatin1(settings::zoom.key));
    }

    void aListHasNoDoublesAndALimit()
    {
        for (const char *url : {"ws://a/", "ws://b/", "ws://a/", "ws://c/"})
            Settings::instance().prepend(settings::urlHistory, QLatin1String(url), 2);
        QCOMPARE(Settings::instance().value(settings::urlHistory),
                 (QStringList{QStringLiteral("ws://c/"), QStringLiteral("ws://a/")}));
        Settings::instance().remove(settings::urlHistory, QStringLiteral("ws://c/"));
        QCOMPARE(Settings::instance().value(settings::urlHistory), QStringList{QStringLiteral("ws://a/")});
    }

    void columnsComeBack()
    {
        QStandardItemModel model(1, 3);
        QTableView table;
        table.setModel(&model);
        table.horizontalHeader()->resizeSection(1, 77);
        table.horizontalHeader()->hideSection(2);
        Settings::instance().saveHeader(QStringLiteral("test"), table.horizontalHeader());
        QTableView other;
        other.setModel(&model);
        QVERIFY(!Settings::instance().restoreHeader(QStringLiteral("never saved"), other.horizontalHeader()));
        QVERIFY(Settings::instance().restoreHeader(QStringLiteral("test"), other.horizontalHeader()));
        QCOMPARE(other.horizontalHeader()->sectionSize(1), 77);
        QVERIFY(other.horizontalHeader()->isSectionHidden(2));
    }
};

QTEST_MAIN(TestSettings)
#include "tst_settings.moc"
