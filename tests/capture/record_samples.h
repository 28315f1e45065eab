// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// Examples of every kind of record, plain and extreme, and what it takes to compare them field by field.
namespace frameglass::capture::test {

struct Sample
{
    std::string name;
    RecordBody body;
};

std::vector<Sample> samples();

FrameRecord frame(std::uint8_t opcode, Octets payload, Direction direction = Direction::Received);
FrameRecord compressedFrame(Octets sent, Octets meant);
FrameRecord textFrame(std::string_view text);

/// Compares every field; a field added to a record without a comparison does not compile.
testing::AssertionResult same(const RecordBody &a, const RecordBody &b);

/// A folder of its own for each test, gone afterwards.
class TemporaryFolder
{
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder &) = delete;
    TemporaryFolder &operator=(const TemporaryFolder &) = delete;
    std::string operator/(const std::string &name) const { return m_path + "/" + name; }
    const std::string &path() const { return m_path; }
    std::vector<std::string> names() const;

private:
    std::string m_path;
};

std::string contentOf(const std::string &path);

/// Runs SQL on a file as its user could, and gives the first column of the first row.
std::string sql(const std::string &path, const std::string &statement);

} // namespace frameglass::capture::test
