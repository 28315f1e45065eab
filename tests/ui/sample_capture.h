// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/capture.h"

#include <QTemporaryDir>

#include <memory>
#include <string>

namespace frameglass::test {

/// A capture file written record by record in its own time, for views and models to read.
class SampleCapture
{
public:
    SampleCapture();

    /// Adds a record `after` the one before it and returns its id.
    capture::RecordId add(capture::RecordBody body, Nanoseconds after = std::chrono::milliseconds(1));
    capture::RecordId frame(capture::Direction direction, protocol::Opcode opcode, std::string_view payload,
                            Nanoseconds after = std::chrono::milliseconds(1), bool fin = true, std::uint8_t rsv = 0);
    /// The next records belong to another connection.
    capture::ConnectionId begin(const std::string &url, capture::Vantage vantage = capture::Vantage::Client,
                                std::optional<Nanoseconds> pingInterval = std::nullopt);
    /// Stages up to and with a good opening handshake. `response` replaces the 101.
    void open(const std::string &extraRequestFields = {}, const std::string &response = {});
    void step(protocol::ConnectionState from, protocol::Trigger trigger, protocol::ConnectionState to);
    /// Ends writing; returns the path.
    QString finish();

    capture::RecordId request = 0;
    capture::RecordId response = 0;
    capture::ConnectionId connection = 0;

    static constexpr const char *key = "dGhlIHNhbXBsZSBub25jZQ==";
    static constexpr const char *acceptValue = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    static std::string goodResponse();

private:
    QTemporaryDir m_folder;
    std::unique_ptr<capture::CaptureWriter> m_writer;
    TimePoint m_now;
    capture::RecordId m_last = 0;
    std::uint64_t m_offsets[2] = {0, 0};
};

/// One connection that has a bit of everything: heads, text both ways, a frame that breaks a rule, an answered and a
/// missed ping, the closing handshake.
struct WholeConnection
{
    WholeConnection();
    SampleCapture capture;
    QString path;
    capture::RecordId text = 0;      ///< sent, {"seq":1}
    capture::RecordId violating = 0; ///< received, RSV2 set
    capture::RecordId ping = 0;
    capture::RecordId pong = 0;
    capture::RecordId missedPing = 0;
    capture::RecordId close = 0;
    capture::RecordId opened = 0; ///< the state record
};

} // namespace frameglass::test
