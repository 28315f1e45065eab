// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_samples.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <tuple>

namespace frameglass::capture::test {

namespace {

using namespace std::chrono_literals;

constexpr auto most64 = std::numeric_limits<std::uint64_t>::max();
constexpr auto most32 = std::numeric_limits<std::uint32_t>::max();
constexpr auto longest = Nanoseconds::max();
const std::string strange("caf\xe9 \0\xff\x80 end", 13); // not UTF-8, with NUL

Octets allOctets()
{
    Octets octets;
    for (int i = 0; i < 256; ++i)
        octets.push_back(static_cast<std::byte>(i));
    return octets;
}

FrameRecord withHeader(const protocol::FrameHeader &header, Octets payload)
{
    FrameRecord record;
    record.direction = Direction::Sent;
    record.header = header;
    record.streamOffset = 4711;
    record.payloadOctets = payload.size();
    record.payload = std::move(payload);
    return record;
}

// One fold for each kind: all members, by structured bindings so that none is forgotten.
auto fields(const ConnectionStarted &r)
{
    const auto &[a, b, c, d, e, f, g, h, i, j, k, l] = r;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l);
}
auto fields(const StageChanged &r)
{
    const auto &[a, b, c, d, e] = r;
    return std::tie(a, b, c, d, e);
}
auto fields(const AddressesResolved &r)
{
    const auto &[a, b, c] = r;
    return std::tie(a, b, c);
}
auto fields(const AddressTried &r)
{
    const auto &[a, b, c, d] = r;
    return std::tie(a, b, c, d);
}
auto fields(const SocketFacts &r)
{
    const auto &[a, b, c, d, e, f, g] = r;
    return std::tie(a, b, c, d, e, f, g);
}
auto fields(const TransferBoundary &r)
{
    const auto &[a, b, c] = r;
    return std::tie(a, b, c);
}
auto fields(const HeadRecord &r)
{
    const auto &[a, b, c, d, e] = r;
    return std::tie(a, b, c, d, e);
}
auto fields(const BodyRecord &r)
{
    const auto &[a, b, c, d] = r;
    return std::tie(a, b, c, d);
}
auto fields(const FrameRecord &r)
{
    const auto &[a, b, c, d, e, f] = r;
    return std::tie(a, b, c, d, e, f);
}
auto fields(const MessageRecord &r)
{
    const auto &[a, b, c, d, e, f] = r;
    return std::tie(a, b, c, d, e, f);
}
auto fields(const StateRecord &r)
{
    const auto &[a, b, c] = r;
    return std::tie(a, b, c);
}
auto fields(const ViolationRecord &r)
{
    const auto &[a, b, c, d] = r;
    return std::tie(a, b, c, d);
}
auto fields(const HeartbeatRecord &r)
{
    const auto &[a, b, c, d] = r;
    return std::tie(a, b, c, d);
}
auto fields(const TransportEnded &r)
{
    const auto &[a, b, c] = r;
    return std::tie(a, b, c);
}
auto fields(const ConnectionEnded &r)
{
    const auto &[a, b, c] = r;
    return std::tie(a, b, c);
}
auto fields(const ListenerRecord &r)
{
    const auto &[a, b, c, d, e, f, g, h] = r;
    return std::tie(a, b, c, d, e, f, g, h);
}
auto fields(const Dropped &r)
{
    const auto &[a, b, c] = r;
    return std::tie(a, b, c);
}
auto fields(const Interrupted &r)
{
    const auto &[a] = r;
    return std::tie(a);
}
auto fields(const Note &r)
{
    const auto &[a] = r;
    return std::tie(a);
}
auto fields(const TlsMessage &r)
{
    const auto &[a, b, c, d, e] = r;
    return std::tie(a, b, c, d, e);
}
auto fields(const TlsFacts &r)
{
    const auto &[a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = r;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
}
auto fields(const DnsLookup &r)
{
    const auto &[a, b, c, d, e, f, g] = r;
    return std::tie(a, b, c, d, e, f, g);
}
auto fields(const ProxyUsed &r)
{
    const auto &[a, b, c, d, e] = r;
    return std::tie(a, b, c, d, e);
}
auto fields(const ProxyAnswered &r)
{
    const auto &[a, b] = r;
    return std::tie(a, b);
}

} // namespace

FrameRecord frame(std::uint8_t opcode, Octets payload, Direction direction)
{
    protocol::FrameHeader header;
    header.opcode = opcode;
    header.payloadLength = payload.size();
    header.lengthOctets = protocol::minimalLengthOctets(payload.size());
    FrameRecord record = withHeader(header, std::move(payload));
    record.direction = direction;
    return record;
}

FrameRecord textFrame(std::string_view text)
{
    return frame(1, protocol::octetsOf(text));
}

FrameRecord compressedFrame(Octets sent, Octets meant)
{
    FrameRecord record = withHeader({true, protocol::rsv1, 1, 0, {}, sent.size()}, sent);
    record.header.lengthOctets = protocol::minimalLengthOctets(sent.size());
    record.inflated = InflatedPayload::of(std::move(meant), 1234ns);
    return record;
}

std::vector<Sample> samples()
{
    using protocol::MaskKey;
    std::vector<Sample> all;
    const auto add = [&](const char *name, RecordBody body) { all.push_back({name, std::move(body)}); };

    add("connection, defaults", ConnectionStarted{});
    add("connection, everything", ConnectionStarted{Vantage::Observer,
                                                    "wss://me:pw@example.com/chat?token=s3cr3t&x=1#access_token=abc",
                                                    "the label",
                                                    7u,
                                                    most32,
                                                    3u,
                                                    {"chat", "access_token", "eyJhbGciOi.J9", strange},
                                                    false,
                                                    20s,
                                                    longest,
                                                    6u,
                                                    true});
    add("connection, URL is not UTF-8", ConnectionStarted{.url = "ws://h/" + strange + "?key=\xff\xfe"});
    add("stage", StageChanged{Stage::Resolve, StageOutcome::Started, 0ns, 0, ""});
    add("stage failed", StageChanged{Stage::Upgrade, StageOutcome::TimedOut, longest, -2, strange});
    add("addresses", AddressesResolved{"localhost", {"[::1]:9001", "127.0.0.1:9001"}});
    add("no addresses", AddressesResolved{strange, {}});
    add("address tried", AddressTried{"127.0.0.1:1", 12345ns, 111, "Connection refused"});
    add("socket, nothing known", SocketFacts{});
    add("socket, all known", SocketFacts{"127.0.0.1:5", "[::1]:6", true, 1ns, 0ns, most32, 0u});
    add("transfer", TransferBoundary{Direction::Received, 0, 0});
    add("transfer at the far end", TransferBoundary{Direction::Sent, most64, most32});
    add("request head", HeadRecord{Direction::Sent, protocol::HeadKind::Request, true,
                                   protocol::octetsOf("GET /?token=abc HTTP/1.1\r\nHost: x\r\nAuthorization: Basic "
                                                      "cGFzcw==\r\nCookie: a=b\r\n\r\n")});
    add("response head with odd octets",
        HeadRecord{Direction::Received, protocol::HeadKind::Response, false,
                   protocol::octetsOf("HTTP/1.1 200 \xff\xfe\r\nSet-Cookie: \xe9=1;\r\n  folded\nX" + strange)});
    add("empty head", HeadRecord{Direction::Received, protocol::HeadKind::Response, false, {}});
    add("body", BodyRecord{Direction::Received, allOctets(), most64});
    add("body of many octets", BodyRecord{Direction::Sent, Octets(300'000, std::byte{7}), 0});
    add("empty body", BodyRecord{});

    add("empty text frame", frame(1, {}));
    add("frame with all octets", frame(2, allOctets(), Direction::Sent));
    add("frame of 65,536 octets", frame(2, Octets(65'536, std::byte{0x5a})));
    add("frame larger than a common chunk", frame(2, Octets(700'001, std::byte{0x5b})));
    add("ping", frame(9, protocol::octetsOf("ping")));
    add("empty pong", frame(10, {}));
    add("close", frame(8, protocol::octetsOf(std::string("\x03\xe8", 2) + strange)));
    add("control frame that is too long", frame(9, Octets(126, std::byte{1})));
    add("all-zero mask", withHeader({true, 0, 1, 0, MaskKey{}, 2}, protocol::octetsOf("hi")));
    add("mask", withHeader({false, 7, 15, 0, MaskKey{std::byte{1}, std::byte{0xff}, std::byte{0}, std::byte{0x80}}, 1},
                           protocol::octetsOf("x")));
    add("length not minimal, 16 bits", withHeader({true, 0, 2, 2, {}, 3}, protocol::octetsOf("abc")));
    add("length not minimal, 64 bits", withHeader({true, 0, 2, 8, MaskKey{}, 3}, protocol::octetsOf("abc")));
    add("declared length with the top bit", withHeader({true, 0, 2, 8, {}, most64}, protocol::octetsOf("abc")));
    add("declared length 2^63 and nothing on hand", withHeader({true, 0, 2, 8, {}, 1ull << 63}, {}));
    add("cut short", withHeader({true, 0, 1, 2, {}, 1000}, Octets(999, std::byte{'a'})));
    FrameRecord unseen = withHeader({true, 4, 1, 2, {}, 1000}, {});
    unseen.payloadOctets = 1000;
    unseen.streamOffset = most64;
    add("payload counted but not kept", unseen);
    add("compressed", compressedFrame(protocol::octetsOf("wire"), protocol::octetsOf("as meant")));
    add("compressed, nothing came of it", compressedFrame(protocol::octetsOf("wire"), {}));
    add("compressed, both in chunks of their own",
        compressedFrame(Octets(300'000, std::byte{3}), Octets(700'001, std::byte{4})));

    add("message", MessageRecord{Direction::Sent, protocol::Opcode::Binary, most64, most32});
    add("compressed message", MessageRecord{Direction::Received, protocol::Opcode::Text, 1, 2, true, most64});
    add("state", StateRecord{protocol::ConnectionState::Opening, protocol::ConnectionState::Open,
                             protocol::Trigger::HandshakeSucceeded});
    add("violation", ViolationRecord{Direction::Received, protocol::Violation::InvalidUtf8, most64, strange});
    add("violation that shows a token",
        ViolationRecord{Direction::Sent, protocol::Violation::SubprotocolUnrequested, 0, "eyJhbGciOiJIUzI1NiJ9"});
    add("heartbeat", HeartbeatRecord{HeartbeatKind::PingSent, most64, {}, 25s});
    add("heartbeat with RTT", HeartbeatRecord{HeartbeatKind::AutoPongWithheld, 0, 1ns, {}});
    add("transport end", TransportEnded{TransportEnd::ResetReceived, 104, "Connection reset by peer"});
    add("transport end without error", TransportEnded{TransportEnd::ResetByUs, 0, ""});
    add("connection end", ConnectionEnded{true, 1000, "bye \xe2\x82\xac"});
    add("connection end with a cut reason", ConnectionEnded{false, 65535, strange});
    add("listener", ListenerRecord{true, "0.0.0.0:80", "echo", {"a", strange}, "*", 30s, 98, "Address in use"});
    add("listener gone", ListenerRecord{false, "", "", {}, "", {}, 0, ""});
    add("dropped", Dropped{most64, most64, "disk full"});
    add("interrupted", Interrupted{std::numeric_limits<std::int64_t>::min()});
    add("note", Note{"\xe6\xb3\xa8 " + strange});
    add("empty note", Note{});
    add("tunnel head", HeadRecord{Direction::Sent, protocol::HeadKind::Request, true,
                                  protocol::octetsOf("CONNECT h:443 HTTP/1.1\r\nProxy-Authorization: Basic "
                                                     "cGFzcw==\r\n\r\n"),
                                  Hop::Proxy});
    add("body of a proxy", BodyRecord{Direction::Received, protocol::octetsOf("no"), 0, Hop::Proxy});
    add("given addresses", AddressesResolved{"h", {"[::1]:1"}, true});
    add("TLS message", TlsMessage{Direction::Received, TlsContent::Handshake, 255, false, most32});
    add("TLS alert", TlsMessage{Direction::Sent, TlsContent::Alert, 48, true, 2});
    add("TLS, nothing agreed", TlsFacts{});
    const Certificate leaf{
        "CN=a",  "CN=b", "a",  {"DNS:*.a.example", strange}, "0a:ff",    -1, 1ll << 40, "EC P-256", "ecdsa", "AB:CD",
        "01:02", false,  true, {"http://ca.example/b.crt"},  allOctets()};
    add("TLS, everything", TlsFacts{"TLSv1.3",
                                    "TLS_AES_256_GCM_SHA384",
                                    "x25519",
                                    "a.example",
                                    {"http/1.1", strange},
                                    "http/1.1",
                                    true,
                                    true,
                                    {leaf, Certificate{}},
                                    {leaf},
                                    TlsVerdict::Overridden,
                                    {{20, strange, 1}, {10, "", 0}},
                                    "CN=root",
                                    OcspStaple{StapleStatus::Revoked, true, 1, 2, 3, "keyCompromise"},
                                    "HTTP/1.1 400 \xff"});
    add("DNS", DnsLookup{"a.example",
                         "AAAA",
                         "answered",
                         strange,
                         "192.0.2.53:53",
                         7ms,
                         {{"a.example", "CNAME", "b.example", 60}, {"b.example", "AAAA", "2001:db8::1", most32}}});
    add("proxy", ProxyUsed{ProxyKind::Socks5, "proxy:1080", ProxySource::Environment, true, "a.example:443"});
    add("proxy answered", ProxyAnswered{-1, strange});
    return all;
}

testing::AssertionResult same(const RecordBody &a, const RecordBody &b)
{
    if (a.index() != b.index())
        return testing::AssertionFailure() << "kinds " << a.index() << " and " << b.index();
    const bool equal = std::visit(
        [&](const auto &left) { return fields(left) == fields(std::get<std::decay_t<decltype(left)>>(b)); }, a);
    return equal ? testing::AssertionSuccess() : testing::AssertionFailure() << "fields of kind " << a.index();
}

TemporaryFolder::TemporaryFolder()
{
    std::string name = (std::filesystem::temp_directory_path() / "frameglass-test-XXXXXX").string();
    if (!::mkdtemp(name.data()))
        throw std::runtime_error("mkdtemp");
    m_path = name;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    std::filesystem::permissions(m_path, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(m_path, ignored);
}

std::vector<std::string> TemporaryFolder::names() const
{
    std::vector<std::string> result;
    for (const auto &entry : std::filesystem::directory_iterator(m_path))
        result.push_back(entry.path().filename().string());
    std::sort(result.begin(), result.end());
    return result;
}

std::string contentOf(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

std::string sql(const std::string &path, const std::string &statement)
{
    sqlite3 *database = nullptr;
    std::string result;
    EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 5000);
    bool first = true;
    std::pair<std::string *, bool *> context(&result, &first);
    char *error = nullptr;
    const int code = sqlite3_exec(
        database, statement.c_str(),
        [](void *data, int, char **values, char **) {
            auto &[text, isFirst] = *static_cast<std::pair<std::string *, bool *> *>(data);
            if (*isFirst && values[0])
                *text = values[0];
            *isFirst = false;
            return 0;
        },
        &context, &error);
    EXPECT_EQ(code, SQLITE_OK) << (error ? error : "") << " in " << statement;
    sqlite3_free(error);
    sqlite3_close(database);
    return result;
}

} // namespace frameglass::capture::test
