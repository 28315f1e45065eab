// SPDX-License-Identifier: GPL-3.0-or-later
#include "hex_text.h"

#include <QCoreApplication>

namespace frameglass::ui {

HexText parseHex(QStringView text)
{
    HexText result;
    int high = -1;
    qsizetype i = 0;
    if (text.startsWith(QLatin1String("0x"), Qt::CaseInsensitive))
        i = 2;
    for (; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c.isSpace() || c == u',' || c == u':')
            continue;
        const char digit = c.toLatin1();
        int value = -1;
        if (digit >= '0' && digit <= '9')
            value = digit - '0';
        else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
            value = (digit | 0x20) - 'a' + 10;
        if (value < 0) {
            result.faultAt = i;
            return result;
        }
        if (high < 0) {
            high = value;
        } else {
            result.octets.push_back(std::byte(high << 4 | value));
            high = -1;
        }
    }
    result.oddDigits = high >= 0;
    return result;
}

QString faultText(const HexText &hex)
{
    if (hex.faultAt)
        return QCoreApplication::translate("HexText", "Character %1 is no hex digit").arg(*hex.faultAt + 1);
    if (hex.oddDigits)
        return QCoreApplication::translate("HexText", "The last octet has one digit; it needs two");
    return {};
}

} // namespace frameglass::ui
