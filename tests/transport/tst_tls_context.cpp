// SPDX-License-Identifier: GPL-3.0-or-later
// Options that can be used, and all that cannot.
#include "core/transport/tls_context.h"
#include "tests/support/test_pki.h"

#include <gtest/gtest.h>

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <cstdio>
#include <filesystem>

using namespace frameglass;
using namespace frameglass::transport;
using test::TestPki;
using Side = TlsContext::Side;

namespace {

class TlsContextTest : public testing::Test
{
protected:
    TestPki pki;
    TlsOptions options;

    std::optional<TlsError> error(Side side = Side::Client) const
    {
        auto made = TlsContext::make(side, options);
        const auto *failed = std::get_if<TlsError>(&made);
        return failed ? std::optional(*failed) : std::nullopt;
    }
    void expectError(TlsErrorCode code, const std::string &file, Side side = Side::Client) const
    {
        const auto failed = error(side);
        ASSERT_TRUE(failed);
        EXPECT_EQ(int(failed->code), int(code));
        EXPECT_EQ(failed->file, file);
    }

    /// The key of `files`, encrypted with "open sesame".
    std::string encryptedKey(const TestPki::Files &files) const
    {
        std::FILE *in = std::fopen(files.key.c_str(), "r");
        EVP_PKEY *key = PEM_read_PrivateKey(in, nullptr, nullptr, nullptr);
        std::fclose(in);
        const auto path = pki.file("encrypted.pem");
        std::FILE *out = std::fopen(path.c_str(), "w");
        char passphrase[] = "open sesame";
        PEM_write_PKCS8PrivateKey(out, key, EVP_aes_256_cbc(), passphrase, sizeof passphrase - 1, nullptr, nullptr);
        std::fclose(out);
        EVP_PKEY_free(key);
        return path;
    }

    std::string pkcs12(const TestPki::Files &files, const char *passphrase) const
    {
        std::FILE *in = std::fopen(files.key.c_str(), "r");
        EVP_PKEY *key = PEM_read_PrivateKey(in, nullptr, nullptr, nullptr);
        std::fclose(in);
        in = std::fopen(files.certificate.c_str(), "r");
        X509 *certificate = PEM_read_X509(in, nullptr, nullptr, nullptr);
        std::fclose(in);
        PKCS12 *store = PKCS12_create(passphrase, "me", key, certificate, nullptr, 0, 0, 0, 0, 0);
        const auto path = pki.file(std::string("store-") + (passphrase ? passphrase : "none") + ".p12");
        std::FILE *out = std::fopen(path.c_str(), "wb");
        i2d_PKCS12_fp(out, store);
        std::fclose(out);
        PKCS12_free(store);
        X509_free(certificate);
        EVP_PKEY_free(key);
        return path;
    }
};

} // namespace

TEST_F(TlsContextTest, DefaultsWork)
{
    EXPECT_FALSE(error());
}

TEST_F(TlsContextTest, AServerNeedsACertificate)
{
    expectError(TlsErrorCode::NoCertificate, "", Side::Server);
}

TEST_F(TlsContextTest, FilesThatAreNotThere)
{
    options.caFile = pki.file("missing.pem");
    expectError(TlsErrorCode::CannotOpen, options.caFile);
    options = {};
    options.certificateFile = pki.file("missing.pem");
    expectError(TlsErrorCode::CannotOpen, options.certificateFile);
    options = {};
    options.keyLogFile = pki.file("no folder/keys");
    expectError(TlsErrorCode::CannotOpen, options.keyLogFile);
}

TEST_F(TlsContextTest, FilesThatHoldSomethingElse)
{
    const auto junk = pki.write("junk.pem", "-----BEGIN NONSENSE-----\n");
    const auto files = pki.leaf("good");
    options.caFile = junk;
    expectError(TlsErrorCode::NoCertificate, junk);
    options = {};
    options.certificateFile = junk;
    expectError(TlsErrorCode::NoCertificate, junk);
    options.certificateFile = pki.write("junk.p12", std::string("\x30\x03\x02\x01\x03", 5));
    expectError(TlsErrorCode::NoCertificate, options.certificateFile);
    options.certificateFile = files.certificate;
    expectError(TlsErrorCode::NoKey, files.certificate);
    options.keyFile = junk;
    expectError(TlsErrorCode::NoKey, junk);
    options.keyFile = pki.leaf("other").key;
    expectError(TlsErrorCode::KeyMismatch, options.keyFile);
    options.keyFile = files.key;
    EXPECT_FALSE(error());
    EXPECT_FALSE(error(Side::Server));
}

TEST_F(TlsContextTest, PassphrasesOfKeys)
{
    const auto files = pki.leaf("good");
    options.certificateFile = files.certificate;
    options.keyFile = encryptedKey(files);
    expectError(TlsErrorCode::PassphraseNeeded, options.keyFile);
    options.passphrase = "abracadabra";
    expectError(TlsErrorCode::PassphraseWrong, options.keyFile);
    options.passphrase = "open sesame";
    EXPECT_FALSE(error());
}

TEST_F(TlsContextTest, PassphrasesOfPkcs12)
{
    const auto files = pki.leaf("good");
    options.certificateFile = pkcs12(files, "open sesame");
    expectError(TlsErrorCode::PassphraseNeeded, options.certificateFile);
    options.passphrase = "abracadabra";
    expectError(TlsErrorCode::PassphraseWrong, options.certificateFile);
    options.passphrase = "open sesame";
    EXPECT_FALSE(error());
    options = {};
    options.certificateFile = pkcs12(files, "");
    EXPECT_FALSE(error()) << "a store without a passphrase";
}

TEST_F(TlsContextTest, WhatMakesNoSense)
{
    options.minimum = TlsVersion::Tls13;
    options.maximum = TlsVersion::Tls12;
    expectError(TlsErrorCode::BadVersions, "");
    options = {};
    options.ciphers = "NO-SUCH-CIPHER";
    expectError(TlsErrorCode::BadCiphers, "");
    options.ciphers = "TLS_NO_SUCH_SUITE";
    expectError(TlsErrorCode::BadCiphers, "");
    options = {};
    options.alpn = {"http/1.1", std::string(256, 'x')};
    expectError(TlsErrorCode::BadAlpn, "");
}

TEST_F(TlsContextTest, AKeyLogIsTheUsersAlone)
{
    options.keyLogFile = pki.file("keys.log");
    EXPECT_FALSE(error());
    const auto permissions = std::filesystem::status(options.keyLogFile).permissions();
    using std::filesystem::perms;
    EXPECT_EQ(permissions & perms::all, perms::owner_read | perms::owner_write);
}

TEST_F(TlsContextTest, VersionsByName)
{
    EXPECT_EQ(tlsVersionFrom("1.2"), TlsVersion::Tls12);
    EXPECT_EQ(nameOf(TlsVersion::Tls13), "1.3");
    EXPECT_FALSE(tlsVersionFrom("1.4"));
    EXPECT_FALSE(tlsVersionFrom(""));
}
