// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

#include "ui/support/language.h"
#include "ui/support/theme.h"
#include "ui/windows/preferences_dialog.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSpinBox>
#include <QStyle>
#include <QStyleOption>
#include <QTabBar>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>

#include <set>

using namespace frameglass;
using namespace frameglass::ui;

namespace {

QString nameOf(const QWidget *widget)
{
    return QStringLiteral("%1 “%2” in %3")
        .arg(QLatin1String(widget->metaObject()->className()), widget->objectName(),
             widget->parentWidget() ? QLatin1String(widget->parentWidget()->metaObject()->className()) : QString());
}

/// Text without the mnemonic's ampersand.
QString plain(QString text)
{
    return text.replace(QStringLiteral("&&"), QStringLiteral("\1")).remove(u'&').replace(u'\1', u'&');
}

bool fits(const QFontMetrics &metrics, const QString &text, int width)
{
    return metrics.horizontalAdvance(text) <= width;
}

/// What a widget shows of its text, against the text. Tables and trees may elide: their tooltips tell the rest.
bool showsAllOfItsText(QWidget *widget)
{
    const QFontMetrics metrics = widget->fontMetrics();
    if (const auto *label = qobject_cast<QLabel *>(widget)) {
        if (label->text().isEmpty() || !label->pixmap(Qt::ReturnByValue).isNull())
            return true;
        if (label->wordWrap())
            return label->heightForWidth(label->width()) <= label->height() &&
                   label->minimumSizeHint().width() <= label->width();
        return label->sizeHint().width() <= label->width() && label->sizeHint().height() <= label->height();
    }
    if (const auto *button = qobject_cast<QToolButton *>(widget))
        return button->sizeHint().width() <= button->width() && button->sizeHint().height() <= button->height();
    if (const auto *button = qobject_cast<QAbstractButton *>(widget))
        return button->minimumSizeHint().width() <= button->width() && button->sizeHint().height() <= button->height();
    if (const auto *combo = qobject_cast<QComboBox *>(widget)) {
        QStyleOptionComboBox option;
        option.initFrom(combo);
        option.editable = combo->isEditable();
        const QRect field =
            combo->style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, combo);
        return metrics.height() <= combo->height() &&
               (combo->isEditable() || fits(metrics, combo->currentText(), field.width()));
    }
    if (auto *spin = qobject_cast<QAbstractSpinBox *>(widget))
        return metrics.height() <= spin->height() &&
               fits(metrics, spin->text(), spin->findChild<QLineEdit *>()->width());
    if (const auto *bar = qobject_cast<QTabBar *>(widget)) {
        for (int tab = 0; tab < bar->count(); ++tab)
            if (!fits(metrics, bar->tabText(tab), bar->tabRect(tab).width()) ||
                bar->tabRect(tab).right() > bar->width())
                return false;
        return true;
    }
    if (const auto *line = qobject_cast<QLineEdit *>(widget))
        return metrics.height() <= line->height();
    return true;
}

/// Whether all of it lies inside what its parents show.
bool isWhole(const QWidget *widget)
{
    return widget->visibleRegion().boundingRect() == widget->rect() || widget->inherits("QScrollBar");
}

} // namespace

/// Everything by keyboard alone, with a name for those who do not see it, at every text size and in both languages.
class TestWindowAccess : public testing::WindowFixture
{
    Q_OBJECT

