// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_context_p.h"

#include "system_trust.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace frameglass::transport {

namespace {

constexpr std::uintmax_t maximumFile = 8 << 20;

struct VersionName
{
    TlsVersion version;
    std::string_view name;
    int number;
};
constexpr VersionName versions[] = {{TlsVersion::Tls10, "1.0", TLS1_VERSION},
                                    {TlsVersion::Tls11, "1.1", TLS1_1_VERSION},
                                    {TlsVersion::Tls12, "1.2", TLS1_2_VERSION},
                                    {TlsVersion::Tls13, "1.3", TLS1_3_VERSION}};

const VersionName &infoOf(TlsVersion version)
{
    return *std::ranges::find(versions, version, &VersionName::version);
}

std::string lastError()
{
    const unsigned long error = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(error);
    ERR_clear_error();
    return reason ? reason : "";
}

/// The passphrase as OpenSSL asks for it; remembers that it did.
struct Passphrase
{
    const std::string &text;
    bool asked = false;

    static int give(char *buffer, int size, int, void *self)
    {
        auto &mine = *static_cast<Passphrase *>(self);
        mine.asked = true;
        if (mine.text.empty() || mine.text.size() > static_cast<std::size_t>(size))
            return -1;
        std::memcpy(buffer, mine.text.data(), mine.text.size());
        return static_cast<int>(mine.text.size());
    }
};

std::filesystem::path pathOf(const std::string &name)
{
    return std::filesystem::path(std::u8string(name.begin(), name.end()));
}

/// Throws TlsError; caught in make().
std::string contentOf(const std::string &name)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(pathOf(name), error);
    if (error)
        throw TlsError{TlsErrorCode::CannotOpen, name, error.message()};
    if (size > maximumFile)
        throw TlsError{TlsErrorCode::CannotOpen, name, std::make_error_code(std::errc::file_too_large).message()};
    std::ifstream file(pathOf(name), std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file)
        throw TlsError{TlsErrorCode::CannotOpen, name, std::strerror(errno)};
    return content;
}

struct Identity
{
    X509Ptr leaf;
    ChainPtr others;
    KeyPtr key;
};

[[noreturn]] void throwKeyError(const std::string &name, bool asked, const std::string &passphrase)
{
    ERR_clear_error();
    if (!asked)
        throw TlsError{TlsErrorCode::NoKey, name, {}};
    throw TlsError{passphrase.empty() ? TlsErrorCode::PassphraseNeeded : TlsErrorCode::PassphraseWrong, name, {}};
}

KeyPtr keyFrom(const std::string &content, const std::string &name, const std::string &passphrase)
{
    Passphrase ask{passphrase};
    const auto bio = readerOf(content.data(), content.size());
    KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, Passphrase::give, &ask));
    if (!key)
        throwKeyError(name, ask.asked, passphrase);
    return key;
}

