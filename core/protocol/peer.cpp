// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_private.h"

#include <algorithm>
#include <utility>

namespace frameglass::protocol {

namespace {
constexpr std::size_t maximumDetailOctets = 200;

std::string printable(std::string_view detail)
{
    std::string text;
    for (const char c : detail.substr(0, maximumDetailOctets)) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet < 0x20 || octet >= 0x7F)
            text += "\\x" + toHex(viewOf({&c, 1}));
        else
            text += c;
    }
    return text;
}

MessageAssembler::Keep keepFor(const PeerOptions &options)
{
    return options.deliverMessages ? MessageAssembler::Keep::Fragmented : MessageAssembler::Keep::Nothing;
}
} // namespace

Peer::Private::Private(PeerOptions given)
    : options(std::move(given)), headLimits(options.limits),
      headReader(options.role == Role::Server ? HeadKind::Request : HeadKind::Response, options.limits),
      assembler(options.limits, keepFor(options))
{}

void Peer::Private::change(Trigger trigger)
{
    const auto next = after(state, trigger);
    if (!next)
        return;
    emit(StateEvent{state, *next, trigger});
    state = *next;
    if (isFinal(state))
        stage = Stage::Ignored;
}

void Peer::Private::emitViolation(Direction direction, Violation violation, std::uint64_t offset,
                                  std::string_view detail)
{
    emit(ViolationEvent{direction, violation, offset, printable(detail)});
}

Octets &Peer::Private::outputOctets()
{
    if (output.empty() || !std::holds_alternative<SendOctets>(output.back()))
        output.emplace_back(SendOctets{});
    return std::get<SendOctets>(output.back()).octets;
}

void Peer::Private::halfClose()
{
    if (!takesPart() || transportEnding)
        return;
    if (inputEnded) {
        endTransport();
        return;
    }
    if (!std::exchange(halfClosed, true))
        output.emplace_back(HalfClose{});
}

void Peer::Private::endTransport()
{
    if (!takesPart() || std::exchange(transportEnding, true))
        return;
    output.emplace_back(EndTransport{});
}

// RFC 6455 §7.1.7: a Close frame with the code where one may still be sent, then the connection. FIN instead of a full
// end, so that unread input does not make the system reset the connection and take the Close frame with it.
void Peer::Private::failFor(Violation violation)
{
    if (pauseAt(violation))
        return;
    const auto code = closeCodeFor(violation);
    if (code && isLegalOnTheWire(static_cast<std::uint16_t>(*code)))
        sendClose(static_cast<std::uint16_t>(*code), infoOf(violation).id);
    change(Trigger::FailedByUs);
    stage = Stage::Ignored;
    halfClose();
}

bool Peer::Private::pauseAt(std::variant<Violation, Octets> end)
{
    if (!options.pausesBeforeEnd || stage != Stage::Frames || state != ConnectionState::Open)
        return false;
    pausedAt = std::move(end);
    stage = Stage::Paused;
    return true;
}

bool Peer::Private::proceed()
{
    if (stage != Stage::Paused)
        return false;
    if (const auto *violation = std::get_if<Violation>(&pausedAt))
        failFor(*violation);
    else
        closeArrived(std::get<Octets>(pausedAt));
    if (stage == Stage::Paused) {
        stage = Stage::Frames;
        receiveFrames(std::exchange(waiting, {}));
    }
    if (inputEnded) {
        endOfInput();
        endTransport();
    }
    return true;
}

void Peer::Private::endOfInput()
{
    switch (stage) {
    case Stage::Head: headEnded(); break;
    case Stage::Body: change(Trigger::HandshakeFailed); break;
    case Stage::Frames: frameCutShort(); break;
    case Stage::Waiting:
    case Stage::Paused:
    case Stage::Ignored: break;
    }
    change(Trigger::TransportEnded);
}

