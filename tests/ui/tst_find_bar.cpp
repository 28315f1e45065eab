// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_capture.h"

#include "ui/views/find_bar.h"
#include "ui/views/record_table.h"
#include "ui/views/timeline_view.h"

#include <QLineEdit>
#include <QStandardPaths>
#include <QTest>
#include <QToolButton>

using namespace frameglass;
using namespace frameglass::ui;

class TestFindBar : public QObject
{
    Q_OBJECT
private:
    /// The timeline of an echoed conversation: each word is sent and comes back.
    struct Shown
    {
        explicit Shown(const std::vector<const char *> &words) : view(&document, &selection)
        {
            view.resize(1200, 700);
            view.show();
            document.startServer({}, nullptr);
            session::ClientOptions options;
            options.url = document.server()->url();
            connection = document.connectTo(options);
            selection.setConnection(connection);
            const auto isOpen = [this] {
                const auto *facts = document.facts(connection);
                return facts && facts->openedAt;
            };
            if (!QTest::qWaitFor(isOpen, 20'000))
                return;
            for (const char *word : words)
                say(word);
        }
        /// And waits for the echo, so that the order of all frames is known.
        void say(const char *word)
        {
            document.sendText(connection, QString::fromUtf8(word), 1);
            ++said;
            QVERIFY(QTest::qWaitFor([this] { return document.facts(connection)->received.messages == said; }, 20'000));
        }
        bool settles()
        {
            return QTest::qWaitFor(
                [this] {
                    const auto *facts = document.facts(connection);
                    return facts && facts->received.messages == said && !view.model()->isLoading() &&
                           view.model()->frameCount() == 2 * said;
                },
                20'000);
        }
        FindBar *bar() const { return view.findBar(); }
        QLineEdit *line() const { return bar()->findChild<QLineEdit *>(QStringLiteral("findLine")); }
        /// Asks for `text` and waits until the whole capture was looked through.
        void find(const QString &text, Qt::KeyboardModifiers modifiers = {})
        {
            bar()->open();
            line()->setText(text);
            QTest::keyClick(line(), Qt::Key_Return, modifiers);
            QVERIFY(QTest::qWaitFor([this] { return !bar()->isSearching(); }, 20'000));
        }
        QString data() const
        {
            const int row = view.model()->rowOf(selection.record());
            return view.model()->index(row, RecordModel::Data).data().toString();
        }

        Document document;
        Selection selection;
        TimelineView view;
        capture::ConnectionId connection = 0;
        std::uint64_t said = 0;
    };

private slots:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }

    void nextAndPreviousGoRound()
    {
        Shown shown({"apple", "banana", "cherry", "bandana"});
        QVERIFY(shown.settles());
        const int all = shown.view.model()->rowCount();
        shown.find(QStringLiteral("ban"));
        QCOMPARE(shown.data(), QStringLiteral("banana"));
        QCOMPARE(shown.bar()->status(), QStringLiteral("1 of 4"));
        QCOMPARE(shown.view.model()->rowCount(), all); // nothing is hidden
        shown.bar()->findNext();
        shown.bar()->findNext();
        QCOMPARE(shown.data(), QStringLiteral("bandana"));
        QCOMPARE(shown.bar()->status(), QStringLiteral("3 of 4"));
        shown.bar()->findPrevious();
        QCOMPARE(shown.bar()->status(), QStringLiteral("2 of 4"));
        shown.bar()->findPrevious();
        shown.bar()->findPrevious();
        QCOMPARE(shown.bar()->status(), QStringLiteral("4 of 4, from the other end"));
        shown.bar()->findNext();
        QCOMPARE(shown.bar()->status(), QStringLiteral("1 of 4, from the other end"));
        shown.find(QStringLiteral("cherry"));
        QCOMPARE(shown.data(), QStringLiteral("cherry"));
        shown.find(QStringLiteral("durian"));
        QCOMPARE(shown.bar()->status(), QStringLiteral("Not found"));
        QCOMPARE(shown.data(), QStringLiteral("cherry"));
    }

    /// What is found is lit where it stands in the frame as sent: behind two octets of header, and four of the mask.
    void theOctetsAreLit()
    {
        Shown shown({"xxneedle"});
        QVERIFY(shown.settles());
        shown.find(QStringLiteral("needle"));
        QCOMPARE(shown.selection.offset(), std::size_t(2 + 4 + 2));
        QCOMPARE(shown.selection.length(), std::size_t(6));
        shown.bar()->findNext();
        QCOMPARE(shown.selection.offset(), std::size_t(2 + 2));
    }

    void hexadecimal()
    {
        Shown shown({"apple", "1234", "\xc3\xa9t\xc3\xa9"});
        QVERIFY(shown.settles());
        shown.bar()->findChild<QToolButton *>(QStringLiteral("findHex"))->setChecked(true);
        shown.find(QStringLiteral("c3 a9"));
        QCOMPARE(shown.bar()->status(), QStringLiteral("1 of 2"));
        shown.find(QStringLiteral("0x31323334"));
        QCOMPARE(shown.data(), QStringLiteral("1234"));
        const auto before = shown.selection.record();
        shown.find(QStringLiteral("c3 a"));
        QVERIFY(!shown.bar()->status().isEmpty());
        shown.find(QStringLiteral("hello"));
        QVERIFY2(!shown.bar()->status().contains(QStringLiteral("of")), qPrintable(shown.bar()->status()));
        QCOMPARE(shown.selection.record(), before);
    }

    void whatComesLaterIsFoundToo()
    {
        Shown shown({"banana"});
        QVERIFY(shown.settles());
        shown.find(QStringLiteral("ban"));
        shown.say("ban again");
        QVERIFY(shown.settles());
        QTRY_COMPARE(shown.bar()->status(), QStringLiteral("1 of 4"));
        shown.bar()->findNext();
        shown.bar()->findNext();
        QCOMPARE(shown.data(), QStringLiteral("ban again"));
    }

    /// A match that the filter hides ends the filter.
    void aHiddenMatchIsShown()
    {
        Shown shown({"apple", "banana"});
        QVERIFY(shown.settles());
        shown.view.model()->setEventsShown(false);
        shown.find(QStringLiteral("banana"));
        shown.view.clear();
        QCOMPARE(shown.view.model()->rowCount(), 0);
        shown.bar()->findPrevious();
        QCOMPARE(shown.data(), QStringLiteral("banana"));
    }

    void escapeClosesIt()
    {
        Shown shown({"apple"});
        QVERIFY(shown.settles());
        shown.find(QStringLiteral("apple"));
        QVERIFY(shown.bar()->isVisible());
        QTest::keyClick(shown.line(), Qt::Key_Escape);
        QVERIFY(!shown.bar()->isVisible());
        QVERIFY(shown.bar()->status().isEmpty());
    }
};

QTEST_MAIN(TestFindBar)
#include "tst_find_bar.moc"
