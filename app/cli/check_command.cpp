// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "live_capture.h"
#include "report_options.h"
#include "report_text.h"

#include "core/diagnosis/report_json.h"

#include <nlohmann/json.hpp>

#include <atomic>

namespace frameglass::cli {

namespace {

using Clock = std::chrono::steady_clock;

class CheckCommand
{
public:
    explicit CheckCommand(CLI::App &app)
    {
        auto *command = app.add_subcommand(
            "check",
            help("fglass",
                 "Connect, exchange a message and a ping, stay silent, close; then say what is wrong and why"));
        m_connection.addTo(*command);
        command->add_option("--send", m_send, help("fglass", "The text message to send"))->type_name("TEXT");
        command->add_flag("--no-send", m_noSend, help("fglass", "Send no text message"));
        command
            ->add_option("--for", m_for,
                         help("fglass", "Stay silent this long after the message and the ping (default 5s)"))
            ->check(isDuration());
        command
            ->add_option("--direct", m_direct,
                         help("fglass", "Make the same attempt at this URL, past the proxy, to tell "
                                        "proxy from server"))
            ->type_name("URL");
        m_output.addTo(*command);
        m_reports.addTo(*command);
    }

    int run()
    {
        auto options = m_connection.toOptions();
        if (!options || !m_reports.prepare() || (!m_direct.empty() && reportBadUrl(m_direct)))
            return Usage;
        options->timeouts.closeReply = std::chrono::seconds(3);
        try {
            session::NetworkThread network;
            LiveCapture live(m_output.save);
            const InterruptGuard guard(network, [this, &live] {
                m_interrupted = true;
                live.wake();
            });
            session::RedirectSeries series(*options, m_connection.follow());
            auto id = attempt(network, live, series.current());
            while (!m_interrupted && goesOn(series, live.facts(id)))
                id = attempt(network, live, series.current());
            std::optional<capture::ConnectionId> direct;
            if (!m_direct.empty() && !m_interrupted) {
                session::ClientOptions past = *options;
                past.url = m_direct;
                direct = attempt(network, live, past);
            }
            return print(live, series, id, direct);
        } catch (const capture::CaptureError &error) {
            return reportCaptureError(error);
        }
    }

private:
    capture::ConnectionId attempt(session::NetworkThread &network, LiveCapture &live,
                                  const session::ClientOptions &options)
    {
        session::ClientSession session(network, live.sink(), options);
        const auto id = session.id();
        const auto over = [&] { return m_interrupted || live.facts(id).isOver(); };
        session.start();
        // The session's own stage limits end this wait.
        live.follow({}, [&] { return over() || live.facts(id).openedAt; });
        if (live.facts(id).openedAt && !over()) {
            if (!m_noSend)
                session.sendText(m_send);
            session.ping();
            live.follow(Clock::now() + parseDuration(m_for).value(), over);
            session.close(1000);
        }
        if (m_interrupted)
            session.disconnect();
        live.follow(Clock::now() + 2 * options.timeouts.closeReply, [&] { return live.facts(id).isOver(); });
        if (!live.facts(id).isOver()) {
            session.disconnect();
            live.follow(Clock::now() + options.timeouts.closeReply, [&] { return live.facts(id).isOver(); });
        }
        live.catchUp();
        return id;
    }

    int print(const LiveCapture &live, const session::RedirectSeries &series, capture::ConnectionId id,
              std::optional<capture::ConnectionId> direct) const
    {
        const analysis::ConnectionFacts &facts = live.facts(id);
        const auto *past = direct ? &live.facts(*direct) : nullptr;
        const diagnosis::Report report =
            reportOf(facts, past, live.facts(), live.startWallMs(), &m_reports.terms(), m_reports.settings());
        if (m_reports.toStandardOutput()) {
            // The report itself is printed below.
        } else if (m_output.json) {
            auto json = diagnosis::toJson(report, facts, past);
            addHops(json, series);
            printJson(json);
        } else {
            printHops(series);
            printChecked(facts, past, report);
        }
        m_reports.write({{{&facts, &report, past, {}}}}, live.reader());
        return exitCodeFor(facts, report, m_reports.failOn());
    }

    ConnectionArguments m_connection;
    OutputOptions m_output;
    ReportOptions m_reports;
    std::string m_send = "Hello from Frameglass";
    bool m_noSend = false;
    std::string m_for = "5s";
    std::string m_direct;
    std::atomic<bool> m_interrupted = false;
};

} // namespace

Run addCheck(CLI::App &app)
{
    const auto command = std::make_shared<CheckCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
