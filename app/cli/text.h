// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>

#include <string>

namespace frameglass::cli {

/// A text in the user's language. Named as lupdate expects; the context is always written at the call, since lupdate
/// reads literals only.
inline QString translate(const char *context, const char *text)
{
    return QCoreApplication::translate(context, text);
}

/// The same for CLI11, which speaks std::string. lupdate knows it as an alias of translate.
inline std::string help(const char *context, const char *text)
{
    return translate(context, text).toStdString();
}

} // namespace frameglass::cli
