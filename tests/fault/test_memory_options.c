/* Memory that is out in a request, as in test_memory, for every parameter of every route: each with its example, beside those of the route's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/routes.h"
#include "http/test_api.h"
#include "starving.h"

static int setup(void **state)
{
    (void)state;
    return test_world() ? 0 : -1;
}

static bool is_named(const char *target, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = strpbrk(target, "?&"); at; at = strpbrk(at + 1, "&"))
        if (strncmp(at + 1, name, n) == 0 && at[1 + n] == '=')
            return true;
    return false;
}

static void requests_with_options_may_lack_memory(void **state)
{
    const struct route *route = *state;
    char target[1024];
    size_t tried = 0, options = 0;
    for (size_t i = 0; i < route->n_params; i++) {
        const struct param *param = &route->param[i];
        if (param->in_path || !param->example || is_named(route->example, param->name))
            continue;
        (void)snprintf(target, sizeof target, "%s%c%s=%s", route->example, strchr(route->example, '?') ? '&' : '?',
                       param->name, param->example);
        tried += starve_request(FAULT_PIECE, target);
        options++;
    }
    print_message("# %s: %zu failures with %zu parameters\n", route->path, tried, options);
    assert_true(tried >= options);
}

int main(void)
{
    struct CMUnitTest *tests = calloc(api_routes.n, sizeof *tests);
    if (!tests)
        return 1;
    for (size_t i = 0; i < api_routes.n; i++)
        tests[i] = (struct CMUnitTest){.name = api_routes.route[i]->path,
                                       .test_func = requests_with_options_may_lack_memory,
                                       .initial_state = (void *)(uintptr_t)api_routes.route[i]};
    int failed = _cmocka_run_group_tests("options", tests, api_routes.n, setup, NULL);
    free(tests);
    return failed;
}
