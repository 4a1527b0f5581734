/* starving: a server with tests/fault/preload before it, whose allocations or reading system calls fail on command, libraries and all. */
#ifndef ENTREPOT_TESTS_SIEGE_STARVING_H
#define ENTREPOT_TESTS_SIEGE_STARVING_H

#include "siege/process.h"

/* Whether what stands before the C library was built: not under a sanitizer, which has an allocator of its own. `program` is argv[0]. */
bool starving_possible(const char *program);
/* process_serve of a server that can be starved; one at a time. */
bool starving_serve(struct process *server, const char *const *more);
/* From now on: call number `at` (from 0) fails; with `lasting` all behind it too. `error`: 0 for allocations, an errno for system calls. */
void starving_begin(long at, bool lasting, int error);
/* And now none any more. Returns how many calls there were. */
long starving_end(void);

#endif
