// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/capture.h"

#include "record_samples.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace frameglass;
using namespace frameglass::capture;
using namespace frameglass::capture::test;

namespace {

void makeCapture(const std::string &path, int heads)
{
    CaptureWriter writer(path);
    for (int i = 0; i < heads; ++i) {
        writer.add(1, {}, ConnectionStarted{.url = "ws://h/?token=QUASAR-SECRET-" + std::to_string(i)});
        writer.add(1, {}, HeadRecord{.raw = protocol::octetsOf("GET / HTTP/1.1\r\nCookie: QUASAR-SECRET\r\n\r\n")});
        writer.add(1, {}, textFrame("payload"));
        if (i % 50 == 0)
            writer.flush(); // secrets come in several transactions, as they do in life
    }
}

TEST(CaptureCopy, WithoutSecretsHasNoOctetOfThem)
{
    const TemporaryFolder folder;
    makeCapture(folder / "a", 1000);
    const CaptureReader reader(folder / "a");
    ASSERT_NE(contentOf(folder / "a").find("QUASAR-SECRET"), std::string::npos);
    ASSERT_TRUE(reader.saveCopy(folder / "b", false));
    EXPECT_EQ(contentOf(folder / "b").find("QUASAR"), std::string::npos);
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"a", "b"}));

    const CaptureReader copy(folder / "b");
    EXPECT_EQ(copy.lastId(), 3000u);
    EXPECT_EQ(as<ConnectionStarted>(*copy.record(1))->url, "ws://h/?token=***************");
    EXPECT_EQ(protocol::textOf(as<FrameRecord>(*copy.record(3))->payload), "payload");
    EXPECT_EQ(as<ConnectionStarted>(*reader.record(1))->url, "ws://h/?token=QUASAR-SECRET-0");
    EXPECT_EQ(copy.startWallMs(), reader.startWallMs());
}

TEST(CaptureCopy, WithSecrets)
{
    const TemporaryFolder folder;
    makeCapture(folder / "a", 3);
    std::vector<double> shares;
    ASSERT_TRUE(CaptureReader(folder / "a").saveCopy(folder / "b", true, [&](double share) {
        shares.push_back(share);
        return true;
    }));
    EXPECT_EQ(as<ConnectionStarted>(*CaptureReader(folder / "b").record(4))->url, "ws://h/?token=QUASAR-SECRET-1");
    ASSERT_FALSE(shares.empty());
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_EQ(shares.back(), 1.0);
}

TEST(CaptureCopy, CancelledAtAnyStepLeavesNothing)
{
    const TemporaryFolder folder;
    makeCapture(folder / "a", 3000);
    const CaptureReader reader(folder / "a");
    std::ofstream(folder / "b") << "the old file";
    int cancelled = 0;
    for (int allowed = 0;; ++allowed) {
        int calls = 0;
        if (reader.saveCopy(folder / "b", false, [&](double) { return calls++ < allowed; }))
            break;
        ++cancelled;
        ASSERT_EQ(contentOf(folder / "b"), "the old file") << allowed;
        ASSERT_EQ(folder.names(), (std::vector<std::string>{"a", "b"})) << allowed;
        ASSERT_LT(allowed, 10'000);
    }
    EXPECT_GE(cancelled, 3); // while copying, while cleaning, at the end
    EXPECT_EQ(CaptureReader(folder / "b").lastId(), 9000u);
}

TEST(CaptureCopy, OfALiveCaptureIsClosedAndConsistent)
{
    const TemporaryFolder folder;
    CaptureWriter writer(folder / "a");
    for (int i = 0; i < 20'000; ++i)
        writer.add(1, {}, textFrame("frame"));
    writer.flush();
    const CaptureReader reader(folder / "a");
    ASSERT_TRUE(reader.saveCopy(folder / "b", true, [&](double) {
        writer.add(1, {}, textFrame("more"));
        writer.flush();
        return true;
    }));
    const CaptureReader copy(folder / "b");
    EXPECT_EQ(copy.lastId(), 20'000u);
    EXPECT_FALSE(copy.wasLeftOpen());
    EXPECT_TRUE(reader.wasLeftOpen());
    EXPECT_GT(reader.lastId(), 20'000u);
    EXPECT_EQ(sql(folder / "b", "PRAGMA integrity_check"), "ok");
}

TEST(CaptureCopy, NeverOntoItselfOrALiveCapture)
{
    const TemporaryFolder folder;
    makeCapture(folder / "a", 1);
    const CaptureWriter live(folder / "live");
    const CaptureReader reader(folder / "a");
    for (const std::string &target : {folder / "a", folder / "live"}) {
        try {
            reader.saveCopy(target, true);
            ADD_FAILURE() << target;
        } catch (const CaptureError &error) {
            EXPECT_EQ(error.code(), CaptureErrorCode::InUse);
        }
    }
    EXPECT_EQ(CaptureReader(folder / "a").lastId(), 3u);
}

TEST(CaptureCopy, IntoAFolderThatIsNotThere)
{
    const TemporaryFolder folder;
    makeCapture(folder / "a", 1);
    EXPECT_THROW(CaptureReader(folder / "a").saveCopy(folder / "no/b", true), CaptureError);
}

TEST(CaptureCopy, DoesNotInheritTheLogOfTheFileItReplaces)
{
    const TemporaryFolder folder;
    makeCapture(folder / "a", 1);
    std::ofstream(folder / "b") << "old";
    std::ofstream(folder / "b-wal") << std::string(40'000, 'w');
    ASSERT_TRUE(CaptureReader(folder / "a").saveCopy(folder / "b", true));
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(CaptureReader(folder / "b").lastId(), 3u);
}

} // namespace
