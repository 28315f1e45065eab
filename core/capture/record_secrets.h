// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record.h"

#include <string>
#include <vector>

/// Secrets of whole records: the one way in which files, exports and reports part from them.
namespace frameglass::capture {

/// Octets that were taken out of one text of a record.
struct Secret
{
    std::string field;      ///< "raw", "url", "label", "offered_subprotocols", "detail"
    std::uint32_t item = 0; ///< of a list; 0 elsewhere
    std::uint64_t offset = 0;
    Octets octets;
    friend bool operator==(const Secret &, const Secret &) = default;
};

/// Overwrites every secret of the record with '*' of the same length, and returns what stood there.
std::vector<Secret> takeSecrets(RecordBody &body);

/// Puts a secret back in its place; one that does not fit the record is left out.
void putSecret(RecordBody &body, const Secret &secret);

} // namespace frameglass::capture
