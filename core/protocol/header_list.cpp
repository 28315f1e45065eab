// SPDX-License-Identifier: GPL-3.0-or-later
#include "header_list.h"

#include "http_head.h"

namespace frameglass::protocol {

namespace {
/// Walks over one field value; every reader leaves the cursor at the first character that it did not take.
class Cursor
{
public:
    explicit Cursor(std::string_view text) : m_text(text) {}

    bool atEnd() const { return m_at == m_text.size(); }
    std::size_t position() const { return m_at; }

    void skipSpace()
    {
        while (!atEnd() && (m_text[m_at] == ' ' || m_text[m_at] == '\t'))
            ++m_at;
    }

    bool take(char wanted)
    {
        if (atEnd() || m_text[m_at] != wanted)
            return false;
        ++m_at;
        return true;
    }

    std::string_view token()
    {
        const std::size_t from = m_at;
        while (!atEnd() && isToken(m_text.substr(m_at, 1)))
            ++m_at;
        return m_text.substr(from, m_at - from);
    }

    // After the opening quote. RFC 6455 §9.1: the value after unescaping must be a token, so a character outside it
    // ends the reading there.
    std::optional<std::string> quotedToken()
    {
        std::string value;
        while (!atEnd()) {
            if (m_text[m_at] == '"') {
                if (value.empty())
                    return std::nullopt;
                ++m_at;
                return value;
            }
            const bool escaped = m_text[m_at] == '\\' && m_at + 1 < m_text.size();
            const std::size_t character = escaped ? m_at + 1 : m_at;
            if (!isToken(m_text.substr(character, 1)))
                return std::nullopt;
            value += m_text[character];
            m_at = character + 1;
        }
        return std::nullopt;
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

std::optional<Extension> readExtension(Cursor &cursor)
{
    Extension extension;
    extension.name = cursor.token();
    if (extension.name.empty())
        return std::nullopt;
    for (cursor.skipSpace(); cursor.take(';'); cursor.skipSpace()) {
        cursor.skipSpace();
        std::string name(cursor.token());
        if (name.empty())
            return std::nullopt;
        std::optional<std::string> value;
        cursor.skipSpace();
        if (cursor.take('=')) {
            cursor.skipSpace();
            value = cursor.take('"') ? cursor.quotedToken() : std::string(cursor.token());
            if (!value || value->empty())
                return std::nullopt;
        }
        extension.parameters.emplace_back(std::move(name), std::move(value));
    }
    return extension;
}

std::optional<std::string> readToken(Cursor &cursor)
{
    const std::string_view token = cursor.token();
    if (token.empty())
        return std::nullopt;
    return std::string(token);
}

template<typename Item>
ParsedList<Item> readList(std::string_view value, std::optional<Item> (*readItem)(Cursor &))
{
    ParsedList<Item> list;
    Cursor cursor(value);
    while (true) {
        cursor.skipSpace();
        while (cursor.take(','))
            cursor.skipSpace();
        if (cursor.atEnd())
            break;
        std::optional<Item> item = readItem(cursor);
        if (item)
            cursor.skipSpace();
        if (!item || !(cursor.atEnd() || value[cursor.position()] == ',')) {
            list.errorOffset = cursor.position();
            return list;
        }
        list.items.push_back(std::move(*item));
    }
    if (list.items.empty())
        list.errorOffset = 0;
    return list;
}
} // namespace

ParsedList<Extension> parseExtensions(std::string_view value)
{
    return readList<Extension>(value, readExtension);
}

ParsedList<std::string> parseTokenList(std::string_view value)
{
    return readList<std::string>(value, readToken);
}

std::string formatExtensions(const std::vector<Extension> &extensions)
{
    std::string text;
    for (const Extension &extension : extensions) {
        if (!text.empty())
            text += ", ";
        text += extension.name;
        for (const auto &[name, value] : extension.parameters) {
            text += "; " + name;
            if (value)
                text += "=" + *value;
        }
    }
    return text;
}

} // namespace frameglass::protocol
