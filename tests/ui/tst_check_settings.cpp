// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

#include "ui/models/check_settings_model.h"
#include "ui/models/document.h"
#include "ui/windows/check_settings_dialog.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

using namespace frameglass;
using namespace frameglass::ui;

class TestCheckSettings : public testing::WindowFixture
{
    Q_OBJECT
private:
    CheckSettingsDialog *openDialog()
    {
        m_window->showTab(MainWindow::ChecklistTab);
        QTest::mouseClick(find<QToolButton>("checklistSettings"), Qt::LeftButton);
        return find<CheckSettingsDialog>("checkSettings");
    }
    /// The only row that is left after searching for it, in that column.
    static QModelIndex search(CheckSettingsDialog *dialog, const QString &text, int column)
    {
        auto *field = dialog->findChild<QLineEdit *>(QStringLiteral("checkSettingsSearch"));
        field->clear();
        QTest::keyClicks(field, text);
        const auto *shown = dialog->findChild<QTableView *>()->model();
        return shown->rowCount() == 1 ? shown->index(0, column) : QModelIndex();
    }
    /// Types a value into the field that a double click opens.
    static void type(CheckSettingsDialog *dialog, const QModelIndex &index, const QString &value)
    {
        auto *table = dialog->findChild<QTableView *>();
        table->setCurrentIndex(index);
        table->edit(index);
        auto *editor = table->viewport()->findChild<QLineEdit *>();
        QVERIFY(editor);
        editor->setText(value);
        QTest::keyClick(editor, Qt::Key_Return);
    }
    diagnosis::Verdict verdictOf(const char *id)
    {
        const auto *finding = m_window->document()->report(m_window->selection()->connection()).find(id);
        return finding ? finding->verdict : diagnosis::Verdict::NotApplicable;
    }

private slots:
    /// A text message where binary is declared: the row warns as soon as the dialog is left, and is silent again after
    /// the defaults are restored.
    void aDeclarationChangesTheChecklist()
    {
        connectByTyping(startServer());
        QVERIFY(waitOpen());
        send(QStringLiteral("text"));
        QTRY_COMPARE(facts()->received.messages, 1u);
        QCOMPARE(verdictOf("frame.type-mismatch"), diagnosis::Verdict::NotApplicable);

        auto *dialog = openDialog();
        QVERIFY(dialog);
        const auto index = search(dialog, QStringLiteral("messages.type"), CheckSettingsModel::Value);
        QVERIFY(index.isValid());
        auto *table = dialog->findChild<QTableView *>();
        table->setCurrentIndex(index);
        table->edit(index);
        auto *choice = table->viewport()->findChild<QComboBox *>();
        QVERIFY(choice);
        choice->setCurrentText(QStringLiteral("binary"));
        table->setCurrentIndex(index.siblingAtColumn(CheckSettingsModel::Name)); // commits
        QTRY_COMPARE(index.data().toString(), QStringLiteral("binary"));
        dialog->accept();
        QCOMPARE(verdictOf("frame.type-mismatch"), diagnosis::Verdict::Warn);
        QTRY_VERIFY(!find<CheckSettingsDialog>("checkSettings"));

        dialog = openDialog();
        QTest::mouseClick(dialog->findChild<QPushButton *>(QStringLiteral("checkSettingsDefaults")), Qt::LeftButton);
        dialog->accept();
        QCOMPARE(verdictOf("frame.type-mismatch"), diagnosis::Verdict::NotApplicable);
    }

    void aWrongValueIsRefusedWithItsReason()
    {
        auto *dialog = openDialog();
        QVERIFY(dialog);
        const auto index = search(dialog, QStringLiteral("stat.slo.latency"), CheckSettingsModel::Value);
        QVERIFY(index.isValid());
        type(dialog, index, QStringLiteral("soon"));
        const auto *message = dialog->findChild<QLabel *>(QStringLiteral("checkSettingsMessage"));
        QTRY_VERIFY(message->isVisible());
        QVERIFY2(message->text().contains("200ms"), qPrintable(message->text()));
        QCOMPARE(index.data().toString(), QStringLiteral("200ms"));
        QTRY_VERIFY(!dialog->findChild<QTableView *>()->viewport()->findChild<QLineEdit *>());
        type(dialog, index, QStringLiteral("50ms"));
        QTRY_COMPARE(index.data().toString(), QStringLiteral("50ms"));
        QVERIFY(!message->isVisible());
        dialog->reject();
        QCOMPARE(m_window->document()->checkSettings().sloLatency, diagnosis::Settings().sloLatency);
    }

    /// Each capture keeps its own, across a restart; a new one has the defaults.
    void theyBelongToTheCapture()
    {
        connectByTyping(startServer());
        QVERIFY(waitOpen());
        diagnosis::Settings settings;
        settings.sloLatency = std::chrono::milliseconds(50);
        m_window->document()->setCheckSettings(settings);
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("kept.fglass"));
        QSignalSpy saved(this, &TestCheckSettings::savedNow);
        m_window->document()->saveAs(path, [this](const Document::Saved &) { emit savedNow(); });
        QTRY_COMPARE(saved.count(), 1);
        m_window->document()->newCapture();
        QCOMPARE(m_window->document()->checkSettings().sloLatency, diagnosis::Settings().sloLatency);
        m_window->document()->open(path);
        QCOMPARE(m_window->document()->checkSettings().sloLatency, settings.sloLatency);
    }

    void filesAreThoseOfTheCommandLine()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("settings.json"));
        diagnosis::Settings settings;
        settings.missedFail = 7;
        CheckSettingsDialog writer(settings, m_window.get());
        writer.setAttribute(Qt::WA_DeleteOnClose, false);
        QVERIFY(writer.save(path));
        CheckSettingsDialog reader({}, m_window.get());
        reader.setAttribute(Qt::WA_DeleteOnClose, false);
        QVERIFY(reader.load(path));
        QCOMPARE(reader.model()->settings().missedFail, 7u);
        QFile broken(path);
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("{\"schema\":1,\"settings\":{\"no.such\":1}}");
        broken.close();
        QVERIFY(!reader.load(path));
        QCOMPARE(reader.model()->settings().missedFail, 7u);
    }

signals:
    void savedNow();
};

QTEST_MAIN(TestCheckSettings)
#include "tst_check_settings.moc"
