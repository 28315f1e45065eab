// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "terminal.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace frameglass::cli {

namespace {

class CaCommand
{
public:
    explicit CaCommand(CLI::App &app)
    {
        auto *command = app.add_subcommand(
            "ca", help("fglass", "Show this user's development authority, whose certificates 'serve --tls' uses"));
        command
            ->add_option("--export", m_export,
                         help("fglass", "Write the authority's certificate (PEM) to FILE, to be trusted by clients; "
                                        "'-' for standard output"))
            ->type_name("FILE");
    }

    int run()
    {
        const auto files = developmentAuthority();
        if (!files)
            return Usage;
        if (m_export == "-") {
            std::ifstream file(files->authority, std::ios::binary);
            const std::string pem{std::istreambuf_iterator<char>(file), {}};
            Terminal::out().write(QString::fromStdString(pem));
            return Good;
        }
        if (!m_export.empty())
            return exportTo(files->authority);
        Terminal::out().line(
            translate("fglass", "Authority: %1").arg(QString::fromStdString(files->authority.string())));
        Terminal::out().line(translate("fglass", "Certificate of the server: %1")
                                 .arg(QString::fromStdString(files->certificate.string())));
        Terminal::out().line(translate("fglass", "Clients that trust the authority accept wss://localhost of "
                                                 "'fglass serve --tls', for example: SSL_CERT_FILE in Go and curl, "
                                                 "NODE_EXTRA_CA_CERTS in node, a browser's settings."));
        return Good;
    }

private:
    int exportTo(const std::filesystem::path &authority) const
    {
        std::error_code error;
        std::filesystem::copy_file(authority, m_export, std::filesystem::copy_options::overwrite_existing, error);
        if (error) {
            complain(translate("fglass", "%1: %2")
                         .arg(QString::fromStdString(m_export), QString::fromStdString(error.message())));
            return Usage;
        }
        // Not secret, unlike the file it was copied from.
        using std::filesystem::perms;
        std::filesystem::permissions(
            m_export, perms::owner_write | perms::owner_read | perms::group_read | perms::others_read, error);
        return Good;
    }

    std::string m_export;
};

} // namespace

std::optional<transport::DevelopmentFiles> developmentAuthority()
{
    auto made = transport::developmentFiles(transport::developmentFolder(), std::chrono::system_clock::now());
    if (auto *files = std::get_if<transport::DevelopmentFiles>(&made))
        return std::move(*files);
    complain(translate("fglass", "%1 cannot be used for the development authority: %2")
                 .arg(QString::fromStdString(transport::developmentFolder().string()),
                      QString::fromStdString(std::get<transport::SystemError>(made).message)));
    return {};
}

Run addCa(CLI::App &app)
{
    const auto command = std::make_shared<CaCommand>(app);
    return [command] { return command->run(); };
}

} // namespace frameglass::cli
