/* The kept inputs of every fuzz target: seeds, and what once broke something (regression-*). Then some thousands of changed ones, the same on
 * every run, so that a machine without a fuzzer notices a promise that is grossly broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>

#include "entrepot/ingest/ingest.h"
#include "fuzz/fuzz.h"

#define MUTATIONS 300 /* of each kept input, at most */
#define INPUT_MAX ((size_t)1 << 20)

static uint64_t seed;

static uint32_t dice(size_t sides) { return fuzz_dice(&seed, sides); }

/* A few bytes changed, a piece cut out or doubled. */
static size_t mutate(char *bytes, size_t n, size_t room)
{
    for (unsigned i = 0, times = 1 + dice(4); i < times && n > 0; i++) {
        size_t at = dice(n), piece = 1 + dice(n - at < 16 ? n - at : 16);
        switch (dice(4)) {
        case 0: bytes[at] = (char)(bytes[at] ^ 1 << dice(8)); break;
        case 1: bytes[at] = (char)dice(256); break;
        case 2:
            memmove(bytes + at, bytes + at + piece, n - at - piece);
            n -= piece;
            break;
        default:
            if (n + piece > room)
                break;
            memmove(bytes + at + piece, bytes + at, n - at);
            n += piece;
            break;
        }
    }
    return n;
}

static void try_mutations(const struct fuzz_target *target, struct str input)
{
    size_t most = input.n * 2 + 128;
    char *room = malloc(most);
    assert_non_null(room);
    for (int i = 0; i < MUTATIONS && input.n < 65536; i++) {
        memcpy(room, input.p, input.n);
        size_t n = target->mutate ? target->mutate(room, input.n, most, dice(UINT32_MAX), mutate)
                                  : mutate(room, input.n, most);
        char *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, room, n);
        target->one(str_span(exact, n));
        free(exact);
    }
    free(room);
}

static void inputs_of(void **state)
{
    const struct fuzz_target *target = *state;
    char pattern[128];
    glob_t found;
    assert_true(target->start());
    (void)snprintf(pattern, sizeof pattern, "tests/fixtures/fuzz/%s/*", target->name);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *bytes;
        size_t n;
        struct problem problem;
        seed = 88172645463325252ULL + i;
        assert_int_equal(ingest_slurp(found.gl_pathv[i], INPUT_MAX, &bytes, &n, &problem), ST_OK);
        target->one(str_span(bytes, n));
        try_mutations(target, str_span(bytes, n));
        free(bytes);
    }
    print_message("# %s: %zu inputs\n", target->name, found.gl_pathc);
    globfree(&found);
}

int main(void)
{
    struct CMUnitTest *tests = calloc(fuzz_n_targets, sizeof *tests);
    if (!tests)
        return 1;
    for (size_t i = 0; i < fuzz_n_targets; i++)
        tests[i] = (struct CMUnitTest){
            .name = fuzz_targets[i]->name, .test_func = inputs_of, .initial_state = (void *)(uintptr_t)fuzz_targets[i]};
    int failed = _cmocka_run_group_tests("inputs", tests, fuzz_n_targets, NULL, NULL);
    free(tests);
    return failed;
}
