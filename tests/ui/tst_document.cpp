// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/connection_list_model.h"
#include "ui/models/document.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace frameglass;
using namespace frameglass::ui;

/// The document with real sessions of ours: client, echo server, capture file.
class TestDocument : public QObject
{
    Q_OBJECT

    QTemporaryDir m_home;

    /// Waits until a client of `document`'s own server is open.
    static capture::ConnectionId openPair(Document &document)
    {
        QString error;
        if (!document.startServer({}, &error))
            return 0;
        session::ClientOptions options;
        options.url = document.server()->url();
        const capture::ConnectionId id = document.connectTo(options);
        const bool open = QTest::qWaitFor([&] {
            const auto *facts = document.facts(id);
            return facts && facts->openedAt;
        });
        return open ? id : 0;
    }

    static bool waitOver(Document &document, capture::ConnectionId id)
    {
        return QTest::qWaitFor([&] {
            const auto *facts = document.facts(id);
            return facts && facts->isOver();
        });
    }

    /// An open pair in a capture saved at `path`, large enough that copying it takes several steps.
    static capture::ConnectionId openLargePair(Document &document, const QString &path)
    {
        const capture::ConnectionId id = openPair(document);
        bool saved = false;
        document.saveAs(path, [&](const Document::Saved &end) { saved = end.isDone(); });
        constexpr std::uint64_t messages = 16;
        for (std::uint64_t i = 0; id && i < messages; ++i)
            document.sendBinary(id, protocol::Octets(1 << 20, std::byte('x')), 1);
        const bool full = QTest::qWaitFor([&] { return document.facts(id)->received.messages == messages; }, 30'000);
        return saved && full ? id : 0;
    }

    enum Way { Save, Copy, Export };
    static constexpr Way ways[] = {Save, Copy, Export};
    static void write(Document &document, Way way, const QString &path, const Document::SavedCallback &then)
    {
        switch (way) {
        case Save: document.saveAs(path, then); break;
        case Copy: document.saveCopy(path, false, then); break;
        case Export: document.exportRecords(path, capture::ExportForm::JsonLines, {}, false, then); break;
        }
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_home.isValid());
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_home.path()));
        QCoreApplication::setOrganizationName(QStringLiteral("frameglass-test"));
        QCoreApplication::setApplicationName(QStringLiteral("document"));
    }

    void aNewDocumentIsEmptyAndLeavesNothing()
    {
        QString path;
        {
            Document document;
            path = document.path();
            QVERIFY(QFile::exists(path));
            QVERIFY(!document.isUnsaved());
            QVERIFY(!document.hasLiveSessions());
            QVERIFY(document.facts().connections().empty());
        }
        QVERIFY(!QFile::exists(path));
        QVERIFY(Document::leftovers().isEmpty());
    }

    void aLiveSessionReachesTheFolds()
    {
        Document document;
        document.setDiscarded(true);
        QSignalSpy records(&document, &Document::recordsAdded);
        const capture::ConnectionId id = openPair(document);
        QVERIFY(id);
        QVERIFY(document.isLive(id));
        QVERIFY(document.isLive(document.server()->id()));
        document.sendText(id, QStringLiteral("Grüße"), 1);
        QTRY_COMPARE(document.facts(id)->received.messages, 1u);
        QCOMPARE(document.facts(id)->sent.payloadOctets, 7u); // octets, not characters
        QCOMPARE(document.facts(id)->received.payloadOctets, 7u);
        document.ping(id);
        QTRY_COMPARE(document.facts(id)->heartbeat.matched, 1u);
        QVERIFY(!records.isEmpty());

        // The accepted end is a connection of its own and takes orders too.
        capture::ConnectionId accepted = 0;
        for (const auto &[other, facts] : document.facts().connections())
            if (facts->started && facts->started->value.listener)
                accepted = other;
        QVERIFY(accepted);
        document.sendText(accepted, QStringLiteral("from the server"), 1);
        QTRY_COMPARE(document.facts(id)->received.messages, 2u);

        document.closeConnection(id, 1000, QStringLiteral("bye"));
        QVERIFY(waitOver(document, id));
        QCOMPARE(document.facts(id)->ended->value.code, 1000);
        QVERIFY(document.facts(id)->ended->value.wasClean);
        QVERIFY(!document.isLive(id));
    }

    void theReportIsMadeOnceForEachState()
    {
        Document document;
        document.setDiscarded(true);
        const capture::ConnectionId id = openPair(document);
        QVERIFY(id);
        document.closeConnection(id, 1000, {});
        QVERIFY(waitOver(document, id));
        document.catchUp();
        const diagnosis::Report &report = document.report(id);
        QCOMPARE(report.findings.size(), diagnosis::checks().size());
        const void *findings = report.findings.data();
        QCOMPARE(static_cast<const void *>(document.report(id).findings.data()), findings);
        QVERIFY(document.report(9999).findings.empty());
    }

    void aRefusedPortEndsWithAReason()
    {
        Document document;
        document.setDiscarded(true);
        session::ClientOptions options;
        // A port that was free a moment ago.
        QString error;
        QVERIFY(document.startServer({}, &error));
        options.url = document.server()->url();
        document.stopServer();
        QVERIFY(!document.server());
        const bool stopped = QTest::qWaitFor([&] {
            for (const auto &[id, facts] : document.facts().connections())
                if (facts->listener && !facts->listener->value.listening)
                    return true;
            return false;
        });
        QVERIFY(stopped);
        const capture::ConnectionId id = document.connectTo(options);
        QVERIFY(waitOver(document, id));
        QVERIFY(!document.facts(id)->openedAt);
        QCOMPARE(document.facts(id)->stages.back().value.outcome, capture::StageOutcome::Failed);
        QVERIFY(document.optionsOf(id));
        QCOMPARE(document.optionsOf(id)->url, options.url);
    }

    void aUsedPortIsAnErrorInWords()
    {
        Document first;
        first.setDiscarded(true);
        QString error;
        QVERIFY(first.startServer({}, &error));
        Document second;
        second.setDiscarded(true);
        session::ServerOptions same;
        same.port = first.server()->port();
        QVERIFY(!second.startServer(same, &error));
        QVERIFY(!error.isEmpty());
        QVERIFY(!second.server());
    }

    void saveAsMovesAndTheConnectionGoesOn()
    {
        QTemporaryDir folder;
        const QString target = folder.filePath(QStringLiteral("saved.fglass"));
        std::uint64_t messages = 0;
        capture::ConnectionId id = 0;
        {
            Document document;
            id = openPair(document);
            QVERIFY(id);
            document.sendText(id, QStringLiteral("before"), 1);
            QTRY_COMPARE(document.facts(id)->received.messages, 1u);
            QVERIFY(document.isUnsaved());
            const QString before = document.path();
            bool done = false;
            document.saveAs(target, [&](const Document::Saved &saved) { done = saved.isDone(); });
            QTRY_VERIFY(done);
            QCOMPARE(document.path(), target);
            QVERIFY(!document.isUnsaved());
            QVERIFY(!document.isEmpty());
            QVERIFY(!QFile::exists(before));
            QVERIFY(document.isLive(id));
            document.sendText(id, QStringLiteral("after"), 1);
            QTRY_COMPARE(document.facts(id)->received.messages, 2u);
            document.closeConnection(id, 1000, {});
            QVERIFY(waitOver(document, id));
            messages = document.facts(id)->received.messages;
        }
        Document again;
        QSignalSpy reset(&again, &Document::captureReset);
        again.open(target);
        QCOMPARE(reset.size(), 1);
        QTRY_VERIFY(again.facts(id) && again.facts(id)->isOver());
        QCOMPARE(again.facts(id)->received.messages, messages);
        QVERIFY(!again.wasInterrupted());
        QVERIFY(!again.isUnsaved());
        QVERIFY(!again.isLive(id));
    }

    void aCopyLeavesSecretsOut()
    {
        QTemporaryDir folder;
        Document document;
        document.setDiscarded(true);
        QString error;
        QVERIFY(document.startServer({}, &error));
        session::ClientOptions options;
        options.url = document.server()->url();
        options.bearerToken = "very-secret-token";
        const capture::ConnectionId id = document.connectTo(options);
        QTRY_VERIFY(document.facts(id) && document.facts(id)->openedAt);
        document.catchUp();
        const auto holds = [](const QString &path) {
            QFile file(path);
            return file.open(QIODevice::ReadOnly) && file.readAll().contains("very-secret-token");
        };
        const QString bare = folder.filePath(QStringLiteral("bare.fglass"));
        const QString full = folder.filePath(QStringLiteral("full.fglass"));
        for (const auto &[path, secrets] : {std::pair{bare, false}, std::pair{full, true}}) {
            bool done = false;
            document.saveCopy(path, secrets, [&](const Document::Saved &saved) { done = saved.isDone(); });
            QVERIFY(document.isSaving());
            QTRY_VERIFY(done);
        }
        QVERIFY(!holds(bare));
        QVERIFY(holds(full));
        QVERIFY(document.isLive(id));
    }

    /// What lies elsewhere, or was saved before, is copied: in the background, while the connection goes on.
    void saveAsCopiesWhileTheConnectionGoesOn()
    {
        QTemporaryDir folder;
        const QString first = folder.filePath(QStringLiteral("first.fglass"));
        const QString second = folder.filePath(QStringLiteral("second.fglass"));
        std::uint64_t messages = 0;
        capture::ConnectionId id = 0;
        {
            Document document;
            id = openLargePair(document, first);
            QVERIFY(id);
            QSignalSpy progress(&document, &Document::savingProgressed);
            std::optional<Document::Saved> saved;
            document.saveAs(second, [&](const Document::Saved &end) { saved = end; });
            QVERIFY(document.isSaving());
            QCOMPARE(document.path(), first);
            // The window lives on: it sends, receives and shows.
            const std::uint64_t before = document.facts(id)->received.messages;
            document.sendText(id, QStringLiteral("meanwhile"), 1);
            QTRY_COMPARE(document.facts(id)->received.messages, before + 1);
            QTRY_VERIFY(saved);
            QVERIFY(saved->isDone());
            QVERIFY(!document.isSaving());
            QCOMPARE(document.path(), second);
            document.sendText(id, QStringLiteral("after"), 1);
            QTRY_COMPARE(document.facts(id)->received.messages, before + 2);
            document.closeConnection(id, 1000, {});
            QVERIFY(waitOver(document, id));
            messages = document.facts(id)->received.messages;
        }
        QVERIFY(QFile::exists(first)); // it had been saved there, and stays
        Document again;
        again.open(second);
        QTRY_VERIFY(again.facts(id) && again.facts(id)->isOver());
        QCOMPARE(again.facts(id)->received.messages, messages);
        QVERIFY(!again.wasInterrupted());
    }

    void aCancelledSavingChangesNothing()
    {
        QTemporaryDir folder;
        const QString first = folder.filePath(QStringLiteral("first.fglass"));
        const QString second = folder.filePath(QStringLiteral("second.fglass"));
        Document document;
        const capture::ConnectionId id = openLargePair(document, first);
        QVERIFY(id);
        QFile old(second);
        QVERIFY(old.open(QIODevice::WriteOnly) && old.write("the old file") > 0);
        old.close();
        for (const Way way : ways) {
            std::optional<Document::Saved> saved;
            write(document, way, second, [&](const Document::Saved &end) { saved = end; });
            document.cancelSaving();
            QTRY_VERIFY(saved);
            QVERIFY(saved->cancelled);
            QCOMPARE(document.path(), first);
            QVERIFY(old.open(QIODevice::ReadOnly));
            QCOMPARE(old.readAll(), QByteArray("the old file"));
            old.close();
            QVERIFY(QDir(folder.path()).entryList({QStringLiteral("*part*")}).isEmpty());
        }
        const std::uint64_t before = document.facts(id)->received.messages;
        document.sendText(id, QStringLiteral("still there"), 1);
        QTRY_COMPARE(document.facts(id)->received.messages, before + 1);
    }

    void aFailedSavingChangesNothing()
    {
        Document document;
        document.setDiscarded(true);
        const capture::ConnectionId id = openPair(document);
        QVERIFY(id);
        const QString before = document.path();
        QTemporaryDir folder;
        const QString target = folder.filePath(QStringLiteral("no such folder/x.fglass"));
        for (const Way way : ways) {
            std::optional<Document::Saved> saved;
            write(document, way, target, [&](const Document::Saved &end) { saved = end; });
            QTRY_VERIFY(saved);
            QVERIFY(saved->error);
            QCOMPARE(document.path(), before);
        }
        document.sendText(id, QStringLiteral("still there"), 1);
        QTRY_COMPARE(document.facts(id)->received.messages, 1u);
    }

    void endingWhileSavingLeavesNoHalfCopy()
    {
        QTemporaryDir folder;
        {
            Document document;
            QVERIFY(openLargePair(document, folder.filePath(QStringLiteral("first.fglass"))));
            document.saveCopy(folder.filePath(QStringLiteral("second.fglass")), true,
                              [](const Document::Saved &) { QFAIL("the document is gone"); });
        }
        const QStringList names = QDir(folder.path()).entryList(QDir::Files);
        QVERIFY2(!names.join(u' ').contains(QStringLiteral("part")), qPrintable(names.join(u' ')));
    }

    void whatWasNotSavedIsOfferedAgain()
    {
        QString path;
        {
            Document document;
            QVERIFY(openPair(document));
            path = document.path();
            // Another program must not offer what this one still writes.
            QVERIFY(!Document::leftovers().contains(path));
        }
        QCOMPARE(Document::leftovers(), QStringList{path});
        {
            Document document;
            document.open(path);
            QTRY_VERIFY(!document.facts().connections().empty());
            QVERIFY(document.isUnsaved());
            document.setDiscarded(true);
        }
        QVERIFY(!QFile::exists(path));
        QVERIFY(Document::leftovers().isEmpty());
    }

    void aFileThatCannotBeOpenedChangesNothing_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<bool>("exists");
        QTest::addColumn<int>("code");
        QTest::newRow("no such file") << QByteArray() << false << int(capture::CaptureErrorCode::NotFound);
        QTest::newRow("text file") << QByteArray(4096, 'x') << true << int(capture::CaptureErrorCode::NotACapture);
    }

    void aFileThatCannotBeOpenedChangesNothing()
    {
        QFETCH(QByteArray, content);
        QFETCH(bool, exists);
        QFETCH(int, code);
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("x.fglass"));
        if (exists) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(content);
        }
        Document document;
        document.setDiscarded(true);
        const QString before = document.path();
        QSignalSpy reset(&document, &Document::captureReset);
        try {
            document.open(path);
            QFAIL("opened");
        } catch (const capture::CaptureError &error) {
            QCOMPARE(int(error.code()), code);
        }
        QCOMPARE(document.path(), before);
        QVERIFY(reset.isEmpty());
    }

    void theListFollowsWithoutJumping()
    {
        Document document;
        document.setDiscarded(true);
        ConnectionListModel model(&document);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const capture::ConnectionId first = openPair(document);
        QVERIFY(first);
        const capture::ConnectionId listener = document.server()->id();
        QTRY_VERIFY(model.indexOf(listener).isValid());
        QTRY_COMPARE(model.rowCount(model.indexOf(listener)), 1);
        QVERIFY(model.indexOf(first).isValid());
        QVERIFY(!model.indexOf(first).parent().isValid());
        QVERIFY(model.stateText(first).startsWith(QStringLiteral("open 0:0")));

        // The second attempt makes the row a group, newest first.
        session::ClientOptions again = *document.optionsOf(first);
        again.series = first;
        again.attempt = 2;
        const capture::ConnectionId second = document.connectTo(again);
        QTRY_VERIFY(model.indexOf(second).isValid());
        const QModelIndex group = model.indexOf(second).parent();
        QVERIFY(group.isValid());
        QCOMPARE(model.indexOf(first).parent(), group);
        QCOMPARE(model.indexOf(second).row(), 0);
        QCOMPARE(model.indexOf(first).row(), 1);
        QCOMPARE(model.idAt(group), second);
        QVERIFY(group.data(ConnectionListModel::GroupRole).toBool());
        QCOMPARE(model.indexOf(first).data().toString(), QStringLiteral("#1"));

        const int roots = model.rowCount();
        const auto removed = model.remove(group);
        QCOMPARE(removed.size(), 2u);
        QCOMPARE(model.rowCount(), roots - 1);
        QVERIFY(!model.indexOf(first).isValid());
        document.sendText(first, QStringLiteral("still there"), 1);
        QTRY_COMPARE(document.facts(first)->received.messages, 1u);
        QVERIFY(!model.indexOf(first).isValid()); // new records do not bring it back
        model.unremove(removed);
        QVERIFY(model.indexOf(first).isValid());
        QCOMPARE(model.rowCount(), roots);
    }
};

QTEST_MAIN(TestDocument)
#include "tst_document.moc"
