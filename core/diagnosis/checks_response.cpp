// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "response_view.h"

#include <algorithm>
#include <iterator>

namespace frameglass::diagnosis {

std::vector<Check> responseChecks()
{
    std::vector<Check> rows;
    for (auto part :
         {responseArrivalChecks, responseAcceptChecks, responseWireChecks, responseFieldChecks, responseUpgradeChecks,
          responseStatusChecks, responseServerErrorChecks, responseAfterwardsChecks}) {
        auto more = part();
        std::ranges::move(more, std::back_inserter(rows));
    }
    return rows;
}

} // namespace frameglass::diagnosis
