// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_secrets.h"

#include "secrets.h"

#include <algorithm>
#include <utility>

namespace frameglass::capture {

namespace {

/// Calls `visit(field, item, octets, ranges())` for each text of a record that may hold a secret.
template<typename Visit>
void forEachText(RecordBody &body, const Visit &visit)
{
    const auto octetsOf = [](std::string &text) { return std::as_writable_bytes(std::span(text)); };
    if (auto *head = std::get_if<HeadRecord>(&body)) {
        visit("raw", 0u, std::span(head->raw), [&] { return secretsInHead(head->raw); });
    } else if (auto *started = std::get_if<ConnectionStarted>(&body)) {
        visit("url", 0u, octetsOf(started->url), [&] { return secretsInUrl(started->url); });
        visit("label", 0u, octetsOf(started->label), [&] { return secretsInUrl(started->label); });
        auto &offered = started->offeredSubprotocols;
        for (std::size_t i = 0; i < offered.size(); ++i) {
            visit("offered_subprotocols", static_cast<std::uint32_t>(i), octetsOf(offered[i]), [&] {
                const std::string_view before = i > 0 ? std::string_view(offered[i - 1]) : std::string_view();
                return secretsInSubprotocol(offered[i], before);
            });
        }
    } else if (auto *tls = std::get_if<TlsFacts>(&body)) {
        // What a client sent in the clear to a port that speaks TLS is most often a request head.
        const auto octets = octetsOf(tls->notTls);
        visit("not_tls", 0u, octets, [octets] { return secretsInHead(octets); });
    } else if (auto *violation = std::get_if<ViolationRecord>(&body)) {
        using protocol::Violation;
        const Violation v = violation->violation;
        if (v == Violation::SubprotocolUnrequested || v == Violation::SubprotocolMismatch ||
            v == Violation::SubprotocolDuplicate || v == Violation::SubprotocolRepeated) {
            visit("detail", 0u, octetsOf(violation->detail),
                  [&] { return secretsInSubprotocol(violation->detail, {}); });
        }
    }
}

} // namespace

std::vector<Secret> takeSecrets(RecordBody &body)
{
    std::vector<Secret> secrets;
    std::vector<std::span<std::byte>> places;
    // Overwritten only after all were found: one text may tell what the next one is.
    forEachText(body, [&](const char *field, std::uint32_t item, std::span<std::byte> text, const auto &ranges) {
        for (const SecretRange &range : ranges()) {
            const auto place = text.subspan(range.offset, range.length);
            secrets.push_back({field, item, range.offset, Octets(place.begin(), place.end())});
            places.push_back(place);
        }
    });
    for (const auto place : places)
        std::fill(place.begin(), place.end(), std::byte{'*'});
    return secrets;
}

void putSecret(RecordBody &body, const Secret &secret)
{
    forEachText(body, [&](const char *field, std::uint32_t item, std::span<std::byte> text, const auto &) {
        if (secret.field != field || secret.item != item || secret.offset > text.size() ||
            secret.octets.size() > text.size() - secret.offset)
            return;
        std::copy(secret.octets.begin(), secret.octets.end(),
                  text.begin() + static_cast<std::ptrdiff_t>(secret.offset));
    });
}

} // namespace frameglass::capture