ChainPtr certificatesFrom(const std::string &content)
{
    ChainPtr all(sk_X509_new_null());
    const auto bio = readerOf(content.data(), content.size());
    while (X509 *next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
        sk_X509_push(all.get(), next);
    ERR_clear_error(); // the end of the file is an error there
    return all;
}

Identity identityFromPem(const TlsOptions &options, const std::string &content)
{
    Identity identity;
    identity.others = certificatesFrom(content);
    if (sk_X509_num(identity.others.get()) == 0)
        throw TlsError{TlsErrorCode::NoCertificate, options.certificateFile, {}};
    identity.leaf.reset(sk_X509_shift(identity.others.get()));
    const std::string &keyFile = options.keyFile.empty() ? options.certificateFile : options.keyFile;
    identity.key = keyFrom(options.keyFile.empty() ? content : contentOf(keyFile), keyFile, options.passphrase);
    return identity;
}

Identity identityFromPkcs12(const TlsOptions &options, const std::string &content)
{
    const auto bio = readerOf(content.data(), content.size());
    const Pkcs12Ptr store(d2i_PKCS12_bio(bio.get(), nullptr));
    if (!store)
        throw TlsError{TlsErrorCode::NoCertificate, options.certificateFile, lastError()};
    const char *passphrase = options.passphrase.empty() ? nullptr : options.passphrase.c_str();
    const bool opens = PKCS12_verify_mac(store.get(), options.passphrase.c_str(), -1) == 1 ||
                       PKCS12_verify_mac(store.get(), passphrase, -1) == 1;
    if (!opens)
        throwKeyError(options.certificateFile, true, options.passphrase);
    EVP_PKEY *key = nullptr;
    X509 *leaf = nullptr;
    STACK_OF(X509) *others = nullptr;
    if (PKCS12_parse(store.get(), options.passphrase.c_str(), &key, &leaf, &others) != 1)
        throw TlsError{TlsErrorCode::NoKey, options.certificateFile, lastError()};
    Identity identity{X509Ptr(leaf), ChainPtr(others), KeyPtr(key)};
    if (!identity.leaf)
        throw TlsError{TlsErrorCode::NoCertificate, options.certificateFile, {}};
    if (!identity.key)
        throw TlsError{TlsErrorCode::NoKey, options.certificateFile, {}};
    return identity;
}

void useIdentity(SSL_CTX *context, const TlsOptions &options)
{
    const std::string content = contentOf(options.certificateFile);
    const bool isPem = content.find("-----BEGIN") != std::string::npos;
    const Identity identity = isPem ? identityFromPem(options, content) : identityFromPkcs12(options, content);
    if (X509_check_private_key(identity.leaf.get(), identity.key.get()) != 1) {
        ERR_clear_error();
        throw TlsError{
            TlsErrorCode::KeyMismatch, options.keyFile.empty() ? options.certificateFile : options.keyFile, {}};
    }
    if (SSL_CTX_use_cert_and_key(context, identity.leaf.get(), identity.key.get(), identity.others.get(), 1) != 1)
        throw TlsError{TlsErrorCode::Library, options.certificateFile, lastError()};
}

void useAuthorities(SSL_CTX *context, const TlsOptions &options)
{
    const auto all = certificatesFrom(contentOf(options.caFile));
    if (sk_X509_num(all.get()) == 0)
        throw TlsError{TlsErrorCode::NoCertificate, options.caFile, {}};
    for (int i = 0; i < sk_X509_num(all.get()); ++i) {
        X509 *authority = sk_X509_value(all.get(), i);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
        if (options.clientCertificates != ClientCertificates::No)
            SSL_CTX_add_client_CA(context, authority);
    }
    ERR_clear_error(); // one that is there twice
}

void useVersions(SSL_CTX *context, const TlsOptions &options)
{
    if (options.minimum && options.maximum && *options.minimum > *options.maximum)
        throw TlsError{TlsErrorCode::BadVersions, {}, {}};
    // What the user asks for by name overrides what the system's configuration thinks is wise.
    const auto oldest = options.minimum.value_or(options.maximum.value_or(TlsVersion::Tls12));
    if (oldest < TlsVersion::Tls12)
        SSL_CTX_set_security_level(context, 0);
    const int minimum = options.minimum                                           ? infoOf(*options.minimum).number
                        : options.maximum && *options.maximum < TlsVersion::Tls12 ? infoOf(*options.maximum).number
                                                                                  : 0;
    if ((minimum != 0 && SSL_CTX_set_min_proto_version(context, minimum) != 1) ||
        (options.maximum && SSL_CTX_set_max_proto_version(context, infoOf(*options.maximum).number) != 1))
        throw TlsError{TlsErrorCode::BadVersions, {}, lastError()};
}

/// TLS 1.3 suites are told from older ciphers by their names.
void useCiphers(SSL_CTX *context, const std::string &ciphers)
{
    std::string suites;
    std::string older;
    for (std::size_t at = 0; at < ciphers.size();) {
        const auto end = std::min(ciphers.find_first_of(":, ", at), ciphers.size());
        const auto name = ciphers.substr(at, end - at);
        auto &list = name.starts_with("TLS_") ? suites : older;
        if (!name.empty())
            list += (list.empty() ? "" : ":") + name;
        at = end + 1;
    }
    const bool known = (suites.empty() || SSL_CTX_set_ciphersuites(context, suites.c_str()) == 1) &&
                       (older.empty() || SSL_CTX_set_cipher_list(context, older.c_str()) == 1);
    if (!known)
        throw TlsError{TlsErrorCode::BadCiphers, {}, lastError()};
    // Naming only suites of one generation means that the other is not wanted.
    if (older.empty() && !suites.empty())
        SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    if (suites.empty() && !older.empty() && SSL_CTX_get_max_proto_version(context) == 0)
        SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
}

std::string wireOf(const std::vector<std::string> &alpn)
{
    std::string wire;
    for (const auto &name : alpn) {
        if (name.empty() || name.size() > 255)
            throw TlsError{TlsErrorCode::BadAlpn, {}, name};
        wire += static_cast<char>(name.size());
        wire += name;
    }
    return wire;
}

/// RFC 7301 §3.2: one of ours that the client offered, in our order; no_application_protocol where there is none.
int chooseAlpn(SSL *, const unsigned char **out, unsigned char *outOctets, const unsigned char *in, unsigned inOctets,
               void *self)
{
    const auto &wire = static_cast<TlsContext::Private *>(self)->alpnWire;
    unsigned char *chosen = nullptr;
    const int how = SSL_select_next_proto(&chosen, outOctets, reinterpret_cast<const unsigned char *>(wire.data()),
                                          static_cast<unsigned>(wire.size()), in, inOctets);
    *out = chosen;
    return how == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void useAlpn(TlsContext::Private &d)
{
    d.alpnWire = wireOf(d.options.alpn);
    if (d.alpnWire.empty())
        return;
    if (d.side == TlsContext::Side::Client)
        SSL_CTX_set_alpn_protos(d.context.get(), reinterpret_cast<const unsigned char *>(d.alpnWire.data()),
                                static_cast<unsigned>(d.alpnWire.size()));
    else
        SSL_CTX_set_alpn_select_cb(d.context.get(), chooseAlpn, &d);
}

int contextIndex()
{
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

void logKeys(const SSL *ssl, const char *line)
{
    auto *d = static_cast<TlsContext::Private *>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), contextIndex()));
    std::fprintf(d->keyLog.get(), "%s\n", line);
    std::fflush(d->keyLog.get());
}

