// SPDX-License-Identifier: GPL-3.0-or-later
// The window on a capture of ten million frames: how soon its first row is painted, how long the GUI thread is busy
// while the rest is read, how long a random jump takes to paint, and what memory it costs. `--frames N` makes the
// capture smaller, `--file PATH` keeps it and uses it again.
#include "bench_figures.h"
#include "capture_load.h"

#include "ui/models/record_model.h"
#include "ui/support/theme.h"
#include "ui/views/record_table.h"
#include "ui/views/timeline_view.h"
#include "ui/windows/main_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QSettings>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <random>
#include <vector>

using namespace frameglass;

namespace {

constexpr int tickMs = 5;

/// Tells of the first paint of a viewport that has rows.
class FirstRow : public QObject
{
public:
    FirstRow(const ui::RecordTable *table) : m_table(table) { table->viewport()->installEventFilter(this); }
    double ms = -1;
    QElapsedTimer since;

protected:
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint && ms < 0 && m_table->model()->rowCount() > 0)
            QTimer::singleShot(0, this, [this] { ms = ms < 0 ? static_cast<double>(since.nsecsElapsed()) / 1e6 : ms; });
        return false;
    }

private:
    const ui::RecordTable *m_table;
};

void makeCapture(const QString &path, std::uint64_t frames)
{
    capture::CaptureWriter writer(path.toStdString());
    bench::CaptureLoad load(writer);
    load.add(frames);
    load.end();
    writer.flush();
}

void jump(ui::RecordTable &table)
{
    constexpr int jumps = 1000;
    std::mt19937 random(1);
    std::uniform_int_distribution<int> place(0, table.verticalScrollBar()->maximum());
    std::vector<double> times;
    for (int i = 0; i < jumps; ++i) {
        const int row = place(random);
        QElapsedTimer clock;
        clock.start();
        table.verticalScrollBar()->setValue(row);
        table.viewport()->repaint();
        times.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    std::sort(times.begin(), times.end());
    std::printf("  paint of a random jump      p50 %.1f ms, p99 %.1f ms, longest %.1f ms over %d jumps among %d rows"
                " (bar 16 ms)\n",
                times[jumps / 2], times[jumps * 99 / 100], times.back(), jumps, table.model()->rowCount());
}

} // namespace

int main(int argc, char **argv)
{
    std::uint64_t frames = 10'000'000;
    QTemporaryDir home;
    QString path = home.filePath(QStringLiteral("bench.fglass"));
    for (int i = 1; i + 1 < argc; i += 2) {
        if (qstrcmp(argv[i], "--frames") == 0)
            frames = QByteArray(argv[i + 1]).toULongLong();
        else if (qstrcmp(argv[i], "--file") == 0)
            path = QFile::decodeName(argv[i + 1]);
    }
    qputenv("XDG_DATA_HOME", QFile::encodeName(home.path()));
    QApplication application(argc, argv);
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, home.path());
    QCoreApplication::setOrganizationName(QStringLiteral("frameglass-bench"));
    ui::Theme::instance().apply(ui::ThemeChoice::Light);
    if (!QFile::exists(path))
        makeCapture(path, frames);

    ui::MainWindow window;
    window.resize(1920, 1080);
    window.show();
    window.showTab(ui::MainWindow::TimelineTab);
    QCoreApplication::processEvents();
    auto *view = window.findChild<ui::TimelineView *>();
    auto *table = view->table();
    const double before = bench::residentMiB();

    FirstRow first(table);
    bench::Heartbeat beats;
    QTimer heartbeat;
    heartbeat.setTimerType(Qt::PreciseTimer);
    double allRowsMs = -1;
    QObject::connect(&heartbeat, &QTimer::timeout, [&] {
        beats.beat();
        const bool rows = first.ms >= 0 && !view->model()->isLoading();
        if (rows && allRowsMs < 0)
            allRowsMs = static_cast<double>(first.since.nsecsElapsed()) / 1e6;
        if (rows && window.document()->foldedShare() >= 1)
            QCoreApplication::exit();
    });
    first.since.start();
    window.openFile(path);
    heartbeat.start(tickMs);
    QCoreApplication::exec();
    heartbeat.stop();

    std::printf("Timeline: %llu frames over 8 connections, window 1920x1080\n",
                static_cast<unsigned long long>(frames));
    std::printf("  open to first painted row   %.0f ms (bar 1,000 ms)\n", first.ms);
    std::printf("  all rows of a connection    %.0f ms, all checklists %.0f ms\n", allRowsMs,
                static_cast<double>(first.since.nsecsElapsed()) / 1e6);
    beats.print(tickMs);
    jump(*table);
    std::printf("  resident memory             %.0f MiB -> %.0f MiB (bar 300 MiB)\n", before, bench::residentMiB());
    return 0;
}
