// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "proxy_choice.h"

#include "core/transport/resolver.h"
#include "core/transport/tls_context.h"

#include <functional>
#include <memory>

namespace frameglass::session {

/// What the system's settings say about a target; may take its time, and is called on a thread of its own.
using SystemProxies = std::function<ProxyAdvice(const Target &target)>;

/// The one thread on which all sessions live. Made first, destroyed last.
class NetworkThread
{
public:
    NetworkThread();
    /// Stops the loop, joins. Sessions must be gone or ended.
    ~NetworkThread();

    asio::io_context &context();
    /// Runs `work` on the network thread, from any thread.
    void post(std::function<void()> work);
    /// Runs `work` on the network thread and waits for it; at once when called from there.
    void run(const std::function<void()> &work);

    /// How names become addresses from now on: the system's way, unless something else is set.
    void setLookup(transport::Lookup lookup);
    transport::Lookup lookup() const;
    /// Name servers have a say, since nothing else was set.
    bool usesSystemLookup() const;

    /// How the threads that are made from now on learn of the system's proxies; nothing: there are none. Called by a
    /// program before it makes any.
    static void setSystemProxies(SystemProxies proxies);
    const SystemProxies &systemProxies() const;

    /// TLS as clients use it that choose nothing about it; made at its first use, and keeps the sessions they resume.
    /// Nothing where the library cannot be used. Network thread only.
    std::shared_ptr<const transport::TlsContext> tls();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace frameglass::session
