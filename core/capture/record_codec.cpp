// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_codec.h"

#include "record_json.h"
#include "record_kind.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace frameglass::capture {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char *payloadOctetsKey = "payload_octets";
constexpr std::size_t longestDetail = 4 << 20;

constexpr std::size_t frameKind = kindOf<FrameRecord>();
constexpr std::size_t transferKind = kindOf<TransferBoundary>();

std::uint64_t weightOfText(const std::vector<std::string> &texts)
{
    std::uint64_t sum = 0;
    for (const std::string &text : texts)
        sum += text.size();
    return sum;
}

/// As text in the row a certificate takes about three times its own octets.
std::uint64_t weightOfChain(const std::vector<Certificate> &chain)
{
    std::uint64_t sum = 0;
    for (const Certificate &certificate : chain)
        sum += 3 * certificate.der.size();
    return sum;
}

Direction directionOf(const StoredRow &row)
{
    if (row.direction != 0 && row.direction != 1)
        throw BadDetail("no such direction");
    return static_cast<Direction>(row.direction);
}

Json parsedDetail(std::string_view detail)
{
    if (detail.size() > longestDetail)
        throw BadDetail("the detail is too long");
    // Ours are two deep; a hostile one must not grow a tree.
    const auto shallow = [](int depth, Json::parse_event_t, Json &) {
        if (depth > 8)
            throw BadDetail("the detail is nested too deeply");
        return true;
    };
    Json json = Json::parse(detail, shallow, false);
    if (json.is_discarded())
        throw BadDetail("the detail is not JSON");
    return json;
}

constexpr std::size_t smallestShared = 32; ///< payloads below this are stored sooner than looked for

/// Equal payloads have equal samples; others rarely do.
std::uint64_t sampleOf(OctetView payload)
{
    std::uint64_t sample = payload.size();
    for (const std::size_t at : {std::size_t(0), payload.size() / 2, payload.size() - sizeof sample}) {
        std::uint64_t word;
        std::memcpy(&word, payload.data() + at, sizeof word);
        sample = (sample ^ word) * 0x9E3779B97F4A7C15u; // Fibonacci hashing: the high bits depend on all
        sample ^= sample >> 32;
    }
    return sample;
}

Octets chunkOctets(std::int64_t chunk, std::int64_t offset, std::uint64_t length, const ReadChunk &readChunk)
{
    if (offset < 0)
        throw BadDetail("a chunk has no negative offset");
    auto octets = readChunk(chunk, static_cast<std::uint64_t>(offset), length);
    if (!octets)
        throw BadDetail("the payload is not in its chunk");
    return std::move(*octets);
}

InflatedPayload inflatedOf(const StoredRow &row, bool withPayload, const ReadChunk &readChunk)
{
    if (*row.inflatedOctets < 0)
        throw BadDetail("no negative length");
    InflatedPayload inflated;
    inflated.octets = static_cast<std::uint64_t>(*row.inflatedOctets);
    inflated.cost = Nanoseconds(row.cost);
    if (!row.inflatedChunk)
        return inflated;
    const std::uint64_t wanted =
        withPayload ? inflated.octets : std::min<std::uint64_t>(inflated.octets, inflated.begin.size());
    Octets octets = chunkOctets(*row.inflatedChunk, row.inflatedOffset, wanted, readChunk);
    inflated.setBegin(octets);
    if (withPayload)
        inflated.payload = std::move(octets);
    return inflated;
}

FrameRecord frameOf(const StoredRow &row, bool withPayloads, const ReadChunk &readChunk)
{
    const auto parsed = protocol::parseFrameHeader(row.header);
    if (!parsed || parsed->octets != row.header.size())
        throw BadDetail("the frame header is too short or too long");
    FrameRecord frame;
    frame.direction = directionOf(row);
    frame.header = parsed->header;
    frame.streamOffset = static_cast<std::uint64_t>(row.streamOffset);
    const std::uint64_t stored =
        row.octets ? static_cast<std::uint64_t>(*row.octets) : static_cast<std::uint64_t>(row.length);
    if (stored > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        throw BadDetail("no negative length");
    frame.payloadOctets = stored;
    if (!row.detail.empty()) {
        const Json detail = parsedDetail(row.detail);
        if (!detail.is_object() || !detail.contains(payloadOctetsKey) || !detail[payloadOctetsKey].is_number_unsigned())
            throw BadDetail("the detail of a frame says how many octets were on hand");
        frame.payloadOctets = detail[payloadOctetsKey].get<std::uint64_t>();
    }
    if (row.chunk && withPayloads) {
        frame.payload = chunkOctets(*row.chunk, row.chunkOffset, stored, readChunk);
    } else if (!row.chunk) {
        if (row.payload.size() != stored)
            throw BadDetail("the payload has another length than the row says");
        frame.payload = protocol::copyOf(row.payload);
    }
    if (row.inflatedOctets)
        frame.inflated = inflatedOf(row, withPayloads, readChunk);
    return frame;
}

RecordBody bodyOf(const StoredRow &row, bool withPayloads, const ReadChunk &readChunk)
{
    if (row.kind < 0)
        throw BadDetail("no such kind");
    const auto kind = static_cast<std::size_t>(row.kind);
    if (kind == frameKind)
        return frameOf(row, withPayloads, readChunk);
    if (kind == transferKind) {
        if (!std::in_range<std::uint32_t>(row.length))
            throw BadDetail("no such length of a transfer");
        return TransferBoundary{directionOf(row), static_cast<std::uint64_t>(row.streamOffset),
                                static_cast<std::uint32_t>(row.length)};
    }
    RecordBody body = bodyFrom(kind, parsedDetail(row.detail));
    if (auto *head = std::get_if<HeadRecord>(&body)) {
        head->raw = protocol::copyOf(row.payload);
    } else if (auto *octets = std::get_if<BodyRecord>(&body); octets && row.chunk) {
        if (row.length < 0)
            throw BadDetail("no negative length");
        octets->octets = chunkOctets(*row.chunk, row.chunkOffset, static_cast<std::uint64_t>(row.length), readChunk);
    }
    return body;
}

} // namespace