    /// States of the window that together show every control it has.
    std::map<QString, std::function<void()>> scenes()
    {
        const auto demo = [this] {
            QTest::mouseClick(find<QAbstractButton>("exampleEcho"), Qt::LeftButton);
            QTRY_VERIFY(facts() && facts()->heartbeat.matched >= 6 && facts()->received.messages >= 4);
            QTRY_VERIFY(find<QTabWidget>("views")->tabText(MainWindow::ChecklistTab).contains(u'✓'));
        };
        const auto tab = [this, demo](MainWindow::Tab which) {
            return [this, demo, which] {
                demo();
                m_window->showTab(which);
                if (which == MainWindow::TimelineTab || which == MainWindow::HandshakeTab)
                    m_window->selection()->setRecord(which == MainWindow::TimelineTab
                                                         ? facts()->received.lastDataFrame->record
                                                         : facts()->response->record);
                if (which == MainWindow::ChecklistTab)
                    find<QTabWidget>("views")->currentWidget()->setFocus();
            };
        };
        const auto composing = [this, demo](int kind) {
            return [this, demo, kind] {
                demo();
                find<QComboBox>("composerKind")->setCurrentIndex(kind);
            };
        };
        return {
            {QStringLiteral("start"), [] {}},
            {QStringLiteral("handshake"), tab(MainWindow::HandshakeTab)},
            {QStringLiteral("timeline"), tab(MainWindow::TimelineTab)},
            {QStringLiteral("heartbeat"), tab(MainWindow::HeartbeatTab)},
            {QStringLiteral("state"), tab(MainWindow::StateTab)},
            {QStringLiteral("checklist"), tab(MainWindow::ChecklistTab)},
            {QStringLiteral("close"), composing(4)},
            {QStringLiteral("raw frame"), composing(5)},
            {QStringLiteral("options"),
             [this] {
                 m_window->setOptionsOpen(true);
                 m_window->findChild<QComboBox *>(QStringLiteral("signIn"))->setCurrentIndex(1);
                 m_window->findChild<QComboBox *>(QStringLiteral("answerPings"))->setCurrentIndex(2);
                 find<QLineEdit>("subprotocols")->setText(QStringLiteral("no token"));
             }},
            {QStringLiteral("TLS options"),
             [this] {
                 m_window->setOptionsOpen(true);
                 find<QTabBar>("optionsPages")->setCurrentIndex(1);
                 find<QComboBox>("tlsSni")->setCurrentIndex(1);
             }},
            {QStringLiteral("proxy options"),
             [this] {
                 m_window->setOptionsOpen(true);
                 find<QTabBar>("optionsPages")->setCurrentIndex(2);
                 find<QComboBox>("proxyChoice")->setCurrentIndex(2);
             }},
            {QStringLiteral("not trusted"), [this] { connectUntrusted(); }},
            {QStringLiteral("connected anyway"),
             [this] {
                 connectUntrusted();
                 m_window->connectAnyway();
                 QVERIFY(waitOpen());
                 m_window->showTab(MainWindow::HandshakeTab);
                 QTest::mouseClick(find<QAbstractButton>("handshakeTls"), Qt::LeftButton);
             }},
            {QStringLiteral("server"), [this] { m_window->setServerPanelOpen(true); }},
            {QStringLiteral("secure server"),
             [this] {
                 m_window->setServerPanelOpen(true);
                 find<QComboBox>("serverTls")->setCurrentIndex(1);
                 find<QComboBox>("serverClients")->setCurrentIndex(2);
             }},
            {QStringLiteral("running server"),
             [this] {
                 QVERIFY(!startServer().isEmpty());
                 m_window->setServerPanelOpen(true);
             }},
            {QStringLiteral("refused"),
             [this] {
                 QTest::mouseClick(find<QAbstractButton>("exampleBroken"), Qt::LeftButton);
                 QTRY_VERIFY(facts() && facts()->isOver());
                 QTRY_VERIFY(find<QWidget>("answer")->isVisible());
                 QTRY_VERIFY(find<QWidget>("banner")->isVisible());
             }},
            {QStringLiteral("preferences"), [this] { m_window->showPreferences(); }},
        };
    }

