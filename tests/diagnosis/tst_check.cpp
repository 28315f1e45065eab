// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario.h"

#include <set>

namespace frameglass::diagnosis::test {

class TestCheck : public QObject
{
    Q_OBJECT
private slots:
    void row_data();
    void row();
    void idsAreUnique();
    void phasesAscend();
    void namesAreStable();
    void unknownIdHasNoRow() { QCOMPARE(checkById("no.such-row"), nullptr); }
};

void TestCheck::row_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < checks().size(); ++i)
        QTest::addRow("%s", std::string(checks()[i].id).c_str()) << static_cast<int>(i);
}

void TestCheck::row()
{
    QFETCH(int, index);
    const Check &check = checks()[static_cast<std::size_t>(index)];
    QCOMPARE(checkById(check.id), &check);
    QVERIFY(check.rule != nullptr);
    QVERIFY(!check.translatedTitle().isEmpty());
    QVERIFY(!check.translatedFix().isEmpty());
    QVERIFY(!check.source.empty());
    QVERIFY(!check.clause.empty());
    QCOMPARE(check.url.empty(), check.clause == "none");
    QVERIFY(check.url.empty() || check.url.starts_with("https://"));
    QVERIFY(check.kind == Kind::Passive || check.kind == Kind::A0);
    for (const auto &cause : check.causes)
        QVERIFY(*cause.cause != '\0');
    for (const auto id : check.implies) {
        const Check *implied = checkById(id);
        QVERIFY2(implied != nullptr, qPrintable(QString::fromUtf8(id.data(), static_cast<qsizetype>(id.size()))));
        QVERIFY2(implied != &check, "a row implies itself");
        QVERIFY2(std::ranges::find(implied->implies, check.id) == implied->implies.end(), "two rows imply each other");
    }
}

void TestCheck::idsAreUnique()
{
    std::set<std::string_view> ids;
    for (const Check &check : checks())
        QVERIFY(ids.insert(check.id).second);
    QVERIFY(ids.size() >= 50);
}

void TestCheck::phasesAscend()
{
    QVERIFY(std::ranges::is_sorted(checks(), {}, &Check::phase));
}

void TestCheck::namesAreStable()
{
    QCOMPARE(nameOf(Verdict::NotApplicable), std::string_view("n/a"));
    QCOMPARE(nameOf(Verdict::Warn), std::string_view("warn"));
    QCOMPARE(nameOf(Severity::Blocker), std::string_view("blocker"));
    QCOMPARE(nameOf(Kind::A0), std::string_view("a0"));
    QCOMPARE(titleOf(Phase::Heartbeat), QStringLiteral("Heartbeat"));
    QCOMPARE(signOf(Verdict::Fail), QStringLiteral("✕"));
}

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestCheck)
#include "tst_check.moc"
