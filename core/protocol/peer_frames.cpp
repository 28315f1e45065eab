// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_private.h"

#include <algorithm>
#include <utility>

namespace frameglass::protocol {

namespace {
std::uint16_t codeIn(OctetView closePayload)
{
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(closePayload[0]) << 8 |
                                      std::to_integer<unsigned>(closePayload[1]));
}

// At most twice what is there, so that an announced length alone never makes us allocate.
void makeRoom(Octets &payload, std::size_t more, std::uint64_t announced)
{
    const std::size_t needed = payload.size() + more;
    if (needed <= payload.capacity())
        return;
    const std::uint64_t generous = std::max<std::uint64_t>(needed, payload.capacity() * 2);
    payload.reserve(static_cast<std::size_t>(std::min(generous, announced)));
}
} // namespace

void Peer::Private::receiveFrames(OctetView octets)
{
    while (stage == Stage::Frames && !octets.empty()) {
        if (toSkip > 0) {
            const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(toSkip, octets.size()));
            toSkip -= size;
            receivedOffset += size;
            octets = octets.subspan(size);
            continue;
        }
        if (!inFrame) {
            octets = readHeader(octets);
            continue;
        }
        const std::uint64_t left = frame.header.payloadLength - frameReceived;
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, octets.size()));
        takePayload(octets.first(size));
        octets = octets.subspan(size);
        if (inFrame && frameReceived == frame.header.payloadLength)
            endFrame();
    }
    if (stage == Stage::Paused)
        append(waiting, octets);
}

OctetView Peer::Private::readHeader(OctetView octets)
{
    if (headerPartOctets == 0) {
        if (const auto parsed = parseFrameHeader(octets)) {
            beginFrame(parsed->header, parsed->octets);
            return octets.subspan(parsed->octets);
        }
    }
    const std::size_t before = headerPartOctets;
    const std::size_t size = std::min(octets.size(), headerPart.size() - before);
    std::copy_n(octets.begin(), size, headerPart.begin() + static_cast<std::ptrdiff_t>(before));
    const auto parsed = parseFrameHeader(OctetView(headerPart).first(before + size));
    if (!parsed) {
        headerPartOctets = before + size;
        return octets.subspan(size);
    }
    headerPartOctets = 0;
    beginFrame(parsed->header, parsed->octets);
    return octets.subspan(parsed->octets - before);
}

void Peer::Private::beginFrame(const FrameHeader &header, std::size_t headerOctets)
{
    frame = FrameEvent{Direction::Received, header, {}, receivedOffset};
    receivedOffset += headerOctets;
    inFrame = true;
    frameReceived = 0;
    frameAssembled = false;
    frameInflated = false;
    inflateCost = {};
    judgeHeader(header);

    const auto losesFraming = [](const Noted &n) { return !infoOf(n.violation).keepsFraming; };
    if (!noted.empty() && (!keepsGoing() || std::ranges::any_of(noted, losesFraming))) {
        const Violation first = noted.front().violation;
        emitFrame();
        failFor(first);
        return;
    }
    if (isTooBig(header)) {
        toSkip = header.payloadLength;
        emitFrame();
    } else if (header.payloadLength == 0) {
        endFrame();
    }
}

