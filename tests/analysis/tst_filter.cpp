// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/filter_run.h"
#include "core/analysis/record_set.h"

#include "../capture/record_samples.h"

#include "core/capture/record_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>

using namespace frameglass;
using namespace frameglass::analysis;
using namespace frameglass::capture;
using namespace frameglass::capture::test;
using namespace std::chrono_literals;
using protocol::octetsOf;

namespace {

Filter parsed(std::string_view text)
{
    auto result = Filter::parse(text);
    if (const auto *error = std::get_if<FilterError>(&result)) {
        ADD_FAILURE() << text << ": error " << static_cast<int>(error->code) << " at " << error->position;
        return std::get<Filter>(Filter::parse("conn == -1"));
    }
    return std::get<Filter>(std::move(result));
}

std::optional<FilterError> errorOf(std::string_view text)
{
    auto result = Filter::parse(text);
    const auto *error = std::get_if<FilterError>(&result);
    return error ? std::optional(*error) : std::nullopt;
}

/// A connection that has something for each field, and a second one beside it.
class Sample
{
public:
    Sample()
    {
        CaptureWriter writer(path());
        const TimePoint begin = std::chrono::steady_clock::now(); // as the writer counts
        const auto add = [&](ConnectionId connection, Nanoseconds at, RecordBody body) {
            writer.add(connection, begin + at, std::move(body));
            return ++m_last;
        };
        const auto masked = [](FrameRecord frame) {
            frame.direction = Direction::Sent;
            frame.header.maskKey =
                protocol::MaskKey{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};
            return frame;
        };
        add(1, 0ms, ConnectionStarted{.url = "ws://127.0.0.1/"});
        add(1, 1ms, HeadRecord{.raw = octetsOf("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")});
        response = add(1, 2ms,
                       HeadRecord{.direction = Direction::Received,
                                  .kind = protocol::HeadKind::Response,
                                  .raw = octetsOf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")});
        opened = add(1, 2ms,
                     StateRecord{protocol::ConnectionState::Opening, protocol::ConnectionState::Open,
                                 protocol::Trigger::HandshakeSucceeded});
        tick = add(1, 10ms, masked(textFrame(R"({"type":"tick","seq":3,"price":1.5,"ok":true,"a":[{"b":"x"}]})")));
        ping = add(1, 20ms, masked(frame(9, octetsOf("beat"))));
        pong = add(1, 25ms, frame(10, octetsOf("beat")));
        FrameRecord part = textFrame("part of ");
        part.header.fin = false;
        fragment = add(1, 26ms, part);
        binary = add(1, 60s + 900ms, frame(2, octetsOf(std::string("\x01\x00\xff\x02", 4))));
        large = add(1, 60s + 901ms, textFrame(std::string(4000, 'x') + "needle"));
        FrameRecord deflated =
            compressedFrame(octetsOf("\x01\x02"), octetsOf("inflated tick text, long enough to be put away"));
        deflated.direction = Direction::Received;
        compressed = add(1, 60s + 902ms, deflated);
        FrameRecord reserved = frame(2, octetsOf("r"));
        reserved.header.rsv = protocol::rsv2;
        rsv = add(1, 60s + 903ms, reserved);
        violation = add(1, 60s + 903ms, ViolationRecord{.violation = protocol::Violation::HeadTooLarge});
        close = add(1, 60s + 904ms, frame(8, octetsOf(std::string("\x03\xe8", 2) + "bye")));
        second = add(3, 60s + 905ms, textFrame("another connection"));
    }

    std::string path() const { return m_folder / "a"; }
    std::vector<RecordId> found(std::string_view text, ConnectionId connection = 0) const
    {
        const CaptureReader reader(path());
        FilterRun run(parsed(text), connection);
        std::vector<RecordId> ids;
        const auto take = [&](RecordId id) {
            ids.push_back(id);
            return true;
        };
        // In pieces, as a caller with a progress bar would.
        for (RecordId first = 1; first <= reader.lastId(); first += 4)
            run.run(reader, first, first + 3, take);
        return ids;
    }

    RecordId response, opened, tick, ping, pong, fragment, binary, large, compressed, rsv, violation, close, second;

private:
    TemporaryFolder m_folder;
    RecordId m_last = 0;
};

using Ids = std::vector<RecordId>;

TEST(Filter, EachFieldFindsWhatItNames)
{
    const Sample s;
    EXPECT_EQ(s.found("websocket.opcode == ping"), Ids{s.ping});
    EXPECT_EQ(s.found("websocket.opcode in {ping, 0xa}"), (Ids{s.ping, s.pong}));
    EXPECT_EQ(s.found("websocket.fin == false"), Ids{s.fragment});
    EXPECT_EQ(s.found("websocket.rsv != 0"), (Ids{s.compressed, s.rsv}));
    EXPECT_EQ(s.found("websocket.mask == true"), (Ids{s.tick, s.ping}));
    EXPECT_EQ(s.found("websocket.masking_key == 37:fa:21:3d"), (Ids{s.tick, s.ping}));
    EXPECT_EQ(s.found("websocket.payload_length > 1 KiB"), Ids{s.large});
    EXPECT_EQ(s.found("websocket.payload contains 00:ff"), Ids{s.binary});
    EXPECT_EQ(s.found("websocket.payload == 0100ff02"), Ids{s.binary});
    EXPECT_EQ(s.found(R"(websocket.payload.text contains "needle")"), Ids{s.large});
    EXPECT_EQ(s.found(R"(websocket.payload.text contains "tick")"), (Ids{s.tick, s.compressed}));
    EXPECT_EQ(s.found(R"(websocket.payload.text matches "(?i)INFLATED\s+t")"), Ids{s.compressed});
    EXPECT_EQ(s.found("websocket.payload.close.status_code == 1000"), Ids{s.close});
    EXPECT_EQ(s.found("websocket.payload.close.status_code in {1001..1015, 1000}"), Ids{s.close});
    EXPECT_EQ(s.found(R"(websocket.payload.close.reason matches "^BYE")"), Ids{});
    EXPECT_EQ(s.found(R"(websocket.payload.close.reason matches "(?i)^BYE")"), Ids{s.close});
    EXPECT_EQ(s.found("message.octets == 46"), Ids{s.compressed}); // as meant
    EXPECT_EQ(s.found("wire.octets < 8 && websocket.opcode == binary"), (Ids{s.binary, s.rsv}));
    EXPECT_EQ(s.found(R"(json.path("$.type") == "tick")"), Ids{s.tick});
    EXPECT_EQ(s.found(R"(json.path("$.seq") >= 3 && json.path("$.price") < 1.6 && json.path("$.ok") == true)"),
              Ids{s.tick});
    EXPECT_EQ(s.found(R"(json.path("$.a[0]['b']") == "x")"), Ids{s.tick});
    EXPECT_EQ(s.found(R"(json.path("$.a[1]"))"), Ids{});
    EXPECT_EQ(s.found(R"(json.path("$.ok") == 1)"), Ids{});
    EXPECT_EQ(s.found("dir == sent && websocket"), (Ids{s.tick, s.ping}));
    EXPECT_EQ(s.found("conn == 3"), Ids{s.second});
    EXPECT_EQ(s.found("kind == state"), Ids{s.opened});
    EXPECT_EQ(s.found("state == open && conn == 1 && time < 30 s"),
              (Ids{s.opened, s.tick, s.ping, s.pong, s.fragment}));
    EXPECT_EQ(s.found("delta > 250 ms"), Ids{s.binary});
    EXPECT_EQ(s.found("rtt >= 5 ms && rtt < 5001 us"), Ids{s.pong});
    EXPECT_EQ(s.found("violation"), Ids{s.violation});
    EXPECT_EQ(s.found("violation == head-too-large"), Ids{s.violation});
    EXPECT_EQ(s.found("http.status == 101"), Ids{s.response});
    EXPECT_EQ(s.found(R"(http.header("upgrade") == "websocket" && dir == received)"), Ids{s.response});
    EXPECT_EQ(s.found("websocket", 3), Ids{s.second});
    EXPECT_EQ(s.found("!(websocket) and not kind in {state, connection-started, head}"), Ids{s.violation});
    EXPECT_EQ(s.found("websocket.opcode == ping || websocket.opcode == pong && rtt > 1 s"), Ids{s.ping}); // && binds
}

TEST(Filter, EveryExampleOfTheGuideFindsSomething)
{
    const Sample s;
    for (const FilterField &field : filterFields()) {
        EXPECT_FALSE(s.found(field.example).empty()) << field.example;
        EXPECT_NE(field.example.find(field.name), std::string_view::npos) << field.example;
        EXPECT_EQ(findFilterField(field.name), &field);
        EXPECT_EQ(&filterField(field.id), &field);
    }
}

TEST(Filter, MistakesAreNamedWithTheirPlace)
{
    using Code = FilterErrorCode;
    struct Row
    {
        std::string_view text;
        Code code;
        std::size_t position;
        std::size_t length;
        std::string_view suggestion = {};
    };
    const Row rows[] = {
        {"", Code::FieldExpected, 0, 0},
        {"  ", Code::FieldExpected, 2, 0},
        {"websocket.opcde == ping", Code::FieldUnknown, 0, 15, "websocket.opcode"},
        {"opcode == 1", Code::FieldUnknown, 0, 6, "websocket.opcode"},
        {"nothing.like.it", Code::FieldUnknown, 0, 15},
        {"websocket.opcode == pingg", Code::NameUnknown, 20, 5, "websocket.opcode"},
        {"websocket.opcode contains \"a\"", Code::OperatorUnfit, 17, 8, "contains"},
        {"websocket == 1", Code::OperatorUnfit, 10, 2, "=="},
        {"conn ==", Code::ValueExpected, 7, 0},
        {"conn == \"a\"", Code::ValueUnfit, 8, 3},
        {"conn == 5x", Code::NumberWrong, 8, 1},
        {"conn == 99999999999999999999", Code::NumberWrong, 8, 20},
        {"delta > 5", Code::NumberWrong, 8, 1, "ms"},
        {"conn == 5 ms", Code::NumberWrong, 8, 4},
        {"websocket.payload.text contains \"abc", Code::TextUnfinished, 32, 4},
        {"websocket.payload.text matches \"(\"", Code::PatternWrong, 31, 3},
        {"websocket.payload.text == ping", Code::ValueUnfit, 26, 4},
        {"websocket.masking_key == xyz", Code::ValueUnfit, 25, 3},
        {"websocket.fin == maybe", Code::ValueUnfit, 17, 5},
        {"json.path == 1", Code::ArgumentExpected, 10, 0},
        {"json.path(\"type\") == 1", Code::PathWrong, 10, 6},
        {"json.path(\"$.a[x]\") == 1", Code::PathWrong, 10, 8},
        {"(websocket", Code::ParenthesisMissing, 0, 1},
        {"websocket)", Code::ParenthesisMissing, 9, 1},
        {"conn in {1, 2", Code::ParenthesisMissing, 13, 0},
        {"conn in 1", Code::ValueExpected, 8, 0, "{"},
        {"websocket conn", Code::ConnectiveExpected, 10, 4},
        {"websocket && ", Code::FieldExpected, 13, 0},
        {"websocket & conn", Code::ConnectiveExpected, 10, 1},
    };
    for (const Row &row : rows) {
        const auto error = errorOf(row.text);
        ASSERT_TRUE(error) << row.text;
        EXPECT_EQ(error->code, row.code) << row.text << " gave " << static_cast<int>(error->code);
        EXPECT_EQ(error->position, row.position) << row.text;
        EXPECT_EQ(error->length, row.length) << row.text;
        EXPECT_EQ(error->suggestion, row.suggestion) << row.text;
    }
    EXPECT_EQ(errorOf(std::string(5000, ' '))->code, Code::TooLong);
    EXPECT_EQ(errorOf(std::string(100, '(') + "websocket" + std::string(100, ')'))->code, Code::TooDeep);
    EXPECT_EQ(errorOf(std::string(100, '!') + "websocket")->code, Code::TooDeep);
    // A pattern that would take much memory is refused, not tried.
    EXPECT_EQ(errorOf(R"(websocket.payload.text matches "((a{100}){100}){100}")")->code, Code::PatternWrong);
}

TEST(Filter, ItsTextParsesToTheSame)
{
    for (const char *text :
         {"websocket.opcode == ping", "websocket.opcode in {ping, 3..7}",
          R"(json.path("$.a['b c'][0]") == "x\"y\\z\n")", "time >= 1.5 min && !(rtt > 3 ms || delta < 2 us)",
          "websocket.payload contains 00:ff", "not not violation", "conn == 1 and conn == 2 or conn == 3",
          "json.path(\"$\") == 1.25", "json.path(\"$.x\") == true", "websocket.payload == \"ab\"",
          "websocket.payload == \"\"", "websocket.payload_length in {0x10, 1 KiB..2 MiB}", "websocket.mask == false",
          R"(websocket.payload.text matches "\d+\\\\")", "time == -5 ns"}) {
        const Filter filter = parsed(text);
        const Filter again = parsed(filter.text());
        EXPECT_EQ(again.text(), filter.text()) << text;
    }
}

TEST(Filter, HeaderFieldsAreDecidedByRows)
{
    for (const char *text :
         {"websocket.opcode == close || websocket.payload_length > 1000", "!(conn == 2) && kind == state",
          "time in {1 s..2 s} and websocket.mask == true", "wire.octets > 5", "websocket"})
        EXPECT_TRUE(parsed(text).isDecidedByRows()) << text;
    for (const char *text : {R"(websocket.payload.text contains "a")", "rtt > 1 ms", "violation", "dir == sent"})
        EXPECT_FALSE(parsed(text).isDecidedByRows()) << text;
    // What is not decided is narrowed all the same.
    EXPECT_FALSE(parsed(R"(websocket.payload.text contains "a")").rows().isAlways());
    EXPECT_TRUE(parsed(R"(!(websocket.payload.text contains "a"))").rows().isAlways());
}

/// A filter made by chance of what a filter may consist of.
std::string someFilter(std::mt19937 &random, int depth)
{
    const auto pick = [&](auto... options) {
        const std::array<std::string, sizeof...(options)> all{options...};
        return all[random() % all.size()];
    };
    if (depth > 0 && random() % 3 != 0) {
        switch (random() % 3) {
        case 0: return "!(" + someFilter(random, depth - 1) + ")";
        case 1: return "(" + someFilter(random, depth - 1) + " && " + someFilter(random, depth - 1) + ")";
        default: return "(" + someFilter(random, depth - 1) + " || " + someFilter(random, depth - 1) + ")";
        }
    }
    const std::string relation = pick("==", "!=", "<", ">", "<=", ">=");
    const std::string number = std::to_string(random() % 30);
    switch (random() % 14) {
    case 0: return "websocket.opcode " + pick("==", "!=") + " " + pick("text", "ping", "close", "continuation", "3");
    case 1: return "websocket.payload_length " + relation + " " + number;
    case 2: return "conn " + relation + " " + std::to_string(random() % 4);
    case 3: return "websocket.rsv " + relation + " " + std::to_string(random() % 8);
    case 4: return "websocket.fin == " + pick("true", "false");
    case 5: return "websocket.mask == " + pick("true", "false");
    case 6: return "wire.octets " + relation + " " + number;
    case 7: return "time " + relation + " " + number + " ms";
    case 8:
        return "kind in {" + pick("state", "frame", "head") + ", " + number + ".." + std::to_string(random() % 30) +
               "}";
    case 9: return "websocket.payload.text contains \"" + pick("a", "b", "ab", "") + "\"";
    case 10: return "message.octets " + relation + " " + number;
    case 11: return "json.path(\"$.a\") " + relation + " " + std::to_string(random() % 3);
    case 12: return "dir == " + pick("sent", "received");
    default:
        return pick("websocket", "violation", "websocket.payload.close.status_code", "http.status",
                    "websocket.masking_key");
    }
}

/// What SQLite decides and what is decided record by record must not differ.
TEST(Filter, RowsAndRecordsAgree)
{
    const TemporaryFolder folder;
    std::mt19937 random(1);
    {
        CaptureWriter writer(folder / "a");
        const TimePoint begin = std::chrono::steady_clock::now();
        auto all = samples();
        std::erase_if(all, [](const auto &sample) { // each of them is read hundreds of times
            constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
            return detailOf(sample.body, Bulk::Include).dump(-1, ' ', false, replace).size() > 10'000;
        });
        for (int i = 0; i < 400; ++i) {
            RecordBody body = all[random() % all.size()].body;
            if (random() % 2 == 0) {
                std::string payload;
                for (std::size_t n = random() % 60; n > 0; --n)
                    payload += "ab{\"}:1 "[random() % 8];
                if (random() % 5 == 0)
                    payload = "{\"a\":" + std::to_string(random() % 3) + "}";
                FrameRecord made = frame(static_cast<std::uint8_t>(random() % 16), octetsOf(payload),
                                         random() % 2 == 0 ? Direction::Sent : Direction::Received);
                made.header.fin = random() % 3 != 0;
                made.header.rsv = static_cast<std::uint8_t>(random() % 8);
                if (random() % 2 == 0)
                    made.header.maskKey = protocol::MaskKey{};
                if (random() % 4 == 0)
                    made = compressedFrame(octetsOf("\x01\x02"), octetsOf(payload));
                body = made;
            }
            writer.add(1 + random() % 3, begin + std::chrono::milliseconds(i / 10), body);
        }
    }
    const CaptureReader reader(folder / "a");
    std::vector<Record> records;
    reader.forEach(1, ~RecordId(0), Payloads::Full, [&](Record &&record) {
        records.push_back(std::move(record));
        return true;
    });
    constexpr std::size_t rounds = 400;
    std::size_t some = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
        const std::string text = someFilter(random, 3);
        const Filter filter = parsed(text);
        ASSERT_EQ(parsed(filter.text()).text(), filter.text()) << text;
        std::vector<RecordId> wanted;
        for (const Record &record : records) {
            const RecordSketch sketch = sketchOf(record);
            const FilterSubject subject{sketch, {}, [&record] { return &record; }, {}, {}, {}};
            if (matches(filter, subject))
                wanted.push_back(record.id);
        }
        std::vector<RecordId> found;
        FilterRun(filter).run(reader, 1, ~RecordId(0), [&](RecordId id) {
            found.push_back(id);
            return true;
        });
        ASSERT_EQ(found, wanted) << text;
        some += !found.empty() && found.size() < records.size() ? 1 : 0;
    }
    EXPECT_GT(some, rounds / 2); // most say something
}

TEST(Filter, CompletesWhatMayStandThere)
{
    const auto words = [](std::string_view text) { return Filter::completionsAt(text, text.size()).words; };
    const auto has = [&](std::string_view text, std::string_view word) {
        const auto all = words(text);
        return std::ranges::find(all, word) != all.end();
    };
    EXPECT_EQ(words("").size(), filterFields().size());
    EXPECT_TRUE(has("websocket.op", "websocket.opcode"));
    EXPECT_TRUE(has("opc", "websocket.opcode"));
    EXPECT_TRUE(has("conn == 1 && del", "delta"));
    EXPECT_TRUE(has("!(", "violation"));
    EXPECT_TRUE(has("websocket.opcode ", "=="));
    EXPECT_FALSE(has("websocket.opcode ", "contains"));
    EXPECT_TRUE(has("websocket.payload.text ", "contains"));
    EXPECT_TRUE(has("websocket.opcode == ", "ping"));
    EXPECT_TRUE(has("websocket.opcode in {ping, po", "pong"));
    EXPECT_EQ(words("websocket.mask == "), (std::vector<std::string>{"true", "false"}));
    EXPECT_TRUE(has("conn == 1 ", "&&"));
    EXPECT_TRUE(words("websocket.payload.text == \"").empty());
    const FilterCompletions middle = Filter::completionsAt("sta == open && conn == 1", 3);
    EXPECT_EQ(middle.position, 0u);
    EXPECT_EQ(middle.length, 3u);
    EXPECT_EQ(middle.words, (std::vector<std::string>{"websocket.payload.close.status_code", "state", "http.status"}));
}

} // namespace
