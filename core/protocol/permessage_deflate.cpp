// SPDX-License-Identifier: GPL-3.0-or-later
#include "permessage_deflate.h"

#include <algorithm>
#include <utility>

namespace frameglass::protocol {

namespace {
constexpr std::string_view serverNoContext = "server_no_context_takeover";
constexpr std::string_view clientNoContext = "client_no_context_takeover";
constexpr std::string_view serverBits = "server_max_window_bits";
constexpr std::string_view clientBits = "client_max_window_bits";

// RFC 7692 §7.1.2: a decimal integer from 8 to 15 without leading zeros.
std::optional<int> windowBits(const std::optional<std::string> &value)
{
    for (int bits = smallestWindowBits; bits <= largestWindowBits; ++bits)
        if (value == std::to_string(bits))
            return bits;
    return std::nullopt;
}

bool isDeflate(const Extension &extension)
{
    return extension.name == permessageDeflate;
}

bool takeParameter(DeflateParameters &to, std::string_view name, const std::optional<std::string> &value,
                   DeflateSide side)
{
    if (name == serverNoContext)
        return !value && !std::exchange(to.serverNoContextTakeover, true);
    if (name == clientNoContext)
        return !value && !std::exchange(to.clientNoContextTakeover, true);
    if (name == serverBits) {
        const bool first = !to.serverMaxWindowBits;
        to.serverMaxWindowBits = windowBits(value);
        return first && to.serverMaxWindowBits;
    }
    if (name == clientBits) {
        const bool first = !std::exchange(to.clientWindowBits, true);
        to.clientMaxWindowBits = windowBits(value);
        const bool mayLackValue = side == DeflateSide::Offer && !value;
        return first && (to.clientMaxWindowBits || mayLackValue);
    }
    return false;
}

/// Whether a client that made this offer may go on with this answer.
bool permits(const Extension &offered, const DeflateParameters &answer)
{
    if (!isDeflate(offered))
        return false;
    const auto [offer, fault] = parseDeflate(offered, DeflateSide::Offer);
    if (fault)
        return false;
    if (offer.serverNoContextTakeover && !answer.serverNoContextTakeover) // RFC 7692 §7.1.1.1
        return false;
    if (offer.serverMaxWindowBits) { // §7.1.2.1
        if (!answer.serverMaxWindowBits || *answer.serverMaxWindowBits > *offer.serverMaxWindowBits)
            return false;
    }
    return offer.clientWindowBits || !answer.clientWindowBits; // §7.1.2.2
}
} // namespace

Extension extensionOf(const DeflateParameters &parameters)
{
    Extension extension{std::string(permessageDeflate), {}};
    const auto add = [&](std::string_view name, std::optional<std::string> value = {}) {
        extension.parameters.emplace_back(std::string(name), std::move(value));
    };
    if (parameters.serverNoContextTakeover)
        add(serverNoContext);
    if (parameters.clientNoContextTakeover)
        add(clientNoContext);
    if (parameters.serverMaxWindowBits)
        add(serverBits, std::to_string(*parameters.serverMaxWindowBits));
    if (parameters.clientWindowBits)
        add(clientBits, parameters.clientMaxWindowBits ? std::optional(std::to_string(*parameters.clientMaxWindowBits))
                                                       : std::nullopt);
    return extension;
}

ParsedDeflate parseDeflate(const Extension &extension, DeflateSide side)
{
    ParsedDeflate parsed;
    for (const auto &[name, value] : extension.parameters) {
        if (!takeParameter(parsed.parameters, name, value, side) && !parsed.fault)
            parsed.fault = value ? name + '=' + *value : name;
    }
    return parsed;
}

DeflatePreferences preferencesOf(const DeflateParameters &written)
{
    return {written.serverNoContextTakeover, written.clientNoContextTakeover, written.serverMaxWindowBits,
            written.clientMaxWindowBits};
}

std::optional<DeflateParameters> answerDeflate(std::span<const Extension> offers, const DeflatePreferences &wanted)
{
    for (const Extension &extension : offers) {
        if (!isDeflate(extension))
            continue;
        const auto [offer, fault] = parseDeflate(extension, DeflateSide::Offer);
        if (fault)
            continue; // RFC 7692 §7.1: an illegal offer is declined, the next one may do
        DeflateParameters answer;
        answer.serverNoContextTakeover = offer.serverNoContextTakeover || wanted.serverNoContextTakeover;
        answer.clientNoContextTakeover = offer.clientNoContextTakeover || wanted.clientNoContextTakeover;
        answer.serverMaxWindowBits = offer.serverMaxWindowBits;
        if (wanted.serverMaxWindowBits)
            answer.serverMaxWindowBits =
                std::min(*wanted.serverMaxWindowBits, offer.serverMaxWindowBits.value_or(largestWindowBits));
        // Without a limit of ours the client's own is confirmed, so that our inflater needs no larger window.
        answer.clientMaxWindowBits = offer.clientMaxWindowBits;
        if (wanted.clientMaxWindowBits && offer.clientWindowBits)
            answer.clientMaxWindowBits =
                std::min(*wanted.clientMaxWindowBits, offer.clientMaxWindowBits.value_or(largestWindowBits));
        answer.clientWindowBits = answer.clientMaxWindowBits.has_value();
        return answer;
    }
    return std::nullopt;
}

std::vector<DeflateFault> judgeDeflateAnswer(std::span<const Extension> answered, const std::vector<Extension> *offered)
{
    std::vector<DeflateFault> faults;
    bool seen = false;
    for (const Extension &extension : answered) {
        if (!isDeflate(extension))
            continue;
        if (std::exchange(seen, true)) {
            faults.push_back({Violation::ExtensionDuplicate, extension.name});
            continue;
        }
        const auto [answer, fault] = parseDeflate(extension, DeflateSide::Answer);
        if (fault) {
            faults.push_back({Violation::DeflateAnswerInvalid, *fault});
            continue;
        }
        if (!offered || std::ranges::none_of(*offered, isDeflate))
            continue; // that it was not asked for at all is said elsewhere
        const auto allows = [&answer = answer](const Extension &offer) { return permits(offer, answer); };
        if (std::ranges::none_of(*offered, allows))
            faults.push_back({Violation::DeflateAnswerIncompatible, formatExtensions({extension})});
    }
    return faults;
}

std::optional<DeflateAgreement> deflateAgreement(std::span<const Extension> answered,
                                                 const std::vector<Extension> *offered)
{
    const auto found = std::ranges::find_if(answered, isDeflate);
    if (found == answered.end())
        return std::nullopt;
    const DeflateParameters answer = parseDeflate(*found, DeflateSide::Answer).parameters;
    DeflateAgreement agreement{
        {answer.serverMaxWindowBits.value_or(largestWindowBits), !answer.serverNoContextTakeover},
        {answer.clientMaxWindowBits.value_or(largestWindowBits), !answer.clientNoContextTakeover}};
    if (!offered)
        return agreement;
    const auto accepted =
        std::ranges::find_if(*offered, [&](const Extension &offer) { return permits(offer, answer); });
    if (accepted == offered->end())
        return agreement;
    const DeflateParameters offer = parseDeflate(*accepted, DeflateSide::Offer).parameters;
    agreement.client.bits = std::min(agreement.client.bits, offer.clientMaxWindowBits.value_or(largestWindowBits));
    agreement.client.keepsContext = agreement.client.keepsContext && !offer.clientNoContextTakeover;
    return agreement;
}

WrittenOffers parseWrittenOffers(std::string_view text)
{
    WrittenOffers result;
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view part = text.substr(0, comma);
        const bool named = part.find(permessageDeflate) != std::string_view::npos;
        const bool bare = part.find_first_not_of(" \t") == std::string_view::npos;
        std::string element(named ? std::string_view() : permessageDeflate);
        if (!named && !bare)
            element += "; ";
        element += bare ? std::string_view() : part;
        const auto list = parseExtensions(element);
        if (list.errorOffset || list.items.size() != 1 || !isDeflate(list.items.front())) {
            result.error = std::string(part);
            return result;
        }
        const auto [offer, fault] = parseDeflate(list.items.front(), DeflateSide::Offer);
        if (fault) {
            result.error = *fault;
            return result;
        }
        result.offers.push_back(offer);
        if (comma == std::string_view::npos)
            return result;
        text.remove_prefix(comma + 1);
    }
}

} // namespace frameglass::protocol
