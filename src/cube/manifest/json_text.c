/* Reads JSON by jansson with an arena as its memory; see json_text.h for why. */
#include "entrepot/cube/json_text.h"

#include <jansson.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>

struct json_reading {
    struct arena arena;
    jmp_buf no_memory;
};

static _Thread_local struct json_reading *reading; /* that jansson is in, in this thread */

static void *give(size_t n)
{
    if (!reading)
        return malloc(n);
    void *bytes = arena_alloc_raw(&reading->arena, 1, n, alignof(max_align_t));
    if (!bytes) /* jansson holds no lock and no file here: what it leaves behind is in the arena */
        longjmp(reading->no_memory, 1);
    return bytes;
}

static void take_back(void *bytes)
{
    if (!reading) /* else it is of the arena: jansson frees nothing that it did not make in the same reading */
        free(bytes);
}

static void give_allocator(void) { json_set_alloc_funcs(give, take_back); }

/* The text's tree, or NULL with a line and a reason; the reason is empty where memory was out. */
static json_t *read_in(struct json_reading *here, struct str json, json_error_t *error)
{
    if (setjmp(here->no_memory) != 0) {
        reading = NULL;
        error->text[0] = '\0';
        return NULL;
    }
    reading = here;
    json_t *root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, error);
    reading = NULL;
    return root;
}

enum status json_text_read(const char *name, struct str json, struct json_text *out, struct problem *problem)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct json_reading here;
    json_error_t error;
    pthread_once(&once, give_allocator);
    arena_init(&here.arena, SIZE_MAX);
    json_t *root = read_in(&here, json, &error);
    if (root) {
        *out = (struct json_text){root, here.arena};
        return ST_OK;
    }
    arena_release(&here.arena);
    if (error.text[0] == '\0')
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory while reading");
    char place[256];
    (void)snprintf(place, sizeof place, "%.240s:%d", name, error.line);
    return problem_set(problem, ST_INVALID, place, "%s", error.text);
}

void json_text_release(struct json_text *text)
{
    arena_release(&text->arena);
    text->root = NULL;
}
