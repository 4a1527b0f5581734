/* proxies: whose word about the client's address is taken.
 *
 * Anybody can write X-Forwarded-For; only what a proxy of ours added to it is true. So the networks of our proxies are named, and a
 * forwarding header is looked at only when it comes from one of them. One header, not both: a proxy that sets one passes the other on
 * as it came from the client. Immutable once filled, then thread-safe.
 */
#ifndef ENTREPOT_SERVER_PROXIES_H
#define ENTREPOT_SERVER_PROXIES_H

#include "entrepot/base/problem.h"
#include "entrepot/base/str.h"

#define PROXIES_MAX 64

/* An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d. */
struct ip {
    unsigned char byte[16];
};

struct ip_network {
    struct ip base;
    unsigned bits; /* of 128 */
};

/* {.n = 0} trusts nobody. */
struct proxies {
    size_t n;
    struct ip_network network[PROXIES_MAX];
    bool standard; /* they write Forwarded (RFC 7239), not X-Forwarded-For */
};

/* Adds "10.0.0.0/8", "127.0.0.1", "2001:db8::/32" or "::1". ST_INVALID with a cure for anything else, an address that is longer than its prefix
 * among it; ST_TOO_LARGE after PROXIES_MAX. */
enum status proxies_add(struct proxies *proxies, const char *text, struct problem *problem) MUST_CHECK;

bool proxies_trust(const struct proxies *proxies, const struct ip *address);

/* The client behind a chain of proxies, from the header that they write (several lines of it joined by commas): the last address in it that
 * is none of ours or, where all are ours, the first. False where the header says no such thing: then the peer is all that is known. */
bool proxies_client(const struct proxies *proxies, struct str header, struct ip *out);

#endif
