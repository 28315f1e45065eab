// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "raw_socket.h"

#include <stdexcept>
#include <thread>
#include <utility>

namespace frameglass::test {

/// Writes on a thread of its own while the test reads, until it is done or the other end takes no more. Joins when it
/// goes.
class BackgroundWriter
{
public:
    /// `work` is given `socket`, which must outlive this.
    template<typename Work>
    BackgroundWriter(RawSocket &socket, Work work)
        : m_thread([&socket, work = std::move(work)] {
              try {
                  work(socket);
              } catch (const std::runtime_error &) { // the other end has gone; the test sees how
              }
          })
    {}
    ~BackgroundWriter() { m_thread.join(); }
    BackgroundWriter(const BackgroundWriter &) = delete;
    BackgroundWriter &operator=(const BackgroundWriter &) = delete;

private:
    std::thread m_thread;
};

} // namespace frameglass::test
