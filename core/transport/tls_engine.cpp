// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_engine.h"

#include "tls_certificate.h"
#include "tls_context_p.h"

#include <asio/ip/address.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <utility>

namespace frameglass::transport {

using capture::TlsContent;
using capture::TlsVerdict;
using protocol::Direction;

namespace {

constexpr std::size_t firstOctetsKept = 256;
constexpr std::size_t maximumMessages = 1000; ///< between two calls of takeMessages()
constexpr std::size_t maximumFaults = 64;
constexpr int readChunk = 16 * 1024;            ///< RFC 8446 §5.1: no record carries more
constexpr std::uint8_t certificateRequest = 13; // RFC 8446 §4
constexpr std::uint8_t fatalLevel = 2;          // RFC 8446 §6

int engineIndex()
{
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

bool isAddress(const std::string &host)
{
    asio::error_code error;
    asio::ip::make_address(host, error);
    return !error;
}

/// RFC 8446 §5.1, RFC 5246 §6.2.1: what the first octet of a record can be.
bool mayBeTls(std::byte first)
{
    const auto type = std::to_integer<unsigned>(first);
    return type >= SSL3_RT_CHANGE_CIPHER_SPEC && type <= SSL3_RT_APPLICATION_DATA;
}

std::vector<std::string> alpnNames(const unsigned char *wire, std::size_t octets)
{
    std::vector<std::string> names;
    for (std::size_t at = 0; at < octets && at + 1 + wire[at] <= octets; at += 1 + std::size_t(wire[at]))
        names.emplace_back(reinterpret_cast<const char *>(wire + at + 1), wire[at]);
    return names;
}

} // namespace

class TlsEngine::Private
{
public:
    Private(std::shared_ptr<const TlsContext> with, TlsPeer other);

    ~Private()
    {
        // However the connection ended, its session may be resumed: the library forbids that without a goodbye.
        SSL_set_shutdown(ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }

    bool isClient() const { return context->side() == TlsContext::Side::Client; }
    void prepareClient();
    void fail();

    static Private &of(const SSL *ssl) { return *static_cast<Private *>(SSL_get_ex_data(ssl, engineIndex())); }
    static Private &of(const X509_STORE_CTX *verification)
    {
        return of(
            static_cast<const SSL *>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx())));
    }
    static void message(int sent, int version, int content, const void *octets, std::size_t count, SSL *ssl, void *);
    static int verify(X509_STORE_CTX *verification, void *);
    static int judge(int good, X509_STORE_CTX *verification);
    static int keepSession(SSL *ssl, SSL_SESSION *session);
    static int clientHello(SSL *ssl, int *alert, void *);

    std::shared_ptr<const TlsContext> context;
    TlsPeer peer;
    SslPtr ssl;
    BIO *in = nullptr; ///< both belong to `ssl`
    BIO *out = nullptr;
    std::vector<capture::TlsMessage> messages;
    std::string firstOctets; ///< from the other end
    SystemError error;
    capture::TlsFacts seen; ///< what only a callback is told
};

TlsEngine::Private::Private(std::shared_ptr<const TlsContext> with, TlsPeer other)
    : context(std::move(with)), peer(std::move(other)), ssl(SSL_new(context->internals().context.get())),
      in(BIO_new(BIO_s_mem())), out(BIO_new(BIO_s_mem()))
{
    BIO_set_mem_eof_return(in, -1); // empty means "not yet": the end is told by the stream below
    SSL_set_bio(ssl.get(), in, out);
    SSL_set_ex_data(ssl.get(), engineIndex(), this);
    SSL_set_msg_callback(ssl.get(), message);
    SSL_CTX_set_cert_verify_callback(context->internals().context.get(), verify, nullptr);
    if (isClient()) {
        prepareClient();
    } else {
        SSL_CTX_set_client_hello_cb(context->internals().context.get(), clientHello, nullptr);
        SSL_set_accept_state(ssl.get());
    }
}

void TlsEngine::Private::prepareClient()
{
    SSL_set_connect_state(ssl.get());
    const auto host = peer.host.substr(0, peer.host.find('%')); // no certificate names a zone
    X509_VERIFY_PARAM *parameters = SSL_get0_param(ssl.get());
    if (isAddress(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str());
    } else {
        X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size());
        seen.sni = host;
        if (seen.sni.ends_with('.')) // RFC 6066 §3: without the root's dot
            seen.sni.pop_back();
    }
    if (peer.serverName)
        seen.sni = *peer.serverName;
    if (!seen.sni.empty())
        SSL_set_tlsext_host_name(ssl.get(), seen.sni.c_str());
    seen.alpnOffered = context->options().alpn;
    SSL_set_tlsext_status_type(ssl.get(), TLSEXT_STATUSTYPE_ocsp);
    if (!context->options().resume || peer.session.empty())
        return;
    SSL_CTX_sess_set_new_cb(context->internals().context.get(), keepSession);
    if (SSL_SESSION *session = context->internals().find(peer.session))
        SSL_set_session(ssl.get(), session);
}

