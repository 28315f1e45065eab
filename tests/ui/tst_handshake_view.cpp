// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include "ui/support/theme.h"
#include "ui/views/accept_panel.h"
#include "ui/views/handshake_view.h"
#include "ui/views/hex_view.h"
#include "ui/views/quiet_tree.h"
#include "ui/views/tls_panel.h"
#include "ui/views/wrap_delegate.h"

#include <QStandardPaths>
#include <QTest>
#include <QToolButton>
#include <QTreeWidgetItemIterator>

using namespace frameglass;
using namespace frameglass::ui;

class TestHandshakeView : public QObject
{
    Q_OBJECT
private:
    struct Shown
    {
        explicit Shown(const QString &path, capture::ConnectionId connection) : view(&document, &selection)
        {
            document.open(path);
            document.catchUp();
            selection.setConnection(connection);
            view.resize(1000, 560);
            view.show();
            view.ensureFresh();
        }
        Document document;
        Selection selection;
        HandshakeView view;
        QTreeWidgetItem *row(HeadPanel *panel, const QString &name) const
        {
            const auto found = panel->tree()->findItems(name, Qt::MatchExactly | Qt::MatchRecursive);
            return found.isEmpty() ? nullptr : found.first();
        }
    };

private slots:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QLocale::setDefault(QLocale(QLocale::English));
    }

    void headsAsSentSideBySide()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        QCOMPARE(shown.view.request()->tree()->topLevelItemCount(), 7);
        QCOMPARE(shown.view.response()->tree()->topLevelItemCount(), 4);
        const auto *accept = shown.row(shown.view.response(), QStringLiteral("Sec-WebSocket-Accept"));
        QVERIFY(accept);
        QCOMPARE(accept->text(HeadPanel::ValueColumn), QString::fromLatin1(test::SampleCapture::acceptValue));
        QVERIFY(accept->text(HeadPanel::VerdictColumn).startsWith(QStringLiteral("✓ ok")));
        QCOMPARE(shown.view.accept()->comparison(), QStringLiteral("✓ equal"));
        QCOMPARE(shown.view.note(), QString());
    }

    void everyJudgementIsReadWhole()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        shown.view.resize(960, 560); // what a window of 1280 leaves it
        QCoreApplication::processEvents();
        for (HeadPanel *panel : {shown.view.request(), shown.view.response()}) {
            const QTreeWidget *tree = panel->tree();
            const auto *delegate = qobject_cast<const WrapDelegate *>(tree->itemDelegate());
            QVERIFY(delegate);
            int taller = 0;
            for (int row = 0; row < tree->topLevelItemCount(); ++row) {
                const QModelIndex index = tree->model()->index(row, HeadPanel::VerdictColumn);
                QVERIFY2(!delegate->isCut(index), qPrintable(index.data().toString()));
                taller += tree->visualRect(index).height() > Theme::instance().rowPixels();
            }
            if (panel == shown.view.request())
                QVERIFY(taller > 0); // some need more than one line: without wrapping they would be cut
        }
    }

    void secretsAppearOnlyWhenAskedFor()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        auto *secrets = shown.view.findChild<QToolButton *>(QStringLiteral("handshakeSecrets"));
        QVERIFY(secrets && secrets->isVisible());
        const auto value = [&shown] {
            return shown.row(shown.view.request(), QStringLiteral("Authorization"))->text(HeadPanel::ValueColumn);
        };
        QVERIFY(!value().contains(QStringLiteral("geheim")));
        QVERIFY(protocol::textOf(shown.view.request()->hex()->octets()).find("geheim") == std::string_view::npos);
        secrets->click();
        QVERIFY(value().contains(QStringLiteral("geheim")));
        secrets->click();
        QVERIFY(!value().contains(QStringLiteral("geheim")));
    }

    void aChosenLineIsTheOneSelection()
    {
        test::WholeConnection sample;
        Shown shown(sample.path, sample.capture.connection);
        QTreeWidgetItem *host = shown.row(shown.view.request(), QStringLiteral("Host"));
        shown.view.request()->tree()->setCurrentItem(host);
        QCOMPARE(shown.selection.record(), sample.capture.request);
        QCOMPARE(shown.selection.offset(), std::size_t{20});
        QCOMPARE(shown.view.request()->hex()->litOffset(), std::size_t{20});
        // And back: evidence elsewhere lights its line here.
        const auto *accept = shown.row(shown.view.response(), QStringLiteral("Sec-WebSocket-Accept"));
        shown.selection.setRecord(sample.capture.response,
                                  static_cast<std::size_t>(accept->data(0, HeadPanel::OffsetRole).toULongLong()) + 3,
                                  1);
        QCOMPARE(shown.view.response()->tree()->currentItem(), accept);
        QCOMPARE(shown.view.request()->tree()->currentItem(), nullptr);
    }

    void aRefusalShowsItsBody()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        capture.open({}, "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n\r\n");
        capture.add(capture::BodyRecord{capture::Direction::Received, protocol::octetsOf("{\"error\":\"token\"}")});
        capture.add(capture::ConnectionEnded{});
        Shown shown(capture.finish(), id);
        QCOMPARE(shown.view.bodyText(), QStringLiteral("{\n  \"error\": \"token\"\n}"));
        QCOMPARE(shown.row(shown.view.response(), QStringLiteral("Sec-WebSocket-Accept")), nullptr);
        const auto *status = shown.view.response()->tree()->topLevelItem(0);
        QCOMPARE(status->data(0, HeadPanel::VerdictRole).toInt(), static_cast<int>(LineVerdict::Wrong));
    }

    void aMissingFieldIsARow()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        capture.open({}, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        Shown shown(capture.finish(), id);
        const auto *accept = shown.row(shown.view.response(), QStringLiteral("Sec-WebSocket-Accept"));
        QVERIFY(accept);
        QVERIFY(accept->text(HeadPanel::VerdictColumn).startsWith(QStringLiteral("✕ missing")));
        QCOMPARE(shown.view.accept()->comparison(), QStringLiteral("✕ missing"));
    }

    void aFailureBeforeTcpIsASentence()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://127.0.0.1:1/");
        capture.add(capture::StageChanged{capture::Stage::Tcp, capture::StageOutcome::Started});
        capture.add(capture::StageChanged{capture::Stage::Tcp, capture::StageOutcome::Failed,
                                          std::chrono::milliseconds(3), 111, "Connection refused"});
        capture.add(capture::ConnectionEnded{});
        Shown shown(capture.finish(), id);
        QCOMPARE(shown.view.note(), QStringLiteral("TCP connect failed after 3.00 ms: Connection refused."));
        QCOMPARE(shown.view.request()->tree()->topLevelItemCount(), 0);
        QCOMPARE(shown.view.request()->tree()->placeholder(), QStringLiteral("No request was exchanged."));
    }

    void tlsThatFailedIsThePageThatIsShown()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("wss://localhost:9001/");
        capture.add(capture::StageChanged{capture::Stage::Tls, capture::StageOutcome::Started});
        const auto hello = capture.add(capture::TlsMessage{capture::Direction::Sent, {}, 1, false, 517});
        capture.add(capture::TlsMessage{capture::Direction::Received, {}, 11, false, 900});
        capture.add(capture::TlsMessage{capture::Direction::Sent, capture::TlsContent::Alert, 48, true, 2});
        capture::Certificate leaf;
        leaf.commonName = "localhost";
        leaf.subject = "CN=localhost";
        leaf.issuer = "CN=Somebody";
        leaf.names = {"DNS:localhost", "IP:127.0.0.1"};
        leaf.notAfter = 1;
        leaf.der = protocol::octetsOf("der");
        capture::TlsFacts tls;
        tls.version = "TLSv1.3";
        tls.alpnOffered = {"http/1.1"};
        tls.sni = "localhost";
        tls.chain = {leaf};
        tls.verdict = capture::TlsVerdict::Untrusted;
        tls.faults = {{10, "certificate has expired", 0}, {20, "unable to get local issuer certificate", 0}};
        capture.add(tls);
        capture.add(capture::StageChanged{capture::Stage::Tls, capture::StageOutcome::Failed});
        capture.add(capture::ConnectionEnded{});
        Shown shown(capture.finish(), id);
        QCOMPARE(shown.view.page(), HandshakeView::TlsPage);
        const auto text = [](const QTreeWidget *tree) {
            QString all;
            for (QTreeWidgetItemIterator it(const_cast<QTreeWidget *>(tree)); *it; ++it)
                for (int column = 0; column < tree->columnCount(); ++column)
                    all += (*it)->text(column) + u'\n';
            return all;
        };
        const QString chain = text(shown.view.tls()->chain());
        // Every fault stands at the certificate it is about.
        for (const char *part : {"✕ localhost · server", "expired on 1970-01-01",
                                 "was not sent and is not trusted here", "DNS:localhost, IP:127.0.0.1"})
            QVERIFY2(chain.contains(QString::fromUtf8(part)), qPrintable(chain));
        const QString agreement = text(shown.view.tls()->agreement());
        for (const char *part : {"TLSv1.3", "✕ not trusted", "offered: http/1.1", "localhost"})
            QVERIFY2(agreement.contains(QString::fromUtf8(part)), qPrintable(agreement));
        const QString messages = text(shown.view.tls()->messages());
        for (const char *part : {"↑\nClientHello\n517", "↓\nCertificate\n900", "✕ alert unknown_ca (48), fatal"})
            QVERIFY2(messages.contains(QString::fromUtf8(part)), qPrintable(messages));
        // One selection: a message that is chosen here is the record that is chosen everywhere.
        shown.view.tls()->messages()->setCurrentItem(shown.view.tls()->messages()->topLevelItem(0));
        QCOMPARE(shown.selection.record(), hello);
        shown.view.findChild<QToolButton *>(QStringLiteral("handshakeHttp"))->click();
        QCOMPARE(shown.view.page(), HandshakeView::HttpPage);
    }

    void theProxysHeadsHaveAPageAndHideTheirSecrets()
    {
        test::SampleCapture capture;
        const auto id = capture.begin("ws://example.com/");
        capture.add(capture::ProxyUsed{{}, "proxy.example:3128", {}, true, "example.com:80"});
        capture.add(capture::StageChanged{capture::Stage::Proxy, capture::StageOutcome::Started});
        const auto head = [&capture](capture::Direction direction, protocol::HeadKind kind, const char *octets) {
            capture.add(capture::HeadRecord{direction, kind, true, protocol::octetsOf(octets), capture::Hop::Proxy});
        };
        head(capture::Direction::Sent, protocol::HeadKind::Request,
             "CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\nProxy-Authorization: Basic Z2VoZWlt\r\n\r\n");
        head(capture::Direction::Received, protocol::HeadKind::Response,
             "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
        capture.add(capture::StageChanged{capture::Stage::Proxy, capture::StageOutcome::Failed});
        capture.add(capture::ConnectionEnded{});
        Shown shown(capture.finish(), id);
        QCOMPARE(shown.view.page(), HandshakeView::ProxyPage);
        const auto *secret = shown.row(shown.view.proxyRequest(), QStringLiteral("Proxy-Authorization"));
        QVERIFY(secret && !secret->text(HeadPanel::ValueColumn).contains(QStringLiteral("Z2VoZWlt")));
        const auto *status = shown.view.proxyResponse()->tree()->topLevelItem(0);
        QCOMPARE(status->data(0, HeadPanel::VerdictRole).toInt(), static_cast<int>(LineVerdict::Wrong));
        shown.view.findChild<QToolButton *>(QStringLiteral("handshakeSecrets"))->click();
        secret = shown.row(shown.view.proxyRequest(), QStringLiteral("Proxy-Authorization"));
        QVERIFY(secret->text(HeadPanel::ValueColumn).contains(QStringLiteral("Z2VoZWlt")));
    }

    void nothingSelectedIsASentence()
    {
        Document document;
        Selection selection;
        HandshakeView view(&document, &selection);
        view.ensureFresh();
        QVERIFY(view.note().startsWith(QStringLiteral("No connection is selected.")));
    }
};

QTEST_MAIN(TestHandshakeView)
#include "tst_handshake_view.moc"
