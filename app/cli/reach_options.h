// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"
#include "core/session/redirect.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>

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
    /// Most redirects to follow.
    std::uint32_t follow() const { return m_follow; }

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
    std::uint32_t m_follow = 0;
};

/// Whether a connection that is over leads to another one, which is then `series.current()`. What speaks against it is
/// said on standard error.
bool goesOn(session::RedirectSeries &series, const analysis::ConnectionFacts &facts);

/// One line for each hop.
void printHops(const session::RedirectSeries &series);
/// The same for machines: "redirects" and, where they did not end with an answer, "redirect_error".
void addHops(nlohmann::ordered_json &json, const session::RedirectSeries &series);

} // namespace frameglass::cli
