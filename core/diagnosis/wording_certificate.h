// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/tls_record.h"

#include <QString>

namespace frameglass::diagnosis {

/// The certificate that a fault is about, of the chain that was sent; nullptr where none came. A fault behind the last
/// one sent counts as its.
const capture::Certificate *certificateOf(const std::vector<capture::Certificate> &chain,
                                          const capture::CertificateFault &fault);

/// What a user knows a certificate by: its common name, else its first name, else the subject.
QString nameOf(const capture::Certificate &certificate);

/// Which certificate of the chain is at fault and why, in one sentence; the library's words where we have none.
QString textOf(const capture::CertificateFault &fault, const std::vector<capture::Certificate> &chain);

/// What would mend it, in one sentence; empty where nothing is known.
QString adviceFor(const capture::CertificateFault &fault, const std::vector<capture::Certificate> &chain);

/// "valid until 1 Feb 2027, 67 days left", "expired 3 days before", as of `moment` (s since 1970).
QString validityText(const capture::Certificate &certificate, std::int64_t moment);

} // namespace frameglass::diagnosis
