// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"
#include "core/analysis/record_set.h"
#include "core/capture/capture.h"
#include "core/capture/record_export.h"
#include "core/diagnosis/report_document.h"
#include "core/session/client_session.h"
#include "core/session/redirect.h"
#include "core/session/server_session.h"

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

class QUndoStack;

namespace frameglass::ui {

/// One capture and everything live that writes into it: what the window shows. Owns the network thread, the sessions,
/// the capture's writer and reader, and the folds. GUI thread only.
///
/// Records reach the folds in batches: the writer's commit wakes the document (queued, coalesced to at most 60 a
/// second), it reads what was committed for at most a few milliseconds, folds it and tells the views once.
class Document : public QObject
{
    Q_OBJECT
public:
    explicit Document(QObject *parent = nullptr);
    ~Document() override;

    // -- the capture
    /// A new unsaved capture in the user's data folder; ends all sessions first.
    void newCapture();
    /// Opens a capture read-only or, when possible, to go on writing. Throws capture::CaptureError, keeping what was.
    void open(const QString &path);
    /// How saving ended. Without an error and not cancelled: all is written.
    struct Saved
    {
        bool cancelled = false;
        std::optional<capture::CaptureError> error;
        bool isDone() const { return !cancelled && !error; }
    };
    using SavedCallback = std::function<void(const Saved &)>;
    /// Moves an unsaved capture to `path`, or copies a saved one and goes on in the copy. At once where a rename is
    /// enough, else in the background while recording goes on; `then` is called from the event loop, or before this
    /// returns. Whatever fails, the capture stays whole where it is. One at a time: not while isSaving().
    void saveAs(const QString &path, SavedCallback then);
    /// Writes a copy beside, in the background; secrets only when asked.
    void saveCopy(const QString &path, bool withSecrets, SavedCallback then);
    /// Writes records as lines of text, in the background: those of `chosen`, or all of the capture.
    void exportRecords(const QString &path, capture::ExportForm form, std::optional<analysis::RecordSet> chosen,
                       bool withSecrets, SavedCallback then);
    /// Writes the report of one connection, or of all (0), in the background.
    void writeReport(const QString &path, diagnosis::ReportForm form, capture::ConnectionId connection,
                     SavedCallback then);
    bool isSaving() const;
    /// Soon leads to the callback, unless all is written already.
    void cancelSaving();
    QString path() const;
    bool isEmpty() const;   ///< holds no record
    bool isUnsaved() const; ///< lives in the data folder and is not empty
    bool isReadOnly() const;
    /// Whether a file lies where unsaved captures are kept.
    static bool isInDataFolder(const QString &path);
    /// Unsaved captures of earlier runs that ended without saving, newest first. Those of a running program are not.
    static QStringList leftovers();
    /// Deletes a leftover for good.
    static void discardLeftover(const QString &path);
    /// The user answered "Discard": an unsaved capture is deleted when another takes its place or the document ends.
    void setDiscarded(bool discarded);
    /// The program that wrote the capture ended without closing it: up to a second of records may be missing.
    bool wasInterrupted() const;

    const capture::CaptureReader &reader() const;
    capture::CaptureCounters counters() const;
    const analysis::CaptureFacts &facts() const;
    const analysis::ConnectionFacts *facts(capture::ConnectionId id) const;
    /// The checklist of a connection as of now; computed once for each state of the facts.
    const diagnosis::Report &report(capture::ConnectionId id) const;
    /// What the checks judge by in this capture; kept for the next time it is opened. A change is a change of all
    /// connections.
    const diagnosis::Settings &checkSettings() const;
    void setCheckSettings(const diagnosis::Settings &settings);
    /// The language changed: reports are worded anew when they are next asked for.
    void retranslateReports();
    /// How much of the capture the facts tell of, 0-1: a large one takes a while after it was opened.
    double foldedShare() const;
    capture::RecordId foldedTo() const; ///< the last record that recordsAdded() told of
    /// "Now" in the capture's time: of the clock while live, of the last record otherwise.
    Nanoseconds now() const;
    bool isLive(capture::ConnectionId id) const;

    /// What can be undone in the views of this capture.
    QUndoStack *undoStack() const;

    // -- sessions
    /// Starts a client connection and returns its id. The options' URL must parse. At most `redirects` are followed,
    /// each by a connection of its own.
    capture::ConnectionId connectTo(session::ClientOptions options, std::uint32_t redirects = 0);
    /// How many redirects a client connection may still follow.
    std::uint32_t redirectsOf(capture::ConnectionId id) const;
    /// The options a client connection was made with, for "connect again".
    const session::ClientOptions *optionsOf(capture::ConnectionId id) const;
    /// Starts the echo server. False: `error` (may be null) says why, in the system's words.
    bool startServer(const session::ServerOptions &options, QString *error);
    /// Stops listening and closes what was accepted, in the background.
    void stopServer();
    const session::ServerSession *server() const;
    bool hasLiveSessions() const;

    // -- orders to a live connection, client or accepted; ignored when it is over
    void sendText(capture::ConnectionId id, const QString &text, std::uint32_t fragments);
    void sendBinary(capture::ConnectionId id, protocol::Octets payload, std::uint32_t fragments);
    void ping(capture::ConnectionId id);
    void ping(capture::ConnectionId id, protocol::Octets payload);
    void pong(capture::ConnectionId id, protocol::Octets payload);
    void sendRaw(capture::ConnectionId id, protocol::RawFrame frame);
    void closeConnection(capture::ConnectionId id, std::optional<std::uint16_t> code, const QString &reason);
    void halfClose(capture::ConnectionId id);
    void disconnect(capture::ConnectionId id, bool reset);

    /// Reads and folds what is committed, at once (tests, before a dialog).
    void catchUp();

signals:
    /// Another capture: drop all state, read again.
    void captureReset();
    /// Records were folded. Frames come without data payloads; fetch those by id from reader().
    void recordsAdded(const std::vector<frameglass::capture::Record> &records);
    /// A connection appeared or changed in something that lists show; coalesced with recordsAdded.
    void connectionsChanged(const std::vector<frameglass::capture::ConnectionId> &ids);
    void serverChanged();
    /// The connection `to` follows a redirect that `from` was answered with.
    void redirectFollowed(frameglass::capture::ConnectionId from, frameglass::capture::ConnectionId to);
    /// The answer was a redirect that is not followed though some may be.
    void redirectRefused(frameglass::capture::ConnectionId id, frameglass::session::RedirectError error);
    /// A saving in the background got this far, 0-1.
    void savingProgressed(double share);
    /// The writer failed (disk full, file gone): text for a banner that stays.
    void writeFailed(const QString &text);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace frameglass::ui
