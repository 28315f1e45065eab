// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "judges.h"

#include "tests/peers/peer_test.h"

#include "core/session/client_session.h"
#include "core/session/server_session.h"

#include <filesystem>

namespace frameglass::peers {

/// A message to be sent and echoed, and the case that it belongs to.
struct Sample
{
    Case what;
    Message message;
    std::filesystem::path file; ///< holds its octets, for peers
};

/// The messages of a run in the order of sending. Written to `folder` once; empty messages come last, since a judge
/// that stops there should have been through all others.
const std::vector<Sample> &samples(const std::filesystem::path &folder);

/// One row: starts the judge and our own side for each run, and judges the cells.
class JudgeRow
{
public:
    JudgeRow(const Judge &judge, const Row &row, std::filesystem::path folder);
    RowResult run();

private:
    struct Run;
    void runMessages();
    void runFragments();
    void runPings();
    void runClose(Case what);

    bool wants(Case what) const;
    void fail(Case what, const std::string &how);
    std::unique_ptr<Run> begin(Arguments arguments, session::HeartbeatOptions heartbeat = {});
    void judgeOpening(const Run &run, bool used);
    void judgeMessages(const Run &run);
    void judgeEnd(Case what, const Run &run, const capture::ConnectionEnded &wanted);
    std::string faultOf(const Run &run) const;

    const Judge &m_judge;
    Row m_row;
    std::filesystem::path m_folder;
    RowResult m_result;
};

} // namespace frameglass::peers
