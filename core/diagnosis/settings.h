// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/time.h"

#include <chrono>
#include <cstdint>

namespace frameglass::diagnosis {

/// How a client is meant to connect again: the profiles of the catalogue's `reconnect.profile`.
enum class ReconnectProfile : std::uint8_t { None, Trading, Orders, Notifications };
/// Which opcode the messages of an application are meant to have.
enum class MessageType : std::uint8_t { Any, Text, Binary };
/// A moment by the wall clock, ms since 1970; 0: none.
struct WallMoment
{
    std::int64_t ms = 0;
    friend bool operator==(const WallMoment &, const WallMoment &) = default;
};

/// Thresholds of the rules, with the catalogue's defaults, and what only the user can say of the system. Every number
/// that a rule compares with stands here; settings_table.h gives each a name, a title and a text.
struct Settings
{
    // What the user declares
    MessageType messageType = MessageType::Any;
    bool appleClients = false;      ///< Safari, WKWebView or URLSession are among the clients
    bool adaptiveHeartbeat = false; ///< the heartbeat's interval is meant to follow the RTT
    ReconnectProfile reconnectProfile = ReconnectProfile::None;
    WallMoment deployAt; ///< a deploy began
    WallMoment reloadAt; ///< the proxy was told to read its configuration again

    Nanoseconds noResponseFail = std::chrono::seconds(10);
    Nanoseconds noResponseWarn = std::chrono::seconds(3);
    Nanoseconds upgradeWarn = std::chrono::milliseconds(800);
    Nanoseconds upgradeFail = std::chrono::seconds(5);
    Nanoseconds assumedIdleLimit = std::chrono::seconds(60); ///< L of the catalogue
    Nanoseconds idleCutMinimum = std::chrono::seconds(1);

    // Phase 0: target
    std::uint64_t targetWarn = 2048;        ///< octets of the request target
    std::uint64_t targetGatewayFail = 4096; ///< AWS API Gateway

    // Phase 1: DNS
    Nanoseconds resolveGood = std::chrono::milliseconds(100); ///< dns.slow
    Nanoseconds resolveFail = std::chrono::seconds(1);
    Nanoseconds familyGap = std::chrono::milliseconds(250); ///< RFC 8305 §5
    double deadAddressesFail = 0.50;                        ///< share of the addresses that were tried
    std::uint32_t ttlWarn = 300;                            ///< s, where the addresses changed meanwhile
    Nanoseconds ttlLookupsApart = std::chrono::seconds(60);
    std::uint64_t ttlZeroAddresses = 8;
    std::uint64_t cnameLinksWarn = 5;
    Nanoseconds cnameTimeWarn = std::chrono::seconds(1);

    // Phase 2: TCP
    Nanoseconds connectGood = std::chrono::milliseconds(150);
    Nanoseconds connectFail = std::chrono::milliseconds(500);
    /// A lost SYN is sent again after 1, 3 and 7 s (RFC 6298 §2, doubled each time).
    struct Span
    {
        Nanoseconds from;
        Nanoseconds to;
    };
    Span lostSyn[3] = {{std::chrono::milliseconds(900), std::chrono::milliseconds(1200)},
                       {std::chrono::milliseconds(2900), std::chrono::milliseconds(3300)},
                       {std::chrono::milliseconds(6800), std::chrono::milliseconds(7500)}};
    std::uint64_t retransmitSegments = 200; ///< fewer tell nothing
    std::uint64_t segmentOctets = 1460;     ///< of an Ethernet path: 1,500 less 40 of headers
    double retransmitsWarn = 0.01;
    double retransmitsFail = 0.05;
    Nanoseconds halfOpenWarn = std::chrono::seconds(10);
    Nanoseconds halfOpenFail = std::chrono::seconds(30);
    int halfOpenHeartbeats = 3;
    std::uint64_t naglePings = 10; ///< fewer show no pattern
    double nagleShare = 0.30;
    Nanoseconds nagleFrom = std::chrono::milliseconds(38); ///< above the shortest; Linux delays an ACK by 40 ms
    Nanoseconds nagleTo = std::chrono::milliseconds(45);
    Nanoseconds nagleStep = std::chrono::milliseconds(200); ///< Windows and BSD
    Nanoseconds nagleStepSlack = std::chrono::milliseconds(5);
    std::uint64_t timeWaitWarn = 1'000;
    std::uint64_t timeWaitFail = 20'000; ///< of the 28,232 ports that Linux gives by default

    // Phase 3: TLS
    std::int64_t certificateWarnDays = 14;
    double certificateWarnShare = 0.10;                   ///< of its lifetime left
    double certificateInfoShare = 1.0 / 3;                ///< automatic renewal should have run
    Nanoseconds tlsGood = std::chrono::milliseconds(150); ///< of the handshake, without round trips
    Nanoseconds tlsFail = std::chrono::seconds(2);
    Nanoseconds serverFlightStall = std::chrono::seconds(1);

