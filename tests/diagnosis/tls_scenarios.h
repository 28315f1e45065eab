// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnosis/tls_view.h"
#include "scenario.h"

#include <functional>
#include <optional>

/// Connections over TLS, made in memory.
namespace frameglass::diagnosis::test {

using capture::Certificate;
using capture::TlsFacts;
using capture::TlsVerdict;
namespace alert = tls::alert;
namespace fault = tls::fault;
namespace handshake = tls::handshake;

inline constexpr auto sent = Direction::Sent;
inline constexpr auto got = Direction::Received;

/// Issued by CN=`issuer`, valid from and until that many days from the start of the capture.
inline Certificate certificate(const std::string &name, const std::string &issuer, int from = -30, int until = 60)
{
    constexpr std::int64_t day = 86'400;
    Certificate made;
    made.subject = "CN=" + name;
    made.issuer = "CN=" + issuer;
    made.commonName = name;
    made.names = {"DNS:" + name};
    made.notBefore = startWallMs / 1000 + from * day;
    made.notAfter = startWallMs / 1000 + until * day;
    made.selfIssued = name == issuer;
    return made;
}

inline TlsFacts good()
{
    TlsFacts facts;
    facts.version = "TLSv1.3";
    facts.cipher = "TLS_AES_256_GCM_SHA384";
    facts.group = "x25519";
    facts.sni = "peer.test";
    facts.alpnOffered = {"http/1.1"};
    facts.alpnChosen = "http/1.1";
    facts.chain = {certificate("peer.test", "Intermediate"), certificate("Intermediate", "Root")};
    facts.verdict = TlsVerdict::Trusted;
    facts.anchor = "CN=Root";
    return facts;
}

inline TlsFacts with(const std::function<void(TlsFacts &)> &change)
{
    TlsFacts facts = good();
    change(facts);
    return facts;
}

/// Not trusted, for these reasons.
inline TlsFacts refused(std::vector<int> errors, std::vector<Certificate> chain = good().chain)
{
    TlsFacts facts = good();
    facts.chain = std::move(chain);
    facts.verdict = TlsVerdict::Untrusted;
    facts.anchor.clear();
    for (const int error : errors)
        facts.faults.push_back({error, "fault " + std::to_string(error), 0});
    return facts;
}

inline Scenario &hellos(Scenario &scenario)
{
    return scenario.handshakeMessage(sent, handshake::clientHello)
        .after(10ms)
        .handshakeMessage(got, handshake::serverHello);
}

/// The handshake succeeded.
inline Scenario done(TlsFacts facts = good(), Nanoseconds took = 30ms)
{
    Scenario scenario;
    hellos(scenario.reached()).handshakeMessage(got, handshake::finished).handshakeMessage(sent, handshake::finished);
    return scenario.add(std::move(facts))
        .stage(Stage::Tls, StageOutcome::Succeeded, took)
        .stage(Stage::Upgrade, StageOutcome::Started, 0ms);
}

/// We refused the certificate.
inline Scenario failed(TlsFacts facts)
{
    Scenario scenario;
    hellos(scenario.reached()).alert(sent, alert::unknownCa).add(std::move(facts));
    return scenario.stage(Stage::Tls, StageOutcome::Failed, 30ms, 134, "certificate verify failed")
        .transport(TransportEnd::ClosedByUs)
        .ended();
}

/// The other end refused something with this alert.
inline Scenario alerted(std::uint8_t description, TlsFacts facts = good())
{
    Scenario scenario;
    hellos(scenario.reached()).alert(got, description).add(std::move(facts));
    return scenario.stage(Stage::Tls, StageOutcome::Failed, 30ms).transport(TransportEnd::ClosedByUs).ended();
}

/// What came was no TLS.
inline Scenario plain(std::string octets)
{
    TlsFacts facts;
    facts.notTls = std::move(octets);
    Scenario scenario;
    return scenario.reached()
        .handshakeMessage(sent, handshake::clientHello)
        .add(std::move(facts))
        .stage(Stage::Tls, StageOutcome::Failed, 3ms)
        .transport(TransportEnd::ClosedByUs)
        .ended();
}

inline Scenario stalled(bool afterHello)
{
    Scenario scenario;
    scenario.reached().handshakeMessage(sent, handshake::clientHello);
    if (afterHello)
        scenario.after(10ms).handshakeMessage(got, handshake::serverHello);
    return scenario.after(5s)
        .add(afterHello ? with([](TlsFacts &facts) {
            facts.chain.clear();
            facts.verdict = TlsVerdict::NotReached;
        })
                        : TlsFacts())
        .stage(Stage::Tls, StageOutcome::TimedOut, 5s)
        .transport(TransportEnd::ClosedByUs)
        .ended();
}

inline Scenario cutInHandshake()
{
    Scenario scenario;
    return scenario.reached()
        .handshakeMessage(sent, handshake::clientHello)
        .add(TlsFacts())
        .stage(Stage::Tls, StageOutcome::Failed, 3ms)
        .transport(TransportEnd::FinReceived)
        .ended();
}

/// The server's flight takes that long after its ServerHello.
inline Scenario flight(Nanoseconds took)
{
    Scenario scenario;
    return hellos(scenario.reached())
        .after(took)
        .handshakeMessage(got, handshake::finished)
        .add(good())
        .stage(Stage::Tls, StageOutcome::Succeeded, took);
}

/// A connection that our server accepted.
inline Scenario accepted(TlsFacts facts, const std::function<void(Scenario &)> &steps, bool succeeded)
{
    capture::ConnectionStarted started;
    started.vantage = capture::Vantage::Server;
    started.url = "wss://127.0.0.1:9001/";
    started.listener = 900;
    Scenario scenario;
    scenario.add(std::move(started))
        .add(capture::SocketFacts{"127.0.0.1:9001", "127.0.0.1:50000"})
        .stage(Stage::Tls, StageOutcome::Started, 0ms)
        .handshakeMessage(got, handshake::clientHello)
        .handshakeMessage(sent, handshake::serverHello);
    steps(scenario);
    scenario.add(std::move(facts)).stage(Stage::Tls, succeeded ? StageOutcome::Succeeded : StageOutcome::Failed, 5ms);
    return succeeded ? scenario : scenario.transport(TransportEnd::ClosedByUs).ended();
}

inline Scenario refusedByClient(std::uint8_t description)
{
    return accepted(
        with([](TlsFacts &facts) { facts.verdict = TlsVerdict::NotReached; }),
        [&](Scenario &scenario) { scenario.alert(got, description); }, false);
}

inline Scenario wantedClientCertificate(bool sentOne, std::optional<std::uint8_t> refusal)
{
    Scenario scenario;
    hellos(scenario.reached())
        .handshakeMessage(got, handshake::certificateRequest)
        .handshakeMessage(got, handshake::finished)
        .handshakeMessage(sent, handshake::certificate, sentOne ? 900 : 8)
        .handshakeMessage(sent, handshake::finished)
        .add(with([](TlsFacts &facts) { facts.clientCertificateWanted = true; }))
        .stage(Stage::Tls, StageOutcome::Succeeded, 20ms)
        .stage(Stage::Upgrade, StageOutcome::Started, 0ms)
        .request();
    if (!refusal)
        return scenario.response101().open();
    return scenario.alert(got, *refusal)
        .transport(TransportEnd::Error)
        .stage(Stage::Upgrade, StageOutcome::Failed, 1ms)
        .state(Trigger::HandshakeFailed)
        .ended();
}

/// ws:// to a port; what it answered.
inline Scenario withoutTls(std::string_view octets, bool complete = true)
{
    Scenario scenario;
    return scenario.client().request().at(5ms).responseRaw(octets, complete).refused().fin().ended();
}

inline Scenario endedBy(const std::function<void(Scenario &)> &steps)
{
    Scenario scenario = done();
    scenario.request().response101().open();
    steps(scenario);
    return scenario;
}

inline capture::OcspStaple staple(capture::StapleStatus status, bool trusted = true)
{
    capture::OcspStaple made;
    made.status = status;
    made.trusted = trusted;
    made.revokedAt = startWallMs / 1000;
    return made;
}

inline std::vector<Certificate> leafOnly()
{
    return {certificate("peer.test", "Intermediate")};
}

} // namespace frameglass::diagnosis::test
