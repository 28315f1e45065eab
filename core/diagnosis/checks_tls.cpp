// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "tls_view.h"

#include <algorithm>
#include <iterator>

namespace frameglass::diagnosis {

std::vector<Check> tlsChecks()
{
    std::vector<Check> rows;
    for (auto part : {tlsPortChecks, tlsCertificateChecks, tlsIssuerChecks, tlsParameterChecks, tlsHandshakeChecks}) {
        auto more = part();
        std::ranges::move(more, std::back_inserter(rows));
    }
    return rows;
}

} // namespace frameglass::diagnosis
