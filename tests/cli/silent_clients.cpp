// SPDX-License-Identifier: GPL-3.0-or-later
// silent_clients PORT COUNT: opens so many TCP connections to loopback that send nothing, says "open N" and keeps them
// until its standard input ends. A process of its own, so that the test's descriptors are not counted with the
// server's.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);

    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int wanted = std::atoi(argv[2]);
    int open = 0;
    while (open < wanted) {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0 || ::connect(descriptor, reinterpret_cast<sockaddr *>(&to), sizeof to) != 0) {
            std::perror("silent_clients");
            break;
        }
        ++open;
    }
    std::printf("open %d\n", open);
    std::fflush(stdout);
    char octet;
    while (::read(STDIN_FILENO, &octet, 1) > 0)
        continue;
    return open == wanted ? 0 : 1;
}
