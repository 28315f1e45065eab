// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/octets.h"

#include <string>
#include <string_view>
#include <vector>

/// What counts as a secret, in one place: the file's table of secrets, copies, exports and every "copy as" ask here.
namespace frameglass::capture {

struct SecretRange
{
    std::size_t offset = 0;
    std::size_t length = 0;
    friend bool operator==(const SecretRange &, const SecretRange &) = default;
};

/// Values of Authorization, Cookie, Set-Cookie, Proxy-Authorization, token-like query parameters in the request
/// target and token-like subprotocols, as ranges of the head's octets, ascending.
std::vector<SecretRange> secretsInHead(protocol::OctetView head);

/// User info and token-like query parameters (token, key, auth, secret, password, session, sig, …) of a URL.
std::vector<SecretRange> secretsInUrl(std::string_view url);

/// The whole of a subprotocol that looks like a token (a JWT, a bearer value, a long random word) or that follows a
/// name such as "access_token" in its list (`before`); empty for "graphql-transport-ws" and its like.
std::vector<SecretRange> secretsInSubprotocol(std::string_view name, std::string_view before);

/// The octets with each range overwritten by '*' (same length, so that offsets stay true).
protocol::Octets masked(protocol::OctetView octets, const std::vector<SecretRange> &ranges);
std::string maskedUrl(std::string_view url);

} // namespace frameglass::capture