void Peer::Private::receiveEnd()
{
    if (inputEnded || transportEnding)
        return;
    inputEnded = true;
    // Our answer to a request, or to what paused us, may still go out.
    if (stage == Stage::Waiting || stage == Stage::Paused)
        return;
    endOfInput();
    endTransport();
}

void Peer::Private::transportEnded()
{
    transportEnding = true;
    inputEnded = true;
    endOfInput();
}

Peer::Peer(PeerOptions options) : d(std::make_unique<Private>(std::move(options))) {}

Peer::~Peer() = default;
Peer::Peer(Peer &&) noexcept = default;
Peer &Peer::operator=(Peer &&) noexcept = default;

void Peer::open(const HandshakeRequest &request)
{
    d->open(request);
}

void Peer::observeRequest(HttpHead request)
{
    d->request = std::make_shared<const HttpHead>(std::move(request));
}

void Peer::observeResponse(HttpHead response)
{
    d->observeResponse(std::move(response));
}

void Peer::accept(const HandshakeResponse &response)
{
    d->accept(response);
}

void Peer::refuse(const HandshakeResponse &response)
{
    d->refuse(response);
}

void Peer::answerRaw(OctetView octets, bool established)
{
    d->answerRaw(octets, established);
}

void Peer::receive(OctetView octets)
{
    d->receive(octets);
}

bool Peer::proceed()
{
    return d->proceed();
}

void Peer::receiveEnd()
{
    d->receiveEnd();
}

void Peer::transportEnded()
{
    d->transportEnded();
}

bool Peer::sendText(std::string_view text, std::uint32_t fragments)
{
    return isValidUtf8(viewOf(text)) && d->sendMessage(Opcode::Text, viewOf(text), fragments);
}

bool Peer::sendBinary(OctetView payload, std::uint32_t fragments)
{
    return d->sendMessage(Opcode::Binary, payload, fragments);
}

bool Peer::sendFragment(Opcode opcode, bool fin, OctetView payload)
{
    return d->sendFragment(opcode, fin, payload);
}

bool Peer::ping(OctetView payload)
{
    return d->state == ConnectionState::Open && d->sendControl(Opcode::Ping, payload);
}

bool Peer::pong(OctetView payload)
{
    return d->sendControl(Opcode::Pong, payload);
}

bool Peer::close(std::optional<std::uint16_t> code, std::string_view reason)
{
    if (code && !isLegalOnTheWire(*code))
        return false;
    return d->sendClose(code, reason);
}

bool Peer::sendRaw(const RawFrame &frame)
{
    return d->sendRaw(frame);
}

void Peer::fail(CloseCode code, std::string_view reason)
{
    if (isLegalOnTheWire(static_cast<std::uint16_t>(code)))
        d->sendClose(static_cast<std::uint16_t>(code), reason);
    d->change(d->state == ConnectionState::CloseDone ? Trigger::TransportEnded : Trigger::FailedByUs);
    d->endTransport();
}

void Peer::halfClose()
{
    d->halfClose();
}

void Peer::setAutoPong(bool on)
{
    d->options.autoPong = on;
}

std::vector<PeerOutput> Peer::takeOutput()
{
    return std::exchange(d->output, {});
}

std::vector<PeerEvent> Peer::takeEvents()
{
    if (!d->events.empty())
        d->expectedEvents = d->events.size();
    return std::exchange(d->events, {});
}

ConnectionState Peer::state() const
{
    return d->state;
}

Role Peer::role() const
{
    return d->options.role;
}

Reading Peer::reading() const
{
    return d->options.reading;
}

const HttpHead *Peer::request() const
{
    return d->request.get();
}

const HttpHead *Peer::response() const
{
    return d->response.get();
}

const std::optional<DeflateAgreement> &Peer::deflate() const
{
    return d->deflate;
}

const std::optional<Peer::CloseInfo> &Peer::closeReceived() const
{
    return d->closeReceived;
}

const std::optional<Peer::CloseInfo> &Peer::closeSent() const
{
    return d->closeSent;
}

} // namespace frameglass::protocol
