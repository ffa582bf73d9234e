/* Sockets that snnfe-live reads from. */
#include "source.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_socket(const char *host, const char *port, bool passive)
{
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = passive ? AI_PASSIVE : 0};
    struct addrinfo *found = NULL;
    const int problem = getaddrinfo(host, port, &hints, &found);
    if (problem != 0) {
        cli_error("%s:%s: %s", host ? host : "", port, gai_strerror(problem));
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        const int yes = 1;
        if (fd >= 0 && passive)
            setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        if (fd >= 0 && (passive ? bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, 1) != 0
                                : connect(fd, a->ai_addr, a->ai_addrlen) != 0)) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    if (fd < 0)
        cli_error("%s:%s: %s", host ? host : "", port, strerror(errno));
    return fd;
}

int live_connect(const char *address)
{
    char host[256];
    const char *colon = strrchr(address, ':');
    if (!colon || colon == address || (size_t)(colon - address) >= sizeof host) {
        cli_error("\"%s\" is not HOST:PORT", address);
        return -1;
    }
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = '\0';
    return open_socket(host, colon + 1, false);
}

int live_listen(const char *port)
{
    const int listener = open_socket("localhost", port, true);
    if (listener < 0)
        return -1;
    int fd = -1;
    while (fd < 0 && !cli_interrupted()) {
        struct pollfd wait = {.fd = listener, .events = POLLIN};
        if (poll(&wait, 1, 100) > 0)
            fd = accept(listener, NULL, NULL);
    }
    close(listener);
    return fd;
}
