// SPDX-License-Identifier: GPL-3.0-or-later
// A second opinion on the wire: dumpcap captures one run of ours on loopback, tshark dissects it, and both captures
// must tell the same frames.
#include "peer_test.h"

#include "core/session/client_session.h"
#include "core/session/server_session.h"

#include <nlohmann/json.hpp>

#include <filesystem>

#include <unistd.h>

using namespace frameglass;
using namespace frameglass::peers;
using Json = nlohmann::json;

namespace {

/// What both captures know of a frame.
struct Frame
{
    bool fin = true;
    int opcode = 0;
    std::uint64_t length = 0;
    bool masked = false;
    friend bool operator==(const Frame &, const Frame &) = default;
};

std::ostream &operator<<(std::ostream &out, const Frame &frame)
{
    return out << "opcode " << frame.opcode << " fin " << frame.fin << " length " << frame.length << " masked "
               << frame.masked;
}

std::uint64_t number(const Json &layer, const char *field)
{
    return std::stoull(layer.at(field).get<std::string>());
}

bool flag(const Json &layer, const char *field)
{
    const auto text = layer.at(field).get<std::string>();
    return text == "1" || text == "True";
}

Frame frameOf(const Json &layer)
{
    Frame frame;
    frame.fin = flag(layer, "websocket.fin");
    frame.opcode = static_cast<int>(number(layer, "websocket.opcode"));
    frame.masked = flag(layer, "websocket.mask");
    for (const char *field :
         {"websocket.payload_length", "websocket.payload_length_ext_16", "websocket.payload_length_ext_64"}) {
        if (layer.contains(field))
            frame.length = number(layer, field);
    }
    return frame;
}

std::vector<Frame> framesOf(const Json &packets)
{
    std::vector<Frame> frames;
    for (const Json &packet : packets) {
        // Several frames of one segment come as an array.
        const Json &layers = packet.at("_source").at("layers").at("websocket");
        if (layers.is_object())
            frames.push_back(frameOf(layers));
        for (const Json &layer : layers.is_array() ? layers : Json::array()) {
            if (layer.is_object() && layer.contains("websocket.opcode"))
                frames.push_back(frameOf(layer));
        }
    }
    return frames;
}

class CaptureFolder
{
public:
    CaptureFolder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "frameglass-tshark-XXXXXX").string();
        if (::mkdtemp(name.data()))
            m_path = name;
        // dumpcap drops root's rights before it opens its file.
        std::filesystem::permissions(m_path, std::filesystem::perms::all);
    }
    ~CaptureFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    std::string file() const { return (m_path / "run.pcapng").string(); }

private:
    std::filesystem::path m_path;
};

std::vector<Frame> dissect(const std::string &file, std::uint16_t port)
{
    const PeerProcess tshark(tsharkReader(file, port));
    tshark.waitForExit();
    std::string text = tshark.output();
    // Notes about running as root may stand before the array.
    if (const auto start = text.find("\n["); start != std::string::npos)
        text.erase(0, start);
    const Json packets = Json::parse(text, nullptr, false);
    return packets.is_array() ? framesOf(packets) : std::vector<Frame>{};
}

std::vector<Frame> recorded(const WaitableSink &sink, capture::ConnectionId connection)
{
    std::vector<Frame> frames;
    for (const capture::Record &record : sink.records(connection)) {
        if (const auto *frame = capture::as<capture::FrameRecord>(record))
            frames.push_back({frame->header.fin, frame->header.opcode, frame->header.payloadLength,
                              frame->header.maskKey.has_value()});
    }
    return frames;
}

TEST(Tshark, AgreesOnNumberOpcodeAndLengthOfFrames)
{
    session::NetworkThread network;
    const auto sink = std::make_shared<WaitableSink>();
    session::ServerSession server(network, sink, {});
    ASSERT_TRUE(server.start()) << server.error().message;

    const CaptureFolder folder;
    const Command command = dumpcap(folder.file(), server.port());
    NEED_PEER(command);
    PeerProcess capturing(command);
    // dumpcap names its file once it captures.
    if (!capturing.waitForLine([](const std::string &line) { return line.starts_with("File: "); })) {
        if (peersAreRequired())
            FAIL() << capturing.output();
        GTEST_SKIP() << "no permission to capture on loopback: " << capturing.output();
    }

    session::ClientOptions options;
    options.url = server.url();
    session::ClientSession client(network, sink, options);
    client.start();
    ASSERT_TRUE(waitForOpen(*sink, client.id()));
    // One at a time, so that there is one order; every length form, fragments, control frames.
    client.sendText("short");
    ASSERT_EQ(waitForMessages(*sink, client.id(), 1).size(), 1u);
    client.sendBinary(countingOctets(300));
    ASSERT_EQ(waitForMessages(*sink, client.id(), 2).size(), 2u);
    client.sendBinary(countingOctets(70'000));
    ASSERT_EQ(waitForMessages(*sink, client.id(), 3).size(), 3u);
    client.sendText("three fragments", 3);
    ASSERT_EQ(waitForMessages(*sink, client.id(), 4).size(), 4u);
    client.sendText("");
    ASSERT_EQ(waitForMessages(*sink, client.id(), 5).size(), 5u);
    client.ping();
    ASSERT_TRUE(waitForHeartbeat(*sink, client.id(), capture::HeartbeatKind::PongMatched));
    client.close(4002, "bye");
    ASSERT_TRUE(client.waitEnded(patience));

    const std::vector<Frame> ours = recorded(*sink, client.id());
    ASSERT_EQ(ours.size(), 18u);
    // What dumpcap has in its buffers reaches the file by and by.
    std::vector<Frame> theirs;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (theirs.size() < ours.size() && std::chrono::steady_clock::now() < deadline)
        theirs = dissect(folder.file(), server.port());
    EXPECT_EQ(theirs, ours) << capturing.output();
}

} // namespace
