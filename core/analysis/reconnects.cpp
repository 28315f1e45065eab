// SPDX-License-Identifier: GPL-3.0-or-later
#include "reconnects.h"

#include "connection_facts.h"

#include <algorithm>

namespace frameglass::analysis {

namespace {

std::string_view valueOf(const protocol::HttpHead &head, std::string_view name)
{
    const auto fields = head.all(name);
    return fields.empty() ? std::string_view() : std::string_view(fields.front()->value);
}

std::string clientOf(const ConnectionFacts &facts)
{
    if (!facts.started)
        return {};
    const auto &started = facts.started->value;
    if (facts.vantage() == capture::Vantage::Client)
        return "url\n" + started.url;
    std::string client = std::to_string(started.listener.value_or(0));
    if (facts.firstSocket) {
        const std::string &remote = facts.firstSocket->value.remote;
        client += '\n' + remote.substr(0, remote.rfind(':'));
    }
    if (facts.request) {
        const auto &head = facts.request->value;
        client += '\n' + head.target.substr(0, head.target.find('?'));
        client += '\n' + std::string(valueOf(head, "User-Agent"));
        client += '\n' + std::string(valueOf(head, "Origin"));
    }
    return client;
}

} // namespace

std::optional<Nanoseconds> overAt(const ConnectionFacts &facts)
{
    if (!facts.transportEnds.empty())
        return facts.transportEnds.front().time;
    if (facts.ended)
        return facts.ended->time;
    return {};
}

bool clientWantedEnd(const ConnectionFacts &facts)
{
    if (!facts.openedAt)
        return false;
    const bool oursIsClient = facts.serverDirection() == Direction::Received;
    const auto order = facts.closeOrder();
    if (!order) {
        // Our own client ended TCP without a Close: the user said so, or the program ended.
        return oursIsClient && !facts.failedByUs() && facts.peerEnd() == nullptr && overAt(facts);
    }
    if (order->oursFirst != oursIsClient)
        return false;
    const auto &close = oursIsClient ? facts.closeSent : facts.closeReceived;
    return !close->value.code || *close->value.code == 1000 || *close->value.code == 1001;
}

bool neverOpened(const ConnectionFacts &facts)
{
    return overAt(facts) && !facts.openedAt;
}

bool wasLost(const ConnectionFacts &facts)
{
    return overAt(facts) && facts.openedAt && !clientWantedEnd(facts);
}

void Reconnects::note(const ConnectionFacts &facts)
{
    if (!facts.started || facts.isListener())
        return;
    std::string client = clientOf(facts);
    Place &place = m_places[facts.id];
    if (place.chain != nullptr) {
        if (place.client == client)
            return;
        // Its head tells more than its address did. It is the newest of its chain, or nearly.
        Chain &before = *place.chain;
        before.erase(std::ranges::find(before, &facts));
        if (before.empty()) {
            std::erase(m_byClient[place.client], &before);
            std::erase_if(m_chains, [&](const auto &chain) { return chain.get() == &before; });
        }
    }
    place.chain = &chainFor(client, facts);
    place.client = std::move(client);
    place.chain->push_back(&facts);
}

// The chain whose last attempt was over last before this one began: what a client waits for is that end.
Reconnects::Chain &Reconnects::chainFor(const std::string &client, const ConnectionFacts &facts)
{
    auto &same = m_byClient[client];
    Chain *best = nullptr;
    Nanoseconds bestOver{0};
    for (Chain *chain : same) {
        const ConnectionFacts &last = *chain->back();
        const auto over = overAt(last);
        if (!over || *over > facts.started->time || clientWantedEnd(last))
            continue;
        if (best == nullptr || *over > bestOver) {
            best = chain;
            bestOver = *over;
        }
    }
    if (best != nullptr)
        return *best;
    same.push_back(m_chains.emplace_back(std::make_unique<Chain>()).get());
    return *same.back();
}

const Reconnects::Chain *Reconnects::chainOf(const ConnectionFacts &facts) const
{
    const auto place = m_places.find(facts.id);
    return place == m_places.end() ? nullptr : place->second.chain;
}

} // namespace frameglass::analysis