    /// The window's own server with the development certificate, which nobody trusts unasked.
    void connectUntrusted()
    {
        m_window->setServerPanelOpen(true);
        find<QSpinBox>("serverPort")->setValue(0);
        find<QComboBox>("serverTls")->setCurrentIndex(1);
        QTest::mouseClick(find<QPushButton>("serverStart"), Qt::LeftButton);
        QTRY_VERIFY(m_window->document()->server());
        m_window->setServerPanelOpen(false);
        connectByTyping(QString::fromStdString(m_window->document()->server()->url()));
        QTRY_VERIFY(facts() && facts()->isOver());
        m_window->showTab(MainWindow::HandshakeTab);
        QTRY_VERIFY(find<QPushButton>("situationSecond")->isVisible());
        QTRY_VERIFY(find<QWidget>("banner")->isVisible());
    }

    QWidget *top()
    {
        auto *dialog = m_window->findChild<QDialog *>(QStringLiteral("preferences"));
        return dialog ? static_cast<QWidget *>(dialog) : m_window.get();
    }

    void addScenes()
    {
        QTest::addColumn<QString>("scene");
        for (const auto &[name, show] : scenes())
            QTest::newRow(qPrintable(name)) << name;
    }

private slots:
    void everyControlIsReachedByTabAndHasAName_data() { addScenes(); }

