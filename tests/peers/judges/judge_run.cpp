// SPDX-License-Identifier: GPL-3.0-or-later
#include "judge_run.h"

#include "core/protocol/header_list.h"
#include "core/protocol/http_head.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace frameglass::peers {

namespace {

using namespace std::chrono_literals;
using protocol::Opcode;

constexpr auto judgesReason = "bye ü";
constexpr auto ourReason = "enough ü";

std::string hexOf(const std::string &octets)
{
    return protocol::toHex(protocol::octetsOf(octets));
}

/// The same octets each time, and no two alike: nothing for deflate to find.
std::string noise(std::size_t size)
{
    std::uint32_t state = 0x9E3779B9u + static_cast<std::uint32_t>(size);
    std::string octets(size, '\0');
    for (char &octet : octets) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        octet = static_cast<char>(state >> 24);
    }
    return octets;
}

std::string prose(std::size_t size)
{
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i)
        text += "line " + std::to_string(i) + " of a text that repeats itself; ";
    text.resize(size);
    return text;
}

std::string everyOctet()
{
    std::string octets;
    for (int octet = 0; octet < 256; ++octet)
        octets += static_cast<char>(octet);
    return octets;
}

/// Long and dense enough that each piece of it yields a frame also where it is compressed.
std::string textInPieces()
{
    return hexOf(noise(30'000));
}

std::size_t sizeOf(Case what)
{
    switch (what) {
    case Case::Octets1: return 1;
    case Case::Octets125: return 125;
    case Case::Octets126: return 126;
    case Case::Octets127: return 127;
    case Case::Octets65535: return 65'535;
    case Case::Octets65536: return 65'536;
    case Case::Octets1Mi: return 1u << 20;
    default: return 0;
    }
}

std::vector<Sample> makeSamples()
{
    std::string text;
    for (int i = 0; i < 20; ++i)
        text += "héllo 你好 🎈 ";
    std::vector<Sample> all{{Case::Text, {Opcode::Text, text, 1}, {}},
                            {Case::Binary, {Opcode::Binary, everyOctet(), 1}, {}},
                            {Case::Fragmented, {Opcode::Text, textInPieces(), 1}, {}}};
    for (const Case what : {Case::Octets1, Case::Octets125, Case::Octets126, Case::Octets127, Case::Octets65535,
                            Case::Octets65536, Case::Octets1Mi, Case::Octets0}) {
        all.push_back({what, {Opcode::Text, prose(sizeOf(what)), 1}, {}});
        all.push_back({what, {Opcode::Binary, noise(sizeOf(what)), 1}, {}});
    }
    return all;
}

Arguments argumentFor(const Sample &sample)
{
    const bool text = sample.message.opcode == Opcode::Text;
    const char *kind = sample.what == Case::Fragmented ? "--fragmented" : text ? "--text" : "--binary";
    return {kind, '@' + sample.file.string()};
}

Arguments deflateArguments(Compression compression)
{
    switch (compression) {
    case Compression::Off: return {};
    case Compression::On: return {"--deflate", "on"};
    case Compression::NoContext: return {"--deflate", "no-context"};
    case Compression::Bits: return {"--deflate", "bits=" + std::to_string(judgedWindowBits)};
    }
    return {};
}

std::optional<protocol::DeflatePreferences> preferences(Compression compression)
{
    protocol::DeflatePreferences wanted;
    switch (compression) {
    case Compression::Off: return std::nullopt;
    case Compression::On: break;
    case Compression::NoContext: wanted.serverNoContextTakeover = wanted.clientNoContextTakeover = true; break;
    case Compression::Bits: wanted.serverMaxWindowBits = wanted.clientMaxWindowBits = judgedWindowBits; break;
    }
    return wanted;
}

std::vector<protocol::DeflateParameters> offers(Compression compression)
{
    protocol::DeflateParameters offer;
    offer.clientWindowBits = true;
    switch (compression) {
    case Compression::Off: return {};
    case Compression::On: break;
    case Compression::NoContext: offer.serverNoContextTakeover = offer.clientNoContextTakeover = true; break;
    case Compression::Bits: offer.serverMaxWindowBits = offer.clientMaxWindowBits = judgedWindowBits; break;
    }
    return {offer};
}

/// The parameters of a value of Sec-WebSocket-Extensions, without the name, in order.
std::string parametersOf(std::string_view extensions)
{
    std::vector<std::string> parts;
    std::istringstream stream{std::string(extensions)};
    for (std::string part; std::getline(stream, part, ';');) {
        part.erase(0, part.find_first_not_of(' '));
        part.erase(part.find_last_not_of(' ') + 1);
        parts.push_back(part);
    }
    if (parts.empty() || parts.front() != protocol::permessageDeflate)
        return std::string(extensions);
    std::sort(parts.begin() + 1, parts.end());
    std::string text = "deflate";
    for (std::size_t i = 1; i < parts.size(); ++i)
        text += "; " + parts[i];
    return text;
}

nlohmann::json firstEvent(const PeerProcess &peer, const std::string &event)
{
    const auto found = eventsOf(peer, event);
    return found.empty() ? nlohmann::json::object() : nlohmann::json::parse(found.front());
}

} // namespace

const std::vector<Sample> &samples(const std::filesystem::path &folder)
{
    static const std::vector<Sample> all = [&] {
        auto made = makeSamples();
        std::filesystem::create_directories(folder);
        for (std::size_t i = 0; i < made.size(); ++i) {
            made[i].file = folder / std::to_string(i);
            std::ofstream(made[i].file, std::ios::binary) << made[i].message.octets;
        }
        return made;
    }();
    return all;
}

/// One connection between the judge and us.
struct JudgeRow::Run
{
    session::NetworkThread network;
    std::shared_ptr<WaitableSink> sink = std::make_shared<WaitableSink>();
    std::unique_ptr<session::ServerSession> server;
    std::unique_ptr<session::ClientSession> client;
    std::unique_ptr<PeerProcess> judge;
    capture::ConnectionId connection = 0;
    std::string fault; ///< why it did not come to be open

    /// Waits for the end of our side, and for the judge where it is a client.
    std::optional<capture::ConnectionEnded> end() const
    {
        if (server)
            judge->waitForExit();
        return waitForEnd(*sink, connection);
    }

    void close(std::optional<std::uint16_t> code, const std::string &reason = {}) const
    {
        if (client)
            client->close(code, reason);
        else
            server->close(connection, code, reason);
    }
};

JudgeRow::JudgeRow(const Judge &judge, const Row &row, std::filesystem::path folder)
    : m_judge(judge), m_row(row), m_folder(std::move(folder))
{}

RowResult JudgeRow::run()
{
    runMessages();
    runFragments();
    runPings();
    for (const Case what : {Case::JudgeCloses, Case::JudgeClosesWithoutCode, Case::WeClose, Case::WeCloseWithoutCode})
        runClose(what);
    return m_result;
}

bool JudgeRow::wants(Case what) const
{
    const auto exception = exceptionFor(m_row, what);
    return !exception || exception->kind != Exception::Kind::NotOffered;
}

/// The first reason counts.
void JudgeRow::fail(Case what, const std::string &how)
{
    m_result.failures.emplace(what, how);
}

/// Starts both sides and waits for the connection to be open.
std::unique_ptr<JudgeRow::Run> JudgeRow::begin(Arguments arguments, session::HeartbeatOptions heartbeat)
{
    auto run = std::make_unique<Run>();
    const auto deflate = deflateArguments(m_row.compression);
    arguments.insert(arguments.end(), deflate.begin(), deflate.end());
    if (m_row.role == JudgeRole::Client) {
        session::ServerOptions options;
        options.heartbeat = heartbeat;
        options.deflate = preferences(m_row.compression);
        run->server = std::make_unique<session::ServerSession>(run->network, run->sink, options);
        if (!run->server->start())
            throw std::runtime_error(run->server->error().message);
        arguments.push_back(run->server->url());
        run->judge = std::make_unique<PeerProcess>(m_judge.client(arguments));
        run->connection = waitForAccepted(*run->sink, run->server->id()).value_or(0);
    } else {
        run->judge = std::make_unique<PeerProcess>(m_judge.echo(arguments));
        const auto port = run->judge->port();
        session::ClientOptions options;
        options.url = "ws://127.0.0.1:" + std::to_string(port.value_or(0)) + "/judge";
        options.heartbeat = heartbeat;
        options.deflateOffers = offers(m_row.compression);
        run->client = std::make_unique<session::ClientSession>(run->network, run->sink, options);
        run->connection = run->client->id();
        if (port)
            run->client->start();
    }
    if (run->connection == 0 || !waitForOpen(*run->sink, run->connection))
        run->fault = "not open; ";
    if (!run->fault.empty())
        run->fault = faultOf(*run);
    return run;
}

/// What went wrong with the connection as a whole.
std::string JudgeRow::faultOf(const Run &run) const
{
    std::string fault = run.fault;
    bool clean = false;
    for (const auto &record : run.sink->records(run.connection)) {
        if (const auto *violation = capture::as<capture::ViolationRecord>(record))
            fault.append("violation ").append(protocol::infoOf(violation->violation).id).append("; ");
        const auto *heartbeat = capture::as<capture::HeartbeatRecord>(record);
        if (heartbeat && heartbeat->kind == capture::HeartbeatKind::PongUnsolicited)
            fault += "unsolicited pong; ";
        const auto *end = capture::as<capture::ConnectionEnded>(record);
        clean = clean || (end && end->wasClean);
    }
    for (const std::string &error : eventsOf(*run.judge, "error"))
        fault.append("the judge: ").append(error).append("; ");
    // Its process ends a moment after its socket.
    const auto exit = run.judge->waitForExit(clean ? 0s : 2s);
    if (exit && *exit != 0)
        fault.append("the judge ended with ").append(std::to_string(*exit)).append("; ");
    return fault;
}

/// `used`: messages were exchanged in both directions.
void JudgeRow::judgeOpening(const Run &run, bool used)
{
    std::string answered;
    bool compressed[2] = {false, false};
    for (const auto &record : run.sink->records(run.connection)) {
        const auto *head = capture::as<capture::HeadRecord>(record);
        if (head && head->kind == protocol::HeadKind::Response)
            answered = protocol::parseHead(head->kind, head->raw).joined("Sec-WebSocket-Extensions");
        const auto *frame = capture::as<capture::FrameRecord>(record);
        if (frame && !frame->header.isControl() && (frame->header.rsv & protocol::rsv1) != 0)
            compressed[static_cast<int>(frame->direction)] = true;
    }
    const auto opened = firstEvent(*run.judge, "open");
    m_result.library = opened.value("library", "");
    m_result.agreed = parametersOf(answered);
    if (!run.fault.empty())
        return fail(Case::Opening, run.fault);
    if (parametersOf(opened.value("extensions", "?")) != m_result.agreed)
        return fail(Case::Opening, "the judge sees other extensions: " + opened.dump() + ", we: " + answered);
    const bool wanted = m_row.compression != Compression::Off;
    if (answered.empty() == wanted)
        return fail(Case::Opening, "answered: " + answered);
    if (used && (compressed[0] != wanted || compressed[1] != wanted))
        fail(Case::Opening,
             "compressed frames: " + std::to_string(compressed[0]) + ", " + std::to_string(compressed[1]));
}

void JudgeRow::judgeMessages(const Run &run)
{
    const auto records = run.sink->records();
    const auto sent = messages(records, run.connection, capture::Direction::Sent);
    const auto received = messages(records, run.connection, capture::Direction::Received);
    const auto told = eventsOf(*run.judge, "message");
    const std::string fault = faultOf(run);
    const auto &all = samples(m_folder);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto &[what, message, file] = all[i];
        const auto same = [&message = message](const std::vector<Message> &list, std::size_t at) {
            return at < list.size() && list[at].opcode == message.opcode && list[at].octets == message.octets;
        };
        if (!same(sent, i) || !same(received, i))
            fail(what, (same(sent, i) ? "not received: " : "not sent: ") + fault);
        else if (i >= told.size() || told[i] != messageEvent(message))
            fail(what, "the judge saw another message: " + fault);
        else if (what == Case::Fragmented && (m_row.role == JudgeRole::Client ? received[i] : sent[i]).fragments < 2)
            fail(what, "in one frame");
    }
    if (fault.empty() && m_result.failures.empty() &&
        (sent.size() != all.size() || received.size() != all.size() || told.size() != all.size()))
        fail(Case::Opening, "messages that nobody sent");
    else if (!fault.empty() && m_result.failures.empty())
        fail(Case::Opening, fault);
}

