// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "deflate_options.h"
#include "limit_options.h"
#include "live_capture.h"
#include "report_text.h"
#include "terminal.h"

#include "core/session/server_session.h"
#include "core/transport/descriptor_limit.h"

#include <atomic>

namespace frameglass::cli {

namespace {

using Clock = std::chrono::steady_clock;

class ServeCommand
{
public:
    explicit ServeCommand(CLI::App &app)
    {
        auto *command = app.add_subcommand("serve", help("fglass", "Run the echo server and show what its clients do"));
        command->add_option("-p,--port", m_options.port, help("fglass", "Port (default: any free one, printed)"));
        command->add_option("-a,--address", m_options.address, help("fglass", "Address to bind (default 127.0.0.1)"));
        command
            ->add_option("--unix", m_options.socketPath,
                         help("fglass", "Listen on a Unix socket at PATH instead of an address and a port"))
            ->type_name("PATH");
        command
            ->add_option("-s,--subprotocol", m_options.subprotocols,
                         help("fglass", "Subprotocol to agree to, preferred first; may be repeated"))
            ->type_name("NAME")
            ->allow_extra_args(false);
        command
            ->add_option("--allow-origin", m_options.allowedOrigins,
                         help("fglass", "Let in pages of this origin only; may be repeated (default: any)"))
            ->type_name("ORIGIN")
            ->allow_extra_args(false);
        command
            ->add_option("--ping-interval", m_pingInterval,
                         help("fglass", "Ping each client this often (default: never)"))
            ->check(isDuration());
        m_deflate.addTo(*command);
        m_limits.addTo(*command);
        m_tls.addTo(*command);
        command->add_option("--for", m_for, help("fglass", "Stop after this time (default: at Ctrl+C)"))
            ->check(isDuration());
        command->add_flag("-q,--quiet", m_quiet, help("fglass", "Print the address and refusals only, no frames"));
        m_output.addTo(*command);
    }

    int run()
    {
        m_options.heartbeat.pingInterval = parseDuration(m_pingInterval);
        m_options.deflate = m_deflate.preferences();
        m_options.limits = m_limits.limits();
        if (m_tls.wanted()) {
            m_options.tls = m_tls.make();
            if (!m_options.tls)
                return Usage;
        }
        fitDescriptors();
        try {
            session::NetworkThread network;
            LiveCapture live(m_output.save, m_quiet ? capture::Payloads::ControlOnly : capture::Payloads::Full);
            session::ServerSession server(network, live.sink(), m_options);
            const InterruptGuard guard(network, [this, &live] {
                m_stopped = true;
                live.wake();
            });
            if (!server.start()) {
                complainOfListening(QString::fromStdString(server.error().message));
                return NotConnected;
            }
            if (!m_output.json)
                Terminal::out().line(
                    translate("fglass", "Echo server at %1 (Ctrl+C stops)").arg(QString::fromStdString(server.url())));
            const auto limit = parseDuration(m_for);
            live.follow(
                limit ? std::optional(Clock::now() + *limit) : std::nullopt, [this] { return m_stopped.load(); },
                [this](const capture::Record &record) { show(record); });
            server.stop();
            live.catchUp([this](const capture::Record &record) { show(record); });
            return live.failure() ? reportCaptureError(*live.failure()) : Good;
        } catch (const capture::CaptureError &error) {
            return reportCaptureError(error);
        }
    }

private:
    void complainOfListening(const QString &why) const
    {
        auto &err = Terminal::err();
        if (m_options.socketPath.empty())
            err.line(translate("fglass", "Cannot listen on %1 port %2: %3")
                         .arg(QString::fromStdString(m_options.address))
                         .arg(m_options.port)
                         .arg(why));
        else
            err.line(translate("fglass", "Cannot listen on the socket %1: %2")
                         .arg(Terminal::printable(QString::fromStdString(m_options.socketPath)), why));
    }

    /// More connections than the system has descriptors for would be accepted and dropped; so they wait.
    void fitDescriptors()
    {
        constexpr std::size_t others = 64; // files, libraries, the listener, pipes
        const auto descriptors = transport::raiseDescriptorLimit();
        if (!descriptors)
            return;
        const std::size_t room = *descriptors > others ? *descriptors - others : 1;
        if (m_options.limits.connections <= room)
            return;
        m_options.limits.connections = room;
        Terminal::err().line(translate("fglass", "The system allows this program %1 open files: at most %2 connections "
                                                 "at once, more of them wait")
                                 .arg(*descriptors)
                                 .arg(room));
    }

    void show(const capture::Record &record) const
    {
        if (m_output.json)
            printRecordJson(record);
        else if (isForReaders(record) && !(m_quiet && capture::as<capture::FrameRecord>(record)))
            printRecord(record, true);
    }

    session::ServerOptions m_options;
    OutputOptions m_output;
    DeflateAcceptance m_deflate;
    LimitOptions m_limits;
    TlsServerArguments m_tls;
    std::string m_pingInterval;
    std::string m_for;
    bool m_quiet = false;
    std::atomic<bool> m_stopped = false;
};

} // namespace

Run addServe(CLI::App &app)
{
    const auto command = std::make_shared<ServeCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
