// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance.h"

#include <algorithm>
#include <iterator>

namespace frameglass::protocol::conformance {

namespace {
template<typename T>
std::vector<T> joined(std::vector<T> first, std::vector<T> second)
{
    std::ranges::move(second, std::back_inserter(first));
    return first;
}
} // namespace

std::string Row::title() const
{
    return clause + ", read by the " + (reader == Role::Client ? "client" : "server") + ": " + name;
}

const std::vector<Row> &rows()
{
    static const std::vector<Row> all = joined(joined(headRows(), frameRows()), deflateRows());
    return all;
}

const std::vector<LegalRow> &legalRows()
{
    static const std::vector<LegalRow> all = joined(legalHeads(), legalFrames());
    return all;
}

Limits limits()
{
    Limits small;
    small.headOctets = 1000;
    small.headLines = 15;
    small.framePayloadOctets = 1000;
    small.messageOctets = 1500;
    small.fragmentsPerMessage = 4;
    small.inflatedOctets = 1500;
    return small;
}

} // namespace frameglass::protocol::conformance
