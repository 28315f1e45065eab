// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "peer_test.h"

#include "core/session/client_session.h"
#include "core/session/server_session.h"
#include "tests/support/test_pki.h"

/// What the tests of wss:// with other people's programs share.
namespace frameglass::peers {

class TlsPeerTest : public testing::Test
{
protected:
    using Contexts = transport::TlsContext;

    /// A context, or a failure of the test and none.
    static std::shared_ptr<const Contexts> contextOf(Contexts::Side side, const transport::TlsOptions &options);
    /// Starts our echo server with the certificate.
    void serve(const test::TestPki::Files &files, transport::TlsOptions options = {});
    /// Starts our client; it trusts the authority of these tests.
    void connect(std::uint16_t port, const std::string &host = "localhost");
    /// The client's facts of TLS, once its handshake is over.
    std::optional<capture::TlsFacts> facts() const;
    std::optional<capture::TlsFacts> factsOf(capture::ConnectionId connection) const;
    /// A text there and back, then an orderly end.
    void expectEcho();
    /// The X509_V_ERR numbers in the client's facts.
    std::vector<int> faults() const;

    test::TestPki pki;
    transport::TlsOptions clientTls;
    session::ClientOptions options;
    session::NetworkThread network;
    std::shared_ptr<WaitableSink> sink = std::make_shared<WaitableSink>();
    std::unique_ptr<session::ServerSession> server;
    std::unique_ptr<session::ClientSession> client;
};

} // namespace frameglass::peers
