// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_json.h"
#include "record_kind.h"

#include <nlohmann/json.hpp>

#include <array>
#include <limits>
#include <utility>

namespace frameglass::capture {

namespace {

using Json = nlohmann::ordered_json;

int digitOf(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    throw BadDetail("octets_hex is not hexadecimal");
}

Octets octetsFrom(const std::string &hex)
{
    if (hex.size() % 2 != 0)
        throw BadDetail("octets_hex has an odd number of digits");
    Octets octets;
    octets.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2)
        octets.push_back(static_cast<std::byte>(digitOf(hex[i]) << 4 | digitOf(hex[i + 1])));
    return octets;
}

std::string textFrom(const Json &value)
{
    if (value.is_string())
        return value.get<std::string>();
    if (!value.is_object() || !value.contains("octets_hex") || !value["octets_hex"].is_string())
        throw BadDetail("a text is expected");
    const Octets octets = octetsFrom(value["octets_hex"].get_ref<const std::string &>());
    return std::string(protocol::textOf(octets));
}

/// The members of one detail. Each getter throws BadDetail unless the member is what it should be.
class Members
{
public:
    explicit Members(const Json &json) : m_json(json)
    {
        if (!json.is_object())
            throw BadDetail("no object");
    }

    bool has(const char *key) const { return m_json.contains(key); }

    const Json &at(const char *key) const
    {
        const auto it = m_json.find(key);
        if (it == m_json.end())
            throw BadDetail(std::string("no member ") + key);
        return *it;
    }

    template<typename T>
    T integer(const char *key) const
    {
        const Json &value = at(key);
        if (value.is_number_unsigned()) {
            if (const auto n = value.get<std::uint64_t>(); std::in_range<T>(n))
                return static_cast<T>(n);
        } else if (value.is_number_integer()) {
            if (const auto n = value.get<std::int64_t>(); std::in_range<T>(n))
                return static_cast<T>(n);
        }
        throw BadDetail(std::string("no fitting number: ") + key);
    }

    bool boolean(const char *key) const
    {
        const Json &value = at(key);
        if (!value.is_boolean())
            throw BadDetail(std::string("neither true nor false: ") + key);
        return value.get<bool>();
    }

    std::string text(const char *key) const { return textFrom(at(key)); }
    std::string textOrEmpty(const char *key) const { return has(key) ? text(key) : std::string(); }

    std::vector<std::string> texts(const char *key) const
    {
        const Json &list = at(key);
        if (!list.is_array())
            throw BadDetail(std::string("no list: ") + key);
        std::vector<std::string> result;
        for (const Json &item : list)
            result.push_back(textFrom(item));
        return result;
    }

    Nanoseconds duration(const char *key) const { return Nanoseconds(integer<std::int64_t>(key)); }

    std::optional<Nanoseconds> optionalDuration(const char *key) const
    {
        return has(key) ? std::optional(duration(key)) : std::nullopt;
    }

    std::optional<std::uint32_t> optionalNumber(const char *key) const
    {
        return has(key) ? std::optional(integer<std::uint32_t>(key)) : std::nullopt;
    }

    int error() const { return has("error") ? integer<int>("error") : 0; }

    template<typename Enum>
    Enum named(const char *key) const
    {
        return known(fromName<Enum>(text(key)), key);
    }

