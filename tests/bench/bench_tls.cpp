// SPDX-License-Identifier: GPL-3.0-or-later
// What TLS costs our echo server: CPU time a message beside plain ws and beside nginx that terminates TLS before it,
// CPU time a handshake (full and resumed) beside nginx, and memory an idle connection beside plain ws.
#include "bench_process.h"
#include "echo_servers.h"

#include "core/capture/capture.h"
#include "core/protocol/frame.h"
#include "core/session/server_session.h"
#include "core/transport/certificate_maker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>

using namespace frameglass;
using namespace frameglass::bench;

namespace {

[[noreturn]] void fail(const std::string &what)
{
    throw std::runtime_error(what);
}

/// A certificate for 127.0.0.1 in a folder of its own.
class Folder
{
public:
    Folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "frameglass-bench-XXXXXX").string();
        if (!::mkdtemp(name.data()))
            fail("mkdtemp");
        m_path = name;
        transport::CertificateWish wish;
        wish.commonName = "127.0.0.1";
        wish.names = {"IP:127.0.0.1"};
        wish.from = std::chrono::system_clock::now() - std::chrono::hours(1);
        wish.until = wish.from + std::chrono::hours(100);
        const auto made = transport::makeCertificate(wish, nullptr);
        write("cert.pem", made->certificate);
        write("key.pem", made->key);
    }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    std::string file(const std::string &name) const { return (m_path / name).string(); }
    void write(const std::string &name, const std::string &content) const { std::ofstream(file(name)) << content; }

private:
    std::filesystem::path m_path;
};

