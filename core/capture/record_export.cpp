// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_export.h"

#include "capture.h"
#include "capture_copy.h"
#include "record_json.h"
#include "record_kind.h"
#include "record_secrets.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#ifndef _WIN32
#include <unistd.h>
#endif

namespace frameglass::capture {

namespace {

constexpr std::size_t writtenAtOnce = 1 << 20;

std::string jsonText(const nlohmann::ordered_json &json)
{
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string secondsOf(Nanoseconds time)
{
    char text[40];
    const auto ns = time.count();
    std::snprintf(text, sizeof text, "%s%lld.%09lld", ns < 0 ? "-" : "", std::llabs(ns / 1'000'000'000),
                  std::llabs(ns % 1'000'000'000));
    return text;
}

/// A text field of RFC 4180. What a spreadsheet would take for a formula is told apart by an apostrophe: the text comes
/// from a peer that nobody has reason to trust.
std::string quotedField(std::string_view text)
{
    std::string field = "\"";
    if (!text.empty() && std::strchr("=+-@\t\r", text.front()))
        field += '\'';
    for (const char c : text) {
        if (c == '"')
            field += '"';
        field += c;
    }
    return field + '"';
}

/// RFC 6455 §11.8
std::string opcodeText(std::uint8_t opcode)
{
    switch (static_cast<protocol::Opcode>(opcode)) {
    case protocol::Opcode::Continuation: return "continuation";
    case protocol::Opcode::Text: return "text";
    case protocol::Opcode::Binary: return "binary";
    case protocol::Opcode::Close: return "close";
    case protocol::Opcode::Ping: return "ping";
    case protocol::Opcode::Pong: return "pong";
    }
    return "reserved-" + std::to_string(opcode);
}

std::string typeOf(const Record &record)
{
    const auto *frame = as<FrameRecord>(record);
    return frame ? opcodeText(frame->header.opcode) : std::string(nameOf(record.body));
}

std::string dataOf(const Record &record)
{
    const auto *frame = as<FrameRecord>(record);
    if (!frame)
        return jsonText(detailOf(record, Bulk::Omit));
    const Octets &payload = frame->payloadMeant();
    return frame->header.is(protocol::Opcode::Text) ? std::string(protocol::textOf(payload)) : protocol::toHex(payload);
}

CaptureErrorCode codeOfSystem(int error)
{
    switch (error) {
    case ENOSPC:
#ifdef EDQUOT
    case EDQUOT:
#endif
    case EFBIG: return CaptureErrorCode::DiskFull;
    case EACCES:
    case EROFS:
    case EPERM: return CaptureErrorCode::ReadOnly;
    case ENOENT:
    case ENOTDIR: return CaptureErrorCode::NotFound;
    default: return CaptureErrorCode::Io;
    }
}

} // namespace

std::string RecordLines::head() const
{
    return m_form == ExportForm::JsonLines ? std::string()
                                           : "record,connection,number,time_s,delta_s,direction,type,fin,rsv,length,"
                                             "meant_octets,data\r\n";
}

std::string RecordLines::lineOf(Record record)
{
    if (!m_withSecrets)
        takeSecrets(record.body);
    return m_form == ExportForm::JsonLines ? jsonText(jsonOf(record)) + '\n' : csvOf(record);
}

std::string RecordLines::csvOf(const Record &record)
{
    Flow &flow = m_flows[record.connection];
    const auto *frame = as<FrameRecord>(record);
    const auto direction = std::visit(
        [](const auto &body) {
            if constexpr (requires { body.direction; })
                return nameOf(body.direction);
            else
                return std::string_view();
        },
        record.body);
    std::string line = std::to_string(record.id) + ',' + std::to_string(record.connection) + ',';
    if (frame)
        line += std::to_string(++flow.frames);
    line += ',' + secondsOf(record.time) + ',';
    if (std::exchange(flow.any, true))
        line += secondsOf(record.time - flow.last);
    flow.last = record.time;
    line += ',' + std::string(direction) + ',' + typeOf(record) + ',';
    if (frame)
        line += std::string(frame->header.fin ? "1" : "0") + ',' + std::to_string(frame->header.rsv) + ',' +
                std::to_string(frame->header.payloadLength) + ',' + std::to_string(frame->octetsMeant());
    else
        line += ",,,";
    return line + ',' + quotedField(dataOf(record)) + "\r\n";
}

class RecordExport::File
{
public:
    explicit File(const std::filesystem::path &target) : m_unfinished(target)
    {
#ifdef _WIN32
        m_file = ::_wfopen(m_unfinished.path().c_str(), L"wb");
#else
        m_file = std::fopen(m_unfinished.path().c_str(), "wb");
#endif
        if (!m_file)
            fail(target);
    }
    ~File()
    {
        close();
    }
    File(const File &) = delete;
    File &operator=(const File &) = delete;

    void write(std::string_view text, const std::filesystem::path &target)
    {
        if (std::fwrite(text.data(), 1, text.size(), m_file) != text.size())
            fail(target);
    }
    void takePlaceOf(const std::filesystem::path &target)
    {
        bool written = std::fflush(m_file) == 0;
#ifndef _WIN32
        written = written && (::fsync(::fileno(m_file)) == 0 || errno == EINVAL); // not every target can
#endif
        if (!written || !close())
            fail(target);
        takePlace(m_unfinished.path(), target);
    }

private:
    [[noreturn]] static void fail(const std::filesystem::path &target)
    {
        const int error = errno;
        throw CaptureError(codeOfSystem(error), target, std::strerror(error));
    }
    bool close()
    {
        std::FILE *file = std::exchange(m_file, nullptr);
        return !file || std::fclose(file) == 0;
    }

    UnfinishedCopy m_unfinished;
    std::FILE *m_file = nullptr;
};

RecordExport::RecordExport(const std::filesystem::path &source, const std::filesystem::path &target, ExportForm form,
                           bool withSecrets)
    : m_target(target), m_lines(form, withSecrets)
{
    refuseOccupied(source, target);
    m_file = std::make_unique<File>(target);
    m_buffer = m_lines.head();
}

RecordExport::~RecordExport() = default;

void RecordExport::add(Record record)
{
    m_buffer += m_lines.lineOf(std::move(record));
    ++m_records;
    if (m_buffer.size() >= writtenAtOnce)
        flush();
}

void RecordExport::finish()
{
    flush();
    m_file->takePlaceOf(m_target);
    m_file.reset();
}

void RecordExport::flush()
{
    m_file->write(std::exchange(m_buffer, {}), m_target);
}

} // namespace frameglass::capture
