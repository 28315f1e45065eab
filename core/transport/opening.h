// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stream.h"

#include <memory>

namespace frameglass::transport {

/// Told how a stream comes about, and that it did. All calls come from the loop, or from inside cancel().
class OpeningHandler
{
public:
    virtual ~OpeningHandler() = default;
    /// Stages and what is seen on the way, in order, each at once.
    virtual void connecting(capture::RecordBody record, TimePoint now) = 0;
    /// The last call, one of these two. `stream` was not started.
    virtual void connected(std::shared_ptr<Stream> stream, TimePoint now) = 0;
    virtual void notConnected(TimePoint now) = 0;
};

/// A step on the way from a connected socket to the stream that the peer speaks on: through a proxy, into TLS. Records
/// its own stage. Used once.
class Opening
{
public:
    virtual ~Opening() = default;
    /// `below` was not started. `handler` must live until its last call or cancel().
    virtual void start(std::shared_ptr<Stream> below, OpeningHandler &handler) = 0;
    /// Records the stage as cancelled and ends the stream; no other call to the handler follows.
    virtual void cancel() = 0;
};

} // namespace frameglass::transport