Record recordOf(const StoredRow &row, bool withPayloads, const ReadChunk &readChunk)
{
    Record record;
    record.id = static_cast<RecordId>(row.id);
    record.time = Nanoseconds(row.time);
    try {
        if (!std::in_range<ConnectionId>(row.connection))
            throw BadDetail("no such connection");
        record.connection = static_cast<ConnectionId>(row.connection);
        record.body = bodyOf(row, withPayloads, readChunk);
    } catch (const BadDetail &error) {
        record.body = Note{std::string("unreadable record: ") + error.what()};
    }
    return record;
}

std::size_t RecordBatch::weightOf(const RecordBody &body)
{
    if (const auto *frame = std::get_if<FrameRecord>(&body))
        return frame->payload.size() + (frame->inflated ? frame->inflated->payload.size() : 0);
    if (const auto *head = std::get_if<HeadRecord>(&body))
        return head->raw.size();
    if (const auto *octets = std::get_if<BodyRecord>(&body))
        return octets->octets.size();
    if (const auto *resolved = std::get_if<AddressesResolved>(&body))
        return resolved->host.size() + weightOfText(resolved->addresses);
    if (const auto *violation = std::get_if<ViolationRecord>(&body))
        return violation->detail.size();
    if (const auto *ended = std::get_if<ConnectionEnded>(&body))
        return ended->reason.size();
    if (const auto *note = std::get_if<Note>(&body))
        return note->text.size();
    if (const auto *tls = std::get_if<TlsFacts>(&body))
        return weightOfChain(tls->chain) + weightOfChain(tls->clientChain) + tls->notTls.size();
    if (const auto *dns = std::get_if<DnsLookup>(&body))
        return dns->name.size() + dns->resources.size() * sizeof(DnsResource);
    return 0;
}

void RecordBatch::add(ConnectionId connection, Nanoseconds time, RecordBody &&body)
{
    m_weight += weightOf(body);
    Row &row = m_rows.emplace_back();
    row.time = time.count();
    row.connection = connection;
    row.kind = static_cast<std::uint8_t>(body.index());
    if (auto *frame = std::get_if<FrameRecord>(&body)) {
        addFrame(row, std::move(*frame));
    } else if (const auto *transfer = std::get_if<TransferBoundary>(&body)) {
        row.direction = static_cast<std::uint8_t>(transfer->direction);
        row.streamOffset = transfer->offset;
        row.length = transfer->length;
    } else {
        row.place = static_cast<std::uint32_t>(m_rests.size());
        m_rests.push_back({std::move(body), {}, false, {}});
    }
}

void RecordBatch::addFrame(Row &row, FrameRecord &&frame)
{
    row.direction = static_cast<std::uint8_t>(frame.direction);
    row.streamOffset = frame.streamOffset;
    row.length = frame.header.payloadLength;
    row.octets = frame.payload.size();
    row.place = static_cast<std::uint32_t>(m_pool.size());
    protocol::appendFrameHeader(m_pool, frame.header);
    row.headerOctets = static_cast<std::uint8_t>(m_pool.size() - row.place);
    row.firstOctet = std::to_integer<std::uint8_t>(m_pool[row.place]);
    if (frame.payload.size() != frame.payloadOctets) {
        row.detail = static_cast<std::uint32_t>(m_details.size());
        m_details.push_back(Json{{payloadOctetsKey, frame.payloadOctets}}.dump());
    }
    if (frame.header.isControl() && frame.payload.size() <= protocol::maximumControlPayload) {
        row.payloadInRow = true;
        protocol::append(m_pool, frame.payload);
    } else if (!frame.payload.empty()) {
        store(row, std::move(frame.payload));
    }
    if (!frame.inflated)
        return;
    row.inflated = static_cast<std::uint32_t>(m_inflated.size());
    Inflated &inflated = m_inflated.emplace_back();
    inflated.octets = frame.inflated->octets;
    inflated.cost = frame.inflated->cost.count();
    if (!frame.inflated->payload.empty()) {
        const Stored stored = store(std::move(frame.inflated->payload));
        inflated.chunk = stored.chunk;
        inflated.chunkOffset = stored.offset;
    }
}

