/* peers: other people's servers, as Debian packages them, beside ours on loopback: proxies in front of it, and servers that answer by
 * themselves and so show how they read a request.
 *
 * Each gets a free port and a scratch folder of its own, from a configuration that is written for it, and is ready once it takes a
 * connection.
 */
#ifndef ENTREPOT_TESTS_SIEGE_PEERS_H
#define ENTREPOT_TESTS_SIEGE_PEERS_H

#include "siege/process.h"

/* In the arguments CONFIG and SCRATCH stand for the configuration's path and the folder. */
struct peer {
    const char *program;
    const char *config; /* %1$s: scratch folder, %2$u: the peer's port, %3$u: the port of the server behind it */
    const char *const *argv;
    const char *answer; /* a script that the configuration names SCRATCH/answer.sh, or NULL */
};

struct peer_process {
    struct process process; /* its port is set */
    char folder[200];
};

/* Proxies that ask nothing twice. haproxy says on stdout what went wrong, Caddy on stderr, nginx in SCRATCH/nginx.log. The impatient one
 * keeps a connection to the server for a second only. */
extern const struct peer peer_nginx_proxy, peer_haproxy_proxy, peer_caddy_proxy, peer_nginx_impatient;
/* Servers: 200 for everything, but 404 for a target that begins with /follows-; the body is the target and a semicolon, so
 * that exchange.h knows its own. */
extern const struct peer peer_nginx, peer_haproxy, peer_lighttpd, peer_node;

bool peer_installed(const struct peer *peer);
/* "1.22" of what is installed; empty if it does not say. */
void peer_version(const struct peer *peer, char *into, size_t room);
/* False if it does not take connections within five seconds: then it says why on stderr. */
bool peer_start(const struct peer *peer, unsigned server_port, struct peer_process *started);
/* Ends it and removes its folder. */
void peer_stop(struct peer_process *started);

#endif
