// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_options.h"

#include "command.h"
#include "terminal.h"

#include "core/diagnosis/wording_tls.h"
#include "core/transport/development_authority.h"

#include <QDir>
#include <QFile>

#include <utility>

namespace frameglass::cli {

namespace {

using transport::TlsContext;
using transport::TlsErrorCode;
using transport::TlsVersion;

void addVersion(CLI::App &command, const char *name, std::optional<TlsVersion> &version, const std::string &text)
{
    command
        .add_option_function<std::string>(
            name,
            [name, &version](const std::string &given) {
                version = transport::tlsVersionFrom(given);
                if (!version)
                    throw CLI::ValidationError(
                        name, translate("fglass", "TLS versions are 1.0, 1.1, 1.2 and 1.3").toStdString());
            },
            text)
        ->type_name("VERSION");
}

std::optional<std::string> passphraseFrom(const std::string &name)
{
    QFile file(QString::fromStdString(name));
    if (!file.open(QIODevice::ReadOnly)) {
        complain(translate("fglass", "%1: %2").arg(file.fileName(), file.errorString()));
        return {};
    }
    constexpr qint64 longest = 4096;
    QByteArray line = file.readLine(longest);
    while (line.endsWith('\n') || line.endsWith('\r'))
        line.chop(1);
    return line.toStdString();
}

} // namespace

void TlsArguments::addCommon(CLI::App &command)
{
    command
        .add_option("--cert", m_options.certificateFile,
                    help("fglass", "Own certificate: PEM with its chain, or PKCS#12"))
        ->type_name("FILE");
    command
        .add_option("--key", m_options.keyFile,
                    help("fglass", "Its private key, PEM (default: in the file of --cert). A passphrase is asked for"))
        ->type_name("FILE");
    command
        .add_option("--passphrase-file", m_passphraseFile,
                    help("fglass", "Read the key's passphrase from the first line of FILE instead of asking"))
        ->type_name("FILE");
    addVersion(command, "--tls-min", m_options.minimum, help("fglass", "Oldest TLS version: 1.0, 1.1, 1.2 or 1.3"));
    addVersion(command, "--tls-max", m_options.maximum, help("fglass", "Newest TLS version"));
    command
        .add_option("--ciphers", m_options.ciphers,
                    help("fglass", "Cipher suites, in OpenSSL's notation, separated by ':'"))
        ->type_name("LIST");
    command
        .add_option_function<std::string>(
            "--alpn",
            [this](const std::string &list) {
                m_options.alpn.clear();
                for (const QString &name : QString::fromStdString(list).split(u',', Qt::SkipEmptyParts))
                    m_options.alpn.push_back(name.trimmed().toStdString());
            },
            help("fglass", "Application protocols of ALPN, separated by ','; '' for none (default http/1.1)"))
        ->type_name("LIST");
    command
        .add_option("--key-log", m_options.keyLogFile,
                    help("fglass", "Append the TLS secrets to FILE for Wireshark (default: SSLKEYLOGFILE, if set)"))
        ->type_name("FILE");
}

std::shared_ptr<const TlsContext> TlsArguments::make(TlsContext::Side side) const
{
    auto options = m_options;
    if (options.keyLogFile.empty())
        options.keyLogFile = qEnvironmentVariable("SSLKEYLOGFILE").toStdString();
    if (!m_passphraseFile.empty()) {
        const auto passphrase = passphraseFrom(m_passphraseFile);
        if (!passphrase)
            return nullptr;
        options.passphrase = *passphrase;
    }
    for (;;) {
        auto made = TlsContext::make(side, options);
        if (auto *context = std::get_if<std::shared_ptr<TlsContext>>(&made))
            return std::move(*context);
        const auto &error = std::get<transport::TlsError>(made);
        if (error.code == TlsErrorCode::PassphraseNeeded && m_passphraseFile.empty()) {
            const auto typed =
                Terminal::askSecret(translate("fglass", "Passphrase of %1: ").arg(QString::fromStdString(error.file)));
            if (typed && !typed->empty()) {
                options.passphrase = *typed;
                continue;
            }
        }
        complain(diagnosis::textOf(error));
        return nullptr;
    }
}

void TlsClientArguments::addTo(CLI::App &command)
{
    command
        .add_option("--ca", m_options.caFile,
                    help("fglass", "Trust the authorities in this PEM file too, besides the system's"))
        ->type_name("FILE");
    addCommon(command);
    command
        .add_option_function<std::string>(
            "--sni", [this](const std::string &name) { m_serverName = name; },
            help("fglass", "Name to ask for by SNI instead of the host; '' for none"))
        ->type_name("NAME");
    command.add_flag("--insecure", m_anyCertificate,
                     help("fglass", "Connect whatever the server's certificate; what is wrong with it is still told"));
}

void TlsServerArguments::addTo(CLI::App &command)
{
    command.add_flag("--tls", m_tls,
                     help("fglass", "Speak wss:// with a certificate for localhost from this user's own development "
                                    "authority, made when there is none (see 'fglass ca')"));
    command
        .add_option("--client-ca", m_options.caFile,
                    help("fglass", "Ask clients for a certificate from the authorities in this PEM file"))
        ->type_name("FILE");
    command.add_flag("--require-client-cert", m_requireClient,
                     help("fglass", "Refuse clients that have no such certificate"));
    addCommon(command);
}

std::shared_ptr<const TlsContext> TlsServerArguments::make()
{
    using transport::ClientCertificates;
    if (!m_options.caFile.empty())
        m_options.clientCertificates = m_requireClient ? ClientCertificates::Required : ClientCertificates::Wanted;
    if (m_options.certificateFile.empty()) {
        const auto files = developmentAuthority();
        if (!files)
            return nullptr;
        m_options.certificateFile = files->certificate.string();
        m_options.keyFile = files->key.string();
    }
    return TlsArguments::make(TlsContext::Side::Server);
}

} // namespace frameglass::cli
