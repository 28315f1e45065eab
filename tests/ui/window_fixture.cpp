// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

#include "ui/support/theme.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSettings>
#include <QTest>

namespace frameglass::testing {

using namespace frameglass::ui;

const analysis::ConnectionFacts *WindowFixture::facts()
{
    return m_window->document()->facts(m_window->selection()->connection());
}

void WindowFixture::connectByTyping(const QString &url)
{
    auto *line = find<QComboBox>("url")->lineEdit();
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, url);
    QTest::keyClick(line, Qt::Key_Return);
}

bool WindowFixture::waitOpen()
{
    return QTest::qWaitFor([this] { return facts() && facts()->openedAt; });
}

QString WindowFixture::startServer()
{
    QString error;
    return m_window->document()->startServer({}, &error) ? QString::fromStdString(m_window->document()->server()->url())
                                                         : QString();
}

void WindowFixture::send(const QString &text)
{
    auto *composer = find<QPlainTextEdit>("composerText");
    QTRY_VERIFY(find<QAbstractButton>("send")->isEnabled());
    QTest::mouseClick(composer->viewport(), Qt::LeftButton);
    QTest::keyClicks(composer, text);
    QTest::keyClick(composer, Qt::Key_Return, Qt::ControlModifier);
}

void WindowFixture::restart()
{
    cleanup();
    m_window = std::make_unique<MainWindow>();
    m_window->resize(1280, 800);
    m_window->show();
    // Without a window manager nobody gives a window the keyboard unasked.
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void WindowFixture::initTestCase()
{
    QVERIFY(m_home.isValid());
    qputenv("XDG_DATA_HOME", QFile::encodeName(m_home.path()));
    QCoreApplication::setOrganizationName(QStringLiteral("frameglass-test"));
    QCoreApplication::setApplicationName(QString::fromLatin1(metaObject()->className()));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_home.path());
    Theme::instance().apply(ThemeChoice::Light);
}

void WindowFixture::init()
{
    QSettings().clear();
    Theme::instance().setZoom(100);
    restart();
}

void WindowFixture::cleanup()
{
    if (m_window)
        m_window->document()->setDiscarded(true);
    m_window.reset();
}

} // namespace frameglass::testing
