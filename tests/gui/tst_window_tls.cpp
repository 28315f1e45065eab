// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/raw_server.h"
#include "tests/support/test_pki.h"
#include "window_fixture.h"

#include "ui/models/connection_list_model.h"
#include "ui/models/record_model.h"
#include "ui/views/handshake_view.h"
#include "ui/views/head_panel.h"
#include "ui/views/quiet_tree.h"
#include "ui/views/tls_panel.h"
#include "ui/windows/life_line.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QDirIterator>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include <openssl/pem.h>

#include <memory>

using namespace frameglass;
using namespace frameglass::ui;
using test::TestPki;

namespace {

constexpr auto passphrase = "open sesame, quickly";

/// The same key, encrypted with the passphrase.
QString encrypted(const QString &keyFile)
{
    const auto open = [](const QString &path, const char *mode) {
        return std::unique_ptr<std::FILE, int (*)(std::FILE *)>(std::fopen(qPrintable(path), mode), std::fclose);
    };
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY *)> key(
        PEM_read_PrivateKey(open(keyFile, "r").get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    const QString path = keyFile + QStringLiteral(".encrypted");
    std::string secret = passphrase;
    PEM_write_PKCS8PrivateKey(open(path, "w").get(), key.get(), EVP_aes_256_cbc(), secret.data(), int(secret.size()),
                              nullptr, nullptr);
    return path;
}

} // namespace

/// wss:// as a user works it: our window against our own server, trusted and not.
class TestWindowTls : public testing::WindowFixture
{
    Q_OBJECT

    TestPki m_pki;

    /// A server of the window's own, with this certificate; its address.
    QString startSecure(const TestPki::Files &files, const std::string &clientCa = {})
    {
        transport::TlsOptions tls;
        tls.certificateFile = files.certificate;
        tls.keyFile = files.key;
        if (!clientCa.empty()) {
            tls.caFile = clientCa;
            tls.clientCertificates = transport::ClientCertificates::Required;
        }
        auto made = transport::TlsContext::make(transport::TlsContext::Side::Server, tls);
        session::ServerOptions options;
        options.tls = std::get<std::shared_ptr<transport::TlsContext>>(made);
        QString error;
        return m_window->document()->startServer(options, &error)
                   ? QString::fromStdString(m_window->document()->server()->url())
                   : QString();
    }

    HandshakeView *handshake() { return m_window->findChild<HandshakeView *>(); }

    QString state() const
    {
        const auto *list = m_window->findChild<QTreeView *>(QStringLiteral("connections"));
        QString names;
        for (int row = 0; row < list->model()->rowCount(); ++row) {
            const QModelIndex top = list->model()->index(row, ConnectionListModel::NameColumn);
            names += top.data().toString() + u'\n';
            for (int child = 0; child < list->model()->rowCount(top); ++child)
                names += list->model()->index(child, 0, top).data().toString() + u'\n';
        }
        return names;
    }

