// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "response_view.h"

#include <initializer_list>

/// Internal to diagnosis: what the rows of single status codes share. Where a head is needed, it is there.
namespace frameglass::diagnosis::response {

/// What a row of a status code starts from: N without a response, P when the code is another, else nothing.
std::optional<Judgement> unlessStatus(const Evaluation &evaluation, std::initializer_list<int> codes);

/// Whether the first part of the body contains it, in any letter case.
bool bodyHas(const Evaluation &evaluation, std::string_view part);
bool isHtml(const Evaluation &evaluation);

/// The status line, and the fields and the body that say more.
std::vector<Evidence> answer(const Evaluation &evaluation, std::initializer_list<std::string_view> names);

/// "400 Bad Request"
QString statusText(const Evaluation &evaluation);
/// "400 Bad Request from nginx/1.22.1"
QString statusAndServer(const Evaluation &evaluation);
/// Adds that the direct attempt got 101, where it did.
QString withDirect(const QString &reason, const Evaluation &evaluation);
QString withRetryAfter(const QString &reason, const Evaluation &evaluation);

/// gorilla's default answer to a handshake that it refuses carries two fields of its own.
bool isFromGorilla(const HttpHead &head);

} // namespace frameglass::diagnosis::response
