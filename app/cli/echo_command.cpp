// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "live_capture.h"
#include "report_text.h"
#include "terminal.h"

#include "core/diagnosis/report_json.h"
#include "core/diagnosis/wording.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <limits>

namespace frameglass::cli {

namespace {

class EchoCommand
{
public:
    explicit EchoCommand(CLI::App &app)
    {
        auto *command =
            app.add_subcommand("echo", help("fglass", "Connect and send every message back as it came, until the "
                                                      "server closes"));
        m_connection.addTo(*command, Deflate::On);
        command
            ->add_option("--times", m_times,
                         help("fglass", "Connect this often, one connection after the other (default 1)"))
            ->check(CLI::Range(1u, std::numeric_limits<std::uint32_t>::max()).description(""))
            ->type_name("NUMBER");
        m_output.addTo(*command);
    }

    int run()
    {
        auto options = m_connection.toOptions();
        if (!options)
            return Usage;
        options->responder = std::make_shared<session::EchoResponder>();
        try {
            session::NetworkThread network;
            const InterruptGuard guard(network, [this] { m_stopped = true; });
            std::optional<LiveCapture> live;
            int worst = Good;
            for (std::uint32_t number = 1; number <= m_times && !m_stopped; ++number) {
                if (!live || !m_output.save)
                    live.emplace(m_output.save); // without a file to keep, what one connection took is given back
                const int code = connectOnce(network, *live, *options, number);
                if (live->failure())
                    return reportCaptureError(*live->failure());
                worst = std::max(worst, code);
                if (code == NotConnected)
                    break; // the next would fare alike
            }
            return worst;
        } catch (const capture::CaptureError &error) {
            return reportCaptureError(error);
        }
    }

private:
    /// One connection to its end; returns its exit code.
    int connectOnce(session::NetworkThread &network, LiveCapture &live, const session::ClientOptions &options,
                    std::uint32_t number) const
    {
        session::RedirectSeries series(options, m_connection.follow());
        auto id = echoUntilEnd(network, live, series.current());
        while (!m_stopped && goesOn(series, live.facts(id)))
            id = echoUntilEnd(network, live, series.current());
        const auto &facts = live.facts(id);
        const diagnosis::Report report = reportOf(facts, nullptr, live.facts(), live.startWallMs());
        if (m_output.json)
            printJson(diagnosis::toJson(report, facts), JsonForm::Line);
        else if (m_times == 1)
            printChecked(facts, nullptr, report);
        else
            printLine(facts, report, number);
        return exitCodeFor(facts, report);
    }

    static capture::ConnectionId echoUntilEnd(session::NetworkThread &network, LiveCapture &live,
                                              const session::ClientOptions &options)
    {
        session::ClientSession session(network, live.sink(), options);
        const InterruptGuard guard(network, closeThenDisconnect(session));
        session.start();
        live.follow({}, [&] { return live.facts(session.id()).isOver(); });
        live.catchUp();
        return session.id();
    }

    static void printLine(const analysis::ConnectionFacts &facts, const diagnosis::Report &report, std::uint32_t number)
    {
        auto &out = Terminal::out();
        const QString text = translate("fglass", "%1: %2 messages back in %3 frames, ended %4")
                                 .arg(number)
                                 .arg(facts.sent.messages)
                                 .arg(facts.sent.dataFrames)
                                 .arg(diagnosis::closeCodeText(facts.ended->value.code));
        const bool good = report.verdict == diagnosis::Verdict::Pass;
        out.line(out.coloured(diagnosis::signOf(report.verdict), colourOf(report.verdict)) + QLatin1Char(' ') + text +
                 (good ? QString() : QStringLiteral(" — ") + Terminal::printable(report.summary)));
    }

    ConnectionArguments m_connection;
    OutputOptions m_output;
    std::uint32_t m_times = 1;
    std::atomic<bool> m_stopped = false;
};

} // namespace

Run addEcho(CLI::App &app)
{
    const auto command = std::make_shared<EchoCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