    void trust(const std::string &file) { find<QLineEdit>("tlsCa")->setText(QString::fromStdString(file)); }

private slots:
    void theServerPanelLeadsToATrustedConnection()
    {
        m_window->setServerPanelOpen(true);
        find<QSpinBox>("serverPort")->setValue(0);
        find<QComboBox>("serverTls")->setCurrentIndex(1); // development certificate
        QTest::mouseClick(find<QPushButton>("serverStart"), Qt::LeftButton);
        QTRY_VERIFY(m_window->document()->server());
        const QString url = QStringLiteral("wss://localhost:%1/").arg(m_window->document()->server()->port());
        QTRY_VERIFY(find<QLabel>("serverUrl")->isVisible());
        QCOMPARE(find<QLabel>("serverUrl")->text(), url);
        QTest::mouseClick(find<QPushButton>("serverConnect"), Qt::LeftButton);
        QVERIFY(waitOpen());
        QCOMPARE(find<QComboBox>("url")->currentText(), url);
        QVERIFY(facts()->tls->value.verdict == capture::TlsVerdict::Trusted);
        QVERIFY(find<QLabel>("trustMark")->isHidden());
        const auto steps = LifeLine::stepsOf(*facts(), *facts()->lastTime);
        const auto &tls = steps[std::size_t(LifeLine::Phase::Tls)];
        QVERIFY(tls.used && tls.standing == LifeLine::Standing::Done && tls.time != QStringLiteral("–"));
        QVERIFY(!steps[std::size_t(LifeLine::Phase::Proxy)].used);
        // A click on the phase leads to what TLS agreed on.
        QTest::mouseClick(find<QToolButton>("stage3"), Qt::LeftButton);
        QTRY_COMPARE(find<QTabWidget>("views")->currentIndex(), int(MainWindow::HandshakeTab));
        QTRY_COMPARE(handshake()->page(), HandshakeView::TlsPage);
        const TlsPanel *panel = handshake()->tls();
        QTRY_COMPARE(panel->chain()->topLevelItemCount(), int(facts()->tls->value.chain.size()));
        QVERIFY(panel->messages()->topLevelItemCount() >= 6);
        QCOMPARE(panel->messages()->topLevelItem(0)->text(1), QStringLiteral("ClientHello"));
        QCOMPARE(panel->messages()->topLevelItem(0)->text(0), QStringLiteral("↑"));
        // What is copied is the certificate itself.
        QTest::mouseClick(find<QPushButton>("tlsCopyPem"), Qt::LeftButton);
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("-----BEGIN CERTIFICATE-----\n")));
        send(QStringLiteral("hello"));
        QTRY_COMPARE(facts()->received.messages, 1u);
    }

    void messagesOfTheHandshakeAreRowsWhenAskedFor()
    {
        const auto files = m_pki.leaf("trusted");
        trust(m_pki.rootFile());
        connectByTyping(startSecure(files));
        QVERIFY(waitOpen());
        m_window->showTab(MainWindow::TimelineTab);
        auto *toggle = find<QToolButton>("timelineTls");
        QTRY_VERIFY(toggle->isVisible());
        const auto hello = [this] {
            const auto *model = find<QAbstractItemView>("timelineTable")->model();
            for (int row = 0; row < model->rowCount(); ++row)
                if (model->index(row, RecordModel::Data).data().toString().contains(QStringLiteral("ClientHello")))
                    return model->index(row, RecordModel::Dir).data().toString();
            return QString();
        };
        QCOMPARE(hello(), QString());
        QTest::mouseClick(toggle, Qt::LeftButton);
        QTRY_COMPARE(hello(), QStringLiteral("↑"));
        QTest::mouseClick(toggle, Qt::LeftButton);
        QTRY_COMPARE(hello(), QString());
    }

    void whatIsNotTrustedIsSaidAndOverriddenOnce()
    {
        connectByTyping(startSecure(m_pki.leaf("self-signed", {.by = TestPki::By::Itself})));
        QTRY_VERIFY(facts() && facts()->isOver());
        QTRY_VERIFY(find<QLabel>("situation")->isVisible());
        const QString sentence = find<QLabel>("situation")->text();
        QVERIFY2(sentence.contains(QStringLiteral("signed by itself")), qPrintable(sentence));
        QVERIFY2(sentence.contains(QStringLiteral("CA file")), qPrintable(sentence));
        m_window->showTab(MainWindow::HandshakeTab);
        QTRY_COMPARE(handshake()->page(), HandshakeView::TlsPage);
        QTRY_VERIFY(handshake()->tls()->chain()->topLevelItemCount() == 1);
        const auto *leaf = handshake()->tls()->chain()->topLevelItem(0);
        QVERIFY(leaf->isExpanded() && leaf->text(0).startsWith(QStringLiteral("✕")));
        QVERIFY(leaf->child(0)->text(1).contains(QStringLiteral("signed by itself")));

        const capture::ConnectionId refused = facts()->id;
        QTest::mouseClick(find<QPushButton>("situationSecond"), Qt::LeftButton);
        QTRY_VERIFY(m_window->selection()->connection() != refused);
        QVERIFY(waitOpen());
        QVERIFY(facts()->started->value.anyCertificate);
        QCOMPARE(facts()->started->value.series, std::optional(refused));
        QVERIFY(facts()->tls->value.verdict == capture::TlsVerdict::Overridden);
        QTRY_VERIFY(find<QLabel>("trustMark")->isVisible());
        QVERIFY(find<QLabel>("trustMark")->text().contains(QStringLiteral("certificate not trusted")));
        QTRY_VERIFY2(state().contains(QStringLiteral("! #2")), qPrintable(state()));

        // The exception was for that attempt: the next one is verified again, however it is begun.
        const capture::ConnectionId overridden = facts()->id;
        QTest::mouseClick(find<QPushButton>("connect"), Qt::LeftButton);
        QTRY_VERIFY(facts()->isOver());
        QTest::keyClick(m_window.get(), Qt::Key_F5);
        QTRY_VERIFY(m_window->selection()->connection() != overridden);
        QTRY_VERIFY(facts() && facts()->isOver());
        QVERIFY(!facts()->started->value.anyCertificate);
        QVERIFY(facts()->tls->value.verdict == capture::TlsVerdict::Untrusted);
    }

    void anAuthorityNamedInTheOptionsIsTrusted()
    {
        const QString url = startSecure(m_pki.leaf("below", {.by = TestPki::By::Intermediate}));
        trust(m_pki.rootFile());
        connectByTyping(url);
        QVERIFY(waitOpen());
        QVERIFY(facts()->tls->value.verdict == capture::TlsVerdict::Trusted);
        QVERIFY(!facts()->tls->value.resumed);
        // The same options again may resume the session.
        QTest::mouseClick(find<QPushButton>("connect"), Qt::LeftButton);
        QTRY_VERIFY(facts()->isOver());
        QTRY_COMPARE(find<QPushButton>("connect")->text(), QStringLiteral("Connect"));
        const capture::ConnectionId first = facts()->id;
        QTest::mouseClick(find<QPushButton>("connect"), Qt::LeftButton);
        QTRY_VERIFY(m_window->selection()->connection() != first);
        QVERIFY(waitOpen());
        QVERIFY(facts()->tls->value.resumed);
    }

    void anOptionThatCannotBeUsedIsSaidAtItsField_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("part");
        QTest::newRow("CA") << "tlsCa"
                            << "/nowhere/ca.pem"
                            << "tlsCaFault"
                            << "/nowhere/ca.pem";
        QTest::newRow("certificate") << "tlsCertificate"
                                     << "/nowhere/me.pem"
                                     << "tlsCertificateFault"
                                     << "me.pem";
        QTest::newRow("key log") << "tlsKeyLog"
                                 << "/nowhere/keys.log"
                                 << "tlsKeyLogFault"
                                 << "keys.log";
        QTest::newRow("ciphers") << "tlsCiphers"
                                 << "NO_SUCH_SUITE"
                                 << "tlsCiphersFault"
                                 << "cipher";
    }

    void anOptionThatCannotBeUsedIsSaidAtItsField()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        QFETCH(QString, fault);
        QFETCH(QString, part);
        const QString url = startSecure(m_pki.leaf("trusted"));
        const capture::ConnectionId before = m_window->selection()->connection();
        find<QLineEdit>(qPrintable(field))->setText(value);
        connectByTyping(url);
        auto *label = find<QLabel>(qPrintable(fault));
        QTRY_VERIFY(label->isVisible());
        QVERIFY2(label->text().contains(part), qPrintable(label->text()));
        QCOMPARE(find<QLineEdit>(qPrintable(field))->text(), value);
        QCOMPARE(find<QComboBox>("url")->currentText(), url);
        QCOMPARE(m_window->selection()->connection(), before);
        // ws:// has no use for it.
        m_window->document()->stopServer();
        connectByTyping(startServer());
        QVERIFY(waitOpen());
    }

    void aPassphraseIsAskedForAndKeptNowhere()
    {
        const auto me = m_pki.leaf("me", {.names = {"DNS:me.example"}});
        const QString url = startSecure(m_pki.leaf("trusted"), m_pki.rootFile());
        trust(m_pki.rootFile());
        find<QLineEdit>("tlsCertificate")->setText(QString::fromStdString(me.certificate));
        find<QLineEdit>("tlsKey")->setText(encrypted(QString::fromStdString(me.key)));
        connectByTyping(url);
        const auto type = [this](const QString &text) {
            QTRY_VERIFY(find<QLineEdit>("passphraseLine") && find<QLineEdit>("passphraseLine")->isVisible());
            const QPointer<QDialog> dialog = find<QDialog>("passphrase");
            QTest::keyClicks(find<QLineEdit>("passphraseLine"), text);
            QTest::keyClick(find<QLineEdit>("passphraseLine"), Qt::Key_Return);
            QTRY_VERIFY(!dialog);
        };
        type(QStringLiteral("wrong"));
        type(QString::fromLatin1(passphrase));
        QVERIFY(waitOpen());
        QTRY_VERIFY(!find<QDialog>("passphrase"));
        m_window->document()->catchUp();
        restart(); // settings are written at the end too
        const QByteArray secret = passphrase;
        QDirIterator files(qEnvironmentVariable("XDG_DATA_HOME"), QDir::Files | QDir::Hidden,
                           QDirIterator::Subdirectories);
        int looked = 0;
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(!file.readAll().contains(secret), qPrintable(file.fileName()));
            ++looked;
        }
        QVERIFY(looked > 0);
        QVERIFY(find<QLineEdit>("tlsKey")->text().endsWith(QStringLiteral(".encrypted")));
    }

    void withoutAPassphraseNothingBegins()
    {
        const auto me = m_pki.leaf("me", {.names = {"DNS:me.example"}});
        const QString url = startSecure(m_pki.leaf("trusted"));
        const capture::ConnectionId before = m_window->selection()->connection();
        find<QLineEdit>("tlsCertificate")->setText(QString::fromStdString(me.certificate));
        find<QLineEdit>("tlsKey")->setText(encrypted(QString::fromStdString(me.key)));
        connectByTyping(url);
        QTRY_VERIFY(find<QLineEdit>("passphraseLine"));
        QTest::keyClick(find<QLineEdit>("passphraseLine"), Qt::Key_Escape);
        QTRY_VERIFY(find<QLabel>("tlsKeyFault")->isVisible());
        QCOMPARE(m_window->selection()->connection(), before);
    }

    void aHandshakeThatStallsShowsItsStage()
    {
        test::RawServer silent([](test::RawSocket &socket) { socket.readEnd(); });
        connectByTyping(QStringLiteral("wss://127.0.0.1:%1/").arg(silent.port()));
        const auto step = [this] {
            return LifeLine::stepsOf(*facts(), m_window->document()->now())[std::size_t(LifeLine::Phase::Tls)];
        };
        QTRY_VERIFY(facts() && facts()->lastOf(capture::Stage::Tls) && !facts()->tlsMessages.empty());
        QVERIFY(step().standing == LifeLine::Standing::Current && step().record != 0);
        QTRY_VERIFY(find<QLabel>("situation")->text().contains(QStringLiteral("TLS")));
        QTest::mouseClick(find<QPushButton>("situationButton"), Qt::LeftButton);
        QTRY_VERIFY(facts()->isOver());
        QVERIFY(step().standing == LifeLine::Standing::Failed);
        QVERIFY(find<QPushButton>("situationSecond")->isHidden());
        m_window->showTab(MainWindow::HandshakeTab);
        QTRY_COMPARE(handshake()->page(), HandshakeView::TlsPage);
    }

    void aProxyThatRefusesShowsItsAnswer()
    {
        test::RawServer proxy([](test::RawSocket &socket) {
            socket.readUntil("\r\n\r\n");
            socket.write("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n"
                         "Content-Length: 0\r\n\r\n");
            socket.readEnd();
        });
        find<QComboBox>("proxyChoice")->setCurrentIndex(2);
        find<QLineEdit>("proxyUrl")->setText(QStringLiteral("http://127.0.0.1:%1").arg(proxy.port()));
        find<QLineEdit>("proxyUser")->setText(QStringLiteral("me"));
        find<QLineEdit>("proxyPassword")->setText(QStringLiteral("geheim"));
        connectByTyping(QStringLiteral("wss://somewhere.example/"));
        QTRY_VERIFY(facts() && facts()->isOver());
        QVERIFY(facts()->proxyRequest && facts()->proxyResponse);
        const auto steps = LifeLine::stepsOf(*facts(), *facts()->lastTime);
        QVERIFY(steps[std::size_t(LifeLine::Phase::Proxy)].standing == LifeLine::Standing::Failed);
        QVERIFY(steps[std::size_t(LifeLine::Phase::Tls)].standing == LifeLine::Standing::Pending);
        m_window->showTab(MainWindow::HandshakeTab);
        QTRY_COMPARE(handshake()->page(), HandshakeView::ProxyPage);
        QTRY_VERIFY(handshake()->proxyResponse()->tree()->topLevelItemCount() > 0);
        QVERIFY(handshake()->proxyResponse()->tree()->topLevelItem(0)->text(1).contains(QStringLiteral("407")));
        restart();
        QCOMPARE(find<QLineEdit>("proxyUrl")->text(), QStringLiteral("http://127.0.0.1:%1").arg(proxy.port()));
        QCOMPARE(find<QLineEdit>("proxyPassword")->text(), QString());
    }

    void theAuthorityIsExported()
    {
        m_window->setServerPanelOpen(true);
        find<QComboBox>("serverTls")->setCurrentIndex(1);
        QTest::mouseClick(find<QPushButton>("exportAuthority"), Qt::LeftButton);
        QTRY_VERIFY(m_window->findChild<QFileDialog *>(QStringLiteral("exportDialog")));
        auto *dialog = m_window->findChild<QFileDialog *>(QStringLiteral("exportDialog"));
        const QString path = QString::fromStdString(m_pki.file("exported.pem"));
        emit dialog->fileSelected(path);
        dialog->reject();
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray pem = file.readAll();
        QVERIFY(pem.contains("BEGIN CERTIFICATE"));
        QVERIFY(!pem.contains("PRIVATE KEY"));
    }
};

QTEST_MAIN(TestWindowTls)
#include "tst_window_tls.moc"
