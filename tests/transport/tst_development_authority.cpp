// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/development_authority.h"
#include "core/transport/tls_engine.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace frameglass::transport;
namespace fs = std::filesystem;
using Clock = std::chrono::system_clock;

namespace {

std::string contentOf(const fs::path &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class DevelopmentAuthority : public testing::Test
{
protected:
    DevelopmentAuthority()
    {
        std::string name = (fs::temp_directory_path() / "frameglass-development-XXXXXX").string();
        if (!::mkdtemp(name.data()))
            throw std::runtime_error("mkdtemp");
        base = name;
        folder = base / "new" / "folder";
    }
    ~DevelopmentAuthority() override
    {
        std::error_code ignored;
        fs::remove_all(base, ignored);
    }
    DevelopmentFiles files(Clock::time_point now = Clock::now()) const
    {
        auto made = developmentFiles(folder, now);
        if (const auto *error = std::get_if<SystemError>(&made)) {
            ADD_FAILURE() << error->message;
            return {};
        }
        return std::get<DevelopmentFiles>(made);
    }

    fs::path base;
    fs::path folder;
};

} // namespace

TEST_F(DevelopmentAuthority, MadeOnceAndForTheUserAlone)
{
    const auto first = files();
    const auto authority = contentOf(first.authority);
    const auto certificate = contentOf(first.certificate);
    EXPECT_NE(authority, "");
    const auto second = files();
    EXPECT_EQ(contentOf(second.authority), authority);
    EXPECT_EQ(contentOf(second.certificate), certificate);
    EXPECT_EQ(fs::status(folder).permissions() & fs::perms::all, fs::perms::owner_all);
    for (const auto &entry : fs::directory_iterator(folder))
        EXPECT_EQ(entry.status().permissions() & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write)
            << entry.path();
}

TEST_F(DevelopmentAuthority, ClientsThatTrustItAcceptItsServer)
{
    const auto made = files();
    TlsOptions server;
    server.certificateFile = made.certificate.string();
    server.keyFile = made.key.string();
    TlsOptions client;
    client.caFile = made.authority.string();
    const auto serverContext =
        std::get<std::shared_ptr<TlsContext>>(TlsContext::make(TlsContext::Side::Server, server));
    const auto clientContext =
        std::get<std::shared_ptr<TlsContext>>(TlsContext::make(TlsContext::Side::Client, client));
    for (const char *host : {"localhost", "127.0.0.1", "::1"}) {
        SCOPED_TRACE(host);
        TlsEngine there(serverContext, {});
        TlsEngine here(clientContext, {host, {}, {}, false});
        auto progress = here.handshake();
        for (int turn = 0; turn < 8 && progress == TlsEngine::Progress::Waiting; ++turn) {
            there.feed(here.takeOutput());
            there.handshake();
            here.feed(there.takeOutput());
            progress = here.handshake();
        }
        EXPECT_EQ(progress, TlsEngine::Progress::Done);
    }
}

TEST_F(DevelopmentAuthority, TheServersCertificateIsRenewedTheAuthorityStays)
{
    const auto before = files();
    const auto authority = contentOf(before.authority);
    const auto certificate = contentOf(before.certificate);
    using Days = std::chrono::duration<int, std::ratio<86400>>;
    const auto later = files(Clock::now() + Days(380));
    EXPECT_EQ(contentOf(later.authority), authority);
    EXPECT_NE(contentOf(later.certificate), certificate);
    const auto muchLater = files(Clock::now() + Days(3600));
    EXPECT_NE(contentOf(muchLater.authority), authority);
}

TEST_F(DevelopmentAuthority, DamageIsMended)
{
    const auto made = files();
    std::ofstream(made.key) << "junk";
    files();
    EXPECT_NE(contentOf(made.key), "junk");
    const auto authority = contentOf(made.authority);
    std::ofstream(folder / "authority-key.pem") << "junk";
    files();
    EXPECT_NE(contentOf(made.authority), authority) << "without its key it can issue nothing";
}

TEST_F(DevelopmentAuthority, AFolderThatCannotBe)
{
    std::ofstream(base / "new") << "a file";
    EXPECT_TRUE(std::holds_alternative<SystemError>(developmentFiles(folder, Clock::now())));
}
