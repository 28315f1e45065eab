// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QStringList>

#include <nlohmann/json.hpp>

namespace frameglass::testing {

/// What one run of the command line gave.
struct FglassResult
{
    int exitCode = -1;
    QByteArray out;
    QByteArray err;

    /// Standard output as one JSON object; throws when it is none.
    nlohmann::json json() const { return nlohmann::json::parse(out.begin(), out.end()); }
    /// The finding of that row in json().
    nlohmann::json finding(const char *id) const;
};

/// Runs the built `fglass` to its end. `input` goes to its standard input, which is then closed.
FglassResult runFglass(const QStringList &arguments, const QByteArray &input = {});

/// Starts it and leaves it running; end it with stopFglass.
void startFglass(QProcess &process, const QStringList &arguments);
/// Asks it to end as Ctrl+C does; false when it does not.
bool stopFglass(QProcess &process);

/// `fglass serve` on a free port, and its address.
class ServingProcess
{
public:
    /// `environment`: more variables, "NAME=value".
    explicit ServingProcess(const QStringList &arguments = {}, const QStringList &environment = {});

    QProcess process;
    QByteArray output; ///< up to the line with the address
    QString url;
    quint16 port = 0;
};

} // namespace frameglass::testing