void TlsEngine::Private::message(int sent, int, int content, const void *octets, std::size_t count, SSL *ssl, void *)
{
    Private &d = of(ssl);
    const auto *data = static_cast<const unsigned char *>(octets);
    capture::TlsMessage what;
    what.direction = sent ? Direction::Sent : Direction::Received;
    what.octets = static_cast<std::uint32_t>(count);
    if (content == SSL3_RT_HANDSHAKE && count > 0) {
        what.type = data[0];
        if (what.type == certificateRequest)
            d.seen.clientCertificateWanted = true;
    } else if (content == SSL3_RT_ALERT && count > 1) {
        what.content = TlsContent::Alert;
        what.fatal = data[0] == fatalLevel;
        what.type = data[1];
    } else if (content == SSL3_RT_CHANGE_CIPHER_SPEC && count > 0) {
        what.content = TlsContent::ChangeCipherSpec;
        what.type = data[0];
    } else {
        return; // record headers
    }
    if (d.messages.size() < maximumMessages)
        d.messages.push_back(what);
}

/// What was asked for is noted before anything can be refused.
int TlsEngine::Private::clientHello(SSL *ssl, int *, void *)
{
    constexpr std::size_t listHeader = 2; // RFC 7301 §3.1
    const unsigned char *wire = nullptr;
    std::size_t octets = 0;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &wire, &octets) == 1 &&
        octets > listHeader)
        of(ssl).seen.alpnOffered = alpnNames(wire + listHeader, octets - listHeader);
    return SSL_CLIENT_HELLO_SUCCESS;
}

/// Goes on after a fault, to know them all.
int TlsEngine::Private::judge(int good, X509_STORE_CTX *verification)
{
    if (good == 1)
        return 1;
    auto &faults = of(verification).seen.faults;
    const int error = X509_STORE_CTX_get_error(verification);
    const auto depth = static_cast<std::uint32_t>(std::max(X509_STORE_CTX_get_error_depth(verification), 0));
    const bool known = std::ranges::any_of(faults, [&](const auto &fault) { return fault.error == error; });
    if (!known && faults.size() < maximumFaults)
        faults.push_back({error, X509_verify_cert_error_string(error), depth});
    return 1;
}

int TlsEngine::Private::verify(X509_STORE_CTX *verification, void *)
{
    Private &d = of(verification);
    auto &chain = d.isClient() ? d.seen.chain : d.seen.clientChain;
    chain = chainOf(nullptr, X509_STORE_CTX_get0_untrusted(verification));
    X509_STORE_CTX_set_verify_cb(verification, judge);
    const int result = X509_verify_cert(verification);
    if (result <= 0 && d.seen.faults.empty())
        judge(0, verification); // it could not even begin
    if (d.seen.faults.empty()) {
        d.seen.verdict = TlsVerdict::Trusted;
        const STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(verification);
        if (const int length = sk_X509_num(path); length > 0)
            d.seen.anchor = nameText(X509_get_subject_name(sk_X509_value(path, length - 1)));
        return 1;
    }
    d.seen.verdict = d.peer.anyCertificate ? TlsVerdict::Overridden : TlsVerdict::Untrusted;
    X509_STORE_CTX_set_error(verification, d.seen.faults.front().error);
    return d.peer.anyCertificate ? 1 : 0;
}

/// Only what was trusted may be resumed: an exception is made once.
int TlsEngine::Private::keepSession(SSL *ssl, SSL_SESSION *session)
{
    Private &d = of(ssl);
    if (d.peer.session.empty() || d.peer.anyCertificate)
        return 0;
    d.context->internals().keep(d.peer.session, SessionPtr(session));
    return 1;
}

void TlsEngine::Private::fail()
{
    const unsigned long code = ERR_peek_error();
    const char *reason = ERR_reason_error_string(code);
    error = {ERR_GET_REASON(code), reason ? reason : "TLS failed"};
    ERR_clear_error();
    if (isClient() && !peer.session.empty())
        context->internals().forget(peer.session); // not to fail again over it
}

TlsEngine::TlsEngine(std::shared_ptr<const TlsContext> context, TlsPeer peer)
    : d(std::make_unique<Private>(std::move(context), std::move(peer)))
{}

TlsEngine::~TlsEngine() = default;

