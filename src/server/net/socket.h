/* socket: addresses as people write them, and our own listening sockets. Thread-safe. */
#ifndef ENTREPOT_SERVER_SOCKET_H
#define ENTREPOT_SERVER_SOCKET_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "entrepot/base/problem.h"
#include "entrepot/server/proxies.h"

struct endpoint {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    socklen_t size;
};

/* Reads "127.0.0.1:8080", "localhost:8080" or "[::1]:8080". ST_INVALID with *problem saying how to write it. */
enum status endpoint_read(const char *text, struct endpoint *out, struct problem *problem) MUST_CHECK;
unsigned endpoint_port(const struct endpoint *endpoint);
/* A wildcard address becomes the loopback address of its family. */
void endpoint_to_loopback(struct endpoint *endpoint);
/* False for families that have no such address. */
bool endpoint_ip(const struct sockaddr *address, struct ip *out);
/* IPv4 in its short form, into `text` of INET6_ADDRSTRLEN bytes. */
void ip_print(const struct ip *ip, char *text);

/* Opens `n` listening sockets that share the address `text` (SO_REUSEPORT), non-blocking, into fds[], and tells the port. The
 * address must be free: a listener of anybody else is ST_IO, though the kernel would let a process of the same user share it.
 * On failure none is open. */
enum status socket_listen(const char *text, unsigned n, int *fds, unsigned *port, struct problem *problem) MUST_CHECK;
/* From now on new connections are refused; handshakes under way end, and what waits in the queue stays acceptable. */
void socket_refuse_new(int listener);

#endif
