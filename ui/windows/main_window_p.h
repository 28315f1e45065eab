// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "address_bar.h"
#include "composer.h"
#include "connection_panel.h"
#include "core/diagnosis/wording.h"
#include "life_line.h"
#include "main_window.h"
#include "options_drawer.h"
#include "proxy_fields.h"
#include "saving_bar.h"
#include "server_panel.h"
#include "situation_panel.h"
#include "start_page.h"
#include "status_line.h"
#include "tls_fields.h"
#include "tls_maker.h"
#include "ui/views/notice_bar.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <QUndoStack>

namespace frameglass::ui {

struct MainWindow::Actions
{
    QMenu *file, *recent, *edit, *view, *theme, *connection, *help;
    QAction *newConnection, *newCapture, *open, *saveAs, *saveCopy, *exportRecords, *report, *quit;
    QAction *undo, *redo, *copy, *clear, *find, *remove, *preferences, *checkSettings, *findPayload, *findNext,
        *findPrevious;
    QAction *themeSystem, *themeLight, *themeDark, *zoomIn, *zoomOut, *zoomReset;
    std::array<QAction *, TabCount> tabs;
    QAction *connect, *options, *server, *disconnect, *abort, *reconnect, *ping, *compose;
    QAction *guide, *about;
};

} // namespace frameglass::ui
