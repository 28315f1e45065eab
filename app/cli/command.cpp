// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include "terminal.h"

#include "core/diagnosis/duration_text.h"
#include "core/diagnosis/wording.h"
#include "core/protocol/http_head.h"

#include <asio/signal_set.hpp>

#include <charconv>
#include <csignal>
#include <utility>

namespace frameglass::cli {

void complain(const QString &text)
{
    Terminal::err().line(Terminal::err().coloured(translate("fglass", "Error: "), Colour::Bad) + text);
}

std::optional<Nanoseconds> parseDuration(std::string_view text)
{
    const auto duration = diagnosis::parseDuration(text);
    return duration && *duration <= std::chrono::hours(24) ? duration : std::nullopt;
}

const CLI::Validator &isDuration()
{
    static const CLI::Validator validator(
        [](std::string &text) -> std::string {
            if (parseDuration(text))
                return {};
            return translate("fglass", "'%1' is no duration; write for example 500ms, 5s, 2m (at most 24h)")
                .arg(QString::fromStdString(text))
                .toStdString();
        },
        "TIME");
    return validator;
}

void OutputOptions::addTo(CLI::App &command, bool withSave)
{
    command.add_flag("--json", json, help("fglass", "Print JSON for machines instead of text"));
    if (withSave) {
        command
            .add_option_function<std::string>(
                "--save", [this](const std::string &path) { save = path; },
                help("fglass", "Keep the capture in FILE (.fglass); an existing capture is carried on"))
            ->type_name("FILE");
    }
}

void ConnectionArguments::addTo(CLI::App &command, Deflate deflate)
{
    command.add_option("url", m_url, help("fglass", "Where to connect: ws://HOST[:PORT]/PATH or wss://…"))
        ->required()
        ->type_name("URL");
    command
        .add_option("-H,--header", m_headers,
                    help("fglass", "Add a header field, or replace one of the handshake's own; "
                                   "'Name:' removes it. May be repeated, order is kept"))
        ->type_name("'NAME: VALUE'")
        ->allow_extra_args(false);
    command.add_option("-s,--subprotocol", m_subprotocols, help("fglass", "Offer a subprotocol; may be repeated"))
        ->type_name("NAME")
        ->allow_extra_args(false);
    command.add_option("-o,--origin", m_origin, help("fglass", "Send this Origin"))->type_name("ORIGIN");
    command.add_option("--user", m_user, help("fglass", "Basic authentication"))->type_name("USER:PASSWORD");
    command.add_option("--bearer", m_bearer, help("fglass", "Bearer authentication"))->type_name("TOKEN");
    command.add_option("--cookie", m_cookie, help("fglass", "Send this Cookie field"))->type_name("COOKIES");
    m_deflate.addTo(command, deflate);
    command.add_option("--ping-interval", m_pingInterval, help("fglass", "Send a ping this often (default: none)"))
        ->check(isDuration());
    command.add_option("--ping-timeout", m_pingTimeout, help("fglass", "A pong later than this is late (default 20s)"))
        ->check(isDuration());
    command
        .add_option("--connect-timeout", m_connectTimeout,
                    help("fglass", "Time limit of TCP for each address (default 5s)"))
        ->check(isDuration());
    command
        .add_option("--upgrade-timeout", m_upgradeTimeout,
                    help("fglass", "Time limit of the server's answer (default 10s)"))
        ->check(isDuration());
    command.add_flag("--no-auto-pong", m_noAutoPong, help("fglass", "Do not answer the server's pings"));
    command.add_flag("--keep-going", m_lenient,
                     help("fglass", "Note protocol violations but do not fail the connection for them"));
    m_limits.addForMessages(command);
    m_reach.addTo(command);
    m_tls.addTo(command);
    command.add_option("--tls-timeout", m_tlsTimeout, help("fglass", "Time limit of the TLS handshake (default 5s)"))
        ->check(isDuration());
}

std::optional<session::ClientOptions> ConnectionArguments::toOptions() const
{
    if (reportBadUrl(m_url))
        return {};
    session::ClientOptions options;
    options.url = m_url;
    for (const std::string &header : m_headers) {
        const auto colon = header.find(':');
        if (colon == std::string::npos || !protocol::isToken(header.substr(0, colon))) {
            complain(translate("fglass", "--header '%1' is no header field: write 'Name: value'")
                         .arg(Terminal::printable(QString::fromStdString(header))));
            return {};
        }
        const std::string value(protocol::trimmed(std::string_view(header).substr(colon + 1)));
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
            complain(translate("fglass", "--header '%1' has a line break or NUL in its value, which no field can carry")
                         .arg(QString::fromStdString(header.substr(0, colon))));
            return {};
        }
        options.headers.push_back({header.substr(0, colon), value, value.empty()});
    }
    for (const std::string &subprotocol : m_subprotocols) {
        if (!protocol::isToken(subprotocol)) {
            complain(
                translate("fglass", "--subprotocol '%1' is no token (RFC 9110 §5.6.2): no spaces, commas, '=' or '/'")
                    .arg(Terminal::printable(QString::fromStdString(subprotocol))));
            return {};
        }
        options.subprotocols.push_back(subprotocol);
    }
    if (!m_origin.empty())
        options.origin = m_origin;
    if (const auto colon = m_user.find(':'); !m_user.empty()) {
        options.basicUser = m_user.substr(0, colon);
        options.basicPassword = colon == std::string::npos ? std::string() : m_user.substr(colon + 1);
    }
    options.bearerToken = m_bearer;
    options.cookies = m_cookie;
    options.deflateOffers = m_deflate.offers();
    options.heartbeat.pingInterval = parseDuration(m_pingInterval);
    if (const auto timeout = parseDuration(m_pingTimeout))
        options.heartbeat.pingTimeout = *timeout;
    if (m_noAutoPong)
        options.heartbeat.autoPong = session::AutoPong::Off;
    if (const auto limit = parseDuration(m_connectTimeout))
        options.timeouts.tcp = *limit;
    if (const auto limit = parseDuration(m_upgradeTimeout))
        options.timeouts.upgrade = *limit;
    if (m_lenient)
        options.reading = protocol::Reading::Observer;
    options.limits = m_limits.limits();
    if (const auto limit = parseDuration(m_tlsTimeout))
        options.timeouts.tls = *limit;
    if (!m_reach.applyTo(options))
        return {};
    options.tls = m_tls.make(transport::TlsContext::Side::Client);
    if (!options.tls)
        return {};
    options.serverName = m_tls.serverName();
    options.anyCertificate = m_tls.anyCertificate();
    return options;
}

