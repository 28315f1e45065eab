// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace frameglass::transport {

enum class TlsVersion : std::uint8_t { Tls10, Tls11, Tls12, Tls13 };

/// "1.2" and the like; nothing for anything else.
std::optional<TlsVersion> tlsVersionFrom(std::string_view text);
std::string_view nameOf(TlsVersion version);

/// Whether a server asks its clients for a certificate.
enum class ClientCertificates : std::uint8_t { No, Wanted, Required };

/// What can be chosen about TLS. File names are UTF-8.
struct TlsOptions
{
    std::optional<TlsVersion> minimum; ///< nothing: the library's own
    std::optional<TlsVersion> maximum;
    std::string ciphers; ///< in OpenSSL's notation; TLS 1.3 suites may stand among them. Empty: its own
    std::vector<std::string> alpn{"http/1.1"}; ///< in order of preference; empty: the extension is not used
    std::string caFile;                        ///< PEM: trusted besides the system's (a server: for its clients)
    std::string certificateFile;               ///< PEM with the chain, or PKCS#12. A server must have one
    std::string keyFile;                       ///< PEM; empty: the key is in certificateFile
    std::string passphrase;                    ///< of key or PKCS#12. Never recorded or saved
    std::string keyLogFile;                    ///< where secrets are appended in the NSS format; empty: nowhere
    bool resume = true;                        ///< client: offer sessions of earlier connections
    ClientCertificates clientCertificates = ClientCertificates::No; ///< server
    bool operator==(const TlsOptions &) const = default;
};

enum class TlsErrorCode : std::uint8_t {
    CannotOpen,       ///< a file: the system's message
    NoCertificate,    ///< a file holds none that can be read
    NoKey,            ///< nor a private key
    PassphraseNeeded, ///< the key is encrypted, and no passphrase was given
    PassphraseWrong,
    KeyMismatch, ///< key and certificate do not belong together
    BadCiphers,  ///< no cipher of the list is known
    BadVersions, ///< minimum above maximum, or not supported by the library
    BadAlpn,     ///< a name that is empty or longer than 255 octets
    Library,     ///< anything else that OpenSSL says
};

/// Why options cannot be used.
struct TlsError
{
    TlsErrorCode code = TlsErrorCode::Library;
    std::string file;    ///< which one; empty: none
    std::string message; ///< the library's or the system's text, untranslated; may be empty
};

/// Options made ready for use: files are read, the trust store is loaded. Shared by many connections; a client's
/// holds the sessions they may resume. Made on any thread, then used on the network thread.
class TlsContext
{
public:
    enum class Side : std::uint8_t { Client, Server };
    using Result = std::variant<std::shared_ptr<TlsContext>, TlsError>;
    static Result make(Side side, const TlsOptions &options);
    ~TlsContext();
    TlsContext(const TlsContext &) = delete;
    TlsContext &operator=(const TlsContext &) = delete;

    Side side() const;
    const TlsOptions &options() const;

    class Private;
    Private &internals() const { return *d; }

private:
    explicit TlsContext(std::unique_ptr<Private> made);
    std::unique_ptr<Private> d;
};

} // namespace frameglass::transport
