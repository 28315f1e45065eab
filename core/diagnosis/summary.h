// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "check.h"

/// Internal to diagnosis: sentences about a whole connection.
namespace frameglass::diagnosis {

/// How far a connection of ours came before the first octet of its opening handshake.
enum class Reach { Listener, Connecting, NotConnected, Connected };
Reach reachOf(const analysis::ConnectionFacts &facts);

/// The stage that runs or that failed, since when, and its error.
QString stageText(const Evaluation &evaluation);

/// The banner's sentence.
QString summaryOf(const Report &report, const Evaluation &evaluation);

} // namespace frameglass::diagnosis
