// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"

namespace frameglass::diagnosis
{

std::vector<Check> intermediaryChecks()
{
    return {};
}

} // namespace frameglass::diagnosis
