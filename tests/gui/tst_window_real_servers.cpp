// SPDX-License-Identifier: GPL-3.0-or-later
#include "fglass_process.h"
#include "need_peer.h"
#include "peer_process.h"
#include "window_fixture.h"

#include "ui/models/checklist_model.h"
#include "ui/models/record_model.h"
#include "ui/support/theme.h"
#include "ui/views/checklist_view.h"
#include "ui/views/head_panel.h"
#include "ui/views/heartbeat_view.h"
#include "ui/views/state_view.h"

#include "core/capture/recorder.h"
#include "core/diagnosis/wording.h"
#include "core/session/server_session.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeWidget>

#include <set>

using namespace frameglass;
using namespace frameglass::ui;
using testing::runFglass;

namespace {

constexpr int limitMs = 30'000;

/// Rows whose verdict is about how fast this machine was just then.
const std::set<std::string> timedRows = {"upgrade.slow", "heartbeat.rtt", "heartbeat.pong-reply",
                                         "close.reply",  "close.tcp-end", "close.two-phase"};

/// A field of a head as both sides name it; values that differ from run to run are left out.
QString fieldText(const QString &name, const QString &value)
{
    static const QStringList changing = {"sec-websocket-key", "sec-websocket-accept", "date"};
    return changing.contains(name.toLower()) ? name : name + QStringLiteral(": ") + value;
}

QStringList fieldsOf(const nlohmann::json &head)
{
    QStringList fields;
    for (const auto &field : head.at("fields"))
        fields += fieldText(QString::fromStdString(field.at("name")), QString::fromStdString(field.at("value")));
    return fields;
}

} // namespace

class TestWindowRealServers : public testing::WindowFixture
{
    Q_OBJECT

    void connectTo(const QString &url)
    {
        auto *line = find<QComboBox>("url")->lineEdit();
        line->selectAll();
        QTest::keyClicks(line, url);
        QTest::mouseClick(find<QPushButton>("connect"), Qt::LeftButton);
    }

