// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario.h"

namespace frameglass::diagnosis::test
{

namespace
{

const std::vector<Case> &cases()
{
    static const std::vector<Case> all = {};
    return all;
}

} // namespace

class TestChecksResponse : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried() { QCOMPARE(untried(Phase::Response, cases()), QStringList()); }
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksResponse)
#include "tst_checks_response.moc"
