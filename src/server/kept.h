/* kept: an answer that goes out again and again, to any number of connections at once.
 *
 * The library's response is built once and shared. What belongs to one request only, its id, is written over a field of fixed length inside
 * it: the library turns a response into bytes before the handler of the next request runs (one thread a daemon), so each gets its own.
 * Where that does not do (an id of another length, a connection that is to be closed) a response of its own is built around the same body.
 * Counted references; belongs to one shard's thread.
 */
#ifndef ENTREPOT_SERVER_KEPT_H
#define ENTREPOT_SERVER_KEPT_H

#include "entrepot/api/api.h"
#include "mhd/quirks.h"

struct kept {
    size_t refs;
    struct MHD_Response *response;
    char *id; /* inside the response */
    char *body;
    size_t body_bytes;
    int status;
    const char *route;
};

/* One header field of a reply; false when memory is out. */
bool response_header(struct MHD_Response *response, const char *name, struct str value);

/* Takes the reply's body, also on failure: NULL when memory is out. The caller has the first reference. */
struct kept *kept_new(struct api_reply *reply);
void kept_hold(struct kept *kept);
void kept_drop(struct kept *kept);
/* The shared response for the request with this id; NULL if the id does not fit into it. Borrowed: to be queued at once. */
struct MHD_Response *kept_share(struct kept *kept, struct str id);
/* A response of its own for this request, which the caller destroys; NULL when memory is out. `timing` takes the place of Server-Timing's
 * value, if not empty. */
struct MHD_Response *kept_copy(struct kept *kept, struct str id, struct str timing);

#endif
