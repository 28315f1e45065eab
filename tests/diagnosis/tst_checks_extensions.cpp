// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario.h"

namespace frameglass::diagnosis::test {

namespace {

const std::string field = "Sec-WebSocket-Extensions: ";
constexpr std::uint64_t mib = 1024 * 1024;

std::string line(std::string_view extensions)
{
    return field + std::string(extensions) + "\r\n";
}

Scenario opened()
{
    return Scenario().opened();
}

Scenario offering(std::string_view offer)
{
    return Scenario().client().request(line(offer));
}

/// The response is right but for its choice of extensions; we have judged it and opened.
Scenario answered(std::string_view offer, std::string_view choice)
{
    return offering(offer).response101(line(choice)).open();
}

Scenario deflating(std::string_view parameters = {})
{
    const std::string both = "permessage-deflate" + std::string(parameters);
    return answered(both, both);
}

Settings appleClients()
{
    Settings settings;
    settings.appleClients = true;
    return settings;
}

Scenario messages(int count, std::uint64_t wire, std::uint64_t meant, Direction direction = Direction::Received)
{
    Scenario scenario = deflating();
    for (int i = 0; i < count; ++i)
        scenario.compressed(direction, Opcode::Text, wire, meant);
    return scenario;
}

/// `own` of `count` binary messages begin with the octets in `begin`.
Scenario compressedBefore(int own, int count, std::string_view begin)
{
    Scenario scenario = deflating();
    for (int i = 0; i < count; ++i)
        scenario.compressed(Direction::Received, Opcode::Binary, 500, 1000, i < own ? begin : "data");
    return scenario;
}

Scenario notInflated(int before, std::string detail = "invalid distance too far back")
{
    Scenario scenario = messages(before, 10, 40);
    scenario.compressed(Direction::Received, Opcode::Text, 10, 0);
    const auto &frame = std::get<capture::FrameRecord>(scenario.records().back().body);
    return scenario.violation(Violation::InflateFailed, Direction::Received, std::move(detail), frame.streamOffset);
}

/// A compressed frame that whoever recorded it did not inflate.
Scenario unread()
{
    Scenario scenario = deflating();
    FrameHeader header = scenario.headerFor(Direction::Received, Opcode::Text, 2);
    header.rsv = protocol::rsv1;
    return scenario.frame(Direction::Received, header, "hi");
}

Scenario fragmentsThatInflate(std::uint64_t wire, std::uint64_t meant)
{
    return deflating()
        .compressed(Direction::Received, Opcode::Binary, wire / 2, meant / 2, {}, false)
        .received(Opcode::Ping)
        .compressed(Direction::Received, Opcode::Continuation, wire / 2, meant / 2);
}

Settings memoryOf(std::uint64_t octets)
{
    Settings settings;
    settings.deflateMemoryWarn = octets;
    return settings;
}

const std::vector<Case> &cases()
{
    using enum Verdict;
    static const std::vector<Case> all = {

        {"none", "ext.unrequested", Pass, opened()},
        {"what was offered", "ext.unrequested", Pass, answered("a; b=1", "a")},
        {"another", "ext.unrequested", Fail, answered("a", "b"), "b"},
        {"no response", "ext.unrequested", NotApplicable, Scenario().client().request()},

        {"none", "ext.malformed", NotApplicable, opened()},
        {"a list", "ext.malformed", Pass, offering("a; b=1, c")},
        {"offer with a stray ;", "ext.malformed", Fail, offering("a;"), "character 3"},
        {"answer with a stray =", "ext.malformed", Fail, answered("a", "a; b=")},

        {"illegal parameter in the offer", "ext.params", Fail,
         answered("permessage-deflate; x_own=1, permessage-deflate", "permessage-deflate"), "offer"},
        {"illegal parameter in the offer that a server saw", "ext.params", Fail,
         Scenario()
             .server()
             .request(line("permessage-deflate; server_max_window_bits=16"))
             .violation(Violation::DeflateOfferInvalid)
             .response101()
             .open(),
         "server_max_window_bits=16"},
        {"window of 7", "ext.params", Fail,
         answered("permessage-deflate", "permessage-deflate; server_max_window_bits=7"), "server_max_window_bits=7"},
        {"parameter twice", "ext.params", Fail,
         answered("permessage-deflate", "permessage-deflate; server_no_context_takeover; server_no_context_takeover")},
        {"client_max_window_bits that was not offered", "ext.params", Fail,
         answered("permessage-deflate", "permessage-deflate; client_max_window_bits=10"), "no offer allows"},
        {"client_max_window_bits that was offered", "ext.params", Pass,
         answered("permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=10")},
        {"the request is not known", "ext.params", Pass,
         Scenario().client().response101(line("permessage-deflate; client_max_window_bits=10")).open()},
        {"offered only", "ext.params", Pass, offering("permessage-deflate; client_max_window_bits"), "Offered"},
        {"another extension", "ext.params", NotApplicable, answered("a; b=1", "a; b=1")},
        {"nothing yet", "ext.params", NotApplicable, Scenario().client(), "No head"},

        {"twice", "ext.duplicate", Fail, answered("permessage-deflate", "permessage-deflate, permessage-deflate"),
         "2 times"},
        {"offered twice, chosen once", "ext.duplicate", Pass,
         answered("permessage-deflate; server_no_context_takeover, permessage-deflate", "permessage-deflate")},
        {"not chosen", "ext.duplicate", NotApplicable, opened()},
        {"no response", "ext.duplicate", NotApplicable, offering("permessage-deflate")},

        {"none", "ext.empty", NotApplicable, opened()},
        {"a list", "ext.empty", Pass, offering("a")},
        {"an empty answer", "ext.empty", Warn, answered("a", "")},

        {"neither, nothing wrong", "ext.context-takeover", Info, deflating(), "client_no_context_takeover"},
        {"one is missing, and a cut", "ext.context-takeover", Warn, deflating("; server_no_context_takeover").fin(),
         "without client_no_context_takeover"},
        {"both", "ext.context-takeover", Pass, deflating("; server_no_context_takeover; client_no_context_takeover")},
        {"only the offer says so", "ext.context-takeover", Info,
         answered("permessage-deflate; client_no_context_takeover", "permessage-deflate")},
        {"not chosen", "ext.context-takeover", NotApplicable, opened()},

        {"not chosen", "ext.safari", NotApplicable, opened(), "does not choose"},
        {"chosen", "ext.safari", NotApplicable, deflating(), "clients.apple"},
        {"chosen, and declared", "ext.safari", Warn, deflating(), "are declared", nullptr, appleClients()},

        {"the first one", "ext.inflate-error", Fail, notInflated(0), "first compressed message (received)"},
        {"a later one", "ext.inflate-error", Fail, notInflated(3), "After 3 good ones"},
        {"the reason", "ext.inflate-error", Fail, notInflated(3), "too far back"},
        {"all good", "ext.inflate-error", Pass, messages(3, 10, 40), "None of 3"},
        {"nobody inflated it", "ext.inflate-error", NotApplicable, unread(), "were not read"},
        {"plain ones only", "ext.inflate-error", NotApplicable, deflating().received(Opcode::Text, "hi")},
        {"not agreed", "ext.inflate-error", NotApplicable, opened(), "not agreed"},

        {"91 %, and a cut", "ext.benefit", Warn, messages(100, 91, 100).fin(), "9 % saved"},
        {"small ones, and a cut", "ext.benefit", Warn, messages(100, 100, 255).fin(), "up to 255"},
        {"small ones, nothing wrong", "ext.benefit", Info, messages(100, 100, 255)},
        {"half of 256 octets", "ext.benefit", Info, messages(100, 100, 256).fin(), "61 % saved"},
        {"large ones that were sent", "ext.benefit", Info, messages(100, 100, 1000, Direction::Sent).fin(), "(sent)"},
        {"too few", "ext.benefit", NotApplicable, messages(99, 100, 1000), "Fewer than 100"},

        {"2 of 10 are gzip, and a cut", "ext.double-compression", Warn,
         compressedBefore(2, 10, "\x1f\x8b\x08\x00").fin(), "2 of 10"},
        {"2 of 10 are gzip", "ext.double-compression", Info, compressedBefore(2, 10, "\x1f\x8b\x08\x01"), "gzip"},
        {"zlib", "ext.double-compression", Info, compressedBefore(1, 1, "\x78\x9c\x01\x02"), "zlib"},
        {"zstd", "ext.double-compression", Info, compressedBefore(1, 1, "\x28\xb5\x2f\xfd"), "zstd"},
        {"1 of 10 is gzip", "ext.double-compression", Pass, compressedBefore(1, 10, "\x1f\x8b\x08\x01"), "50 %"},
        {"text that begins with x^", "ext.double-compression", Pass,
         deflating().compressed(Direction::Received, Opcode::Text, 10, 40, "x^ab")},
        {"98 %, and a cut", "ext.double-compression", Warn, messages(1, 980, 1000).fin(), "98 %"},
        {"97 %, and a cut", "ext.double-compression", Pass, messages(1, 970, 1000).fin(), "97 %"},
        {"small ones that grow", "ext.double-compression", Pass, messages(3, 27, 21).fin()},
        {"one that did not inflate", "ext.double-compression", Pass, notInflated(0)},
        {"no message is whole", "ext.double-compression", NotApplicable,
         deflating().compressed(Direction::Received, Opcode::Text, 10, 40, {}, false)},
        {"plain ones only", "ext.double-compression", NotApplicable, deflating().received(Opcode::Binary, "\x1f\x8b")},

        {"over the limit", "ext.bomb", Fail,
         messages(1, 1000, mib).violation(Violation::InflatedTooBig, Direction::Received, "1048576"),
         "more than the limit"},
        {"2 MiB out of 20 KiB", "ext.bomb", Warn, messages(1, 2 * mib / 101, 2 * mib), "101 to 1"},
        {"in two fragments", "ext.bomb", Warn, fragmentsThatInflate(2 * mib / 101, 2 * mib)},
        {"100 to 1", "ext.bomb", Pass, messages(1, 20'000, 2'000'000), "100 to 1"},
        {"500 to 1, but small", "ext.bomb", Pass, messages(1, mib / 500, mib), "500 to 1"},
        {"a large one behind a small one that grew more", "ext.bomb", Warn,
         messages(1, mib / 500, mib).compressed(Direction::Received, Opcode::Binary, 2 * mib / 101, 2 * mib)},
        {"none", "ext.bomb", NotApplicable, deflating()},

        {"largest windows", "ext.memory", Info, deflating(), "288 KiB"},
        {"small windows", "ext.memory", Info,
         answered("permessage-deflate; client_max_window_bits",
                  "permessage-deflate; server_max_window_bits=10; client_max_window_bits=9"),
         "132 KiB"},
        {"no context", "ext.memory", Info, deflating("; server_no_context_takeover; client_no_context_takeover"),
         "only while"},
        {"over the limit, and a cut", "ext.memory", Warn, deflating().fin(), "1 at once", nullptr, memoryOf(200'000)},
        {"over the limit", "ext.memory", Info, deflating(), nullptr, nullptr, memoryOf(200'000)},
        {"not agreed", "ext.memory", NotApplicable, opened()},
    };
    return all;
}

} // namespace

class TestChecksExtensions : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried()
    {
        QCOMPARE(untried(Phase::Extensions, cases(), {"ext.benefit", "ext.memory", "ext.safari"}), QStringList());
    }

    void theFirstMessageAndALaterOneHaveOtherCauses()
    {
        const auto first = report(notInflated(0));
        const auto later = report(notInflated(1));
        QVERIFY(first.find("ext.inflate-error")->causes.front().cause.contains("00 00 ff ff"));
        QVERIFY(later.find("ext.inflate-error")->causes.front().cause.contains("context takeover"));
        QCOMPARE(first.rootCause.value_or(""), std::string_view("ext.inflate-error"));
        // The frame that could not be inflated, and the record that says so.
        QCOMPARE(first.find("ext.inflate-error")->evidence.size(), std::size_t(2));
    }

    void aBombIsTheCauseOfTheLimit()
    {
        const auto whole =
            report(messages(1, 1000, mib).violation(Violation::InflatedTooBig, Direction::Received, "1048576"));
        QCOMPARE(whole.rootCause.value_or(""), std::string_view("ext.bomb"));
        QCOMPARE(whole.find("frame.over-limit")->foldedUnder, std::string_view("ext.bomb"));
    }

    void whatWasNotOfferedNeedsNoParameters()
    {
        const auto whole = report(Scenario()
                                      .client()
                                      .request()
                                      .response101(line("permessage-deflate"))
                                      .violation(Violation::ExtensionUnrequested, Direction::Received)
                                      .refused());
        QCOMPARE(whole.rootCause.value_or(""), std::string_view("ext.unrequested"));
        QCOMPARE(whole.find("ext.context-takeover")->verdict, Verdict::Warn);
        QCOMPARE(whole.find("ext.context-takeover")->foldedUnder, std::string_view("ext.unrequested"));
    }

    void rsv1OutOfPlaceIsAFaultOfTheFrame()
    {
        Scenario scenario = deflating();
        scenario.compressed(Direction::Received, Opcode::Text, 3, 2, {}, false);
        FrameHeader header = scenario.headerFor(Direction::Received, Opcode::Continuation, 4);
        header.rsv = protocol::rsv1;
        scenario.frame(Direction::Received, header, "rest").violation(Violation::CompressedBitMisplaced);
        QCOMPARE(report(scenario).find("frame.rsv-bits")->verdict, Verdict::Fail);
    }

    void compressedTextIsRead()
    {
        QCOMPARE(judge("frame.utf8", messages(1, 10, 40)).verdict, Verdict::Pass);
        QCOMPARE(judge("frame.utf8", unread()).verdict, Verdict::NotApplicable);
    }

    void memoryCountsConnectionsAtOnce()
    {
        analysis::CaptureFacts all;
        const auto add = [&](capture::ConnectionId id, Scenario scenario) {
            for (auto record : scenario.records()) {
                record.connection = id;
                all.add(record);
            }
        };
        // Two at once, though three in all; one of another vantage, and one without compression.
        add(1, deflating().fin().ended());
        add(2, deflating());
        add(3, deflating());
        add(4, opened());
        add(5, Scenario().server().request(line("permessage-deflate")).response101(line("permessage-deflate")).open());
        const Check *check = checkById("ext.memory");
        Settings settings;
        settings.deflateMemoryWarn = 300'000;
        const auto judgement = check->rule({*all.find(2), nullptr, &all, Nanoseconds(0), settings});
        QVERIFY2(judgement.reason.contains("2 at once"), qPrintable(judgement.reason));
        settings.deflateMemoryWarn = 600'000;
        QVERIFY(!check->rule({*all.find(2), nullptr, &all, Nanoseconds(0), settings}).reason.contains("at once"));
    }
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksExtensions)
#include "tst_checks_extensions.moc"
