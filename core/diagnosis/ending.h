// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace frameglass::diagnosis {

struct Evaluation;

/// Who ended a connection, as far as its records carry.
enum class Ender : std::uint8_t {
    Us,      ///< this end
    Peer,    ///< the other end: it said so, by a Close frame or an answer
    Far,     ///< the other end or something in between: at TCP they look alike
    Between, ///< something in between, by its own words
    Nobody,  ///< the path fell silent
};

/// How far the facts carry what is inferred from them.
enum class Confidence : std::uint8_t {
    Certain, ///< it follows from octets or from our own act
    Likely,  ///< several facts point the same way
    Open,    ///< more than one explanation fits
};

/// One observed fact about an end. `record` leads to its row; 0: it is the absence of one.
struct EndingFact
{
    QString name; ///< "First Close", "TCP", "Last frame received"
    QString text;
    capture::RecordId record = 0;
};

/// Ends of several attempts at one URL that agree.
struct Cadence
{
    enum class Measure : std::uint8_t {
        Silence, ///< since the last octet either way
        Age,     ///< since the connection opened
    };
    Measure measure = Measure::Silence;
    std::size_t alike = 0; ///< of them, this one included
    std::size_t ends = 0;  ///< of all ends without a Close at that URL
    Nanoseconds value{0};  ///< median of the alike
    QString sentence;      ///< "5 of 5 ended 60.0 s after the last octet: an idle limit between you and the server"
};

struct Ending
{
    Ender ender = Ender::Nobody;
    Confidence confidence = Confidence::Open;
    QString sentence;      ///< the inference, in the current language
    QString whatWouldTell; ///< the observation that would decide; empty where nothing is open
    std::vector<EndingFact> facts;
    std::optional<Cadence> cadence;
};

/// The end of the connection: facts first, then what follows from them, never more. Nothing while it stands, and
/// for a listener. O(connections) for the cadence.
std::optional<Ending> endingOf(const Evaluation &evaluation);

/// Stable words for JSON: "us", "peer", "peer-or-between", "between", "silence"; "certain", "likely", "open".
std::string_view nameOf(Ender ender);
std::string_view nameOf(Confidence confidence);
/// "certain", "likely", "open" in the current language.
QString textOf(Confidence confidence);

} // namespace frameglass::diagnosis
