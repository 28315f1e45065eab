// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "raw_socket.h"

#include <string>
#include <string_view>
#include <vector>

namespace frameglass::test {

/// An answer to an opening request that departs from the plainest valid one in one way.
struct DeviantAnswer
{
    std::string deviation;                 ///< as diagnosis names it; "none" for the plainest answer
    std::string octets;                    ///< "{accept}" stands for the right value, "{ACCEPT}" for it in lower case
    std::vector<std::string> subprotocols; ///< that the client must offer
    bool deflate = false;                  ///< the client must offer permessage-deflate
};

std::vector<DeviantAnswer> deviantAnswers();

/// Reads the request, answers like that, and waits for the client's end (at most until soon()).
void play(const DeviantAnswer &answer, RawSocket &client);

} // namespace frameglass::test
