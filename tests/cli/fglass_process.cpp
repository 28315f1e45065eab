// SPDX-License-Identifier: GPL-3.0-or-later
#include "fglass_process.h"

#include <QProcessEnvironment>
#include <QRegularExpression>
#include <QUrl>

#include <csignal>
#include <stdexcept>

namespace frameglass::testing {

namespace {

constexpr int limitMs = 60'000;

} // namespace

nlohmann::json FglassResult::finding(const char *id) const
{
    const auto object = json();
    for (const auto &finding : object.at("findings")) {
        if (finding.at("id") == id)
            return finding;
    }
    throw std::runtime_error(std::string("no finding ") + id);
}

FglassResult runFglass(const QStringList &arguments, const QByteArray &input)
{
    QProcess process;
    startFglass(process, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(limitMs)) {
        process.kill();
        process.waitForFinished();
    }
    FglassResult result;
    result.exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

void startFglass(QProcess &process, const QStringList &arguments)
{
    process.setProgram(QStringLiteral(FGLASS_PROGRAM));
    process.setArguments(arguments);
    process.start();
    if (!process.waitForStarted())
        throw std::runtime_error("fglass cannot be started");
}

bool stopFglass(QProcess &process)
{
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    return process.waitForFinished(limitMs);
}

ServingProcess::ServingProcess(const QStringList &arguments, const QStringList &environment)
{
    auto variables = QProcessEnvironment::systemEnvironment();
    for (const QString &variable : environment)
        variables.insert(variable.section('=', 0, 0), variable.section('=', 1));
    process.setProcessEnvironment(variables);
    startFglass(process, QStringList{"serve"} + arguments);
    const QRegularExpression address("wss?://\\S+");
    while (!address.match(QString::fromUtf8(output)).hasMatch() && process.waitForReadyRead(limitMs))
        output += process.readAllStandardOutput();
    url = address.match(QString::fromUtf8(output)).captured();
    port = static_cast<quint16>(QUrl(url).port(0));
}

ServingProcess::~ServingProcess()
{
    if (process.state() == QProcess::Running)
        stopFglass(process);
}

} // namespace frameglass::testing
