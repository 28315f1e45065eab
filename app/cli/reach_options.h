// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/client_session.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace frameglass::cli {

/// How a client gets to its server: --proxy, --resolve, --address, --dns-server …
class ReachArguments
{
public:
    void addTo(CLI::App &command);
    /// False: an option cannot be used, which was said on standard error.
    bool applyTo(session::ClientOptions &options) const;

private:
    bool applyProxy(session::ClientOptions &options) const;
    bool applyAddresses(session::ClientOptions &options) const;
    bool applyDns(session::ClientOptions &options) const;

    std::string m_proxy = "system";
    std::string m_proxyTimeout;
    std::vector<std::string> m_resolve;
    std::vector<std::string> m_addresses;
    bool m_noDnsDetail = false;
    bool m_services = false;
    std::string m_nameServer;
};

} // namespace frameglass::cli
