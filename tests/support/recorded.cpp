// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorded.h"

#include "raw_socket.h"

namespace frameglass::test {

namespace {

using namespace capture;

std::string way(Direction direction)
{
    return direction == Direction::Sent ? "sent" : "received";
}

std::string wordOf(Stage stage)
{
    switch (stage) {
    case Stage::Resolve: return "resolve";
    case Stage::Tcp: return "tcp";
    case Stage::Proxy: return "proxy";
    case Stage::Tls: return "tls";
    case Stage::Upgrade: return "upgrade";
    }
    return "?";
}

std::string wordOf(StageOutcome outcome)
{
    switch (outcome) {
    case StageOutcome::Started: return "started";
    case StageOutcome::Succeeded: return "succeeded";
    case StageOutcome::Failed: return "failed";
    case StageOutcome::TimedOut: return "timed out";
    case StageOutcome::Cancelled: return "cancelled";
    }
    return "?";
}

std::string wordOf(TransportEnd end)
{
    switch (end) {
    case TransportEnd::FinReceived: return "fin received";
    case TransportEnd::FinSent: return "fin sent";
    case TransportEnd::ResetReceived: return "reset received";
    case TransportEnd::Error: return "error";
    case TransportEnd::TimedOut: return "timed out";
    case TransportEnd::ClosedByUs: return "closed by us";
    case TransportEnd::ResetByUs: return "reset by us";
    }
    return "?";
}

std::string opcodeWord(int opcode)
{
    switch (opcode) {
    case 0: return "continuation";
    case 1: return "text";
    case 2: return "binary";
    case 8: return "close";
    case 9: return "ping";
    case 10: return "pong";
    default: return "opcode-" + std::to_string(opcode);
    }
}

std::string wordOf(HeartbeatKind kind)
{
    switch (kind) {
    case HeartbeatKind::PingSent: return "ping left";
    case HeartbeatKind::PongMatched: return "pong matched";
    case HeartbeatKind::PongLate: return "pong late";
    case HeartbeatKind::PongUnsolicited: return "pong unsolicited";
    case HeartbeatKind::PongMissed: return "pong missed";
    case HeartbeatKind::AutoPongDelayed: return "pong delayed";
    case HeartbeatKind::AutoPongWithheld: return "pong withheld";
    }
    return "?";
}

struct Word
{
    std::string operator()(const ConnectionStarted &) const { return "started"; }
    std::string operator()(const StageChanged &what) const { return wordOf(what.stage) + ' ' + wordOf(what.outcome); }
    std::string operator()(const AddressesResolved &what) const
    {
        return "addresses " + std::to_string(what.addresses.size());
    }
    std::string operator()(const AddressTried &what) const { return "tried " + std::to_string(what.error); }
    std::string operator()(const SocketFacts &) const { return {}; }
    std::string operator()(const TransferBoundary &) const { return {}; }
    std::string operator()(const HeadRecord &what) const
    {
        return std::string(what.kind == protocol::HeadKind::Request ? "request " : "response ") + way(what.direction) +
               (what.complete ? "" : " partly");
    }
    std::string operator()(const BodyRecord &what) const { return "body " + way(what.direction); }
    std::string operator()(const FrameRecord &what) const
    {
        return opcodeWord(what.header.opcode) + ' ' + way(what.direction) + ' ' + std::to_string(what.payloadOctets);
    }
    std::string operator()(const MessageRecord &what) const
    {
        return "message " + way(what.direction) + ' ' + std::to_string(what.octets);
    }
    std::string operator()(const StateRecord &what) const { return "state " + std::string(protocol::nameOf(what.to)); }
    std::string operator()(const ViolationRecord &what) const
    {
        return "violation " + std::string(protocol::infoOf(what.violation).id);
    }
    std::string operator()(const HeartbeatRecord &what) const { return wordOf(what.kind); }
    std::string operator()(const TransportEnded &what) const { return wordOf(what.end); }
    std::string operator()(const ConnectionEnded &what) const
    {
        return "ended " + std::to_string(what.code) + (what.wasClean ? " clean" : "");
    }
    std::string operator()(const ListenerRecord &what) const { return what.listening ? "listening" : "not listening"; }
    std::string operator()(const Dropped &what) const { return "dropped " + what.reason; }
    template<typename Other>
    std::string operator()(const Other &) const
    {
        return "other";
    }
};

} // namespace

ConnectionId WaitableSink::newConnection()
{
    const std::scoped_lock lock(m_mutex);
    return ++m_last;
}

void WaitableSink::add(ConnectionId connection, TimePoint now, RecordBody body)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_records.push_back({m_records.size() + 1, connection, now - m_start, std::move(body)});
    }
    m_changed.notify_all();
}

std::vector<Record> WaitableSink::records() const
{
    const std::scoped_lock lock(m_mutex);
    return m_records;
}

std::vector<Record> WaitableSink::records(ConnectionId connection) const
{
    const std::scoped_lock lock(m_mutex);
    std::vector<Record> mine;
    for (const auto &record : m_records) {
        if (record.connection == connection)
            mine.push_back(record);
    }
    return mine;
}

bool WaitableSink::waitFor(const std::function<bool(const Record &)> &wanted) const
{
    std::unique_lock lock(m_mutex);
    std::size_t looked = 0;
    return m_changed.wait_until(lock, soon(), [&] {
        while (looked < m_records.size()) {
            if (wanted(m_records[looked++]))
                return true;
        }
        return false;
    });
}

std::string wordFor(const Record &record)
{
    return std::visit(Word{}, record.body);
}

std::vector<std::string> courseOf(const std::vector<Record> &records)
{
    std::vector<std::string> words;
    for (const auto &record : records) {
        if (auto word = wordFor(record); !word.empty())
            words.push_back(std::move(word));
    }
    return words;
}

} // namespace frameglass::test
