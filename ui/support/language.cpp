// SPDX-License-Identifier: GPL-3.0-or-later
#include "language.h"

#include "theme.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>

#include <algorithm>

namespace frameglass::ui {

Language &Language::instance()
{
    static Language language;
    return language;
}

const std::vector<Language::Entry> &Language::available()
{
    static const std::vector<Entry> entries{{QStringLiteral("en"), QStringLiteral("English")},
                                            {QStringLiteral("zh_CN"), QStringLiteral("简体中文")}};
    return entries;
}

void Language::apply(const QString &code)
{
    const QString wanted = code.isEmpty() ? QLocale::system().name() : code;
    const auto &entries = available();
    const auto match = std::find_if(entries.begin(), entries.end(), [&](const Entry &entry) {
        return wanted == entry.code || wanted.section(u'_', 0, 0) == entry.code.section(u'_', 0, 0);
    });
    m_code = match == entries.end() ? entries.front().code : match->code;
    // The formats of numbers follow the language, unless the system speaks it too and knows its own.
    QLocale::setDefault(QLocale::system().name().startsWith(m_code) ? QLocale::system() : QLocale(m_code));
    icon(Icon::Add); // resources are linked in with the first icon
    QCoreApplication::removeTranslator(&m_program);
    QCoreApplication::removeTranslator(&m_toolkit);
    if (m_code == QLatin1String("en"))
        return;
    if (m_toolkit.load(QStringLiteral("qtbase_") + m_code, QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(&m_toolkit);
    if (m_program.load(QStringLiteral(":/translations/frameglass_") + m_code))
        QCoreApplication::installTranslator(&m_program);
}

} // namespace frameglass::ui
