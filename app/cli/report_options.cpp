// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_options.h"

#include "command.h"
#include "terminal.h"

#include "core/diagnosis/report_file.h"
#include "core/diagnosis/report_picture.h"
#include "core/diagnosis/settings_table.h"

#include <nlohmann/json.hpp>

#include <QFile>
#include <QStringList>

#include <algorithm>

namespace frameglass::cli {

namespace {

using diagnosis::ReportForm;

QString shown(const std::string &text)
{
    return Terminal::printable(QString::fromStdString(text));
}

QString nameOf(const std::filesystem::path &path)
{
    return QString::fromStdU16String(path.u16string());
}

QString formNames()
{
    QStringList names;
    for (const ReportForm form : diagnosis::reportForms())
        names << QString::fromUtf8(diagnosis::nameOf(form).data());
    return names.join(QStringLiteral(", "));
}

std::optional<ReportForm> formOfSuffix(const std::filesystem::path &path)
{
    const QString suffix = nameOf(path.extension()).mid(1);
    const auto forms = diagnosis::reportForms();
    const auto found =
        std::ranges::find_if(forms, [&](ReportForm form) { return diagnosis::suffixOf(form) == suffix; });
    return found == forms.end() ? std::nullopt : std::optional(*found);
}

/// A whole small file, or nothing after telling why.
std::optional<QByteArray> contentsOf(const std::filesystem::path &path)
{
    QFile file(nameOf(path));
    if (!file.open(QIODevice::ReadOnly)) {
        complain(
            translate("fglass", "%1 cannot be read: %2").arg(Terminal::printable(nameOf(path)), file.errorString()));
        return {};
    }
    constexpr qint64 most = 17 << 20; // more than a baseline may have: it is refused with its reason
    return file.read(most);
}

} // namespace

void ReportOptions::addTo(CLI::App &command)
{
    command
        .add_option("--report", m_reports,
                    help("fglass", "Write a report: FORM=FILE, or FILE with a suffix that tells the form (txt, json, "
                                   "xml, sarif, md, html); FORM alone prints it instead of the text. Forms are text, "
                                   "json, junit, sarif, markdown and html. May be repeated"))
        ->type_name("FORM=FILE")
        ->allow_extra_args(false);
    command.add_option("--fail-on", m_failOn, help("fglass", "From which verdict on the exit code is 1"))
        ->check(CLI::IsMember({"warn", "fail"}))
        ->type_name("VERDICT")
        ->capture_default_str();
    command
        .add_option("--only", m_only,
                    help("fglass", "Judge only these checks: ids, or the beginning of ids with a * (upgrade.*), "
                                   "separated by commas"))
        ->delimiter(',')
        ->type_name("CHECKS")
        ->allow_extra_args(false);
    command.add_option("--skip", m_skip, help("fglass", "Leave these checks out, written like those of --only"))
        ->delimiter(',')
        ->type_name("CHECKS")
        ->allow_extra_args(false);
    command
        .add_option("--baseline", m_baseline,
                    help("fglass", "Faults that this file holds are told but do not count, unless they became graver: "
                                   "a file of --write-baseline, or an earlier report in JSON"))
        ->type_name("FILE");
    command
        .add_option("--write-baseline", m_writeBaseline,
                    help("fglass", "Write the warnings and failures of this run as a baseline"))
        ->type_name("FILE");
    command
        .add_option("--set", m_set,
                    help("fglass", "A threshold of a check, or what you declare of the system, for example "
                                   "stat.slo.latency=50ms or deploy.at=2026-11-27T12:30:00Z (fglass settings lists "
                                   "them). May be repeated"))
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command
        .add_option("--settings", m_settingsFile,
                    help("fglass", "Take settings from this file (fglass settings --json writes one); --set goes "
                                   "before it"))
        ->type_name("FILE");
}

bool ReportOptions::prepare()
{
    m_terms = {m_only, m_skip, {}};
    if (const auto unknown = m_terms.unknownPattern()) {
        complain(translate("fglass", "No check is named '%1'; `fglass checks` lists them.").arg(shown(*unknown)));
        return false;
    }
    return prepareReports() && prepareBaseline() && prepareSettings();
}

bool ReportOptions::prepareReports()
{
    m_wanted.clear();
    for (const std::string &text : m_reports) {
        const std::size_t equals = text.find('=');
        const auto named = diagnosis::reportFormNamed(std::string_view(text).substr(0, equals));
        if (named && equals != std::string::npos && equals + 1 < text.size())
            m_wanted.push_back({*named, text.substr(equals + 1)});
        else if (named && equals == std::string::npos)
            m_wanted.push_back({*named, {}});
        else if (const auto form = formOfSuffix(text); form && !named)
            m_wanted.push_back({*form, text});
        else {
            complain(translate("fglass", "--report %1: what form this is cannot be told. Write FORM=FILE with one of "
                                         "the forms %2.")
                         .arg(shown(text), formNames()));
            return false;
        }
    }
    if (std::ranges::count_if(m_wanted, [](const Wanted &wanted) { return wanted.file.empty(); }) > 1) {
        complain(translate("fglass", "Only one report can go to standard output."));
        return false;
    }
    return true;
}

bool ReportOptions::prepareBaseline()
{
    if (m_baseline.empty())
        return true;
    const auto octets = contentsOf(m_baseline);
    if (!octets)
        return false;
    auto read = diagnosis::readBaseline({octets->constData(), static_cast<std::size_t>(octets->size())});
    if (const auto *error = std::get_if<diagnosis::BaselineError>(&read)) {
        complain(translate("fglass", "The baseline %1 cannot be used. %2")
                     .arg(Terminal::printable(nameOf(m_baseline)), error->message));
        return false;
    }
    m_terms.baseline = std::get<std::vector<diagnosis::AcceptedFault>>(std::move(read));
    return true;
}

bool ReportOptions::prepareSettings()
{
    m_settings = {};
    if (!m_settingsFile.empty()) {
        const auto octets = contentsOf(m_settingsFile);
        if (!octets)
            return false;
        if (const auto error =
                diagnosis::applySettings(m_settings, {octets->constData(), static_cast<std::size_t>(octets->size())})) {
            complain(translate("fglass", "The settings %1 cannot be used. %2")
                         .arg(Terminal::printable(nameOf(m_settingsFile)), error->message));
            return false;
        }
    }
    for (const std::string &assignment : m_set) {
        if (const auto error = diagnosis::applySetting(m_settings, assignment)) {
            complain(translate("fglass", "--set %1: %2").arg(shown(assignment), error->message));
            return false;
        }
    }
    return true;
}

diagnosis::Verdict ReportOptions::failOn() const
{
    return m_failOn == "warn" ? diagnosis::Verdict::Warn : diagnosis::Verdict::Fail;
}

bool ReportOptions::toStandardOutput() const
{
    return std::ranges::any_of(m_wanted, [](const Wanted &wanted) { return wanted.file.empty(); });
}

void ReportOptions::write(diagnosis::ReportDocument document, const capture::CaptureReader &reader) const
{
    document.failOn = failOn();
    document.startWallMs = reader.startWallMs();
    const bool drawn =
        std::ranges::any_of(m_wanted, [](const Wanted &wanted) { return wanted.form == ReportForm::Html; });
    if (drawn)
        for (auto &subject : document.subjects)
            subject.picture = diagnosis::pictureOf(*subject.facts, reader);
    for (const Wanted &wanted : m_wanted) {
        const QByteArray octets = diagnosis::render(document, wanted.form);
        if (wanted.file.empty())
            Terminal::out().write(QString::fromUtf8(octets));
        else
            diagnosis::saveReport(wanted.file, octets);
    }
    if (m_writeBaseline.empty())
        return;
    std::vector<const diagnosis::Report *> reports;
    for (const auto &subject : document.subjects)
        reports.push_back(subject.report);
    diagnosis::saveReport(m_writeBaseline, QByteArray::fromStdString(diagnosis::baselineOf(reports).dump(2) + '\n'));
}

} // namespace frameglass::cli
