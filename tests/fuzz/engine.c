/* The way from libFuzzer to a target: $FUZZ_TARGET names it. */
#include "fuzz/fuzz.h"

const struct fuzz_target *const fuzz_targets[] = {
    &fuzz_request,  &fuzz_cursor, &fuzz_guard,  &fuzz_manifest, &fuzz_cube,   &fuzz_behind, &fuzz_baci,
    &fuzz_comtrade, &fuzz_tidy,   &fuzz_writer, &fuzz_file,     &fuzz_reader, &fuzz_archive};
/* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
const size_t fuzz_n_targets = sizeof fuzz_targets / sizeof *fuzz_targets;

const struct fuzz_target *fuzz_find(const char *name)
{
    for (size_t i = 0; name && i < fuzz_n_targets; i++)
        if (strcmp(fuzz_targets[i]->name, name) == 0)
            return fuzz_targets[i];
    return NULL;
}

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t room, unsigned seed);
/* libFuzzer's own changes; not there where the targets run without it. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t room);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    target = fuzz_find(getenv("FUZZ_TARGET"));
    if (!target || !target->start()) {
        fputs("FUZZ_TARGET must be one of:", stderr);
        for (size_t i = 0; i < fuzz_n_targets; i++)
            fprintf(stderr, " %s", fuzz_targets[i]->name);
        fputs("\n", stderr);
        exit(2);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    target->one(str_span((const char *)bytes, n));
    return 0;
}

static size_t change(char *bytes, size_t n, size_t room) { return LLVMFuzzerMutate((uint8_t *)bytes, n, room); }

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t room, unsigned seed)
{
    return target->mutate ? target->mutate((char *)bytes, n, room, seed, change) : change((char *)bytes, n, room);
}
