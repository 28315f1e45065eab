// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/close_code.h"
#include "core/protocol/connection_state.h"
#include "support.h"

#include <gtest/gtest.h>

#include <set>

namespace frameglass::protocol {

TEST(Octets, HexIsLowerCase)
{
    EXPECT_EQ(toHex(fromHex("00ff5Aa0")), "00ff5aa0");
    EXPECT_EQ(toHex({}), "");
}

// RFC 4648 §10
TEST(Octets, Base64Vectors)
{
    const std::pair<std::string_view, std::string_view> rows[] = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"}};
    for (const auto &[text, encoded] : rows)
        EXPECT_EQ(toBase64(viewOf(text)), encoded);
    EXPECT_EQ(toBase64(fromHex("fbff")), "+/8=");
}

TEST(CloseCode, LegalOnTheWire)
{
    std::vector<std::pair<unsigned, unsigned>> ranges;
    for (unsigned code = 0; code <= 0xFFFF; ++code) {
        if (!isLegalOnTheWire(static_cast<std::uint16_t>(code)))
            continue;
        if (!ranges.empty() && ranges.back().second + 1 == code)
            ranges.back().second = code;
        else
            ranges.emplace_back(code, code);
    }
    const std::vector<std::pair<unsigned, unsigned>> expected = {{1000, 1003}, {1007, 1014}, {3000, 4999}};
    EXPECT_EQ(ranges, expected);
}

TEST(CloseCode, Names)
{
    EXPECT_EQ(closeCodeName(1000), "Normal Closure");
    EXPECT_EQ(closeCodeName(1006), "Abnormal Closure");
    EXPECT_EQ(closeCodeName(3001), "Registered");
    EXPECT_EQ(closeCodeName(4000), "Private Use");
    EXPECT_EQ(closeCodeName(999), "");
    EXPECT_EQ(closeCodeName(1016), "");
    EXPECT_EQ(closeCodeName(5000), "");
}

TEST(Violation, IdsAreUniqueAndFound)
{
    std::set<std::string_view> ids;
    for (const ViolationInfo &info : violations()) {
        EXPECT_TRUE(ids.insert(info.id).second) << info.id;
        EXPECT_EQ(violationFromId(info.id), info.violation);
        EXPECT_EQ(&infoOf(info.violation), &info);
        EXPECT_TRUE(info.clause.starts_with("RFC ")) << info.id;
        EXPECT_FALSE(info.closeCode && info.httpStatus != 0) << info.id;
        const bool frames = info.violation >= Violation::ReservedBit;
        EXPECT_EQ(info.closeCode.has_value(), frames) << info.id;
    }
    EXPECT_EQ(ids.size(), static_cast<std::size_t>(Violation::OutputStalled) + 1);
    EXPECT_EQ(violationFromId("no-such-rule"), std::nullopt);
}

TEST(ConnectionState, TableIsCompleteAndUnambiguous)
{
    constexpr int triggers = 6;
    std::set<std::pair<ConnectionState, Trigger>> rows;
    std::set<ConnectionState> reached = {ConnectionState::Opening};
    for (const Transition &row : transitions()) {
        EXPECT_TRUE(rows.insert({row.from, row.trigger}).second);
        EXPECT_EQ(after(row.from, row.trigger), row.to);
        EXPECT_FALSE(isFinal(row.from));
        EXPECT_TRUE(row.clause.starts_with("RFC 6455 §")) << row.clause;
        reached.insert(row.to);
    }
    EXPECT_EQ(reached.size(), static_cast<std::size_t>(connectionStateCount));
    for (int s = 0; s < connectionStateCount; ++s) {
        const auto state = static_cast<ConnectionState>(s);
        EXPECT_EQ(connectionStateFromName(nameOf(state)), state);
        // Whatever happens to TCP, a connection that stands has a place to go.
        EXPECT_EQ(after(state, Trigger::TransportEnded).has_value(), !isFinal(state)) << nameOf(state);
        for (int t = 0; t < triggers; ++t)
            EXPECT_EQ(after(state, static_cast<Trigger>(t)).has_value(),
                      rows.contains({state, static_cast<Trigger>(t)}));
    }
    for (int t = 0; t < triggers; ++t)
        EXPECT_EQ(triggerFromName(nameOf(static_cast<Trigger>(t))), static_cast<Trigger>(t));
    EXPECT_EQ(nameOf(ConnectionState::CloseSent), "close-sent");
    EXPECT_EQ(nameOf(Trigger::HandshakeFailed), "handshake-failed");
    EXPECT_EQ(connectionStateFromName("ajar"), std::nullopt);
    EXPECT_EQ(triggerFromName(""), std::nullopt);
}

} // namespace frameglass::protocol
