// SPDX-License-Identifier: GPL-3.0-or-later
#include "document_p.h"

#include "core/diagnosis/wording.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <algorithm>

namespace frameglass::ui {

using capture::CaptureError;
using capture::CaptureErrorCode;
using capture::CaptureReader;
using capture::CaptureWriter;
using namespace std::chrono_literals;

namespace {

constexpr auto lockSuffix = ".lock";

QString dataFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/captures");
}

std::unique_ptr<QLockFile> lockFor(const QString &path)
{
    auto lock = std::make_unique<QLockFile>(path + QLatin1String(lockSuffix));
    lock->setStaleLockTime(0); // only a dead program's lock is stale, however old
    return lock;
}

} // namespace

std::filesystem::path toPath(const QString &path)
{
    return std::filesystem::path(path.toStdU16String());
}

void removeCaptureFiles(const QString &path)
{
    for (const char *suffix : {"", "-wal", "-shm", "-lock"})
        QFile::remove(path + QLatin1String(suffix));
}

Document::Document(QObject *parent) : QObject(parent), d(std::make_unique<Private>(this))
{
    newCapture();
}

Document::~Document()
{
    d->stopSaving();
    d->retire();
}

QString Document::path() const
{
    return d->path;
}

bool Document::isEmpty() const
{
    const capture::CaptureCounters now = counters();
    return now.records == 0 && now.committed == 0; // a writer counts from its own start
}

bool Document::isUnsaved() const
{
    return d->unsavedFile && !d->discarded && !isEmpty();
}

bool Document::isReadOnly() const
{
    return !d->live->sink->writer() && (d->refusedWriting || !QFileInfo(d->path).isWritable());
}

bool Document::isInDataFolder(const QString &path)
{
    return QFileInfo(path).absolutePath() == QFileInfo(dataFolder()).absoluteFilePath();
}

bool Document::wasInterrupted() const
{
    return d->interrupted || !d->facts->interrupted.empty();
}

void Document::setDiscarded(bool discarded)
{
    d->discarded = discarded;
}

QStringList Document::leftovers()
{
    QStringList result;
    const auto entries = QDir(dataFolder()).entryInfoList({QStringLiteral("*.fglass")}, QDir::Files, QDir::Time);
    for (const QFileInfo &entry : entries) {
        const QString file = entry.absoluteFilePath();
        const auto lock = lockFor(file);
        if (!lock->tryLock(0))
            continue;
        bool empty = false;
        try {
            empty = CaptureReader(toPath(file)).lastId() == 0;
        } catch (const CaptureError &) {
            empty = entry.size() == 0;
        }
        if (empty)
            removeCaptureFiles(file);
        else
            result.append(file);
    }
    return result;
}

void Document::discardLeftover(const QString &path)
{
    if (!isInDataFolder(path))
        return;
    const auto lock = lockFor(path);
    if (lock->tryLock(0))
        removeCaptureFiles(path);
}

void Document::newCapture()
{
    QDir().mkpath(dataFolder());
    const QString stem = dataFolder() + u'/' + QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString path = stem + QStringLiteral(".fglass");
    std::unique_ptr<QLockFile> lock;
    for (int n = 2; !lock; ++n) {
        lock = lockFor(path);
        if (QFileInfo::exists(path) || !lock->tryLock(0)) {
            lock.reset();
            path = stem + u'-' + QString::number(n) + QStringLiteral(".fglass");
        }
    }
    auto writer = std::make_unique<CaptureWriter>(toPath(path));
    auto reader = std::make_unique<CaptureReader>(toPath(path));
    d->retire();
    d->lock = std::move(lock);
    d->reader = std::move(reader);
    d->watch(*writer);
    d->live->sink->exchange([&](auto &current) { current = std::move(writer); });
    d->forgetCheckSettings(path); // of a capture of that name that is gone
    d->show(path, true);
}

void Document::open(const QString &path)
{
    const QString file = QFileInfo(path).absoluteFilePath();
    if (file == d->retiringPath)
        d->reaper.settle();
    const bool inDataFolder = isInDataFolder(file);
    std::unique_ptr<QLockFile> lock;
    if (inDataFolder) {
        lock = lockFor(file);
        if (file != d->path && !lock->tryLock(0))
            throw CaptureError(CaptureErrorCode::InUse, toPath(file), "locked by another program");
    }
    auto reader = std::make_unique<CaptureReader>(toPath(file));
    if (file == d->path)
        return;
    d->retire();
    d->lock = std::move(lock);
    d->reader = std::move(reader);
    d->interrupted = d->reader->wasLeftOpen();
    d->show(file, inDataFolder);
}

QUndoStack *Document::undoStack() const
{
    return d->undo;
}

const CaptureReader &Document::reader() const
{
    return *d->reader;
}

capture::CaptureCounters Document::counters() const
{
    if (const CaptureWriter *writer = d->live->sink->writer())
        return writer->counters();
    capture::CaptureCounters counters;
    counters.records = counters.committed = d->reader->lastId();
    for (const auto &[id, facts] : d->facts->connections()) {
        counters.octets += facts->sent.payloadOctets + facts->received.payloadOctets;
        counters.dropped += facts->droppedRecords;
    }
    return counters;
}

