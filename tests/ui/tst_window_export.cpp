// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

#include "ui/models/record_model.h"
#include "ui/views/notice_bar.h"
#include "ui/views/record_table.h"
#include "ui/views/timeline_view.h"

#include <QDialog>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QTest>

using namespace frameglass;
using namespace frameglass::ui;

class TestWindowExport : public testing::WindowFixture
{
    Q_OBJECT
private:
    /// Ctrl and that key, the buttons of those names, then `path` in the file dialog (whose clicks are the toolkit's).
    void choose(Qt::Key key, const char *name, const QString &path, const std::vector<const char *> &choices)
    {
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTest::keyClick(m_window.get(), key, Qt::ControlModifier);
        auto *dialog = find<QDialog>(name);
        QVERIFY(dialog);
        for (const char *choice : choices) {
            auto *button = dialog->findChild<QAbstractButton *>(QLatin1String(choice));
            QVERIFY2(button && button->isEnabled(), choice);
            button->click();
        }
        dialog->accept();
        auto *files = m_window->findChild<QFileDialog *>();
        QVERIFY(files);
        files->close();
        emit files->fileSelected(path);
        QTRY_VERIFY(!m_window->document()->isSaving());
        QTRY_VERIFY(!m_window->findChild<QFileDialog *>());
        QTRY_VERIFY(!find<QDialog>(name));
    }
    void exportTo(const QString &path, const std::vector<const char *> &choices)
    {
        choose(Qt::Key_E, "export", path, choices);
    }
    static QByteArray contentOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void connectAndTalk()
    {
        connectByTyping(startServer() + QStringLiteral("?token=geheim"));
        QVERIFY(waitOpen());
        send(QStringLiteral("first"));
        send(QStringLiteral("second"));
        QTRY_COMPARE(facts()->received.messages, 2u);
        m_window->showTab(MainWindow::TimelineTab);
        QTRY_VERIFY(m_window->findChild<TimelineView *>()->model()->frameCount() >= 4);
    }

private slots:
    void whatWasChosenIsWritten()
    {
        const QTemporaryDir folder;
        connectAndTalk();
        auto *view = m_window->findChild<TimelineView *>();
        const RecordModel *model = view->model();
        std::vector<int> texts;
        for (int row = 0; row < model->rowCount(); ++row)
            if (model->index(row, RecordModel::Data).data().toString() == QLatin1String("second"))
                texts.push_back(row);
        QCOMPARE(texts.size(), std::size_t{2});
        view->table()->selectRow(texts[0]);
        view->table()->selectionModel()->select(model->index(texts[1], 0),
                                                QItemSelectionModel::Select | QItemSelectionModel::Rows);
        const QString csv = folder.filePath(QStringLiteral("chosen.csv"));
        exportTo(csv, {"exportCsv"}); // two rows are chosen: they are what is meant
        const QList<QByteArray> lines = contentOf(csv).split('\n');
        QCOMPARE(lines.size(), 4); // the names, two rows, and nothing after the last line end
        QVERIFY(lines[0].startsWith("record,connection,number,"));
        QVERIFY2(lines[1].contains(",sent,text,1,0,6,6,\"second\""), lines[1].constData());
        QVERIFY2(lines[2].contains(",received,text,1,0,6,6,\"second\""), lines[2].constData());
        QVERIFY(find<NoticeBar>("notice")->text().contains(csv));

        const QString shown = folder.filePath(QStringLiteral("shown.jsonl"));
        exportTo(shown, {"exportShown"});
        QCOMPARE(contentOf(shown).count('\n'), model->rowCount());

        const QString all = folder.filePath(QStringLiteral("all.jsonl"));
        exportTo(all, {"exportAll"});
        const QByteArray everything = contentOf(all);
        QCOMPARE(static_cast<std::uint64_t>(everything.count('\n')), m_window->document()->counters().committed);
        QVERIFY(!everything.contains("geheim"));
        for (const QByteArray &line : everything.trimmed().split('\n'))
            QVERIFY(QJsonDocument::fromJson(line).object().contains(QStringLiteral("kind")));
        exportTo(all, {"exportAll", "exportSecrets"});
        QVERIFY(contentOf(all).contains("geheim"));
    }

    void aReportIsWritten()
    {
        const QTemporaryDir folder;
        connectAndTalk();
        const QString page = folder.filePath(QStringLiteral("report.html"));
        choose(Qt::Key_R, "report", page, {"reportSelected", "reporthtml"});
        const QByteArray html = contentOf(page);
        QCOMPARE(html.count("<h2>"), 1);
        QVERIFY(html.contains("<svg"));
        QVERIFY(!html.contains("geheim"));
        QVERIFY(find<NoticeBar>("notice")->text().contains(page));
        // What the page says of the connection is what the window says.
        const QString summary = m_window->document()->report(facts()->id).summary;
        QVERIFY2(QString::fromUtf8(html).contains(summary.toHtmlEscaped()), qPrintable(summary));

        const QString all = folder.filePath(QStringLiteral("report.json"));
        choose(Qt::Key_R, "report", all, {"reportAll", "reportjson"});
        const QJsonObject json = QJsonDocument::fromJson(contentOf(all)).object();
        QCOMPARE(json.value("connections").toArray().size(), 2); // ours, and the one that our server accepted

        const QString nowhere = folder.filePath(QStringLiteral("no/such/report.md"));
        choose(Qt::Key_R, "report", nowhere, {"reportmarkdown"});
        QVERIFY(find<NoticeBar>("notice")->text().contains(nowhere));
    }

    void aPlaceThatIsNoneIsNamed()
    {
        const QTemporaryDir folder;
        connectAndTalk();
        const QString nowhere = folder.filePath(QStringLiteral("no/such/records.jsonl"));
        exportTo(nowhere, {"exportShown"});
        const QString said = find<NoticeBar>("notice")->text();
        QVERIFY2(said.contains(nowhere), qPrintable(said));
        QVERIFY(!QFile::exists(nowhere));
    }
};

QTEST_MAIN(TestWindowExport)
#include "tst_window_export.moc"
