// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client_forecast.h"
#include "core/analysis/connection_facts.h"
#include "ending.h"
#include "settings.h"

#include <QString>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace frameglass::diagnosis {

/// Verdicts, mildest first for comparisons of gravity: n/a, pass, info, warn, fail.
enum class Verdict : std::uint8_t { NotApplicable, Pass, Info, Warn, Fail };
enum class Severity : std::uint8_t { Info, Low, Medium, High, Blocker };
/// Whether a row only reads records or would send something (A0-A3 of the catalogue).
enum class Kind : std::uint8_t { Passive, A0, A1, A2, A3 };
/// Phases are numbered as in the catalogue: 5 upgrade response, 6 intermediaries, 7 frames, 10 heartbeat, 12 close.
enum class Phase : std::uint8_t {
    Target = 0,
    Dns = 1,
    Tcp = 2,
    Tls = 3,
    Request = 4,
    Response = 5,
    Intermediaries = 6,
    Frames = 7,
    Extensions = 8,
    Messages = 9,
    Heartbeat = 10,
    Flow = 11,
    Close = 12,
    Reconnect = 13,
    Draining = 14,
    Concurrency = 15,
    Security = 16,
    ServerEvidence = 17,
    Statistics = 18,
    Evidence = 19,
};

/// One piece of proof. `record` leads to the row; the range lights octets inside it.
struct Evidence
{
    capture::RecordId record = 0;
    std::size_t offset = 0;
    std::size_t length = 0;
    QString text; ///< "Sec-WebSocket-Accept: abc" or "no octet for 2.00 s"
};

struct Cause
{
    QString cause;
    QString howToTell;
};

/// What a check says of one connection. Exactly one for each row of the table.
struct Finding
{
    std::string_view id;
    Verdict verdict = Verdict::NotApplicable;
    QString reason; ///< one line, in the current language; for n/a why it could not be judged
    std::vector<Evidence> evidence;
    std::vector<Cause> causes;    ///< ranked; only with warn and fail
    QString fix;                  ///< only with warn and fail
    std::string_view foldedUnder; ///< id of the fault that implies this finding, mostly the root cause; else empty
    bool accepted = false;        ///< a fault that the baseline holds: it is told, and does not count
};

struct Terms;

/// What a rule may look at.
struct Evaluation
{
    const analysis::ConnectionFacts &facts;
    /// A second attempt past a proxy (`--direct`), where there was one.
    const analysis::ConnectionFacts *direct = nullptr;
    /// All connections of the capture, for rows that compare; may be null.
    const analysis::CaptureFacts *all = nullptr;
    /// The moment up to which records exist: "now" while live.
    Nanoseconds now{0};
    Settings settings;
    /// Wall clock at the capture's start, ms since 1970: what a certificate's dates are held against. Absent: unknown.
    std::optional<std::int64_t> startWallMs = {};
    /// What of the table is asked for, and which faults are accepted; null: all, none.
    const Terms *terms = nullptr;
};

/// What a rule returns; the engine adds id, causes and fix from the table.
struct Judgement
{
    Verdict verdict = Verdict::NotApplicable;
    QString reason;
    std::vector<Evidence> evidence;
    /// Order of the table's causes for this case, by index; empty: the table's own order.
    std::vector<std::size_t> causeOrder;
};

/// One row of the catalogue. The same table feeds the window, `fglass`, reports and the user guide.
struct Check
{
    std::string_view id;
    Phase phase;
    Severity severity;
    Kind kind;
    std::string_view clause; ///< "RFC 6455 §4.2.2 item 5.4", or "none"
    std::string_view url;    ///< of the clause, for the link; empty for none
    const char *title;       ///< source text for translation, context "checks"
    struct CauseText
    {
        const char *cause;
        const char *howToTell;
    };
    std::vector<CauseText> causes;
    const char *fix;
    std::string_view source; ///< of the facts
    Judgement (*rule)(const Evaluation &);
    std::vector<std::string_view> implies; ///< rows folded under this one when it is the root cause
    QString translatedTitle() const;
    QString translatedFix() const;
};

/// The table, in catalogue order.
std::span<const Check> checks();
const Check *checkById(std::string_view id);

/// Stable words for JSON: "pass", "warn", "fail", "info", "n/a"; "blocker" …
std::string_view nameOf(Verdict verdict);
std::string_view nameOf(Severity severity);
std::string_view nameOf(Kind kind);
QString titleOf(Phase phase);

/// The checklist of one connection.
struct Report
{
    std::vector<Finding> findings; ///< one for each row of checks(), in its order; none for a listener
    std::optional<std::string_view> rootCause;
    /// Fail when any row fails or the connection never got past resolve, TCP and TLS; else Warn when any warns; else
    /// Pass.
    Verdict verdict = Verdict::Pass;
    QString summary;                      ///< one sentence: what is wrong, or that nothing was found
    std::optional<Ending> ending;         ///< nothing while it stands
    std::vector<ClientForecast> forecast; ///< empty while there is no answer
    const Finding *find(std::string_view id) const;
    std::size_t count(Verdict verdict) const; ///< folded and accepted ones are not counted
};

/// Applies the whole table with gating and folding (see checks.md "Gating"). Pure; O(rows), not O(records).
/// A row that names the failing row of an earlier phase in its `implies` explains it, and wins as root cause.
Report evaluate(const Evaluation &evaluation);

/// The text of a verdict in the current language and its sign: ✓ ! ✕ i –
QString textOf(Verdict verdict);
QString signOf(Verdict verdict);

} // namespace frameglass::diagnosis