    void showTab(MainWindow::Tab tab)
    {
        auto *bar = find<QTabWidget>("views")->tabBar();
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(tab).center());
        QCOMPARE(find<QTabWidget>("views")->currentIndex(), int(tab));
    }

    /// Pictures of true runs for the README; nothing without FRAMEGLASS_SCREENSHOTS.
    void picture(const QString &name)
    {
        const QString folder = qEnvironmentVariable("FRAMEGLASS_SCREENSHOTS");
        if (folder.isEmpty())
            return;
        for (const auto theme : {ThemeChoice::Light, ThemeChoice::Dark}) {
            Theme::instance().apply(theme);
            m_window->resize(1280, 800);
            QCoreApplication::processEvents();
            const QString suffix = theme == ThemeChoice::Light ? QStringLiteral("light") : QStringLiteral("dark");
            QVERIFY(m_window->grab().save(QStringLiteral("%1/%2-%3.png").arg(folder, name, suffix)));
        }
        Theme::instance().apply(ThemeChoice::Light);
    }

    QStringList shownFields(const char *tree)
    {
        QStringList fields;
        const auto *widget = find<QTreeWidget>(tree);
        for (int i = 0; i < widget->topLevelItemCount(); ++i) {
            const auto *item = widget->topLevelItem(i);
            const QString name = item->text(HeadPanel::FieldColumn);
            if (!name.isEmpty() && name != QStringLiteral("–"))
                fields += fieldText(name, item->text(HeadPanel::ValueColumn));
        }
        return fields;
    }

    void compareHandshake(const nlohmann::json &connection)
    {
        showTab(MainWindow::HandshakeTab);
        for (const auto &[tree, head] : {std::pair("requestFields", "request"), {"responseFields", "response"}}) {
            const QStringList wanted = fieldsOf(connection.at(head));
            QTRY_VERIFY(!shownFields(tree).isEmpty());
            const QStringList shown = shownFields(tree);
            for (const QString &field : wanted)
                QVERIFY2(shown.contains(field), qPrintable(field + " not in " + shown.join(" | ")));
        }
    }

    /// "↑ text 5", per direction: how the two directions interleave is the network's affair.
    static QStringList framesOf(const QByteArray &recordLines, const char *direction)
    {
        QStringList frames;
        for (const QByteArray &line : recordLines.trimmed().split('\n')) {
            const auto record = nlohmann::json::parse(line.begin(), line.end());
            if (record.at("kind") == "frame" && record.at("direction") == direction)
                frames += QStringLiteral("%1 %2")
                              .arg(diagnosis::opcodeName(record.at("opcode").get<std::uint8_t>()))
                              .arg(record.at("length").get<qulonglong>());
        }
        return frames;
    }

    QStringList shownFrames(const QString &arrow)
    {
        QStringList frames;
        const auto *model = find<QAbstractItemView>("timelineTable")->model();
        for (int row = 0; row < model->rowCount(); ++row) {
            const auto cell = [&](RecordModel::Column column) { return model->index(row, column); };
            if (cell(RecordModel::Type).data(RecordModel::IsFrameRole).toBool() &&
                cell(RecordModel::Dir).data().toString().startsWith(arrow))
                frames += cell(RecordModel::Type).data().toString() + QLatin1Char(' ') +
                          cell(RecordModel::Length).data().toString();
        }
        return frames;
    }

    void compareHeartbeat(const nlohmann::json &heartbeat)
    {
        showTab(MainWindow::HeartbeatTab);
        auto *view = m_window->findChild<HeartbeatView *>();
        const auto number = [&](const char *member) { return QString::number(heartbeat.at(member).get<int>()); };
        QTRY_COMPARE(view->figure(HeartbeatView::Sent), number("pings_sent"));
        QCOMPARE(view->figure(HeartbeatView::Answered), number("matched"));
        QCOMPARE(view->figure(HeartbeatView::Late), number("late"));
        QCOMPARE(view->figure(HeartbeatView::Missed), number("missed"));
        QCOMPARE(view->figure(HeartbeatView::Unsolicited), number("unsolicited"));
    }

    void compareState(const nlohmann::json &connection)
    {
        showTab(MainWindow::StateTab);
        auto *view = m_window->findChild<StateView *>();
        const auto state = protocol::connectionStateFromName(connection.at("state").get<std::string>());
        QVERIFY(state);
        QTRY_COMPARE(view->litState(), state);
    }

    void compareVerdicts(const nlohmann::json &json)
    {
        showTab(MainWindow::ChecklistTab);
        const auto *model = m_window->findChild<ChecklistView *>()->model();
        const auto shown = [model](const std::string &id) { return model->report().find(id); };
        QTRY_COMPARE(model->report().findings.size(), json.at("findings").size());
        for (const auto &finding : json.at("findings")) {
            const std::string id = finding.at("id");
            QVERIFY2(shown(id), id.c_str());
            if (!timedRows.contains(id))
                QTRY_VERIFY2(diagnosis::nameOf(shown(id)->verdict) == finding.at("verdict").get<std::string>(),
                             (id + ": " + finding.at("verdict").get<std::string>()).c_str());
        }
        const auto &root = json.at("root_cause");
        QCOMPARE(model->report().rootCause.has_value(), !root.is_null());
        if (!root.is_null())
            QCOMPARE(std::string(*model->report().rootCause), root.get<std::string>());
    }

