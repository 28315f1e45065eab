// SPDX-License-Identifier: GPL-3.0-or-later
#include "test_pki.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace frameglass::test {

namespace {

using Clock = std::chrono::system_clock;

transport::Credentials made(const transport::CertificateWish &wish, const transport::Credentials *issuer)
{
    auto credentials = transport::makeCertificate(wish, issuer);
    if (!credentials)
        throw std::runtime_error("no certificate for " + wish.commonName);
    return *credentials;
}

transport::CertificateWish wishOf(const std::string &name, Days from, Days until)
{
    transport::CertificateWish wish;
    wish.commonName = name;
    wish.from = Clock::now() + from;
    wish.until = Clock::now() + until;
    return wish;
}

transport::CertificateWish authority(const std::string &name)
{
    auto wish = wishOf(name, Days(-400), Days(400));
    wish.authority = true;
    return wish;
}

} // namespace

TestPki::TestPki()
{
    std::string folder = (std::filesystem::temp_directory_path() / "frameglass-pki-XXXXXX").string();
    if (!::mkdtemp(folder.data()))
        throw std::runtime_error("mkdtemp");
    m_folder = folder;
    m_root = made(authority("Test Root"), nullptr);
    m_intermediate = made(authority("Test Intermediate"), &m_root);
    write("root.pem", m_root.certificate);
    write("root-key.pem", m_root.key);
    write("intermediate.pem", m_intermediate.certificate);
    write("intermediate-key.pem", m_intermediate.key);
}

TestPki::~TestPki()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_folder, ignored);
}

std::string TestPki::write(const std::string &name, const std::string &content) const
{
    std::ofstream(m_folder / name, std::ios::binary) << content;
    return file(name);
}

TestPki::Files TestPki::leaf(const std::string &name, const Leaf &what)
{
    const Files files{file(name + ".pem"), file(name + "-key.pem")};
    if (std::filesystem::exists(files.certificate))
        return files;
    auto wish = wishOf(name, what.from, what.until);
    wish.names = what.names;
    const transport::Credentials *issuer = what.by == By::Itself         ? nullptr
                                           : what.by == By::Intermediate ? &m_intermediate
                                                                         : &m_root;
    const auto leaf = made(wish, issuer);
    const bool withChain = what.by == By::Intermediate && what.withIntermediate;
    write(name + ".pem", leaf.certificate + (withChain ? m_intermediate.certificate : std::string()));
    write(name + "-key.pem", leaf.key);
    return files;
}

} // namespace frameglass::test
