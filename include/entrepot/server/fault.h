/* fault: what happens when a mapped data file is cut short, or its disk fails, while it is read.
 *
 * The kernel then has no bytes to give and sends SIGBUS; there is no answer that would be true. So the process stops at once with one line
 * that names the file and the cure, and with a status of its own. Files that are replaced by renaming cannot bring this about.
 */
#ifndef ENTREPOT_SERVER_FAULT_H
#define ENTREPOT_SERVER_FAULT_H

#include <stdbool.h>

#define FAULT_EXIT_STATUS 3

/* Takes over SIGBUS for the whole process; before threads start and before the sandbox. `as_log`: the line is one of the log's JSON objects,
 * else plain text; on the standard error output. */
void fault_guard(bool as_log);

#endif
