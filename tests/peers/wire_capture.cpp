// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire_capture.h"

#include <nlohmann/json.hpp>

#include <unistd.h>

namespace frameglass::peers {

namespace {

using Json = nlohmann::json;

std::uint64_t number(const Json &layer, const char *field)
{
    return std::stoull(layer.at(field).get<std::string>());
}

bool flag(const Json &layer, const char *field)
{
    const auto text = layer.at(field).get<std::string>();
    return text == "1" || text == "True";
}

WireFrame frameOf(const Json &layer)
{
    WireFrame frame;
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

std::vector<WireFrame> framesOf(const Json &packets)
{
    std::vector<WireFrame> frames;
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

std::vector<WireFrame> dissect(const Command &reader)
{
    const PeerProcess tshark(reader);
    tshark.waitForExit();
    std::string text = tshark.output();
    // Notes about running as root may stand before the array.
    if (const auto start = text.find("\n["); start != std::string::npos)
        text.erase(0, start);
    const Json packets = Json::parse(text, nullptr, false);
    return packets.is_array() ? framesOf(packets) : std::vector<WireFrame>{};
}

std::filesystem::path madeFolder()
{
    std::string name = (std::filesystem::temp_directory_path() / "frameglass-tshark-XXXXXX").string();
    if (!::mkdtemp(name.data()))
        throw std::runtime_error("mkdtemp");
    // dumpcap drops root's rights before it opens its file.
    std::filesystem::permissions(name, std::filesystem::perms::all);
    return name;
}

} // namespace

std::ostream &operator<<(std::ostream &out, const WireFrame &frame)
{
    return out << "opcode " << frame.opcode << " fin " << frame.fin << " length " << frame.length << " masked "
               << frame.masked;
}

std::vector<WireFrame> recordedFrames(const WaitableSink &sink, capture::ConnectionId connection)
{
    std::vector<WireFrame> frames;
    for (const capture::Record &record : sink.records(connection)) {
        if (const auto *frame = capture::as<capture::FrameRecord>(record))
            frames.push_back({frame->header.fin, frame->header.opcode, frame->header.payloadLength,
                              frame->header.maskKey.has_value()});
    }
    return frames;
}

WireCapture::WireCapture(std::uint16_t port)
    : m_folder(madeFolder()), m_port(port), m_command(dumpcap((m_folder / "run.pcapng").string(), port))
{
    if (!m_command.missing.empty())
        return;
    m_dumpcap = std::make_unique<PeerProcess>(m_command);
    // dumpcap names its file once it captures.
    m_capturing =
        m_dumpcap->waitForLine([](const std::string &line) { return line.starts_with("File: "); }).has_value();
}

WireCapture::~WireCapture()
{
    m_dumpcap.reset();
    std::error_code ignored;
    std::filesystem::remove_all(m_folder, ignored);
}

std::string WireCapture::output() const
{
    return m_dumpcap ? m_dumpcap->output() : std::string();
}

std::vector<WireFrame> WireCapture::frames(std::size_t count, const std::string &keyLog) const
{
    const auto reader = tsharkReader((m_folder / "run.pcapng").string(), m_port, keyLog);
    std::vector<WireFrame> found;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (found.size() < count && std::chrono::steady_clock::now() < deadline)
        found = dissect(reader);
    return found;
}

} // namespace frameglass::peers
