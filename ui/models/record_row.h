// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record_sketch.h"

#include <QString>

#include <optional>

namespace frameglass::ui {

/// What a record is to the timeline; decides which rows the toggles show.
enum class RowKind : std::uint8_t {
    Hidden,    ///< read boundaries, socket facts, whole messages: never a row
    Data,      ///< text, binary, continuation and reserved data frames
    Close,     ///< a Close frame
    Heartbeat, ///< a Ping or Pong frame
    Event,     ///< anything else that happened
    Tls,       ///< a message of the TLS handshake
    Alert,     ///< of TLS: always shown
    HeartbeatEvent
};
inline constexpr std::size_t rowKinds = 8;
RowKind rowKindOf(const capture::Record &record);
/// The same where a sketch is enough to tell; else only the record does.
std::optional<RowKind> rowKindOf(const capture::RecordSketch &sketch);

/// The words of one row, ready to be painted. Secrets are masked.
struct RecordRow
{
    capture::RecordId id = 0;
    std::optional<capture::Direction> direction;
    bool isFrame = false;
    bool isControl = false;
    bool fin = false;
    bool warns = false;  ///< the certificate of this connection is not trusted
    bool isText = false; ///< `data` is the payload as text, not in hexadecimal
    QString rsv;         ///< "–" for none, else the set ones: "1", "1,3"
    QString type;
    QString length; ///< as sent; "412 → 1,904" where it was compressed
    QString data;
};

/// How many payload octets of a frame a row looks at.
inline constexpr std::size_t previewOctets = 512;

RecordRow makeRow(const capture::Record &record);

/// The record without what counts as a secret, at the same size.
capture::Record withoutSecrets(capture::Record record);

/// Payload octets on one line: text with control characters made visible, or spaced hexadecimal.
QString previewOf(protocol::OctetView payload, bool text, std::uint64_t trueLength);

/// "↑" / "↓" and the word that goes with it.
QString arrowOf(capture::Direction direction);
QString directionWord(capture::Direction direction, capture::Vantage vantage);

} // namespace frameglass::ui
