// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "openssl_ptr.h"
#include "tls_context.h"

#include <cstdio>
#include <list>

namespace frameglass::transport {

class TlsContext::Private
{
public:
    Side side = Side::Client;
    TlsOptions options;
    std::string alpnWire; ///< RFC 7301 §3.1: each name after its length
    struct CloseFile
    {
        void operator()(std::FILE *file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, CloseFile> keyLog;
    SslContextPtr context; ///< last: its callbacks use what is above

    /// Sessions of a client, the latest first. Network thread only.
    void keep(const std::string &key, SessionPtr session);
    SSL_SESSION *find(const std::string &key) const;
    void forget(const std::string &key);

private:
    static constexpr std::size_t maximumSessions = 64;
    struct Kept
    {
        std::string key;
        SessionPtr session;
    };
    std::list<Kept> m_sessions;
};

} // namespace frameglass::transport
