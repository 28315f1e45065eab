// SPDX-License-Identifier: GPL-3.0-or-later
// One connection over a stream in memory, so that the test decides where each read ends.
#include "core/session/connection.h"

#include "core/protocol/close_code.h"
#include "tests/support/raw_socket.h"

#include <gtest/gtest.h>

using namespace frameglass;
using namespace frameglass::session;
using namespace frameglass::test;
using protocol::Role;
using protocol::Violation;

namespace {

class MemoryStream final : public transport::Stream
{
public:
    void start(transport::StreamHandler &handler) override { m_handler = &handler; }
    void send(protocol::Octets octets) override { sent += protocol::textOf(octets); }
    void flush(TimePoint now) override
    {
        if (m_shutdown && m_handler && !std::exchange(finSent, true))
            m_handler->sendEnded(now);
    }
    std::size_t queuedOctets() const override { return 0; }
    void shutdownSend() override { m_shutdown = true; }
    void drain(TimePoint) override {}
    capture::TransportEnd close() override
    {
        m_handler = nullptr;
        return capture::TransportEnd::ClosedByUs;
    }
    capture::TransportEnd reset() override { return close(); }
    capture::SocketFacts facts() const override { return {}; }

    /// One read.
    void arrive(std::string_view octets)
    {
        if (m_handler)
            m_handler->received(protocol::viewOf(octets), std::chrono::steady_clock::now());
    }

    std::string sent;
    bool finSent = false;

private:
    transport::StreamHandler *m_handler = nullptr;
    bool m_shutdown = false;
};

class AcceptAll final : public ConnectionOwner
{
public:
    void requestArrived(Connection &connection, const std::vector<protocol::HandshakeFault> &) override
    {
        connection.peer().accept({});
    }
    void connectionEnded(Connection &) override {}
};

/// An echoing end of either role. What it sends is masked, if at all, with a key of zeros.
class EchoingEnd
{
public:
    explicit EchoingEnd(Role role) : m_role(role)
    {
        ConnectionOptions options;
        options.peer.role = role;
        if (role == Role::Client)
            options.peer.maskSource = [] { return protocol::MaskKey{}; };
        options.upgradeLimit = options.closeLimit = std::chrono::hours(1);
        auto sink = std::make_shared<capture::NullSink>();
        m_connection = std::make_shared<Connection>(m_context, m_stream, Journal(sink, sink->newConnection()), options,
                                                    m_owner, &m_responder);
        m_connection->start(std::chrono::steady_clock::now());
        if (role == Role::Client) {
            protocol::HandshakeRequest request;
            request.host = "localhost";
            request.target = "/";
            request.key = "dGhlIHNhbXBsZSBub25jZQ==";
            m_connection->open(request, std::chrono::steady_clock::now());
        }
    }
    ~EchoingEnd()
    {
        m_connection->disconnect(false);
        m_context.poll();
    }

