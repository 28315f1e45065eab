// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_private.h"
#include "tls_sign.h"

#include <algorithm>
#include <utility>

namespace frameglass::protocol {

void Peer::Private::open(const HandshakeRequest &wanted)
{
    if (isServer() || opened || state != ConnectionState::Opening)
        return;
    opened = true;
    sendHead(HeadKind::Request, formatRequest(wanted));
}

void Peer::Private::accept(const HandshakeResponse &answer)
{
    if (stage != Stage::Waiting)
        return;
    HandshakeResponse switching = answer;
    switching.status = 101;
    const HeaderField *key = request->find("Sec-WebSocket-Key");
    sendHead(HeadKind::Response, formatResponse(switching, key ? key->value : std::string()));
    becomeOpen(answer.subprotocol, answer.extensions);
}

void Peer::Private::refuse(const HandshakeResponse &answer)
{
    if (stage != Stage::Waiting)
        return;
    const HeaderField *key = request->find("Sec-WebSocket-Key");
    sendHead(HeadKind::Response, formatResponse(answer, key ? key->value : std::string()));
    change(Trigger::HandshakeFailed);
    halfClose();
}

void Peer::Private::answerRaw(OctetView octets, bool established)
{
    if (stage != Stage::Waiting)
        return;
    sendHead(HeadKind::Response, octets);
    if (!established) {
        change(Trigger::HandshakeFailed);
        halfClose();
        return;
    }
    std::optional<std::string> subprotocol;
    std::vector<Extension> extensions;
    if (response) {
        if (const HeaderField *field = response->find("Sec-WebSocket-Protocol"))
            subprotocol = field->value;
        extensions = extensionsOf(*response);
    }
    becomeOpen(std::move(subprotocol), std::move(extensions));
}

// What we send is read back by the same reader as what we receive, so that both heads of a connection are known alike.
void Peer::Private::sendHead(HeadKind kind, OctetView octets)
{
    append(outputOctets(), octets);
    Limits own;
    own.headOctets = octets.size();
    own.headLines = octets.size();
    HttpHeadReader reader(kind, own);
    const std::size_t size = reader.feed(octets);
    if (!reader.done()) {
        emit(PartialHead{Direction::Sent, kind, copyOf(octets)});
        return;
    }
    auto head = std::make_shared<const HttpHead>(reader.take());
    (kind == HeadKind::Request ? request : response) = head;
    emit(HeadEvent{Direction::Sent, std::move(head)});
    if (size < octets.size())
        emit(BodyEvent{Direction::Sent, copyOf(octets.subspan(size)), 0});
}

void Peer::Private::becomeOpen(std::optional<std::string> subprotocol, std::vector<Extension> extensions)
{
    const auto offered = request ? std::optional(extensionsOf(*request)) : std::nullopt;
    agreeOn(deflateAgreement(extensions, offered ? &*offered : nullptr));
    change(Trigger::HandshakeSucceeded);
    stage = Stage::Frames;
    emit(Established{std::move(subprotocol), std::move(extensions)});
    receiveFrames(std::exchange(waiting, {}));
    if (inputEnded && stage != Stage::Paused) {
        endOfInput();
        endTransport();
    }
}

void Peer::Private::agreeOn(const std::optional<DeflateAgreement> &agreement)
{
    deflate = agreement;
    deflater.reset();
    if (!deflate) {
        assembler.inflateNothing();
        return;
    }
    assembler.inflateWith(isServer() ? deflate->client : deflate->server);
    if (takesPart())
        deflater.emplace(isServer() ? deflate->server : deflate->client);
}

void Peer::Private::observeResponse(HttpHead head)
{
    if (!isServer() || takesPart() || !request)
        return;
    response = std::make_shared<const HttpHead>(std::move(head));
    const auto offered = extensionsOf(*request);
    agreeOn(deflateAgreement(extensionsOf(*response), &offered));
}

void Peer::Private::receive(OctetView octets)
{
    if (inputEnded)
        return;
    while (stage == Stage::Head && !octets.empty())
        octets = receiveHead(octets);
    if (octets.empty())
        return;
    switch (stage) {
    case Stage::Waiting: keepWaiting(octets); break;
    case Stage::Body: receiveBody(octets); break;
    case Stage::Frames: receiveFrames(octets); break;
    case Stage::Paused: append(waiting, octets); break;
    case Stage::Head:
    case Stage::Ignored: break;
    }
}

OctetView Peer::Private::receiveHead(OctetView octets)
{
    // The sign is looked at by itself, so that what came with it in one read changes nothing.
    const std::size_t had = headReader.octets().size();
    const bool signOnly = had < tlsSignOctets;
    const OctetView next = signOnly ? octets.first(std::min(octets.size(), tlsSignOctets - had)) : octets;
    const OctetView rest = octets.subspan(headReader.feed(next));
    if (const auto violation = headReader.failed())
        headFailed(*violation);
    else if (signOnly && isTlsRecord(headReader.octets())) // who spoke TLS waits for TLS: both would wait for a limit
        headFailed(Violation::HeadIsTls);
    else if (headReader.done())
        headArrived(headReader.take());
    return rest;
}

void Peer::Private::headArrived(HttpHead head)
{
    auto shared = std::make_shared<const HttpHead>(std::move(head));
    (isServer() ? request : response) = shared;
    emit(HeadEvent{Direction::Received, std::move(shared)});
    if (isServer())
        requestArrived();
    else
        responseArrived();
}

void Peer::Private::emitFaults(const std::vector<HandshakeFault> &faults)
{
    for (const HandshakeFault &fault : faults)
        emitViolation(Direction::Received, fault.violation, fault.offset, fault.detail);
}

void Peer::Private::requestArrived()
{
    std::vector<HandshakeFault> faults = judgeRequest(*request);
    emitFaults(faults);
    emitOfferFaults();
    if (!takesPart()) {
        becomeOpen(std::nullopt, {});
        // What is read with the largest window and all context is right whatever was agreed.
        const auto offers = extensionsOf(*request);
        if (std::ranges::find(offers, permessageDeflate, &Extension::name) != offers.end())
            agreeOn(DeflateAgreement{});
        return;
    }
    stage = Stage::Waiting;
    emit(RequestArrived{std::move(faults)});
}

// RFC 7692 §7.1: an illegal offer is declined, which refuses nothing.
void Peer::Private::emitOfferFaults()
{
    const HeaderField *field = request->find("Sec-WebSocket-Extensions");
    for (const Extension &extension : extensionsOf(*request)) {
        if (extension.name != permessageDeflate)
            continue;
        if (const auto fault = parseDeflate(extension, DeflateSide::Offer).fault)
            emitViolation(Direction::Received, Violation::DeflateOfferInvalid, field->offset, *fault);
    }
}

std::vector<HandshakeFault> Peer::Private::judgedResponse() const
{
    if (request)
        return judgeResponse(*request, *response);
    // A response to nothing answers no key.
    return takesPart() ? judgeResponse(HttpHead{}, *response) : judgeResponse(*response);
}

void Peer::Private::responseArrived()
{
    if (response->status >= 100 && response->status < 200 && response->status != 101) {
        // All heads of the answer share one limit, or there could be interim ones without end.
        headLimits.headOctets -= std::min(headLimits.headOctets, response->raw.size());
        headLimits.headLines -= std::min(headLimits.headLines, response->fields.size());
        headReader = HttpHeadReader(HeadKind::Response, headLimits);
        return;
    }
    const std::vector<HandshakeFault> faults = judgedResponse();
    emitFaults(faults);
    const bool switched = response->status == 101;
    if (faults.empty() || (switched && keepsGoing())) {
        std::optional<std::string> subprotocol;
        if (const HeaderField *field = response->find("Sec-WebSocket-Protocol"))
            subprotocol = field->value;
        becomeOpen(std::move(subprotocol), extensionsOf(*response));
        return;
    }
    body.emplace(*response);
    if (switched || body->ended()) {
        change(Trigger::HandshakeFailed);
        endTransport();
    }
    if (switched || !body->ended())
        stage = Stage::Body;
}

void Peer::Private::receiveBody(OctetView octets)
{
    // After a 101 there is no body: whatever follows is kept to show what the server took for one.
    const bool switched = response->status == 101;
    const OctetView mine = switched ? octets : octets.first(body->feed(octets));
    const auto room = static_cast<std::size_t>(options.limits.bodyOctets - bodyKept);
    const OctetView kept = mine.first(std::min(mine.size(), room));
    bodyKept += kept.size();
    if (!mine.empty())
        emit(BodyEvent{Direction::Received, copyOf(kept), mine.size() - kept.size()});
    if (!switched && body->ended()) {
        change(Trigger::HandshakeFailed);
        endTransport();
    }
}

// RFC 6455 §4.1: a client sends nothing before the answer. What comes with the request is kept within a limit.
void Peer::Private::keepWaiting(OctetView octets)
{
    if (octets.size() <=
        options.limits.queuedOutputOctets - std::min(waiting.size(), options.limits.queuedOutputOctets)) {
        append(waiting, octets);
        return;
    }
    emitViolation(Direction::Received, Violation::HeadTooLarge, request->raw.size(), {});
    refuse(refusalFor(*request, {{Violation::HeadTooLarge, {}, {}}}));
}

void Peer::Private::headFailed(Violation violation)
{
    emit(PartialHead{Direction::Received, isServer() ? HeadKind::Request : HeadKind::Response, headReader.octets()});
    emitViolation(Direction::Received, violation, violation == Violation::HeadIsTls ? 0 : headReader.octets().size(),
                  {});
    if (!isServer() || !speaks() || transportEnding) {
        change(violation == Violation::HeadTruncated ? Trigger::TransportEnded : Trigger::HandshakeFailed);
        endTransport();
        return;
    }
    const HttpHead seen = parseHead(HeadKind::Request, headReader.octets());
    sendHead(HeadKind::Response, formatResponse(refusalFor(seen, {{violation, {}, {}}}), {}));
    change(Trigger::HandshakeFailed);
    halfClose();
}

void Peer::Private::headEnded()
{
    if (!headReader.empty())
        headFailed(Violation::HeadTruncated);
}

} // namespace frameglass::protocol
