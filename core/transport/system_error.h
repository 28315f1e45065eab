// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <system_error>

namespace frameglass::transport {

/// A failure as the system named it: errno (EAI_* of a lookup) and its own untranslated text.
struct SystemError
{
    int number = 0;
    std::string message;
    friend bool operator==(const SystemError &, const SystemError &) = default;
};

SystemError systemErrorOf(const std::error_code &error);
/// `number` is an EAI_* value; for EAI_SYSTEM `systemNumber` is the errno that stands behind it.
SystemError lookupErrorOf(int number, int systemNumber);

} // namespace frameglass::transport
