// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_json.h"

#include "core/protocol/utf8.h"
#include "record_kind.h"

#include <nlohmann/json.hpp>

namespace frameglass::capture {

namespace {

using Json = nlohmann::ordered_json;

Json textJson(const std::string &text)
{
    const OctetView octets = protocol::viewOf(text);
    if (protocol::isValidUtf8(octets))
        return text;
    return Json{{"octets_hex", protocol::toHex(octets)}};
}

Json textsJson(const std::vector<std::string> &texts)
{
    Json result = Json::array();
    for (const std::string &text : texts)
        result.push_back(textJson(text));
    return result;
}

template<typename T>
void putOptional(Json &to, const char *key, const std::optional<T> &value)
{
    if (!value)
        return;
    if constexpr (std::is_same_v<T, Nanoseconds>)
        to[key] = value->count();
    else
        to[key] = *value;
}

/// What the system said about a failure; both members only where there was one.
void putError(Json &to, int error, const std::string &message)
{
    if (error != 0)
        to["error"] = error;
    if (!message.empty())
        to["message"] = textJson(message);
}

struct Writer
{
    Bulk bulk;

    void putBulk(Json &to, const char *key, const Octets &octets) const
    {
        if (bulk == Bulk::Include)
            to[key] = protocol::toHex(octets);
    }

    Json operator()(const ConnectionStarted &r) const
    {
        Json j = {{"vantage", nameOf(r.vantage)}, {"url", textJson(r.url)}};
        if (!r.label.empty())
            j["label"] = textJson(r.label);
        putOptional(j, "listener", r.listener);
        j["attempt"] = r.attempt;
        putOptional(j, "series", r.series);
        j["offered_subprotocols"] = textsJson(r.offeredSubprotocols);
        j["auto_pong"] = r.autoPong;
        putOptional(j, "ping_interval_ns", r.pingInterval);
        putOptional(j, "ping_timeout_ns", r.pingTimeout);
        return j;
    }

    Json operator()(const StageChanged &r) const
    {
        Json j = {{"stage", nameOf(r.stage)}, {"outcome", nameOf(r.outcome)}, {"elapsed_ns", r.elapsed.count()}};
        putError(j, r.error, r.message);
        return j;
    }

    Json operator()(const AddressesResolved &r) const
    {
        return {{"host", textJson(r.host)}, {"addresses", textsJson(r.addresses)}};
    }

    Json operator()(const AddressTried &r) const
    {
        Json j = {{"address", textJson(r.address)}, {"elapsed_ns", r.elapsed.count()}};
        putError(j, r.error, r.message);
        return j;
    }

    Json operator()(const SocketFacts &r) const
    {
        Json j = {{"local", textJson(r.local)}, {"remote", textJson(r.remote)}, {"no_delay", r.noDelay}};
        putOptional(j, "tcp_rtt_ns", r.tcpRtt);
        putOptional(j, "tcp_rtt_var_ns", r.tcpRttVar);
        putOptional(j, "retransmits", r.retransmits);
        putOptional(j, "unacked", r.unacked);
        return j;
    }

    Json operator()(const TransferBoundary &r) const
    {
        return {{"direction", nameOf(r.direction)}, {"offset", r.offset}, {"length", r.length}};
    }

    Json operator()(const HeadRecord &r) const
    {
        Json j = {{"direction", nameOf(r.direction)}, {"head", nameOf(r.kind)}, {"complete", r.complete}};
        if (bulk == Bulk::Include)
            j["raw"] = textJson(std::string(protocol::textOf(r.raw)));
        return j;
    }

    Json operator()(const BodyRecord &r) const
    {
        Json j = {{"direction", nameOf(r.direction)}, {"skipped", r.skipped}};
        putBulk(j, "octets_hex", r.octets);
        return j;
    }

    Json operator()(const FrameRecord &r) const
    {
        Octets header;
        protocol::appendFrameHeader(header, r.header);
        Json j = {{"direction", nameOf(r.direction)},
                  {"fin", r.header.fin},
                  {"rsv", r.header.rsv},
                  {"opcode", r.header.opcode},
                  {"masked", r.header.maskKey.has_value()},
                  {"length", r.header.payloadLength},
                  {"payload_octets", r.payloadOctets},
                  {"stream_offset", r.streamOffset},
                  {"header_hex", protocol::toHex(header)}};
        putBulk(j, "payload_hex", r.payload);
        if (r.inflated) {
            j["inflated_octets"] = r.inflated->octets;
            j["inflate_cost_ns"] = r.inflated->cost.count();
            putBulk(j, "inflated_hex", r.inflated->payload);
        }
        return j;
    }

    Json operator()(const MessageRecord &r) const
    {
        return {{"direction", nameOf(r.direction)},
                {"opcode", static_cast<int>(r.opcode)},
                {"octets", r.octets},
                {"fragments", r.fragments},
                {"compressed", r.compressed},
                {"inflated_octets", r.octetsMeant}};
    }

    Json operator()(const StateRecord &r) const
    {
        return {{"from", protocol::nameOf(r.from)},
                {"to", protocol::nameOf(r.to)},
                {"trigger", protocol::nameOf(r.trigger)}};
    }

    Json operator()(const ViolationRecord &r) const
    {
        return {{"direction", nameOf(r.direction)},
                {"violation", protocol::infoOf(r.violation).id},
                {"stream_offset", r.streamOffset},
                {"detail", textJson(r.detail)}};
    }

    Json operator()(const HeartbeatRecord &r) const
    {
        Json j = {{"heartbeat", nameOf(r.kind)}, {"ping", r.id}};
        putOptional(j, "rtt_ns", r.rtt);
        putOptional(j, "next_due_ns", r.nextDue);
        return j;
    }

    Json operator()(const TransportEnded &r) const
    {
        Json j = {{"end", nameOf(r.end)}};
        putError(j, r.error, r.message);
        return j;
    }

    Json operator()(const ConnectionEnded &r) const
    {
        return {{"was_clean", r.wasClean}, {"code", r.code}, {"reason", textJson(r.reason)}};
    }

    Json operator()(const ListenerRecord &r) const
    {
        Json j = {{"listening", r.listening},
                  {"address", textJson(r.address)},
                  {"responder", textJson(r.responder)},
                  {"subprotocols", textsJson(r.subprotocols)},
                  {"origin_rule", textJson(r.originRule)}};
        putOptional(j, "ping_interval_ns", r.pingInterval);
        putError(j, r.error, r.message);
        return j;
    }

    Json operator()(const Dropped &r) const
    {
        return {{"records", r.records}, {"octets", r.octets}, {"reason", textJson(r.reason)}};
    }

    Json operator()(const Interrupted &r) const { return {{"last_write_wall_ms", r.lastWriteWallMs}}; }

    Json operator()(const Note &r) const { return {{"text", textJson(r.text)}}; }
};

} // namespace

Json detailOf(const RecordBody &body, Bulk bulk)
{
    return std::visit(Writer{bulk}, body);
}

Json detailOf(const Record &record, Bulk bulk)
{
    return detailOf(record.body, bulk);
}

Json jsonOf(const Record &record, Bulk bulk)
{
    Json j = {{"id", record.id},
              {"connection", record.connection},
              {"t_ns", record.time.count()},
              {"kind", nameOf(record.body)}};
    j.update(detailOf(record, bulk));
    return j;
}

} // namespace frameglass::capture
