// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/demonstration.h"
#include "ui/models/document.h"

#include <QObject>
#include <QTimer>

namespace frameglass::ui {

/// The demonstration: the echo server, one client of it, and once that is open the messages and some pings. Real parts
/// only; nothing is seeded. Deletes itself when done.
class Demo : public QObject
{
    Q_OBJECT
public:
    explicit Demo(Document *document, QObject *parent = nullptr);

    /// Starts it; 0 and an `error` when the server cannot listen. Returns the client's connection. Throws CaptureError.
    capture::ConnectionId start(QString *error);

signals:
    void done();

private:
    void step();

    Document *m_document;
    capture::ConnectionId m_client = 0;
    QTimer m_steps;
    std::vector<session::DemonstrationMessage> m_messages;
    std::size_t m_sent = 0;
    int m_pings = 0;
};

/// A connection that is refused: the echo server with a rule that lets no such Origin in. Throws CaptureError.
capture::ConnectionId startRefused(Document &document, QString *error);

} // namespace frameglass::ui
