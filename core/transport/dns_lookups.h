// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dns_message.h"
#include "helper_thread.h"

#include "core/capture/record.h"
#include "core/protocol/time.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace frameglass::transport {

struct DnsQuestion
{
    std::string name;
    DnsType type = DnsType::A;
};

/// Asks the name servers themselves, for what the system's resolver does not tell: TTLs, CNAMEs, error codes. Each
/// question is answered on its own, all are asked at once.
class DnsLookups
{
public:
    struct Options
    {
        std::vector<DnsQuestion> questions;
        std::string server; ///< "192.0.2.53:5353", "[2001:db8::53]"; empty: those of the system
        Nanoseconds limit = std::chrono::seconds(5);
    };
    /// Nothing: all were told.
    using Told = std::function<void(std::optional<capture::DnsLookup>)>;

    explicit DnsLookups(asio::io_context &context) : m_helper(context) {}

    /// Calls `told` from the loop, unless cancelled.
    void start(Options options, Told told);
    void cancel();
    /// Answers are awaited.
    bool busy() const { return m_busy; }

private:
    HelperThread<std::optional<capture::DnsLookup>> m_helper;
    bool m_busy = false;
};

} // namespace frameglass::transport
