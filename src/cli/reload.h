/* reload: the data that are served, loaded anew beside those in use when SIGHUP asks for it. Private to src/cli.
 *
 * A thread of its own loads, so that the thread that waits for signals is free for the next one. What is wrong with the new data or
 * the configuration goes to the log; the old data stay. However many times it is asked while one load is under way, one more follows.
 */
#ifndef CLI_RELOAD_H
#define CLI_RELOAD_H

#include "cli/options.h"
#include "entrepot/server/service.h"

struct reload_context {
    const struct settings
        *settings; /* those that the server was started with; their command line is read again each time */
    struct server *server;
    struct log *log;
    const struct service *service;
    const struct sandbox *sandbox; /* of the process */
};

struct reload;

/* Starts the thread; everything in the context is borrowed until reload_free. `served` is taken. NULL when memory or threads are out, and
 * `served` is still the caller's. */
struct reload *reload_new(const struct reload_context *context, const struct served *served);
/* Tells the log and the service manager what is served. */
void reload_announce(const struct reload *reload);
/* Asks for the data to be loaded anew. Returns at once. */
void reload_ask(struct reload *reload);
/* From now on nothing is swapped any more; a load under way gives up soon. */
void reload_end(struct reload *reload);
/* Waits for the thread and frees what is served: after reload_end, and when the server is gone. */
void reload_free(struct reload *reload);

#endif
