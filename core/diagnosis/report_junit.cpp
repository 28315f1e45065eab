// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_forms.h"
#include "report_text.h"
#include "rule_support.h"

#include <QDateTime>
#include <QStringList>
#include <QXmlStreamWriter>

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

/// Text that XML 1.0 §2.2 allows: controls were made visible, what remains of the forbidden is replaced.
QString xmlText(const QString &text)
{
    QString allowed = ReportLines::printable(text);
    for (qsizetype i = 0; i < allowed.size(); ++i) {
        const QChar c = allowed[i];
        const bool paired = c.isHighSurrogate() && i + 1 < allowed.size() && allowed[i + 1].isLowSurrogate();
        if (paired)
            ++i;
        else if (c.isSurrogate() || c.unicode() >= 0xfffe)
            allowed[i] = QChar::ReplacementCharacter;
    }
    return allowed;
}

class Suite
{
public:
    Suite(QXmlStreamWriter &xml, const ReportDocument &document, const ReportSubject &subject)
        : m_xml(xml), m_document(document), m_subject(subject), m_report(*subject.report)
    {}

    void write()
    {
        m_xml.writeStartElement(QStringLiteral("testsuite"));
        m_xml.writeAttribute(QStringLiteral("name"), xmlText(targetOf(*m_subject.facts)));
        m_xml.writeAttribute(QStringLiteral("id"), QString::number(m_subject.facts->id));
        const auto &findings = m_report.findings;
        m_xml.writeAttribute(QStringLiteral("tests"), QString::number(findings.size()));
        m_xml.writeAttribute(QStringLiteral("failures"), count([&](const Finding &f) { return fails(f); }));
        m_xml.writeAttribute(QStringLiteral("errors"), QStringLiteral("0"));
        m_xml.writeAttribute(QStringLiteral("skipped"), count([&](const Finding &f) { return isSkipped(f); }));
        const auto &facts = *m_subject.facts;
        const Nanoseconds begun = facts.started ? facts.started->time : Nanoseconds(0);
        const Nanoseconds took = facts.lastTime.value_or(begun) - begun;
        m_xml.writeAttribute(QStringLiteral("time"),
                             QString::number(std::chrono::duration<double>(took).count(), 'f', 3));
        if (m_document.startWallMs)
            m_xml.writeAttribute(
                QStringLiteral("timestamp"),
                QDateTime::fromMSecsSinceEpoch(*m_document.startWallMs +
                                                   std::chrono::duration_cast<std::chrono::milliseconds>(begun).count(),
                                               Qt::UTC)
                    .toString(Qt::ISODate));
        for (const Finding &finding : findings)
            writeCase(finding);
        m_xml.writeTextElement(QStringLiteral("system-out"), xmlText(m_report.summary));
        m_xml.writeEndElement();
    }

    std::size_t failures() const
    {
        return static_cast<std::size_t>(
            std::ranges::count_if(m_report.findings, [&](const Finding &f) { return fails(f); }));
    }

private:
    bool fails(const Finding &finding) const
    {
        return finding.verdict >= m_document.failOn && !finding.accepted && finding.foldedUnder.empty();
    }
    static bool isSkipped(const Finding &finding)
    {
        const bool fault = finding.verdict == Verdict::Fail || finding.verdict == Verdict::Warn;
        return finding.verdict == Verdict::NotApplicable ||
               (fault && (finding.accepted || !finding.foldedUnder.empty()));
    }
    template<typename Predicate>
    QString count(Predicate predicate) const
    {
        return QString::number(std::ranges::count_if(m_report.findings, predicate));
    }

    void writeCase(const Finding &finding)
    {
        const Check &check = *checkById(finding.id);
        m_xml.writeStartElement(QStringLiteral("testcase"));
        m_xml.writeAttribute(QStringLiteral("classname"),
                             QStringLiteral("frameglass.") + utf8(finding.id.substr(0, finding.id.find('.'))));
        m_xml.writeAttribute(QStringLiteral("name"),
                             QStringLiteral("%1: %2").arg(utf8(finding.id), xmlText(check.translatedTitle())));
        m_xml.writeAttribute(QStringLiteral("time"), QStringLiteral("0"));
        if (fails(finding)) {
            m_xml.writeStartElement(QStringLiteral("failure"));
            m_xml.writeAttribute(QStringLiteral("type"), utf8(nameOf(finding.verdict)));
            m_xml.writeAttribute(QStringLiteral("message"), xmlText(finding.reason));
            m_xml.writeCharacters(details(finding));
            m_xml.writeEndElement();
        } else if (isSkipped(finding)) {
            m_xml.writeEmptyElement(QStringLiteral("skipped"));
            m_xml.writeAttribute(QStringLiteral("message"), skippedText(finding));
        } else if (finding.verdict > Verdict::Pass) {
            m_xml.writeTextElement(QStringLiteral("system-out"),
                                   QStringLiteral("%1: %2").arg(textOf(finding.verdict), xmlText(finding.reason)));
        }
        m_xml.writeEndElement();
    }

    QString skippedText(const Finding &finding) const
    {
        if (finding.accepted)
            return CheckText::tr("accepted by the baseline: %1").arg(xmlText(finding.reason));
        if (!finding.foldedUnder.empty())
            return CheckText::tr("explained by %1: %2").arg(utf8(finding.foldedUnder), xmlText(finding.reason));
        return xmlText(finding.reason);
    }

    /// Line by line, since printable() would show the breaks as octets.
    static QString details(const Finding &finding)
    {
        ReportLines lines;
        addDetails(lines, *checkById(finding.id), finding);
        QStringList parts;
        for (const QString &line : lines.text().split(QLatin1Char('\n')))
            parts << xmlText(line);
        return QLatin1Char('\n') + parts.join(QLatin1Char('\n'));
    }

    QXmlStreamWriter &m_xml;
    const ReportDocument &m_document;
    const ReportSubject &m_subject;
    const Report &m_report;
};

} // namespace

QByteArray junitReport(const ReportDocument &document)
{
    QByteArray octets;
    QXmlStreamWriter xml(&octets);
    xml.setAutoFormatting(true);
    xml.writeStartDocument();
    xml.writeStartElement(QStringLiteral("testsuites"));
    xml.writeAttribute(QStringLiteral("name"), programText());
    std::size_t tests = 0;
    std::size_t failures = 0;
    for (const ReportSubject &subject : document.subjects) {
        tests += subject.report->findings.size();
        failures += Suite(xml, document, subject).failures();
    }
    xml.writeAttribute(QStringLiteral("tests"), QString::number(tests));
    xml.writeAttribute(QStringLiteral("failures"), QString::number(failures));
    for (const ReportSubject &subject : document.subjects)
        Suite(xml, document, subject).write();
    xml.writeEndDocument();
    return octets;
}

} // namespace frameglass::diagnosis
