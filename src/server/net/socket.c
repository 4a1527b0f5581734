/* Listening sockets: addresses, options, and refusing new connections at the end. */
#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "entrepot/base/str.h"

static enum status bad_address(const char *text, struct problem *problem)
{
    (void)problem_set(problem, ST_INVALID, "--listen", "'%.200s' is not an address with a port", text);
    (void)problem_cure(problem, ST_INVALID, "write 127.0.0.1:8080, 0.0.0.0:8080 or [::]:8080");
    return ST_INVALID;
}

/* The part before the last colon, without brackets, as a C string. */
static bool copy_host(struct str host, char *out, size_t room)
{
    bool bracketed = host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    if (bracketed)
        host = str_span(host.p + 1, host.n - 2);
    if (host.n == 0 || host.n >= room || memchr(host.p, '\0', host.n) || (!bracketed && str_find(host, ':') < host.n))
        return false;
    memcpy(out, host.p, host.n);
    out[host.n] = '\0';
    return true;
}

enum status endpoint_read(const char *text, struct endpoint *out, struct problem *problem)
{
    const char *colon = strrchr(text, ':');
    char host[64];
    uint32_t port;
    if (!colon || !str_u32(str_view(colon + 1), 65535, &port) ||
        !copy_host(str_span(text, (size_t)(colon - text)), host, sizeof host))
        return bad_address(text, problem);
    const char *name = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    *out = (struct endpoint){.size = 0};
    if (inet_pton(AF_INET, name, &out->address.v4.sin_addr) == 1) {
        out->address.v4.sin_family = AF_INET;
        out->address.v4.sin_port = htons((uint16_t)port);
        out->size = sizeof out->address.v4;
    } else if (inet_pton(AF_INET6, name, &out->address.v6.sin6_addr) == 1) {
        out->address.v6.sin6_family = AF_INET6;
        out->address.v6.sin6_port = htons((uint16_t)port);
        out->size = sizeof out->address.v6;
    } else {
        return bad_address(text, problem);
    }
    return ST_OK;
}

unsigned endpoint_port(const struct endpoint *endpoint)
{
    bool v6 = endpoint->address.any.sa_family == AF_INET6;
    return ntohs(v6 ? endpoint->address.v6.sin6_port : endpoint->address.v4.sin_port);
}

void endpoint_to_loopback(struct endpoint *endpoint)
{
    if (endpoint->address.any.sa_family == AF_INET6) {
        if (IN6_IS_ADDR_UNSPECIFIED(&endpoint->address.v6.sin6_addr))
            endpoint->address.v6.sin6_addr = in6addr_loopback;
    } else if (endpoint->address.v4.sin_addr.s_addr == htonl(INADDR_ANY)) {
        endpoint->address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
}

bool endpoint_ip(const struct sockaddr *address, struct ip *out)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        *out = (struct ip){{[10] = 0xFF, [11] = 0xFF}};
        memcpy(out->byte + 12, &v4.sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        memcpy(out->byte, &v6.sin6_addr, sizeof out->byte);
    }
    return address->sa_family == AF_INET || address->sa_family == AF_INET6;
}

void ip_print(const struct ip *ip, char *text)
{
    struct in6_addr v6;
    memcpy(&v6, ip->byte, sizeof v6);
    if (IN6_IS_ADDR_V4MAPPED(&v6))
        (void)inet_ntop(AF_INET, ip->byte + 12, text, INET6_ADDRSTRLEN);
    else
        (void)inet_ntop(AF_INET6, ip->byte, text, INET6_ADDRSTRLEN);
}

static enum status refused(const char *text, const char *what, struct problem *problem)
{
    int error = errno;
    char place[256];
    (void)snprintf(place, sizeof place, "%.200s", text);
    (void)problem_set(problem, ST_IO, place, "cannot %s: %s", what, strerror(error));
    switch (error) {
    case EADDRINUSE:
        return problem_cure(problem, ST_IO, "another server has this port; stop it or choose another with --listen");
    case EACCES: return problem_cure(problem, ST_IO, "ports below 1024 need a privilege; choose 8080, say");
    case EADDRNOTAVAIL:
        return problem_cure(problem, ST_IO, "no interface has this address; 0.0.0.0 or [::] is every interface");
    case EMFILE:
    case ENFILE: return problem_cure(problem, ST_IO, "too many open files; raise the limit (ulimit -n)");
    default: return ST_IO;
    }
}

/* A bound socket; -1 with errno otherwise. SO_REUSEADDR lets a restart pass over connections that are still dying; it does not
 * let anybody share a port that is listened on. */
static int bind_socket(const struct endpoint *endpoint, bool shared)
{
    int fd = socket(endpoint->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int on = 1, off = 0;
    bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
              (!shared || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0);
    if (ok && endpoint->address.any.sa_family == AF_INET6)
        ok = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0;
    if (ok && bind(fd, &endpoint->address.any, endpoint->size) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int listen_socket(const struct endpoint *endpoint)
{
    int fd = bind_socket(endpoint, true);
    if (fd >= 0 && listen(fd, SOMAXCONN) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

enum status socket_listen(const char *text, unsigned n, int *fds, unsigned *port, struct problem *problem)
{
    struct endpoint endpoint;
    enum status status = endpoint_read(text, &endpoint, problem);
    if (status != ST_OK)
        return status;
    /* The probe does not ask to share and so fails where anybody listens; it holds a free port until ours are open. */
    int probe = bind_socket(&endpoint, false);
    if (probe < 0)
        return refused(text, "listen there", problem);
    unsigned opened = 0;
    if (getsockname(probe, &endpoint.address.any, &endpoint.size) == 0)
        while (opened < n && (fds[opened] = listen_socket(&endpoint)) >= 0)
            opened++;
    if (opened < n) {
        status = refused(text, "listen there", problem);
        while (opened > 0)
            close(fds[--opened]);
    }
    close(probe);
    *port = endpoint_port(&endpoint);
    return status;
}

/* The kernel drops the first packet of new connections. Some kernels let only root do this. */
static void drop_first_packets(int listener)
{
    struct sock_filter no_syn[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13), /* the flags of the TCP header */
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x02, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    struct sock_fprog program = {.len = sizeof no_syn / sizeof no_syn[0], .filter = no_syn};
    (void)setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

/* A listener that is bound to a network interface which is not there is not found by new connections, so they are refused, while those
 * that have begun go on by their own addresses. Linux 5.7 and later let everybody do it. */
void socket_refuse_new(int listener)
{
    const int nowhere = INT_MAX;
    if (setsockopt(listener, SOL_SOCKET, SO_BINDTOIFINDEX, &nowhere, sizeof nowhere) != 0)
        drop_first_packets(listener);
}
