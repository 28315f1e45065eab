// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "document.h"
#include "record_index.h"

#include "ui/support/settings.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <list>
#include <map>
#include <unordered_map>
#include <vector>

namespace frameglass::ui {

/// What the checklist says of a record: the gravest finding whose evidence it is.
struct RowMark
{
    diagnosis::Verdict verdict = diagnosis::Verdict::Warn;
    std::string_view check;
    QString text; ///< title and what was seen
    friend bool operator==(const RowMark &, const RowMark &) = default;
};
using RowMarks = std::map<capture::RecordId, RowMark>;
/// The marks of a connection's report: its warnings and failures that are not folded under another.
RowMarks marksOf(const diagnosis::Report &report);

/// The records of one connection as rows. Holds a bit a record; all else is read from the capture a page at a time when
/// a row is looked at, and the last pages are kept. A batch of records costs one insertion.
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
    void setMarks(RowMarks marks);
    const RowMark *markAt(int row) const; ///< nullptr: none
    void setTimeFormat(TimeFormat format);
    TimeFormat timeFormat() const { return m_timeFormat; }
    void retranslate();

    /// From now on only records that addMatches() names are rows.
    void beginFilter();
    void addMatches(const std::vector<capture::RecordId> &records);
    void endFilter();
    bool isFiltered() const { return m_matches.has_value(); }

    bool isLoading() const { return m_loader.isActive(); }
    std::uint64_t frameCount() const { return m_index.frames(); }
    capture::RecordId idAt(int row) const;
    Nanoseconds timeAt(int row) const;
    Nanoseconds startTime() const; ///< of the connection's first row, shown or not
    /// The row of a record, or of the nearest one before it when it has none itself; -1 when there is none.
    int rowOf(capture::RecordId id, bool nearest = false) const;
    /// The records of the rows `first` to `last`, both included.
    analysis::RecordSet records(int first, int last) const;
    /// Filters that a cell suggests: on what stands in it, and on the opposite.
    QStringList filtersFor(const QModelIndex &cell) const;
    /// Makes a row whose kind is switched off visible by switching it on. False when the record is never a row.
    bool reveal(capture::RecordId id);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    void loadingChanged(bool loading);

private:
    /// What a heartbeat record says of the frame before it.
    struct Beat
    {
        std::uint64_t id = 0;
        std::optional<Nanoseconds> rtt;
    };
    struct Row
    {
        RecordRow words;
        Nanoseconds time{0};
        RowKind kind = RowKind::Event;
        std::uint64_t number = 0; ///< of the frame inside the connection; 0 for events
        bool violates = false;
        std::optional<Beat> beat;
    };
    struct Page
    {
        std::vector<Row> rows;
        std::list<int>::iterator use;
    };
    static constexpr int pageRows = 64;
    static constexpr std::size_t maximumPages = 48;
    static constexpr std::uint64_t maximumPreviewPayload = 1024 * 1024;

    void restart();
    void take(const std::vector<capture::Record> &records);
    void loadSlice();
    void publish();
    bool shows(RowKind kind) const;
    bool isMatch(capture::RecordId id) const { return !m_matches || m_matches->contains(id); }
    void rebuildShown();
    void setLoading(bool loading);
    void forgetPages();

    const Row &rowAt(int row) const;
    void fillPage(int page, std::vector<Row> &rows) const;
    Row readRow(capture::RecordId id) const;
    std::optional<Beat> beatOf(const capture::Record &record) const;

    QVariant displayText(int row, int column) const;
    QString dataText(const Row &row) const;
    QString timeText(int row) const;
    QString signAt(int row) const;
    QVariant colourAt(int row, int column) const;
    QVariant spokenText(int row, int column) const;
    capture::Vantage vantage() const;

    const Document *m_document;
    capture::ConnectionId m_connection = 0;
    bool m_eventsShown = true;
    bool m_tlsShown = false;
    bool m_heartbeatsHidden = false;
    capture::RecordId m_hiddenThrough = 0;
    TimeFormat m_timeFormat = TimeFormat::SinceStart;

    RecordIndex m_index;
    analysis::RecordSet m_shown;                  ///< of the kinds switched on; what the view knows of
    std::optional<analysis::RecordSet> m_matches; ///< of a filter, as far as it came
    std::uint64_t m_hiddenBefore = 0;             ///< of m_shown, those through m_hiddenThrough
    std::vector<capture::RecordId> m_new;         ///< records for m_shown that publish() tells the view of
    capture::RecordId m_scannedTo = 0;
    RowMarks m_marks;
    QTimer m_loader;
    mutable std::optional<Nanoseconds> m_start;

    mutable std::unordered_map<int, Page> m_pages;
    mutable std::list<int> m_pageUse; ///< most recent first
};

} // namespace frameglass::ui
