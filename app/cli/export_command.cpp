// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "terminal.h"

#include "core/capture/record_export.h"

#include <QLocale>

#include <atomic>
#include <csignal>
#include <cstdio>

namespace frameglass::cli {

namespace {

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free); // so that a signal's handler may set it

class ExportCommand
{
public:
    explicit ExportCommand(CLI::App &app)
    {
        auto *command = app.add_subcommand(
            "export", help("fglass", "Write the records of a capture as JSON Lines or as CSV for a spreadsheet"));
        command->add_option("file", m_file, help("fglass", "A .fglass capture"))->required()->type_name("FILE");
        command
            ->add_option("-o,--output", m_output,
                         help("fglass", "Where to write, replaced only when all is written (else standard output)"))
            ->type_name("FILE");
        command
            ->add_option("--format", m_format,
                         help("fglass", "jsonl or csv (else by the name of the output, or jsonl)"))
            ->check(CLI::IsMember({"jsonl", "csv"}))
            ->type_name("FORMAT");
        command->add_option("-c,--connection", m_connection, help("fglass", "Only this connection"))
            ->type_name("NUMBER");
        command->add_option("-f,--filter", m_filter, help("fglass", "Only records that match (see fglass fields)"))
            ->type_name("FILTER");
        command->add_flag("--with-secrets", m_withSecrets,
                          help("fglass", "Keep passwords, tokens and cookies, which are masked otherwise"));
    }

    int run() const
    {
        try {
            const auto filter = filterOf(m_filter);
            const capture::CaptureReader reader(m_file);
            return m_output.empty() ? print(reader, filter) : write(reader, filter);
        } catch (const capture::CaptureError &error) {
            return reportCaptureError(error);
        }
    }

private:
    capture::ExportForm form() const
    {
        const std::string wanted = !m_format.empty()                ? m_format
                                   : m_output.extension() == ".csv" ? std::string("csv")
                                                                    : std::string("jsonl");
        return wanted == "csv" ? capture::ExportForm::Csv : capture::ExportForm::JsonLines;
    }

    int print(const capture::CaptureReader &reader, const std::optional<analysis::Filter> &filter) const
    {
        capture::RecordLines lines(form(), m_withSecrets);
        const auto put = [](const std::string &text) {
            return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
        };
        bool written = put(lines.head());
        forEachMatch(reader, filter, m_connection, [&](capture::Record &&record) {
            return written = written && put(lines.lineOf(std::move(record)));
        });
        if (written && std::fflush(stdout) == 0)
            return Good;
        complain(translate("fglass", "Standard output cannot be written to."));
        return Usage;
    }

    int write(const capture::CaptureReader &reader, const std::optional<analysis::Filter> &filter) const
    {
        capture::RecordExport out(m_file, m_output, form(), m_withSecrets);
        // Given up, the unfinished file is removed on the way out.
        const auto before = std::signal(SIGINT, [](int) { interrupted = true; });
        forEachMatch(reader, filter, m_connection, [&](capture::Record &&record) {
            out.add(std::move(record));
            return !interrupted;
        });
        std::signal(SIGINT, before);
        if (interrupted) {
            complain(translate("fglass", "Cancelled; nothing was written."));
            return Usage;
        }
        out.finish();
        Terminal::err().line(translate("fglass", "Records written to %2: %1")
                                 .arg(QLocale().toString(static_cast<qulonglong>(out.records())),
                                      QString::fromStdU16String(m_output.u16string())));
        return Good;
    }

    std::filesystem::path m_file;
    std::filesystem::path m_output;
    std::string m_format;
    capture::ConnectionId m_connection = 0;
    std::string m_filter;
    bool m_withSecrets = false;
};

} // namespace

Run addExport(CLI::App &app)
{
    const auto command = std::make_shared<ExportCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
