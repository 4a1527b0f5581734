/* guard: whether a request's head may be believed.
 *
 * libmicrohttpd 0.9.75 reads HTTP leniently: it takes Content-Length beside Transfer-Encoding, lengths that contradict each
 * other, two Hosts, names with spaces. Whoever reads the same bytes otherwise in front of us can be made to see other requests
 * than we do (request smuggling). So the facts of every head are collected on the first call of the handler and judged before
 * anything else; a request that fails is answered once and its connection closed. Pure functions, thread-safe.
 */
#ifndef ENTREPOT_SERVER_GUARD_H
#define ENTREPOT_SERVER_GUARD_H

#include "entrepot/base/str.h"

#define GUARD_HEADERS_MAX 100

struct guard_facts {
    struct str method, target; /* borrowed; the target may be cut: target_bytes is its true length */
    size_t target_bytes;
    bool http_1_0;
    unsigned n_headers, n_hosts, n_lengths, n_transfer_encodings;
    struct str host, length;  /* borrowed: the last of each */
    bool bad_name, bad_value; /* a name that is no token or was made by folding, a value with a control byte */
};

struct guard_verdict {
    int status;        /* HTTP status to refuse with, or 0: go on */
    struct str detail; /* why, for the client; static */
    bool has_body;     /* not refused, but a body follows that we do not read: answer and close */
};

/* Takes one header field into *facts. */
void guard_note(struct guard_facts *facts, struct str name, struct str value);
/* Judges a complete head. 400 for what breaks RFC 9110/9112 or what only smugglers send, 414 for a target longer than
 * `max_target_bytes`, 431 for more than GUARD_HEADERS_MAX fields. */
struct guard_verdict guard_judge(const struct guard_facts *facts, size_t max_target_bytes);

#endif
