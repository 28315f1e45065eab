// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTranslator>

#include <vector>

namespace frameglass::ui {

/// The one door for languages. Changing it sends LanguageChange to every widget, which writes its texts anew.
class Language
{
public:
    struct Entry
    {
        QString code; ///< "en", "zh_CN"
        QString name; ///< in that language
    };

    static Language &instance();
    static const std::vector<Entry> &available();
    /// A code of available(), or empty for the system's language; English where there is no translation.
    void apply(const QString &code);
    QString current() const { return m_code; }

private:
    QTranslator m_program;
    QTranslator m_toolkit;
    QString m_code = QStringLiteral("en");
};

} // namespace frameglass::ui
