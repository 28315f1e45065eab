// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include "ui/models/record_index.h"

#include <QTest>

using namespace frameglass;
using namespace frameglass::ui;

class TestRecordIndex : public QObject
{
    Q_OBJECT
private slots:
    /// A live connection feeds whole records, an opened capture sketches: both see the same rows.
    void sketchesGiveWhatRecordsGive()
    {
        test::WholeConnection sample;
        const capture::CaptureReader reader(sample.path.toStdString());
        RecordIndex live;
        std::vector<RowKind> kinds;
        reader.forEach(1, reader.lastId(), capture::Payloads::ControlOnly, [&](capture::Record &&record) {
            kinds.push_back(live.add(record));
            return true;
        });
        RecordIndex opened;
        std::size_t at = 0;
        int fetched = 0;
        reader.forEachSketch(1, reader.lastId(), 0, [&](const capture::RecordSketch &sketch) {
            const auto fetch = [&](capture::RecordId id) {
                ++fetched;
                return reader.record(id);
            };
            [&] { QCOMPARE(opened.add(sketch, fetch), kinds.at(at++)); }();
            return true;
        });
        QCOMPARE(at, kinds.size());
        QVERIFY2(fetched > 0 && fetched < static_cast<int>(kinds.size()) / 2, qPrintable(QString::number(fetched)));
        QCOMPARE(opened.takeChanged(), live.takeChanged());
        QCOMPARE(opened.frames(), std::uint64_t{8});
        for (const RecordIndex *index : {&live, &opened}) {
            QVERIFY(index->violates(sample.violating));
            QVERIFY(!index->violates(sample.text));
            QCOMPARE(index->frameNumber(sample.text), std::uint64_t{1});
            QCOMPARE(index->kindOf(sample.ping), std::optional(RowKind::Heartbeat));
            QCOMPARE(index->kindOf(sample.close), std::optional(RowKind::Close));
            QCOMPARE(index->kindOf(sample.opened), std::optional(RowKind::Event));
            QCOMPARE(index->kindOf(~capture::RecordId(0)), std::optional<RowKind>());
            QCOMPARE(index->rowsThrough(~capture::RecordId(0)),
                     static_cast<std::uint64_t>(std::count_if(kinds.begin(), kinds.end(),
                                                              [](RowKind kind) { return kind != RowKind::Hidden; })));
            QCOMPARE(index->first(), std::optional(capture::RecordId(1)));
        }
    }

    void rowsOfChosenKinds()
    {
        test::WholeConnection sample;
        const capture::CaptureReader reader(sample.path.toStdString());
        RecordIndex index;
        reader.forEach(1, reader.lastId(), capture::Payloads::ControlOnly, [&](capture::Record &&record) {
            index.add(record);
            return true;
        });
        RecordIndex::Kinds kinds{};
        QVERIFY(index.rows(kinds).empty());
        kinds[static_cast<std::size_t>(RowKind::Data)] = true;
        kinds[static_cast<std::size_t>(RowKind::Heartbeat)] = true;
        const analysis::RecordSet rows = index.rows(kinds);
        QVERIFY(rows.contains(sample.text) && rows.contains(sample.ping));
        QVERIFY(!rows.contains(sample.close) && !rows.contains(sample.opened));
        index.clear();
        QVERIFY(!index.first());
    }
};

QTEST_GUILESS_MAIN(TestRecordIndex)
#include "tst_record_index.moc"
