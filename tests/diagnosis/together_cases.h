// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario.h"

/// Cases of rows that look at several connections of a capture.
namespace frameglass::diagnosis::test {

/// What is recorded, and what the row must say of the last connection, or of the one that is named.
struct TogetherCase
{
    const char *name;
    std::string_view id;
    Verdict verdict;
    std::vector<Scenario> connections;
    const char *reasonHas = nullptr;
    Settings settings{};
    Nanoseconds now{0};     ///< no earlier than the last record
    std::size_t judged = 0; ///< number of the connection; 0: the last
};

inline void addTogetherRows(const std::vector<TogetherCase> &cases)
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const QByteArray id(cases[i].id.data(), static_cast<qsizetype>(cases[i].id.size()));
        QTest::addRow("%s: %s", id.constData(), cases[i].name) << static_cast<int>(i);
    }
}

inline void runTogether(const TogetherCase &one)
{
    const Check *check = checkById(one.id);
    QVERIFY2(check != nullptr, "no such row in the table");
    const auto all = together(one.connections);
    const auto *facts =
        all->find(static_cast<capture::ConnectionId>(one.judged != 0 ? one.judged : one.connections.size()));
    QVERIFY(facts != nullptr);
    const auto judgement =
        check->rule({*facts, nullptr, all.get(), std::max(one.now, all->lastTime), one.settings, startWallMs});
    verify(judgement, one.verdict, one.reasonHas);
    for (const Evidence &evidence : judgement.evidence)
        QVERIFY2(evidence.record != 0, "evidence that leads nowhere");
}

/// The same as `untried()` for these.
inline QStringList untried(Phase phase, const std::vector<TogetherCase> &cases,
                           const std::vector<std::string_view> &neverPass = {},
                           const std::vector<std::string_view> &neverJudged = {})
{
    std::vector<Case> plain;
    for (const TogetherCase &one : cases)
        plain.push_back({one.name, one.id, one.verdict, {}});
    return untried(phase, plain, neverPass, neverJudged);
}

} // namespace frameglass::diagnosis::test
