// SPDX-License-Identifier: GPL-3.0-or-later
#include "development_authority.h"

#include "certificate_maker.h"
#include "openssl_ptr.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace frameglass::transport {

namespace {

namespace fs = std::filesystem;
using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;
using Clock = std::chrono::system_clock;

constexpr Days authorityLife{3650};
constexpr Days certificateLife{397}; ///< browsers take no longer one
constexpr Days renewBefore{30};
constexpr Days skew{1}; ///< a client's clock may be behind ours

constexpr auto ownerOnly = fs::perms::owner_read | fs::perms::owner_write;

/// Throws fs::filesystem_error. The file is the user's alone before anything stands in it.
void write(const fs::path &path, const std::string &content)
{
    auto fresh = path;
    fresh += ".new";
    std::ofstream(fresh, std::ios::binary | std::ios::trunc).close();
    fs::permissions(fresh, ownerOnly);
    std::ofstream file(fresh, std::ios::binary);
    file << content;
    file.close();
    if (!file)
        throw fs::filesystem_error("write", path, std::error_code(errno, std::generic_category()));
    fs::rename(fresh, path);
}

std::string read(const fs::path &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

X509Ptr firstCertificate(const std::string &pem)
{
    X509Ptr certificate(PEM_read_bio_X509(readerOf(pem.data(), pem.size()).get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    return certificate;
}

bool lasts(X509 *certificate, Clock::time_point now, Days atLeast)
{
    auto until = Clock::to_time_t(now + atLeast);
    return certificate && X509_cmp_time(X509_get0_notAfter(certificate), &until) > 0;
}

bool belongs(X509 *certificate, const std::string &keyPem)
{
    const KeyPtr key(PEM_read_bio_PrivateKey(readerOf(keyPem.data(), keyPem.size()).get(), nullptr, nullptr, nullptr));
    const bool fits = certificate && key && X509_check_private_key(certificate, key.get()) == 1;
    ERR_clear_error();
    return fits;
}

bool signedBy(X509 *certificate, X509 *authority)
{
    const bool valid = certificate && X509_verify(certificate, X509_get0_pubkey(authority)) == 1;
    ERR_clear_error();
    return valid;
}

Credentials made(const CertificateWish &wish, const Credentials *issuer)
{
    auto credentials = makeCertificate(wish, issuer);
    if (!credentials)
        throw fs::filesystem_error("certificate", std::make_error_code(std::errc::not_supported));
    return std::move(*credentials);
}

/// The authority that is there, or a new one.
Credentials authorityIn(const fs::path &certificateFile, const fs::path &keyFile, Clock::time_point now)
{
    Credentials authority{read(certificateFile), read(keyFile)};
    const auto certificate = firstCertificate(authority.certificate);
    if (lasts(certificate.get(), now, certificateLife) && belongs(certificate.get(), authority.key))
        return authority;
    CertificateWish wish;
    wish.commonName = "Frameglass development authority";
    wish.authority = true;
    wish.from = now - skew;
    wish.until = now + authorityLife;
    authority = made(wish, nullptr);
    write(keyFile, authority.key);
    write(certificateFile, authority.certificate);
    return authority;
}

void renewServer(const DevelopmentFiles &files, const Credentials &authority, Clock::time_point now)
{
    const auto issuer = firstCertificate(authority.certificate);
    const auto current = firstCertificate(read(files.certificate));
    if (lasts(current.get(), now, renewBefore) && belongs(current.get(), read(files.key)) &&
        signedBy(current.get(), issuer.get()))
        return;
    CertificateWish wish;
    wish.commonName = "localhost";
    wish.names = {"DNS:localhost", "IP:127.0.0.1", "IP:::1"};
    wish.from = now - skew;
    wish.until = now + certificateLife;
    const auto server = made(wish, &authority);
    write(files.key, server.key);
    write(files.certificate, server.certificate + authority.certificate);
}

fs::path environmentPath(const char *variable)
{
    const char *value = std::getenv(variable);
    return value ? fs::path(value) : fs::path();
}

} // namespace

fs::path developmentFolder()
{
    const auto place = fs::path("frameglass") / "development";
#ifdef _WIN32
    return environmentPath("LOCALAPPDATA") / place;
#elif defined(__APPLE__)
    return environmentPath("HOME") / "Library" / "Application Support" / place;
#else
    // XDG Base Directory Specification: a relative path is ignored.
    const auto data = environmentPath("XDG_DATA_HOME");
    return (data.is_absolute() ? data : environmentPath("HOME") / ".local" / "share") / place;
#endif
}

std::variant<DevelopmentFiles, SystemError> developmentFiles(const fs::path &folder, Clock::time_point now)
{
    const DevelopmentFiles files{folder / "authority.pem", folder / "localhost.pem", folder / "localhost-key.pem"};
    try {
        fs::create_directories(folder);
        fs::permissions(folder, fs::perms::owner_all);
        renewServer(files, authorityIn(files.authority, folder / "authority-key.pem", now), now);
        return files;
    } catch (const fs::filesystem_error &error) {
        return systemErrorOf(error.code());
    }
}

} // namespace frameglass::transport
