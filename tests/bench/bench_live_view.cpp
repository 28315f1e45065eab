// SPDX-License-Identifier: GPL-3.0-or-later
// The window while a server sends 50,000 frames a second for 20 seconds: how long was the GUI thread ever blocked, what
// did it show in the end, and what did that cost in memory?
#include "bench_figures.h"

#include "core/protocol/frame.h"
#include "core/protocol/handshake.h"
#include "ui/support/theme.h"
#include "ui/windows/main_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QSettings>
#include <QTemporaryDir>
#include <QTimer>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

using namespace frameglass;

namespace {

constexpr int framesPerSecond = 50'000;
constexpr int seconds = 20;
constexpr int frameCount = framesPerSecond * seconds;
constexpr int tickMs = 5;

int listenOnLoopback(std::uint16_t &port)
{
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr *>(&address), length) != 0 || ::listen(listener, 1) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &length) != 0)
        std::abort();
    port = ntohs(address.sin_port);
    return listener;
}

void sendAll(int socket, protocol::OctetView octets)
{
    while (!octets.empty()) {
        const ssize_t sent = ::send(socket, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            ::_exit(0); // the window has gone
        octets = octets.subspan(static_cast<std::size_t>(sent));
    }
}

/// In a process of its own: frames at an even rate, a few each millisecond.
[[noreturn]] void serveFrames(int listener)
{
    const int socket = ::accept(listener, nullptr, nullptr);
    std::string head;
    char octet = 0;
    while (!head.ends_with("\r\n\r\n")) {
        if (::recv(socket, &octet, 1, 0) != 1)
            ::_exit(1);
        head += octet;
    }
    const auto request = protocol::parseHead(protocol::HeadKind::Request, protocol::viewOf(head));
    sendAll(socket, protocol::formatResponse({}, request.find("Sec-WebSocket-Key")->value));

    protocol::Octets frame;
    const std::string_view text = R"({"type":"tick","symbol":"ABC","bid":101.25,"ask":101.5,"seq":88})";
    protocol::FrameHeader header;
    header.opcode = static_cast<std::uint8_t>(protocol::Opcode::Text);
    header.payloadLength = text.size();
    protocol::appendFrameHeader(frame, header);
    protocol::append(frame, protocol::viewOf(text));

    const auto start = std::chrono::steady_clock::now();
    protocol::Octets burst;
    for (int sent = 0; sent < frameCount;) {
        const auto elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        const int due = std::min(frameCount, static_cast<int>(elapsed * framesPerSecond));
        burst.clear();
        for (; sent < due; ++sent)
            protocol::append(burst, frame);
        sendAll(socket, burst);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    char rest = 0;
    while (::recv(socket, &rest, 1, 0) == 1) {}
    ::_exit(0);
}

} // namespace

int main(int argc, char **argv)
{
    std::uint16_t port = 0;
    const int listener = listenOnLoopback(port);
    const pid_t server = ::fork();
    if (server == 0)
        serveFrames(listener);
    ::close(listener);

    QTemporaryDir home;
    qputenv("XDG_DATA_HOME", QFile::encodeName(home.path()));
    QApplication application(argc, argv);
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, home.path());
    QCoreApplication::setOrganizationName(QStringLiteral("frameglass-bench"));
    ui::Theme::instance().apply(ui::ThemeChoice::Light);

    bench::Heartbeat beats;
    double before = 0;
    std::uint64_t received = 0;
    {
        ui::MainWindow window;
        window.resize(1920, 1080);
        window.show();
        window.connectTo(QStringLiteral("ws://127.0.0.1:%1/").arg(port));
        window.showTab(ui::MainWindow::TimelineTab);

        QTimer heartbeat;
        heartbeat.setTimerType(Qt::PreciseTimer);
        QElapsedTimer sinceStart;
        sinceStart.start();
        QObject::connect(&heartbeat, &QTimer::timeout, [&] {
            // The first second is the window's own start.
            if (before == 0 && sinceStart.elapsed() > 1000)
                before = bench::residentMiB();
            else if (before > 0)
                beats.beat();
            const auto *facts = window.document()->facts(window.selection()->connection());
            received = facts ? facts->received.frames : 0;
            if (received >= frameCount || sinceStart.elapsed() > 3 * seconds * 1000)
                QCoreApplication::exit(); // quit() would first ask the window, and the window whether to save
        });
        heartbeat.start(tickMs);
        QCoreApplication::exec();
        const double after = bench::residentMiB();
        std::printf("Live view: %d frames/s for %d s, window 1920x1080 on its timeline\n", framesPerSecond, seconds);
        std::printf("  frames folded and shown     %llu of %d in %.1f s\n", static_cast<unsigned long long>(received),
                    frameCount, static_cast<double>(sinceStart.elapsed()) / 1000);
        beats.print(tickMs);
        std::printf("  resident memory             %.0f MiB -> %.0f MiB, %.1f octets a frame\n", before, after,
                    (after - before) * (1 << 20) / static_cast<double>(std::max<std::uint64_t>(received, 1)));
        window.document()->setDiscarded(true);
    }
    int status = 0;
    ::waitpid(server, &status, 0);
    return 0;
}
