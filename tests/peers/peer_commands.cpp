// SPDX-License-Identifier: GPL-3.0-or-later
// Where each peer is on this machine. FRAMEGLASS_PEERS_SOURCE and FRAMEGLASS_PEERS_BINARY come from the build.
#include "peer_process.h"

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <unistd.h>

namespace frameglass::peers {

namespace {

const std::filesystem::path sources = FRAMEGLASS_PEERS_SOURCE;
const std::filesystem::path binaries = FRAMEGLASS_PEERS_BINARY;

/// Debian's modules belong to Debian's Python, not to whichever comes first in PATH.
constexpr auto python = "/usr/bin/python3";

bool isExecutable(const std::filesystem::path &path)
{
    return ::access(path.c_str(), X_OK) == 0;
}

bool inPath(const std::string &program)
{
    const char *path = std::getenv("PATH");
    std::istringstream folders(std::string(path ? path : "") + ":/usr/sbin:/sbin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (!folder.empty() && isExecutable(std::filesystem::path(folder) / program))
            return true;
    }
    return false;
}

bool pythonHasWebsockets()
{
    static const bool has = std::system("/usr/bin/python3 -c 'import websockets' >/dev/null 2>&1") == 0;
    return has;
}

Command withArguments(Arguments words, const Arguments &arguments, std::string missing)
{
    words.insert(words.end(), arguments.begin(), arguments.end());
    return {std::move(words), std::move(missing)};
}

Command built(const char *name, const Arguments &arguments, const char *packages)
{
    const auto path = binaries / name;
    return withArguments({path.string()}, arguments, isExecutable(path) ? "" : packages);
}

Command goPeer(const char *name, const Arguments &arguments)
{
    return built(name, arguments, "golang-go golang-github-gorilla-websocket-dev");
}

Command pythonPeer(const char *script, const Arguments &arguments)
{
    return withArguments({python, (sources / "python" / script).string()}, arguments,
                         pythonHasWebsockets() ? "" : "python3-websockets");
}

Command nodePeer(const char *script, const Arguments &arguments)
{
    std::string missing;
    if (!inPath("node"))
        missing = "nodejs";
    else if (!std::filesystem::exists(sources / "node/node_modules/ws"))
        missing = "npm ci in tests/peers/node";
    return withArguments({"node", (sources / "node" / script).string()}, arguments, std::move(missing));
}

Command proxyPeer(const char *program, const Arguments &arguments, const char *package)
{
    return withArguments({python, (sources / "proxy/serve.py").string(), program}, arguments,
                         inPath(program) ? "" : package);
}

} // namespace

Command gorillaEcho(const Arguments &arguments)
{
    return goPeer("gorilla_echo", arguments);
}

Command gorillaMisbuilt()
{
    return goPeer("gorilla_misbuilt", {});
}

Command gorillaClient(const Arguments &arguments)
{
    return goPeer("gorilla_client", arguments);
}

Command pythonEcho(const Arguments &arguments)
{
    return pythonPeer("echo.py", arguments);
}

Command pythonClient(const Arguments &arguments)
{
    return pythonPeer("client.py", arguments);
}

Command pythonSuite()
{
    return pythonPeer("suite.py", {});
}

Command nodeEcho(const Arguments &arguments)
{
    return nodePeer("echo.mjs", arguments);
}

Command nodeClient(const Arguments &arguments)
{
    return nodePeer("client.mjs", arguments);
}

Command nodeReconnecting(const Arguments &arguments)
{
    return nodePeer("reconnect.mjs", arguments);
}

Command qtEcho(const Arguments &arguments)
{
    return built("qt_echo", arguments, "qt6-websockets-dev");
}

Command qtClient(const Arguments &arguments)
{
    return built("qt_client", arguments, "qt6-websockets-dev");
}

Command beastEcho(const Arguments &arguments)
{
    return built("beast_echo", arguments, "libboost-dev");
}

Command beastClient(const Arguments &arguments)
{
    return built("beast_client", arguments, "libboost-dev");
}

Command websocketppEcho(const Arguments &arguments)
{
    return built("websocketpp_echo", arguments, "libwebsocketpp-dev libboost-dev");
}

Command websocketppClient(const Arguments &arguments)
{
    return built("websocketpp_client", arguments, "libwebsocketpp-dev libboost-dev");
}

Command lwsEcho(const Arguments &arguments)
{
    return built("lws_echo", arguments, "libwebsockets-dev");
}

Command lwsClient(const Arguments &arguments)
{
    return built("lws_client", arguments, "libwebsockets-dev");
}

Command chromiumClient(const Arguments &arguments)
{
    std::string missing = "chromium";
    for (const char *name : {"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"}) {
        if (inPath(name))
            missing.clear();
    }
    return withArguments({python, (sources / "chromium/client.py").string()}, arguments, std::move(missing));
}

Command nginx(const std::string &mistake, std::uint16_t upstreamPort, const Arguments &more)
{
    return withArguments({python, (sources / "nginx/serve.py").string(), mistake, std::to_string(upstreamPort)}, more,
                         inPath("nginx") ? "" : "nginx-light");
}

Command haproxy(std::uint16_t upstreamPort, const Arguments &more)
{
    return withArguments({python, (sources / "haproxy/serve.py").string(), std::to_string(upstreamPort)}, more,
                         inPath("haproxy") ? "" : "haproxy");
}

Command apache(const std::string &mistake, std::uint16_t upstreamPort)
{
    const bool there = std::filesystem::exists("/usr/sbin/apache2");
    return withArguments({python, (sources / "proxy/serve.py").string(), "apache", "--mistake", mistake, "--upstream",
                          std::to_string(upstreamPort)},
                         {}, there ? "" : "apache2-bin");
}

Command openssl(const Arguments &words)
{
    return withArguments({"openssl"}, words, inPath("openssl") ? "" : "openssl");
}

Command tinyproxy(const Arguments &arguments)
{
    return proxyPeer("tinyproxy", arguments, "tinyproxy-bin");
}

Command microsocks(const Arguments &arguments)
{
    return proxyPeer("microsocks", arguments, "microsocks");
}

Command dumpcap(const std::string &file, std::uint16_t port)
{
    return {{"dumpcap", "-i", "lo", "-f", "tcp port " + std::to_string(port), "-w", file},
            inPath("dumpcap") && inPath("tshark") ? "" : "tshark"};
}

Command tsharkReader(const std::string &file, std::uint16_t port, const std::string &keyLog)
{
    const auto decode = "tcp.port==" + std::to_string(port);
    Arguments words{"tshark", "-r", file, "-Y", "websocket", "-T", "json", "--no-duplicate-keys", "-J", "websocket"};
    if (keyLog.empty())
        words.insert(words.end(), {"-d", decode + ",http"});
    else
        words.insert(words.end(), {"-d", decode + ",tls", "-o", "tls.keylog_file:" + keyLog});
    return {words, inPath("tshark") ? "" : "tshark"};
}

} // namespace frameglass::peers