    template<typename T>
    static T known(std::optional<T> value, const char *key)
    {
        if (!value)
            throw BadDetail(std::string("no known name: ") + key);
        return *value;
    }

private:
    const Json &m_json;
};

Hop hopOf(const Members &m)
{
    return m.has("hop") ? m.named<Hop>("hop") : Hop::Server;
}

template<typename T, typename Read>
std::vector<T> listOf(const Members &m, const char *key, const Read &read)
{
    const Json &list = m.at(key);
    if (!list.is_array())
        throw BadDetail(std::string("no list: ") + key);
    std::vector<T> result;
    for (const Json &item : list)
        result.push_back(read(Members(item)));
    return result;
}

Certificate certificateOf(const Members &m)
{
    return {.subject = m.text("subject"),
            .issuer = m.text("issuer"),
            .commonName = m.text("common_name"),
            .names = m.texts("names"),
            .serial = m.text("serial"),
            .notBefore = m.integer<std::int64_t>("not_before_s"),
            .notAfter = m.integer<std::int64_t>("not_after_s"),
            .key = m.text("key"),
            .signature = m.text("signature"),
            .sha256 = m.text("sha256"),
            .sha1 = m.text("sha1"),
            .selfIssued = m.boolean("self_issued"),
            .authority = m.boolean("authority"),
            .issuerUrls = m.texts("issuer_urls"),
            .der = octetsFrom(m.text("der_hex"))};
}

CertificateFault faultOf(const Members &m)
{
    return {.error = m.integer<int>("error"), .message = m.text("message"), .depth = m.integer<std::uint32_t>("depth")};
}

std::optional<OcspStaple> stapleOf(const Members &m)
{
    if (!m.has("staple"))
        return {};
    const Members staple(m.at("staple"));
    return OcspStaple{.status = staple.named<StapleStatus>("status"),
                      .trusted = staple.boolean("trusted"),
                      .thisUpdate = staple.integer<std::int64_t>("this_update_s"),
                      .nextUpdate = staple.integer<std::int64_t>("next_update_s"),
                      .revokedAt = staple.integer<std::int64_t>("revoked_at_s"),
                      .message = staple.text("message")};
}

template<typename T>
T bodyOf(const Members &m);

template<>
ConnectionStarted bodyOf(const Members &m)
{
    return {.vantage = m.named<Vantage>("vantage"),
            .url = m.text("url"),
            .label = m.textOrEmpty("label"),
            .listener = m.optionalNumber("listener"),
            .attempt = m.integer<std::uint32_t>("attempt"),
            .series = m.optionalNumber("series"),
            .offeredSubprotocols = m.texts("offered_subprotocols"),
            .autoPong = m.boolean("auto_pong"),
            .pingInterval = m.optionalDuration("ping_interval_ns"),
            .pingTimeout = m.optionalDuration("ping_timeout_ns"),
            .redirectedFrom = m.optionalNumber("redirected_from"),
            .anyCertificate = m.has("any_certificate") && m.boolean("any_certificate")};
}

template<>
StageChanged bodyOf(const Members &m)
{
    return {.stage = m.named<Stage>("stage"),
            .outcome = m.named<StageOutcome>("outcome"),
            .elapsed = m.duration("elapsed_ns"),
            .error = m.error(),
            .message = m.textOrEmpty("message")};
}

template<>
AddressesResolved bodyOf(const Members &m)
{
    return {.host = m.text("host"), .addresses = m.texts("addresses"), .given = m.has("given") && m.boolean("given")};
}

template<>
AddressTried bodyOf(const Members &m)
{
    return {.address = m.text("address"),
            .elapsed = m.duration("elapsed_ns"),
            .error = m.error(),
            .message = m.textOrEmpty("message")};
}

template<>
SocketFacts bodyOf(const Members &m)
{
    return {.local = m.text("local"),
            .remote = m.text("remote"),
            .noDelay = m.boolean("no_delay"),
            .tcpRtt = m.optionalDuration("tcp_rtt_ns"),
            .tcpRttVar = m.optionalDuration("tcp_rtt_var_ns"),
            .retransmits = m.optionalNumber("retransmits"),
            .unacked = m.optionalNumber("unacked")};
}

template<>
TransferBoundary bodyOf(const Members &)
{
    throw BadDetail("a transfer has no detail");
}

template<>
HeadRecord bodyOf(const Members &m)
{
    return {.direction = m.named<Direction>("direction"),
            .kind = m.named<protocol::HeadKind>("head"),
            .complete = m.boolean("complete"),
            .raw = {},
            .hop = hopOf(m)};
}

template<>
BodyRecord bodyOf(const Members &m)
{
    return {.direction = m.named<Direction>("direction"),
            .octets = {},
            .skipped = m.integer<std::uint64_t>("skipped"),
            .hop = hopOf(m)};
}

template<>
FrameRecord bodyOf(const Members &)
{
    throw BadDetail("a frame has no detail");
}

template<>
MessageRecord bodyOf(const Members &m)
{
    const auto opcode = m.integer<std::uint8_t>("opcode");
    if (opcode > 0xf)
        throw BadDetail("an opcode has four bits");
    const auto octets = m.integer<std::uint64_t>("octets");
    return {.direction = m.named<Direction>("direction"),
            .opcode = static_cast<protocol::Opcode>(opcode),
            .octets = octets,
            .fragments = m.integer<std::uint32_t>("fragments"),
            // Files of version 1 know no compression.
            .compressed = m.has("compressed") && m.boolean("compressed"),
            .octetsMeant = m.has("inflated_octets") ? m.integer<std::uint64_t>("inflated_octets") : octets};
}

template<>
StateRecord bodyOf(const Members &m)
{
    return {.from = Members::known(protocol::connectionStateFromName(m.text("from")), "from"),
            .to = Members::known(protocol::connectionStateFromName(m.text("to")), "to"),
            .trigger = Members::known(protocol::triggerFromName(m.text("trigger")), "trigger")};
}

template<>
ViolationRecord bodyOf(const Members &m)
{
    return {.direction = m.named<Direction>("direction"),
            .violation = Members::known(protocol::violationFromId(m.text("violation")), "violation"),
            .streamOffset = m.integer<std::uint64_t>("stream_offset"),
            .detail = m.text("detail")};
}

template<>
HeartbeatRecord bodyOf(const Members &m)
{
    return {.kind = m.named<HeartbeatKind>("heartbeat"),
            .id = m.integer<std::uint64_t>("ping"),
            .rtt = m.optionalDuration("rtt_ns"),
            .nextDue = m.optionalDuration("next_due_ns")};
}

template<>
TransportEnded bodyOf(const Members &m)
{
    return {.end = m.named<TransportEnd>("end"), .error = m.error(), .message = m.textOrEmpty("message")};
}

template<>
ConnectionEnded bodyOf(const Members &m)
{
    return {.wasClean = m.boolean("was_clean"), .code = m.integer<std::uint16_t>("code"), .reason = m.text("reason")};
}

template<>
ListenerRecord bodyOf(const Members &m)
{
    return {.listening = m.boolean("listening"),
            .address = m.text("address"),
            .responder = m.text("responder"),
            .subprotocols = m.texts("subprotocols"),
            .originRule = m.text("origin_rule"),
            .pingInterval = m.optionalDuration("ping_interval_ns"),
            .error = m.error(),
            .message = m.textOrEmpty("message")};
}

template<>
Dropped bodyOf(const Members &m)
{
    return {.records = m.integer<std::uint64_t>("records"),
            .octets = m.integer<std::uint64_t>("octets"),
            .reason = m.text("reason")};
}

template<>
Interrupted bodyOf(const Members &m)
{
    return {.lastWriteWallMs = m.integer<std::int64_t>("last_write_wall_ms")};
}

template<>
Note bodyOf(const Members &m)
{
    return {.text = m.text("text")};
}

template<>
TlsMessage bodyOf(const Members &m)
{
    return {.direction = m.named<Direction>("direction"),
            .content = m.named<TlsContent>("content"),
            .type = m.integer<std::uint8_t>("type"),
            .fatal = m.boolean("fatal"),
            .octets = m.integer<std::uint32_t>("octets")};
}

template<>
TlsFacts bodyOf(const Members &m)
{
    return {.version = m.text("version"),
            .cipher = m.text("cipher"),
            .group = m.text("group"),
            .sni = m.text("sni"),
            .alpnOffered = m.texts("alpn_offered"),
            .alpnChosen = m.text("alpn_chosen"),
            .resumed = m.boolean("resumed"),
            .clientCertificateWanted = m.boolean("client_certificate_wanted"),
            .chain = listOf<Certificate>(m, "chain", certificateOf),
            .clientChain = listOf<Certificate>(m, "client_chain", certificateOf),
            .verdict = m.named<TlsVerdict>("verdict"),
            .faults = listOf<CertificateFault>(m, "faults", faultOf),
            .anchor = m.text("anchor"),
            .staple = stapleOf(m),
            .notTls = m.textOrEmpty("not_tls")};
}

template<>
DnsLookup bodyOf(const Members &m)
{
    const auto resource = [](const Members &r) {
        return DnsResource{.name = r.text("name"),
                           .type = r.text("type"),
                           .data = r.text("data"),
                           .ttl = r.integer<std::uint32_t>("ttl_s")};
    };
    return {.name = m.text("name"),
            .type = m.text("type"),
            .outcome = m.text("outcome"),
            .message = m.text("message"),
            .server = m.text("server"),
            .elapsed = m.duration("elapsed_ns"),
            .resources = listOf<DnsResource>(m, "resources", resource)};
}

template<>
ProxyUsed bodyOf(const Members &m)
{
    return {.kind = m.named<ProxyKind>("proxy"),
            .address = m.text("address"),
            .source = m.named<ProxySource>("source"),
            .credentials = m.boolean("credentials"),
            .target = m.text("target")};
}

template<>
ProxyAnswered bodyOf(const Members &m)
{
    return {.code = m.integer<int>("code"), .message = m.text("message")};
}

template<std::size_t... kinds>
constexpr auto readersOf(std::index_sequence<kinds...>)
{
    using Read = RecordBody (*)(const Members &);
    return std::array<Read, sizeof...(kinds)>{
        [](const Members &m) { return RecordBody(bodyOf<std::variant_alternative_t<kinds, RecordBody>>(m)); }...};
}

constexpr auto readers = readersOf(std::make_index_sequence<std::variant_size_v<RecordBody>>());

} // namespace

RecordBody bodyFrom(std::size_t kind, const Json &detail)
{
    if (kind >= readers.size())
        throw BadDetail("no such kind");
    return readers[kind](Members(detail));
}

} // namespace frameglass::capture