void TlsEngine::feed(protocol::OctetView sealed)
{
    if (d->firstOctets.size() < firstOctetsKept)
        d->firstOctets +=
            protocol::textOf(sealed.first(std::min(sealed.size(), firstOctetsKept - d->firstOctets.size())));
    BIO_write(d->in, sealed.data(), static_cast<int>(sealed.size()));
}

TlsEngine::Progress TlsEngine::handshake()
{
    ERR_clear_error();
    const int result = SSL_do_handshake(d->ssl.get());
    if (result == 1)
        return Progress::Done;
    if (SSL_get_error(d->ssl.get(), result) == SSL_ERROR_WANT_READ)
        return Progress::Waiting;
    d->fail();
    return Progress::Failed;
}

bool TlsEngine::read(protocol::Octets &to)
{
    for (;;) {
        ERR_clear_error();
        const auto start = to.size();
        to.resize(start + readChunk);
        const int count = SSL_read(d->ssl.get(), to.data() + start, readChunk);
        to.resize(start + static_cast<std::size_t>(std::max(count, 0)));
        if (count > 0)
            continue;
        const int why = SSL_get_error(d->ssl.get(), count);
        if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_ZERO_RETURN)
            return true;
        d->fail();
        return false;
    }
}

void TlsEngine::write(protocol::OctetView plain)
{
    while (!plain.empty()) {
        ERR_clear_error();
        std::size_t count = 0;
        if (SSL_write_ex(d->ssl.get(), plain.data(), plain.size(), &count) != 1)
            return; // only after our own close_notify: a memory BIO takes all
        plain = plain.subspan(count);
    }
}

void TlsEngine::shutdown()
{
    ERR_clear_error();
    SSL_shutdown(d->ssl.get());
    ERR_clear_error();
}

protocol::Octets TlsEngine::takeOutput()
{
    char *data = nullptr;
    const long count = BIO_get_mem_data(d->out, &data);
    const auto *octets = reinterpret_cast<const std::byte *>(data);
    protocol::Octets output(octets, octets + std::max(count, 0L));
    BIO_reset(d->out);
    return output;
}

std::vector<capture::TlsMessage> TlsEngine::takeMessages()
{
    return std::exchange(d->messages, {});
}

SystemError TlsEngine::error() const
{
    return d->error;
}

capture::TlsFacts TlsEngine::facts() const
{
    auto facts = d->seen;
    SSL *ssl = d->ssl.get();
    const bool done = SSL_is_init_finished(ssl) == 1;
    const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
    if (!cipher)
        cipher = SSL_get_pending_cipher(ssl);
    if (cipher) { // a ServerHello has passed
        facts.version = SSL_get_version(ssl);
        if (const char *name = SSL_CIPHER_standard_name(cipher))
            facts.cipher = name;
        if (const int group = static_cast<int>(SSL_get_negotiated_group(ssl)); group != NID_undef) {
            if (const char *name = SSL_group_to_name(ssl, group))
                facts.group = name;
        }
        const unsigned char *chosen = nullptr;
        unsigned octets = 0;
        SSL_get0_alpn_selected(ssl, &chosen, &octets);
        facts.alpnChosen.assign(reinterpret_cast<const char *>(chosen), octets);
    }
    if (done)
        facts.resumed = SSL_session_reused(ssl) == 1;
    if (!d->isClient()) {
        if (const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
            facts.sni = name;
        STACK_OF(X509) *others = nullptr;
        SSL_get0_chain_certs(ssl, &others);
        facts.chain = chainOf(SSL_get_certificate(ssl), others);
    } else if (done && facts.resumed) {
        // Nothing was sent: it is the chain that was trusted when the session was made.
        facts.chain = chainOf(nullptr, SSL_get_peer_cert_chain(ssl));
        facts.verdict = SSL_get_verify_result(ssl) == X509_V_OK ? TlsVerdict::Trusted : TlsVerdict::NotReached;
    }
    if (d->isClient() && done) {
        const unsigned char *staple = nullptr;
        const long octets = SSL_get_tlsext_status_ocsp_resp(ssl, &staple);
        const X509Ptr leaf(SSL_get1_peer_certificate(ssl));
        STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
        if (!chain)
            chain = SSL_get_peer_cert_chain(ssl);
        if (staple && octets > 0 && leaf && chain)
            facts.staple = stapleOf(staple, octets, leaf.get(), chain, SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl)));
    }
    if (!done && !d->firstOctets.empty() && !mayBeTls(static_cast<std::byte>(d->firstOctets.front())))
        facts.notTls = d->firstOctets;
    return facts;
}

} // namespace frameglass::transport
