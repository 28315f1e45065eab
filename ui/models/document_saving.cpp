// SPDX-License-Identifier: GPL-3.0-or-later
#include "document_p.h"

#include "core/capture/capture_move.h"
#include "core/diagnosis/report_file.h"
#include "core/diagnosis/wording.h"

#include <QFile>
#include <QFileInfo>

namespace frameglass::ui {

using capture::CaptureError;
using capture::CaptureReader;
using capture::CaptureWriter;

bool Document::isSaving() const
{
    return d->saving != nullptr;
}

void Document::cancelSaving()
{
    if (d->saving)
        d->saving->cancelled = true;
}

void Document::saveAs(const QString &path, SavedCallback then)
{
    Q_ASSERT(!isSaving());
    const QString target = QFileInfo(path).absoluteFilePath();
    if (target == d->path) {
        then({});
        return;
    }
    try {
        const auto move = std::make_shared<capture::CaptureMove>(toPath(d->path), toPath(target));
        if (d->unsavedFile) {
            bool renamed = false;
            d->switchFiles([&] { return renamed = move->rename(); }, target);
            if (renamed) {
                d->settleAt(target);
                then({});
                return;
            }
        }
        d->inBackground(
            [move, sink = d->live->sink](const auto &progress) {
                sink->flush();
                return move->copy(progress);
            },
            [this, move, target] {
                const QString before = d->path;
                d->switchFiles(
                    [&] {
                        move->finish();
                        return true;
                    },
                    target);
                if (d->unsavedFile)
                    removeCaptureFiles(before);
                d->settleAt(target);
            },
            std::move(then));
    } catch (const CaptureError &error) {
        then({false, error});
    }
}

void Document::saveCopy(const QString &path, bool withSecrets, SavedCallback then)
{
    Q_ASSERT(!isSaving());
    const auto target = toPath(QFileInfo(path).absoluteFilePath());
    d->inBackground(
        [target, withSecrets, source = toPath(d->path), sink = d->live->sink](const auto &progress) {
            sink->flush();
            return CaptureReader(source).saveCopy(target, withSecrets, progress);
        },
        {}, std::move(then));
}

namespace {

bool exportAll(const CaptureReader &reader, const std::optional<analysis::RecordSet> &chosen,
               capture::RecordExport &out, const std::function<bool(double)> &progress)
{
    const std::uint64_t count = chosen ? chosen->size() : reader.lastId();
    std::uint64_t done = 0;
    const auto goOn = [&] { return progress(double(++done) / double(count)); };
    if (!chosen) {
        reader.forEach(1, count, capture::Payloads::Full, [&](capture::Record &&record) {
            out.add(std::move(record));
            return goOn();
        });
        return progress(1);
    }
    for (std::uint64_t i = 0; i < count; ++i) {
        if (auto record = reader.record(chosen->at(i)))
            out.add(std::move(*record));
        if (!goOn())
            return false;
    }
    return progress(1);
}

} // namespace

void Document::exportRecords(const QString &path, capture::ExportForm form, std::optional<analysis::RecordSet> chosen,
                             bool withSecrets, SavedCallback then)
{
    Q_ASSERT(!isSaving());
    const auto target = toPath(QFileInfo(path).absoluteFilePath());
    const auto work = [=, chosen = std::move(chosen), source = toPath(d->path),
                       sink = d->live->sink](const auto &progress) {
        sink->flush();
        capture::RecordExport out(source, target, form, withSecrets);
        if (!exportAll(CaptureReader(source), chosen, out, progress))
            return false;
        out.finish();
        return true;
    };
    d->inBackground(work, {}, std::move(then));
}

void Document::writeReport(const QString &path, diagnosis::ReportForm form, capture::ConnectionId connection,
                           SavedCallback then)
{
    Q_ASSERT(!isSaving());
    std::vector<capture::ConnectionId> connections;
    if (connection != 0)
        connections.push_back(connection);
    const auto work = [=, source = toPath(d->path), target = toPath(QFileInfo(path).absoluteFilePath()),
                       sink = d->live->sink, settings = d->checkSettings](const auto &progress) {
        sink->flush();
        return diagnosis::writeReport(source, target, form, connections, settings, progress);
    };
    d->inBackground(work, {}, std::move(then));
}

void Document::Private::settleAt(const QString &target)
{
    path = target;
    unsavedFile = discarded = false;
    lock.reset();
    keepCheckSettings();
}

/// Closes the writer, so that one file is left, and goes on in `target` once `move` returned true, else in the old
/// place. Sessions wait meanwhile: `move` must be quick.
void Document::Private::switchFiles(const std::function<bool()> &move, const QString &target)
{
    live->sink->exchange([&](std::unique_ptr<CaptureWriter> &writer) {
        const bool hadWriter = writer != nullptr;
        writer.reset();
        reader.reset();
        const auto goOn = [&](const QString &file) {
            reader = std::make_unique<CaptureReader>(toPath(file));
            if (!hadWriter)
                return;
            try {
                writer = std::make_unique<CaptureWriter>(toPath(file));
                watch(*writer);
            } catch (const CaptureError &error) { // the capture is where it should be, but records no more
                refusedWriting = true;
                emit q->writeFailed(diagnosis::textOf(error.code(), file));
            }
        };
        bool moved = false;
        try {
            moved = move();
        } catch (const CaptureError &) {
            goOn(path);
            throw;
        }
        refusedWriting = refusedWriting && !moved;
        goOn(moved ? target : path);
    });
}

/// Calls `work` on a thread of its own; then, unless it was cancelled or failed, `finish` and always `then` here.
void Document::Private::inBackground(std::function<bool(const std::function<bool(double)> &)> work,
                                     std::function<void()> finish, SavedCallback then)
{
    saving = std::make_unique<Saving>();
    QObject::connect(&saving->poll, &QTimer::timeout, q, [this] { emit q->savingProgressed(saving->share); });
    saving->poll.start(100);
    const auto ended = [this, finish = std::move(finish), then = std::move(then)](Saved end) {
        stopSaving();
        if (end.isDone() && finish) {
            try {
                finish();
            } catch (const CaptureError &error) {
                end.error = error;
            }
        }
        then(end);
    };
    saving->thread = std::thread([this, now = saving.get(), work = std::move(work), ended] {
        Saved end;
        try {
            end.cancelled = !work([now](double share) {
                now->share = share;
                return !now->cancelled;
            });
        } catch (const CaptureError &error) {
            end.error = error;
        }
        QMetaObject::invokeMethod(
            q, [ended, end] { ended(end); }, Qt::QueuedConnection);
    });
}

void Document::Private::stopSaving()
{
    if (!saving)
        return;
    saving->cancelled = true;
    saving->thread.join();
    saving.reset();
}

} // namespace frameglass::ui