    void everyControlIsReachedByTabAndHasAName()
    {
        QFETCH(QString, scene);
        scenes().at(scene)();
        QWidget *const window = top();
        window->activateWindow();
        QTRY_VERIFY(window->isActiveWindow());
        QTRY_VERIFY(QApplication::focusWidget());

        std::set<const QWidget *> reached;
        for (int steps = 0; steps < 300; ++steps) {
            QWidget *focus = QApplication::focusWidget();
            QVERIFY(focus);
            if (!reached.insert(focus).second)
                break;
            QTest::keyClick(focus, Qt::Key_Tab);
            QVERIFY2(QApplication::focusWidget() != focus, qPrintable(nameOf(focus) + " keeps the focus"));
        }
        QStringList faults;
        for (const QWidget *widget : window->findChildren<QWidget *>()) {
            if (!widget->isVisible() || !widget->isEnabled() || !(widget->focusPolicy() & Qt::TabFocus) ||
                widget->window() != window || widget->focusProxy())
                continue;
            if (!reached.contains(widget))
                faults += nameOf(widget) + " is not in the tab order";
        }
        for (const QWidget *widget : reached) {
            QAccessibleInterface *access = QAccessible::queryAccessibleInterface(const_cast<QWidget *>(widget));
            // A line inside a combo or spin box speaks for that.
            const QWidget *named =
                qobject_cast<const QComboBox *>(widget->parentWidget()) ? widget->parentWidget() : widget;
            if (!access || (access->text(QAccessible::Name).isEmpty() && named->accessibleName().isEmpty()))
                faults += nameOf(widget) + " has no accessible name";
            if (qobject_cast<const QToolButton *>(widget) && widget->toolTip().isEmpty())
                faults += nameOf(widget) + " has no tooltip";
        }
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join('\n')));
    }

    void nothingIsCut_data() { addScenes(); }

    void nothingIsCut()
    {
        QFETCH(QString, scene);
        scenes().at(scene)();
        QWidget *const window = top();
        QStringList faults;
        // Chosen while the window stands, as a user does.
        for (const char *language : {"en", "zh_CN"}) {
            Language::instance().apply(QLatin1String(language));
            for (const int zoom : {80, 100, 200}) {
                Theme::instance().setZoom(zoom);
                m_window->resize(1280, 800);
                const QWidget *button = find<QPushButton>("connect");
                QTRY_COMPARE(button->font().pointSizeF(), QApplication::font().pointSizeF());
                QCoreApplication::processEvents();
                QStringList cut;
                // Layouts settle over a few turns of the event loop.
                if (!QTest::qWaitFor([&] { return (cut = cutIn(window)).isEmpty(); }, 2000))
                    faults +=
                        QStringLiteral("at %1 % in %2:\n").arg(zoom).arg(QLatin1String(language)) + cut.join('\n');
                if (m_window->size() != QSize(1280, 800) || window->width() > 1280 || window->height() > 800)
                    faults += QStringLiteral("too large at %1 % in %2").arg(zoom).arg(QLatin1String(language));
                if (const QString folder = qEnvironmentVariable("FRAMEGLASS_SCREENSHOTS"); !folder.isEmpty())
                    window->grab().save(QStringLiteral("%1/%2-%3-%4.png").arg(folder, scene, language).arg(zoom));
            }
        }
        Language::instance().apply(QStringLiteral("en"));
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join('\n')));
    }

    void aFaultSpeaksTheChosenLanguageAtOnce()
    {
        m_window->setOptionsOpen(true);
        find<QLineEdit>("subprotocols")->setText(QStringLiteral("no token"));
        find<QPlainTextEdit>("composerText")->setPlainText(QStringLiteral("/nonsense"));
        const std::array faults{find<QLabel>("subprotocolsFault"), find<QLabel>("composerFault")};
        for (const QLabel *fault : faults)
            QVERIFY(fault->isVisible());
        const std::array english{faults[0]->text(), faults[1]->text()};
        Language::instance().apply(QStringLiteral("zh_CN"));
        for (std::size_t i = 0; i < faults.size(); ++i)
            QTRY_VERIFY(faults[i]->text() != english[i]);
        Language::instance().apply(QStringLiteral("en"));
        for (std::size_t i = 0; i < faults.size(); ++i)
            QTRY_COMPARE(faults[i]->text(), english[i]);
    }

    void everyActionHasATextAndMostAShortcut()
    {
        std::map<QKeySequence, QString> keys;
        QList<QAction *> actions = m_window->menuBar()->actions();
        while (!actions.isEmpty()) {
            const QAction *action = actions.takeFirst();
            if (action->menu())
                actions += action->menu()->actions();
            if (action->isSeparator())
                continue;
            QVERIFY(!plain(action->text()).isEmpty());
            for (const QKeySequence &key : action->shortcuts()) {
                QVERIFY2(!keys.contains(key), qPrintable(key.toString() + ": " + keys[key] + ", " + action->text()));
                keys[key] = action->text();
            }
        }
        for (const char *key : {"Ctrl+N", "Ctrl+O", "Ctrl+S", "Ctrl+L", "Ctrl+Z", "Ctrl+D", "F5", "Ctrl+P", "Ctrl+M",
                                "Ctrl+1", "Ctrl+5", "Ctrl+0", "F1"})
            QVERIFY2(keys.contains(QKeySequence(QLatin1String(key))), key);
    }

private:
    static QStringList cutIn(QWidget *window)
    {
        QStringList faults;
        for (QWidget *widget : window->findChildren<QWidget *>()) {
            if (!widget->isVisible() || widget->window() != window || widget->inherits("QLineEditIconButton"))
                continue;
            if (!showsAllOfItsText(widget))
                faults += QStringLiteral("%1 cuts its text: %2 x %3, wants %4 x %5")
                              .arg(nameOf(widget))
                              .arg(widget->width())
                              .arg(widget->height())
                              .arg(widget->sizeHint().width())
                              .arg(widget->sizeHint().height());
            const bool control = qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget) ||
                                 qobject_cast<QAbstractSpinBox *>(widget) || qobject_cast<QLineEdit *>(widget);
            bool inScrollArea = false; // what is cut there can be scrolled to
            for (const QWidget *above = widget->parentWidget(); above; above = above->parentWidget())
                inScrollArea = inScrollArea || above->inherits("QAbstractScrollArea");
            if (control && !inScrollArea && !isWhole(widget))
                faults += nameOf(widget) + " lies outside of what is shown";
        }
        return faults;
    }
};

QTEST_MAIN(TestWindowAccess)
#include "tst_window_access.moc"
