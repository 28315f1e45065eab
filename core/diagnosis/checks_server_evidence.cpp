// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "rule_support.h"

namespace frameglass::diagnosis {

namespace {

/// These rows need figures or logs of the server, which a connection does not carry.
Judgement withoutMetrics(const Evaluation &)
{
    return notApplicable(CheckText::tr("Needs metrics of the server, which this capture does not hold"));
}

Judgement withoutLog(const Evaluation &)
{
    return notApplicable(CheckText::tr("Needs a log or profile of the server, which this capture does not hold"));
}

Check serverRow(std::string_view id, Severity severity, const char *title, const char *cause, const char *fix,
                std::string_view source, Judgement (*rule)(const Evaluation &))
{
    return {id,    Phase::ServerEvidence, severity, Kind::Passive, "none", "",
            title, {{cause, ""}},         fix,      source,        rule,   {}};
}

} // namespace

std::vector<Check> serverEvidenceChecks()
{
    return {
        serverRow("obs.alloc-cusum", Severity::Medium, QT_TRANSLATE_NOOP("checks", "Shift of the allocation rate"),
                  QT_TRANSLATE_NOOP("checks", "A slow leak or a hot loop"),
                  QT_TRANSLATE_NOOP("checks", "Take a heap and a goroutine profile."), "S001 §4.4", withoutMetrics),
        serverRow("obs.gc-pause", Severity::Medium, QT_TRANSLATE_NOOP("checks", "Pauses of the garbage collector"),
                  QT_TRANSLATE_NOOP("checks", "Allocations for each message; a large heap"),
                  QT_TRANSLATE_NOOP("checks", "sync.Pool for message buffers; GOGC."), "S001 §5; S003 §2.2",
                  withoutMetrics),
        serverRow(
            "obs.connection-gauge", Severity::Medium, QT_TRANSLATE_NOOP("checks", "The server's count of connections"),
            QT_TRANSLATE_NOOP("checks", "A connection is not unregistered; half-open ones remain"),
            QT_TRANSLATE_NOOP("checks", "Unregister in a defer; set deadlines."), "S003 §4.1; S002 §2", withoutMetrics),
        serverRow("obs.fd-usage", Severity::High, QT_TRANSLATE_NOOP("checks", "File descriptors of the server"),
                  QT_TRANSLATE_NOOP("checks", "A leak, or a low limit"),
                  QT_TRANSLATE_NOOP("checks", "Raise LimitNOFILE; close what ended."), "S003 item 6", withoutMetrics),
        serverRow("obs.queue-depth", Severity::Medium, QT_TRANSLATE_NOOP("checks", "Queue behind the server"),
                  QT_TRANSLATE_NOOP("checks", "A slow consumer or slow storage"),
                  QT_TRANSLATE_NOOP("checks", "Divide the stream."), "S000 §5", withoutMetrics),
        serverRow("obs.cpu-migrate", Severity::Low, QT_TRANSLATE_NOOP("checks", "Processor of the server"),
                  QT_TRANSLATE_NOOP("checks", "One hot shard"),
                  QT_TRANSLATE_NOOP("checks", "Move connections to another instance."), "S000 §5.4", withoutMetrics),
        serverRow("obs.snapshot-log", Severity::Medium, QT_TRANSLATE_NOOP("checks", "The request as the server saw it"),
                  QT_TRANSLATE_NOOP("checks", "A hop changed the handshake's fields"),
                  QT_TRANSLATE_NOOP("checks", "Correct the hop that changes them."), "S000 §4.2", withoutLog),
        serverRow("obs.trace-block", Severity::Info, QT_TRANSLATE_NOOP("checks", "Where the server blocks"),
                  QT_TRANSLATE_NOOP("checks", "Locks, channels or the network"),
                  QT_TRANSLATE_NOOP("checks", "Read the trace's blocking profile."), "S001 §4.2", withoutLog),
    };
}

} // namespace frameglass::diagnosis
