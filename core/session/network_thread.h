// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

namespace asio
{
class io_context;
}

namespace frameglass::session
{

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
    /// Runs `work` on the network thread and waits for it. Not from the network thread.
    void run(const std::function<void()> &work);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace frameglass::session
