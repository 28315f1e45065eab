// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/dns_responder.h"
#include "tests/support/raw_server.h"
#include "window_fixture.h"

#include "ui/support/hex_text.h"
#include "ui/support/settings.h"
#include "ui/views/notice_bar.h"
#include "ui/views/record_table.h"
#include "ui/views/timeline_view.h"
#include "ui/windows/address_bar.h"
#include "ui/windows/connection_panel.h"
#include "ui/windows/life_line.h"
#include "ui/windows/raw_frame_editor.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeView>
#include <QUndoStack>

using namespace frameglass;
using namespace frameglass::ui;

/// The window as a user works it: typed and clicked, against the built-in server.
class TestMainWindow : public testing::WindowFixture
{
    Q_OBJECT
private slots:
    void aWrongAddressIsSaidBesideTheField_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("part");
        QTest::newRow("no scheme") << QStringLiteral("localhost:9001") << QStringLiteral("ws://");
        QTest::newRow("another scheme") << QStringLiteral("ftp://localhost") << QStringLiteral("wss://");
        QTest::newRow("port") << QStringLiteral("ws://localhost:99999/") << QStringLiteral("65535");
        QTest::newRow("fragment") << QStringLiteral("ws://localhost/#top") << QStringLiteral("#fragment");
    }

    void aWrongAddressIsSaidBesideTheField()
    {
        QFETCH(QString, url);
        QFETCH(QString, part);
        connectByTyping(url);
        auto *fault = find<QLabel>("urlFault");
        QVERIFY(fault->isVisible());
        QVERIFY2(fault->text().contains(part), qPrintable(fault->text()));
        QCOMPARE(m_window->selection()->connection(), 0u);
    }

    void enterIsOneOrder()
    {
        // Nothing tells the bar of a live connection between two signals: as if the first had failed at once.
        AddressBar bar;
        bar.setUrl(QStringLiteral("ws://127.0.0.1:1/"));
        QSignalSpy orders(&bar, &AddressBar::connectRequested);
        QTest::keyClick(bar.findChild<QLineEdit *>(), Qt::Key_Return);
        QTest::keyClick(bar.findChild<QLineEdit *>(), Qt::Key_Enter);
        QCOMPARE(orders.size(), 2);
    }

    void connectSendAndClose()
    {
        const QString url = startServer();
        QVERIFY(!url.isEmpty());
        connectByTyping(url);
        QVERIFY(waitOpen());
        auto *button = find<QPushButton>("connect");
        QTRY_COMPARE(button->text(), QStringLiteral("Disconnect"));
        auto *text = find<QPlainTextEdit>("composerText");
        text->setFocus();
        QTest::keyClicks(text, QStringLiteral("hello"));
        QTest::keyClick(text, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(facts()->received.messages, 1u);
        QVERIFY(text->toPlainText().isEmpty());
        QTest::keyClicks(text, QStringLiteral("/ping abc"));
        QTest::keyClick(text, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(facts()->heartbeat.pingsSent, 1u);
        QTest::keyClicks(text, QStringLiteral("/nonsense"));
        QTest::keyClick(text, Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(find<QLabel>("composerFault")->isVisible());
        QCOMPARE(text->toPlainText(), QStringLiteral("/nonsense"));
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY(facts()->isOver());
        QCOMPARE(facts()->ended->value.code, 1000);
        QTRY_COMPARE(button->text(), QStringLiteral("Connect"));
        // F5 makes the second attempt of the same series.
        const capture::ConnectionId first = facts()->id;
        QTest::keyClick(m_window.get(), Qt::Key_F5);
        QVERIFY(m_window->selection()->connection() != first);
        QVERIFY(waitOpen());
        QCOMPARE(facts()->started->value.attempt, 2u);
        QCOMPARE(facts()->started->value.series, std::optional(first));
    }

    void aRefusalShowsTheAnswerAsItCame()
    {
        QTest::mouseClick(find<QPushButton>("exampleBroken"), Qt::LeftButton);
        QTRY_VERIFY(facts() && facts()->isOver());
        auto *answer = find<QPlainTextEdit>("answer");
        QTRY_VERIFY(answer->isVisible());
        QVERIFY(answer->toPlainText().startsWith(QStringLiteral("HTTP/1.1 403")));
        QVERIFY(answer->toPlainText().contains(QStringLiteral("https://elsewhere.example")));
        QVERIFY(!find<QWidget>("banner")->isHidden());
        const auto steps = LifeLine::stepsOf(*facts(), *facts()->lastTime);
        QVERIFY(steps[std::size_t(LifeLine::Phase::Tcp)].standing == LifeLine::Standing::Done);
        QVERIFY(steps[std::size_t(LifeLine::Phase::Upgrade)].standing == LifeLine::Standing::Failed);
        QVERIFY(steps[std::size_t(LifeLine::Phase::Open)].standing == LifeLine::Standing::Pending);
        const capture::ConnectionId before = facts()->id;
        QTest::mouseClick(find<QPushButton>("situationButton"), Qt::LeftButton);
        QTRY_VERIFY(m_window->selection()->connection() != before);
    }

    void aRedirectIsFollowedWhenAskedFor()
    {
        const QString target = startServer();
        const auto answer = [](const std::string &location) {
            return [location](test::RawSocket &socket) {
                socket.readUntil("\r\n\r\n");
                socket.write("HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
                socket.readEnd();
            };
        };
        test::RawServer first(answer(target.toStdString()));
        find<QSpinBox>("redirects")->setValue(3);
        connectByTyping(QString::fromStdString(first.url()));
        QVERIFY(waitOpen());
        QCOMPARE(QString::fromStdString(facts()->started->value.url), target);
        const auto from = facts()->started->value.redirectedFrom;
        QVERIFY(from && m_window->document()->facts(*from)->response->value.status == 302);

        test::RawServer loop([&loop, &answer](test::RawSocket &socket) { answer(loop.url())(socket); });
        connectByTyping(QString::fromStdString(loop.url()));
        QTRY_VERIFY(
            m_window->findChild<NoticeBar *>(QStringLiteral("notice"))->text().contains(QStringLiteral("loop")));
    }

    void aNameServerIsAskedForSrv()
    {
        std::mutex mutex;
        std::set<std::string> asked;
        test::DnsResponder responder([&](const std::string &name, int) {
            const std::lock_guard lock(mutex);
            asked.insert(name);
            return test::DnsResponder::Answer{3, {}, {}}; // NXDOMAIN
        });
        find<QLineEdit>("nameServer")->setText(QStringLiteral("nowhere"));
        QVERIFY(!find<QLabel>("nameServerFault")->text().isEmpty());
        find<QLineEdit>("nameServer")->setText(QString::fromStdString(responder.address()));
        find<QComboBox>("dnsQuestions")->setCurrentIndex(1);
        connectByTyping(QStringLiteral("ws://frameglass.invalid/"));
        QTRY_VERIFY(facts() && std::any_of(facts()->dns.begin(), facts()->dns.end(),
                                           [](const auto &lookup) { return lookup.value.type == "SRV"; }));
        const std::lock_guard lock(mutex);
        QVERIFY(asked.contains("_ws._tcp.frameglass.invalid"));
    }

    void theExampleFillsEveryView()
    {
        QTest::mouseClick(find<QPushButton>("exampleEcho"), Qt::LeftButton);
        QTRY_VERIFY(facts() && facts()->heartbeat.matched >= 6 && facts()->received.messages >= 4);
        QCOMPARE(find<QTabWidget>("views")->count(), int(MainWindow::TabCount));
        QVERIFY(find<QTreeView>("connections")->model()->rowCount() >= 2);
        QVERIFY(find<QTabWidget>("views")->tabText(MainWindow::ChecklistTab).contains(QStringLiteral("✓")));
        QTest::keyClick(m_window.get(), Qt::Key_3, Qt::ControlModifier);
        QCOMPARE(find<QTabWidget>("views")->currentIndex(), int(MainWindow::HeartbeatTab));
    }

    void removingWhatIsOverAsksNothingAndCanBeUndone()
    {
        QVERIFY(!startServer().isEmpty());
        connectByTyping(QString::fromStdString(m_window->document()->server()->url()));
        QVERIFY(waitOpen());
        const capture::ConnectionId id = m_window->selection()->connection();
        m_window->document()->closeConnection(id, 1000, {});
        QTRY_VERIFY(facts()->isOver() && !m_window->document()->isLive(id));
        auto *list = find<QTreeView>("connections");
        QTRY_VERIFY(list->currentIndex().isValid());
        const int rows = list->model()->rowCount();
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Delete);
        QTRY_COMPARE(list->model()->rowCount(), rows - 1);
        QVERIFY(!find<QMessageBox>("confirm"));
        list->setFocus();
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(list->model()->rowCount(), rows);
        QCOMPARE(m_window->selection()->connection(), id);
        list->setFocus();
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(list->model()->rowCount(), rows - 1);
        // The button beside the list does the same as the key.
        auto *undo = m_window->findChild<ConnectionPanel *>()->findChild<NoticeBar *>()->actionButton();
        QTRY_VERIFY(undo->isVisible());
        QTest::mouseClick(undo, Qt::LeftButton);
        QTRY_COMPARE(list->model()->rowCount(), rows);
        QVERIFY(!undo->isVisible());
    }

    void removingWhatIsLiveAsks()
    {
        connectByTyping(startServer());
        QVERIFY(waitOpen());
        const capture::ConnectionId id = m_window->selection()->connection();
        auto *list = find<QTreeView>("connections");
        QTRY_VERIFY(list->currentIndex().isValid());
        const int rows = list->model()->rowCount();
        for (const bool really : {false, true}) {
            m_window->activateWindow(); // which a window manager does once the dialog is gone
            QTRY_VERIFY(m_window->isActiveWindow());
            list->setFocus();
            QTest::keyClick(list, Qt::Key_Delete);
            auto *box = find<QMessageBox>("confirm");
            QVERIFY(box);
            QVERIFY(m_window->document()->isLive(id));
            QCOMPARE(list->model()->rowCount(), rows);
            for (QAbstractButton *button : box->buttons())
                if ((box->buttonRole(button) == QMessageBox::DestructiveRole) == really)
                    QTest::mouseClick(button, Qt::LeftButton);
            QTRY_VERIFY(!find<QMessageBox>("confirm"));
        }
        QTRY_COMPARE(list->model()->rowCount(), rows - 1);
        QTRY_VERIFY(!m_window->document()->isLive(id));
    }

    void clearingTheTimelineCanBeUndone()
    {
        connectByTyping(startServer());
        QVERIFY(waitOpen());
        send(QStringLiteral("before"));
        QTRY_COMPARE(facts()->received.messages, 1u);
        m_window->showTab(MainWindow::TimelineTab);
        auto *table = find<QAbstractItemView>("timelineTable");
        auto *view = m_window->findChild<TimelineView *>();
        QTRY_VERIFY(view->model()->frameCount() >= 2);
        const int rows = table->model()->rowCount();
        table->setFocus();
        QTest::keyClick(table, Qt::Key_L, Qt::ControlModifier);
        QCOMPARE(table->model()->rowCount(), 0);
        auto *said = view->findChild<NoticeBar *>();
        QVERIFY(said->isVisible()); // nothing is hidden without a word
        QVERIFY2(said->text().contains(QString::number(rows)), qPrintable(said->text()));
        send(QStringLiteral("after"));
        QTRY_COMPARE(facts()->received.messages, 2u);
        QTRY_COMPARE(table->model()->rowCount(), 2);
        QCOMPARE(table->model()->index(0, RecordModel::Number).data().toString(), QStringLiteral("3"));
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(table->model()->rowCount(), rows + 2);
        QVERIFY(!said->isVisible());
        // What the evidence leads to is shown, cleared or not.
        QTest::keyClick(table, Qt::Key_L, Qt::ControlModifier);
        QCOMPARE(table->model()->rowCount(), 0);
        m_window->selection()->setRecord(facts()->received.lastDataFrame->record, 0, 0, true);
        QCOMPARE(table->model()->rowCount(), rows + 2);
    }

    void aRemovedHeaderComesBack()
    {
        m_window->setOptionsOpen(true);
        auto *headers = find<QTableWidget>("headers");
        QTest::mouseClick(find<QToolButton>("addHeader"), Qt::LeftButton);
        headers->item(0, 0)->setText(QStringLiteral("X-Token"));
        headers->item(0, 1)->setText(QStringLiteral("a long one"));
        headers->setCurrentCell(0, 0);
        QTest::mouseClick(find<QToolButton>("removeHeader"), Qt::LeftButton);
        QCOMPARE(headers->rowCount(), 0);
        m_window->document()->undoStack()->undo();
        QCOMPARE(headers->rowCount(), 1);
        QCOMPARE(headers->item(0, 1)->text(), QStringLiteral("a long one"));
    }

    void compressionIsOfferedFromTheDrawer()
    {
        const QString url = startServer();
        find<QCheckBox>("offerDeflate")->setChecked(true);
        connectByTyping(url);
        QVERIFY(waitOpen());
        send(QStringLiteral("again again again again"));
        QTRY_COMPARE(facts()->received.messages, 1u);
        QVERIFY(facts()->compression.agreed);
        const auto *model = m_window->findChild<TimelineView *>()->model();
        const auto lengths = [model] {
            QStringList found;
            for (int row = 0; row < model->rowCount(); ++row) {
                if (model->index(row, RecordModel::Data).data().toString() == QLatin1String("again again again again"))
                    found += model->index(row, RecordModel::Length).data().toString();
            }
            return found;
        };
        QTRY_COMPARE(lengths().size(), 2); // as sent and as it came back
        for (const QString &length : lengths())
            QVERIFY2(length.endsWith(QStringLiteral(" → 23")), qPrintable(length));
        m_window->showTab(MainWindow::HandshakeTab);
        const auto *note = find<QLabel>("handshakeNote");
        QTRY_VERIFY2(note->text().contains(QStringLiteral("permessage-deflate · ↑ ")), qPrintable(note->text()));
        QVERIFY2(note->text().contains(QStringLiteral(" → 23 octets (")), qPrintable(note->text()));
        // What is no parameter is told beside the field, and nothing is connected.
        find<QLineEdit>("offerDeflateParameters")->setText(QStringLiteral("fast"));
        const auto connections = m_window->document()->facts().connections().size();
        connectByTyping(url);
        QVERIFY(find<QLabel>("offerDeflateFault")->text().contains(QStringLiteral("fast")));
        QCOMPARE(m_window->document()->facts().connections().size(), connections);
    }

    void aSentMessageComesBackByUndo()
    {
        connectByTyping(startServer());
        QVERIFY(waitOpen());
        send(QStringLiteral("typed with care"));
        QTRY_COMPARE(facts()->received.messages, 1u);
        auto *text = find<QPlainTextEdit>("composerText");
        QVERIFY(text->toPlainText().isEmpty());
        QTest::keyClick(text, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(text->toPlainText(), QStringLiteral("typed with care"));
    }

    void theTimeFormatOfPreferencesReachesTheTimeline()
    {
        connectByTyping(startServer());
        QVERIFY(waitOpen());
        auto *view = m_window->findChild<TimelineView *>();
        QTRY_VERIFY(view->model()->rowCount() > 0);
        const QModelIndex time = view->model()->index(0, RecordModel::Time);
        const QString before = time.data().toString();
        m_window->showPreferences();
        auto *choice = find<QDialog>("preferences")->findChild<QComboBox *>(QStringLiteral("timeFormat"));
        choice->setFocus();
        QTest::keyClick(choice, Qt::Key_Down);
        QCOMPARE(view->model()->timeFormat(), TimeFormat::WallClock);
        QVERIFY(time.data().toString() != before);
        QCOMPARE(find<QComboBox>("timelineTime")->currentIndex(), int(TimeFormat::WallClock));
        find<QDialog>("preferences")->close();
        // The header's menu switches it too, and it is kept.
        m_window->showTab(MainWindow::TimelineTab);
        emit view->table()->horizontalHeader()->customContextMenuRequested(QPoint(10, 5));
        auto *menu = view->table()->findChild<QMenu *>(QStringLiteral("columnMenu"));
        QVERIFY(menu);
        QAction *last = menu->actions().constLast();
        QVERIFY(last->isCheckable() && !last->isChecked());
        last->trigger();
        QCOMPARE(view->model()->timeFormat(), TimeFormat::SincePrevious);
        restart();
        QCOMPARE(m_window->findChild<TimelineView *>()->model()->timeFormat(), TimeFormat::SincePrevious);
    }

    void savingIsSaidAndCanBeCancelled()
    {
        QTemporaryDir folder;
        connectByTyping(startServer());
        QVERIFY(waitOpen());
        // The dialog's answer stands for the clicks in it: they are the toolkit's.
        const auto choose = [this](const QString &path) {
            auto *dialog = m_window->findChild<QFileDialog *>();
            QVERIFY(dialog);
            dialog->close();
            emit dialog->fileSelected(path);
            QTRY_VERIFY(!m_window->findChild<QFileDialog *>());
        };
        auto *notice = find<NoticeBar>("notice");
        const QString busy = folder.filePath(QStringLiteral("busy.fglass"));
        {
            const capture::CaptureWriter writer(busy.toStdString());
            m_window->saveAs();
            choose(busy);
            QTRY_VERIFY(notice->isVisible());
            QVERIFY2(notice->text().contains(busy), qPrintable(notice->text()));
            QVERIFY(m_window->document()->isUnsaved());
        }
        const QString target = folder.filePath(QStringLiteral("saved.fglass"));
        m_window->saveAs();
        choose(target);
        QTRY_COMPARE(m_window->document()->path(), target);
        QVERIFY(m_window->windowTitle().startsWith(QStringLiteral("saved.fglass")));
        // All different, so that the file is as large as what passed, and saving it takes its time.
        for (int i = 0; i < 16; ++i) {
            protocol::Octets octets(1 << 20);
            auto *numbers = reinterpret_cast<quint32 *>(octets.data());
            QRandomGenerator(static_cast<quint32>(i)).fillRange(numbers, qsizetype(octets.size() / sizeof *numbers));
            m_window->document()->sendBinary(facts()->id, std::move(octets), 1);
        }
        QTRY_COMPARE_WITH_TIMEOUT(facts()->received.messages, 16u, 30'000);
        m_window->saveAs();
        choose(folder.filePath(QStringLiteral("never.fglass")));
        QVERIFY(find<QWidget>("saving")->isVisible());
        QTest::mouseClick(find<QPushButton>("savingCancel"), Qt::LeftButton);
        QTRY_VERIFY(!find<QWidget>("saving")->isVisible());
        QCOMPARE(m_window->document()->path(), target);
        QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("never.fglass"))));
        // Closing waits for a saving that is under way.
        m_window->saveAs();
        const QString last = folder.filePath(QStringLiteral("last.fglass"));
        choose(last);
        QVERIFY(!m_window->close());
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->isVisible(), 30'000);
        QCOMPARE(m_window->document()->path(), last);
    }

    void whatWasNeverSavedIsDeletedOnlyWhenConfirmed()
    {
        connectByTyping(startServer());
        QVERIFY(waitOpen());
        const QString path = m_window->document()->path();
        m_window.reset(); // as a crash would leave it
        m_window = std::make_unique<MainWindow>();
        m_window->show();
        auto *remove = find<QPushButton>("leftoverDelete");
        QVERIFY(remove && remove->isVisible());
        QTest::mouseClick(remove, Qt::LeftButton);
        QTRY_VERIFY(find<QMessageBox>("confirm"));
        QTest::keyClick(find<QMessageBox>("confirm"), Qt::Key_Return); // Cancel is the default
        QTRY_VERIFY(!find<QMessageBox>("confirm"));
        QVERIFY(QFile::exists(path));
        QTest::mouseClick(find<QPushButton>("leftoverDelete"), Qt::LeftButton);
        QTRY_VERIFY(find<QMessageBox>("confirm"));
        auto *box = find<QMessageBox>("confirm");
        for (QAbstractButton *button : box->buttons())
            if (box->buttonRole(button) == QMessageBox::DestructiveRole)
                QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY(!QFile::exists(path));
        QTRY_VERIFY(!find<QPushButton>("leftoverDelete"));
    }

    void nothingUnsavedIsLostWithoutAsking()
    {
        const QString url = startServer();
        connectByTyping(url);
        QVERIFY(waitOpen());
        QVERIFY(!m_window->close());
        auto *box = find<QMessageBox>("unsaved");
        QVERIFY(box && box->isVisible());
        QTest::mouseClick(box->button(QMessageBox::Cancel), Qt::LeftButton);
        QTRY_VERIFY(!find<QMessageBox>("unsaved"));
        QVERIFY(m_window->isVisible());
        QVERIFY(!m_window->close());
        box = find<QMessageBox>("unsaved");
        QVERIFY(box);
        QTest::mouseClick(box->button(QMessageBox::Discard), Qt::LeftButton);
        QTRY_VERIFY(!m_window->isVisible());
    }

    void draftsAreKept()
    {
        QTest::keyClicks(find<QPlainTextEdit>("composerText"), QStringLiteral("half a message"));
        restart();
        QCOMPARE(find<QPlainTextEdit>("composerText")->toPlainText(), QStringLiteral("half a message"));
    }

    void anOptionWithAFaultKeepsFromConnecting()
    {
        const QString url = startServer();
        m_window->setOptionsOpen(true);
        find<QLineEdit>("subprotocols")->setText(QStringLiteral("chat, not a token"));
        QVERIFY(find<QLabel>("subprotocolsFault")->isVisible());
        const capture::ConnectionId before = m_window->selection()->connection();
        connectByTyping(url);
        QCOMPARE(m_window->selection()->connection(), before);
        find<QLineEdit>("subprotocols")->setText(QStringLiteral("chat"));
        QVERIFY(!find<QLabel>("subprotocolsFault")->isVisible());
    }

    void hexIsReadOrItsFaultFound_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("octets");
        QTest::addColumn<qint64>("fault");
        QTest::addColumn<bool>("odd");
        QTest::newRow("spaces") << QStringLiteral("00 ff 7A") << QByteArray::fromHex("00ff7a") << qint64(-1) << false;
        QTest::newRow("prefix and commas")
            << QStringLiteral("0x01,02") << QByteArray::fromHex("0102") << qint64(-1) << false;
        QTest::newRow("empty") << QString() << QByteArray() << qint64(-1) << false;
        QTest::newRow("no digit") << QStringLiteral("01 g2") << QByteArray::fromHex("01") << qint64(3) << false;
        QTest::newRow("half an octet") << QStringLiteral("01 2") << QByteArray::fromHex("01") << qint64(-1) << true;
    }

    void hexIsReadOrItsFaultFound()
    {
        QFETCH(QString, text);
        QFETCH(QByteArray, octets);
        QFETCH(qint64, fault);
        QFETCH(bool, odd);
        const HexText hex = parseHex(text);
        QCOMPARE(QByteArray(reinterpret_cast<const char *>(hex.octets.data()), qsizetype(hex.octets.size())), octets);
        QCOMPARE(hex.faultAt.value_or(-1), fault);
        QCOMPARE(hex.oddDigits, odd);
        QCOMPARE(faultText(hex).isEmpty(), hex.valid());
    }

    void aRawFrameIsWhatTheFieldsSay()
    {
        RawFrameEditor editor;
        editor.findChild<QComboBox *>(QStringLiteral("rawOpcode"))->setCurrentIndex(0xb);
        editor.findChild<QLineEdit *>(QStringLiteral("rawKey"))->setText(QStringLiteral("00000000"));
        editor.findChild<QLineEdit *>(QStringLiteral("rawLength"))->setText(QStringLiteral("126"));
        editor.findChild<QPlainTextEdit *>(QStringLiteral("rawPayload"))->setPlainText(QStringLiteral("0102"));
        const auto frame = editor.frame();
        QVERIFY(frame);
        QCOMPARE(frame->header.opcode, 0xb);
        QVERIFY(frame->header.maskKey);
        QCOMPARE(*frame->header.maskKey, protocol::MaskKey{});
        QCOMPARE(frame->header.payloadLength, 126u);
        QCOMPARE(frame->header.lengthOctets, 2);
        QCOMPARE(frame->payload.size(), 2u);
        editor.findChild<QLineEdit *>(QStringLiteral("rawKey"))->setText(QStringLiteral("0000"));
        QVERIFY(!editor.frame());
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
