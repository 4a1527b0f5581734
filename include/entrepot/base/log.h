/* log: one JSON object a line, escaped, never blocking the caller.
 *
 * Lines are formatted by the caller's thread into a bounded queue and written by a thread of the log's own; when the reader of
 * the log is slow and the queue is full, or the file refuses a write, lines are dropped and counted, and the next line that fits
 * says how many in a field "dropped". Lines may wait 20 ms for company; warnings and errors go at once. All functions may be
 * called from any thread. Every value is escaped and cut at 1,024 bytes: whatever a client sends stays inside its one line.
 */
#ifndef ENTREPOT_BASE_LOG_H
#define ENTREPOT_BASE_LOG_H

#include "entrepot/base/problem.h"
#include "entrepot/base/str.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

struct log_field {
    const char *key;
    enum { LOG_STR, LOG_I64 } kind;
    struct str text;
    int64_t number;
};
#define LOG_TEXT(k, v) ((struct log_field){.key = (k), .kind = LOG_STR, .text = (v)})
#define LOG_NUMBER(k, v) ((struct log_field){.key = (k), .kind = LOG_I64, .number = (int64_t)(v)})

struct log;

/* A log that writes to `fd` (borrowed, kept open by the caller) what is at `least` or above, and starts its thread. NULL if
 * memory or threads are out. */
struct log *log_new(int fd, enum log_level least);
/* Writes what is queued (giving up after a second if the reader does not read), stops the thread, frees. NULL is allowed. */
void log_free(struct log *log);

/* {"time":"2026-01-31T12:00:00.123Z","level":"info","event":EVENT, fields…}. `log` may be NULL: nothing happens. */
void log_line(struct log *log, enum log_level level, const char *event, const struct log_field *fields, size_t n);
/* The same with a problem's place, detail and cure, and `n` further fields (at most 8). */
void log_problem(struct log *log, enum log_level level, const char *event, const struct problem *problem,
                 const struct log_field *fields, size_t n);
/* Lines lost so far because the queue was full or the file refused them. */
uint64_t log_dropped(struct log *log);

/* "debug", "info", "warning", "error"; false for any other word. */
bool log_level_read(struct str word, enum log_level *out);

#endif
