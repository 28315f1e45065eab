// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record.h"

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>

namespace frameglass::capture {

enum class ExportForm {
    JsonLines, ///< one object a record with all that it holds: jsonOf() (record_json.h)
    Csv        ///< RFC 4180, one line a record, for a spreadsheet: what a row of the timeline says
};

/// Records as lines of text, given in the order in which they shall stand. Secrets are masked unless asked for.
class RecordLines
{
public:
    explicit RecordLines(ExportForm form, bool withSecrets = false) : m_form(form), m_withSecrets(withSecrets) {}

    /// What stands before the first record; empty in JSON Lines.
    std::string head() const;
    /// With the end of the line: "\n", in CSV "\r\n".
    std::string lineOf(Record record);

private:
    std::string csvOf(const Record &record);

    struct Flow
    {
        std::uint64_t frames = 0;
        Nanoseconds last{0};
        bool any = false;
    };
    ExportForm m_form;
    bool m_withSecrets;
    std::unordered_map<ConnectionId, Flow> m_flows;
};

/// Writes lines into a file that takes its place only when all is written: a file that stood there stays whole until
/// then, and nothing is left where an export was given up. Throws CaptureError (disk full, no such folder, no right).
class RecordExport
{
public:
    /// `source` is the capture that the records come from: it is never written over.
    RecordExport(const std::filesystem::path &source, const std::filesystem::path &target, ExportForm form,
                 bool withSecrets = false);
    ~RecordExport();
    RecordExport(const RecordExport &) = delete;
    RecordExport &operator=(const RecordExport &) = delete;

    void add(Record record);
    std::uint64_t records() const { return m_records; }
    /// Everything is written; the file is in its place.
    void finish();

private:
    void flush();

    class File;
    std::filesystem::path m_target;
    std::unique_ptr<File> m_file;
    RecordLines m_lines;
    std::string m_buffer;
    std::uint64_t m_records = 0;
};

} // namespace frameglass::capture
