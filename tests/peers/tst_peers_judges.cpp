// SPDX-License-Identifier: GPL-3.0-or-later
// Every judge as client and as server, with and without compression, in every case; and the table of the results.
// FRAMEGLASS_JUDGES_FOLDER and FRAMEGLASS_JUDGES_PAGE come from the build.
#include "judges/judge_run.h"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

using namespace frameglass;
using namespace frameglass::peers;

namespace {

const std::filesystem::path folder = FRAMEGLASS_JUDGES_FOLDER;

class Judges : public testing::TestWithParam<Row>
{};

const Judge &judgeOf(const Row &row)
{
    for (const Judge &judge : judges()) {
        if (judge.name == row.judge)
            return judge;
    }
    throw std::logic_error("no such judge");
}

TEST_P(Judges, FindEveryCellAsExpected)
{
    const Row &row = GetParam();
    const Judge &judge = judgeOf(row);
    const Results results(folder);
    results.forget(row);
    NEED_PEER(row.role == JudgeRole::Client ? judge.client({}) : judge.echo({}));

    const RowResult result = JudgeRow(judge, row, folder / ("samples." + std::string(row.judge))).run();
    results.keep(row, result);
    for (const Case what : allCases()) {
        const auto failure = result.failures.find(what);
        const auto exception = exceptionFor(row, what);
        if (failure != result.failures.end()) {
            EXPECT_TRUE(exception) << nameOf(what) << ": " << failure->second;
            EXPECT_TRUE(!exception || failure->second.find(exception->symptom) != std::string::npos)
                << nameOf(what) << " fails for another reason than " << exception->mark << ": " << failure->second;
        } else if (exception) {
            EXPECT_EQ(exception->kind, Exception::Kind::NotOffered)
                << nameOf(what) << " passes, so this holds no longer: " << exception->why;
        }
    }
}

std::string testNameOf(const testing::TestParamInfo<Row> &row)
{
    std::string name;
    for (const std::string_view part : {row.param.judge, nameOf(row.param.role), nameOf(row.param.compression)})
        name.append(name.empty() ? "" : "_").append(part);
    for (char &letter : name)
        letter = std::isalnum(static_cast<unsigned char>(letter)) ? letter : '_';
    return name;
}

INSTANTIATE_TEST_SUITE_P(Peers, Judges, testing::ValuesIn(allRows()), testNameOf);

/// Versions are whatever the system has.
std::string withoutVersions(const std::string &page)
{
    std::istringstream stream(page);
    std::string kept;
    for (std::string line; std::getline(stream, line);) {
        if (!line.starts_with("Seen here:"))
            kept += line + '\n';
    }
    return kept;
}

/// Runs after all of the above, which may have been programs of their own.
TEST(JudgesTable, IsTheOneInTheDocs)
{
    const Results results(folder);
    const std::string table = tableOf(results);
    std::ofstream(folder / "table.txt") << table;
    std::cout << table;
    for (const Row &row : allRows()) {
        if (results.find(row))
            continue;
        if (peersAreRequired())
            FAIL() << row.judge << " as " << nameOf(row.role) << ", deflate " << nameOf(row.compression)
                   << ": no result";
        GTEST_SKIP() << row.judge << " as " << nameOf(row.role) << " did not run here";
    }
    const std::string page = pageOf(results);
    if (const char *write = std::getenv("FRAMEGLASS_WRITE_JUDGES"); write && std::string(write) == "1")
        std::ofstream(FRAMEGLASS_JUDGES_PAGE) << page;
    std::ifstream file(FRAMEGLASS_JUDGES_PAGE);
    const std::string kept{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(withoutVersions(kept), withoutVersions(page)) << "to write it anew: FRAMEGLASS_WRITE_JUDGES=1";
}

} // namespace
