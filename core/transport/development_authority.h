// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "system_error.h"

#include <chrono>
#include <filesystem>
#include <variant>

namespace frameglass::transport {

/// Where the development authority of this user stands.
struct DevelopmentFiles
{
    std::filesystem::path authority;   ///< its certificate: what a browser or a Go client has to trust
    std::filesystem::path certificate; ///< of the server, for localhost, 127.0.0.1 and ::1; with the authority's
    std::filesystem::path key;         ///< of the server
};

/// Where this user's own one stands: beside the captures of the desktop program, for both programs the same.
std::filesystem::path developmentFolder();

/// An authority of the user's own for wss:// on this machine, and a certificate it issued, in `folder`. Makes what is
/// missing or about to expire; the authority stays as long as it is valid, so that it has to be trusted once only. The
/// folder and the keys are readable by the user alone. Any thread; may take some ten milliseconds.
std::variant<DevelopmentFiles, SystemError> developmentFiles(const std::filesystem::path &folder,
                                                             std::chrono::system_clock::time_point now);

} // namespace frameglass::transport
