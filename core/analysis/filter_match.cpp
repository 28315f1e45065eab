// SPDX-License-Identifier: GPL-3.0-or-later
// What the fields of a filter are in a record, and whether its tests hold.
#include "filter_run.h"

#include "core/protocol/http_head.h"

#include <nlohmann/json.hpp>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>

namespace frameglass::analysis {

namespace {

using capture::FrameRecord;
using Id = FilterFieldId;

/// Nothing where the record has no such field. Octets and texts are views of the record or of `Values::kept`.
using Found = std::variant<std::monostate, std::int64_t, double, std::string_view, bool>;

constexpr std::size_t longestJson = 1 << 20;
constexpr int deepestJson = 100;

/// Gets the values of one record.
class Values
{
public:
    explicit Values(const FilterSubject &subject) : m_subject(subject) {}

    Found of(const FilterTest &test)
    {
        const capture::RecordSketch &sketch = m_subject.sketch;
        switch (test.field) {
        case Id::Conn: return std::int64_t(sketch.connection);
        case Id::Kind: return static_cast<std::int64_t>(sketch.kind);
        case Id::Time: return std::int64_t(sketch.time.count());
        case Id::Dir: return direction();
        case Id::State: return m_subject.state ? Found(static_cast<std::int64_t>(*m_subject.state)) : Found();
        case Id::Delta: return duration(m_subject.delta);
        case Id::Rtt: return duration(m_subject.rtt);
        case Id::MessageOctets: return messageOctets();
        case Id::Violation: {
            const auto *violation = body<capture::ViolationRecord>();
            return violation ? Found(static_cast<std::int64_t>(violation->violation)) : Found();
        }
        case Id::HttpStatus:
        case Id::HttpHeader: return http(test);
        default: return sketch.isFrame() ? frame(test) : Found();
        }
    }

private:
    static Found duration(const std::optional<Nanoseconds> &time)
    {
        return time ? Found(std::int64_t(time->count())) : Found();
    }

    template<typename T>
    const T *body() const
    {
        const capture::Record *record = m_subject.sketch.is<T>() ? m_subject.record() : nullptr;
        return record ? capture::as<T>(*record) : nullptr;
    }

    Found direction() const
    {
        const capture::RecordSketch &sketch = m_subject.sketch;
        if (sketch.isFrame() || sketch.is<capture::TransferBoundary>())
            return static_cast<std::int64_t>(sketch.direction);
        const capture::Record *record = m_subject.record();
        if (!record)
            return {};
        return std::visit(
            [](const auto &value) -> Found {
                if constexpr (requires { value.direction; })
                    return static_cast<std::int64_t>(value.direction);
                else
                    return {};
            },
            record->body);
    }

    Found messageOctets() const
    {
        const capture::RecordSketch &sketch = m_subject.sketch;
        if (const auto *message = body<capture::MessageRecord>())
            return static_cast<std::int64_t>(message->octetsMeant);
        const bool isWhole =
            sketch.isFin() && (sketch.is(protocol::Opcode::Text) || sketch.is(protocol::Opcode::Binary));
        const auto *frame = isWhole ? body<FrameRecord>() : nullptr;
        return frame ? Found(static_cast<std::int64_t>(frame->octetsMeant())) : Found();
    }

    Found frame(const FilterTest &test)
    {
        const capture::RecordSketch &sketch = m_subject.sketch;
        switch (test.field) {
        case Id::Websocket: return true;
        case Id::Opcode: return std::int64_t(sketch.firstOctet & 0x0f);
        case Id::Fin: return std::int64_t(sketch.isFin() ? 1 : 0);
        case Id::Rsv: return std::int64_t(sketch.firstOctet >> 4 & 7);
        case Id::PayloadLength: return static_cast<std::int64_t>(sketch.length);
        case Id::Payload: return text(payload());
        case Id::PayloadText: return (sketch.firstOctet & 0x0f) < 2 ? text(payload()) : Found();
        case Id::JsonPath: return (sketch.firstOctet & 0x0f) < 3 ? json(test.path) : Found();
        case Id::CloseCode:
        case Id::CloseReason: return sketch.is(protocol::Opcode::Close) ? close(test.field) : Found();
        default: break;
        }
        const auto *frame = body<FrameRecord>();
        if (!frame)
            return {};
        if (test.field == Id::Mask)
            return std::int64_t(frame->header.maskKey ? 1 : 0);
        if (test.field == Id::MaskingKey)
            return frame->header.maskKey ? text(*frame->header.maskKey) : Found();
        if (test.field == Id::WireOctets)
            return static_cast<std::int64_t>(frame->header.headerOctets() + frame->payloadOctets);
        return {};
    }

    static Found text(capture::OctetView octets) { return protocol::textOf(octets); }

    capture::OctetView payload() const
    {
        if (m_subject.payload)
            return *m_subject.payload;
        const auto *frame = body<FrameRecord>();
        return frame ? capture::OctetView(frame->payloadMeant()) : capture::OctetView();
    }

    Found close(Id field) const
    {
        const auto *frame = body<FrameRecord>();
        if (!frame || frame->payload.size() < 2)
            return {};
        const capture::OctetView octets = frame->payload;
        if (field == Id::CloseReason)
            return text(octets.subspan(2));
        return std::int64_t(std::to_integer<int>(octets[0]) << 8 | std::to_integer<int>(octets[1]));
    }