    // Frames
    std::uint64_t frameOctetsWarn = 100'000'000;   ///< frame.length-overflow, "100 MB"
    std::uint64_t frameOctetsFail = 2'000'000'000; ///< "2 GB"
    std::uint32_t concurrentFaultKinds = 2;
    Nanoseconds rightAtOpen = std::chrono::seconds(1); ///< a stream that is wrong from the start is no race
    std::uint32_t fragmentsWarn = 64;
    std::uint64_t gorillaFragmentFrom = 4'000; ///< "4,0xx": the default write buffer less a header
    std::uint64_t gorillaFragmentBelow = 4'100;
    double tinyMessagesWarn = 50;  ///< a second
    double tinyMessagesFail = 500; ///< a second
    std::uint64_t tinyMedianOctets = 64;
    double tinyOverheadFail = 0.60;     ///< share of headers in all octets
    std::uint64_t segmentOverhead = 40; ///< octets of IPv4 and TCP headers, for each read or write
    std::uint64_t maskFramesNeeded = 200;
    double maskRepeatsWarn = 0.01;

    // Extensions
    std::uint64_t benefitMessages = 100;             ///< fewer tell nothing of what compression saves
    double benefitSavedWarn = 0.10;                  ///< share of the octets
    std::uint64_t smallMedianOctets = 256;           ///< smaller messages hardly shrink
    double ownCompressionWarn = 0.20;                ///< share of messages that the application had compressed
    double incompressibleWarn = 0.98;                ///< octets as sent against octets as meant
    std::uint64_t bombOctets = 1024 * 1024;          ///< inflated; smaller messages may grow as they like
    double bombInflation = 100;                      ///< to 1
    int deflateMemLevel = 8;                         ///< zlib's default
    std::uint64_t deflateMemoryWarn = 1'000'000'000; ///< of all connections, "1 GB"

