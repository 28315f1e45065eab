// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/theme.h"
#include "ui/windows/hex_text.h"
#include "ui/windows/life_line.h"
#include "ui/windows/main_window.h"
#include "ui/windows/raw_frame_editor.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

using namespace frameglass;
using namespace frameglass::ui;

/// The window as a user works it: typed and clicked, against the built-in server.
class TestMainWindow : public QObject
{
    Q_OBJECT

    QTemporaryDir m_home;
    std::unique_ptr<MainWindow> m_window;

    template<typename T>
    T *find(const char *name)
    {
        return m_window->findChild<T *>(QLatin1String(name));
    }
    const analysis::ConnectionFacts *facts()
    {
        return m_window->document()->facts(m_window->selection()->connection());
    }
    bool waitOpen()
    {
        return QTest::qWaitFor([this] { return facts() && facts()->openedAt; });
    }
    QString startServer()
    {
        QString error;
        return m_window->document()->startServer({}, &error)
                   ? QString::fromStdString(m_window->document()->server()->url())
                   : QString();
    }
    void connectByTyping(const QString &url)
    {
        auto *line = find<QComboBox>("url")->lineEdit();
        line->selectAll();
        QTest::keyClicks(line, url);
        QTest::keyClick(line, Qt::Key_Return);
    }

private slots:
    void initTestCase()
    {
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_home.path()));
        QCoreApplication::setOrganizationName(QStringLiteral("frameglass-test"));
        QCoreApplication::setApplicationName(QStringLiteral("window"));
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_home.path());
        Theme::instance().apply(ThemeChoice::Light);
    }

    void init()
    {
        QSettings().clear();
        m_window = std::make_unique<MainWindow>();
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    void cleanup()
    {
        m_window->document()->setDiscarded(true);
        m_window.reset();
    }

    void aWrongAddressIsSaidBesideTheField_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("part");
        QTest::newRow("no scheme") << QStringLiteral("localhost:9001") << QStringLiteral("ws://");
        QTest::newRow("TLS") << QStringLiteral("wss://localhost") << QStringLiteral("TLS");
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

    void removingAsksNothingAndCanBeUndone()
    {
        const QString url = startServer();
        connectByTyping(url);
        QVERIFY(waitOpen());
        const capture::ConnectionId id = m_window->selection()->connection();
        auto *list = find<QTreeView>("connections");
        QTRY_VERIFY(list->currentIndex().isValid());
        const int rows = list->model()->rowCount();
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Delete);
        QTRY_COMPARE(list->model()->rowCount(), rows - 1);
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(list->model()->rowCount(), rows);
        QCOMPARE(m_window->selection()->connection(), id);
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
        cleanup();
        m_window = std::make_unique<MainWindow>();
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
