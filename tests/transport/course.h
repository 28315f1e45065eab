// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/transport/opening.h"

#include <vector>

namespace frameglass::test {

/// Keeps what a connector tells.
class Course final : public transport::OpeningHandler
{
public:
    std::vector<capture::Record> records;
    std::shared_ptr<transport::Stream> stream;
    transport::StreamHandler *next = nullptr; ///< is started on the stream when it stands
    bool over = false;

private:
    void connecting(capture::RecordBody record, TimePoint) override
    {
        records.push_back({0, 0, {}, std::move(record)});
    }
    void connected(std::shared_ptr<transport::Stream> made, TimePoint) override
    {
        stream = std::move(made);
        if (next)
            stream->start(*next);
        over = true;
    }
    void notConnected(TimePoint) override { over = true; }
};

} // namespace frameglass::test
