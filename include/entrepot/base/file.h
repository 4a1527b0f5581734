/* file: how what is named by a path is opened to be read.
 *
 * Never waits: who opens a named pipe that nobody writes to would wait for ever, and with him a reload and the end of the server. Functions
 * may run in any thread.
 */
#ifndef ENTREPOT_BASE_FILE_H
#define ENTREPOT_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "entrepot/base/problem.h"

struct file {
    int fd;     /* the caller's to close; -1 where it could not be opened */
    bool plain; /* else a pipe, a terminal or the like: poll before each read, which may find nothing yet (EAGAIN) */
    uint64_t bytes; /* of a plain file */
};

/* ST_NOT_FOUND, ST_IO; ST_INVALID: a folder, or anything but a plain file where `only_plain`. The problem names what it is. */
enum status file_open(const char *path, bool only_plain, struct file *out, struct problem *problem) MUST_CHECK;
/* The same of a descriptor, which it takes; -1 with errno: it could not be had. */
enum status file_take(int fd, const char *name, bool only_plain, struct file *out, struct problem *problem) MUST_CHECK;
/* What errno says, as "doing: reason": ST_NOT_FOUND or ST_IO. */
enum status file_refused(const char *name, const char *doing, struct problem *problem);

#endif
