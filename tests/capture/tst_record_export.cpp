// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/capture.h"
#include "core/capture/record_export.h"
#include "core/capture/record_json.h"

#include "record_samples.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace frameglass;
using namespace frameglass::capture;
using namespace frameglass::capture::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

Record recordOf(RecordId id, RecordBody body, Nanoseconds time = {}, ConnectionId connection = 1)
{
    Record record;
    record.id = id;
    record.connection = connection;
    record.time = time;
    record.body = std::move(body);
    return record;
}

/// RFC 4180, as a program that nobody here wrote would read it.
std::vector<std::vector<std::string>> parseCsv(const std::string &text)
{
    std::vector<std::vector<std::string>> lines(1, std::vector<std::string>(1));
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string &field = lines.back().back();
        if (inside) {
            if (text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"')
                field += text[i++];
            else if (text[i] == '"')
                inside = false;
            else
                field += text[i];
        } else if (text[i] == '"') {
            inside = true;
        } else if (text[i] == ',') {
            lines.back().emplace_back();
        } else if (text.compare(i, 2, "\r\n") == 0) {
            ++i;
            lines.emplace_back(1);
        } else {
            field += text[i];
        }
    }
    EXPECT_FALSE(inside);
    lines.pop_back();
    return lines;
}

TEST(RecordExport, JsonLinesHoldAllThatARecordHolds)
{
    const TemporaryFolder folder;
    RecordExport out(folder / "a.fglass", folder / "a.jsonl", ExportForm::JsonLines, true);
    std::vector<std::string> wanted;
    RecordId id = 0;
    for (const Sample &sample : samples()) {
        const Record record = recordOf(++id, sample.body);
        wanted.push_back(jsonOf(record).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
        out.add(record);
    }
    EXPECT_FALSE(fs::exists(folder / "a.jsonl"));
    out.finish();
    EXPECT_EQ(out.records(), wanted.size());
    std::istringstream lines(contentOf(folder / "a.jsonl"));
    std::string line;
    std::size_t count = 0;
    while (std::getline(lines, line)) {
        ASSERT_LT(count, wanted.size());
        EXPECT_EQ(line, wanted[count++]);
        EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    }
    EXPECT_EQ(count, wanted.size());
    EXPECT_EQ(folder.names(), std::vector<std::string>{"a.jsonl"});
}

TEST(RecordExport, CsvSaysWhatARowSays)
{
    RecordLines lines(ExportForm::Csv);
    std::string text = lines.head();
    text += lines.lineOf(recordOf(4, textFrame("say \"hi\",\r\nyou"), 1s));
    text += lines.lineOf(recordOf(5, frame(9, protocol::octetsOf("ab"), Direction::Sent), 1s + 1500ns));
    text += lines.lineOf(recordOf(6, textFrame("=1+1"), 2s, 7));
    text += lines.lineOf(recordOf(7, frame(3, {}), 3s));
    text += lines.lineOf(recordOf(8, Note{"a note"}, 3s));
    text += lines.lineOf(recordOf(9, compressedFrame(protocol::octetsOf("xx"), protocol::octetsOf("much longer")), 4s));
    const auto rows = parseCsv(text);
    ASSERT_EQ(rows.size(), 7u);
    for (const auto &row : rows)
        ASSERT_EQ(row.size(), rows[0].size());
    using Row = std::vector<std::string>;
    EXPECT_EQ(rows[1],
              (Row{"4", "1", "1", "1.000000000", "", "received", "text", "1", "0", "14", "14", "say \"hi\",\r\nyou"}));
    EXPECT_EQ(rows[2], (Row{"5", "1", "2", "1.000001500", "0.000001500", "sent", "ping", "1", "0", "2", "2", "6162"}));
    EXPECT_EQ(rows[3], (Row{"6", "7", "1", "2.000000000", "", "received", "text", "1", "0", "4", "4", "'=1+1"}));
    EXPECT_EQ(rows[4][6], "reserved-3");
    EXPECT_EQ(rows[5][6], "note");
    EXPECT_EQ(rows[5][2], "");
    EXPECT_NE(rows[5][11].find("a note"), std::string::npos);
    EXPECT_EQ(rows[6][9], "2");
    EXPECT_EQ(rows[6][10], "11");
    EXPECT_EQ(rows[6][11], "much longer");
}

TEST(RecordExport, SecretsAreMaskedUnlessAskedFor)
{
    const auto head = HeadRecord{.raw = protocol::octetsOf("GET / HTTP/1.1\r\nCookie: sid=geheim\r\n\r\n")};
    EXPECT_EQ(RecordLines(ExportForm::JsonLines).lineOf(recordOf(1, head)).find("geheim"), std::string::npos);
    EXPECT_NE(RecordLines(ExportForm::JsonLines, true).lineOf(recordOf(1, head)).find("geheim"), std::string::npos);
    const auto started = ConnectionStarted{.url = "ws://h/?token=geheim"};
    EXPECT_EQ(RecordLines(ExportForm::Csv).lineOf(recordOf(1, started)).find("geheim"), std::string::npos);
    EXPECT_NE(RecordLines(ExportForm::Csv, true).lineOf(recordOf(1, started)).find("geheim"), std::string::npos);
}

TEST(RecordExport, WhatIsGivenUpLeavesTheOldFileWhole)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "a.csv") << "old";
    {
        RecordExport out(folder / "a.fglass", folder / "a.csv", ExportForm::Csv);
        for (RecordId id = 1; id < 20'000; ++id)
            out.add(recordOf(id, textFrame(std::string(200, 'x'))));
        EXPECT_EQ(contentOf(folder / "a.csv"), "old");
    }
    EXPECT_EQ(contentOf(folder / "a.csv"), "old");
    EXPECT_EQ(folder.names(), std::vector<std::string>{"a.csv"});
}

TEST(RecordExport, ErrorsAreNamed)
{
    const TemporaryFolder folder;
    const auto codeOf = [](const auto &action) -> std::optional<CaptureErrorCode> {
        try {
            action();
        } catch (const CaptureError &error) {
            return error.code();
        }
        return std::nullopt;
    };
    EXPECT_EQ(codeOf([&] { RecordExport(folder / "a", folder / "no/such/folder.csv", ExportForm::Csv); }),
              CaptureErrorCode::NotFound);
    {
        const CaptureWriter writer(folder / "a");
        EXPECT_EQ(codeOf([&] { RecordExport(folder / "b", folder / "a", ExportForm::Csv); }), CaptureErrorCode::InUse);
    }
    EXPECT_EQ(codeOf([&] { RecordExport(folder / "a", folder / "a", ExportForm::Csv); }), CaptureErrorCode::InUse);
    EXPECT_EQ(contentOf(folder / "a").substr(0, 6), "SQLite");
}

} // namespace
