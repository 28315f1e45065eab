// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"

#include <QString>

namespace frameglass::ui {

/// Whether the connection is, or was meant to become, one over TLS.
bool isSecure(const analysis::ConnectionFacts &facts);

/// Whether the server's certificate was not trusted and the connection went on all the same, as the user wanted.
bool isTrustOverridden(const analysis::ConnectionFacts &facts);

/// Whether it ended in its TLS handshake because the server's certificate was not trusted: going on whatever the
/// certificate would change that.
bool isRefusedByTrust(const analysis::ConnectionFacts &facts);

/// The mark of a connection whose certificate is not trusted, the same in every view.
QString notTrustedText();

/// The certificate as a file holds it (RFC 7468).
QByteArray pemOf(const capture::Certificate &certificate);

} // namespace frameglass::ui
