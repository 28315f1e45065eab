// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/header_list.h"

#include <gtest/gtest.h>

namespace frameglass::protocol {

TEST(HeaderList, Extensions)
{
    struct Row
    {
        const char *value;
        const char *formatted; ///< of the items that were read
        std::optional<std::size_t> error;
    };
    const Row rows[] = {
        {"foo", "foo", {}},
        {"foo, bar; baz=2", "foo, bar; baz=2", {}},
        {"foo; a; b = c ,bar", "foo; a; b=c, bar", {}},
        {"x; a=\"10\"", "x; a=10", {}},
        {"x; a=\"1\\0\"", "x; a=10", {}},
        {", foo,, bar,", "foo, bar", {}},
        {"", "", 0},
        {" , ,", "", 0},
        {"foo bar", "", 4},
        {"foo;", "", 4},
        {"foo, bar; =1", "foo", 10},
        {"foo; a=", "", 7},
        {"foo; a=\"\"", "", 8},
        {"foo; a=\"b c\"", "", 9},
        {"foo; a=\"b", "", 9},
        {"foo; a=\"b\"c", "", 10},
        {"foo/1", "", 3},
    };
    for (const Row &row : rows) {
        const auto list = parseExtensions(row.value);
        EXPECT_EQ(formatExtensions(list.items), row.formatted) << row.value;
        EXPECT_EQ(list.errorOffset, row.error) << row.value;
    }
    const auto parameters = parseExtensions("x; flag; empty=v").items.at(0).parameters;
    EXPECT_EQ(parameters.at(0), std::pair(std::string("flag"), std::optional<std::string>()));
    EXPECT_EQ(parameters.at(1), std::pair(std::string("empty"), std::optional<std::string>("v")));
}

TEST(HeaderList, Tokens)
{
    const auto list = parseTokenList("chat , superchat,,");
    EXPECT_EQ(list.items, (std::vector<std::string>{"chat", "superchat"}));
    EXPECT_EQ(list.errorOffset, std::nullopt);
    EXPECT_EQ(parseTokenList("a b").errorOffset, 2u);
    EXPECT_EQ(parseTokenList("").errorOffset, 0u);
    EXPECT_EQ(parseTokenList("a, \"b\"").items, std::vector<std::string>{"a"});
    EXPECT_EQ(parseTokenList("a, \"b\"").errorOffset, 3u);
}

} // namespace frameglass::protocol
