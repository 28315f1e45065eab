// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/windows/main_window.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <functional>
#include <vector>

namespace frameglass::app {

/// Drives the real window through its main views and saves a picture of each, light and dark, small and large.
class Screenshots : public QObject
{
    Q_OBJECT
public:
    Screenshots(ui::MainWindow *window, QString folder, QObject *parent = nullptr);
    void start();

signals:
    /// With the number of pictures that could not be saved.
    void finished(int failures);

private:
    struct Scene
    {
        QString name;
        std::function<void()> prepare;
        std::function<bool()> ready; ///< waited for, up to a limit
        std::function<QWidget *()> subject;
    };
    void plan();
    void planTls();
    void startSecureServer();
    void next();
    void look();
    void shoot();

    ui::MainWindow *m_window;
    QString m_folder;
    QString m_authority; ///< of the development certificate
    std::vector<Scene> m_scenes;
    std::size_t m_scene = 0;
    std::size_t m_look = 0;
    QTimer m_poll;
    QElapsedTimer m_waited;
    capture::ConnectionId m_demo = 0;
    int m_failures = 0;
};

} // namespace frameglass::app
