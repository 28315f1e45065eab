// SPDX-License-Identifier: GPL-3.0-or-later
#include "screenshots.h"

#include "app/support/system_proxies.h"
#include "core/capture/capture.h"
#include "core/diagnosis/wording.h"
#include "ui/support/language.h"
#include "ui/support/settings.h"
#include "ui/support/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <cstdio>

using namespace frameglass;

namespace {

/// A file's name is no URL; that of a Unix socket (ws+unix:/path) has no "//".
bool isUrl(const QString &text)
{
    return text.contains(QStringLiteral("://")) || text.startsWith(QStringLiteral("ws+unix:")) ||
           text.startsWith(QStringLiteral("wss+unix:"));
}

int fail(const QString &text)
{
    std::fprintf(stderr, "frameglass: %s\n", qPrintable(text));
    return 2;
}

} // namespace

int main(int argc, char *argv[])
{
    QApplication app(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("frameglass"));
    QCoreApplication::setApplicationName(QStringLiteral("frameglass"));
    QCoreApplication::setApplicationVersion(QStringLiteral(FRAMEGLASS_VERSION));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Frameglass"));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.frameglass.Frameglass"));

    session::NetworkThread::setSystemProxies(app::systemProxiesFor);
    ui::Language::instance().apply(ui::Settings::instance().value(ui::settings::language));
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QCoreApplication::translate("main", "Shows what a WebSocket connection really does."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption demo(QStringLiteral("demo"),
                                  QCoreApplication::translate("main", "Start the echo server and a client of it."));
    const QCommandLineOption language(QStringLiteral("language"),
                                      QCoreApplication::translate("main", "Language of this run: en or zh_CN."),
                                      QStringLiteral("L"));
    const QCommandLineOption theme(QStringLiteral("theme"),
                                   QCoreApplication::translate("main", "Theme of this run: system, light or dark."),
                                   QStringLiteral("T"));
    const QCommandLineOption screenshots(
        QStringLiteral("screenshots"),
        QCoreApplication::translate("main", "Save pictures of the main views into DIR, and end."),
        QStringLiteral("DIR"));
    parser.addOptions({demo, language, theme, screenshots});
    parser.addPositionalArgument(QStringLiteral("FILE|URL"),
                                 QCoreApplication::translate("main", "A capture to open, or an address to connect to."),
                                 QStringLiteral("[FILE|URL]"));
    parser.process(app);
    if (parser.positionalArguments().size() > 1)
        return fail(QCoreApplication::translate("main", "only one file or address can be given"));

    // Pictures show the program as new, and leave the user's settings and captures alone.
    QTemporaryDir home;
    if (parser.isSet(screenshots)) {
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, home.path());
        qputenv("XDG_DATA_HOME", QFile::encodeName(home.path()));
    }
    const auto &settings = ui::Settings::instance();
    if (parser.isSet(language) || parser.isSet(screenshots)) {
        const QString code = parser.isSet(language) ? parser.value(language) : QStringLiteral("en");
        if (code != QLatin1String("en") && code != QLatin1String("zh_CN"))
            return fail(QCoreApplication::translate("main", "the language is en or zh_CN"));
        ui::Language::instance().apply(code);
    }
    auto choice = ui::ThemeChoice(std::clamp(settings.value(ui::settings::theme), 0, 2));
    if (parser.isSet(theme)) {
        const QStringList names{QStringLiteral("system"), QStringLiteral("light"), QStringLiteral("dark")};
        const auto index = names.indexOf(parser.value(theme));
        if (index < 0)
            return fail(QCoreApplication::translate("main", "the theme is system, light or dark"));
        choice = ui::ThemeChoice(index);
    }
    ui::Theme::instance().apply(choice);
    ui::Theme::instance().setZoom(settings.value(ui::settings::zoom));
    QIcon windowIcon;
    ui::icon(ui::Icon::Add); // links the resources in
    for (const int size : {16, 32, 48, 128, 256})
        windowIcon.addFile(QStringLiteral(":/app/frameglass-%1.png").arg(size));
    QApplication::setWindowIcon(windowIcon);

    std::unique_ptr<ui::MainWindow> window;
    try {
        window = std::make_unique<ui::MainWindow>();
    } catch (const capture::CaptureError &error) {
        return fail(diagnosis::textOf(error.code(), QString::fromStdU16String(error.path().u16string())));
    }
    window->show();
    window->activateWindow(); // without a window manager nobody else does
    std::unique_ptr<app::Screenshots> pictures;
    if (parser.isSet(screenshots)) {
        pictures = std::make_unique<app::Screenshots>(window.get(), QDir(parser.value(screenshots)).absolutePath());
        QObject::connect(pictures.get(), &app::Screenshots::finished, &app, [&window](int failures) {
            window->document()->setDiscarded(true);
            QCoreApplication::exit(failures ? 1 : 0);
        });
        pictures->start();
    } else if (parser.isSet(demo)) {
        window->startDemo();
    } else if (const QStringList what = parser.positionalArguments(); !what.isEmpty()) {
        if (isUrl(what.first()))
            window->connectTo(what.first());
        else
            window->openFile(what.first());
    }
    return QApplication::exec();
}
