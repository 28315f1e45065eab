// SPDX-License-Identifier: GPL-3.0-or-later
// Filters on the command line.
#include "command.h"
#include "terminal.h"

#include "core/diagnosis/wording_filter.h"

namespace frameglass::cli {

std::optional<analysis::Filter> filterOf(const std::string &text)
{
    if (text.empty())
        return std::nullopt;
    auto parsed = analysis::Filter::parse(text);
    if (auto *filter = std::get_if<analysis::Filter>(&parsed))
        return std::move(*filter);
    const auto &error = std::get<analysis::FilterError>(parsed);
    complain(diagnosis::textOf(error));
    constexpr std::size_t widest = 500; // a mark far behind helps nobody
    if (error.position + error.length <= widest) {
        // Counted in characters: the text may be more than ASCII.
        const auto characters = [&](std::size_t from, std::size_t octets) {
            return QString::fromStdString(text.substr(std::min(from, text.size()), octets)).size();
        };
        Terminal::err().line(QStringLiteral("  ") + Terminal::printable(QString::fromStdString(text)));
        Terminal::err().line(QStringLiteral("  ") + QString(characters(0, error.position), u' ') +
                             QString(std::max<qsizetype>(1, characters(error.position, error.length)), u'^'));
    }
    throw CLI::RuntimeError(Usage);
}

void forEachMatch(const capture::CaptureReader &reader, const std::optional<analysis::Filter> &filter,
                  capture::ConnectionId connection, const std::function<bool(capture::Record &&)> &take)
{
    const capture::RecordId last = reader.lastId();
    if (!filter) {
        reader.forEach(1, last, capture::Payloads::Full, [&](capture::Record &&record) {
            return (connection != 0 && record.connection != connection) || take(std::move(record));
        });
        return;
    }
    analysis::FilterRun(*filter, connection).run(reader, 1, last, [&](capture::RecordId id) {
        auto record = reader.record(id);
        return !record || take(std::move(*record));
    });
}

} // namespace frameglass::cli
