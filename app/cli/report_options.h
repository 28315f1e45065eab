// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/capture.h"
#include "core/diagnosis/report_document.h"
#include "core/diagnosis/settings.h"
#include "core/diagnosis/terms.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace frameglass::cli {

/// What of the table counts, and the reports that `check` and `show` write: --report, --fail-on, --only, --skip,
/// --baseline, --write-baseline, --set, --settings.
class ReportOptions
{
public:
    void addTo(CLI::App &command);

    /// Reads the baseline and looks whether everything can be used; prints what cannot and returns false. Before
    /// anything is connected.
    bool prepare();
    const diagnosis::Terms &terms() const { return m_terms; }
    const diagnosis::Settings &settings() const { return m_settings; }
    diagnosis::Verdict failOn() const;
    /// A report goes to standard output instead of the text.
    bool toStandardOutput() const;

    /// Writes all reports that were asked for, each file in its place only when it is whole; the pictures come from
    /// `reader`. Throws capture::CaptureError.
    void write(diagnosis::ReportDocument document, const capture::CaptureReader &reader) const;

private:
    struct Wanted
    {
        diagnosis::ReportForm form;
        std::filesystem::path file; ///< empty: standard output
    };
    bool prepareReports();
    bool prepareBaseline();
    bool prepareSettings();

    std::vector<std::string> m_reports;
    std::string m_failOn = "fail";
    std::vector<std::string> m_only;
    std::vector<std::string> m_skip;
    std::filesystem::path m_baseline;
    std::filesystem::path m_writeBaseline;
    std::vector<std::string> m_set;
    std::filesystem::path m_settingsFile;
    std::vector<Wanted> m_wanted;
    diagnosis::Terms m_terms;
    diagnosis::Settings m_settings;
};

} // namespace frameglass::cli
