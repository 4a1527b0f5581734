/* serve: loads the data, answers until it is told to end, loads anew when asked. */
#include <unistd.h>

#include "cli/parse.h"
#include "cli/reload.h"

struct serving {
    const struct settings *settings;
    struct server *server;
    struct log *log;
    struct reload *reload;
    struct service service;
    struct sandbox sandbox;
};

static void wait_for_the_end(struct serving *s)
{
    int signal;
    while (server_wait_signal(&signal) == SERVER_RELOAD)
        reload_ask(s->reload);
    log_line(s->log, LOG_LEVEL_INFO, "stopping", &LOG_NUMBER("signal", signal), 1);
    service_stopping(&s->service);
}

/* Everything is open and every thread runs: from here on little is allowed. */
static enum status close_up(struct serving *s, struct problem *problem)
{
    enum status status = sandbox_close(&s->sandbox, problem);
    if (status == ST_OK)
        sandbox_log(&s->sandbox, s->log);
    return status;
}

/* Takes what is served. */
static int serve(struct serving *s, struct served *served)
{
    struct problem problem;
    enum status status = server_start(&s->settings->server, served->api, s->log, &s->server, &problem);
    if (status == ST_OK) {
        struct reload_context context = {s->settings, s->server, s->log, &s->service, &s->sandbox};
        s->reload = reload_new(&context, served);
        status = s->reload ? close_up(s, &problem)
                           : problem_set(&problem, ST_NO_MEMORY, "start", "no memory or no thread for reloading");
        if (status == ST_OK) {
            reload_announce(s->reload);
            wait_for_the_end(s);
        }
        if (s->reload)
            reload_end(s->reload);
        server_stop(s->server);
    }
    if (s->reload)
        reload_free(s->reload);
    else
        served_free(served);
    return status == ST_OK ? EXIT_DONE : print_problem(&problem);
}

/* The data are loaded under the same restrictions at the start as later: what cannot be loaded anew is not loaded at all. */
static int load_and_serve(struct serving *s)
{
    struct served served;
    struct problem problem;
    if (sandbox_enter(&s->sandbox, &problem) != ST_OK)
        return print_problem(&problem);
    if (served_load(s->settings, NULL, &served, &problem) != ST_OK) {
        sandbox_explain(&s->sandbox, &problem);
        return print_problem(&problem);
    }
    server_block_signals();
    s->log = log_new(STDERR_FILENO, s->settings->log_level);
    int status = EXIT_REFUSED;
    if (s->log)
        status = serve(s, &served);
    else
        served_free(&served);
    log_free(s->log);
    return status;
}

/* Who gets in through a hole can do what the server's user can: root must not be that user by mistake. */
static enum status refuse_root(const struct settings *settings, struct problem *problem)
{
    if (settings->allow_root || geteuid() != 0)
        return ST_OK;
    (void)problem_set(problem, ST_UNAVAILABLE, "serve", "does not run as root unless it is told to");
    return problem_cure(
        problem, ST_UNAVAILABLE,
        "run it as a user of its own; else --allow-root 1, ENTREPOT_ALLOW_ROOT=1 or \"allow_root\": true");
}

static int prepare_and_serve(struct settings *settings)
{
    struct serving s = {.settings = settings};
    struct problem problem;
    if (refuse_root(settings, &problem) != ST_OK)
        return print_problem(&problem);
    if (service_open(&s.service, getenv("NOTIFY_SOCKET"), &problem) != ST_OK)
        (void)print_problem(&problem);
    confine(settings, &s.sandbox);
    int status = load_and_serve(&s);
    service_close(&s.service);
    return status;
}

const struct command command_serve = {
    "serve", "[OPTIONS]", "load the datasets and answer over HTTP", 0, 0, .run = prepare_and_serve, .use = FOR_SERVE};
