/* The subcommands, but for serve. */
#include <stdio.h>
#include <strings.h>

#include "cli/parse.h"
#include "entrepot/server/health.h"

static bool print_bytes(struct str bytes)
{
    bool ok = fwrite(bytes.p ? bytes.p : "", 1, bytes.n, stdout) == bytes.n && fflush(stdout) == 0;
    if (!ok)
        perror("entrepot: standard output");
    return ok;
}

/* ---- get ---- */

static const char *get_read_header(struct settings *settings, const char *value)
{
    struct str rest = str_view(value), name = str_cut(&rest, ':');
    if (str_eq_nocase(name, STR("Accept")))
        settings->request.accept = str_trim(rest);
    else if (str_eq_nocase(name, STR("If-None-Match")))
        settings->request.if_none_match = str_trim(rest);
    return NULL;
}

static const struct option get_options[] = {
    {.name = "header",
     .meta = "LINE",
     .type = OPT_READ,
     .read = get_read_header,
     .help = "a header field, as 'Accept: text/csv'; repeatable"},
    {.name = "include", .type = OPT_FLAG, OPTION_AT(include), .help = "print the status and the header fields too"},
    {.name = NULL},
};

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

static int get_answer(struct settings *settings)
{
    struct served served;
    struct problem problem;
    if (settings->rest[0][0] != '/')
        return command_usage(settings->command);
    settings->request.target = str_view(settings->rest[0]);
    if (served_load(settings, NULL, &served, &problem) != ST_OK)
        return print_problem(&problem);
    struct arena arena;
    struct api_reply reply;
    arena_init(&arena, settings->server.request_bytes);
    api_answer(served.api, &arena, &settings->request, &reply);
    int status = print_reply(&reply, settings->include);
    buf_release(&reply.body);
    arena_release(&arena);
    served_free(&served);
    return status;
}

const struct command command_get = {"get",
                                    "PATH [OPTIONS]",
                                    "answer one request on standard output, without a server; PATH begins with /",
                                    1,
                                    1,
                                    .run = get_answer,
                                    .own = get_options,
                                    .use = FOR_GET};

/* ---- verify ---- */

static int verify(struct settings *settings)
{
    const char *path = settings->rest[0];
    struct problem problem;
    struct countries *countries;
    struct products *products;
    struct sectors *sectors;
    struct cube *cube;
    if (load_tables(settings, &countries, &products, &sectors, &problem) != ST_OK)
        return print_problem(&problem);
    enum status status = load_areas(path, &countries, &problem);
    if (status == ST_OK)
        status = cube_open(path, countries, products, &cube, &problem);
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

const struct command command_verify = {"verify",      "FILE.cube [OPTIONS]", "check every byte of a cube file", 1, 1,
                                       .run = verify, .use = FOR_VERIFY};

/* ---- health, routes, openapi ---- */

static int health(struct settings *settings)
{
    struct problem problem;
    return health_ask(settings->listen, "/readyz", 2000, &problem) == ST_OK ? EXIT_DONE : print_problem(&problem);
}

const struct command command_health = {
    "health", "[OPTIONS]", "ask a running server whether it is ready", 0, 0, .run = health, .use = FOR_HEALTH};

static int routes(int argc, char *const *argv)
{
    struct buf out;
    bool markdown = argc == 1 && strcmp(argv[0], "--markdown") == 0;
    if (argc > 1 || (argc == 1 && !markdown))
        return NOT_BARE;
    buf_init(&out, (size_t)1 << 20);
    if (markdown)
        api_print_markdown(&out);
    else
        api_print_routes(&out);
    bool ok = !out.failed && print_bytes(buf_view(&out));
    buf_release(&out);
    return ok ? EXIT_DONE : EXIT_REFUSED;
}

const struct command command_routes = {"routes", "[--markdown]", "list the endpoints", 0, 0, .bare = routes};

static int print_openapi(const struct api *api)
{
    struct buf out;
    buf_init(&out, (size_t)1 << 25);
    bool ok = api_print_openapi(api, &out) == ST_OK && print_bytes(buf_view(&out));
    buf_release(&out);
    return ok ? EXIT_DONE : EXIT_REFUSED;
}

static int openapi_of_routes(int argc, char *const *argv)
{
    (void)argv;
    return argc == 0 ? print_openapi(NULL) : NOT_BARE;
}

/* With data, its answers are the examples. */
static int openapi(struct settings *settings)
{
    struct served served;
    struct problem problem;
    if (served_load(settings, NULL, &served, &problem) != ST_OK)
        return print_problem(&problem);
    int status = print_openapi(served.api);
    served_free(&served);
    return status;
}

const struct command command_openapi = {"openapi",
                                        "[OPTIONS]",
                                        "print the OpenAPI document; with --data its answers are the examples",
                                        0,
                                        0,
                                        .run = openapi,
                                        .bare = openapi_of_routes,
                                        .use = FOR_OPENAPI};
