// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "report_text.h"
#include "terminal.h"

#include "core/capture/capture.h"
#include "core/diagnosis/report_json.h"

#include <nlohmann/json.hpp>

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
    }

    int run() const
    {
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
        bool failed = false;
        bool found = false;
        auto list = nlohmann::ordered_json::array();
        if (reader.wasLeftOpen() && !m_output.json)
            Terminal::out().line(
                translate("fglass", "This capture was not closed: its program still writes it, or was ended. Up to the "
                                    "last second may be missing."));
        for (const auto &[id, connection] : facts.connections()) {
            if (id == 0 || !wanted(id) || connection->isListener())
                continue;
            const diagnosis::Report report = reportOf(*connection, nullptr, facts, reader.startWallMs());
            failed = failed || report.verdict == diagnosis::Verdict::Fail;
            if (m_output.json) {
                list.push_back(diagnosis::toJson(report, *connection));
            } else {
                if (found)
                    Terminal::out().line();
                Terminal::out().write(QStringLiteral("#%1 ").arg(id));
                printChecked(*connection, nullptr, report);
            }
            found = true;
        }
        if (!found && m_connection != 0) {
            Terminal::err().line(translate("fglass", "The capture has no connection %1.").arg(m_connection));
            return Usage;
        }
        if (m_output.json) {
            printJson({{"schema", 1}, {"interrupted", reader.wasLeftOpen()}, {"connections", std::move(list)}});
        } else if (!found) {
            Terminal::out().line(translate("fglass", "The capture holds no connection."));
        }
        return failed ? Findings : Good;
    }

    std::string m_file;
    capture::ConnectionId m_connection = 0;
    bool m_records = false;
    std::string m_filter;
    OutputOptions m_output;
};

} // namespace

Run addShow(CLI::App &app)
{
    const auto command = std::make_shared<ShowCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
