/* exchange: one conversation of raw bytes, and what came of it as a line of text.
 *
 * Behind the bytes two more requests are sent (unless they are to stand alone), for a path that is not there and that no other
 * conversation names. If they are answered, the connection was still open and the bytes before were taken for whole requests; if
 * they are not, the server has closed. So one line tells a smuggled request from a refused one:
 *
 *   400 close      one answer, and no more
 *   200*3 open     three answers, then those of the two
 *   200- 400! …    "-": Content-Length says more, but nothing follows (an answer to HEAD); "!": not made by us, but by libmicrohttpd
 *   close          no answer at all
 *   … stuck        the server neither answered nor closed within five seconds
 *   … waits        the same of bytes that stand alone, for a moment: the deadline of a head is the reaper's, and tested elsewhere
 *
 * Every answer is checked on the way; what is wrong with it stands behind its status in brackets.
 */
#ifndef ENTREPOT_TESTS_SIEGE_EXCHANGE_H
#define ENTREPOT_TESTS_SIEGE_EXCHANGE_H

#include "entrepot/base/buf.h"

/* How the bytes are cut on their way. */
enum fragments { WHOLE, BY_BYTE, SPLIT };

struct exchange {
    unsigned port;
    struct str bytes;
    bool alone;
    enum fragments fragments;
    size_t split_at; /* SPLIT: so many bytes first, then a pause, then the rest */
    unsigned marker; /* a number of its own */
    bool through;    /* a proxy stands between: its answers have other headers and other words */
};

struct outcome {
    char text[256];
    unsigned answers;      /* without those to the two that followed */
    unsigned markers;      /* answers to the two */
    unsigned inside;       /* answers to a request for /inside, which some bytes hide in others */
    unsigned other_marker; /* an answer to somebody else's marker: answers went astray; 0: none */
};

/* The first line of a response head that is not as it should be: a header that this server does not have, or a byte that none may
 * have. NULL: all are sound. Valid until the next call. */
const char *head_fault(struct str head);

/* Holds the conversation. False if nobody takes the call. */
bool exchange(const struct exchange *what, struct outcome *outcome);

#endif
