// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "head_rows.h"

#include "core/capture/record.h"

#include <QString>

#include <vector>

namespace frameglass::ui {

/// One line of what a TLS handshake agreed on, or of a certificate.
struct TlsRow
{
    QString name;
    QString value;
    QString words = {};                       ///< what is to be said of it; may be empty
    LineVerdict verdict = LineVerdict::Plain; ///< of `words`
    friend bool operator==(const TlsRow &, const TlsRow &) = default;
};

/// What was offered, agreed on and judged. Lines that say nothing are left out.
std::vector<TlsRow> agreementRows(const capture::TlsFacts &tls, capture::Vantage vantage);

/// A certificate of the chain that was sent.
struct CertificateRows
{
    QString title;                         ///< what it is known by
    QString role;                          ///< "server", "intermediate", "root", …
    QString validity;                      ///< as of the handshake
    LineVerdict verdict = LineVerdict::Ok; ///< Ok: nothing speaks against it
    QString faults;                        ///< every fault of it in words
    std::vector<TlsRow> rows;
    QByteArray pem;
    friend bool operator==(const CertificateRows &, const CertificateRows &) = default;
};

/// The chain of the end that had to prove itself to the other, leaf first. `moment`: of the handshake, s since 1970.
std::vector<CertificateRows> chainRows(const capture::TlsFacts &tls, capture::Vantage vantage, std::int64_t moment);

} // namespace frameglass::ui
