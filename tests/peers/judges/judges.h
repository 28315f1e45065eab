// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/peers/peer_process.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The independent judges: other people's libraries, each as client and as server, with and without compression, in
/// every case that the table in docs/judges.md has a column for.
namespace frameglass::peers {

enum class JudgeRole : std::uint8_t { Client, Server };

/// Of permessage-deflate.
enum class Compression : std::uint8_t { Off, On, NoContext, Bits };
inline constexpr int judgedWindowBits = 10;

enum class Case : std::uint8_t {
    Opening, ///< both sides name the same extension, and use it
    Text,
    Binary,
    Octets0, ///< this and the following ones: as text and as binary
    Octets1,
    Octets125,
    Octets126,
    Octets127,
    Octets65535,
    Octets65536,
    Octets1Mi,
    Fragmented, ///< both ways
    PingPong,   ///< both ways
    JudgeCloses,
    JudgeClosesWithoutCode,
    WeClose,
    WeCloseWithoutCode,
};
inline constexpr std::size_t caseCount = 17;

std::string_view nameOf(JudgeRole role);
std::string_view nameOf(Compression compression);
std::string_view nameOf(Case what);
std::array<Case, caseCount> allCases();

struct Judge
{
    std::string_view name; ///< also in names of tests and files
    Command (*client)(const Arguments &);
    Command (*echo)(const Arguments &);
    /// libwebsockets does not say what the answer to its own Close held.
    bool tellsAnswerToItsClose = true;
};
std::span<const Judge> judges();

/// One row of the table.
struct Row
{
    std::string_view judge;
    JudgeRole role;
    Compression compression;
    friend auto operator<=>(const Row &, const Row &) = default;
};
std::vector<Row> allRows();

/// Why a cell is not expected to pass.
struct Exception
{
    enum class Kind : std::uint8_t {
        NotOffered, ///< the library has no such thing: not tried
        JudgesBug,  ///< tried, and must fail: one that passes is no exception any more
    };
    char mark; ///< in the table
    Kind kind;
    std::string_view why;
    std::string_view symptom; ///< of a judge's bug: what the failure must say, or it is another one
};
/// Nothing: the cell must pass.
std::optional<Exception> exceptionFor(const Row &row, Case what);
/// By mark.
std::vector<Exception> allExceptions();

/// What a row's runs found.
struct RowResult
{
    std::string library;                  ///< as it names itself; empty where no run opened
    std::string agreed;                   ///< parameters of permessage-deflate in the answer
    std::map<Case, std::string> failures; ///< cells that failed, and how
};

/// Results of the last run, kept in a folder between the programs that make them and the one that shows the table.
class Results
{
public:
    explicit Results(std::filesystem::path folder);
    void forget(const Row &row) const;
    void keep(const Row &row, const RowResult &result) const;
    std::optional<RowResult> find(const Row &row) const;

private:
    std::filesystem::path fileOf(const Row &row) const;
    std::filesystem::path m_folder;
};

/// The whole page, docs/judges.md. Rows without a result are left out.
std::string pageOf(const Results &results);
/// The same for a terminal.
std::string tableOf(const Results &results);

} // namespace frameglass::peers
