#include "starving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "http/test_api.h"

struct answer {
    int status;
    struct buf body;
    size_t calls;
};

static struct answer ask(const char *target, enum fault_kind kind, size_t at, bool lasting)
{
    struct arena arena;
    struct answer answer;
    struct api_reply reply = {.status = 0};
    struct api_request request = {.method = STR("GET"), .target = str_view(target), .accept_encoding = STR("gzip")};
    arena_init(&arena, (size_t)64 << 20);
    fault_set(kind, at, lasting);
    api_answer(test_world(), &arena, &request, &reply);
    answer.calls = fault_calls();
    fault_set(FAULT_NONE, 0, false);
    answer.status = reply.status;
    answer.body = reply.body;
    arena_release(&arena);
    return answer;
}

/* The whole answer, or word that there is no memory; a problem may lose its body, an answer nothing. */
static bool is_right(const struct answer *answer, const struct answer *sound)
{
    struct str body = buf_view(&answer->body);
    if (answer->status == sound->status && (body.n > 0 || sound->status < 400))
        return str_eq(body, buf_view(&sound->body));
    json_t *problem = json_loadb(body.p, body.n, 0, NULL);
    bool told = json_integer_value(json_object_get(problem, "status")) == 503;
    json_decref(problem);
    return answer->status == 503 ? told || body.n == 0 : answer->status == sound->status;
}

size_t starve_request(enum fault_kind kind, const char *target)
{
    size_t tried = 0;
    struct answer sound = ask(target, kind, SIZE_MAX, false);
    for (int lasting = 0; lasting < 2; lasting++)
        for (size_t at = 0;; at++, tried++) {
            struct answer starved = ask(target, kind, at, lasting), after = ask(target, kind, SIZE_MAX, false);
            bool done = at >= starved.calls;
            if (!done && !is_right(&starved, &sound))
                fail_msg("%s, allocation %zu%s: %d %.*s", target, at, lasting ? " and on" : "", starved.status,
                         (int)(starved.body.n < 400 ? starved.body.n : 400), starved.body.p);
            if (after.status != sound.status || !str_eq(buf_view(&after.body), buf_view(&sound.body)))
                fail_msg("%s, after allocation %zu: %d", target, at, after.status);
            buf_release(&starved.body);
            buf_release(&after.body);
            if (done)
                break;
        }
    buf_release(&sound.body);
    return tried;
}
