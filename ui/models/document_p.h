// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture_session.h"
#include "document.h"

#include <QElapsedTimer>
#include <QLockFile>
#include <QTimer>
#include <QUndoStack>

#include <atomic>
#include <filesystem>
#include <thread>

namespace frameglass::ui {

std::filesystem::path toPath(const QString &path);
/// Removes a capture with what SQLite, and after a crash its writer's lock, left beside it.
void removeCaptureFiles(const QString &path);

class Document::Private
{
public:
    explicit Private(Document *document);
    ~Private();

    // -- the file
    /// Ends what is live in the background; the file is deleted after it where nobody wants it.
    void retire();
    void show(const QString &newPath, bool inDataFolder);
    void ensureWriter();
    void watch(capture::CaptureWriter &writer);
    void checkFailure();

    // -- saving (document_saving.cpp)
    void settleAt(const QString &target);
    void switchFiles(const std::function<bool()> &move, const QString &target);
    void inBackground(std::function<bool(const std::function<bool(double)> &)> work, std::function<void()> finish,
                      SavedCallback then);
    void stopSaving();

    // -- folding
    void wake();
    void tick();
    bool foldFor(std::chrono::milliseconds budget);

    void followRedirects(const std::vector<capture::ConnectionId> &changed);

    /// Calls one of two functions with the session that owns a live connection.
    template<typename ForClient, typename ForServer>
    void order(capture::ConnectionId id, ForClient forClient, ForServer forServer)
    {
        if (const auto client = live->clients.find(id); client != live->clients.end())
            forClient(*client->second);
        else if (live->server)
            forServer(*live->server);
    }

    Document *q;
    QUndoStack *undo;
    QString path;
    bool unsavedFile = false;
    bool discarded = false;
    bool refusedWriting = false;
    bool interrupted = false;
    bool failureTold = false;
    std::unique_ptr<QLockFile> lock;
    QString retiringPath;

    std::shared_ptr<CaptureSession> live = std::make_shared<CaptureSession>();
    std::unique_ptr<capture::CaptureReader> reader;
    std::unique_ptr<analysis::CaptureFacts> facts = std::make_unique<analysis::CaptureFacts>();
    capture::RecordId folded = 0;
    Nanoseconds lastTime{0};

    struct Cached
    {
        std::uint64_t version = 0;
        std::int64_t second = -1;
        std::size_t connections = 0; ///< some rows compare with the others
        diagnosis::Report report;
    };
    diagnosis::Settings checkSettings;
    void readCheckSettings();
    void keepCheckSettings() const;
    static void forgetCheckSettings(const QString &file);
    std::map<capture::ConnectionId, std::uint64_t> versions;
    std::map<capture::ConnectionId, Cached> reports;

    std::atomic<bool> wakeQueued = false;
    std::atomic<int> generation = 0;
    /// A saving in the background.
    struct Saving
    {
        std::atomic<bool> cancelled = false;
        std::atomic<double> share = 0;
        QTimer poll;
        std::thread thread;
    };
    std::unique_ptr<Saving> saving;

    QElapsedTimer sinceTick;
    QTimer tickTimer;
    QTimer failureTimer;
    Reaper reaper; // last: its jobs end before all else
};

} // namespace frameglass::ui