void Peer::Private::judgeHeader(const FrameHeader &header)
{
    const auto note = [this](Violation violation, std::string detail = {}) {
        noted.push_back({violation, std::move(detail)});
    };
    if (isServer() && !header.maskKey)
        note(Violation::MaskMissing);
    if (!isServer() && header.maskKey)
        note(Violation::MaskUnexpected, toHex(*header.maskKey));
    // RFC 7692 §6.1: once agreed, RSV1 means something on the first frame of a message, and nothing elsewhere.
    const bool startsMessage = header.is(Opcode::Text) || header.is(Opcode::Binary);
    const std::uint8_t known = deflate ? rsv1 : 0;
    if ((header.rsv & known) != 0 && !startsMessage && !header.isReservedOpcode())
        note(Violation::CompressedBitMisplaced, std::to_string(header.opcode));
    if ((header.rsv & ~known) != 0)
        note(Violation::ReservedBit, std::to_string(header.rsv));
    if (header.isReservedOpcode())
        note(Violation::ReservedOpcode, std::to_string(header.opcode));
    if ((header.payloadLength >> 63) != 0)
        note(Violation::LengthTopBitSet, std::to_string(header.payloadLength));
    if (header.lengthOctets > minimalLengthOctets(header.payloadLength))
        note(Violation::LengthNotMinimal, std::to_string(header.payloadLength));
    if (header.isControl() && !header.fin)
        note(Violation::ControlFragmented);
    if (header.isControl() && header.payloadLength > maximumControlPayload)
        note(Violation::ControlTooLong, std::to_string(header.payloadLength));
    if (!header.isControl() && closeReceived)
        note(Violation::DataAfterClose);
    if (isTooBig(header))
        note(Violation::FrameTooBig, std::to_string(header.payloadLength));
    if (!header.isControl() && !header.isReservedOpcode() && !closeReceived)
        beginData(header);
}

void Peer::Private::beginData(const FrameHeader &header)
{
    if (messageAbandoned && header.is(Opcode::Continuation)) {
        messageAbandoned = !header.fin;
        return;
    }
    messageAbandoned = false;
    const auto abandon = [&] {
        assembler.reset();
        messageAbandoned = !header.fin;
    };
    if (isTooBig(header)) {
        abandon();
        return;
    }
    auto violation = assembler.begin(header);
    if (violation == Violation::MessageInterleaved) {
        noted.push_back({*violation, std::to_string(header.opcode)});
        assembler.reset();
        violation = assembler.begin(header);
    }
    frameAssembled = !violation;
    frameInflated = frameAssembled && assembler.inflates();
    if (!violation)
        return;
    noted.push_back({*violation, violation == Violation::MessageTooBig ? std::to_string(header.payloadLength) : ""});
    if (*violation != Violation::ContinuationWithoutStart)
        abandon();
}

void Peer::Private::takePayload(OctetView octets)
{
    frameReceived += octets.size();
    receivedOffset += octets.size();
    Octets &payload = frame.payload;
    const std::size_t before = payload.size();
    makeRoom(payload, octets.size(), frame.header.payloadLength);
    if (frame.header.maskKey) {
        payload.resize(before + octets.size());
        copyMasked(std::span(payload).subspan(before), octets, *frame.header.maskKey, before);
    } else {
        append(payload, octets);
    }
    if (!frameAssembled)
        return;
    const OctetView fresh = OctetView(payload).subspan(before);
    std::optional<Violation> violation;
    assemble([&] { violation = assembler.payload(fresh); });
    if (!violation)
        return;
    notePayload(*violation);
    if (keepsGoing())
        return;
    // RFC 6455 §8.1; at the octet, wherever the reads were cut.
    if (!frameInflated) {
        const std::uint64_t messageBefore = assembler.octets() - payload.size();
        payload.resize(static_cast<std::size_t>(assembler.badOctetOffset() - messageBefore) + 1);
    }
    emitFrame();
    failFor(*violation);
}

void Peer::Private::notePayload(Violation violation)
{
    if (violation == Violation::InflateFailed) {
        noted.push_back({violation, std::string(assembler.inflateError())});
    } else if (violation == Violation::InflatedTooBig) {
        noted.push_back({violation, std::to_string(options.limits.inflatedOctets)});
    } else {
        const auto octet = assembler.badOctet();
        const std::string value = octet ? toHex(OctetView(&*octet, 1)) + ' ' : std::string();
        noted.push_back({violation, value + '@' + std::to_string(assembler.badOctetOffset())});
    }
}

