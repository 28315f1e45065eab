// SPDX-License-Identifier: GPL-3.0-or-later
#include "deflate_options.h"

#include "text.h"

namespace frameglass::cli {

namespace {

constexpr std::string_view off = "off";

/// What a browser offers.
constexpr const char *usualOffer = "client_max_window_bits";

std::vector<protocol::DeflateParameters> parsed(const std::string &text)
{
    auto [offers, error] = protocol::parseWrittenOffers(text);
    if (!error)
        return std::move(offers);
    throw CLI::ValidationError(
        "--deflate",
        translate("fglass", "'%1' is no parameter of permessage-deflate (RFC 7692 §7.1): write for example "
                            "--deflate='server_no_context_takeover; client_max_window_bits=10'")
            .arg(QString::fromStdString(*error))
            .toStdString());
}

/// A flag takes a value after '=' only, so that the URL behind a bare --deflate stays the URL.
CLI::Option *addFlag(CLI::App &command, std::string &text, const char *bare, const std::string &description)
{
    return command.add_flag("--deflate{" + std::string(bare) + '}', text, description)->default_str("");
}

} // namespace

void DeflateOffer::addTo(CLI::App &command, Deflate byDefault)
{
    if (byDefault == Deflate::On)
        m_offers = parsed(usualOffer);
    const std::string description =
        byDefault == Deflate::On
            ? help("fglass", "Offer permessage-deflate with these parameters, several offers with commas between "
                             "(default: as a browser does); --deflate=off offers nothing")
            : help("fglass", "Offer permessage-deflate, as a browser does or with these parameters; several offers "
                             "with commas between");
    addFlag(command, m_text, usualOffer, description)->each([this](const std::string &text) {
        m_offers = text == off ? std::vector<protocol::DeflateParameters>() : parsed(text);
    });
}

void DeflateAcceptance::addTo(CLI::App &command)
{
    addFlag(command, m_text, " ",
            help("fglass", "Accept permessage-deflate and ask for these parameters where the client's offer allows it "
                           "(default: as offered); --deflate=off accepts no offer"))
        ->each([this](const std::string &text) {
            m_preferences.reset();
            if (text == off)
                return;
            const auto wishes = parsed(text);
            if (wishes.size() != 1)
                throw CLI::ValidationError(
                    "--deflate", translate("fglass", "a server has one set of parameters: no commas").toStdString());
            m_preferences = protocol::preferencesOf(wishes.front());
        });
}

} // namespace frameglass::cli
