// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "live_capture.h"
#include "report_text.h"
#include "terminal.h"

#include "core/session/demonstration.h"

namespace frameglass::cli {

namespace {

using Clock = std::chrono::steady_clock;

class DemoCommand
{
public:
    explicit DemoCommand(CLI::App &app)
    {
        auto *command = app.add_subcommand(
            "demo",
            translate("fglass", "Start the echo server, talk to it, and print what was seen and judged").toStdString());
        m_output.addTo(*command);
    }

    int run() const
    {
        constexpr auto limit = std::chrono::seconds(10);
        try {
            session::NetworkThread network;
            LiveCapture live(m_output.save, capture::Payloads::Full);
            session::ServerSession server(network, live.sink(), session::demonstrationServer());
            if (!server.start()) {
                Terminal::err().line(QString::fromStdString(server.error().message));
                return NotConnected;
            }
            session::ClientSession client(network, live.sink(), session::demonstrationClient(server.url()));
            const auto id = client.id();
            const auto over = [&] { return live.facts(id).isOver(); };
            const auto show = [](const capture::Record &record) {
                if (isForReaders(record))
                    printRecord(record, true);
            };
            client.start();
            live.follow(
                Clock::now() + limit, [&] { return over() || live.facts(id).openedAt; }, show);
            const auto messages = session::demonstrationMessages();
            for (const auto &message : messages) {
                if (const auto *text = std::get_if<std::string>(&message.content))
                    client.sendText(*text, message.fragments);
                else
                    client.sendBinary(std::get<protocol::Octets>(message.content), message.fragments);
            }
            client.ping();
            live.follow(
                Clock::now() + limit,
                [&] {
                    return over() ||
                           (live.facts(id).received.messages == messages.size() && live.facts(id).heartbeat.lastRtt);
                },
                show);
            client.close(1000, "the demonstration is over");
            live.follow(Clock::now() + limit, over, show);
            server.stop();
            live.catchUp(show);
            Terminal::out().line();
            const auto report = reportOf(live.facts(id), nullptr, live.facts(), live.startWallMs());
            printChecked(live.facts(id), nullptr, report);
            return exitCodeFor(live.facts(id), report);
        } catch (const capture::CaptureError &error) {
            return reportCaptureError(error);
        }
    }

private:
    OutputOptions m_output;
};

} // namespace

Run addDemo(CLI::App &app)
{
    const auto command = std::make_shared<DemoCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
