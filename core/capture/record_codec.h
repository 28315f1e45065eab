// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record_secrets.h"

#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Records as rows of the capture file, and back.
namespace frameglass::capture {

/// A row of the table `record` as it was read; views belong to the statement. Nothing in it is to be trusted.
struct StoredRow
{
    std::int64_t id = 0;
    std::int64_t connection = 0;
    std::int64_t time = 0;
    std::int64_t kind = 0;
    std::int64_t direction = 0;
    std::int64_t streamOffset = 0;
    std::int64_t length = 0;
    std::optional<std::int64_t> octets;
    std::optional<std::int64_t> chunk;
    std::int64_t chunkOffset = 0;
    std::optional<std::int64_t> inflatedOctets;
    std::optional<std::int64_t> inflatedChunk;
    std::int64_t inflatedOffset = 0;
    std::int64_t cost = 0;
    OctetView header;
    OctetView payload;
    std::string_view detail;
};

/// Reads `length` octets at `offset` of a chunk, going on in the next chunks; nothing when they are not all there.
using ReadChunk = std::function<std::optional<Octets>(std::int64_t chunk, std::uint64_t offset, std::uint64_t length)>;

/// The record of a row. Payloads of frames outside the row come only with `withPayloads`. A row that makes no sense
/// becomes a Note that says why, so that one bad row does not hide the rest.
Record recordOf(const StoredRow &row, bool withPayloads, const ReadChunk &readChunk);

/// Records on their way into the file. Frames and transfers, which come by the hundred thousand, are turned into rows
/// at once; everything else waits whole until encode().
class RecordBatch
{
public:
    static constexpr std::uint32_t none = ~std::uint32_t(0);
    /// Payloads up to this are gathered in common chunks, whose buffers are used again; larger ones keep their buffer
    /// as chunks of their own.
    static constexpr std::size_t gatheredPayload = 128 * 1024;
    static constexpr std::size_t commonChunk = 256 * 1024;
    static constexpr std::size_t largestChunk = 64 << 20;

    struct Row
    {
        std::int64_t time = 0;
        std::uint64_t streamOffset = 0;
        std::uint64_t length = 0;
        std::uint64_t octets = 0; ///< stored
        ConnectionId connection = 0;
        std::uint32_t chunk = none; ///< index into chunks()
        std::uint32_t chunkOffset = 0;
        std::uint32_t place = none; ///< of header and small payload in the pool; of the rest for other kinds
        std::uint32_t detail = none;
        std::uint32_t inflated = none; ///< index into the inflated
        std::uint8_t kind = 0;
        std::uint8_t direction = 0;
        std::uint8_t firstOctet = 0;
        std::uint8_t headerOctets = 0;
        bool payloadInRow = false;
    };

    /// Where a compressed frame's payload as meant stands.
    struct Inflated
    {
        std::uint64_t octets = 0;
        std::int64_t cost = 0;
        std::uint32_t chunk = none;
        std::uint32_t chunkOffset = 0;
    };

    /// What a row that is no frame and no transfer has besides.
    struct Rest
    {
        RecordBody body;
        Octets payload;
        bool hasPayload = false;
        std::vector<Secret> secrets;
    };

    void add(ConnectionId connection, Nanoseconds time, RecordBody &&body);
    /// What a body counts against the bound of a queue.
    static std::size_t weightOf(const RecordBody &body);

    /// Prepares the rows added since for reading: details, masked heads, secrets.
    void encode();

    const std::vector<Row> &rows() const { return m_rows; }
    const std::vector<Octets> &chunks() const { return m_chunks; }
    const std::deque<Rest> &rests() const { return m_rests; }
    const Rest *rest(const Row &row) const;         ///< nullptr for frames and transfers
    const Inflated *inflated(const Row &row) const; ///< nullptr where nothing was compressed
    OctetView header(const Row &row) const;
    std::optional<OctetView> payload(const Row &row) const;
    std::optional<std::string_view> detail(const Row &row) const;

    std::size_t size() const { return m_rows.size(); }
    std::size_t weight() const { return m_weight; }
    bool empty() const { return m_rows.empty(); }
    /// Empties the batch and keeps its buffers for the next records.
    void clear();

private:
    /// Where a payload of this batch was stored.
    struct Stored
    {
        std::uint32_t chunk = none;
        std::uint32_t offset = 0;
        std::uint32_t length = 0;
    };
    void addFrame(Row &row, FrameRecord &&frame);
    Stored store(Octets &&payload);
    void store(Row &row, Octets &&payload)
    {
        const Stored stored = store(std::move(payload));
        row.chunk = stored.chunk;
        row.chunkOffset = stored.offset;
    }
    Stored storeNew(Octets &&payload);
    std::vector<Row> m_rows;
    std::vector<Octets> m_chunks;
    std::uint32_t m_openChunk = none; ///< the common chunk that has room
    std::vector<Octets> m_spare;
    /// Of late payloads, by a number made of some of their octets: an echo or a broadcast is stored once.
    std::array<Stored, 256> m_recent;
    Octets m_pool; ///< headers and payloads of control frames
    std::vector<Inflated> m_inflated;
    std::deque<Rest> m_rests;
    std::deque<std::string> m_details;
    std::size_t m_encoded = 0;
    std::size_t m_weight = 0;
};

} // namespace frameglass::capture
