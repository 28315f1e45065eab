// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "document.h"
#include "record_row.h"

#include "ui/support/settings.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <list>
#include <unordered_map>
#include <vector>

namespace frameglass::ui {

/// The records of one connection as rows. Holds 24 octets a record; words are read from the capture a page at a time
/// when a row is looked at, and the last pages are kept. A batch of records costs one insertion.
class RecordModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Number, Time, Delta, Dir, Type, Fin, Rsv, Length, Data, ColumnCount };
    enum Role { RecordIdRole = Qt::UserRole + 1, IsFrameRole, IsControlRole, ViolatesRole };

    explicit RecordModel(const Document *document, QObject *parent = nullptr);

    /// Shows another connection; its past is read in slices of a few milliseconds, so that nothing blocks.
    void setConnection(capture::ConnectionId connection);
    capture::ConnectionId connection() const { return m_connection; }
    void setEventsShown(bool shown);
    bool eventsShown() const { return m_eventsShown; }
    /// Messages of the TLS handshake; alerts are always shown, its result is an event.
    void setTlsShown(bool shown);
    bool tlsShown() const { return m_tlsShown; }
    void setHeartbeatsHidden(bool hidden);
    bool heartbeatsHidden() const { return m_heartbeatsHidden; }
    /// Rows of records up to this one are not shown; 0: all are.
    void setHiddenThrough(capture::RecordId id);
    capture::RecordId hiddenThrough() const { return m_hiddenThrough; }
    int hiddenRows() const;
    void setTimeFormat(TimeFormat format);
    TimeFormat timeFormat() const { return m_timeFormat; }
    void retranslate();

    bool isLoading() const { return m_loader.isActive(); }
    std::uint64_t frameCount() const { return m_frames; }
    capture::RecordId idAt(int row) const;
    Nanoseconds timeAt(int row) const;
    /// The row of a record, or of the nearest one before it when it has none itself; -1 when there is none.
    int rowOf(capture::RecordId id, bool nearest = false) const;
    /// Makes a row whose kind is switched off visible by switching it on. False when the record is never a row.
    bool reveal(capture::RecordId id);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    void loadingChanged(bool loading);

private:
    struct Entry
    {
        std::uint64_t id : 56;
        std::uint64_t kind : 7;
        std::uint64_t violates : 1;
        std::int64_t time;
        std::uint32_t number; ///< of the frame inside the connection; 0 for events
    };
    struct Page
    {
        std::vector<RecordRow> rows;
        std::list<int>::iterator use;
    };
    static constexpr int pageRows = 64;
    static constexpr std::size_t maximumPages = 48;
    static constexpr std::uint64_t maximumPreviewPayload = 1024 * 1024;
    static constexpr std::size_t maximumBeats = 100'000;

    void restart();
    void take(const std::vector<capture::Record> &records);
    void loadSlice();
    /// Appends to the entries without telling anybody; publish() does.
    void append(const capture::Record &record);
    void noteHeartbeat(const capture::HeartbeatRecord &heartbeat);
    void noteViolation(const capture::ViolationRecord &violation);
    void publish();
    bool shows(const Entry &entry) const;
    void rebuildShown();
    void setLoading(bool loading);
    const Entry &entryAt(int row) const { return m_entries[m_shown[static_cast<std::size_t>(row)]]; }
    const RecordRow &rowAt(int row) const;
    void fillPage(int page, std::vector<RecordRow> &rows) const;
    QVariant displayText(int row, int column) const;
    QString dataText(capture::RecordId id, const RecordRow &words) const;
    QString timeText(const Entry &entry, int row) const;
    capture::Vantage vantage() const;

    const Document *m_document;
    capture::ConnectionId m_connection = 0;
    bool m_eventsShown = true;
    bool m_tlsShown = false;
    bool m_heartbeatsHidden = false;
    capture::RecordId m_hiddenThrough = 0;
    TimeFormat m_timeFormat = TimeFormat::SinceStart;

    std::vector<Entry> m_entries;
    std::vector<std::uint32_t> m_shown;   ///< indices into m_entries; what the view knows of
    std::size_t m_published = 0;          ///< entries that m_shown has been told of
    std::vector<std::uint32_t> m_changed; ///< published entries whose words changed since
    capture::RecordId m_scannedTo = 0;
    std::uint32_t m_frames = 0;
    /// What a heartbeat record says of the frame before it.
    struct Beat
    {
        std::uint64_t id = 0;
        std::optional<Nanoseconds> rtt;
    };
    std::unordered_map<capture::RecordId, Beat> m_beats; ///< by the ping's or pong's frame
    std::optional<std::uint32_t> m_lastPing;             ///< entry of the last that we sent
    std::optional<std::uint32_t> m_lastPong;             ///< entry of the last that came
    struct LastFrame
    {
        std::uint32_t entry;
        std::uint64_t streamOffset;
    };
    std::optional<LastFrame> m_lastFrames[2];
    QTimer m_loader;

    mutable std::unordered_map<int, Page> m_pages;
    mutable std::list<int> m_pageUse; ///< most recent first
};

} // namespace frameglass::ui
