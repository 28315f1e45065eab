// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/windows/main_window.h"

#include <QObject>
#include <QTemporaryDir>

#include <memory>

namespace frameglass::testing {

/// Gives each test of a class the application's own window, new, shown and with the keyboard, in a home of its own.
class WindowFixture : public QObject
{
    Q_OBJECT
protected:
    template<typename T>
    T *find(const char *name)
    {
        return m_window->findChild<T *>(QLatin1String(name));
    }
    const analysis::ConnectionFacts *facts();
    /// Types the address and presses Enter.
    void connectByTyping(const QString &url);
    bool waitOpen();
    /// The built-in server's address; empty when it does not start.
    QString startServer();
    /// Types into the composer and sends with Ctrl+Enter.
    void send(const QString &text);
    /// As if the program had ended and started again.
    void restart();

    std::unique_ptr<ui::MainWindow> m_window;

private slots:
    void initTestCase();
    void init();
    void cleanup();

private:
    QTemporaryDir m_home;
};

} // namespace frameglass::testing
