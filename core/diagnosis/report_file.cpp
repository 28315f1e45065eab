// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_file.h"

#include "report_picture.h"

#include "core/capture/capture.h"
#include "core/capture/capture_copy.h"

#include <QSaveFile>

#include <algorithm>
#include <deque>

namespace frameglass::diagnosis {

namespace {

constexpr capture::RecordId stride = 4096; // records between two looks at `progress`

/// Of the whole work; the rest is a picture for each connection, and the writing.
constexpr double foldShare = 0.7;

bool fold(const capture::CaptureReader &reader, analysis::CaptureFacts &facts,
          const std::function<bool(double)> &progress)
{
    const capture::RecordId last = reader.lastId();
    bool goOn = progress(0);
    reader.forEach(1, last, capture::Payloads::ControlOnly, [&](capture::Record &&record) {
        facts.add(record);
        if (record.id % stride == 0)
            goOn = progress(foldShare * static_cast<double>(record.id) / static_cast<double>(last));
        return goOn;
    });
    return goOn;
}

} // namespace

void saveReport(const std::filesystem::path &target, const QByteArray &octets)
{
    QSaveFile file(QString::fromStdU16String(target.u16string()));
    if (!file.open(QIODevice::WriteOnly) || file.write(octets) != octets.size() || !file.commit())
        throw capture::CaptureError(file.error() == QFileDevice::ResourceError ? capture::CaptureErrorCode::DiskFull
                                    : file.error() == QFileDevice::OpenError || file.error() == QFileDevice::WriteError
                                        ? capture::CaptureErrorCode::ReadOnly
                                        : capture::CaptureErrorCode::Io,
                                    target, file.errorString().toStdString());
}

bool writeReport(const std::filesystem::path &source, const std::filesystem::path &target, ReportForm form,
                 const std::vector<capture::ConnectionId> &connections, const Settings &settings,
                 const std::function<bool(double)> &progress)
{
    capture::refuseOccupied(source, target);
    const capture::CaptureReader reader(source);
    analysis::CaptureFacts facts;
    if (!fold(reader, facts, progress))
        return false;
    std::deque<Report> reports;
    ReportDocument document;
    document.startWallMs = reader.startWallMs();
    const auto total = static_cast<double>(facts.connections().size());
    for (const auto &[id, connection] : facts.connections()) {
        const bool wanted = connections.empty() || std::ranges::find(connections, id) != connections.end();
        if (id == 0 || !wanted || connection->isListener())
            continue;
        const double share = foldShare + (1 - foldShare) * static_cast<double>(reports.size()) / total;
        const auto goOn = [&](capture::RecordId) { return progress(share); };
        if (!goOn(0))
            return false;
        reports.push_back(evaluate({*connection, nullptr, &facts, connection->lastTime.value_or(Nanoseconds(0)),
                                    settings, reader.startWallMs()}));
        QString picture;
        if (form == ReportForm::Html)
            picture = pictureOf(*connection, reader, goOn);
        document.subjects.push_back({connection.get(), &reports.back(), nullptr, std::move(picture)});
    }
    const QByteArray octets = render(document, form);
    if (!progress(1))
        return false;
    saveReport(target, octets);
    return true;
}

} // namespace frameglass::diagnosis
