// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"

namespace frameglass::cli {

/// Prints how a connection came about, for a reader: what name servers said, each address that was tried, the proxy
/// with its heads, and TLS with the chain of certificates and all that speaks against it.
void printWay(const analysis::ConnectionFacts &facts);

/// The lines of a head, each with an arrow; secrets masked.
void printHead(const analysis::Recorded<protocol::HttpHead> &head, bool sent);

} // namespace frameglass::cli
