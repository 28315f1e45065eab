// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_test.h"

namespace frameglass::peers {

std::shared_ptr<const transport::TlsContext> TlsPeerTest::contextOf(Contexts::Side side,
                                                                    const transport::TlsOptions &options)
{
    auto made = Contexts::make(side, options);
    if (const auto *error = std::get_if<transport::TlsError>(&made)) {
        ADD_FAILURE() << "error " << int(error->code) << ' ' << error->file << ' ' << error->message;
        return nullptr;
    }
    return std::get<std::shared_ptr<Contexts>>(made);
}

void TlsPeerTest::serve(const test::TestPki::Files &files, transport::TlsOptions tls)
{
    tls.certificateFile = files.certificate;
    tls.keyFile = files.key;
    session::ServerOptions how;
    how.tls = contextOf(Contexts::Side::Server, tls);
    ASSERT_TRUE(how.tls);
    server = std::make_unique<session::ServerSession>(network, sink, how);
    ASSERT_TRUE(server->start()) << server->error().message;
}

void TlsPeerTest::connect(std::uint16_t port, const std::string &host)
{
    clientTls.caFile = pki.rootFile();
    options.tls = contextOf(Contexts::Side::Client, clientTls);
    ASSERT_TRUE(options.tls);
    // A busy machine is no reason to fail.
    options.timeouts.tls = options.timeouts.upgrade = options.timeouts.closeReply = patience;
    options.url = "wss://" + host + ':' + std::to_string(port) + "/chat?room=1";
    client = std::make_unique<session::ClientSession>(network, sink, options);
    client->start();
}

std::optional<capture::TlsFacts> TlsPeerTest::factsOf(capture::ConnectionId connection) const
{
    sink->waitFor([&](const capture::Record &record) {
        return record.connection == connection &&
               (capture::as<capture::TlsFacts>(record) || capture::as<capture::ConnectionEnded>(record));
    });
    const auto all = test::allOf<capture::TlsFacts>(sink->records(connection));
    return all.empty() ? std::nullopt : std::optional(all.front());
}

std::optional<capture::TlsFacts> TlsPeerTest::facts() const
{
    return factsOf(client->id());
}

std::vector<int> TlsPeerTest::faults() const
{
    std::vector<int> errors;
    if (const auto tls = facts()) {
        for (const auto &fault : tls->faults)
            errors.push_back(fault.error);
    }
    return errors;
}

void TlsPeerTest::expectEcho()
{
    ASSERT_TRUE(waitForOpen(*sink, client->id()));
    client->sendText("over TLS");
    const auto echoed = waitForMessages(*sink, client->id(), 1);
    ASSERT_EQ(echoed.size(), 1u);
    EXPECT_EQ(echoed[0].octets, "over TLS");
    client->close(1000, "done");
    const auto end = waitForEnd(*sink, client->id());
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->wasClean);
    EXPECT_EQ(end->code, 1000);
}

} // namespace frameglass::peers
