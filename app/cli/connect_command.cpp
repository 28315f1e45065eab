// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "live_capture.h"
#include "report_text.h"
#include "terminal.h"

#include "core/diagnosis/check.h"
#include "core/session/order.h"

#include <atomic>
#include <deque>
#include <iostream>
#include <mutex>
#include <thread>

namespace frameglass::cli {

namespace {

using Clock = std::chrono::steady_clock;

/// Lines of standard input, read on a thread of their own, which ends with the program: a blocked read cannot be
/// cancelled portably.
class InputLines : public std::enable_shared_from_this<InputLines>
{
public:
    void start(std::function<void()> wake)
    {
        std::thread([self = shared_from_this(), wake = std::move(wake)] {
            std::string line;
            while (std::getline(std::cin, line)) {
                if (!line.empty() && line.back() == '\r')
                    line.pop_back();
                if (!self->put(std::move(line), wake))
                    return;
            }
            const std::lock_guard lock(self->m_mutex);
            self->m_ended = true;
            if (!self->m_detached)
                wake();
        }).detach();
    }

    std::optional<std::string> take()
    {
        const std::lock_guard lock(m_mutex);
        if (m_lines.empty())
            return {};
        std::string line = std::move(m_lines.front());
        m_lines.pop_front();
        return line;
    }

    bool ended()
    {
        const std::lock_guard lock(m_mutex);
        return m_ended && m_lines.empty();
    }

    /// After this the callback of start() is never called again.
    void detach()
    {
        const std::lock_guard lock(m_mutex);
        m_detached = true;
    }

private:
    bool put(std::string line, const std::function<void()> &wake)
    {
        const std::lock_guard lock(m_mutex);
        m_lines.push_back(std::move(line));
        if (!m_detached)
            wake();
        return !m_detached;
    }

    std::mutex m_mutex;
    std::deque<std::string> m_lines;
    bool m_ended = false;
    bool m_detached = false;
};

class ConnectCommand
{
public:
    explicit ConnectCommand(CLI::App &app)
    {
        auto *command = app.add_subcommand(
            "connect", translate("fglass", "Talk to a server: lines in, frames out; /ping, /pong and /close are orders")
                           .toStdString());
        m_connection.addTo(*command);
        m_output.addTo(*command);
    }

    int run()
    {
        const auto options = m_connection.toOptions();
        if (!options)
            return Usage;
        try {
            session::NetworkThread network;
            LiveCapture live(m_output.save, capture::Payloads::Full);
            session::RedirectSeries series(*options, m_connection.follow());
            const auto lines = std::make_shared<InputLines>();
            auto id = converse(network, live, series.current(), *lines);
            while (!m_interrupted && goesOn(series, live.facts(id)))
                id = converse(network, live, series.current(), *lines);
            lines->detach();
            return finish(live, id);
        } catch (const capture::CaptureError &error) {
            return reportCaptureError(error);
        }
    }

private:
    /// One connection to its end.
    capture::ConnectionId converse(session::NetworkThread &network, LiveCapture &live,
                                   const session::ClientOptions &options, InputLines &lines)
    {
        session::ClientSession session(network, live.sink(), options);
        const InterruptGuard guard(network, [this, close = closeThenDisconnect(session)]() mutable {
            m_interrupted = true;
            close();
        });
        session.start();
        follow(live, session, lines);
        return session.id();
    }

    void follow(LiveCapture &live, session::ClientSession &session, InputLines &lines)
    {
        bool reading = false;
        bool closing = false;
        live.follow(
            {},
            [&] {
                const auto &facts = live.facts(session.id());
                if (facts.openedAt && !reading) {
                    reading = true;
                    lines.start([&live] { live.wake(); });
                }
                while (const auto line = lines.take())
                    obey(*line, session);
                if (reading && lines.ended() && !closing) {
                    closing = true;
                    session.close(1000);
                }
                return facts.isOver();
            },
            [&](const capture::Record &record) { show(record); });
    }

    static void obey(const std::string &line, session::ClientSession &session)
    {
        const auto parsed = session::parseOrder(line);
        if (const auto *fault = std::get_if<session::OrderFault>(&parsed)) {
            Terminal::err().line(textOf(fault->error));
            return;
        }
        struct Visitor
        {
            session::ClientSession &session;
            void operator()(const session::TextOrder &order) const { session.sendText(order.text); }
            void operator()(const session::PingOrder &order) const
            {
                if (order.payload)
                    session.ping(protocol::octetsOf(*order.payload));
                else
                    session.ping();
            }
            void operator()(const session::PongOrder &order) const { session.pong(protocol::octetsOf(order.payload)); }
            void operator()(const session::CloseOrder &order) const { session.close(order.code, order.reason); }
        };
        std::visit(Visitor{session}, std::get<session::Order>(parsed));
    }

    static QString textOf(session::OrderError error)
    {
        switch (error) {
        case session::OrderError::UnknownCommand:
            return translate("fglass",
                             "No such order. There are /ping [TEXT], /pong [TEXT] and /close [CODE [REASON]]; "
                             "// begins a text with one slash.");
        case session::OrderError::PayloadTooLong:
            return translate("fglass", "A ping or pong carries at most 125 octets (RFC 6455 §5.5).");
        case session::OrderError::CodeInvalid:
            return translate("fglass", "The close code must be a number from 0 to 65535.");
        case session::OrderError::ReasonTooLong:
            return translate("fglass", "A close reason has at most 123 octets (RFC 6455 §5.5.1).");
        }
        return {};
    }

    void show(const capture::Record &record) const
    {
        if (m_output.json)
            printRecordJson(record);
        else if (isForReaders(record))
            printRecord(record, false);
    }

    int finish(LiveCapture &live, capture::ConnectionId id) const
    {
        live.catchUp([this](const capture::Record &record) { show(record); });
        const auto &facts = live.facts(id);
        const diagnosis::Report report = reportOf(facts, nullptr, live.facts(), live.startWallMs());
        if (!m_output.json)
            printReport(report);
        return exitCodeFor(facts, report);
    }

    ConnectionArguments m_connection;
    OutputOptions m_output;
    std::atomic<bool> m_interrupted = false;
};

} // namespace

Run addConnect(CLI::App &app)
{
    const auto command = std::make_shared<ConnectCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
