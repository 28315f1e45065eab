// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/time.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace frameglass::analysis {

class ConnectionFacts;

/// When TCP ended, or the attempt was given up; nothing while it stands.
std::optional<Nanoseconds> overAt(const ConnectionFacts &facts);
/// The client closed first, with 1000, 1001 or no code, or TCP was ended on this side at the user's wish: nothing that
/// a policy should repair.
bool clientWantedEnd(const ConnectionFacts &facts);
/// It is over and never became open.
bool neverOpened(const ConnectionFacts &facts);
/// It was open, and ended otherwise than by the client's wish.
bool wasLost(const ConnectionFacts &facts);

/// Attempts of one client, told apart in the fold: an attempt goes on with the chain of the same client and target
/// whose last attempt was over by then, other than by the client's wish. So a client that closes and connects again is
/// no chain, and clients that stand side by side are chains of their own. Who the same client is: for our own attempts,
/// by their URL; for accepted connections, by the listener, the client's address and, once its head is known, path,
/// User-Agent and Origin. Clients that share all of these may swap places, which leaves numbers and delays right.
class Reconnects
{
public:
    using Chain = std::vector<const ConnectionFacts *>;

    /// Call when `facts` has got what it is told by (its start, its request head); cheap when nothing changed.
    void note(const ConnectionFacts &facts);
    /// Its attempts up to the newest; nullptr for what was never noted.
    const Chain *chainOf(const ConnectionFacts &facts) const;
    /// In the order of their first attempts.
    const std::vector<std::unique_ptr<Chain>> &chains() const { return m_chains; }

private:
    struct Place
    {
        std::string client;
        Chain *chain = nullptr;
    };
    Chain &chainFor(const std::string &client, const ConnectionFacts &facts);

    std::map<std::uint64_t, Place> m_places;
    std::map<std::string, std::vector<Chain *>> m_byClient;
    std::vector<std::unique_ptr<Chain>> m_chains;
};

} // namespace frameglass::analysis
