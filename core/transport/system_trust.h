// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <openssl/x509.h>

namespace frameglass::transport {

/// Adds the certificates this system trusts: SSL_CERT_FILE and SSL_CERT_DIR where set, otherwise the system's own
/// store. Returns whether there was any place to look at; takes some ten milliseconds.
bool addSystemAnchors(X509_STORE *store);

} // namespace frameglass::transport
