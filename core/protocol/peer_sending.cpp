// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_private.h"

#include <algorithm>
#include <utility>

namespace frameglass::protocol {

namespace {
/// The longest start of `text` that is UTF-8, ends at a character and has at most `limit` octets.
std::string_view fitting(std::string_view text, std::size_t limit)
{
    text = text.substr(0, limit);
    Utf8Validator validator;
    text = text.substr(0, validator.feed(viewOf(text)));
    while (!isValidUtf8(viewOf(text)))
        text.remove_suffix(1);
    return text;
}
} // namespace

bool Peer::Private::sendMessage(Opcode opcode, OctetView payload, std::uint32_t fragments)
{
    if (state != ConnectionState::Open || sending || !speaks())
        return false;
    fragments = std::max<std::uint32_t>(fragments, 1);
    const std::size_t share = payload.size() / fragments;
    const std::size_t longer = payload.size() % fragments; // so many fragments carry one octet more
    std::size_t at = 0;
    std::uint64_t sent = 0;
    for (std::uint32_t i = 0; i < fragments; ++i) {
        const std::size_t size = share + (i < longer ? 1 : 0);
        sent += sendFrame(i == 0 ? opcode : Opcode::Continuation, i + 1 == fragments, payload.subspan(at, size));
        at += size;
    }
    if (fragments > 1 || options.reportSentMessages) {
        const bool joined = fragments > 1 && options.deliverMessages;
        emit(MessageEvent{Direction::Sent, opcode, sent, payload.size(), fragments, deflating,
                          joined ? copyOf(payload) : Octets()});
    }
    return true;
}

bool Peer::Private::sendFragment(Opcode opcode, bool fin, OctetView payload)
{
    const bool continues = opcode == Opcode::Continuation;
    const bool isData = continues || opcode == Opcode::Text || opcode == Opcode::Binary;
    if (state != ConnectionState::Open || !speaks() || !isData || continues != sending.has_value())
        return false;
    if (!continues) {
        sending.emplace();
        sending->opcode = opcode;
    }
    sending->octets += sendFrame(opcode, fin, payload);
    sending->octetsMeant += payload.size();
    ++sending->fragments;
    if (options.deliverMessages && (sending->fragments > 1 || !fin))
        append(sending->payload, payload);
    if (!fin)
        return true;
    Message message = std::move(*sending);
    sending.reset();
    if (message.fragments > 1 || options.reportSentMessages)
        emit(MessageEvent{Direction::Sent, message.opcode, message.octets, message.octetsMeant, message.fragments,
                          deflating, std::move(message.payload)});
    return true;
}

bool Peer::Private::sendControl(Opcode opcode, OctetView payload)
{
    // RFC 6455 §5.5.1 forbids only data after our Close; a Pong is still owed until the peer's Close arrives.
    const bool stands = state == ConnectionState::Open || state == ConnectionState::CloseSent;
    if (!stands || !speaks() || payload.size() > maximumControlPayload)
        return false;
    sendFrame(opcode, true, payload);
    return true;
}

bool Peer::Private::sendClose(std::optional<std::uint16_t> code, std::string_view reason)
{
    if ((state != ConnectionState::Open && state != ConnectionState::CloseReceived) || !speaks())
        return false;
    Octets payload;
    if (code) {
        payload = {static_cast<std::byte>(*code >> 8), static_cast<std::byte>(*code & 0xFF)};
        append(payload, viewOf(fitting(reason, maximumReasonOctets)));
    }
    sendFrame(Opcode::Close, true, payload);
    closeFrameSent(payload);
    return true;
}

bool Peer::Private::sendRaw(const RawFrame &raw)
{
    const bool stands = state != ConnectionState::Opening && !isFinal(state) && !halfClosed && !transportEnding;
    if (!stands || !speaks())
        return false;
    Octets written;
    appendFrameHeader(written, raw.header);
    writeFrame(parseFrameHeader(written)->header, copyOf(raw.payload));
    if (raw.header.is(Opcode::Close) && raw.payload.size() == raw.header.payloadLength)
        closeFrameSent(raw.payload);
    return true;
}

std::uint64_t Peer::Private::sendFrame(Opcode opcode, bool fin, OctetView payload)
{
    FrameHeader header;
    header.fin = fin;
    header.opcode = static_cast<std::uint8_t>(opcode);
    if (!header.isControl() && !header.is(Opcode::Continuation))
        deflating = deflater.has_value();
    if (!isServer())
        header.maskKey = options.maskSource ? options.maskSource() : MaskKey{};
    auto meant = header.isControl() || !deflating ? nullptr : compress(payload, fin);
    if (meant && !header.is(Opcode::Continuation)) // RFC 7692 §6.1: the first frame says so for the whole message
        header.rsv = rsv1;
    const OctetView sent = meant ? OctetView(deflated) : payload;
    header.payloadLength = sent.size();
    header.lengthOctets = minimalLengthOctets(header.payloadLength);
    writeFrame(header, copyOf(sent), std::move(meant));
    return header.payloadLength;
}

/// Leaves the compressed octets in `deflated`. Nothing where they go as they are.
std::shared_ptr<Inflated> Peer::Private::compress(OctetView payload, bool fin)
{
    auto meant = std::make_shared<Inflated>();
    bool done = false;
    deflated.clear();
    meant->cost = timed([&] { done = deflater->append(payload, fin, deflated); });
    if (!done) { // no memory, which shows with the first octet of all: the message goes as it is
        deflater.reset();
        deflating = false;
        return nullptr;
    }
    meant->payload = copyOf(payload);
    return meant;
}

void Peer::Private::writeFrame(const FrameHeader &header, Octets payload, std::shared_ptr<Inflated> meant)
{
    Octets &out = outputOctets();
    const std::size_t before = out.size();
    appendFrameHeader(out, header);
    if (header.maskKey) {
        const std::size_t from = out.size();
        out.resize(from + payload.size());
        copyMasked(std::span(out).subspan(from), payload, *header.maskKey);
    } else {
        append(out, payload);
    }
    emit(FrameEvent{Direction::Sent, header, std::move(payload), sentOffset, std::move(meant)});
    sentOffset += out.size() - before;
}

void Peer::Private::closeFrameSent(OctetView payload)
{
    if (closeSent)
        return;
    if (payload.size() < 2)
        closeSent = CloseInfo{static_cast<std::uint16_t>(CloseCode::NoStatusReceived), {}};
    else
        closeSent = CloseInfo{static_cast<std::uint16_t>(std::to_integer<unsigned>(payload[0]) << 8 |
                                                         std::to_integer<unsigned>(payload[1])),
                              std::string(textOf(payload).substr(2))};
    change(Trigger::CloseFrameSent);
    if (state == ConnectionState::CloseDone && isServer())
        halfClose();
}

} // namespace frameglass::protocol
