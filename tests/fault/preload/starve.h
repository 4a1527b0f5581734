/* starve: what a test and the process it starves share. */
#ifndef ENTREPOT_TESTS_FAULT_PRELOAD_STARVE_H
#define ENTREPOT_TESTS_FAULT_PRELOAD_STARVE_H

#include <stdatomic.h>
#include <stddef.h>

struct starve {
    atomic_int armed, lasting; /* lasting: all behind the n-th fail too */
    atomic_int error;          /* 0: allocations fail; else the system calls that read files, with this errno */
    atomic_long at, calls;     /* from 0; counted while it is armed */
};

#endif
