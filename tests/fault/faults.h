/* faults: the n-th call of some function fails, or kills the process. The linker puts these wrappers before the C library's (--wrap), so
 * they see the program's own calls and nothing else. */
#ifndef TESTS_FAULT_FAULTS_H
#define TESTS_FAULT_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

enum fault_kind {
    FAULT_NONE,
    FAULT_ENOSPC, /* the system call fails: no space */
    FAULT_EIO,    /* it fails: the device does */
    FAULT_EINTR,  /* it fails: a signal came */
    FAULT_SHORT,  /* a write or read does a part only, or is interrupted; others go well */
    FAULT_KILL,   /* SIGKILL before it */
    FAULT_END,    /* a read finds the end of the file, whatever it holds */
    FAULT_MEMORY, /* an allocation gives NULL */
    FAULT_PIECE /* a piece of an arena does, which could have been the one to need another chunk; of each place the first two calls */
};

/* From now on: call number `at` (from 0) of those that `kind` is about goes wrong; with `lasting` all behind it too. */
void fault_set(enum fault_kind kind, size_t at, bool lasting);
/* Calls counted since fault_set. */
size_t fault_calls(void);
/* What was done to files since fault_set, a letter each: w(rite), s(ync of a file), n(ame: rename or link), d(irectory's sync). Repeated
 * writes are one; the last 63. */
const char *fault_trace(void);

#endif
