// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/filter_run.h"
#include "core/capture/capture.h"
#include "core/session/client_session.h"
#include "core/transport/development_authority.h"

#include <CLI/CLI.hpp>

#include "deflate_options.h"
#include "limit_options.h"
#include "reach_options.h"
#include "text.h"
#include "tls_options.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// What the commands of `fglass` share: exit codes, options of a connection, durations. One file per command beside it.
namespace frameglass::cli {

/// Exit codes of `fglass`. The output is complete for all but Usage.
enum ExitCode : int {
    Good = 0,         ///< pass or warn
    Findings = 1,     ///< any check failed once TCP stood
    Usage = 2,        ///< the command line or a file cannot be used
    NotConnected = 3, ///< no TCP
};

/// "2s", "500ms", "1.5m", "2" (seconds); 0 up to a day. Nothing for anything else.
std::optional<Nanoseconds> parseDuration(std::string_view text);

/// A CLI11 validator for parseDuration.
const CLI::Validator &isDuration();

/// The common end of every command that writes a capture, and the form of its output.
struct OutputOptions
{
    bool json = false;
    std::optional<std::filesystem::path> save;
    void addTo(CLI::App &command, bool withSave = true);
};

/// What a client can be told, as `check`, `connect` and `echo` take it.
class ConnectionArguments
{
public:
    void addTo(CLI::App &command, Deflate deflate = Deflate::Off);
    /// Prints what is wrong with the URL or an option to standard error and returns nothing.
    std::optional<session::ClientOptions> toOptions() const;
    const std::string &url() const { return m_url; }
    /// Most redirects to follow.
    std::uint32_t follow() const { return m_reach.follow(); }

private:
    std::string m_url;
    std::vector<std::string> m_headers;
    std::vector<std::string> m_subprotocols;
    std::string m_origin;
    std::string m_user;
    std::string m_bearer;
    std::string m_cookie;
    DeflateOffer m_deflate;
    std::string m_pingInterval;
    std::string m_pingTimeout;
    std::string m_connectTimeout;
    std::string m_upgradeTimeout;
    bool m_noAutoPong = false;
    bool m_lenient = false;
    LimitOptions m_limits;
    ReachArguments m_reach;
    TlsClientArguments m_tls;
    std::string m_tlsTimeout;
};

/// One line on standard error, after the program's name.
void complain(const QString &text);

/// The user's development authority, made when there is none; says on standard error why not, and returns nothing.
std::optional<transport::DevelopmentFiles> developmentAuthority();

/// Says what is wrong with `url` on standard error, with a mark under the place. False when it can be used.
bool reportBadUrl(const std::string &url);

/// The filter of that text; empty: nothing. A mistake is printed on standard error with a mark under its place, and
/// throws CLI::RuntimeError with Usage.
std::optional<analysis::Filter> filterOf(const std::string &text);

/// Calls `take` for each record of the capture that the filter lets through, in order, until it returns false.
void forEachMatch(const capture::CaptureReader &reader, const std::optional<analysis::Filter> &filter,
                  capture::ConnectionId connection, const std::function<bool(capture::Record &&)> &take);

/// Prints a capture file's error on standard error and returns Usage.
int reportCaptureError(const capture::CaptureError &error);

/// Calls `interrupt` for Ctrl+C and termination as long as it lives. `interrupt` runs on the network thread.
class InterruptGuard
{
public:
    InterruptGuard(session::NetworkThread &network, std::function<void()> interrupt);
    ~InterruptGuard();

private:
    class Private;
    std::shared_ptr<Private> d;
};

/// For InterruptGuard: the first call closes the session as the protocol asks, the second ends TCP.
std::function<void()> closeThenDisconnect(session::ClientSession &session);

// Each adds its subcommand; the returned function runs it and gives the exit code.
using Run = std::function<int()>;
Run addCheck(CLI::App &app);
Run addConnect(CLI::App &app);
Run addEcho(CLI::App &app);
Run addServe(CLI::App &app);
Run addShow(CLI::App &app);
Run addExport(CLI::App &app);
Run addFields(CLI::App &app);
Run addDemo(CLI::App &app);
Run addChecks(CLI::App &app);
Run addSettings(CLI::App &app);
Run addCa(CLI::App &app);

} // namespace frameglass::cli
