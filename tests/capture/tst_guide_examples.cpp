// SPDX-License-Identifier: GPL-3.0-or-later
// The SQL of the guide's page on the capture file, asked of a capture.
#include "core/capture/capture.h"

#include "record_samples.h"

#include <gtest/gtest.h>

using namespace frameglass;
using namespace frameglass::capture;
using namespace frameglass::capture::test;

namespace {

std::vector<std::string> sqlIn(const std::string &page)
{
    constexpr std::string_view opening = "```sql\n";
    std::vector<std::string> examples;
    for (std::size_t at = page.find(opening); at != std::string::npos; at = page.find(opening, at)) {
        at += opening.size();
        const std::size_t end = page.find("```", at);
        examples.push_back(page.substr(at, end - at));
    }
    return examples;
}

TEST(GuideExamples, TheSqlAnswers)
{
    const TemporaryFolder folder;
    {
        CaptureWriter writer(folder / "a");
        writer.add(1, {},
                   StateRecord{protocol::ConnectionState::Opening, protocol::ConnectionState::Open,
                               protocol::Trigger::HandshakeSucceeded});
        writer.add(1, {}, textFrame("a short tick"));
        writer.add(1, {}, textFrame("a tick that is long enough to be put away in a chunk"));
        writer.add(1, {}, compressedFrame(protocol::octetsOf("\x01\x02"), protocol::octetsOf("a compressed tick")));
    }
    const auto examples = sqlIn(contentOf(FRAMEGLASS_SOURCE_DIR "/docs/user-guide/captures.md"));
    ASSERT_GE(examples.size(), 5u);
    for (const std::string &example : examples)
        EXPECT_FALSE(sql(folder / "a", example).empty()) << example;
    EXPECT_EQ(sql(folder / "a", "SELECT count(*) FROM (" + examples.back().substr(0, examples.back().rfind(';')) + ")"),
              "3");
}

} // namespace
