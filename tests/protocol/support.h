// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/peer.h"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace frameglass::protocol {

inline Octets fromHex(std::string_view hex)
{
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    Octets octets;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        octets.push_back(static_cast<std::byte>(digit(hex[i]) << 4 | digit(hex[i + 1])));
    return octets;
}

inline Octets operator+(Octets a, const Octets &b)
{
    append(a, b);
    return a;
}

/// Events as lines of text, so that a failing test shows them and two runs can be compared. Body events, whose cuts are
/// those of the reads, are joined.
inline std::vector<std::string> linesOf(const std::vector<PeerEvent> &events)
{
    const auto side = [](Direction d) { return d == Direction::Sent ? std::string("> ") : std::string("< "); };
    std::vector<std::string> lines;
    bool joinBody = false;
    for (const PeerEvent &event : events) {
        const bool isBody = std::holds_alternative<BodyEvent>(event);
        if (const auto *head = std::get_if<HeadEvent>(&event)) {
            lines.push_back(side(head->direction) + "head " + head->head->startLine);
        } else if (const auto *part = std::get_if<PartialHead>(&event)) {
            lines.push_back(side(part->direction) + "partial head " + toHex(part->raw));
        } else if (const auto *body = std::get_if<BodyEvent>(&event)) {
            if (!joinBody)
                lines.push_back(side(body->direction) + "body ");
            lines.back() += toHex(body->octets);
        } else if (const auto *frame = std::get_if<FrameEvent>(&event)) {
            const FrameHeader &h = frame->header;
            lines.push_back(side(frame->direction) + "frame " + (h.fin ? "fin " : "") + "rsv" + std::to_string(h.rsv) +
                            " op" + std::to_string(h.opcode) + " len" + std::to_string(h.payloadLength) + "/" +
                            std::to_string(h.lengthOctets) + " @" + std::to_string(frame->streamOffset) + " " +
                            (frame->payload.size() > 200 ? std::to_string(frame->payload.size()) + " octets"
                                                         : toHex(frame->payload)));
            if (frame->inflated)
                lines.back() += " meant " + std::to_string(frame->inflated->payload.size()) + " " +
                                toHex(OctetView(frame->inflated->payload)
                                          .first(std::min<std::size_t>(200, frame->inflated->payload.size())));
        } else if (const auto *message = std::get_if<MessageEvent>(&event)) {
            lines.push_back(side(message->direction) + "message op" +
                            std::to_string(static_cast<int>(message->opcode)) + " " + std::to_string(message->octets) +
                            (message->compressed ? " meant " + std::to_string(message->octetsMeant) : "") + " in " +
                            std::to_string(message->fragments) + " " + toHex(message->payload));
        } else if (const auto *state = std::get_if<StateEvent>(&event)) {
            lines.push_back("state " + std::string(nameOf(state->from)) + " " + std::string(nameOf(state->trigger)) +
                            " " + std::string(nameOf(state->to)));
        } else if (const auto *violation = std::get_if<ViolationEvent>(&event)) {
            lines.push_back(side(violation->direction) + "violation " + std::string(infoOf(violation->violation).id) +
                            " @" + std::to_string(violation->streamOffset) + " " + violation->detail);
        } else if (const auto *request = std::get_if<RequestArrived>(&event)) {
            lines.push_back("request with " + std::to_string(request->faults.size()) + " faults");
        } else if (const auto *established = std::get_if<Established>(&event)) {
            lines.push_back("established " + established->subprotocol.value_or("-") + " " +
                            formatExtensions(established->extensions));
        }
        joinBody = isBody;
    }
    return lines;
}

/// What went out, as one text: octets in hexadecimal, "FIN" and "END".
inline std::string textOf(const std::vector<PeerOutput> &outputs)
{
    std::string text;
    for (const PeerOutput &output : outputs) {
        if (const auto *octets = std::get_if<SendOctets>(&output))
            text += toHex(octets->octets);
        else
            text += std::holds_alternative<HalfClose>(output) ? " FIN" : " END";
    }
    return text;
}

