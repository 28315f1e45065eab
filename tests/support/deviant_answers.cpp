// SPDX-License-Identifier: GPL-3.0-or-later
#include "deviant_answers.h"

#include "core/protocol/handshake.h"

#include <algorithm>
#include <stdexcept>

namespace frameglass::test {

namespace {

const std::string start = "HTTP/1.1 101 Switching Protocols\r\n";
const std::string upgrade = "Upgrade: websocket\r\n";
const std::string connection = "Connection: Upgrade\r\n";
const std::string accept = "Sec-WebSocket-Accept: {accept}\r\n";
const std::string end = "\r\n";

std::string valid(const std::string &more = {})
{
    return start + upgrade + connection + accept + more + end;
}

std::string status(const std::string &line, const std::string &more = {})
{
    return "HTTP/1.1 " + line + "\r\nContent-Length: 0\r\n" + more + end;
}

std::string extension(const std::string &value)
{
    return valid("Sec-WebSocket-Extensions: " + value + "\r\n");
}

std::string subprotocol(const std::string &value)
{
    return valid("Sec-WebSocket-Protocol: " + value + "\r\n");
}

std::string replaced(std::string text, const std::string &what, const std::string &with)
{
    const std::size_t at = text.find(what);
    if (at == std::string::npos)
        throw std::logic_error("nothing to replace");
    return text.replace(at, what.size(), with);
}

std::string line(std::size_t octets)
{
    return "X-Long: " + std::string(octets, 'a') + "\r\n";
}

std::string fields(int count)
{
    std::string lines;
    for (int i = 0; i < count; ++i)
        lines += "X-" + std::to_string(i) + ": a\r\n";
    return lines;
}

void putAccept(std::string &octets, const std::string &mark, const std::string &value)
{
    for (std::size_t at = octets.find(mark); at != std::string::npos; at = octets.find(mark, at + value.size()))
        octets.replace(at, mark.size(), value);
}

} // namespace

std::vector<DeviantAnswer> deviantAnswers()
{
    const std::string nul(2, '\0');
    return {
        {"none", valid(), {}},
        {"no-answer", "", {}},
        {"head-cut", start + upgrade, {}},
        {"octets-before", "this is no status line at all\r\n" + valid(), {}},
        {"stray-octets-before", "abc" + valid(), {}},
        {"nul-before", nul + valid(), {}},
        {"empty-line-before", "\r\n" + valid(), {}},
        {"informational-before", "HTTP/1.1 100 Continue\r\n\r\n" + valid(), {}},
        {"http-1.0", replaced(valid(), "HTTP/1.1", "HTTP/1.0"), {}},
        {"http-other", replaced(valid(), "HTTP/1.1", "HTTP/1.2"), {}},
        {"no-space-after-status", replaced(valid(), " Switching Protocols", ""), {}},
        {"redirect", status("302 Found", "Location: /elsewhere\r\n"), {}},
        {"redirect-http", status("302 Found", "Location: http://127.0.0.1:1/\r\n"), {}},
        {"unauthorized", status("401 Unauthorized", "WWW-Authenticate: Basic realm=\"a\"\r\n"), {}},
        {"proxy-authentication", status("407 Proxy Authentication Required"), {}},
        {"status", status("403 Forbidden"), {}},
        {"upgrade-missing", start + connection + accept + end, {}},
        {"upgrade-other", start + "Upgrade: h2c\r\n" + connection + accept + end, {}},
        {"upgrade-list", start + "Upgrade: websocket, foo\r\n" + connection + accept + end, {}},
        {"upgrade-twice", start + upgrade + upgrade + connection + accept + end, {}},
        {"connection-missing", start + upgrade + accept + end, {}},
        {"connection-other", start + upgrade + "Connection: close\r\n" + accept + end, {}},
        {"connection-list", start + upgrade + "Connection: keep-alive, Upgrade\r\n" + accept + end, {}},
        {"accept-missing", start + upgrade + connection + end, {}},
        {"accept-wrong",
         start + upgrade + connection + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" + end,
         {}},
        {"accept-case", start + upgrade + connection + "Sec-WebSocket-Accept: {ACCEPT}\r\n" + end, {}},
        {"accept-twice", valid(accept), {}},
        {"accept-twice-differing", valid("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), {}},
        {"bare-line-feed",
         [] {
             std::string octets = valid();
             std::erase(octets, '\r');
             return octets;
         }(),
         {}},
        {"space-before-colon", replaced(valid(), "Upgrade:", "Upgrade :"), {}},
        {"folded-line", valid("X-Fold: a\r\n b\r\n"), {}},
        {"no-colon", valid("this line has none\r\n"), {}},
        {"line-8k", valid(line(8'300)), {}},
        {"head-16k", valid(line(16'500)), {}},
        {"head-64k", valid(line(66'000)), {}},
        {"head-256k", valid(line(300'000)), {}},
        {"fields-100", valid(fields(110)), {}},
        {"fields-128", valid(fields(280)), {}}, // websockets 10.4 allows 256
        {"extension-unknown", extension("x-foo"), {}},
        {"extensions-empty", extension(""), {}},
        {"deflate-keeps-context", extension("permessage-deflate"), {}, true},
        {"deflate-invalid", extension("permessage-deflate; server_max_window_bits=99"), {}, true},
        {"deflate-twice", extension("permessage-deflate, permessage-deflate"), {}, true},
        {"subprotocol-unrequested", subprotocol("chat"), {}},
        {"subprotocol-empty", subprotocol(""), {}},
        {"subprotocol-missing", valid(), {"a", "b"}},
        {"subprotocol-case", subprotocol("A"), {"a", "b"}},
        {"subprotocol-other", subprotocol("c"), {"a", "b"}},
        {"octets-after", valid() + "<html>no frame</html>", {}},
    };
}

void play(const DeviantAnswer &answer, RawSocket &client)
{
    const std::string request = client.readUntil("\r\n\r\n");
    const auto head = protocol::parseHead(protocol::HeadKind::Request, protocol::viewOf(request));
    const auto *key = head.find("Sec-WebSocket-Key");
    const std::string right = protocol::computeAccept(key != nullptr ? key->value : std::string()).accept;
    std::string lower = right;
    std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    std::string octets = answer.octets;
    putAccept(octets, "{accept}", right);
    putAccept(octets, "{ACCEPT}", lower);
    if (!octets.empty())
        client.write(octets);
    if (octets.find("\r\n\r\n") == std::string::npos && octets.find("\n\n") == std::string::npos) {
        client.close();
        return;
    }
    client.readEnd();
}

} // namespace frameglass::test
