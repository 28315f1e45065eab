// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.h"

#include <gtest/gtest.h>

namespace frameglass::protocol {

namespace {
using Keep = MessageAssembler::Keep;

FrameHeader header(Opcode opcode, bool fin, std::uint64_t length, std::uint8_t rsv = 0)
{
    FrameHeader result;
    result.opcode = static_cast<std::uint8_t>(opcode);
    result.fin = fin;
    result.payloadLength = length;
    result.rsv = rsv;
    return result;
}

MessageAssembler::Ended feed(MessageAssembler &assembler, Opcode opcode, bool fin, std::string_view payload)
{
    EXPECT_EQ(assembler.begin(header(opcode, fin, payload.size())), std::nullopt);
    EXPECT_EQ(assembler.payload(viewOf(payload)), std::nullopt);
    return assembler.end();
}
} // namespace

TEST(MessageAssembler, JoinsFragments)
{
    MessageAssembler assembler{Limits{}};
    EXPECT_FALSE(feed(assembler, Opcode::Text, false, "\xE4\xB8").message);
    EXPECT_TRUE(assembler.inMessage());
    EXPECT_FALSE(feed(assembler, Opcode::Continuation, false, "").message);
    const auto ended = feed(assembler, Opcode::Continuation, true, "\x96!");
    ASSERT_TRUE(ended.message);
    EXPECT_EQ(ended.message->opcode, Opcode::Text);
    EXPECT_EQ(textOf(ended.message->payload), "\xE4\xB8\x96!");
    EXPECT_EQ(ended.message->fragments, 3u);
    EXPECT_EQ(ended.message->octets, 4u);
    EXPECT_FALSE(assembler.inMessage());
}

TEST(MessageAssembler, KeepsWhatItIsToldTo)
{
    for (const auto &[keep, one, two] : {std::tuple(Keep::All, "ab", "abcd"), std::tuple(Keep::Fragmented, "", "abcd"),
                                         std::tuple(Keep::Nothing, "", "")}) {
        MessageAssembler assembler(Limits{}, keep);
        const auto single = feed(assembler, Opcode::Binary, true, "ab");
        EXPECT_EQ(textOf(single.message->payload), one);
        EXPECT_EQ(single.message->octets, 2u);
        feed(assembler, Opcode::Binary, false, "ab");
        EXPECT_EQ(textOf(feed(assembler, Opcode::Continuation, true, "cd").message->payload), two);
    }
}

TEST(MessageAssembler, JudgesHeaders)
{
    Limits limits;
    limits.messageOctets = 10;
    limits.fragmentsPerMessage = 2;
    MessageAssembler assembler(limits);
    EXPECT_EQ(assembler.begin(header(Opcode::Continuation, true, 1)), Violation::ContinuationWithoutStart);
    EXPECT_EQ(assembler.begin(header(Opcode::Binary, true, 11)), Violation::MessageTooBig);
    EXPECT_EQ(assembler.begin(header(Opcode::Binary, true, ~0ull)), Violation::MessageTooBig);
    feed(assembler, Opcode::Binary, false, "12345678");
    EXPECT_EQ(assembler.begin(header(Opcode::Text, true, 1)), Violation::MessageInterleaved);
    EXPECT_EQ(assembler.begin(header(Opcode::Continuation, true, 3)), Violation::MessageTooBig);
    feed(assembler, Opcode::Continuation, false, "90");
    EXPECT_EQ(assembler.begin(header(Opcode::Continuation, true, 0)), Violation::TooManyFragments);
    assembler.reset();
    EXPECT_TRUE(feed(assembler, Opcode::Text, true, "again").message);
}

TEST(MessageAssembler, FindsTheWrongOctetInTheMessage)
{
    MessageAssembler assembler{Limits{}};
    feed(assembler, Opcode::Text, false, "abc\xED");
    EXPECT_EQ(assembler.begin(header(Opcode::Continuation, true, 4)), std::nullopt);
    EXPECT_EQ(assembler.payload(viewOf("\xA0")), Violation::InvalidUtf8);
    EXPECT_EQ(assembler.badOctetOffset(), 4u);
    EXPECT_EQ(assembler.payload(viewOf("\xFFxx")), std::nullopt) << "said once a message";
    EXPECT_EQ(assembler.end().violation, std::nullopt);

    EXPECT_EQ(assembler.begin(header(Opcode::Text, true, 2)), std::nullopt);
    EXPECT_EQ(assembler.payload(viewOf("a\xC3")), std::nullopt);
    EXPECT_EQ(assembler.end().violation, Violation::InvalidUtf8);
}

TEST(MessageAssembler, CompressedTextIsNotJudged)
{
    MessageAssembler assembler{Limits{}};
    EXPECT_EQ(assembler.begin(header(Opcode::Text, true, 1, rsv1)), std::nullopt);
    EXPECT_EQ(assembler.payload(viewOf("\xFF")), std::nullopt);
    const auto ended = assembler.end();
    EXPECT_EQ(ended.violation, std::nullopt);
    EXPECT_TRUE(ended.message->compressed);
}

} // namespace frameglass::protocol