/// A peer with everything it said, driven the way a session does: after each call output, then events.
class Driven
{
public:
    explicit Driven(PeerOptions options) : peer(withKeys(std::move(options))) {}

    void drain()
    {
        for (PeerOutput &output : peer.takeOutput())
            outputs.push_back(std::move(output));
        const bool answers = acceptAll && peer.role() == Role::Server;
        std::optional<std::vector<HandshakeFault>> faults;
        for (PeerEvent &event : peer.takeEvents()) {
            if (const auto *arrived = std::get_if<RequestArrived>(&event))
                faults = arrived->faults;
            events.push_back(std::move(event));
        }
        if (!answers || !faults)
            return;
        if (refuseFaults && !faults->empty())
            peer.refuse(refusalFor(*peer.request(), *faults));
        else
            peer.accept(answer());
        drain();
    }

    void receive(OctetView octets)
    {
        peer.receive(octets);
        drain();
        while (peer.proceed())
            drain();
    }

    void end()
    {
        peer.receiveEnd();
        drain();
    }

    std::vector<std::string> lines() const { return linesOf(events); }
    /// The same for runs with other cuts: of a compressed frame the header alone, since an endpoint that fails inside
    /// one keeps as much of it as had arrived. It cannot be told which of its octets made the wrong character.
    std::vector<std::string> linesWhateverTheCuts() const
    {
        auto all = lines();
        for (std::string &line : all)
            if (line.starts_with("< frame") && line.find(" meant ") != std::string::npos)
                line.erase(line.find(" @"));
        return all;
    }
    std::string sent() const { return textOf(outputs); }

    bool saw(Violation violation) const
    {
        for (const PeerEvent &event : events)
            if (const auto *v = std::get_if<ViolationEvent>(&event); v && v->violation == violation)
                return true;
        return false;
    }

    Peer peer;
    std::vector<PeerOutput> outputs;
    std::vector<PeerEvent> events;
    bool acceptAll = true;     ///< answers each request at once
    bool agreeDeflate = false; ///< to the first legal offer of permessage-deflate
    bool refuseFaults = false; ///< with a refusal where it has faults, as a server session does

private:
    HandshakeResponse answer() const
    {
        HandshakeResponse response;
        const auto offers = parseExtensions(peer.request()->joined("Sec-WebSocket-Extensions")).items;
        if (const auto agreed = agreeDeflate ? answerDeflate(offers, {}) : std::nullopt)
            response.extensions = {extensionOf(*agreed)};
        return response;
    }

    static PeerOptions withKeys(PeerOptions options)
    {
        if (!options.maskSource)
            options.maskSource = [n = 0]() mutable {
                ++n;
                return MaskKey{std::byte(n), std::byte{2}, std::byte{3}, std::byte{4}};
            };
        return options;
    }
};

inline HandshakeRequest sampleHandshake(std::string_view key)
{
    HandshakeRequest request;
    request.host = "server.example.com";
    request.target = "/chat";
    request.key = key;
    request.subprotocols = {"chat", "superchat"};
    return request;
}

/// A frame as octets.
inline Octets frameOctets(unsigned firstOctet, OctetView payload, std::optional<MaskKey> key = std::nullopt)
{
    FrameHeader header;
    header.fin = (firstOctet & 0x80) != 0;
    header.rsv = firstOctet >> 4 & 7;
    header.opcode = firstOctet & 0xF;
    header.payloadLength = payload.size();
    header.maskKey = key;
    Octets octets;
    appendFrameHeader(octets, header);
    const std::size_t from = octets.size();
    append(octets, payload);
    if (key)
        applyMask(std::span(octets).subspan(from), *key);
    return octets;
}

inline constexpr MaskKey sampleMask = {std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};

} // namespace frameglass::protocol
