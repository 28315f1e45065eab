// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "filter.h"

/// Internal to the filter language.
namespace frameglass::analysis {

class FilterParser
{
public:
    enum class Expected { Field, Operator, Value, Connective };
    struct Place
    {
        Expected expected;
        const FilterField *field = nullptr;
    };

    explicit FilterParser(std::string_view text) : m_text(text) {}

    /// Throws FilterError.
    FilterNode parse();
    /// What may come where the text ends, once parse() was called.
    const std::optional<Place> &expectedAtEnd() const { return m_expected; }

private:
    [[noreturn]] void fail(FilterErrorCode code, std::size_t position, std::size_t length, std::string subject,
                           std::string suggestion = {}) const;
    [[noreturn]] void failHere(FilterErrorCode code, std::string suggestion = {}) const;
    void skipSpace();
    bool take(std::string_view symbol);
    std::string_view peekWord();
    bool takeWord(std::string_view word);
    void expect(Expected expected, const FilterField *field = nullptr);

    FilterNode any(int depth);
    FilterNode joined(FilterNode::Form form, int depth);
    FilterNode negation(int depth);
    FilterTest test();
    void argument(const FilterField &field, FilterTest &test);
    static bool readPath(std::string_view text, std::vector<JsonStep> &steps);
    void set(const FilterField &field, FilterTest &test);
    void pattern(FilterTest &test, std::size_t from) const;
    FilterValue value(const FilterField &field, FilterTest &test);
    std::string quoted();
    FilterValue octets(const FilterField &field);
    FilterValue number(const FilterField &field);

    std::string_view m_text;
    std::size_t m_at = 0;
    std::optional<Place> m_expected;
};

std::string_view nameOf(FilterOperator relation);
/// As they are offered, symbols before words.
std::vector<std::string> operatorsOf(FilterType type);

} // namespace frameglass::analysis
