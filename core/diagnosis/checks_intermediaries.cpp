// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "proxy_view.h"

#include <algorithm>
#include <iterator>

namespace frameglass::diagnosis {

std::vector<Check> intermediaryChecks()
{
    std::vector<Check> rows;
    for (auto part : {signatureChecks, nginxUpgradeChecks, nginxChecks, envoyChecks, haproxyChecks, apacheChecks,
                      iisChecks, cloudChecks, applicationAnswerChecks, idleCutChecks}) {
        auto more = part();
        std::ranges::move(more, std::back_inserter(rows));
    }
    return rows;
}

} // namespace frameglass::diagnosis