bool reportBadUrl(const std::string &url)
{
    const auto parsed = session::parseTarget(url);
    const auto *fault = std::get_if<session::TargetFault>(&parsed);
    if (!fault)
        return false;
    const auto text = [&]() -> QString {
        switch (fault->error) {
        case session::TargetError::Empty:
            return translate("fglass", "the URL is empty; write for example ws://localhost:8080/ws");
        case session::TargetError::SchemeMissing:
            return translate("fglass", "the URL has no scheme; put ws:// before it");
        case session::TargetError::SchemeUnsupported: return translate("fglass", "the scheme must be ws or wss");
        case session::TargetError::HostMissing: return translate("fglass", "the URL names no host");
        case session::TargetError::HostInvalid: return translate("fglass", "the host name is not valid");
        case session::TargetError::PortInvalid: return translate("fglass", "the port must be a number from 1 to 65535");
        case session::TargetError::HasFragment:
            return translate("fglass", "a WebSocket URL has no #fragment (RFC 6455 §3): remove it");
        case session::TargetError::InvalidOctet:
            return translate("fglass", "a space, control or non-ASCII character must be percent-encoded");
        }
        return {};
    }();
    complain(text);
    Terminal::err().line(QStringLiteral("  ") + Terminal::printable(QString::fromStdString(url)));
    Terminal::err().line(QString(static_cast<int>(fault->position) + 2, QLatin1Char(' ')) + QLatin1Char('^'));
    return true;
}

int reportCaptureError(const capture::CaptureError &error)
{
    complain(diagnosis::textOf(error.code(), QString::fromStdString(error.path().string())));
    return Usage;
}

class InterruptGuard::Private
{
public:
    Private(asio::io_context &context, std::function<void()> call)
        : signalSet(context, SIGINT, SIGTERM), interrupt(std::move(call))
    {}
    asio::signal_set signalSet;
    std::function<void()> interrupt;
};

namespace {

template<typename Shared>
void waitForSignal(const Shared &d)
{
    d->signalSet.async_wait([d](const asio::error_code &error, int) {
        if (error)
            return;
        d->interrupt();
        waitForSignal(d);
    });
}

} // namespace

InterruptGuard::InterruptGuard(session::NetworkThread &network, std::function<void()> interrupt)
    : d(std::make_shared<Private>(network.context(), std::move(interrupt)))
{
    waitForSignal(d);
}

InterruptGuard::~InterruptGuard()
{
    asio::error_code ignored;
    d->signalSet.cancel(ignored);
}

std::function<void()> closeThenDisconnect(session::ClientSession &session)
{
    return [&session, first = true]() mutable {
        if (std::exchange(first, false))
            session.close(1000);
        else
            session.disconnect();
    };
}

} // namespace frameglass::cli
