// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/capture.h"
#include "core/capture/capture_move.h"

#include "record_samples.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace frameglass;
using namespace frameglass::capture;
using namespace frameglass::capture::test;

namespace {

using Names = std::vector<std::string>;

void write(CaptureWriter &writer, int records)
{
    for (int i = 0; i < records; ++i)
        writer.add(1, {}, textFrame("frame"));
    writer.add(1, {}, ConnectionStarted{.url = "ws://h/?token=QUASAR-SECRET"});
    writer.add(1, {}, textFrame(std::string(100'000, 'x'))); // so large that it has a chunk of its own
    writer.flush();
}

std::string counted(const std::string &path)
{
    return sql(path, "SELECT count(*) || ' ' || max(id) FROM record") + " " + sql(path, "SELECT count(*) FROM secret") +
           " " + sql(path, "SELECT sum(length(octets)) FROM chunk");
}

TEST(CaptureMove, RenamesWhatNobodyWrites)
{
    const TemporaryFolder folder;
    {
        CaptureWriter writer(folder / "a");
        write(writer, 3);
    }
    std::ofstream(folder / "b") << "the old file";
    std::ofstream(folder / "b-wal") << "its log";
    ASSERT_TRUE(CaptureMove(folder / "a", folder / "b").rename());
    EXPECT_EQ(folder.names(), (Names{"b"}));
    EXPECT_EQ(CaptureReader(folder / "b").lastId(), 5u);
}

TEST(CaptureMove, DoesNotRenameWhatHasALog)
{
    const TemporaryFolder folder;
    CaptureWriter writer(folder / "a");
    write(writer, 3);
    std::ofstream(folder / "b") << "the old file";
    EXPECT_FALSE(CaptureMove(folder / "a", folder / "b").rename());
    EXPECT_EQ(contentOf(folder / "b"), "the old file");
    EXPECT_EQ(CaptureReader(folder / "a").lastId(), 5u);
}

TEST(CaptureMove, TheCopyHoldsWhatCameWhileItWasMade)
{
    const TemporaryFolder folder;
    auto writer = std::make_unique<CaptureWriter>(folder / "a");
    write(*writer, 20'000);
    std::ofstream(folder / "b") << "the old file";
    CaptureMove move(folder / "a", folder / "b");
    ASSERT_TRUE(move.copy([&](double) {
        write(*writer, 10);
        return true;
    }));
    EXPECT_EQ(contentOf(folder / "b"), "the old file"); // until the end
    write(*writer, 30);
    writer.reset();
    move.finish();
    EXPECT_EQ(folder.names(), (Names{"a", "b"}));
    EXPECT_EQ(counted(folder / "b"), counted(folder / "a"));
    EXPECT_EQ(sql(folder / "b", "PRAGMA integrity_check"), "ok");
    const CaptureReader copy(folder / "b");
    EXPECT_FALSE(copy.wasLeftOpen());
    EXPECT_EQ(as<ConnectionStarted>(*copy.record(copy.lastId() - 1))->url, "ws://h/?token=QUASAR-SECRET");
    EXPECT_EQ(as<FrameRecord>(*copy.record(copy.lastId()))->payload.size(), 100'000u);
    // It goes on where the capture was.
    {
        CaptureWriter more(folder / "b");
        write(more, 1);
    }
    EXPECT_EQ(CaptureReader(folder / "b").lastId(), CaptureReader(folder / "a").lastId() + 3);
}

TEST(CaptureMove, TheCopyOfALiveCaptureCountsAsClosed)
{
    const TemporaryFolder folder;
    auto writer = std::make_unique<CaptureWriter>(folder / "a");
    write(*writer, 20'000);
    CaptureMove move(folder / "a", folder / "b");
    ASSERT_TRUE(move.copy([&](double) {
        write(*writer, 10); // followed while the writer is there, and nothing comes after it
        return true;
    }));
    writer.reset();
    move.finish();
    EXPECT_FALSE(CaptureReader(folder / "b").wasLeftOpen());
}

TEST(CaptureMove, CancelledAtAnyStepLeavesBothFilesAsTheyWere)
{
    const TemporaryFolder folder;
    CaptureWriter writer(folder / "a");
    write(writer, 1000);
    std::ofstream(folder / "b") << "the old file";
    const Names before = folder.names();
    int allowed = 0;
    for (;; ++allowed) {
        int calls = 0;
        CaptureMove move(folder / "a", folder / "b");
        if (move.copy([&](double) {
                write(writer, 6000); // more than one round of following is needed
                return calls++ < allowed;
            }))
            break;
        ASSERT_EQ(contentOf(folder / "b"), "the old file") << allowed;
        ASSERT_EQ(folder.names(), before) << allowed;
        if (allowed == 5)
            return; // copying, its end and the following have all been cut
    }
    EXPECT_GE(allowed, 3);
}

TEST(CaptureMove, NotOntoItselfNorWhereSomebodyWrites)
{
    const TemporaryFolder folder;
    {
        CaptureWriter writer(folder / "a");
        write(writer, 3);
    }
    EXPECT_THROW(CaptureMove(folder / "a", folder / "a"), CaptureError);
    CaptureMove early(folder / "a", folder / "b");
    ASSERT_TRUE(early.copy({}));
    const CaptureWriter live(folder / "b");
    EXPECT_THROW(CaptureMove(folder / "a", folder / "b"), CaptureError);
    EXPECT_THROW(early.rename(), CaptureError);
    EXPECT_THROW(early.finish(), CaptureError); // the writer came while it copied
    EXPECT_EQ(CaptureReader(folder / "a").lastId(), 5u);
    EXPECT_EQ(CaptureReader(folder / "b").lastId(), 0u);
}

TEST(CaptureMove, IntoAFolderThatIsNotThere)
{
    const TemporaryFolder folder;
    {
        CaptureWriter writer(folder / "a");
        write(writer, 3);
    }
    CaptureMove move(folder / "a", folder / "no/b");
    EXPECT_FALSE(move.rename());
    EXPECT_THROW(move.copy({}), CaptureError);
    EXPECT_EQ(folder.names(), (Names{"a"}));
    EXPECT_EQ(CaptureReader(folder / "a").lastId(), 5u);
}

} // namespace
