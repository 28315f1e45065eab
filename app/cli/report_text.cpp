// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_text.h"

#include "terminal.h"

#include "core/capture/record_json.h"
#include "core/capture/record_secrets.h"
#include "core/diagnosis/report_document.h"
#include "core/diagnosis/report_text.h"
#include "core/diagnosis/wording.h"

#include <nlohmann/json.hpp>

namespace frameglass::cli {

using namespace diagnosis;

namespace {

ReportLines terminalLines()
{
    return ReportLines([](const QString &text, Colour colour) { return Terminal::out().coloured(text, colour); });
}

} // namespace

Report reportOf(const analysis::ConnectionFacts &facts, const analysis::ConnectionFacts *direct,
                const analysis::CaptureFacts &all, std::int64_t startWallMs, const Terms *terms,
                const diagnosis::Settings &settings)
{
    return evaluate({facts, direct, &all, facts.lastTime.value_or(Nanoseconds(0)), settings, startWallMs, terms});
}

ExitCode exitCodeFor(const analysis::ConnectionFacts &facts, const Report &report, Verdict failOn)
{
    if (!facts.firstSocket)
        return NotConnected;
    return isFailed(report, failOn) ? Findings : Good;
}

void printReport(const Report &report)
{
    auto lines = terminalLines();
    addReport(lines, report);
    Terminal::out().write(lines.text());
}

void printChecked(const analysis::ConnectionFacts &facts, const analysis::ConnectionFacts *direct, const Report &report)
{
    auto lines = terminalLines();
    addChecked(lines, facts, direct, report);
    Terminal::out().write(lines.text());
}

bool isForReaders(const capture::Record &record)
{
    return !std::holds_alternative<capture::TransferBoundary>(record.body) &&
           !std::holds_alternative<capture::SocketFacts>(record.body);
}

void printRecord(const capture::Record &record, bool withConnection)
{
    auto &out = Terminal::out();
    const double seconds = std::chrono::duration<double>(record.time).count();
    QString line = QStringLiteral("%1 s  ").arg(seconds, 10, 'f', 6);
    if (withConnection)
        line += QStringLiteral("#%1  ").arg(record.connection);
    QString arrow = QStringLiteral("· ");
    Colour colour = Colour::Quiet;
    if (const auto *frame = capture::as<capture::FrameRecord>(record)) {
        const bool sent = frame->direction == capture::Direction::Sent;
        arrow = sent ? QStringLiteral("↑ ") : QStringLiteral("↓ ");
        colour = sent ? Colour::Sent : Colour::Received;
    } else if (const auto *message = capture::as<capture::TlsMessage>(record)) {
        const bool sent = message->direction == capture::Direction::Sent;
        arrow = sent ? QStringLiteral("↑ ") : QStringLiteral("↓ ");
        colour = message->fatal ? Colour::Bad : sent ? Colour::Sent : Colour::Received;
    } else if (capture::as<capture::ViolationRecord>(record)) {
        arrow = QStringLiteral("✕ ");
        colour = Colour::Bad;
    }
    out.line(out.coloured(line, Colour::Quiet) + out.coloured(arrow, colour) + Terminal::printable(summaryOf(record)));
}

void printRecordJson(const capture::Record &record)
{
    capture::Record masked = record;
    capture::takeSecrets(masked.body);
    printJson(capture::jsonOf(masked), JsonForm::Line);
}

void printJson(const nlohmann::ordered_json &json, JsonForm form)
{
    constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
    Terminal::out().line(QString::fromStdString(json.dump(form == JsonForm::Line ? -1 : 2, ' ', false, replace)));
}

} // namespace frameglass::cli