    // Heartbeat
    Nanoseconds pongGood = std::chrono::seconds(1);
    int pongGoodRtts = 5;
    Nanoseconds pongDead = std::chrono::seconds(20);
    Nanoseconds heartbeatAbsent = std::chrono::seconds(60);
    Nanoseconds idleTolerance = std::chrono::seconds(1); ///< "60 ± 1 s"
    double silencePassShare = 0.5;                       ///< of L
    double silenceWarnShare = 0.9;
    Nanoseconds intervalRace = std::chrono::seconds(5);
    Nanoseconds intervalDense = std::chrono::seconds(5);
    Nanoseconds tcpKeepalive = std::chrono::seconds(7'875); ///< 7,200 s + 9 × 75 s
    Nanoseconds detectionLimit = std::chrono::seconds(90);  ///< S of the catalogue
    std::uint32_t missedFail = 3;
    double lateShareWarn = 0.01;
    double lateShareFail = 0.05;
    std::uint32_t lateWindowsFail = 3;
    int rttSpread = 3; ///< P99 against the median
    Nanoseconds rttSpreadFloor = std::chrono::milliseconds(200);
    Nanoseconds rttFail = std::chrono::seconds(2);
    int loadedRttSpread = 5;
    Nanoseconds loadedRttFail = std::chrono::seconds(5);

    Nanoseconds adaptiveShortest = std::chrono::seconds(1);
    Nanoseconds adaptiveLongest = std::chrono::seconds(30);
    double adaptiveOfRtt = 1.5;
    double adaptiveSlack = 0.5;             ///< share by which the interval may miss the expected one
    std::uint64_t beatsTogetherNeeded = 10; ///< heartbeat.synchronised: connections
    double beatsConcentration = 0.9;        ///< R of the phases, 0 to 1
    double beatsShare = 0.50;               ///< of the pings …
    double beatsSlice = 0.10;               ///< … in this share of the period
    std::uint64_t throttleSteps = 3;        ///< in a row
    Nanoseconds suspendFrom = std::chrono::seconds(30);
    std::uint64_t pauseConnections = 3; ///< heartbeat.server-pause
    Nanoseconds pauseWarn = std::chrono::milliseconds(200);
    Nanoseconds pauseFail = std::chrono::seconds(1);

    // Flow
    double burstDispersion = 50; ///< variance of the messages a second against their mean
    Nanoseconds burstGap = std::chrono::seconds(1);
    std::uint64_t burstSeconds = 10; ///< fewer tell nothing

    // Close
    Nanoseconds closeReplyFail = std::chrono::seconds(10);
    Nanoseconds closeWriteGood = std::chrono::seconds(5);
    Nanoseconds closeReadGood = std::chrono::seconds(3);
    Nanoseconds closePhaseWarn = std::chrono::seconds(10); ///< of either
    Nanoseconds tcpEndGood = std::chrono::seconds(2);
    Nanoseconds tcpEndWarn = std::chrono::seconds(30);
    Nanoseconds closingFail = std::chrono::seconds(30);
    Nanoseconds lateOriginClose = std::chrono::seconds(1);

    std::uint64_t clusterEnds = 5; ///< close.lifetime-cluster
    double clusterShare = 0.60;
    double clusterWidth = 0.02; ///< of the age
    Nanoseconds clusterLife = std::chrono::seconds(5);
    std::uint64_t clusterEvidence = 8; ///< ends that are named
    std::uint64_t massEnds = 3;        ///< close.mass-event
    double massShare = 0.20;
    Nanoseconds massSpan = std::chrono::seconds(1);

    // Reconnect
    std::uint64_t backoffFailures = 4; ///< in a row; fewer show no shape
    double backoffGrowth = 1.3;        ///< from one delay to the next
    double backoffGrowthMost = 3;
    Nanoseconds backoffTooShort = std::chrono::milliseconds(200);
    std::uint64_t backoffTooShortTimes = 10;
    double jitterGood = 0.10; ///< coefficient of variation
    double jitterWarn = 0.05;
    std::uint64_t jitterDelays = 3; ///< fewer tell nothing
    Nanoseconds capGood = std::chrono::seconds(60);
    Nanoseconds capWarn = std::chrono::seconds(120);
    std::uint64_t hopelessRetries = 3; ///< reconnect.by-cause
    Nanoseconds hopelessSpan = std::chrono::seconds(60);
    double retryAfterSlack = 0.10;
    std::uint64_t breakerAttempts = 10;
    Nanoseconds breakerWarnSpan = std::chrono::seconds(60);
    double breakerWarnShare = 0.40;
    Nanoseconds breakerOpenSpan = std::chrono::seconds(300);
    double breakerOpenShare = 0.70;
    std::uint64_t breakerAttemptsWarn = 3;  ///< in the breakerOpenSpan after it should have opened
    std::uint64_t breakerAttemptsFail = 10; ///< oftener than a delay of 30 s, the usual cap, would
    double profileSlack = 0.20;
    std::uint64_t stormWarn = 10; ///< attempts of one client in a minute
    std::uint64_t stormFail = 60;
    std::uint64_t stormClients = 20; ///< fewer are no crowd
    double stormShare = 0.05;        ///< of the clients, within stormSpan
    Nanoseconds stormSpan = std::chrono::seconds(1);
    Nanoseconds flappingLife = std::chrono::seconds(5);
    std::uint64_t flappingWarn = 5; ///< more than that within a minute
    std::uint64_t flappingFail = 10;
    std::uint64_t deadAddressTries = 3;
    Nanoseconds givenUpAfter = std::chrono::seconds(120);

    // Draining
    Nanoseconds deploySpan = std::chrono::seconds(300);
    Nanoseconds reloadSpan = std::chrono::seconds(240); ///< worker_shutdown_timeout of ingress-nginx
    double spreadShare = 0.20;

    // Statistics
    std::uint64_t setupsNeeded = 20;
    Nanoseconds setupP95 = std::chrono::milliseconds(800);
    double cusumThreshold = 15;
    double cusumDrift = 2;
    Nanoseconds cusumBaseline = std::chrono::seconds(60);
    Nanoseconds cusumQuiet = std::chrono::seconds(30);
    double latencyThreshold = 5; ///< in standard deviations, of stat.cusum-latency
    double latencyDrift = 0.5;
    std::uint64_t latencyPings = 30;
    double latencyShiftLeast = 0.5; ///< of the median before: less is no shift that matters
    double sloErrors = 0.001;
    Nanoseconds sloLatency = std::chrono::milliseconds(200);
    double sloHeartbeatLoss = 0.05;
    std::uint64_t sloSamples = 50;
    double burnFail = 14.4; ///< errors of an hour against sloErrors
    double burnWarn = 6;    ///< of six hours
    std::uint64_t periodicEnds = 6;
    double periodicShare = 0.5;
    double periodicWidth = 0.05; ///< of the period

    // What repeats from end to end
    std::uint64_t cadenceEnds = 2; ///< alike, at least: fewer are no cadence
    double cadenceMajority = 0.60; ///< of the ends without a Close
    Nanoseconds cadenceTolerance = std::chrono::milliseconds(500);
    double cadenceShare = 0.02; ///< of the value, where that is more

    // Phase 4: upgrade request
    std::uint64_t requestHeadWarn = 4096;
    std::uint64_t requestHeadFail = 16384; ///< HAProxy
    std::uint64_t requestLineFail = 8190;  ///< nginx, Apache

    // Phase 5: upgrade response
    std::uint64_t responseHeadWarn = 4096;          ///< one page: the default proxy_buffer_size of nginx
    std::uint64_t responseHeadFail = 16384;         ///< Node and HAProxy
    std::uint64_t responseLineFail = 8192;          ///< websockets (Python)
    std::uint64_t responseFieldsWarn = 100;         ///< QWebSocket
    std::uint64_t responseFieldsFail = 128;         ///< websockets (Python)
    std::uint64_t rateLimitedFail = 3;              ///< answers 429 to one URL
    Nanoseconds earlyEnd = std::chrono::seconds(1); ///< TCP ends sooner than this after a 101
};

} // namespace frameglass::diagnosis
