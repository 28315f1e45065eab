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

QString textOf(TimeFormat format)
{
    switch (format) {
    case TimeFormat::SinceStart: return QCoreApplication::translate("TimeFormat", "since the start");
    case TimeFormat::WallClock: return QCoreApplication::translate("TimeFormat", "time of day");
    case TimeFormat::SincePrevious: return QCoreApplication::translate("TimeFormat", "since the row before");
    }
    return {};
}

} // namespace frameglass::ui
