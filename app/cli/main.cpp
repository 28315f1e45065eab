// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "manual.h"

#include "app/support/system_proxies.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTranslator>

#include <cstdio>
#include <string_view>
#include <utility>

using namespace frameglass;

int main(int argc, char **argv)
{
    Q_INIT_RESOURCE(frameglass);
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("fglass"));
    QCoreApplication::setApplicationVersion(QStringLiteral(FRAMEGLASS_VERSION));
    // C locale means English; the texts' source language needs no translator.
    QTranslator translator;
    if (translator.load(QLocale(), QStringLiteral("frameglass"), QStringLiteral("_"), QStringLiteral(":/translations")))
        QCoreApplication::installTranslator(&translator);

    session::NetworkThread::setSystemProxies(app::systemProxiesFor);

    CLI::App app(cli::translate("fglass", "Shows what a WebSocket connection really does, and what is "
                                          "wrong with it.")
                     .toStdString(),
                 "fglass");
    app.set_version_flag("--version", "fglass " FRAMEGLASS_VERSION);
    app.require_subcommand(1);
    app.footer(cli::translate("fglass", "Exit codes: 0 pass or warnings, 1 a check failed, 2 the command "
                                        "line or a file cannot be used, 3 no TCP connection.")
                   .toStdString());
    const std::pair<const char *, cli::Run> commands[] = {
        {"check", cli::addCheck(app)},       {"connect", cli::addConnect(app)}, {"echo", cli::addEcho(app)},
        {"serve", cli::addServe(app)},       {"show", cli::addShow(app)},       {"export", cli::addExport(app)},
        {"fields", cli::addFields(app)},     {"demo", cli::addDemo(app)},       {"checks", cli::addChecks(app)},
        {"settings", cli::addSettings(app)}, {"ca", cli::addCa(app)},
    };
    // For the manual page, which is made of the options when the program is built.
    if (argc == 2 && std::string_view(argv[1]) == "--manual") {
        std::fputs(cli::manualOf(app).c_str(), stdout);
        return cli::Good;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? cli::Good : cli::Usage;
    }
    for (const auto &[name, run] : commands) {
        if (!app.got_subcommand(name))
            continue;
        try {
            return run();
        } catch (const CLI::RuntimeError &error) { // already said
            return error.get_exit_code();
        }
    }
    return cli::Usage;
}
