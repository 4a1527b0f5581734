/* codes: the code tables that are built into the program, for the programs of this folder. */
#ifndef ENTREPOT_TESTS_BENCH_CODES_H
#define ENTREPOT_TESTS_BENCH_CODES_H

#include "entrepot/cube/codes.h"

struct bench_codes {
    struct countries *countries;
    struct products *products;
};

/* Ends the process if they cannot be read. */
struct bench_codes bench_codes_read(void);
void bench_codes_release(struct bench_codes *codes);

#endif