void JudgeRow::runMessages()
{
    if (!wants(Case::Opening)) {
        return;
    }
    Arguments arguments;
    const auto &all = samples(m_folder);
    if (m_row.role == JudgeRole::Client) {
        for (const Sample &sample : all) {
            const auto words = argumentFor(sample);
            arguments.insert(arguments.end(), words.begin(), words.end());
        }
    }
    const auto run = begin(arguments);
    if (run->client && run->fault.empty()) {
        for (const Sample &sample : all) {
            const std::uint32_t fragments = sample.what == Case::Fragmented ? 3 : 1;
            if (sample.message.opcode == Opcode::Text)
                run->client->sendText(sample.message.octets, fragments);
            else
                run->client->sendBinary(protocol::octetsOf(sample.message.octets), fragments);
        }
        waitForMessages(*run->sink, run->connection, all.size());
        run->close(1000);
    }
    if (run->fault.empty())
        run->end();
    judgeMessages(*run);
    judgeOpening(*run, run->fault.empty());
}

/// The judge as server cuts its echoes. (As client it has done so among the messages.)
void JudgeRow::runFragments()
{
    if (m_row.role == JudgeRole::Client || !wants(Case::Fragmented))
        return;
    const auto run = begin({"--fragments", "3"});
    if (!run->fault.empty())
        return fail(Case::Fragmented, run->fault);
    const std::vector<Message> wanted{{Opcode::Text, textInPieces(), 1}, {Opcode::Binary, noise(90'000), 1}};
    run->client->sendText(wanted[0].octets);
    run->client->sendBinary(protocol::octetsOf(wanted[1].octets));
    const auto received = waitForMessages(*run->sink, run->connection, wanted.size());
    run->close(1000);
    run->end();
    if (const auto fault = faultOf(*run); !fault.empty())
        return fail(Case::Fragmented, fault);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (i >= received.size() || received[i].opcode != wanted[i].opcode || received[i].octets != wanted[i].octets)
            return fail(Case::Fragmented, "the echo of message " + std::to_string(i) + " differs");
        if (received[i].fragments < 2)
            return fail(Case::Fragmented, "message " + std::to_string(i) + " in one frame");
    }
}

void JudgeRow::runPings()
{
    if (!wants(Case::PingPong))
        return;
    const std::vector<std::string> payloads{"abc", "", prose(125)};
    const bool client = m_row.role == JudgeRole::Client;
    Arguments arguments{"--text", "one", "--wait-close"};
    for (const std::string &payload : payloads) {
        if (client)
            arguments.insert(arguments.end(), {"--ping", payload});
    }
    session::HeartbeatOptions heartbeat;
    if (client)
        heartbeat.pingInterval = 20ms;
    const auto run = begin(client ? arguments : Arguments{"--ping-interval", "20"}, heartbeat);
    if (!run->fault.empty())
        return fail(Case::PingPong, run->fault);

    std::string answered; // by us, to a ping of the judge
    std::size_t answers = 0;
    std::size_t matched = 0;
    const auto wait = [&](std::size_t wantedPongs, std::size_t wantedAnswers) {
        answers = matched = 0;
        run->sink->waitFor([&](const capture::Record &record) {
            if (record.connection != run->connection)
                return false;
            const auto *frame = capture::as<capture::FrameRecord>(record);
            if (frame && frame->direction == capture::Direction::Sent && frame->header.is(Opcode::Pong)) {
                answered = protocol::toHex(frame->payload);
                ++answers;
            }
            const auto *beat = capture::as<capture::HeartbeatRecord>(record);
            matched += beat && beat->kind == capture::HeartbeatKind::PongMatched ? 1 : 0;
            return (matched >= wantedPongs && answers >= wantedAnswers) ||
                   capture::as<capture::ConnectionEnded>(record);
        });
    };
    const std::size_t wantedPongs = client ? 1 : payloads.size();
    const std::size_t wantedAnswers = client ? payloads.size() : 1;
    if (run->client) {
        run->client->sendText("one");
        // One after the other: an endpoint may answer only the last of several (RFC 6455 §5.5.3).
        for (std::size_t i = 0; i < payloads.size(); ++i) {
            run->client->ping(protocol::octetsOf(payloads[i]));
            wait(i + 1, 0);
        }
    }
    wait(wantedPongs, wantedAnswers);
    // What the judge says of the last pong, once it has seen it.
    const auto pong = [](const std::string &hex) { return R"({"event":"pong","data":")" + hex + R"("})"; };
    const bool told = waitForEvent(*run->judge, pong(client ? hexOf(payloads.back()) : answered));
    run->close(1000);
    run->end();
    if (const auto fault = faultOf(*run); !fault.empty())
        return fail(Case::PingPong, fault);
    if (matched < wantedPongs)
        return fail(Case::PingPong, "a ping of ours stayed without its pong");
    if (answers < wantedAnswers || !told)
        return fail(Case::PingPong, "the judge did not see our pong " + answered);
    std::vector<std::string> wanted;
    for (const std::string &payload : payloads)
        wanted.push_back(nlohmann::json::parse(pong(hexOf(payload))).dump());
    if (client && eventsOf(*run->judge, "pong") != wanted)
        fail(Case::PingPong, "the judge's pongs: " + run->judge->output());
}

void JudgeRow::judgeEnd(Case what, const Run &run, const capture::ConnectionEnded &wanted)
{
    const bool judgeCloses = what == Case::JudgeCloses || what == Case::JudgeClosesWithoutCode;
    const auto end = run.end();
    if (const auto fault = faultOf(run); !fault.empty())
        return fail(what, fault);
    // An empty Close may be answered with a code.
    const bool codeFits = end && (end->code == wanted.code || (what == Case::WeCloseWithoutCode && end->code == 1000));
    if (!end || !end->wasClean || !codeFits || (judgeCloses && end->reason != wanted.reason))
        return fail(what, end ? "we see " + std::to_string(end->code) + ' ' + end->reason +
                                    (end->wasClean ? "" : ", not clean")
                              : "no end");
    const auto closed = [](const std::string &line) {
        return line.find(R"("event":"close")") != std::string::npos ||
               line.find(R"("event": "close")") != std::string::npos;
    };
    run.judge->waitForLine(closed, patience);
    auto seen = firstEvent(*run.judge, "close");
    if (judgeCloses && !m_judge.tellsAnswerToItsClose) {
        if (!seen.contains("code") || !seen["code"].is_null())
            fail(what, "the judge tells what it could not: " + seen.dump());
        return;
    }
    // Whether an answer repeats the reason is up to the one that answers.
    if (seen.value("code", 0) != wanted.code ||
        (!judgeCloses && seen.value("reason", "?") != ourReason && what == Case::WeClose))
        fail(what, "the judge sees " + seen.dump());
    if (m_row.role == JudgeRole::Client && run.judge->waitForExit() != 0)
        fail(what, "the judge failed: " + run.judge->output());
}

void JudgeRow::runClose(Case what)
{
    if (!wants(what))
        return;
    const bool judgeCloses = what == Case::JudgeCloses || what == Case::JudgeClosesWithoutCode;
    const bool withoutCode = what == Case::JudgeClosesWithoutCode || what == Case::WeCloseWithoutCode;
    const bool client = m_row.role == JudgeRole::Client;
    Arguments arguments;
    if (client)
        arguments = {"--text", "one"};
    if (client && !judgeCloses)
        arguments.emplace_back("--wait-close");
    if (judgeCloses && withoutCode)
        arguments.insert(arguments.end(), {"--close-code", "0"});
    else if (judgeCloses)
        arguments.insert(arguments.end(), {"--close-code", "4002", "--close-reason", judgesReason});
    if (judgeCloses && !client)
        arguments.insert(arguments.end(), {"--close-after", "1"});
    const auto run = begin(arguments);
    if (!run->fault.empty())
        return fail(what, run->fault);
    if (run->client)
        run->client->sendText("one");
    if (!judgeCloses) {
        waitForMessages(*run->sink, run->connection, 1);
        waitForEvent(*run->judge, textEvent("one"));
        if (withoutCode)
            run->close(std::nullopt);
        else
            run->close(4001, ourReason);
    }
    capture::ConnectionEnded wanted;
    wanted.wasClean = true;
    wanted.code = withoutCode ? 1005 : judgeCloses ? 4002 : 4001;
    if (judgeCloses && !withoutCode)
        wanted.reason = judgesReason;
    judgeEnd(what, *run, wanted);
}

} // namespace frameglass::peers
