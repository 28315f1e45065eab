// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "system_error.h"
#include "tls_context.h"

#include "core/capture/tls_record.h"
#include "core/protocol/octets.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace frameglass::transport {

/// What one connection asks of TLS besides its context.
struct TlsPeer
{
    std::string host;                      ///< client: name or address the certificate must be for
    std::string session;                   ///< client: connections with the same text may resume each other's sessions
    std::optional<std::string> serverName; ///< client: another SNI than `host`; empty: none is sent
    bool anyCertificate = false;           ///< client: go on whatever the certificate
};

/// One end of a TLS connection without a socket: sealed octets in and out, and what they carry in and out. Between
/// calls takeOutput() has what must be sent and takeMessages() what passed.
class TlsEngine
{
public:
    TlsEngine(std::shared_ptr<const TlsContext> context, TlsPeer peer);
    ~TlsEngine();

    /// Octets from the other end, to be used by the next handshake() or read().
    void feed(protocol::OctetView sealed);

    enum class Progress : std::uint8_t { Waiting, Done, Failed };
    Progress handshake();
    /// Appends all that can be opened. False: what came makes no sense, or a fatal alert did; error() says which.
    bool read(protocol::Octets &to);
    /// Seals; after the handshake and before shutdown().
    void write(protocol::OctetView plain);
    /// close_notify: we will send no more.
    void shutdown();

    protocol::Octets takeOutput();
    std::vector<capture::TlsMessage> takeMessages();
    capture::TlsFacts facts() const;
    SystemError error() const;

    class Private;

private:
    std::unique_ptr<Private> d;
};

} // namespace frameglass::transport
