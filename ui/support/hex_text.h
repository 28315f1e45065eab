// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/octets.h"

#include <QString>

#include <optional>

namespace frameglass::ui {

/// Reads octets typed as hex digits; spaces, line ends, commas, colons and a leading 0x are let through.
struct HexText
{
    protocol::Octets octets;
    std::optional<qsizetype> faultAt; ///< first character that is no hex digit
    bool oddDigits = false;
    bool valid() const { return !faultAt && !oddDigits; }
};
HexText parseHex(QStringView text);

/// The sentence for a fault; empty where there is none.
QString faultText(const HexText &hex);

} // namespace frameglass::ui
