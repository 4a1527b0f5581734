/* The subcommands, but for serve. */
#include <stdio.h>
#include <strings.h>

#include "cli/options.h"
#include "entrepot/server/health.h"

static int usage(const char *text)
{
    fprintf(stderr, "usage: entrepot %s\n", text);
    return EXIT_USAGE;
}

static bool print_bytes(struct str bytes)
{
    bool ok = fwrite(bytes.p ? bytes.p : "", 1, bytes.n, stdout) == bytes.n && fflush(stdout) == 0;
    if (!ok)
        perror("entrepot: standard output");
    return ok;
}

/* ---- get ---- */

struct get_options {
    struct api_request request;
    bool include; /* print status and header fields too */
};

/* Takes --include and --header out of argv, so that settings_read sees the rest. */
static int take_get_options(int argc, char **argv, struct get_options *get)
{
    int n = 0;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--include") == 0) {
            get->include = true;
        } else if (strcmp(argv[i], "--header") == 0 && i + 1 < argc) {
            struct str value = str_view(argv[++i]), name = str_cut(&value, ':');
            if (str_eq_nocase(name, STR("Accept")))
                get->request.accept = str_trim(value);
            else if (str_eq_nocase(name, STR("If-None-Match")))
                get->request.if_none_match = str_trim(value);
        } else {
            argv[n++] = argv[i];
        }
    }
    return n;
}

static int print_reply(const struct api_reply *reply, bool include)
{
    if (include) {
        printf("HTTP/1.1 %d\r\n", reply->status);
        for (size_t i = 0; i < reply->n_headers; i++)
            printf("%s: %.*s\r\n", reply->header[i].name, STR_ARG(reply->header[i].value));
        printf("\r\n");
    }
    if (!print_bytes(buf_view(&reply->body)))
        return EXIT_REFUSED;
    return reply->status < 400 ? EXIT_DONE : EXIT_REFUSED;
}

static int answer(const struct settings *settings, const struct get_options *get)
{
    struct served served;
    struct problem problem;
    if (served_load(settings, NULL, &served, &problem) != ST_OK)
        return print_problem(&problem);
    struct arena arena;
    struct api_reply reply;
    arena_init(&arena, settings->server.request_bytes);
    api_answer(served.api, &arena, &get->request, &reply);
    int status = print_reply(&reply, get->include);
    buf_release(&reply.body);
    arena_release(&arena);
    served_free(&served);
    return status;
}

int command_get(int argc, char **argv)
{
    struct get_options get = {.request = {.method = STR("GET")}};
    argc = take_get_options(argc, argv, &get);
    const char *rest[REST_MAX];
    size_t n;
    struct settings settings;
    int status = settings_take(&settings, argc, argv, rest, &n);
    if (status == EXIT_DONE && (n != 1 || rest[0][0] != '/'))
        status = usage("get PATH [--include] [--header 'Accept: text/csv'] [--data PATH]…   (PATH begins with /)");
    if (status == EXIT_DONE) {
        get.request.target = str_view(rest[0]);
        status = answer(&settings, &get);
    }
    settings_release(&settings);
    return status;
}

/* ---- verify ---- */

static int verify(const struct settings *settings, const char *path)
{
    struct problem problem;
    struct countries *countries;
    struct products *products;
    struct sectors *sectors;
    struct cube *cube;
    if (load_tables(settings, &countries, &products, &sectors, &problem) != ST_OK)
        return print_problem(&problem);
    enum status status = cube_open(path, countries, products, &cube, &problem);
    if (status == ST_OK) {
        status = cube_verify(cube, &problem);
        if (status == ST_OK)
            problem_line(stdout, "%s: sound: %.*s, %llu observations, release %.*s", path,
                         STR_ARG(cube_dataset(cube)->id), (unsigned long long)cube_observations(cube),
                         STR_ARG(cube_release(cube)));
        cube_close(cube);
    }
    countries_free(countries);
    products_free(products);
    sectors_free(sectors);
    return status == ST_OK ? EXIT_DONE : print_problem(&problem);
}

int command_verify(int argc, char **argv)
{
    const char *rest[REST_MAX];
    size_t n;
    struct settings settings;
    int status = settings_take(&settings, argc, argv, rest, &n);
    if (status == EXIT_DONE && n != 1)
        status = usage("verify FILE.cube");
    if (status == EXIT_DONE)
        status = verify(&settings, rest[0]);
    settings_release(&settings);
    return status;
}

/* ---- health, routes, openapi ---- */

int command_health(int argc, char **argv)
{
    const char *rest[REST_MAX];
    size_t n;
    struct settings settings;
    struct problem problem;
    int status = settings_take(&settings, argc, argv, rest, &n);
    if (status == EXIT_DONE && n > 0)
        status = usage("health [--listen ADDR:PORT]");
    if (status == EXIT_DONE && health_ask(settings.listen, "/readyz", 2000, &problem) != ST_OK)
        status = print_problem(&problem);
    settings_release(&settings);
    return status;
}

int command_routes(int argc, char **argv)
{
    struct buf out;
    bool markdown = argc == 1 && strcmp(argv[0], "--markdown") == 0;
    if (argc > 1 || (argc == 1 && !markdown))
        return usage("routes [--markdown]");
    buf_init(&out, (size_t)1 << 20);
    if (markdown)
        api_print_markdown(&out);
    else
        api_print_routes(&out);
    bool ok = !out.failed && print_bytes(buf_view(&out));
    buf_release(&out);
    return ok ? EXIT_DONE : EXIT_REFUSED;
}

static int print_openapi(const struct api *api)
{
    struct buf out;
    buf_init(&out, (size_t)1 << 25);
    bool ok = api_print_openapi(api, &out) == ST_OK && print_bytes(buf_view(&out));
    buf_release(&out);
    return ok ? EXIT_DONE : EXIT_REFUSED;
}

/* Without options the table alone is described; with data, its answers are the examples. */
static int openapi_over(const struct settings *settings)
{
    struct served served;
    struct problem problem;
    if (served_load(settings, NULL, &served, &problem) != ST_OK)
        return print_problem(&problem);
    int status = print_openapi(served.api);
    served_free(&served);
    return status;
}

int command_openapi(int argc, char **argv)
{
    const char *rest[REST_MAX];
    size_t n;
    struct settings settings;
    if (argc == 0)
        return print_openapi(NULL);
    int status = settings_take(&settings, argc, argv, rest, &n);
    if (status == EXIT_DONE && n > 0)
        status = usage("openapi [--config FILE] [--data PATH]…   (with data: its answers are the examples)");
    if (status == EXIT_DONE)
        status = openapi_over(&settings);
    settings_release(&settings);
    return status;
}
