// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit_text.h"

#include "core/diagnosis/wording.h"

#include <QCoreApplication>

namespace frameglass::ui {

QString sizeText(std::uint64_t octets)
{
    const QString text = diagnosis::octetsText(octets);
    return text.back().isDigit() ? QCoreApplication::translate("sizeText", "%1 B", "octets").arg(text) : text;
}

} // namespace frameglass::ui
