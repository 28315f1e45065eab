// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVariant>

#include <array>

class QHeaderView;
class QSettings;

namespace frameglass::ui {

/// One setting: where it is kept and what it is until somebody changes it.
template<typename T>
struct Setting
{
    const char *key;
    T fallback;
};

/// How times are written in tables.
enum class TimeFormat { SinceStart, WallClock, SincePrevious };
inline constexpr std::array timeFormats{TimeFormat::SinceStart, TimeFormat::WallClock, TimeFormat::SincePrevious};

/// All settings, in one table.
namespace settings {
inline const Setting<QString> language{"language", {}}; ///< "en", "zh_CN"; empty: the system's
inline const Setting<int> theme{"look/theme", 0};       ///< ThemeChoice
inline const Setting<int> zoom{"look/zoom_percent", 100};
inline const Setting<int> timeFormat{"look/time_format", 0}; ///< TimeFormat
inline const Setting<QStringList> filterHistory{"timeline/filters", {}};
inline const Setting<QStringList> filtersSaved{"timeline/saved_filters", {}};
inline const Setting<bool> lanesShown{"timeline/lanes", false};
inline const Setting<QByteArray> windowGeometry{"window/geometry", {}};
inline const Setting<QByteArray> mainSplitter{"window/splitter", {}};
inline const Setting<int> currentTab{"window/tab", 0};
inline const Setting<QString> lastFolder{"files/folder", {}};
inline const Setting<QStringList> recentFiles{"files/recent", {}};
inline const Setting<QStringList> urlHistory{"connect/history", {}}; ///< without secrets
inline const Setting<QString> lastUrl{"connect/url", {}};
inline const Setting<QByteArray> connectOptions{"connect/options", {}}; ///< JSON, without secrets
inline const Setting<QByteArray> serverOptions{"server/options", {}};   ///< JSON
inline const Setting<QString> textDraft{"composer/text", {}};
inline const Setting<QString> binaryDraft{"composer/binary", {}};
inline const Setting<int> composerKind{"composer/kind", 0};
/// What the checks judge by, newest capture first: each "PATH\nJSON" with only what is not the default.
inline const Setting<QStringList> checkSettings{"checks/settings", {}};
inline const Setting<qulonglong> limitHeadOctets{"limits/head_octets", 64 * 1024};
inline const Setting<qulonglong> limitHeadLines{"limits/head_lines", 256};
inline const Setting<qulonglong> limitFrameOctets{"limits/frame_octets", 64ull << 20};
inline const Setting<qulonglong> limitMessageOctets{"limits/message_octets", 64ull << 20};
inline const Setting<qulonglong> limitInflatedOctets{"limits/inflated_octets", 64ull << 20};
inline const Setting<qulonglong> limitFragments{"limits/fragments", 300'000};
inline const Setting<qulonglong> limitBodyOctets{"limits/body_octets", 1024 * 1024};
inline const Setting<qulonglong> limitQueueOctets{"limits/queue_octets", 16ull << 20};
inline const Setting<qulonglong> limitStallSeconds{"limits/stall_seconds", 30};
inline const Setting<qulonglong> limitHandshakeSeconds{"limits/handshake_seconds", 10};
inline const Setting<qulonglong> limitConnections{"limits/connections", 20'000};
} // namespace settings

/// The one store. GUI thread only.
class Settings : public QObject
{
    Q_OBJECT
public:
    static Settings &instance();

    template<typename T>
    T value(const Setting<T> &setting) const
    {
        return read(setting.key, QVariant::fromValue(setting.fallback)).template value<T>();
    }
    template<typename T>
    void setValue(const Setting<T> &setting, const T &value)
    {
        write(setting.key, QVariant::fromValue(value));
    }
    /// Puts `entry` first in a list of at most `maximum` without doubles.
    void prepend(const Setting<QStringList> &setting, const QString &entry, int maximum);
    void remove(const Setting<QStringList> &setting, const QString &entry);

    /// The stored format; a number that is none counts as the first.
    TimeFormat timeFormat() const;

    /// Columns of a table by its name: widths, order, hidden ones. restoreHeader() returns false where nothing fits.
    void saveHeader(const QString &name, const QHeaderView *header);
    bool restoreHeader(const QString &name, QHeaderView *header) const;

signals:
    void changed(const QString &key);

private:
    QVariant read(const char *key, const QVariant &fallback) const;
    void write(const char *key, const QVariant &value);
};

} // namespace frameglass::ui