RecordBatch::Stored RecordBatch::store(Octets &&payload)
{
    if (payload.size() > largestChunk) {
        const auto first = static_cast<std::uint32_t>(m_chunks.size());
        for (OctetView rest = payload; !rest.empty(); rest = rest.subspan(std::min(rest.size(), largestChunk)))
            m_chunks.push_back(protocol::copyOf(rest.first(std::min(rest.size(), largestChunk))));
        return {first, 0, 0};
    }
    if (payload.size() < smallestShared)
        return storeNew(std::move(payload));
    Stored &recent = m_recent[sampleOf(payload) % m_recent.size()];
    const bool same = recent.length == payload.size() &&
                      std::memcmp(m_chunks[recent.chunk].data() + recent.offset, payload.data(), payload.size()) == 0;
    if (!same)
        recent = storeNew(std::move(payload));
    return recent;
}

RecordBatch::Stored RecordBatch::storeNew(Octets &&payload)
{
    Stored stored;
    stored.length = static_cast<std::uint32_t>(payload.size());
    if (payload.size() > gatheredPayload) {
        stored.chunk = static_cast<std::uint32_t>(m_chunks.size());
        m_chunks.push_back(std::move(payload));
        return stored;
    }
    if (m_openChunk == none || payload.size() > commonChunk - m_chunks[m_openChunk].size()) {
        m_openChunk = static_cast<std::uint32_t>(m_chunks.size());
        if (m_spare.empty()) {
            m_chunks.emplace_back().reserve(commonChunk);
        } else {
            m_chunks.push_back(std::move(m_spare.back()));
            m_spare.pop_back();
        }
    }
    Octets &chunk = m_chunks[m_openChunk];
    stored.chunk = m_openChunk;
    stored.offset = static_cast<std::uint32_t>(chunk.size());
    protocol::append(chunk, payload);
    return stored;
}

void RecordBatch::encode()
{
    for (; m_encoded < m_rests.size(); ++m_encoded) {
        Rest &rest = m_rests[m_encoded];
        rest.secrets = takeSecrets(rest.body);
        if (auto *head = std::get_if<HeadRecord>(&rest.body)) {
            rest.payload = std::move(head->raw);
            rest.hasPayload = true;
        }
    }
    for (Row &row : m_rows) {
        if (row.kind == frameKind || row.kind == transferKind || row.detail != none)
            continue;
        Rest &rest = m_rests[row.place];
        if (auto *body = std::get_if<BodyRecord>(&rest.body); body && !body->octets.empty()) {
            row.length = body->octets.size();
            store(row, std::move(body->octets));
        }
        row.detail = static_cast<std::uint32_t>(m_details.size());
        m_details.push_back(detailOf(rest.body, Bulk::Omit).dump());
    }
}

const RecordBatch::Rest *RecordBatch::rest(const Row &row) const
{
    return row.kind == frameKind || row.kind == transferKind ? nullptr : &m_rests[row.place];
}

const RecordBatch::Inflated *RecordBatch::inflated(const Row &row) const
{
    return row.inflated == none ? nullptr : &m_inflated[row.inflated];
}

OctetView RecordBatch::header(const Row &row) const
{
    return row.kind == frameKind ? OctetView(m_pool).subspan(row.place, row.headerOctets) : OctetView();
}

std::optional<OctetView> RecordBatch::payload(const Row &row) const
{
    if (row.kind == frameKind) {
        if (!row.payloadInRow)
            return std::nullopt;
        return OctetView(m_pool).subspan(row.place + row.headerOctets, row.octets);
    }
    const Rest *whole = rest(row);
    if (!whole || !whole->hasPayload)
        return std::nullopt;
    return OctetView(whole->payload);
}

std::optional<std::string_view> RecordBatch::detail(const Row &row) const
{
    if (row.detail == none)
        return std::nullopt;
    return m_details[row.detail];
}

void RecordBatch::clear()
{
    constexpr std::size_t keptRows = 1 << 17;
    constexpr std::size_t keptSpares = 64;
    m_rows.clear();
    if (m_rows.capacity() > keptRows)
        m_rows.shrink_to_fit();
    for (Octets &chunk : m_chunks) {
        if (chunk.capacity() == commonChunk && m_spare.size() < keptSpares) {
            chunk.clear();
            m_spare.push_back(std::move(chunk));
        }
    }
    m_chunks.clear();
    m_openChunk = none;
    m_recent.fill({});
    m_pool.clear();
    m_inflated.clear();
    m_rests.clear();
    m_details.clear();
    m_encoded = 0;
    m_weight = 0;
}

} // namespace frameglass::capture
