/* raw_client: HTTP/1.1 by hand, for tests that must send what no decent client would.
 *
 * Bytes go out as given; replies are read one at a time by Content-Length. Everything waits for at most timeout_ms.
 */
#ifndef ENTREPOT_TESTS_HTTP_RAW_CLIENT_H
#define ENTREPOT_TESTS_HTTP_RAW_CLIENT_H

#include "entrepot/base/buf.h"
#include "entrepot/base/str.h"

struct raw_client {
    int fd;
    unsigned timeout_ms;
    struct buf in; /* what has come and is not read yet begins at `used` */
    size_t used;
};

struct raw_reply {
    int status;
    struct str head, body; /* in the client's buffer until its next raw_read; the head ends with its empty line */
};

enum raw_result {
    RAW_OK,
    RAW_CLOSED,  /* the peer closed (or reset) before a whole reply had come */
    RAW_TIMEOUT, /* nothing came for timeout_ms */
    RAW_BAD      /* not HTTP/1.1, or framed otherwise than by Content-Length */
};

/* Connects to 127.0.0.1. False if nobody takes the call. */
bool raw_connect(struct raw_client *client, unsigned port);
void raw_close(struct raw_client *client);
/* Sends all; false if the peer does not take it. */
bool raw_send(struct raw_client *client, struct str bytes);
/* Sends byte by byte, each in a packet of its own. */
bool raw_send_slowly(struct raw_client *client, struct str bytes);
/* Reads one reply (interim 1xx ones are passed over). `no_body`: it answers a HEAD. */
enum raw_result raw_read(struct raw_client *client, bool no_body, struct raw_reply *reply);
/* raw_send of a C string and raw_read. */
enum raw_result raw_ask(struct raw_client *client, const char *request, struct raw_reply *reply);
/* All that still comes until the peer closes; p is NULL if it does not close in time. */
struct str raw_read_rest(struct raw_client *client);

/* The first header of that name, trimmed; p is NULL if there is none. */
struct str raw_header(const struct raw_reply *reply, const char *name);
/* How many headers of that name there are. */
unsigned raw_header_count(const struct raw_reply *reply, const char *name);

#endif
