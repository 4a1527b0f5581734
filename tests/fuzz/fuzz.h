/* fuzz: what random bytes are thrown at. Each target reads an input in its own way, calls one part of the program, and aborts where that part
 * breaks a promise; sanitizers do the rest. The same targets run under libFuzzer (engine.c, `make fuzz`) and, over the inputs that are
 * kept under tests/fixtures/fuzz, in `make test` (test_inputs.c).
 */
#ifndef ENTREPOT_TESTS_FUZZ_FUZZ_H
#define ENTREPOT_TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "entrepot/base/str.h"

/* Changes `n` bytes as any bytes are changed; `room` is how many there may be. Returns how many there are. */
typedef size_t fuzz_changer(char *bytes, size_t n, size_t room);

struct fuzz_target {
    const char *name;
    bool (*start)(void); /* once; false: it cannot run here */
    void (*one)(struct str input);
    /* Changes an input in a way that knows what it is made of; NULL: as any bytes are. */
    size_t (*mutate)(char *bytes, size_t n, size_t room, unsigned seed, fuzz_changer *change);
};

extern const struct fuzz_target fuzz_request, fuzz_cursor, fuzz_guard, fuzz_manifest, fuzz_cube, fuzz_behind, fuzz_baci,
    fuzz_comtrade, fuzz_tidy, fuzz_writer, fuzz_file, fuzz_reader, fuzz_archive;
extern const struct fuzz_target *const fuzz_targets[];
extern const size_t fuzz_n_targets;

const struct fuzz_target *fuzz_find(const char *name); /* NULL: no such target */

/* forge.c: another cube file, mostly one whose checksums are right. */
size_t forge_cube(char *bytes, size_t n, size_t room, unsigned seed, fuzz_changer *change);

/* Whether a promise is kept. */
#define FUZZ_CHECK(condition)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* The same numbers for the same seed, which is never 0. */
static inline uint32_t fuzz_dice(uint64_t *seed, size_t sides)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)((*seed >> 20) % (sides ? sides : 1));
}

/* The next byte of an input, 0 behind its end. */
static inline unsigned fuzz_byte(struct str *input)
{
    if (input->n == 0)
        return 0;
    unsigned byte = (unsigned char)input->p[0];
    *input = str_span(input->p + 1, input->n - 1);
    return byte;
}

#endif
