// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_program.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <thread>

namespace frameglass::peers {

namespace {

using nlohmann::json;

/// A message longer than this is told by its digest alone.
constexpr std::size_t tellOctets = 1024;

void tell(const json &fields)
{
    static std::mutex printing;
    const std::lock_guard lock(printing);
    std::puts(fields.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
    std::fflush(stdout);
}

std::string toHex(std::string_view octets)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (const char octet : octets) {
        hex += digits[static_cast<unsigned char>(octet) >> 4];
        hex += digits[static_cast<unsigned char>(octet) & 15];
    }
    return hex;
}

std::string fromHex(const std::string &hex)
{
    std::string octets;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        octets += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return octets;
}

std::string sha256(std::string_view octets)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_Digest(octets.data(), octets.size(), digest, &length, EVP_sha256(), nullptr);
    return toHex({reinterpret_cast<const char *>(digest), length});
}

[[noreturn]] void leave(const std::string &message)
{
    std::fprintf(stderr, "%s\n", message.c_str());
    std::exit(2);
}

std::string contentsOf(const std::string &file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        leave("cannot read " + file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

Action actionOf(const std::string &kind, const std::string &value)
{
    if (!value.empty() && value[0] == '@')
        return {kind, contentsOf(value.substr(1))};
    return {kind, kind == "binary" ? fromHex(value) : value};
}

Deflate deflateOf(const std::string &mode)
{
    Deflate deflate;
    deflate.on = true;
    if (mode == "no-context")
        deflate.contextTakeover = false;
    else if (mode.rfind("bits=", 0) == 0)
        deflate.windowBits = std::stoi(mode.substr(5));
    else if (mode != "on")
        leave("--deflate on, no-context or bits=N");
    return deflate;
}

} // namespace

std::string Deflate::offer() const
{
    std::string text = "permessage-deflate";
    if (!contextTakeover)
        text += "; server_no_context_takeover; client_no_context_takeover";
    if (windowBits != 15)
        text += "; server_max_window_bits=" + std::to_string(windowBits);
    text += "; client_max_window_bits";
    if (windowBits != 15)
        text += "=" + std::to_string(windowBits);
    return text;
}

ProgramArguments parseArguments(int argc, char *argv[])
{
    static const std::set<std::string> kinds{"--text", "--binary", "--fragmented", "--ping"};
    ProgramArguments arguments;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word.rfind("--", 0) != 0) {
            arguments.url = word;
            continue;
        }
        if (word == "--wait-close") {
            arguments.waitClose = true;
            continue;
        }
        if (word == "--no-read") {
            arguments.noRead = true;
            continue;
        }
        if (++i == argc)
            leave("no value for " + word);
        const std::string value = argv[i];
        if (kinds.count(word) != 0)
            arguments.actions.push_back(actionOf(word.substr(2), value));
        else if (word == "--subprotocol")
            arguments.subprotocols.push_back(value);
        else if (word == "--close-code")
            arguments.closeCode = static_cast<std::uint16_t>(std::stoi(value));
        else if (word == "--close-reason")
            arguments.closeReason = value;
        else if (word == "--close-after")
            arguments.closeAfter = std::stoi(value);
        else if (word == "--ping-interval")
            arguments.pingInterval = std::stoi(value);
        else if (word == "--fragments")
            arguments.fragments = std::stoul(value);
        else if (word == "--cert")
            arguments.certificate = value;
        else if (word == "--key")
            arguments.key = value;
        else if (word == "--ca")
            arguments.authority = value;
        else if (word == "--deflate")
            arguments.deflate = deflateOf(value);
        else
            leave("unknown option " + word);
    }
    return arguments;
}

void cannot(std::string_view what)
{
    leave("this library cannot do: " + std::string(what));
}

UrlParts partsOf(const std::string &url)
{
    const std::size_t host = url.find("//") + 2;
    const std::size_t path = std::min(url.find('/', host), url.size());
    const std::size_t port = url.rfind(':', path);
    return {url.substr(host, port - host), url.substr(port + 1, path - port - 1),
            path == url.size() ? "/" : url.substr(path)};
}

std::vector<std::string_view> piecesOf(std::string_view octets, std::size_t count)
{
    const std::size_t pieces = std::clamp<std::size_t>(count, 1, std::max<std::size_t>(1, octets.size()));
    std::vector<std::string_view> found;
    for (std::size_t i = 0; i < pieces; ++i) {
        const std::size_t begin = octets.size() * i / pieces;
        found.push_back(octets.substr(begin, octets.size() * (i + 1) / pieces - begin));
    }
    return found;
}

void tellPort(std::uint16_t port)
{
    std::printf("PORT %d\n", port);
    std::fflush(stdout);
}

void tellOpen(std::string_view library, std::string_view subprotocol, std::string_view extensions,
              std::string_view path)
{
    json fields{{"event", "open"}, {"library", library}, {"subprotocol", subprotocol}, {"extensions", extensions}};
    if (!path.empty())
        fields["path"] = path;
    tell(fields);
}

void tellMessage(bool text, std::string_view octets)
{
    json fields{{"event", "message"},
                {"type", text ? "text" : "binary"},
                {"octets", octets.size()},
                {"sha256", sha256(octets)}};
    if (octets.size() <= tellOctets && text)
        fields["text"] = octets;
    else if (octets.size() <= tellOctets)
        fields["hex"] = toHex(octets);
    tell(fields);
}

void tellPing(std::string_view data)
{
    tell({{"event", "ping"}, {"data", toHex(data)}});
}

void tellPong(std::string_view data)
{
    tell({{"event", "pong"}, {"data", toHex(data)}});
}

void tellClose(int code, std::string_view reason)
{
    tell({{"event", "close"}, {"code", code}, {"reason", reason}});
}

void tellCloseUnseen()
{
    tell({{"event", "close"}, {"code", nullptr}, {"reason", nullptr}});
}

void tellError(std::string_view message)
{
    tell({{"event", "error"}, {"message", message}});
}

void endWithParent()
{
    std::thread([] {
        while (std::getchar() != EOF) {}
        std::_Exit(0);
    }).detach();
}

} // namespace frameglass::peers