    /// The other end's part of the opening handshake.
    std::string opening() const { return m_role == Role::Server ? upgradeRequest() : upgradeResponse(m_stream->sent); }
    void arrive(std::string_view octets) { m_stream->arrive(octets); }
    /// What left after our part of the opening handshake, and "FIN".
    std::string sentFrames() const
    {
        const auto &sent = m_stream->sent;
        return sent.substr(sent.find("\r\n\r\n") + 4) + (m_stream->finSent ? "FIN" : "");
    }

private:
    const Role m_role;
    asio::io_context m_context;
    AcceptAll m_owner;
    EchoResponder m_responder;
    std::shared_ptr<MemoryStream> m_stream = std::make_shared<MemoryStream>();
    std::shared_ptr<Connection> m_connection;
};

struct Frame
{
    int firstOctet;
    std::string payload;
    bool wrongMasking = false;
};

struct Row
{
    const char *name;
    std::vector<Frame> arrives;
    std::vector<Frame> leaves;
    bool fails = true;
};

std::string codeOctets(int code)
{
    return {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
}

Frame closeFor(Violation violation)
{
    return {0x88, codeOctets(static_cast<int>(*protocol::closeCodeFor(violation))) +
                      std::string(protocol::infoOf(violation).id)};
}

std::vector<Row> rows(Role role)
{
    const auto masking = role == Role::Server ? Violation::MaskMissing : Violation::MaskUnexpected;
    const Frame one{0x81, "one"};
    return {
        {"reserved bit", {one, {0xC1, "two"}, {0x81, "three"}}, {one, closeFor(Violation::ReservedBit)}},
        {"reserved bit without payload", {one, {0xC1, ""}}, {one, closeFor(Violation::ReservedBit)}},
        {"reserved opcode", {one, {0x83, ""}}, {one, closeFor(Violation::ReservedOpcode)}},
        {"text that is not UTF-8", {one, {0x81, "a\xFFz"}}, {one, closeFor(Violation::InvalidUtf8)}},
        {"text that ends inside a character", {one, {0x81, "\xC3"}}, {one, closeFor(Violation::InvalidUtf8)}},
        {"masking", {one, {0x82, "two", true}}, {one, closeFor(masking)}},
        {"a message inside another",
         {one, {0x01, "fr"}, {0x00, "agm"}, one},
         {one, {0x01, "fr"}, {0x00, "agm"}, closeFor(Violation::MessageInterleaved)}},
        {"continuation of nothing",
         {{0x01, "fr"}, {0x80, "ag"}, {0x00, "no"}, one},
         {{0x01, "fr"}, {0x80, "ag"}, closeFor(Violation::ContinuationWithoutStart)}},
        {"fragmented ping", {one, {0x09, ""}}, {one, closeFor(Violation::ControlFragmented)}},
        {"close of one octet", {one, {0x88, "x"}}, {one, closeFor(Violation::ClosePayloadOneOctet)}},
        {"close with an illegal code", {one, {0x88, codeOctets(1005)}}, {one, closeFor(Violation::CloseCodeIllegal)}},
        {"close", {one, {0x88, codeOctets(4000) + "bye"}}, {one, {0x88, codeOctets(4000)}}, false},
        {"close, and more", {one, {0x88, ""}, {0x81, "two"}, {0xC1, ""}}, {one, {0x88, ""}}, false},
    };
}

/// From the other end of `role`, or, with `ours`, from this one.
std::string octetsOf(const std::vector<Frame> &frames, Role role, bool ours)
{
    const bool masked = (role == Role::Client) == ours;
    std::string octets;
    for (const auto &frame : frames) {
        if (ours && masked)
            octets += serverFrame(frame.firstOctet, frame.payload)
                          .insert(2, 4, '\0')
                          .replace(1, 1, 1, static_cast<char>(0x80 | frame.payload.size()));
        else
            octets += frameOctets(frame.firstOctet, frame.payload, masked != frame.wrongMasking);
    }
    return octets;
}

class Connections : public testing::TestWithParam<Role>
{};

} // namespace

/// RFC 6455 §7.1.7 fails the connection for what is wrong, not for what was right before it.
TEST_P(Connections, WhatWasRightIsEchoedBeforeTheEndWhereverReadsAreCut)
{
    for (const auto &row : rows(GetParam())) {
        SCOPED_TRACE(row.name);
        // RFC 6455 §7.1.1: after the Closes the server ends TCP first.
        const bool fin = row.fails || GetParam() == Role::Server;
        const auto expected = octetsOf(row.leaves, GetParam(), true) + (fin ? "FIN" : "");
        const auto frames = octetsOf(row.arrives, GetParam(), false);
        const auto opening = EchoingEnd(GetParam()).opening();
        const auto all = opening + frames;
        for (std::size_t first = opening.size() - 1; first <= all.size(); ++first) {
            EchoingEnd end(GetParam());
            end.arrive(std::string_view(all).substr(0, first));
            end.arrive(std::string_view(all).substr(first));
            ASSERT_EQ(end.sentFrames(), expected) << "cut at " << first;
        }
        EchoingEnd slow(GetParam());
        for (const char octet : all)
            slow.arrive({&octet, 1});
        ASSERT_EQ(slow.sentFrames(), expected) << "octet by octet";
        for (std::size_t length = 2; length < all.size(); ++length) {
            EchoingEnd end(GetParam());
            for (std::size_t at = 0; at < all.size(); at += length)
                end.arrive(std::string_view(all).substr(at, length));
            ASSERT_EQ(end.sentFrames(), expected) << "in reads of " << length;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Roles, Connections, testing::Values(Role::Server, Role::Client),
                         [](const auto &role) { return role.param == Role::Server ? "Server" : "Client"; });