    Found http(const FilterTest &test)
    {
        const auto *record = body<capture::HeadRecord>();
        if (!record)
            return {};
        m_head = protocol::parseHead(record->kind, record->raw);
        if (test.field == Id::HttpStatus)
            return record->kind == protocol::HeadKind::Response && m_head.status != 0
                       ? Found(std::int64_t(m_head.status))
                       : Found();
        if (!m_head.find(test.argument))
            return {};
        m_kept = m_head.joined(test.argument);
        return std::string_view(m_kept);
    }

    Found json(const std::vector<JsonStep> &path)
    {
        const std::string_view octets = protocol::textOf(payload());
        if (octets.size() > longestJson)
            return {};
        if (!m_json) {
            const auto shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json &) {
                return depth <= deepestJson;
            };
            m_json = nlohmann::json::parse(octets, shallow, false);
        }
        const nlohmann::json *at = m_json->is_discarded() ? nullptr : &*m_json;
        for (const JsonStep &step : path) {
            if (!at)
                break;
            if (const auto *name = std::get_if<std::string>(&step)) {
                const auto member = at->is_object() ? at->find(*name) : at->end();
                at = at->is_object() && member != at->end() ? &*member : nullptr;
            } else {
                const std::size_t index = std::get<std::size_t>(step);
                at = at->is_array() && index < at->size() ? &(*at)[index] : nullptr;
            }
        }
        if (!at || at->is_null())
            return {};
        if (const auto *value = at->get_ptr<const std::string *>())
            return std::string_view(*value);
        if (at->is_boolean())
            return at->get<bool>();
        if (at->is_number_integer() &&
            (!at->is_number_unsigned() || at->get<std::uint64_t>() <= std::uint64_t(INT64_MAX)))
            return at->get<std::int64_t>();
        if (at->is_number())
            return at->get<double>();
        m_kept = at->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        return std::string_view(m_kept);
    }

    const FilterSubject &m_subject;
    std::optional<nlohmann::json> m_json;
    protocol::HttpHead m_head;
    std::string m_kept;
};

/// Less than, equal or greater; nothing where they are not of a kind.
std::optional<std::partial_ordering> order(const Found &found, const FilterTest &test, const FilterValue &value)
{
    const auto number = [](const auto &either) -> std::optional<double> {
        if (const auto *whole = std::get_if<std::int64_t>(&either))
            return static_cast<double>(*whole);
        if (const auto *real = std::get_if<double>(&either))
            return *real;
        return std::nullopt;
    };
    if (const auto *truth = std::get_if<bool>(&found)) {
        const auto *wanted = std::get_if<std::int64_t>(&value);
        return test.asTruth && wanted ? std::optional<std::partial_ordering>(std::int64_t(*truth) <=> *wanted)
                                      : std::nullopt;
    }
    if (test.asTruth && filterField(test.field).type == FilterType::Json)
        return std::nullopt;
    if (const auto *text = std::get_if<std::string_view>(&found)) {
        const auto *wanted = std::get_if<std::string>(&value);
        return wanted ? std::optional<std::partial_ordering>(*text <=> std::string_view(*wanted)) : std::nullopt;
    }
    const auto *whole = std::get_if<std::int64_t>(&found);
    const auto *wantedWhole = std::get_if<std::int64_t>(&value);
    if (whole && wantedWhole)
        return *whole <=> *wantedWhole;
    const auto mine = number(found);
    const auto wanted = number(value);
    return mine && wanted ? std::optional<std::partial_ordering>(*mine <=> *wanted) : std::nullopt;
}

bool holds(const FilterTest &test, Values &values)
{
    const Found found = values.of(test);
    if (std::holds_alternative<std::monostate>(found))
        return false;
    if (test.relation == FilterOperator::Exists)
        return true;
    const FilterValue &value = test.values.front().first;
    const auto *text = std::get_if<std::string_view>(&found);
    const auto compared = order(found, test, value);
    switch (test.relation) {
    case FilterOperator::Exists: return true;
    case FilterOperator::Equal: return compared == std::partial_ordering::equivalent;
    case FilterOperator::NotEqual: return compared != std::partial_ordering::equivalent;
    case FilterOperator::Less: return compared == std::partial_ordering::less;
    case FilterOperator::Greater: return compared == std::partial_ordering::greater;
    case FilterOperator::LessOrEqual: return compared && std::is_lteq(*compared);
    case FilterOperator::GreaterOrEqual: return compared && std::is_gteq(*compared);
    case FilterOperator::Contains: {
        const auto *wanted = std::get_if<std::string>(&value);
        return text && wanted && text->find(*wanted) != std::string_view::npos;
    }
    case FilterOperator::Matches:
        return text && test.pattern && re2::RE2::PartialMatch({text->data(), text->size()}, *test.pattern);
    case FilterOperator::In:
        return std::ranges::any_of(test.values, [&](const auto &range) {
            const auto first = order(found, test, range.first);
            const auto last = order(found, test, range.second);
            return first && last && std::is_gteq(*first) && std::is_lteq(*last);
        });
    }
    return false;
}

bool holds(const FilterNode &node, Values &values)
{
    const auto part = [&](const FilterNode &inner) { return holds(inner, values); };
    switch (node.form) {
    case FilterNode::Form::Test: return holds(node.test, values);
    case FilterNode::Form::Not: return !part(node.parts.front());
    case FilterNode::Form::All: return std::ranges::all_of(node.parts, part);
    case FilterNode::Form::Any: return std::ranges::any_of(node.parts, part);
    }
    return false;
}

} // namespace

bool matches(const Filter &filter, const FilterSubject &subject)
{
    Values values(subject);
    return holds(filter.root(), values);
}

} // namespace frameglass::analysis