void Peer::Private::endFrame()
{
    const FrameHeader header = frame.header;
    if (header.isControl()) {
        const Octets payload = frame.payload;
        endControl(header, payload);
        return;
    }
    MessageAssembler::Ended ended;
    if (frameAssembled)
        assemble([&] { ended = assembler.end(); });
    if (ended.violation)
        notePayload(*ended.violation);
    emitFrame();
    if (ended.violation && !keepsGoing())
        failFor(*ended.violation);
    else if (ended.message)
        emitMessage(std::move(*ended.message));
}

void Peer::Private::emitFrame()
{
    inFrame = false;
    std::shared_ptr<Inflated> inflated;
    if (std::exchange(frameInflated, false))
        inflated = std::make_shared<Inflated>(Inflated{assembler.takeInflated(), inflateCost});
    emit(FrameEvent{frame.direction, frame.header, std::exchange(frame.payload, {}), frame.streamOffset,
                    std::move(inflated)});
    for (const Noted &one : noted)
        emitViolation(Direction::Received, one.violation, frame.streamOffset, one.detail);
    noted.clear();
}

void Peer::Private::emitMessage(Message message)
{
    emit(MessageEvent{Direction::Received, message.opcode, message.octets, message.octetsMeant, message.fragments,
                      message.compressed, std::move(message.payload)});
}

std::optional<Violation> Peer::Private::judgeClose(OctetView payload) const
{
    if (payload.empty())
        return std::nullopt;
    if (payload.size() == 1)
        return Violation::ClosePayloadOneOctet;
    if (!isLegalOnTheWire(codeIn(payload)))
        return Violation::CloseCodeIllegal;
    if (!isValidUtf8(payload.subspan(2)))
        return Violation::CloseReasonInvalidUtf8;
    return std::nullopt;
}

void Peer::Private::endControl(const FrameHeader &header, const Octets &payload)
{
    const bool isClose = header.is(Opcode::Close) && !closeReceived;
    const std::optional<Violation> violation = isClose ? judgeClose(payload) : std::nullopt;
    if (violation) {
        const bool codeWrong = *violation == Violation::CloseCodeIllegal;
        noted.push_back({*violation, codeWrong ? std::to_string(codeIn(payload)) : toHex(payload)});
    }
    emitFrame();
    // RFC 6455 §5.5.2: answer each Ping unless a Close was received.
    if (header.is(Opcode::Ping) && options.autoPong && !closeReceived)
        sendControl(Opcode::Pong, payload);
    if (!isClose)
        return;
    const bool fails = violation && !keepsGoing();
    closeReceived = payload.size() < 2 ? CloseInfo{static_cast<std::uint16_t>(CloseCode::NoStatusReceived), {}}
                                       : CloseInfo{codeIn(payload), std::string(textOf(payload).substr(2))};
    if (fails)
        failFor(*violation);
    else
        closeArrived(payload);
}

// RFC 6455 §5.5.1: the answer echoes the code. §7.1.1: the server ends TCP first.
void Peer::Private::closeArrived(const Octets &payload)
{
    if (pauseAt(payload))
        return;
    change(Trigger::CloseFrameReceived);
    if (state == ConnectionState::CloseReceived) {
        if (payload.empty())
            sendClose(std::nullopt, {});
        else if (isLegalOnTheWire(closeReceived->code))
            sendClose(closeReceived->code, {});
        else
            sendClose(static_cast<std::uint16_t>(CloseCode::ProtocolError), {});
        return;
    }
    if (state == ConnectionState::CloseDone && isServer())
        halfClose();
}

void Peer::Private::frameCutShort()
{
    if (inFrame) {
        noted.push_back({Violation::FrameTruncated, std::to_string(frameReceived)});
        emitFrame();
    } else if (toSkip > 0) {
        emitViolation(Direction::Received, Violation::FrameTruncated, frame.streamOffset,
                      std::to_string(frame.header.payloadLength - toSkip));
    } else if (headerPartOctets > 0) {
        emitViolation(Direction::Received, Violation::FrameTruncated, receivedOffset,
                      toHex(OctetView(headerPart).first(headerPartOctets)));
    }
}

} // namespace frameglass::protocol