/// One connection of the load generator, blocking, with or without TLS.
class Client
{
public:
    Client(std::uint16_t port, SSL_CTX *tls, SSL_SESSION *session = nullptr)
    {
        m_socket = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (m_socket < 0 || ::connect(m_socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
            fail("cannot connect");
        const int on = 1;
        ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (!tls)
            return;
        m_ssl = SSL_new(tls);
        SSL_set_fd(m_ssl, m_socket);
        if (session)
            SSL_set_session(m_ssl, session);
        if (SSL_connect(m_ssl) != 1)
            fail("no TLS");
    }
    ~Client()
    {
        if (m_ssl) {
            SSL_set_quiet_shutdown(m_ssl, 1);
            SSL_shutdown(m_ssl);
            SSL_free(m_ssl);
        }
        ::close(m_socket);
    }
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    SSL *ssl() const { return m_ssl; }
    void send(const protocol::Octets &octets)
    {
        std::size_t sent = 0;
        while (sent < octets.size()) {
            const auto rest = octets.size() - sent;
            const auto count = m_ssl ? SSL_write(m_ssl, octets.data() + sent, static_cast<int>(rest))
                                     : static_cast<int>(::send(m_socket, octets.data() + sent, rest, MSG_NOSIGNAL));
            if (count <= 0)
                fail("the server ended a connection");
            sent += static_cast<std::size_t>(count);
        }
    }
    void receive(std::size_t octets)
    {
        static std::vector<char> buffer(64 * 1024);
        while (octets > 0) {
            const auto wanted = std::min(octets, buffer.size());
            const auto count = m_ssl ? SSL_read(m_ssl, buffer.data(), static_cast<int>(wanted))
                                     : static_cast<int>(::recv(m_socket, buffer.data(), wanted, 0));
            if (count <= 0)
                fail("the server ended a connection");
            octets -= static_cast<std::size_t>(count);
        }
    }
    void upgrade()
    {
        send(protocol::octetsOf("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        std::string head;
        char octet = 0;
        while (!head.ends_with("\r\n\r\n")) {
            const auto count = m_ssl ? SSL_read(m_ssl, &octet, 1) : static_cast<int>(::recv(m_socket, &octet, 1, 0));
            if (count != 1)
                fail("no response");
            head += octet;
        }
        if (!head.starts_with("HTTP/1.1 101"))
            fail("refused: " + head);
    }

private:
    int m_socket = -1;
    SSL *m_ssl = nullptr;
};

int serve(const std::string &certificate, const std::string &key)
{
    session::ServerOptions options;
    options.limits.connections = 100'000;
    options.limits.handshakeTime = std::chrono::hours(1);
    if (!certificate.empty()) {
        transport::TlsOptions tls;
        tls.certificateFile = certificate;
        tls.keyFile = key;
        options.tls = std::get<std::shared_ptr<transport::TlsContext>>(
            transport::TlsContext::make(transport::TlsContext::Side::Server, tls));
    }
    session::NetworkThread network;
    session::ServerSession server(network, std::make_shared<capture::NullSink>(), options);
    if (!server.start())
        return 1;
    announce(server.port());
    waitForEndOfInput();
    return 0;
}

/// A port that is free now: nginx is told it.
std::uint16_t freePort()
{
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket, reinterpret_cast<const sockaddr *>(&address), size);
    ::getsockname(socket, reinterpret_cast<sockaddr *>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
}

std::string nginxConfiguration(const Folder &folder, std::uint16_t port, std::uint16_t upstream)
{
    std::string temporary;
    for (const char *kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        temporary += std::string(kind) + "_temp_path " + folder.file(kind) + ";\n";
    return "daemon off; master_process off; pid " + folder.file("pid") +
           "; error_log stderr crit; events { worker_connections 4096; }\nhttp { access_log off; " + temporary +
           "server { listen 127.0.0.1:" + std::to_string(port) + " ssl; ssl_certificate " + folder.file("cert.pem") +
           "; ssl_certificate_key " + folder.file("key.pem") +
           "; location / { proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "
           "upgrade; proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_pass http://127.0.0.1:" +
           std::to_string(upstream) + "; } } }\n";
}

struct Cost
{
    double cpu = 0; ///< microseconds each
    double rate = 0;
};

template<typename Work>
Cost measured(const std::vector<const ServerProcess *> &servers, std::size_t count, const Work &work)
{
    const auto cpu = [&] {
        double sum = 0;
        for (const auto *server : servers)
            sum += server->cpuSeconds();
        return sum;
    };
    const double before = cpu();
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const auto each = static_cast<double>(count);
    return {(cpu() - before) / each * 1e6, each / wall.count()};
}

Cost echo(const std::vector<const ServerProcess *> &servers, std::uint16_t port, SSL_CTX *tls, std::size_t payload)
{
    constexpr std::size_t connections = 16;
    constexpr std::size_t inFlight = 8;
    const std::size_t rounds = payload > 1000 ? 40 : 600;
    protocol::FrameHeader header;
    header.opcode = 2;
    header.payloadLength = payload;
    header.lengthOctets = protocol::minimalLengthOctets(payload);
    const std::size_t echoOctets = header.headerOctets() + payload;
    header.maskKey = protocol::MaskKey{};
    protocol::Octets burst;
    for (std::size_t i = 0; i < inFlight; ++i) {
        protocol::appendFrameHeader(burst, header);
        burst.resize(burst.size() + payload, std::byte{'x'});
    }
    std::vector<std::unique_ptr<Client>> clients;
    for (std::size_t i = 0; i < connections; ++i) {
        clients.push_back(std::make_unique<Client>(port, tls));
        clients.back()->upgrade();
    }
    return measured(servers, rounds * connections * inFlight, [&] {
        for (std::size_t round = 0; round < rounds; ++round) {
            for (const auto &client : clients)
                client->send(burst);
            for (const auto &client : clients)
                client->receive(inFlight * echoOctets);
        }
    });
}

Cost handshakes(const ServerProcess &server, std::uint16_t port, SSL_CTX *tls, bool resumed)
{
    constexpr std::size_t count = 400;
    std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION *)> session(nullptr, SSL_SESSION_free);
    if (resumed) {
        Client first(port, tls);
        first.upgrade(); // the tickets come with the answer
        session.reset(SSL_get1_session(first.ssl()));
    }
    return measured({&server}, count, [&] {
        for (std::size_t i = 0; i < count; ++i) {
            const Client client(port, tls, session.get());
            if ((SSL_session_reused(client.ssl()) == 1) != resumed)
                fail("resumption is not as wanted");
        }
    });
}

double memoryEach(const ServerProcess &server, SSL_CTX *tls)
{
    constexpr std::size_t warm = 50;
    constexpr std::size_t count = 1000;
    std::vector<std::unique_ptr<Client>> clients;
    double before = 0;
    for (std::size_t i = 0; i < warm + count; ++i) {
        if (i == warm)
            before = server.memory();
        clients.push_back(std::make_unique<Client>(server.port(), tls));
        clients.back()->upgrade();
    }
    return (server.memory() - before) / static_cast<double>(count);
}

void print(const char *name, const Cost &cost, const Cost &base)
{
    std::printf("  %-34s %12.2f %12.0f %8.2f\n", name, cost.cpu, cost.rate, cost.cpu / base.cpu);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc >= 3 && std::string_view(argv[1]) == "--serve")
        return serve(argc > 4 ? argv[3] : "", argc > 4 ? argv[4] : "");
    const rlimit files{8192, 8192};
    ::setrlimit(RLIMIT_NOFILE, &files);
    pinTo(0);
    const Folder folder;
    const auto self = "/proc/self/exe";
    const ServerProcess plain({self, "--serve", "plain"});
    const ServerProcess secure({self, "--serve", "tls", folder.file("cert.pem"), folder.file("key.pem")});
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX *)> tls(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);

    const auto nginxPort = freePort();
    folder.write("nginx.conf", nginxConfiguration(folder, nginxPort, plain.port()));
    const bool hasNginx = std::filesystem::exists("/usr/sbin/nginx");
    std::optional<ServerProcess> nginx;
    if (hasNginx) {
        nginx.emplace(
            std::vector<std::string>{"/usr/sbin/nginx", "-p", folder.file(""), "-c", folder.file("nginx.conf")},
            ServerProcess::Announces::Nothing);
        for (int attempt = 0; attempt < 100; ++attempt) {
            try {
                const Client probe(nginxPort, tls.get());
                break;
            } catch (const std::runtime_error &) {
                ::usleep(20'000);
            }
        }
    } else {
        std::printf("no nginx: not compared\n");
    }

    for (const std::size_t payload : {std::size_t(128), std::size_t(60'000)}) {
        std::printf("\nEcho, 16 connections x 8 in flight x %zu octets\n  %-34s %12s %12s %8s\n", payload, "server",
                    "CPU us each", "messages/s", "x plain");
        const auto base = echo({&plain}, plain.port(), nullptr, payload);
        print("Frameglass, ws", base, base);
        print("Frameglass, wss", echo({&secure}, secure.port(), tls.get(), payload), base);
        if (nginx)
            print("nginx with TLS, Frameglass behind", echo({&*nginx, &plain}, nginxPort, tls.get(), payload), base);
    }

    std::printf("\nHandshakes one after the other, TLS 1.3, ECDSA P-256\n  %-34s %12s %12s %8s\n", "server",
                "CPU us each", "a second", "x full");
    const auto full = handshakes(secure, secure.port(), tls.get(), false);
    print("Frameglass, full", full, full);
    print("Frameglass, resumed", handshakes(secure, secure.port(), tls.get(), true), full);
    if (nginx)
        print("nginx, full", handshakes(*nginx, nginxPort, tls.get(), false), full);

    const double plainOctets = memoryEach(plain, nullptr);
    const double secureOctets = memoryEach(secure, tls.get());
    std::printf("\nMemory of an idle connection: ws %.1f KiB, wss %.1f KiB (%.1fx)\n", plainOctets / 1024,
                secureOctets / 1024, secureOctets / plainOctets);
    return 0;
}
