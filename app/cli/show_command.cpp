// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "report_options.h"
#include "report_text.h"
#include "terminal.h"

#include "core/capture/capture.h"
#include "core/diagnosis/report_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>

namespace frameglass::cli {

namespace {

class ShowCommand
{
public:
    explicit ShowCommand(CLI::App &app)
    {
        auto *command = app.add_subcommand(
            "show", help("fglass", "Print a capture: each connection with its checklist, or its records"));
        command->add_option("file", m_file, help("fglass", "A .fglass capture"))->required()->type_name("FILE");
        command->add_option("-c,--connection", m_connection, help("fglass", "Only this connection"))
            ->type_name("NUMBER");
        command->add_flag("-r,--records", m_records, help("fglass", "The records in order instead of the checklists"));
        command
            ->add_option("-f,--filter", m_filter,
                         help("fglass",
                              "Only records that match, for example 'websocket.opcode == ping' (fglass fields "
                              "lists what can be asked); with --records implied"))
            ->type_name("FILTER");
        m_output.addTo(*command, false);
        m_reports.addTo(*command);
    }

    int run()
    {
        if (!m_reports.prepare())
            return Usage;
        try {
            const auto filter = filterOf(m_filter);
            const capture::CaptureReader reader(m_file);
            return m_records || filter ? showRecords(reader, filter) : showReports(reader);
        } catch (const capture::CaptureError &error) {
            return reportCaptureError(error);
        }
    }

private:
    bool wanted(capture::ConnectionId id) const { return m_connection == 0 || id == m_connection; }

    int showRecords(const capture::CaptureReader &reader, const std::optional<analysis::Filter> &filter) const
    {
        forEachMatch(reader, filter, m_connection, [&](capture::Record &&record) {
            if (m_output.json)
                printRecordJson(record);
            else
                printRecord(record, m_connection == 0);
            return true;
        });
        return Good;
    }

    int showReports(const capture::CaptureReader &reader) const
    {
        analysis::CaptureFacts facts;
        reader.forEach(1, reader.lastId(), capture::Payloads::ControlOnly, [&](capture::Record &&record) {
            facts.add(record);
            return true;
        });
        std::deque<diagnosis::Report> reports;
        diagnosis::ReportDocument document;
        for (const auto &[id, connection] : facts.connections()) {
            if (id == 0 || !wanted(id) || connection->isListener())
                continue;
            reports.push_back(
                reportOf(*connection, nullptr, facts, reader.startWallMs(), &m_reports.terms(), m_reports.settings()));
            document.subjects.push_back({connection.get(), &reports.back(), nullptr, {}});
        }
        if (reports.empty() && m_connection != 0) {
            Terminal::err().line(translate("fglass", "The capture has no connection %1.").arg(m_connection));
            return Usage;
        }
        document.interrupted = reader.wasLeftOpen();
        if (!m_reports.toStandardOutput())
            print(document);
        const bool failed = std::ranges::any_of(
            reports, [&](const diagnosis::Report &report) { return diagnosis::isFailed(report, m_reports.failOn()); });
        m_reports.write(document, reader);
        return failed ? Findings : Good;
    }

    void print(const diagnosis::ReportDocument &document) const
    {
        if (m_output.json) {
            auto list = nlohmann::ordered_json::array();
            for (const auto &subject : document.subjects)
                list.push_back(diagnosis::toJson(*subject.report, *subject.facts));
            printJson({{"schema", 1}, {"interrupted", document.interrupted}, {"connections", std::move(list)}});
            return;
        }
        if (document.interrupted)
            Terminal::out().line(
                translate("fglass", "This capture was not closed: its program still writes it, or was ended. Up to the "
                                    "last second may be missing."));
        if (document.subjects.empty())
            Terminal::out().line(translate("fglass", "The capture holds no connection."));
        for (std::size_t i = 0; i < document.subjects.size(); ++i) {
            const auto &subject = document.subjects[i];
            if (i > 0)
                Terminal::out().line();
            Terminal::out().write(QStringLiteral("#%1 ").arg(subject.facts->id));
            printChecked(*subject.facts, nullptr, *subject.report);
        }
    }

    std::string m_file;
    capture::ConnectionId m_connection = 0;
    bool m_records = false;
    std::string m_filter;
    OutputOptions m_output;
    ReportOptions m_reports;
};

} // namespace

Run addShow(CLI::App &app)
{
    const auto command = std::make_shared<ShowCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
