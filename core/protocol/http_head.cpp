// SPDX-License-Identifier: GPL-3.0-or-later
#include "http_head.h"

#include <algorithm>
#include <utility>

namespace frameglass::protocol {

namespace {
bool isTokenCharacter(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isSpace(char c)
{
    return c == ' ' || c == '\t';
}

// RFC 9110 §5.5: CTL other than HTAB. CR is named on its own.
bool isControl(char c)
{
    const auto octet = static_cast<unsigned char>(c);
    return (octet < 0x20 && c != '\t' && c != '\r') || octet == 0x7F;
}

char lowered(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view withoutEnding(std::string_view line)
{
    if (line.ends_with('\n'))
        line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
    return line;
}

/// RFC 9112 §2.3; the minor number may be absent, as HTTP/2 is sometimes written. Returns the characters it took.
std::size_t readVersion(std::string_view text, HttpHead &head)
{
    if (!text.starts_with("HTTP/") || text.size() < 6 || !isDigit(text[5]))
        return 0;
    head.versionMajor = text[5] - '0';
    if (text.size() < 8 || text[6] != '.' || !isDigit(text[7]))
        return 6;
    head.versionMinor = text[7] - '0';
    return 8;
}

bool isStatusCode(std::string_view text)
{
    return text.size() >= 3 && std::all_of(text.begin(), text.begin() + 3, isDigit) &&
           (text.size() == 3 || !isDigit(text[3]));
}

/// "HTTP/1.1 101" at the start of `text`: enough to be told from prose that mentions HTTP.
bool beginsWithStatusLine(std::string_view text)
{
    HttpHead ignored;
    const std::size_t version = readVersion(text, ignored);
    return version > 0 && text.size() > version && text[version] == ' ' && isStatusCode(text.substr(version + 1));
}

bool looksLikeField(std::string_view content)
{
    const std::size_t colon = content.find(':');
    return colon != std::string_view::npos && isToken(content.substr(0, colon));
}

/// Fills one HttpHead from its lines.
class HeadParser
{
public:
    HeadParser(HeadKind kind, OctetView raw) : m_text(textOf(raw))
    {
        m_head.kind = kind;
        m_head.raw = copyOf(raw);
    }

    HttpHead parse()
    {
        const std::size_t start = findStart();
        if (start > 0)
            note(HeadOddity::LeadingOctets, 0, start);
        bool isStartLine = true;
        for (std::size_t at = start; at < m_text.size();) {
            const std::string_view line = lineAt(at);
            const std::string_view content = withoutEnding(line);
            if (isStartLine)
                startLine(content, at);
            else if (!content.empty())
                fieldLine(content, at, line.size());
            noteOctets(content, at);
            if (line.size() == content.size() + 1)
                note(HeadOddity::BareLineFeed, at + content.size(), 1);
            at += line.size();
            if (content.empty() && !isStartLine)
                break;
            isStartLine = false;
        }
        if (isStartLine)
            note(HeadOddity::StartLineMalformed, m_text.size(), 0);
        std::ranges::stable_sort(m_head.oddities, {}, &OddityAt::offset);
        return std::move(m_head);
    }

private:
    std::string_view lineAt(std::size_t at) const
    {
        const std::size_t end = m_text.find('\n', at);
        return m_text.substr(at, end == std::string_view::npos ? end : end + 1 - at);
    }

    std::size_t findStart() const
    {
        HeadBounds bounds(m_head.kind);
        for (std::size_t at = 0; at < m_text.size() && !bounds.started();) {
            const std::string_view line = lineAt(at);
            bounds.line(line, at);
            at += line.size();
        }
        if (bounds.started())
            return bounds.start();
        return bounds.firstText().value_or(m_text.size());
    }

    void note(HeadOddity oddity, std::size_t offset, std::size_t length)
    {
        m_head.oddities.push_back({oddity, offset, length});
    }

    void noteOctets(std::string_view content, std::size_t offset)
    {
        for (std::size_t i = 0; i < content.size();) {
            if (content[i] == '\r') {
                note(HeadOddity::BareCarriageReturn, offset + i, 1);
                ++i;
                continue;
            }
            const std::size_t from = i;
            while (i < content.size() && isControl(content[i]))
                ++i;
            if (i > from)
                note(HeadOddity::ControlOctet, offset + from, i - from);
            else
                ++i;
        }
    }

    void startLine(std::string_view content, std::size_t offset)
    {
        m_head.startLine = content;
        const bool good = m_head.kind == HeadKind::Request ? requestLine(content) : statusLine(content, offset);
        if (!good)
            note(HeadOddity::StartLineMalformed, offset, content.size());
    }

    // RFC 9112 §3: method SP request-target SP HTTP-version
    bool requestLine(std::string_view content)
    {
        const std::size_t first = content.find(' ');
        const std::size_t last = content.rfind(' ');
        m_head.method = content.substr(0, first);
        if (first == std::string_view::npos)
            return false;
        const std::string_view version = content.substr(last + 1);
        const bool versionGood = readVersion(version, m_head) == 8 && version.size() == 8;
        const std::string_view rest = content.substr(first + 1);
        // Without a version at its end, all the rest is target; "GET HTTP/1.1" has none.
        if (version.starts_with("HTTP/"))
            m_head.target = last == first ? std::string_view() : rest.substr(0, last - first - 1);
        else
            m_head.target = rest;
        return versionGood && isToken(m_head.method) && !m_head.target.empty() &&
               std::ranges::none_of(m_head.target, [](char c) { return isSpace(c) || isControl(c) || c == '\r'; });
    }

    // RFC 9112 §4: HTTP-version SP status-code SP [ reason-phrase ]
    bool statusLine(std::string_view content, std::size_t offset)
    {
        const std::size_t version = readVersion(content, m_head);
        if (version == 0 || content.size() <= version || content[version] != ' ')
            return false;
        const std::string_view rest = content.substr(version + 1);
        if (!isStatusCode(rest) || (rest.size() > 3 && rest[3] != ' '))
            return false;
        m_head.status = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
        if (rest.size() == 3)
            note(HeadOddity::StatusLineNoSpace, offset + content.size(), 0);
        else
            m_head.reason = rest.substr(4);
        return version == 8;
    }

    void fieldLine(std::string_view content, std::size_t offset, std::size_t lineSize)
    {
        if (isSpace(content.front())) {
            foldedLine(content, offset, lineSize);
            return;
        }
        const std::size_t colon = content.find(':');
        if (m_head.kind == HeadKind::Response && beginsWithStatusLine(content)) {
            note(HeadOddity::SecondStatusLine, offset, content.size());
            addField({}, content, offset, offset, lineSize);
            return;
        }
        if (colon == std::string_view::npos) {
            note(HeadOddity::MissingColon, offset, content.size());
            addField({}, content, offset, offset, lineSize);
            return;
        }
        std::string_view name = content.substr(0, colon);
        const std::size_t nameEnd = name.find_last_not_of(" \t");
        name = name.substr(0, nameEnd == std::string_view::npos ? 0 : nameEnd + 1);
        if (name.size() < colon)
            note(HeadOddity::SpaceBeforeColon, offset + name.size(), colon - name.size());
        if (name.empty()) {
            note(HeadOddity::EmptyName, offset, colon + 1);
        } else if (!isToken(name)) {
            const auto wrong = std::ranges::find_if_not(name, isTokenCharacter);
            note(HeadOddity::InvalidNameOctet, offset + static_cast<std::size_t>(wrong - name.begin()), 1);
        }
        addField(name, content.substr(colon + 1), offset + colon + 1, offset, lineSize);
    }

    void addField(std::string_view name, std::string_view value, std::size_t valueOffset, std::size_t offset,
                  std::size_t lineSize)
    {
        const std::string_view kept = trimmed(value);
        HeaderField field;
        field.name = name;
        field.value = kept;
        field.offset = offset;
        field.length = lineSize;
        field.valueOffset = valueOffset + static_cast<std::size_t>(kept.data() - value.data());
        field.valueLength = kept.size();
        m_head.fields.push_back(std::move(field));
    }

    // RFC 9112 §5.2: the fold counts as one space. After the start line there is nothing to fold into.
    void foldedLine(std::string_view content, std::size_t offset, std::size_t lineSize)
    {
        note(HeadOddity::ObsoleteFolding, offset, content.size());
        if (m_head.fields.empty()) {
            note(HeadOddity::MissingColon, offset, content.size());
            addField({}, content, offset, offset, lineSize);
            return;
        }
        HeaderField &field = m_head.fields.back();
        const std::string_view more = trimmed(content);
        field.length += lineSize;
        if (more.empty())
            return;
        if (!field.value.empty())
            field.value += ' ';
        else
            field.valueOffset = offset + static_cast<std::size_t>(more.data() - content.data());
        field.value += more;
        field.valueLength =
            offset + static_cast<std::size_t>(more.data() - content.data()) + more.size() - field.valueOffset;
    }

    std::string_view m_text;
    HttpHead m_head;
};
} // namespace

const HeaderField *HttpHead::find(std::string_view name) const
{
    const auto field =
        std::ranges::find_if(fields, [&](const HeaderField &f) { return equalsIgnoringCase(f.name, name); });
    return field == fields.end() ? nullptr : &*field;
}

std::size_t HttpHead::count(std::string_view name) const
{
    return all(name).size();
}

std::vector<const HeaderField *> HttpHead::all(std::string_view name) const
{
    std::vector<const HeaderField *> found;
    for (const HeaderField &field : fields)
        if (equalsIgnoringCase(field.name, name))
            found.push_back(&field);
    return found;
}

std::string HttpHead::joined(std::string_view name) const
{
    std::string text;
    bool first = true;
    for (const HeaderField *field : all(name)) {
        if (!std::exchange(first, false))
            text += ", ";
        text += field->value;
    }
    return text;
}

std::vector<std::string> HttpHead::tokens(std::string_view name) const
{
    std::vector<std::string> found;
    const std::string text = joined(name);
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        std::string token(trimmed(std::string_view(text).substr(at, comma - at)));
        std::ranges::transform(token, token.begin(), lowered);
        if (!token.empty())
            found.push_back(std::move(token));
        at = comma + 1;
    }
    return found;
}

bool HttpHead::hasToken(std::string_view name, std::string_view token) const
{
    return std::ranges::any_of(tokens(name), [&](const std::string &one) { return equalsIgnoringCase(one, token); });
}

bool HttpHead::has(HeadOddity oddity) const
{
    return std::ranges::find(oddities, oddity, &OddityAt::oddity) != oddities.end();
}

void HeadBounds::line(std::string_view text, std::size_t offset)
{
    const std::string_view content = withoutEnding(text);
    if (m_start) {
        if (content.empty())
            m_ended = true;
        else
            ++m_fieldLines;
        return;
    }
    if (!content.empty() && !m_firstText)
        m_firstText = offset;
    if (m_kind == HeadKind::Response) {
        beforeResponse(content, offset);
        return;
    }
    const auto first = std::ranges::find_if(content, isTokenCharacter);
    if (first != content.end())
        m_start = offset + static_cast<std::size_t>(first - content.begin());
}

void HeadBounds::beforeResponse(std::string_view content, std::size_t offset)
{
    if (content.starts_with("HTTP/")) {
        m_start = offset;
        return;
    }
    for (std::size_t at = content.find("HTTP/"); at != std::string_view::npos; at = content.find("HTTP/", at + 1)) {
        if (beginsWithStatusLine(content.substr(at))) {
            m_start = offset + at;
            return;
        }
    }
    if (!content.empty()) {
        if (!m_blockStart)
            m_blockStart = offset;
        ++m_blockLines;
        m_blockEndsWithField = looksLikeField(content);
        return;
    }
    if (m_blockLines >= 2 && m_blockEndsWithField) {
        m_start = m_blockStart;
        m_fieldLines = m_blockLines - 1;
        m_ended = true;
    }
    m_blockStart.reset();
    m_blockLines = 0;
}

HttpHeadReader::HttpHeadReader(HeadKind kind, const Limits &limits)
    : m_kind(kind), m_limitOctets(limits.headOctets), m_limitLines(limits.headLines), m_bounds(kind)
{}

std::size_t HttpHeadReader::feed(OctetView octets)
{
    std::size_t taken = 0;
    while (m_state == State::Reading && taken < octets.size()) {
        const OctetView rest = octets.subspan(taken);
        const auto lineFeed = std::ranges::find(rest, std::byte{'\n'});
        const bool wholeLine = lineFeed != rest.end();
        const std::size_t wanted = static_cast<std::size_t>(lineFeed - rest.begin()) + (wholeLine ? 1 : 0);
        const std::size_t size = std::min(wanted, m_limitOctets - m_raw.size());
        append(m_raw, rest.first(size));
        taken += size;
        if (size < wanted) {
            m_state = State::TooLarge;
            break;
        }
        if (!wholeLine)
            continue;
        m_bounds.line(textOf(m_raw).substr(m_lineStart), m_lineStart);
        m_lineStart = m_raw.size();
        if (m_bounds.fieldLines() > m_limitLines)
            m_state = State::TooManyLines;
        else if (m_bounds.ended())
            m_state = State::Done;
    }
    return taken;
}

std::optional<Violation> HttpHeadReader::failed() const
{
    if (m_state == State::TooLarge)
        return Violation::HeadTooLarge;
    if (m_state == State::TooManyLines)
        return Violation::HeadTooManyLines;
    return std::nullopt;
}

HttpHead HttpHeadReader::take()
{
    return parseHead(m_kind, std::exchange(m_raw, {}));
}

HttpHead parseHead(HeadKind kind, OctetView raw)
{
    return HeadParser(kind, raw).parse();
}

bool isToken(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, isTokenCharacter);
}

bool equalsIgnoringCase(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, {}, lowered, lowered);
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

} // namespace frameglass::protocol
