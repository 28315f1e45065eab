// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdio>
#include <thread>

namespace frameglass::peers {

/// One JSON object a line, as every peer prints.
inline void tell(const QJsonObject &fields)
{
    std::puts(QJsonDocument(fields).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

inline void tellText(const QString &text)
{
    tell({{"event", "message"}, {"type", "text"}, {"text", text}});
}

inline void tellBinary(const QByteArray &octets)
{
    tell({{"event", "message"}, {"type", "binary"}, {"hex", QString::fromLatin1(octets.toHex())}});
}

inline void tellClose(int code, const QString &reason)
{
    tell({{"event", "close"}, {"code", code}, {"reason", reason}});
}

/// Ends the process when standard input ends, so that no peer outlives the test that started it.
inline void endWithParent()
{
    std::thread([] {
        while (std::getchar() != EOF) {}
        std::_Exit(0);
    }).detach();
}

} // namespace frameglass::peers
