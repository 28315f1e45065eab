// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/transport/certificate_maker.h"

#include <filesystem>
#include <string>
#include <vector>

/// Certificates for tests: an authority, one below it, and what they issue, as files of a folder of their own.
namespace frameglass::test {

using Days = std::chrono::duration<int, std::ratio<86400>>;

class TestPki
{
public:
    TestPki();
    ~TestPki();
    TestPki(const TestPki &) = delete;
    TestPki &operator=(const TestPki &) = delete;

    enum class By { Root, Intermediate, Itself };
    struct Leaf
    {
        std::vector<std::string> names{"DNS:localhost", "IP:127.0.0.1", "IP:::1"};
        By by = By::Root;
        Days from{-1};
        Days until{90};
        bool withIntermediate = true; ///< in the file, where that one issued it
    };
    /// Files of a certificate (with its chain) and its key; the same name gives the same files.
    struct Files
    {
        std::string certificate;
        std::string key;
    };
    Files leaf(const std::string &name, const Leaf &what);
    Files leaf(const std::string &name) { return leaf(name, Leaf{}); }

    std::string rootFile() const { return file("root.pem"); }
    /// Certificate and key of the intermediate, for tools that sign.
    Files intermediate() const { return {file("intermediate.pem"), file("intermediate-key.pem")}; }
    Files root() const { return {file("root.pem"), file("root-key.pem")}; }
    std::string file(const std::string &name) const { return (m_folder / name).string(); }
    std::string write(const std::string &name, const std::string &content) const;

private:
    std::filesystem::path m_folder;
    transport::Credentials m_root;
    transport::Credentials m_intermediate;
};

} // namespace frameglass::test
