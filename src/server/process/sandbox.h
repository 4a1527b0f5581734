/* The parts of the sandbox. Private to src/server/process. */
#ifndef ENTREPOT_SERVER_PROCESS_SANDBOX_H
#define ENTREPOT_SERVER_PROCESS_SANDBOX_H

#include "entrepot/server/sandbox.h"

/* landlock.c: restricts this thread and those that it starts. Returns the kernel's version; 0 with errno where there is none. A folder
 * that is not there is passed over. */
unsigned landlock_enter(const char *const *folder, size_t n);
/* seccomp.c: restricts all threads. False with errno. */
bool seccomp_enter(void);

#endif
