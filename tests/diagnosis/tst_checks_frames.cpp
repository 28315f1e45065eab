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

class TestChecksFrames : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried() { QCOMPARE(untried(Phase::Frames, cases()), QStringList()); }
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksFrames)
#include "tst_checks_frames.moc"