double Document::foldedShare() const
{
    const capture::RecordId last = d->reader->lastId();
    return last <= d->folded ? 1 : static_cast<double>(d->folded) / static_cast<double>(last);
}

capture::RecordId Document::foldedTo() const
{
    return d->folded;
}

void Document::catchUp()
{
    if (CaptureWriter *writer = d->live->sink->writer())
        writer->flush();
    while (d->foldFor(1s)) {}
}

// ---- The file, privately ---------------------------------------------------------------------------------------

Document::Private::Private(Document *document) : q(document), undo(new QUndoStack(document))
{
    tickTimer.setSingleShot(true);
    tickTimer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&tickTimer, &QTimer::timeout, q, [this] { tick(); });
    // A writer that failed commits nothing more, so nothing wakes the document: look from time to time.
    failureTimer.setInterval(500);
    QObject::connect(&failureTimer, &QTimer::timeout, q, [this] { checkFailure(); });
    failureTimer.start();
}

Document::Private::~Private() = default;

void Document::Private::retire()
{
    ++generation;
    tickTimer.stop();
    if (path.isEmpty())
        return;
    const bool unwanted = unsavedFile && (discarded || q->isEmpty());
    retiringPath = path;
    reader.reset();
    std::shared_ptr<QLockFile> held(std::move(lock));
    reaper.post([ending = std::move(live), held, file = path, unwanted]() mutable {
        for (auto &[id, client] : ending->clients)
            client->close(static_cast<std::uint16_t>(protocol::CloseCode::GoingAway));
        if (ending->server)
            ending->server->stop(500ms);
        const auto until = std::chrono::steady_clock::now() + 500ms;
        for (auto &[id, client] : ending->clients)
            client->waitEnded(std::max<Nanoseconds>(until - std::chrono::steady_clock::now(), 0ns));
        const auto sink = ending->sink;
        ending.reset();
        sink->exchange([](auto &writer) { writer.reset(); });
        if (unwanted)
            removeCaptureFiles(file);
        held.reset();
    });
    live = std::make_shared<CaptureSession>();
    facts = std::make_unique<analysis::CaptureFacts>();
    versions.clear();
    reports.clear();
    folded = 0;
    lastTime = {};
    path.clear();
    discarded = refusedWriting = interrupted = failureTold = unsavedFile = false;
}

void Document::Private::show(const QString &newPath, bool inDataFolder)
{
    path = newPath;
    unsavedFile = inDataFolder;
    undo->clear();
    readCheckSettings();
    emit q->captureReset();
    emit q->serverChanged();
    wake();
}

void Document::Private::watch(CaptureWriter &writer)
{
    writer.onCommit([this, mine = generation.load()](capture::RecordId) {
        if (generation.load() == mine && !wakeQueued.exchange(true))
            QMetaObject::invokeMethod(
                q, [this] { wake(); }, Qt::QueuedConnection);
    });
}

void Document::Private::ensureWriter()
{
    if (live->sink->writer())
        return;
    try {
        auto writer = std::make_unique<CaptureWriter>(toPath(path));
        watch(*writer);
        live->sink->exchange([&](auto &current) { current = std::move(writer); });
    } catch (const CaptureError &) {
        refusedWriting = true;
        throw;
    }
}

void Document::Private::checkFailure()
{
    const CaptureWriter *writer = live->sink->writer();
    if (!writer || failureTold)
        return;
    if (const auto failure = writer->failure()) {
        failureTold = true;
        emit q->writeFailed(diagnosis::textOf(failure->code(), path));
    }
}

// ---- Folding ---------------------------------------------------------------------------------------------------

void Document::Private::wake()
{
    constexpr qint64 frame = 16; // ms: 60 a second
    wakeQueued = false;
    if (tickTimer.isActive())
        return;
    const qint64 passed = sinceTick.isValid() ? sinceTick.elapsed() : frame;
    tickTimer.start(int(std::max<qint64>(0, frame - passed)));
}

void Document::Private::tick()
{
    sinceTick.start();
    if (foldFor(8ms))
        tickTimer.start(q->hasLiveSessions() ? 8 : 1); // behind: what is left of the time belongs to the views
}

// Returns whether records are left.
bool Document::Private::foldFor(std::chrono::milliseconds budget)
{
    if (!reader)
        return false;
    const capture::RecordId last = reader->lastId();
    if (last <= folded)
        return false;
    std::vector<capture::Record> batch;
    std::vector<capture::ConnectionId> changed;
    const auto end = std::chrono::steady_clock::now() + budget;
    reader->forEach(folded + 1, last, capture::Payloads::ControlOnly, [&](capture::Record &&record) {
        facts->add(record);
        ++versions[record.connection];
        lastTime = std::max(lastTime, record.time);
        folded = record.id;
        if (changed.empty() || changed.back() != record.connection)
            changed.push_back(record.connection);
        batch.push_back(std::move(record));
        return batch.size() % 32 != 0 || std::chrono::steady_clock::now() < end;
    });
    if (batch.empty())
        return false;
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    emit q->recordsAdded(batch);
    emit q->connectionsChanged(changed);
    followRedirects(changed);
    return folded < last;
}

} // namespace frameglass::ui
