// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/order.h"

#include <gtest/gtest.h>

using namespace frameglass::session;

namespace {

template<typename T>
T orderFrom(std::string_view line)
{
    const auto result = parseOrder(line);
    const auto *order = std::get_if<Order>(&result);
    if (!order || !std::holds_alternative<T>(*order))
        throw std::runtime_error("another order");
    return std::get<T>(*order);
}

OrderFault faultFrom(std::string_view line)
{
    return std::get<OrderFault>(parseOrder(line));
}

} // namespace

TEST(Order, TextIsSentAsTyped)
{
    EXPECT_EQ(orderFrom<TextOrder>("").text, "");
    EXPECT_EQ(orderFrom<TextOrder>("hello /ping").text, "hello /ping");
    EXPECT_EQ(orderFrom<TextOrder>("//ping").text, "/ping");
}

TEST(Order, PingAndPongCarryTheirText)
{
    EXPECT_FALSE(orderFrom<PingOrder>("/ping").payload);
    EXPECT_EQ(orderFrom<PingOrder>("/ping a b").payload, "a b");
    EXPECT_EQ(orderFrom<PongOrder>("/pong").payload, "");
    EXPECT_EQ(orderFrom<PongOrder>("/pong x").payload, "x");
    EXPECT_EQ(orderFrom<PingOrder>("/ping " + std::string(125, 'x')).payload->size(), 125u);
}

TEST(Order, CloseTakesAnyCodeAndAReason)
{
    EXPECT_FALSE(orderFrom<CloseOrder>("/close").code);
    EXPECT_EQ(orderFrom<CloseOrder>("/close 1000 bye now").reason, "bye now");
    EXPECT_EQ(orderFrom<CloseOrder>("/close 1006").code, 1006);
    EXPECT_EQ(orderFrom<CloseOrder>("/close 65535").code, 65535);
}

TEST(Order, FaultsNameTheirPlace)
{
    EXPECT_EQ(faultFrom("/quit").error, OrderError::UnknownCommand);
    EXPECT_EQ(faultFrom("/close soon").error, OrderError::CodeInvalid);
    EXPECT_EQ(faultFrom("/close soon").position, 7u);
    EXPECT_EQ(faultFrom("/close 65536").error, OrderError::CodeInvalid);
    EXPECT_EQ(faultFrom("/close 1000x").error, OrderError::CodeInvalid);
    EXPECT_EQ(faultFrom("/close 1000 " + std::string(124, 'r')).error, OrderError::ReasonTooLong);
    EXPECT_EQ(faultFrom("/ping " + std::string(126, 'x')).error, OrderError::PayloadTooLong);
}
