// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/transport/resolver.h"
#include "core/transport/tls_context.h"

#include <functional>
#include <memory>

namespace frameglass::session {

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

    /// TLS as clients use it that choose nothing about it; made at its first use, and keeps the sessions they resume.
    /// Nothing where the library cannot be used. Network thread only.
    std::shared_ptr<const transport::TlsContext> tls();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace frameglass::session
