/* process: a program of ours or of others that runs beside the test, with what it says in a file.
 *
 * A server is started on a free port and told from its own log when it listens. Whatever a test leaves running is killed when the
 * test's process ends.
 */
#ifndef ENTREPOT_TESTS_SIEGE_PROCESS_H
#define ENTREPOT_TESTS_SIEGE_PROCESS_H

#include <sys/types.h>

#include "entrepot/base/str.h"

struct process {
    pid_t pid;        /* 0: not running */
    unsigned port;    /* of a server */
    unsigned admin;   /* of a server: the port of its metrics, if it was told to have one; else 0 */
    char library[16]; /* of a server: libmicrohttpd's version */
    char said[256];   /* file with what it wrote to stdout and stderr */
};

/* Starts `argv` (ended by NULL, searched in PATH). False if that is impossible. */
bool process_start(struct process *process, const char *const *argv);
/* Starts the entrepot of $ENTREPOT with `serve --listen 127.0.0.1:0` and the further arguments (ended by NULL), and waits until it
 * listens. False if it does not within ten seconds. */
bool process_serve(struct process *process, const char *const *more);
/* The same with a command before it that ends by running what stands behind it, as `sh -c 'exec "$@"' sh` does. */
bool process_serve_under(struct process *process, const char *const *before, const char *const *more);
/* Whether such a server takes SIGHUP as a wish for new data, and does not end of it. */
bool serve_takes_hangups(void);
/* Waits for the end, at most `wait_ms`: the exit status, 128 + signal, or -1 if it still runs. */
int process_wait(struct process *process, unsigned wait_ms);
/* A signal, then process_wait; what does not end in time is killed. */
int process_end(struct process *process, int signal, unsigned wait_ms);
/* All it has said so far: malloc's, NUL-terminated. */
struct str process_said(const struct process *process);
void process_forget(struct process *process); /* removes the file */

/* Memory in KiB, open descriptors, and processor time in ms of a running process. */
size_t process_rss_kib(const struct process *process);
size_t process_files(const struct process *process);
size_t process_cpu_ms(const struct process *process);

/* A port that nobody listens on at this moment. */
unsigned free_port(void);
/* $TMPDIR or /tmp, with a name behind it. */
const char *scratch(const char *name, char *into, size_t room);

int64_t clock_ms(void);
void pause_ms(long ms);

#endif