/// Secrets of others may stand in the file: it is added to, and is the user's alone when we make it.
void useKeyLog(TlsContext::Private &d)
{
    const auto path = pathOf(d.options.keyLogFile);
    std::error_code ignored;
    const bool fresh = !std::filesystem::exists(path, ignored);
    d.keyLog.reset(std::fopen(path.string().c_str(), "a"));
    if (!d.keyLog)
        throw TlsError{TlsErrorCode::CannotOpen, d.options.keyLogFile, std::strerror(errno)};
    if (fresh)
        std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                     ignored);
    SSL_CTX_set_ex_data(d.context.get(), contextIndex(), &d);
    SSL_CTX_set_keylog_callback(d.context.get(), logKeys);
}

void prepare(TlsContext::Private &d)
{
    const bool isClient = d.side == TlsContext::Side::Client;
    d.context.reset(SSL_CTX_new(isClient ? TLS_client_method() : TLS_server_method()));
    if (!d.context)
        throw TlsError{TlsErrorCode::Library, {}, lastError()};
    SSL_CTX *context = d.context.get();
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    useVersions(context, d.options);
    useCiphers(context, d.options.ciphers);
    useAlpn(d);
    const bool verifies = isClient || d.options.clientCertificates != ClientCertificates::No;
    if (isClient)
        addSystemAnchors(SSL_CTX_get_cert_store(context));
    if (!d.options.caFile.empty())
        useAuthorities(context, d.options);
    if (!d.options.certificateFile.empty())
        useIdentity(context, d.options);
    else if (!isClient)
        throw TlsError{TlsErrorCode::NoCertificate, {}, {}};
    int mode = verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
    if (d.options.clientCertificates == ClientCertificates::Required)
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(context, mode, nullptr);
    SSL_CTX_set_session_cache_mode(context, isClient ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL
                                                     : SSL_SESS_CACHE_SERVER);
    static constexpr unsigned char sessionContext[] = "frameglass";
    SSL_CTX_set_session_id_context(context, sessionContext, sizeof sessionContext - 1);
    if (!d.options.keyLogFile.empty())
        useKeyLog(d);
}

} // namespace

std::optional<TlsVersion> tlsVersionFrom(std::string_view text)
{
    const auto found = std::ranges::find(versions, text, &VersionName::name);
    return found == std::end(versions) ? std::nullopt : std::optional(found->version);
}

std::string_view nameOf(TlsVersion version)
{
    return infoOf(version).name;
}

// -- sessions -------------------------------------------------------------------------------------------------------

void TlsContext::Private::keep(const std::string &key, SessionPtr session)
{
    forget(key);
    m_sessions.push_front({key, std::move(session)});
    if (m_sessions.size() > maximumSessions)
        m_sessions.pop_back();
}

SSL_SESSION *TlsContext::Private::find(const std::string &key) const
{
    const auto found = std::ranges::find(m_sessions, key, &Kept::key);
    return found == m_sessions.end() ? nullptr : found->session.get();
}

void TlsContext::Private::forget(const std::string &key)
{
    m_sessions.remove_if([&key](const Kept &kept) { return kept.key == key; });
}

// -- the context ----------------------------------------------------------------------------------------------------

TlsContext::TlsContext(std::unique_ptr<Private> made) : d(std::move(made)) {}

TlsContext::~TlsContext() = default;

TlsContext::Result TlsContext::make(Side side, const TlsOptions &options)
{
    auto d = std::make_unique<Private>();
    d->side = side;
    d->options = options;
    try {
        prepare(*d);
    } catch (TlsError &error) {
        return std::move(error);
    }
    return std::shared_ptr<TlsContext>(new TlsContext(std::move(d)));
}

TlsContext::Side TlsContext::side() const
{
    return d->side;
}

const TlsOptions &TlsContext::options() const
{
    return d->options;
}

} // namespace frameglass::transport
