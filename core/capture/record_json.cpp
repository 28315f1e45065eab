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

void putHop(Json &to, Hop hop)
{
    if (hop != Hop::Server)
        to["hop"] = nameOf(hop);
}

Json certificateJson(const Certificate &c)
{
    return {{"subject", textJson(c.subject)},
            {"issuer", textJson(c.issuer)},
            {"common_name", textJson(c.commonName)},
            {"names", textsJson(c.names)},
            {"serial", textJson(c.serial)},
            {"not_before_s", c.notBefore},
            {"not_after_s", c.notAfter},
            {"key", textJson(c.key)},
            {"signature", textJson(c.signature)},
            {"sha256", textJson(c.sha256)},
            {"sha1", textJson(c.sha1)},
            {"self_issued", c.selfIssued},
            {"authority", c.authority},
            {"issuer_urls", textsJson(c.issuerUrls)},
            {"der_hex", protocol::toHex(c.der)}};
}

Json chainJson(const std::vector<Certificate> &chain)
{
    Json result = Json::array();
    for (const Certificate &certificate : chain)
        result.push_back(certificateJson(certificate));
    return result;
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
        putOptional(j, "redirected_from", r.redirectedFrom);
        if (r.anyCertificate)
            j["any_certificate"] = true;
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
        Json j = {{"host", textJson(r.host)}, {"addresses", textsJson(r.addresses)}};
        if (r.given)
            j["given"] = true;
        return j;
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
        putHop(j, r.hop);
        if (bulk == Bulk::Include)
            j["raw"] = textJson(std::string(protocol::textOf(r.raw)));
        return j;
    }

    Json operator()(const BodyRecord &r) const
    {
        Json j = {{"direction", nameOf(r.direction)}, {"skipped", r.skipped}};
        putHop(j, r.hop);
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

    Json operator()(const TlsMessage &r) const
    {
        return {{"direction", nameOf(r.direction)},
                {"content", nameOf(r.content)},
                {"type", r.type},
                {"fatal", r.fatal},
                {"octets", r.octets}};
    }

    Json operator()(const TlsFacts &r) const
    {
        Json j = {{"version", textJson(r.version)},
                  {"cipher", textJson(r.cipher)},
                  {"group", textJson(r.group)},
                  {"sni", textJson(r.sni)},
                  {"alpn_offered", textsJson(r.alpnOffered)},
                  {"alpn_chosen", textJson(r.alpnChosen)},
                  {"resumed", r.resumed},
                  {"client_certificate_wanted", r.clientCertificateWanted},
                  {"chain", chainJson(r.chain)},
                  {"client_chain", chainJson(r.clientChain)},
                  {"verdict", nameOf(r.verdict)}};
        Json &faults = j["faults"] = Json::array();
        for (const CertificateFault &fault : r.faults)
            faults.push_back({{"error", fault.error}, {"message", textJson(fault.message)}, {"depth", fault.depth}});
        j["anchor"] = textJson(r.anchor);
        if (r.staple) {
            j["staple"] = {{"status", nameOf(r.staple->status)},    {"trusted", r.staple->trusted},
                           {"this_update_s", r.staple->thisUpdate}, {"next_update_s", r.staple->nextUpdate},
                           {"revoked_at_s", r.staple->revokedAt},   {"message", textJson(r.staple->message)}};
        }
        if (!r.notTls.empty())
            j["not_tls"] = textJson(r.notTls);
        return j;
    }

    Json operator()(const DnsLookup &r) const
    {
        Json resources = Json::array();
        for (const DnsResource &resource : r.resources)
            resources.push_back({{"name", textJson(resource.name)},
                                 {"type", textJson(resource.type)},
                                 {"data", textJson(resource.data)},
                                 {"ttl_s", resource.ttl}});
        return {{"name", textJson(r.name)},       {"type", textJson(r.type)},     {"outcome", textJson(r.outcome)},
                {"message", textJson(r.message)}, {"server", textJson(r.server)}, {"elapsed_ns", r.elapsed.count()},
                {"resources", resources}};
    }

    Json operator()(const ProxyUsed &r) const
    {
        return {{"proxy", nameOf(r.kind)},
                {"address", textJson(r.address)},
                {"source", nameOf(r.source)},
                {"credentials", r.credentials},
                {"target", textJson(r.target)}};
    }

    Json operator()(const ProxyAnswered &r) const { return {{"code", r.code}, {"message", textJson(r.message)}}; }
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
