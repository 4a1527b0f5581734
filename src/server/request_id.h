/* request_id: what a request is called in the log and in its answer.
 *
 * The client's X-Request-Id if it sent a sound one, else the trace id of a valid traceparent (W3C Trace Context §3.2), else one made here.
 * Pure but for the generator's own state.
 */
#ifndef ENTREPOT_SERVER_REQUEST_ID_H
#define ENTREPOT_SERVER_REQUEST_ID_H

#include "entrepot/base/str.h"

#define REQUEST_ID_BYTES 32 /* of a made one and of a trace id: lower hex digits */
#define REQUEST_ID_MAX 63   /* of a client's */

/* Not for secrets. One thread's. */
struct request_ids {
    uint64_t state[2];
};

/* Seeds from the system's randomness, or from clock and address where there is none. */
void request_ids_init(struct request_ids *ids);
/* A new id and its NUL into `text`. */
void request_ids_make(struct request_ids *ids, char text[REQUEST_ID_BYTES + 1]);

/* 1 to REQUEST_ID_MAX printable characters without space, quote and backslash. */
bool request_id_sound(struct str id);
/* The trace id of a traceparent header, borrowed from it; empty if it is not valid. */
struct str traceparent_id(struct str header);

#endif
