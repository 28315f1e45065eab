// SPDX-License-Identifier: GPL-3.0-or-later
// A filter's text: what is parsed has a text that parses to the same; mistakes and completions stay inside the text; it
// can be asked of any record.
#include "fuzz_check.h"

#include "core/analysis/filter_run.h"

#include <string>

using namespace frameglass;
using namespace frameglass::analysis;

namespace {

const std::vector<capture::Record> &records()
{
    static const std::vector<capture::Record> all = [] {
        std::vector<capture::Record> made;
        const auto add = [&](capture::RecordBody body) {
            capture::Record record;
            record.id = made.size() + 1;
            record.connection = 1;
            record.time = Nanoseconds(made.size() * 1'000'000);
            record.body = std::move(body);
            made.push_back(std::move(record));
        };
        const auto frame = [](std::uint8_t opcode, std::string_view payload) {
            capture::FrameRecord record;
            record.header.opcode = opcode;
            record.header.payloadLength = record.payloadOctets = payload.size();
            record.payload = protocol::octetsOf(payload);
            return record;
        };
        add(frame(1, R"({"type":"tick","a":[1,2.5,{"b":null}],"ok":true})"));
        add(frame(2, std::string_view("\0\xff\x01", 3)));
        add(frame(8, "\x03\xe8"
                     "bye"));
        add(frame(9, "beat"));
        add(frame(11, ""));
        add(capture::HeadRecord{.raw = protocol::octetsOf("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")});
        add(capture::ViolationRecord{});
        add(capture::StateRecord{});
        add(capture::MessageRecord{});
        return made;
    }();
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const FilterCompletions completions = Filter::completionsAt(text, size == 0 ? 0 : data[0] % (size + 1));
    fuzzCheck(completions.position <= size && completions.length <= size - completions.position,
              "completions are inside");
    const auto parsed = Filter::parse(text);
    if (const auto *error = std::get_if<FilterError>(&parsed)) {
        fuzzCheck(error->position <= size && error->length <= size - error->position, "mistakes are inside");
        return 0;
    }
    const auto &filter = std::get<Filter>(parsed);
    const std::string normal = filter.text();
    if (normal.size() <= Filter::longest) { // escapes may make it longer
        const auto again = Filter::parse(normal);
        fuzzCheck(std::holds_alternative<Filter>(again), "the text parses");
        fuzzCheck(std::get<Filter>(again).text() == normal, "the text stays");
    }
    std::vector<std::int64_t> values;
    fuzzCheck(!filter.rows().sql(1, values).empty(), "there is SQL");
    for (const capture::Record &record : records()) {
        const capture::RecordSketch sketch = sketchOf(record);
        const FilterSubject subject{sketch, {}, [&record] { return &record; }, {}, {}, {}};
        const bool is = matches(filter, subject);
        fuzzCheck(!is || !filter.rows().isNever(), "rows let through");
    }
    return 0;
}