private slots:
    void gorillaServer()
    {
        const auto command = peers::gorillaEcho();
        NEED_PEER(command);
        const peers::PeerProcess server(command);
        const auto port = server.port();
        QVERIFY2(port, server.output().c_str());
        const QString url = QStringLiteral("ws://127.0.0.1:%1/").arg(*port);

        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("like.fglass"));
        const auto like = runFglass(
            {"check", url, "--json", "--send", "what a server really does", "--for", "300ms", "--save", file});
        QCOMPARE(like.exitCode, 0);
        const auto json = like.json();
        const QByteArray records = runFglass({"show", file, "--records", "--json"}).out;

        connectTo(url);
        QTRY_VERIFY_WITH_TIMEOUT(facts() && facts()->openedAt, limitMs);
        send(QStringLiteral("what a server really does"));
        QTRY_COMPARE_WITH_TIMEOUT(facts()->received.messages, 1u, limitMs);
        send(QStringLiteral("/ping"));
        QTRY_COMPARE_WITH_TIMEOUT(facts()->heartbeat.matched, 1u, limitMs);
        showTab(MainWindow::TimelineTab);
        picture(QStringLiteral("timeline"));
        QTest::mouseClick(find<QPushButton>("connect"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(facts()->isOver(), limitMs);

        QTRY_COMPARE(shownFrames(QStringLiteral("↑")), framesOf(records, "sent"));
        QTRY_COMPARE(shownFrames(QStringLiteral("↓")), framesOf(records, "received"));
        compareHandshake(json.at("connection"));
        picture(QStringLiteral("handshake"));
        compareHeartbeat(json.at("connection").at("heartbeat"));
        picture(QStringLiteral("heartbeat"));
        compareState(json.at("connection"));
        picture(QStringLiteral("state"));
        compareVerdicts(json);
        picture(QStringLiteral("checklist"));
    }

    void wrongNginx_data()
    {
        QTest::addColumn<QString>("mistake");
        QTest::addColumn<QString>("rootCause");
        QTest::newRow("no Upgrade header") << "no-upgrade"
                                           << "proxy.nginx-upgrade-missing";
        QTest::newRow("HTTP/1.0 upstream") << "http10"
                                           << "proxy.nginx-http10";
        QTest::newRow("2 s read time-out") << "read-timeout"
                                           << "proxy.idle-cut";
    }

    void wrongNginx()
    {
        QFETCH(QString, mistake);
        QFETCH(QString, rootCause);
        session::NetworkThread network;
        session::ServerSession server(network, std::make_shared<capture::NullSink>(), {});
        QVERIFY(server.start());
        const auto command = peers::nginx(mistake.toStdString(), server.port());
        NEED_PEER(command);
        const peers::PeerProcess nginx(command);
        const auto port = nginx.port();
        QVERIFY2(port, nginx.output().c_str());
        const QString url = QStringLiteral("ws://127.0.0.1:%1/").arg(*port);
        const auto like = runFglass({"check", url, "--json", "--send", "hello", "--for", "4s"});
        QCOMPARE(like.exitCode, 1);

        connectTo(url);
        QTRY_VERIFY_WITH_TIMEOUT(facts() && (facts()->openedAt || facts()->isOver()), limitMs);
        if (mistake == QStringLiteral("read-timeout")) {
            send(QStringLiteral("hello"));
            send(QStringLiteral("/ping"));
        }
        QTRY_VERIFY_WITH_TIMEOUT(facts()->isOver(), limitMs);

        const auto json = like.json();
        QCOMPARE(QString::fromStdString(json.at("root_cause")), rootCause);
        auto *banner = find<QWidget>("banner");
        QTRY_VERIFY(banner->isVisible());
        auto *why = banner->findChild<QAbstractButton *>();
        QVERIFY(why);
        QTest::mouseClick(why, Qt::LeftButton);
        QCOMPARE(find<QTabWidget>("views")->currentIndex(), int(MainWindow::ChecklistTab));
        QCOMPARE(m_window->findChild<ChecklistView *>()->openedFinding(), rootCause);
        picture(QStringLiteral("nginx-") + mistake);
        compareVerdicts(json);
        compareHandshake(json.at("connection"));
        compareState(json.at("connection"));
    }
};

QTEST_MAIN(TestWindowRealServers)
#include "tst_window_real_servers.moc"
