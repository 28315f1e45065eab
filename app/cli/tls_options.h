// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/transport/tls_context.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>

namespace frameglass::cli {

/// Options of TLS that both ends have: versions, ciphers, ALPN, own certificate, key log.
class TlsArguments
{
public:
    /// Prints what is wrong on standard error and returns nothing. Asks for the passphrase of a key on the terminal.
    std::shared_ptr<const transport::TlsContext> make(transport::TlsContext::Side side) const;

protected:
    void addCommon(CLI::App &command);
    transport::TlsOptions m_options;

private:
    std::string m_passphraseFile;
};

/// A client's: --ca, --cert, --sni, --insecure …
class TlsClientArguments : public TlsArguments
{
public:
    void addTo(CLI::App &command);
    const std::optional<std::string> &serverName() const { return m_serverName; }
    bool anyCertificate() const { return m_anyCertificate; }

private:
    std::optional<std::string> m_serverName;
    bool m_anyCertificate = false;
};

/// A server's: --tls, --cert, --client-ca …
class TlsServerArguments : public TlsArguments
{
public:
    void addTo(CLI::App &command);
    bool wanted() const { return m_tls || !m_options.certificateFile.empty(); }
    /// With the development certificate where none was given.
    std::shared_ptr<const transport::TlsContext> make();

private:
    bool m_tls = false;
    bool m_requireClient = false;
};

} // namespace frameglass::cli
