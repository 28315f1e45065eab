// SPDX-License-Identifier: GPL-3.0-or-later
// Negotiation of permessage-deflate: each rule of RFC 7692 §7.1 from both ends.
#include "support.h"

#include <gtest/gtest.h>

namespace frameglass::protocol {

namespace {
std::vector<Extension> extensions(std::string_view value)
{
    return parseExtensions(value).items;
}

std::string answerTo(std::string_view offers, const DeflatePreferences &wanted = {})
{
    const auto answer = answerDeflate(extensions(offers), wanted);
    return answer ? formatExtensions({extensionOf(*answer)}) : std::string("-");
}

std::string faultsOf(std::string_view offers, std::string_view answer)
{
    const auto offered = extensions(offers);
    std::string text;
    for (const auto &fault : judgeDeflateAnswer(extensions(answer), &offered))
        text += (text.empty() ? "" : ", ") + std::string(infoOf(fault.violation).id) + " " + fault.detail;
    return text;
}
} // namespace

TEST(PermessageDeflate, OffersAndAnswersAreReadParameterByParameter)
{
    struct Row
    {
        std::string_view value;
        std::string_view offerFault;
        std::string_view answerFault;
    };
    const Row rows[] = {
        {"permessage-deflate", "", ""},
        {"permessage-deflate; server_no_context_takeover; client_no_context_takeover", "", ""},
        {"permessage-deflate; server_max_window_bits=8; client_max_window_bits=15", "", ""},
        {"permessage-deflate; client_max_window_bits=\"10\"", "", ""},
        {"permessage-deflate; client_max_window_bits", "", "client_max_window_bits"},
        {"permessage-deflate; server_max_window_bits", "server_max_window_bits", "server_max_window_bits"},
        {"permessage-deflate; server_max_window_bits=7", "server_max_window_bits=7", "server_max_window_bits=7"},
        {"permessage-deflate; server_max_window_bits=16", "server_max_window_bits=16", "server_max_window_bits=16"},
        {"permessage-deflate; server_max_window_bits=08", "server_max_window_bits=08", "server_max_window_bits=08"},
        {"permessage-deflate; client_max_window_bits=x", "client_max_window_bits=x", "client_max_window_bits=x"},
        {"permessage-deflate; server_no_context_takeover=1", "server_no_context_takeover=1",
         "server_no_context_takeover=1"},
        {"permessage-deflate; client_no_context_takeover; client_no_context_takeover", "client_no_context_takeover",
         "client_no_context_takeover"},
        {"permessage-deflate; server_max_window_bits=9; server_max_window_bits=9", "server_max_window_bits=9",
         "server_max_window_bits=9"},
        {"permessage-deflate; client_max_window_bits; client_max_window_bits=9", "client_max_window_bits=9",
         "client_max_window_bits"},
        {"permessage-deflate; level=9", "level=9", "level=9"},
        {"permessage-deflate; Server_no_context_takeover", "Server_no_context_takeover", "Server_no_context_takeover"},
    };
    for (const Row &row : rows) {
        const auto list = extensions(row.value);
        ASSERT_EQ(list.size(), 1u) << row.value;
        EXPECT_EQ(parseDeflate(list.front(), DeflateSide::Offer).fault.value_or(""), row.offerFault) << row.value;
        EXPECT_EQ(parseDeflate(list.front(), DeflateSide::Answer).fault.value_or(""), row.answerFault) << row.value;
    }
}

TEST(PermessageDeflate, WhatIsReadCanBeWrittenAgain)
{
    for (const std::string_view value :
         {"permessage-deflate", "permessage-deflate; client_max_window_bits",
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; "
          "client_max_window_bits=10"})
        EXPECT_EQ(
            formatExtensions({extensionOf(parseDeflate(extensions(value).front(), DeflateSide::Offer).parameters)}),
            value);
}

TEST(PermessageDeflate, AServerAnswersTheFirstLegalOffer)
{
    EXPECT_EQ(answerTo("permessage-deflate"), "permessage-deflate");
    EXPECT_EQ(answerTo("permessage-deflate; client_max_window_bits"), "permessage-deflate");
    EXPECT_EQ(answerTo("x-webkit-deflate-frame"), "-");
    EXPECT_EQ(answerTo("permessage-deflate; unknown, permessage-deflate; server_max_window_bits=10"),
              "permessage-deflate; server_max_window_bits=10");
    EXPECT_EQ(answerTo("permessage-deflate; server_max_window_bits=7"), "-");
    EXPECT_EQ(answerTo("permessage-deflate; server_no_context_takeover; client_max_window_bits=9"),
              "permessage-deflate; server_no_context_takeover; client_max_window_bits=9");
}

TEST(PermessageDeflate, AServersWishesStayWithinTheOffer)
{
    DeflatePreferences wanted;
    wanted.serverNoContextTakeover = true;
    wanted.clientNoContextTakeover = true;
    wanted.serverMaxWindowBits = 10;
    wanted.clientMaxWindowBits = 11;
    EXPECT_EQ(answerTo("permessage-deflate", wanted),
              "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10");
    EXPECT_EQ(answerTo("permessage-deflate; client_max_window_bits; server_max_window_bits=9", wanted),
              "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; "
              "client_max_window_bits=11");
    EXPECT_EQ(answerTo("permessage-deflate; client_max_window_bits=10; server_max_window_bits=12", wanted),
              "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; "
              "client_max_window_bits=10");
}

TEST(PermessageDeflate, AClientJudgesTheAnswer)
{
    EXPECT_EQ(faultsOf("permessage-deflate", "permessage-deflate"), "");
    EXPECT_EQ(faultsOf("permessage-deflate", "permessage-deflate; server_no_context_takeover; "
                                             "client_no_context_takeover; server_max_window_bits=8"),
              "");
    EXPECT_EQ(faultsOf("permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=12"),
              "");
    EXPECT_EQ(faultsOf("permessage-deflate", "permessage-deflate; client_max_window_bits=12"),
              "deflate-answer-incompatible permessage-deflate; client_max_window_bits=12");
    EXPECT_EQ(faultsOf("permessage-deflate; server_no_context_takeover", "permessage-deflate"),
              "deflate-answer-incompatible permessage-deflate");
    EXPECT_EQ(faultsOf("permessage-deflate; server_max_window_bits=10", "permessage-deflate"),
              "deflate-answer-incompatible permessage-deflate");
    EXPECT_EQ(
        faultsOf("permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=11"),
        "deflate-answer-incompatible permessage-deflate; server_max_window_bits=11");
    EXPECT_EQ(faultsOf("permessage-deflate; server_max_window_bits=10, permessage-deflate", "permessage-deflate"), "");
    EXPECT_EQ(faultsOf("permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits"),
              "deflate-answer-invalid client_max_window_bits");
    EXPECT_EQ(faultsOf("permessage-deflate", "permessage-deflate; mode=fast"), "deflate-answer-invalid mode=fast");
    EXPECT_EQ(faultsOf("permessage-deflate", "permessage-deflate, permessage-deflate"),
              "extension-duplicate permessage-deflate");
    EXPECT_EQ(faultsOf("", "permessage-deflate"), ""); // that nobody asked for it is another fault
}

TEST(PermessageDeflate, TheAgreementIsWhatBothEndsKeepTo)
{
    EXPECT_EQ(deflateAgreement(extensions("other"), nullptr), std::nullopt);
    EXPECT_EQ(deflateAgreement(extensions("permessage-deflate"), nullptr), (DeflateAgreement{{15, true}, {15, true}}));
    EXPECT_EQ(deflateAgreement(extensions("permessage-deflate; server_no_context_takeover; server_max_window_bits=9; "
                                          "client_max_window_bits=10"),
                               nullptr),
              (DeflateAgreement{{9, false}, {10, true}}));
    // RFC 7692 §7.1.1.2, §7.1.2.2: a client keeps to its own word, answered or not.
    const auto offered = extensions("permessage-deflate; client_no_context_takeover; client_max_window_bits=9");
    EXPECT_EQ(deflateAgreement(extensions("permessage-deflate"), &offered), (DeflateAgreement{{15, true}, {9, false}}));
}

TEST(PermessageDeflate, OffersThatAPersonWrote)
{
    const auto format = [](std::string_view text) {
        const WrittenOffers written = parseWrittenOffers(text);
        if (written.error)
            return "error " + *written.error;
        std::vector<Extension> list;
        for (const auto &offer : written.offers)
            list.push_back(extensionOf(offer));
        return formatExtensions(list);
    };
    EXPECT_EQ(format(""), "permessage-deflate");
    EXPECT_EQ(format("client_max_window_bits"), "permessage-deflate; client_max_window_bits");
    EXPECT_EQ(format("permessage-deflate; server_max_window_bits=10,client_max_window_bits"),
              "permessage-deflate; server_max_window_bits=10, permessage-deflate; client_max_window_bits");
    EXPECT_EQ(format("server_max_window_bits=10, "),
              "permessage-deflate; server_max_window_bits=10, permessage-deflate");
    EXPECT_EQ(format("server_max_window_bits=20"), "error server_max_window_bits=20");
    EXPECT_EQ(format("fast please"), "error fast please");
    EXPECT_EQ(format("x-permessage-deflate-2"), "error x-permessage-deflate-2");
}

} // namespace frameglass::protocol
