// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record.h"

#include <nlohmann/json_fwd.hpp>

#include <stdexcept>

/// Records as JSON: the file's column `detail` and every export in JSON Lines. Durations are integers with the suffix
/// `_ns`, sizes octets, enumerations their kebab-case names; an absent optional has no member. A text that is not UTF-8
/// is the object {"octets_hex": "…"} instead of a string, so nothing is lost.
namespace frameglass::capture {

/// Whether octet strings (head, body, payload) are written too, as hex: the file keeps them in columns of their own.
enum class Bulk { Include, Omit };

/// The fields of the record's body. What is secret is written as it stands in the record: call takeSecrets() before.
nlohmann::ordered_json detailOf(const Record &record, Bulk bulk = Bulk::Include);
nlohmann::ordered_json detailOf(const RecordBody &body, Bulk bulk);

/// One line of an export: `id`, `connection`, `t_ns`, `kind`, then the fields of detailOf().
nlohmann::ordered_json jsonOf(const Record &record, Bulk bulk = Bulk::Include);

/// A detail that is not what its kind asks for.
class BadDetail : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// The inverse of detailOf(body, Bulk::Omit) for the kind with this number. Throws BadDetail. Frames and transfers have
/// no detail in the file.
RecordBody bodyFrom(std::size_t kind, const nlohmann::ordered_json &detail);

} // namespace frameglass::capture
