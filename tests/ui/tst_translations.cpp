// SPDX-License-Identifier: GPL-3.0-or-later
// The Simplified Chinese of every text that the sources hold today is there, finished, and keeps its placeholders.
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

namespace {

struct Message
{
    QString context;
    QString source;
    QStringList forms; ///< one, or one for each plural form
    bool finished = true;
};

std::vector<Message> readMessages(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QXmlStreamReader xml(&file);
    std::vector<Message> messages;
    QString context;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == QLatin1String("name"))
            context = xml.readElementText();
        else if (xml.name() == QLatin1String("message"))
            messages.push_back({context, {}, {}, true});
        else if (xml.name() == QLatin1String("source"))
            messages.back().source = xml.readElementText();
        else if (xml.name() == QLatin1String("translation")) {
            messages.back().finished = !xml.attributes().hasAttribute(QLatin1String("type"));
            const QString text = xml.readElementText(QXmlStreamReader::IncludeChildElements);
            messages.back().forms = QStringList{text.trimmed().isEmpty() ? QString() : text};
        }
    }
    return messages;
}

QStringList placeholders(const QString &text)
{
    QStringList found;
    static const QRegularExpression pattern(QStringLiteral("%(?:L?[1-9]|n)"));
    for (auto match = pattern.globalMatch(text); match.hasNext();)
        found += match.next().captured();
    found.sort();
    found.removeDuplicates();
    return found;
}

} // namespace

class TestTranslations : public QObject
{
    Q_OBJECT
private slots:
    void everyTextIsTranslated()
    {
        const QTemporaryDir folder;
        const QString copy = folder.filePath(QStringLiteral("frameglass_zh_CN.ts"));
        QVERIFY(QFile::copy(QStringLiteral(TRANSLATIONS), copy));
        QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner);
        QProcess lupdate;
        lupdate.start(QStringLiteral(LUPDATE), QStringLiteral(LUPDATE_ARGUMENTS).split('|') << "-ts" << copy);
        QVERIFY2(lupdate.waitForFinished(120'000) && lupdate.exitCode() == 0, lupdate.readAllStandardError());

        const auto messages = readMessages(copy);
        QVERIFY(messages.size() > 1000);
        QStringList faults;
        for (const Message &message : messages) {
            const QString name = message.context + QStringLiteral(": ") + message.source;
            if (!message.finished || message.forms.value(0).isEmpty())
                faults += QStringLiteral("unfinished: ") + name;
            else if (placeholders(message.source) != placeholders(message.forms.value(0)))
                faults += QStringLiteral("placeholders differ: ") + name;
        }
        QVERIFY2(faults.isEmpty(), qPrintable(faults.mid(0, 20).join('\n')));
    }
};

QTEST_GUILESS_MAIN(TestTranslations)
#include "tst_translations.moc"
