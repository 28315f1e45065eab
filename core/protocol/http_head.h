// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "limits.h"
#include "octets.h"
#include "violation.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace frameglass::protocol {

enum class HeadKind { Request, Response };

/// What is unusual about a head although it could be read. Each has a place in the octets.
enum class HeadOddity : std::uint8_t {
    LeadingOctets,      ///< anything before the start line (an empty line, a BOM, stray octets)
    BareLineFeed,       ///< a line that ends with LF alone (RFC 9112 §2.2)
    BareCarriageReturn, ///< CR that is not followed by LF
    ObsoleteFolding,    ///< a line that continues the one before (RFC 9112 §5.2)
    SpaceBeforeColon,   ///< RFC 9112 §5.1
    MissingColon,       ///< a field line that is no field
    InvalidNameOctet,   ///< a field name with octets outside `token`
    ControlOctet,       ///< NUL or another control octet in a value
    EmptyName,
    StatusLineNoSpace,  ///< "HTTP/1.1 101" without the space after the code
    StartLineMalformed, ///< method, target, version or status code cannot be told apart
    SecondStatusLine,   ///< a status line where a field line should stand
};

struct OddityAt
{
    HeadOddity oddity;
    std::size_t offset = 0; ///< octets from the first octet of the head
    std::size_t length = 0;
    friend bool operator==(const OddityAt &, const OddityAt &) = default;
};

/// One field line as sent. Order, case and duplicates are kept; `value` is trimmed of outer spaces and tabs, folded
/// lines are joined by one space.
struct HeaderField
{
    std::string name;
    std::string value;
    std::size_t offset = 0; ///< of the line's first octet inside the head
    std::size_t length = 0; ///< of the line(s) with line endings
    std::size_t valueOffset = 0;
    std::size_t valueLength = 0; ///< as sent, before folding
    friend bool operator==(const HeaderField &, const HeaderField &) = default;
};

/// A request or response head, read from octets that are kept whole.
struct HttpHead
{
    HeadKind kind = HeadKind::Request;
    Octets raw;            ///< every octet from the first received to the end of the empty line
    std::string startLine; ///< without its line ending

    std::string method; ///< request only
    std::string target; ///< request only
    int status = 0;     ///< response only; 0 when it could not be read
    std::string reason; ///< response only
    int versionMajor = 0;
    int versionMinor = 0;

    std::vector<HeaderField> fields;
    std::vector<OddityAt> oddities;

    /// First field of that name, case-insensitive (RFC 9110 §5.1); nullptr when absent.
    const HeaderField *find(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    std::vector<const HeaderField *> all(std::string_view name) const;
    /// All values of that name joined by ", " (RFC 9110 §5.2).
    std::string joined(std::string_view name) const;
    /// The `token(list)` of the check catalogue: values joined, split at commas, trimmed, lower-cased.
    std::vector<std::string> tokens(std::string_view name) const;
    bool hasToken(std::string_view name, std::string_view token) const;
    bool has(HeadOddity oddity) const;
};

/// Finds where a head starts and ends, line by line; the one place that decides it, for the reader and for records.
///
/// A request starts at the first line that has a `tchar` in it, at that character. A response starts at the first line
/// that begins with "HTTP/" or has a whole status line further in; lines before it are leading octets. Where there is
/// none, a block of at least two lines that ends with a field and an empty line is taken as a head with a broken start
/// line, so that an answer without "HTTP/" does not keep the reader waiting. The head ends at the first empty line
/// after the start line.
class HeadBounds
{
public:
    explicit HeadBounds(HeadKind kind) : m_kind(kind) {}

    /// The next line, from `offset` in the head, with its ending (missing only at the end of a cut record).
    void line(std::string_view text, std::size_t offset);

    bool started() const { return m_start.has_value(); }
    bool ended() const { return m_ended; }
    std::size_t start() const { return m_start.value_or(0); } ///< of the start line
    std::size_t fieldLines() const { return m_fieldLines; }
    /// Offset of the first line that is not empty, for a record in which no start line was found.
    std::optional<std::size_t> firstText() const { return m_firstText; }

private:
    void beforeResponse(std::string_view content, std::size_t offset);

    HeadKind m_kind;
    std::optional<std::size_t> m_start;
    std::optional<std::size_t> m_firstText;
    std::optional<std::size_t> m_blockStart; ///< of the lines since the last empty one
    std::size_t m_blockLines = 0;
    bool m_blockEndsWithField = false;
    std::size_t m_fieldLines = 0;
    bool m_ended = false;
};

/// Collects octets until a head is whole. Strict endings are not required: bare LF counts and is noted.
class HttpHeadReader
{
public:
    HttpHeadReader(HeadKind kind, const Limits &limits);

    /// Takes octets up to the end of the head and returns how many belonged to it; the rest is the caller's (body or
    /// frames). After done() or failed() nothing is taken.
    std::size_t feed(OctetView octets);

    bool done() const { return m_state == State::Done; }
    /// HeadTooLarge or HeadTooManyLines, found before the octets over the limit are stored.
    std::optional<Violation> failed() const;
    bool empty() const { return m_raw.empty(); }
    const Octets &octets() const { return m_raw; } ///< received so far, also when it never became whole
    HttpHead take();                               ///< the parsed head; call once, when done()

private:
    enum class State { Reading, Done, TooLarge, TooManyLines };
    HeadKind m_kind;
    std::size_t m_limitOctets;
    std::size_t m_limitLines;
    State m_state = State::Reading;
    Octets m_raw;
    std::size_t m_lineStart = 0;
    HeadBounds m_bounds;
};

/// Parses octets that are known to be one head (a record), also one that was cut short; never fails, oddities say what
/// is wrong. Oddities stand in the order of their offsets. A line that is no field is kept as a field without a name,
/// its text as value.
HttpHead parseHead(HeadKind kind, OctetView raw);

/// RFC 9110 §5.6.2.
bool isToken(std::string_view text);
bool equalsIgnoringCase(std::string_view a, std::string_view b);
std::string_view trimmed(std::string_view text);

} // namespace frameglass::protocol
