// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.h"
#include "tests/vectors/rfc6455.h"

#include <gtest/gtest.h>

namespace frameglass::protocol {

// Every first octet with every second octet, over lengths that are minimal, not minimal and impossible.
TEST(Frame, EveryHeaderRoundTrips)
{
    const std::string_view lengths16[] = {"0000", "007d", "007e", "ffff"};
    const std::string_view lengths64[] = {"0000000000000000", "000000000000007e", "000000000000ffff",
                                          "0000000000010000", "7fffffffffffffff", "8000000000000000",
                                          "ffffffffffffffff"};
    const std::string_view keys[] = {"00000000", "37fa213d", "ffffffff"};
    std::size_t headers = 0;
    for (unsigned first = 0; first < 256; ++first) {
        for (unsigned second = 0; second < 256; ++second) {
            const Octets start = {std::byte(first), std::byte(second)};
            std::vector<Octets> forms = {start};
            if ((second & 0x7F) >= 126) {
                forms.clear();
                if ((second & 0x7F) == 126)
                    for (const auto hex : lengths16)
                        forms.push_back(start + fromHex(hex));
                else
                    for (const auto hex : lengths64)
                        forms.push_back(start + fromHex(hex));
            }
            if ((second & 0x80) != 0) {
                std::vector<Octets> masked;
                for (const Octets &form : forms)
                    for (const auto key : keys)
                        masked.push_back(form + fromHex(key));
                forms = masked;
            }
            for (const Octets &octets : forms) {
                const auto parsed = parseFrameHeader(octets);
                ASSERT_TRUE(parsed) << toHex(octets);
                ASSERT_EQ(parsed->octets, octets.size());
                ASSERT_EQ(parsed->header.headerOctets(), octets.size());
                ASSERT_EQ(parsed->header.fin, first >= 128);
                ASSERT_EQ(parsed->header.rsv, first >> 4 & 7u);
                ASSERT_EQ(parsed->header.opcode, first & 15u);
                ASSERT_EQ(parsed->header.maskKey.has_value(), second >= 128);
                Octets again;
                appendFrameHeader(again, parsed->header);
                ASSERT_EQ(again, octets) << toHex(octets);
                for (std::size_t size = 0; size < octets.size(); ++size)
                    ASSERT_FALSE(parseFrameHeader(OctetView(octets).first(size))) << toHex(octets);
                ++headers;
            }
        }
    }
    EXPECT_EQ(headers, 256u * (126 + 126 * 3 + 4 + 4 * 3 + 7 + 7 * 3));
}

TEST(Frame, Rfc6455Samples)
{
    for (const auto &row : vectors::sampleFrames) {
        const Octets octets = fromHex(row.hex);
        const auto parsed = parseFrameHeader(octets);
        ASSERT_TRUE(parsed) << row.name;
        EXPECT_EQ(parsed->header.fin, row.fin) << row.name;
        EXPECT_EQ(parsed->header.opcode, row.opcode) << row.name;
        EXPECT_EQ(parsed->header.maskKey.has_value(), row.masked) << row.name;
        Octets payload = copyOf(OctetView(octets).subspan(parsed->octets));
        if (parsed->header.maskKey)
            applyMask(payload, *parsed->header.maskKey);
        EXPECT_EQ(textOf(payload), row.payload) << row.name;
        EXPECT_EQ(parsed->header.payloadLength, row.payload.size()) << row.name;
    }
    EXPECT_EQ(parseFrameHeader(fromHex(vectors::header256))->header.payloadLength, 256u);
    EXPECT_EQ(parseFrameHeader(fromHex(vectors::header65536))->header.payloadLength, 65536u);
}

TEST(Frame, LengthThatDoesNotFitTakesTheSmallestForm)
{
    const std::tuple<std::uint8_t, std::uint64_t, std::string_view> rows[] = {{0, 126, "827e007e"},
                                                                              {0, 65536, "827f0000000000010000"},
                                                                              {2, 65536, "827f0000000000010000"},
                                                                              {2, 5, "827e0005"}};
    for (const auto &[lengthOctets, length, expected] : rows) {
        FrameHeader header;
        header.opcode = 2;
        header.lengthOctets = lengthOctets;
        header.payloadLength = length;
        Octets octets;
        appendFrameHeader(octets, header);
        EXPECT_EQ(toHex(octets), expected);
    }
    EXPECT_EQ(minimalLengthOctets(125), 0);
    EXPECT_EQ(minimalLengthOctets(126), 2);
    EXPECT_EQ(minimalLengthOctets(65535), 2);
    EXPECT_EQ(minimalLengthOctets(65536), 8);
}

TEST(Frame, MaskAtEverySizeAndPosition)
{
    for (std::size_t size = 0; size < 100; ++size) {
        for (std::uint64_t position = 0; position < 9; ++position) {
            Octets plain(size);
            for (std::size_t i = 0; i < size; ++i)
                plain[i] = static_cast<std::byte>(i * 7);
            Octets expected = plain;
            for (std::size_t i = 0; i < size; ++i)
                expected[i] ^= sampleMask[(i + position) % 4];
            Octets copied(size);
            copyMasked(copied, plain, sampleMask, position);
            EXPECT_EQ(copied, expected);
            applyMask(plain, sampleMask, position);
            EXPECT_EQ(plain, expected);
        }
    }
}

} // namespace frameglass::protocol
