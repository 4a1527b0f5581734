/* bench_answers: what whole answers cost in process: parameters, choice of a dataset, analysis and encoding, without a socket.
 *
 *   bench_answers [OPTION…] TARGET…    OPTIONs are those of `entrepot serve` (--data, --config); a TARGET as in a request line
 *
 * For each target a line of tab-separated fields: microseconds an answer (the least and the median of ROUNDS rounds of COUNT answers),
 * status and bytes of body (a problem is an answer too), the target. The rounds of all targets alternate, so that a noisy neighbour hits all alike. COUNT=1 ROUNDS=1 is one
 * answer of each after two that warm up, for callgrind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/options.h"

#define TARGETS_MAX 64
#define ROUNDS_MAX 1000

struct target {
    struct str text;
    int status;
    size_t body_bytes;
    double us[ROUNDS_MAX];
};

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* One answer, its memory given back as a shard of the server does. */
static void answer(const struct api *api, struct arena *arena, struct target *target)
{
    struct api_request request = {.method = STR("GET"), .target = target->text};
    struct api_reply reply;
    api_answer(api, arena, &request, &reply);
    target->status = reply.status;
    target->body_bytes = reply.body.n;
    free(buf_take(&reply.body));
    arena_reset(arena);
}

static void measure(const struct api *api, struct target *target, size_t n, size_t count, size_t rounds)
{
    struct arena arena;
    arena_init(&arena, (size_t)256 << 20);
    for (size_t i = 0; i < n; i++)
        for (int warm = 0; warm < 2; warm++)
            answer(api, &arena, &target[i]);
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < n; i++) {
            double begun = now_us();
            for (size_t k = 0; k < count; k++)
                answer(api, &arena, &target[i]);
            target[i].us[round] = (now_us() - begun) / (double)count;
        }
    arena_release(&arena);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* A whole number from the environment; 0 for anything else. */
static size_t setting(const char *name, const char *fallback)
{
    const char *text = getenv(name);
    uint32_t value = 0;
    return str_u32(str_view(text ? text : fallback), 1000000, &value) ? value : 0;
}

int main(int argc, char **argv)
{
    static struct target target[TARGETS_MAX];
    struct settings settings;
    size_t count = setting("COUNT", "200"), rounds = setting("ROUNDS", "25");
    int status = settings_read(&settings, NULL, argc - 1, argv + 1);
    const size_t n = settings.n_rest;
    if (status != EXIT_DONE || n == 0 || n > TARGETS_MAX || count == 0 || rounds == 0 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: [COUNT=200 ROUNDS=25] bench_answers --data PATH TARGET…\n");
        return 2;
    }
    struct catalogue *catalogue = NULL;
    struct problem problem;
    if (load_catalogue(&settings, NULL, &catalogue, &problem) != ST_OK) {
        problem_print(&problem, stderr);
        return 1;
    }
    struct api *api = api_new(catalogue, &settings.api);
    if (!api)
        return 1;
    for (size_t i = 0; i < n; i++)
        target[i].text = str_view(settings.rest[i]);
    measure(api, target, n, count, rounds);
    for (size_t i = 0; i < n; i++) {
        qsort(target[i].us, rounds, sizeof(double), by_size);
        printf("%.2f\t%.2f\t%d\t%zu\t%s\n", target[i].us[0], target[i].us[rounds / 2], target[i].status,
               target[i].body_bytes, settings.rest[i]);
    }
    api_free(api);
    catalogue_free(catalogue);
    settings_release(&settings);
    return 0;
}
